"""SDMX REST over a released quarter and the published numbers: read back, negotiated, refused, bounded."""

from __future__ import annotations

import io
import json
import re
import warnings

import polars as pl
import pytest

from zhiheng.people import clock
from zhiheng.reference import indicators
from zhiheng.stages.indicators import opendata, opentables, vintages
from zhiheng.stages.indicators.pages import sdmx as service
from zhiheng.stages.plan import actions as plan

from .conftest import REGION, SERIES, moment

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_published")]


FLOW = "DF_MFG_PRODUCT_PASS_RATE"
DATA = f"/sdmx/data/dataflow/ZH/{FLOW}/*"
STRUCTURE = "/sdmx/structure/"
CSV = "application/vnd.sdmx.data+csv;version=2.0.0"


def got(client, address: str, accept: str = "", **headers) -> tuple:
    response = client.get(address, headers={"Accept": accept, **headers})
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response, body


def rows(body: bytes) -> list[dict[str, str]]:
    return pl.read_csv(body, infer_schema=False).to_dicts()


def by_sdmx1(body: bytes, **given):
    import sdmx

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # sdmx1 and pandas warn of each other
        return sdmx.read_sdmx(io.BytesIO(body), **given)


@pytest.mark.parametrize(
    "media",
    [
        ("application/vnd.sdmx.data+xml;version=3.0.0", "application/vnd.sdmx.structure+xml;version=3.0.0"),
        (
            "application/vnd.sdmx.structurespecificdata+xml;version=2.1",
            "application/vnd.sdmx.structure+xml;version=2.1",
        ),
    ],
)
def test_sdmx1_reads_what_the_service_sends_without_a_difference(client, released, media):
    data, structure = media
    _answer, described = got(client, f"{STRUCTURE}dataflow/ZH/{FLOW}?references=all", structure)
    definition = by_sdmx1(described).structure["DSD_FIGURES"]
    answer, sent = got(client, DATA, data)
    _answer, table = got(client, DATA, CSV)

    read = [
        {key: value.value for key, value in one.dimension.values.items()}
        | {key: value.value for key, value in one.attached_attribute.items()}
        | ({} if one.value is None else {"OBS_VALUE": one.value})
        for one in by_sdmx1(sent, structure=definition).data[0].obs
    ]

    held = [{key: value for key, value in row.items() if value is not None} for row in rows(table)]
    lead = ("STRUCTURE", "STRUCTURE_ID", "ACTION")
    assert answer["Content-Type"] == data
    assert read == [{key: row[key] for key in row if key not in lead} for row in held]
    assert len(read) > 8


def test_a_figure_has_the_digits_of_its_bundle_and_says_how_sure_it_is(client, released):
    figure = released.figures.get(region=REGION, division="")

    _answer, body = got(client, f"{DATA}/Q.{REGION}.*.*.*.estimated._T", CSV)

    (row,) = rows(body)
    assert row["TIME_PERIOD"] == "2025-Q1"
    assert float(row["OBS_VALUE"]) == pytest.approx(100 * figure.estimate, abs=1e-9)
    assert float(row["CI_LOWER"]) == pytest.approx(100 * figure.lower, abs=1e-9)
    assert len(row["OBS_VALUE"]) <= 13
    assert (row["N_OBS"], row["INTERVAL"], row["CI_LEVEL"]) == (str(figure.n), "design", "0.95")
    assert row["BUNDLE"] == figure.bundle_sha
    assert row["INPUTS"] == released.dataset_sha
    assert "demonstration" in row["FLAGS"].split()


def test_published_numbers_stand_beside_and_never_fall_together_with_estimates(client, released):
    _answer, body = got(client, f"{DATA}/A.000000", CSV)

    found = {row["TIME_PERIOD"]: row for row in rows(body)}
    assert found["2024"]["OBS_VALUE"] == "93.93"
    assert found["2024"]["ORIGIN"] == "published"
    assert found["2024"]["INTERVAL"] == "none"
    assert found["2022"]["ORIGIN"] == "derived"
    assert found["2024"]["FLAGS"] is None


def test_every_published_number_is_an_observation_with_a_key_of_its_own(office):
    for known in indicators.all():
        newest = vintages.newest(known.id)
        if newest is None:
            assert not indicators.observations(known.id)
            continue
        (held,) = opendata.batches(newest)
        table, left_out = opentables.sdmx(held)

        keys = table.select([*service.structures.IN_KEY, "TIME_PERIOD"])
        assert held.height == len(indicators.observations(known.id))
        assert keys.n_unique() == table.height == held.height - left_out
        assert left_out == held["period"].str.starts_with("~announced").sum()


def test_a_bound_a_grade_and_a_round_keep_what_they_say(client, office):
    _answer, bound = got(client, "/sdmx/data/dataflow/ZH/DF_FOOD_EVALUATIVE_PASS_RATE/*/A.000000", CSV)
    _answer, rounds = got(client, "/sdmx/data/dataflow/ZH/DF_AGRI_ROUTINE_MONITORING_PASS_RATE/*/_O", CSV)
    (grades,) = opendata.batches(vintages.newest(_series_of_grades()))

    held = {row["TIME_PERIOD"]: row for row in rows(bound)}
    assert (held["2023"]["OBS_VALUE"], held["2023"]["CI_LOWER"], held["2023"]["INTERVAL"]) == (
        None,
        "99",
        "bound",
    )
    assert [row["BREAKDOWN"] for row in rows(rounds)] == ["round=1", "round=2"]
    assert {row["TIME_PERIOD"] for row in rows(rounds)} == {"2024"}
    assert grades.height and (grades["value"] == "").all() and (grades["said"] != "").all()


def _series_of_grades():
    (found,) = {
        row.series
        for known in indicators.all()
        for row in indicators.observations(known.id)
        if row.unit == "grade"
    }
    return found


def test_every_vintage_stays_addressable(client, office, inspected, released):
    from zhiheng.stages.indicators import actions

    from .conftest import BY

    with clock.at(moment("2025-05-06T10:00:00")):
        actions.release(
            by=BY,
            series=office.series,
            region=REGION,
            periods=["2025Q1"],
            reason="更正一处录入",
        )
    days = [one.day.isoformat() for one in opendata.editions(SERIES)]
    key = f"Q.{REGION}.*.*.*.*._T"

    _answer, newest = got(client, f"{DATA}/{key}", CSV)
    _answer, second = got(client, f"/sdmx/data/dataflow/ZH/{FLOW}/1.2.0/{key}", CSV)
    _answer, then = got(client, f"{DATA}/{key}?asOf=2025-04-20T00:00:00%2B08:00", CSV)
    none, told = got(client, f"/sdmx/data/dataflow/ZH/{FLOW}/1.1.0/{key}", CSV)
    _answer, listed = got(client, f"{STRUCTURE}dataflow/ZH/{FLOW}/*")

    assert days == ["2024-12-02", "2025-04-03", "2025-05-06"]
    assert (rows(newest)[0]["REVISION"], rows(newest)[0]["VINTAGE"]) == ("1", "2025-05-06")
    assert (rows(second)[0]["REVISION"], rows(second)[0]["VINTAGE"]) == ("0", "2025-04-03")
    assert second == then
    assert none.status_code == 404 and b'code="100"' in told
    assert re.findall(r'<str:Dataflow [^>]*version="([0-9.]+)"', listed.decode()) == [
        "1.1.0",
        "1.2.0",
        "1.3.0",
    ]


def test_an_answer_that_did_not_change_is_not_sent_again(client, released):
    first, body = got(client, DATA, CSV)
    again, nothing = got(client, DATA, CSV, **{"If-None-Match": first["ETag"]})
    other, _body = got(client, DATA, "application/xml", **{"If-None-Match": first["ETag"]})
    same, repeated = got(client, DATA, CSV)

    assert (first.status_code, again.status_code, other.status_code) == (200, 304, 200)
    assert nothing == b"" and again["ETag"] == first["ETag"] != other["ETag"]
    assert same["ETag"] == first["ETag"] and repeated == body
    assert "Accept" in first["Vary"].split(", ")
    assert first["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("address", "form"), [(DATA, CSV), (f"{STRUCTURE}dataflow", "")])
def test_an_answer_whose_series_has_another_name_is_sent_again(client, released, person, address, form):
    series = opendata.plan.series(SERIES)
    first, _body = got(client, address, form)
    said = {name: getattr(series, name) for name in ("unit", "basis", "purpose", "direction", "definition")}
    said |= {"zh": series.zh, "en": "another name", "definition_en": series.definition_en}

    plan.define_series(by=person("statistician", "000000"), id=SERIES, reason="clearer", **said)
    again, body = got(client, address, form, **{"If-None-Match": first["ETag"]})

    assert (first.status_code, again.status_code) == (200, 200)
    assert again["ETag"] != first["ETag"]
    assert (b"another name" in body) == (address != DATA)


def test_another_version_of_the_program_sends_its_answers_again(client, released, monkeypatch):
    first, _body = got(client, DATA, CSV)
    monkeypatch.setattr(service, "__version__", "next")

    again, _body = got(client, DATA, CSV, **{"If-None-Match": first["ETag"]})

    assert again.status_code == 200 and again["ETag"] != first["ETag"]


def test_invented_data_are_marked_in_every_form(client, released, settings):
    answer, xml = got(client, DATA, "application/xml")
    _answer, described = got(client, f"{STRUCTURE}dataflow/ZH/{FLOW}")
    settings.DEMO = False
    real, plain = got(client, DATA, "application/xml")

    assert b"<mes:Test>true</mes:Test>" in xml
    assert answer["X-Zhiheng-Data"] == "demonstration"
    assert "演示数据" in described.decode()
    assert "demo" in answer["Content-Disposition"]
    assert b"<mes:Test>false</mes:Test>" in plain
    assert "X-Zhiheng-Data" not in real


@pytest.mark.parametrize(
    ("address", "accept", "status", "code"),
    [
        (DATA, "text/html", 406, 140),
        (DATA, "application/vnd.sdmx.data+csv;version=1.0.0", 406, 140),
        ("/sdmx/data/dataflow/ZH/DF_NOTHING", "", 404, 100),
        (f"{DATA}/M", "", 404, 100),
        (f"{DATA}?c[NOTHING]=1", "", 422, 150),
        (f"{DATA}?c[TIME_PERIOD]=ge:soon", "", 400, 140),
        (f"{DATA}?asOf=2020-01-01", "", 404, 100),
        (f"/sdmx/data/dataflow/ZH/{FLOW}/1.2.0?asOf=2025-04-20", "", 422, 150),
        (f"{DATA}?includeHistory=true", "", 501, 501),
        (f"{DATA}?format=xlsx", "", 406, 140),
        (f"{DATA}?c[NOTE]=co:{'(a%2B)' * 500}", "", 413, 510),
        (f"{DATA}?c[NOTE]=%F0%28%8C%28", "", 404, 100),
        (f"{STRUCTURE}dataflow/ZH/DF_NOTHING", "", 404, 100),
        (f"{STRUCTURE}codelist/ZH/CL_AREA/9.0.0", "", 404, 100),
        (f"{STRUCTURE}organisation", "", 404, 100),
        (f"{DATA}?c[TIME_PERIOD]=2020-W01", "", 404, 100),
        (f"{DATA}?c[TIME_PERIOD]=2020-T1", "", 404, 100),
        (f"{DATA}?c[TIME_PERIOD]=2021-W53", "", 400, 140),
        (f"/sdmx/data/dataflow/ZH/{FLOW}/1.2", "", 404, 100),
        (f"{DATA}?c[OBS_VALUE]=gt:1e2", "", 404, 100),
        (f"{DATA}?c[NOTE]=%00", "", 400, 140),
        ("/sdmx/availability/dataflow/ZH/X", "", 501, 501),
        ("/sdmx/schema/dataflow/ZH/X", "text/html", 501, 501),
        ("/sdmx/metadata/metadataset/ZH", "", 501, 501),
        ("/sdmx/no/such/thing", "", 404, 100),
        ("/sdmx/", "", 404, 100),
        ("/sdmx", "text/html", 404, 100),
        ("/sdmx/data", "", 400, 140),
        ("/sdmx/structure/", "", 400, 140),
    ],
)
def test_a_bad_request_has_the_message_of_the_standard(client, released, address, accept, status, code):
    answer, body = got(client, address, accept)

    said = by_sdmx1_error(body)
    assert answer.status_code == status
    assert said["code"] == str(code)
    assert len(said["en"]) > 20
    assert any("\u4e00" <= sign <= "\u9fff" for sign in said["zh"])


@pytest.mark.parametrize("method", ["post", "put", "delete", "options"])
def test_what_is_sent_is_refused_in_the_form_of_the_standard(office, method):
    from django.test import Client

    answer = getattr(Client(enforce_csrf_checks=True), method)(DATA)

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert by_sdmx1_error(answer.content)["code"] == "501"


def test_a_fault_of_ours_is_told_in_the_form_of_the_standard(client, released, monkeypatch):
    def fail(*_args: object) -> None:
        raise RuntimeError("on purpose")

    monkeypatch.setattr(service, "_vintage", fail)
    client.raise_request_exception = False

    answer, body = got(client, DATA)

    assert answer.status_code == 500
    assert by_sdmx1_error(body)["code"] == "500"


def by_sdmx1_error(body: bytes) -> dict[str, str]:
    from lxml import etree

    space = "{http://www.sdmx.org/resources/sdmxml/schemas/v3_0/"
    (message,) = etree.fromstring(body).iter(f"{space}message}}ErrorMessage")
    texts = {one.get("{http://www.w3.org/XML/1998/namespace}lang"): one.text for one in message}
    return {"code": message.get("code"), **texts}


def test_an_error_comes_as_json_to_who_asks_for_json(client, released):
    answer, body = got(client, f"{STRUCTURE}dataflow/ZH/NO", "application/vnd.sdmx.structure+json")

    assert answer.status_code == 404
    assert json.loads(body)["errors"][0]["code"] == 100


def test_an_answer_comes_in_parts(client, released):
    _answer, whole = got(client, DATA, CSV)
    _answer, first = got(client, f"{DATA}?limit=5", CSV)
    _answer, rest = got(client, f"{DATA}?offset=5", CSV)

    assert len(rows(first)) == 5
    assert rows(first) + rows(rest) == rows(whole)


@pytest.mark.parametrize("verb", ["post", "put", "delete", "patch"])
def test_the_service_only_reads(client, released, verb):
    assert getattr(client, verb)(DATA).status_code == 405


@pytest.mark.parametrize(
    ("address", "kinds"),
    [
        ("dataflow", (11, 0, 0, 0)),
        (f"dataflow/ZH/{FLOW}?references=children", (1, 1, 0, 0)),
        (f"dataflow/ZH/{FLOW}?references=descendants", (1, 1, 9, 1)),
        ("datastructure/ZH/DSD_FIGURES/1.0.0?references=children", (0, 1, 9, 1)),
        ("datastructure/ZH/DSD_FIGURES?references=all", (11, 1, 9, 1)),
        ("codelist/ZH/CL_FREQ,CL_BASIS", (0, 0, 2, 0)),
        ("conceptscheme/ZH", (0, 0, 0, 1)),
    ],
)
def test_structures_come_with_what_they_refer_to(client, office, address, kinds):
    answer, body = got(client, f"{STRUCTURE}{address}")

    found = tuple(
        body.count(f"<str:{name} ".encode())
        for name in ("Dataflow", "DataStructure", "Codelist", "ConceptScheme")
    )
    assert answer.status_code == 200
    assert found == kinds


@pytest.mark.parametrize("address", [DATA, f"{STRUCTURE}dataflow"])
def test_an_answer_asks_a_bounded_number_of_questions(
    client, released, address, django_assert_max_num_queries
):
    with django_assert_max_num_queries(8):
        got(client, address, "application/xml")


def test_a_series_of_which_nothing_is_recorded_is_no_dataflow(client, office):
    _answer, body = got(client, f"{STRUCTURE}dataflow")
    absent, _told = got(client, "/sdmx/data/dataflow/ZH/DF_CONSUMER_GOODS_PASS_RATE")

    assert b"DF_CONSUMER_GOODS" not in body
    assert absent.status_code == 404
