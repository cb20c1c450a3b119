"""Open data: the catalogue for people, files of each vintage, the linked catalogue and the feeds."""

from __future__ import annotations

import csv
import io
import json
import re
from xml.etree import ElementTree

import polars as pl
import pytest

from zhiheng.people import clock
from zhiheng.stages.indicators import opendata, opentables
from zhiheng.stages.plan import actions as plan

from ..formats import linked
from .conftest import BY, REGION, SERIES, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_published")]


FIRST, SECOND = "2024-12-02", "2025-04-03"
BASE = f"/data/{SERIES}/"


@pytest.fixture(params=["zh-hans", "en"])
def reader(request, client):
    """A reader of Chinese, and one of English."""
    client.cookies["language"] = request.param
    return client


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def cells(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(response).decode("utf-8-sig"))))


def test_the_catalogue_lists_every_series_with_its_files(reader, released):
    page = reader.get("/data/").content.decode()

    for series, vintages in opendata.all_series():
        assert f'href="/data/{series.pk}/"' in page
        for form in ("csv", "parquet", "xml"):
            assert f'href="/data/{series.pk}/{vintages[-1].day}.{form}"' in page
    assert 'href="/data/catalogue.jsonld"' in page
    assert "演示数据" in page
    assert len(page.encode()) < 100_000


def test_the_vintages_of_one_series_are_asked_for_alone_and_are_those_of_the_catalogue(
    office, released, django_assert_num_queries
):
    with django_assert_num_queries(1) as made:
        found = opendata.editions(SERIES)
    with django_assert_num_queries(2):
        listed = {series.pk: held for series, held in opendata.all_series()}

    assert f"'{SERIES}'" in made.captured_queries[0]["sql"]
    assert len(listed) > 1 and found == listed[SERIES]


def test_the_page_of_a_series_names_each_vintage_and_how_to_load_and_cite_it(reader, released):
    page = reader.get(BASE).content.decode()

    assert re.findall(r'id="v-([0-9-]+)"', page) == [SECOND, FIRST]
    assert f"/sdmx/data/dataflow/ZH/DF_{SERIES.upper()}/1.2.0" in page
    assert f"{BASE}latest.parquet" in page
    assert "publicdomain/zero" not in page


def test_a_licence_shows_where_the_office_gave_one_and_a_gap_where_not(client, released, settings):
    client.cookies["language"] = "en"
    without = client.get("/data/").content.decode()
    settings.DATA_LICENCE = "https://licence.example/1"

    page = client.get("/data/").content.decode()

    assert "has not stated a licence" in without
    assert 'rel="license">https://licence.example/1<' in page


def test_a_file_holds_the_numbers_of_its_vintage(client, office, released):
    from zhiheng.stages.indicators import actions

    with clock.at(moment("2025-05-06T10:00:00")):
        actions.release(by=BY, series=office.series, region=REGION, periods=["2025Q1"], reason="更正一处录入")

    first, second, newest = (cells(client.get(f"{BASE}{day}.csv")) for day in (FIRST, SECOND, "latest"))

    assert {row["origin"] for row in first} == {"published", "derived"}
    assert {row["revision"] for row in second if row["origin"] == "estimated"} == {"0"}
    assert {row["reason"] for row in newest if row["origin"] == "estimated"} == {"更正一处录入"}
    assert {row["data"] for row in newest} == {"演示数据 · Demonstration data"}


def test_the_forms_of_a_vintage_say_the_same(client, released):
    table = cells(client.get(f"{BASE}{SECOND}.csv"))
    frame = pl.read_parquet(io.BytesIO(body(client.get(f"{BASE}{SECOND}.parquet"))))
    message = body(client.get(f"{BASE}{SECOND}.xml"))

    assert frame.height == len(table) == message.count(b"<Obs ")
    sent = re.findall('(?<= OBS_VALUE=")[^"]+', message.decode())
    assert sorted(row["value"] for row in table if row["value"]) == sorted(sent)
    assert frame["value"].to_list() == [float(row["value"]) if row["value"] else None for row in table]
    assert frame["n"].dtype == pl.Int64


def test_a_parquet_file_says_of_itself_what_it_is(client, released):
    data = body(client.get(f"{BASE}{SECOND}.parquet"))

    about = pl.read_parquet_metadata(io.BytesIO(data))

    assert (about["series"], about["vintage"], about["version"]) == (SERIES, SECOND, "1.2.0")
    assert about["data"] == "演示数据 · Demonstration data"


@pytest.mark.parametrize("form", ["csv", "parquet", "xml"])
def test_a_vintage_that_is_over_keeps_its_bytes_when_a_later_one_comes(client, office, released, form):
    from zhiheng.stages.indicators import actions

    before = client.get(f"{BASE}{SECOND}.{form}")
    kept = body(before)
    with clock.at(moment("2025-05-06T10:00:00")):
        actions.release(by=BY, series=office.series, region=REGION, periods=["2025Q1"], reason="更正一处录入")

    after = client.get(f"{BASE}{SECOND}.{form}")
    known = client.get(f"{BASE}{SECOND}.{form}", headers={"If-None-Match": before["ETag"]})

    assert body(after) == kept
    assert after["ETag"] == before["ETag"]
    assert (known.status_code, known.content) == (304, b"")


def test_a_file_whose_series_has_another_name_is_sent_again(client, released, person):
    series = opendata.plan.series(SERIES)
    said = {name: getattr(series, name) for name in ("unit", "basis", "purpose", "direction", "definition")}
    said |= {"zh": series.zh, "en": "another name", "definition_en": series.definition_en}
    before = client.get(f"{BASE}{SECOND}.xml")

    plan.define_series(by=person("statistician", "000000"), id=SERIES, reason="clearer", **said)
    after = client.get(f"{BASE}{SECOND}.xml", headers={"If-None-Match": before["ETag"]})

    assert after.status_code == 200 and after["ETag"] != before["ETag"]


def test_a_cell_that_would_be_a_formula_is_made_safe_in_csv_and_kept_in_parquet(client, released):
    table = cells(client.get(f"{BASE}{SECOND}.csv"))
    frame = pl.read_parquet(io.BytesIO(body(client.get(f"{BASE}{SECOND}.parquet"))))

    notes = {row["note"] for row in table if row["origin"] == "derived"}
    assert all(note.startswith("'=") for note in notes) and notes
    assert {f"'{note}" for note in frame.filter(pl.col("origin") == "derived")["note"]} == notes


@pytest.mark.parametrize(
    "address",
    [
        "/data/no-such-series/",
        "/data/no-such-series/latest.csv",
        f"{BASE}2020-01-01.csv",
        f"{BASE}soon.parquet",
        f"{BASE}0001-01-01.xml",
        f"{BASE}latest.xlsx",
    ],
)
def test_what_is_not_there_is_not_found(client, released, address):
    assert client.get(address).status_code == 404


def test_the_linked_catalogue_is_a_graph_whose_files_open(client, released):
    import rdflib

    response = client.get("/data/catalogue.jsonld")
    graph = linked.graph(response.content.decode())
    space = rdflib.Namespace("http://www.w3.org/ns/dcat#")

    files = [str(one) for one in graph.objects(None, space.downloadURL)]
    kinds = {
        kind: len(set(graph.subjects(rdflib.RDF.type, space[kind]))) for kind in ("DatasetSeries", "Dataset")
    }
    held = opendata.all_series()
    assert kinds == {"DatasetSeries": len(held), "Dataset": sum(len(one) for _series, one in held)}
    assert len(files) == 3 * kinds["Dataset"]
    assert all(body(client.get(url.removeprefix("http://testserver"))) for url in files)
    assert "演示数据" in response.content.decode()


def test_both_feeds_tell_what_changed_and_why(client, office, released):
    from zhiheng.stages.indicators import actions

    with clock.at(moment("2025-05-06T10:00:00")):
        actions.release(by=BY, series=office.series, region=REGION, periods=["2025Q1"], reason="更正一处录入")

    told = json.loads(client.get("/data/changes.json").content)["items"]
    atom = ElementTree.fromstring(client.get("/data/changes.atom").content)

    space = "{http://www.w3.org/2005/Atom}"
    entries = [
        (one.findtext(f"{space}id"), one.findtext(f"{space}summary")) for one in atom.iter(f"{space}entry")
    ]
    assert [(one["id"], one["content_text"]) for one in told] == entries
    assert told[0]["content_text"] == "更正一处录入"
    assert told[0]["url"].endswith(f"{BASE}#v-2025-05-06")
    assert told[0]["date_published"] >= told[1]["date_published"]


def _pages(client, form: str) -> list[list[str]]:
    """Follow a feed from its first page to its last; return what each page names."""
    address, found = f"/data/changes.{form}", []
    space = "{http://www.w3.org/2005/Atom}"
    while address and len(found) < 20:
        answer = client.get(address.removeprefix("http://testserver"))
        assert answer.status_code == 200
        if form == "json":
            feed = json.loads(answer.content)
            named, address = [one["id"] for one in feed["items"]], feed.get("next_url", "")
        else:
            root = ElementTree.fromstring(answer.content)
            links = {one.get("rel"): one.get("href") for one in root.findall(f"{space}link")}
            named = [one.findtext(f"{space}id") for one in root.iter(f"{space}entry")]
            assert links["self"].removeprefix("http://testserver") == answer.wsgi_request.get_full_path()
            assert links["first"] == "http://testserver/data/changes.atom"
            address = links.get("next", "")
        found.append(named)
    return found


@pytest.mark.parametrize("form", ["atom", "json"])
def test_a_feed_tells_every_change_of_a_busy_day_once(client, office, released, form):
    from tests.indicators.test_scale import define, of
    from zhiheng.stages.indicators import actions

    for number in range(230):
        define(f"zz_{number:03d}")
    with clock.at(moment("2025-06-02T10:00:00")):
        actions.record(by=BY, rows=[of(f"zz_{number:03d}", period="2023") for number in range(230)])
    with clock.at(moment("2025-06-02T11:00:00")):
        actions.record(by=BY, rows=[of("zz_007", "2", period="2023")], reason="更正")

    pages = _pages(client, form)

    told = [name for page in pages for name in page]
    known = {f"{one.series}#v-{one.day}" for _series, editions in opendata.all_series() for one in editions}
    assert [len(page) for page in pages[:2]] == [100, 100]
    assert {name.partition("/data/")[2].replace("/#", "#") for name in told} == known
    assert len(told) == len(known) > 230
    assert "zz_007" in told[0]


def test_what_is_recorded_while_a_feed_is_read_moves_nothing_out_of_its_pages(
    client, office, released, monkeypatch
):
    from tests.indicators.test_scale import define, of
    from zhiheng.stages.indicators import actions
    from zhiheng.stages.indicators.pages import data

    monkeypatch.setattr(data, "MOST_CHANGES", 2)
    whole = [name for page in _pages(client, "json") for name in page]
    first = json.loads(client.get("/data/changes.json").content)
    define("zz_new")
    actions.record(by=BY, rows=[of("zz_new", period="2023")])

    second = json.loads(client.get(first["next_url"]).content)

    assert [one["id"] for one in first["items"] + second["items"]] == whole[:4]


@pytest.mark.parametrize("before", ["yesterday", "~x", "2025-06-02~x", "9999-12-31T23:59:59+00:00~x"])
def test_a_page_of_a_feed_that_names_no_change_is_refused(client, released, before):
    assert client.get("/data/changes.atom", {"before": before}).status_code == 400


@pytest.mark.parametrize(
    ("address", "most"),
    [
        ("/data/", 8),
        (BASE, 8),
        ("/data/catalogue.jsonld", 8),
        ("/data/changes.atom", 8),
        (f"{BASE}latest.csv", 10),
    ],
)
def test_a_page_asks_a_bounded_number_of_questions(
    client, released, address, most, django_assert_max_num_queries
):
    with django_assert_max_num_queries(most):
        body(client.get(address))


@pytest.mark.parametrize("form", ["csv", "parquet", "xml"])
def test_a_file_is_the_same_in_batches_of_any_size(client, released, monkeypatch, form):
    whole = body(client.get(f"{BASE}latest.{form}"))
    monkeypatch.setattr(opendata, "MOST_ROWS", 2)
    monkeypatch.setattr(opendata, "BATCH", 3)

    assert body(client.get(f"{BASE}latest.{form}")) == whole


def test_a_parquet_file_has_bounded_groups_of_rows(client, released, monkeypatch):
    import pyarrow.parquet

    monkeypatch.setattr(opentables, "GROUP", 4)
    monkeypatch.setattr(opendata, "BATCH", 3)

    found = pyarrow.parquet.ParquetFile(io.BytesIO(body(client.get(f"{BASE}latest.parquet")))).metadata

    groups = [found.row_group(number).num_rows for number in range(found.num_row_groups)]
    assert len(groups) > 1 and max(groups) <= 4 and sum(groups) == found.num_rows
