"""A computed number that does not follow a restated input says so and waits to be computed anew."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from tests.indicators.conftest import BY, REGION, SERIES, moment
from tests.indicators.test_official import record, row
from tests.indicators.test_resting import halves, release  # noqa: F401
from zhiheng.people import clock
from zhiheng.stages.indicators import actions, following, formulas, slots
from zhiheng.stages.indicators.models import Observation
from zhiheng.stages.plan import actions as plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_published")]

KIND = {"unit": "%", "basis": "probability", "purpose": "evaluation"}
AT = "2026-02-03T09:00:00"


def computed(id: str, of: str, **read: str) -> formulas.Formula:
    """Define 100 less a series and compute it."""
    words = dict.fromkeys(("definition", "definition_en", "population", "population_en"), id)
    if id != SERIES:
        plan.define_series(by=BY, id=id, zh=id, en=id, direction="higher", **KIND, **words)
    hundred = {"op": "constant", "value": "100", "unit": "%"}
    root = {"op": "difference", "of": [hundred, {"op": "series", "id": of, **read}]}
    body = {"type": "zhiheng/formula/1", "id": id, "version": "1", **KIND, "root": root}
    made = actions.define_formula(by=BY, body=body)
    assert actions.compute(by=BY, formula=made)
    return made


def number(client, id: str, **asked: str):
    asked = {"region": "000000", "period": "2024", "voice": "others", **asked}
    return client.get(reverse("indicators:number", args=[id]), asked).context["restated"]


def waiting() -> list[str]:
    return [row.series_id for row, _at in following.waiting()]


def test_a_new_input_marks_no_number_and_waits_to_be_computed(client):
    computed("own_fail", SERIES)
    assert waiting() == []

    record(row("2025", "95.20"))

    assert number(client, "own_fail") is None
    assert waiting() == ["own_fail"]


def test_a_restated_input_marks_the_number_its_series_and_the_ones_after_it(client, person):
    computed("own_fail", SERIES)
    computed("own_back", "own_fail")

    record(row("2024", "91.11"))

    with clock.at(moment(AT)):
        assert number(client, "own_fail") and number(client, "own_back")
        assert number(client, "own_fail", period="2023") is None
        assert number(client, "own_fail", as_of="2026-02-01") is None
        assert client.get(reverse("indicators:series", args=["own_fail"])).context["restated"]
        assert waiting() == ["own_fail"]
        (item,) = [one for one in slots.to_release(person(region="000000")) if one.id == "to-compute"]
        assert item.count == 1
        assert [one.id for one in slots.to_release(person())] == ["to-release"]


def test_one_click_computes_a_formula_and_all_that_follow_from_it(client, person):
    first = computed("own_fail", SERIES)
    computed("own_back", "own_fail")
    record(row("2024", "91.11"))

    with clock.at(moment(AT)):
        client.force_login(person(region="000000"))
        shown = client.get(reverse("indicators:formulas")).context["rows"]
        client.post(reverse("indicators:compute_formula", args=[first.pk]))

        newest = {
            id: Observation.objects.filter(series=id, region="000000", period="2024").latest("revision")
            for id in ("own_fail", "own_back")
        }
        assert [one["formula"].series_id for one in shown if one["restated"]] == ["own_fail"]
        assert {id: (held.value, held.revision) for id, held in newest.items()} == {
            "own_fail": ("8.89", 1),
            "own_back": ("91.11", 1),
        }
        assert waiting() == []
        assert number(client, "own_fail") is None and number(client, "own_back") is None


def test_a_click_on_a_formula_that_gives_nothing_new_computes_what_follows_from_it(client, person):
    first = computed("own_fail", SERIES)
    computed("own_back", "own_fail")
    record(row("2024", "91.11"))

    with clock.at(moment(AT)):
        actions.compute(by=BY, formula=first)
        assert waiting() == ["own_back"]
        client.force_login(person(region="000000"))
        client.post(reverse("indicators:compute_formula", args=[first.pk]))

        assert waiting() == []


def test_a_correction_by_a_list_of_the_reference_counts_as_well():
    computed("own_fail", SERIES)
    record(row("2024", "91.11"))
    with clock.at(moment(AT)):
        actions.compute(by=BY, formula=formulas.in_force()["own_fail"])
        assert waiting() == []

    with clock.at(moment(AT) + dt.timedelta(days=1)):
        actions.load_published(by=BY, reason="更正有误 (the correction was wrong)")
        assert waiting() == ["own_fail"]


def test_all_numbers_of_a_series_are_looked_through_by_a_bounded_number_of_statements(
    halves,  # noqa: F811
    django_assert_max_num_queries,
):
    with clock.at(moment("2025-07-10T10:00:00")):
        computed("own_fail", SERIES, voice="own")
        rows = Observation.objects.filter(series="own_fail")
        assert {row.period for row in rows} >= {"2025Q1", "2025Q2", "2025H1"}
        assert following.newest_restated("own_fail") is None
    again = release("2025Q1", "2025-07-20T10:00:00", "更正 (corrected)")

    with clock.at(moment("2025-07-21T10:00:00")), django_assert_max_num_queries(8):
        assert following.newest_restated("own_fail") == again.recorded_at


def test_what_waits_is_told_by_two_statements_once_it_is_known(django_assert_max_num_queries):
    computed("own_fail", SERIES)
    computed("own_back", "own_fail")
    record(row("2024", "91.11"))
    assert waiting() == ["own_fail"]

    with django_assert_max_num_queries(2):
        assert waiting() == ["own_fail"]
    with django_assert_max_num_queries(1):
        after = formulas.downstream(SERIES)
    with django_assert_max_num_queries(2):
        assert [(row.series_id, following.is_waiting(row)) for row in after] == [
            ("own_fail", True),
            ("own_back", False),
        ]


def test_an_estimate_of_our_own_hides_no_number_of_others_that_waits(office, inspected):
    inspected("2025Q1")
    place = {"region": REGION, "series": "failing"}
    words = dict.fromkeys(("definition", "definition_en", "population", "population_en"), "failing")
    plan.define_series(by=BY, id="failing", zh="failing", en="failing", direction="lower", **KIND, **words)
    record(row("2025Q1", "5.00", **place), at="2025-07-01T09:00:00")
    computed(SERIES, "failing")
    release("2025Q1", "2025-07-03T10:00:00")
    held = Observation.objects.filter(series=SERIES, region=REGION, period="2025Q1", breakdown="")
    assert {one.voice for one in held} == {"own", "others"}
    assert waiting() == []

    record(row("2025Q1", "6.00", **place))

    assert waiting() == [SERIES]
