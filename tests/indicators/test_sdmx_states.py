"""SDMX over states: one version is one content, a moment finds its vintage, a key narrows before loading."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from tests.indicators.conftest import BY, REGION, SERIES, moment
from tests.indicators.test_observations import QUARTER, RATE
from tests.indicators.test_sdmx import CSV, DATA, FLOW, got, rows
from zhiheng.formats.sdmx import asking, selecting
from zhiheng.people import clock
from zhiheng.stages.indicators import actions, narrowing, opendata, vintages
from zhiheng.stages.indicators import observations as stored
from zhiheng.stages.indicators.pages import sdmx as service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_published")]

SPOT = "/sdmx/data/dataflow/ZH/DF_NATIONAL_SPOT_CHECK_FAIL_RATE"
KEY = "Q.330000"


def correct(*values):
    for value in values:
        row = replace(QUARTER, value=Decimal(value), said=str(value))
        actions.record(by=BY, rows=[row], reason="更正")


@pytest.fixture
def corrected(with_published):
    """A quarter that was recorded and corrected twice on one day, and once the day after."""
    service._table.cache_clear()
    correct(12, 11, 10)
    with clock.at(moment("2025-06-03T09:00:00")):
        correct(9)


def value(client, address):
    _answer, body = got(client, address, CSV)
    return [row["OBS_VALUE"] for row in rows(body)]


def test_each_version_of_one_day_keeps_its_own_content(client, corrected):
    versions = ["1.2.0", "1.2.1", "1.2.2", "1.3.0"]

    told = [value(client, f"{SPOT}/{version}/{KEY}") for version in versions]

    assert [one.version for one in vintages.of(RATE)] == ["1.1.0", *versions]
    assert told == [["12"], ["11"], ["10"], ["9"]]


def test_a_version_has_the_same_bytes_and_tag_before_and_after_the_next_one(client, with_published):
    correct(12)
    before, body = got(client, f"{SPOT}/1.2.0", CSV)
    correct(11)

    after, again = got(client, f"{SPOT}/1.2.0", CSV)
    known, nothing = got(client, f"{SPOT}/1.2.0", CSV, **{"If-None-Match": before["ETag"]})

    assert body == again and before["ETag"] == after["ETag"]
    assert (known.status_code, nothing) == (304, b"")


def test_moments_between_two_vintages_are_one_state_loaded_once(client, corrected):
    moments = [
        "2025-06-03T09:00:00",
        "2025-06-03T09:00:00.000001",
        "2025-06-04T00:00:00",
        "2026-01-01T00:00:00",
    ]

    with clock.at(moment("2026-01-01T09:00:00")):
        bodies = {
            got(client, f"{SPOT}/*/{KEY}?asOf={at}%2B08:00&format=csv")[1].partition(b"\n")[2]
            for at in moments
        }

    assert len(bodies) == 1
    assert service._table.cache_info().misses == 1 and service._table.cache_info().hits == len(moments) - 1


def test_a_moment_before_the_correction_does_not_know_it(client, corrected):
    with clock.at(moment("2025-06-03T10:00:00")):
        assert value(client, f"{SPOT}/*/{KEY}?asOf=2025-06-03T08:59:59%2B08:00") == ["10"]
    assert value(client, f"{SPOT}/1.2%2B.0/{KEY}") == value(client, f"{SPOT}/*/{KEY}") == ["9"]


@pytest.mark.parametrize("version", ["2.1.0", "1.4.0", "1.2.7", "2+.0.0", "01.2.0"])
def test_a_version_that_never_was_is_not_found(client, corrected, version):
    answer, told = got(client, f"{SPOT}/{version}/{KEY}", CSV)

    assert answer.status_code == 404 and b"1.3.0" in told


FORMS = [CSV, "application/vnd.sdmx.data+xml;version=3.0.0"]


@pytest.fixture
def large(released, monkeypatch):
    """Every series is more than a process holds, and leaves in batches that part lines, regions and years."""
    monkeypatch.setattr(opendata, "MOST_ROWS", 3)
    monkeypatch.setattr(opendata, "BATCH", 2)
    service._table.cache_clear()


@pytest.mark.parametrize("accept", FORMS)
@pytest.mark.parametrize("question", ["", "/A.000000?c[TIME_PERIOD]=ge:2021", f"/Q+A.{REGION}+000000"])
def test_a_large_series_is_sent_in_batches_without_a_difference(
    client, released, monkeypatch, question, accept
):
    _answer, held = got(client, f"{DATA}{question}", accept)
    monkeypatch.setattr(opendata, "MOST_ROWS", 3)
    monkeypatch.setattr(opendata, "BATCH", 2)

    answer, sent = got(client, f"{DATA}{question}", accept)

    assert answer.status_code == 200
    assert sorted(sent.split(b"\n")) == sorted(held.split(b"\n"))


@pytest.mark.parametrize("asked", ["limit=5", "offset=1", "lastNObservations=1", "firstNObservations=1"])
def test_what_depends_on_the_order_of_a_large_series_is_refused_where_its_key_is_wide(client, large, asked):
    whole, told = got(client, f"{DATA}?{asked}", CSV)
    narrow, _body = got(client, f"{DATA}/Q.{REGION}.*.*.*.*._T?{asked.replace('offset=1', 'offset=0')}", CSV)

    assert whole.status_code == 413 and b'code="510"' in told
    assert narrow.status_code == 200


def test_a_large_series_that_holds_no_answer_is_not_found(client, large):
    answer, told = got(client, f"{DATA}?c[OBS_VALUE]=gt:100000", CSV)

    assert answer.status_code == 404 and b'code="100"' in told


@pytest.mark.parametrize("size", [1, 2, 3, 5, 10_000])
def test_batches_hold_what_one_question_holds_each_row_once(corrected, monkeypatch, size):
    monkeypatch.setattr(opendata, "BATCH", size)

    for newest in filter(None, map(vintages.newest, SERIES_ASKED)):
        batches = list(opendata.batches(newest))

        sent = [row.sha for batch in batches for row in batch]
        stood = stored.current(newest.series_id, as_of=newest.recorded_at)
        assert sorted(sent) == sorted(stood.values_list("sha", flat=True))
        assert {len(batch) for batch in batches[:-1]} <= {size} and all(batches)


QUESTIONS = [
    *("/A", "/Q", "/_O", "/S", "/M", "/X", f"/Q.{REGION}", f"/A+Q.000000+{REGION}", "/*.*.*.evaluation"),
    *("/*.*.*.*.*.published+derived", "/*.*.*.*.*.*._T", "/A.000000,Q.330000", "/*.*.*.*.*.*.round=1"),
    *("/*.000000.*.*.*.*._T+round=2", "/A.*,*", "?c[TIME_PERIOD]=ge:2023", "?c[TIME_PERIOD]=gt:2023"),
    *("?c[TIME_PERIOD]=ge:2020+le:2024", "?c[TIME_PERIOD]=lt:2024", "?c[TIME_PERIOD]=2024"),
    *(
        "?c[TIME_PERIOD]=ne:2024",
        "?c[TIME_PERIOD]=2024,2022",
        "?c[REF_AREA]=sw:33",
        "?c[ORIGIN]=ne:published",
    ),
    *("?c[ORIGIN]=published,estimated", "?c[BREAKDOWN]=co:division", "?c[BREAKDOWN]=division=34"),
    *("?c[OBS_VALUE]=ge:94", "?c[REF_AREA]=000000&c[ORIGIN]=derived,sw:pub"),
    "?updatedAfter=2025-01-01T00:00:00Z",
]
SERIES_ASKED = (SERIES, "agri_routine_monitoring_pass_rate", RATE, "quality_competitiveness_index")


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_the_database_lets_through_is_enough(released, question):
    path, _mark, query = question.partition("?")
    known = [newest for newest in map(vintages.newest, SERIES_ASKED) if newest]

    for newest in known:
        asked = asking.data(f"dataflow/ZH/DF_{newest.series_id.upper()}/*{path or '/*'}", query)
        whole = service._table(newest, newest.state_sha, None)
        narrowed = service._table(newest, newest.state_sha, narrowing.of(asked))

        assert selecting.keep(narrowed, asked).equals(selecting.keep(whole, asked))
    assert len(known) >= 3


def test_a_narrow_key_is_told_to_the_database():
    key = asking.data(f"dataflow/ZH/{FLOW}/*/Q.330000+000000", "c[TIME_PERIOD]=ge:2024")

    text = str(narrowing.of(key))

    assert "('region__in', ['000000', '330000'])" in text and "valid_from__gte" in text
    assert narrowing.of(asking.data(f"dataflow/ZH/{FLOW}/*/*")) is None
    assert narrowing.of(asking.data(f"dataflow/ZH/{FLOW}/*/A.*,*.*")) is None
