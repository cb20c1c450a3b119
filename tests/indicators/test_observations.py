"""Numbers are recorded once, restated with a reason, and every day's page can be read again."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.indicators.conftest import BY, moment
from zhiheng.errors import BadInput, Conflict, NotAllowed, RuleRefused
from zhiheng.formats.shapes.observation import Observation as Shape
from zhiheng.ledger.ids import uuid7
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.reference import indicators
from zhiheng.stages.indicators import actions, loading, observations
from zhiheng.stages.indicators.guards import GUARDS
from zhiheng.stages.indicators.models import Line, Observation
from zhiheng.stages.plan import actions as plan_actions
from zhiheng.stages.plan.models import Series

RATE = "national_spot_check_fail_rate"
QUARTER = Shape(
    series=RATE,
    region="330000",
    period="2025Q1",
    unit="%",
    basis="judgement",
    purpose="enforcement",
    origin="published",
    value=Decimal("12.3"),
    said="12.3",
    evidence="A",
    source="a notice",
    recorded_at=moment("2025-06-02T09:00:00"),
)


def another(**changes):
    days = {} if "period" not in changes else {"valid_from": None, "valid_to": None}
    return replace(QUARTER, **days, **changes)


@pytest.fixture
def outline(db):
    plan_actions.adopt_outline(by=BY)


@pytest.fixture
def national(person):
    return person("statistician", "000000")


def test_all_published_numbers_load_once_as_they_are_said(outline, national):
    made = actions.load_published(by=national)
    again = actions.load_published(by=national)

    assert (len(made), again) == (296, [])
    assert Observation.objects.count() == 296
    assert Entry.objects.filter(verb="indicators.observations_recorded").count() == 1
    assert {row.revision for row in Observation.objects.all()} == {0}


def test_a_stored_row_is_the_shape_that_was_loaded(outline, national):
    made = {row.key: row for row in actions.load_published(by=national)}

    stored = map(observations.shape_of, Observation.objects.all())

    assert {row.key: row for row in stored} == made


def test_rows_become_shapes_without_a_statement_for_each(outline, national, django_assert_num_queries):
    actions.load_published(by=national)

    with django_assert_num_queries(1):
        made = [observations.shape_of(row) for row in Observation.objects.all()]

    assert len(made) == 296


def test_a_name_of_a_period_without_days_stays_a_label():
    rows = {row.period: row for row in loading.published(clock.now())}

    assert (rows["~2024-R1"].valid_from, rows["~announced-2021-09"].valid_to) == (None, None)
    assert rows["~1993"].valid_from == dt.date(1993, 1, 1)
    assert rows["2016Q1"].valid_to == dt.date(2016, 3, 31)
    assert {period for period, row in rows.items() if row.is_labelled} == {
        "~1993",
        "~2024-R1",
        "~2024-R2",
        "~announced-2021-09",
    }


def test_a_lower_bound_is_no_value_and_a_grade_no_number():
    rows = loading.published(clock.now())
    bound = [row for row in rows if row.interval == "bound"]
    grades = [row for row in rows if row.unit == "grade"]

    assert [(row.series, row.value, row.lower) for row in bound] == [
        ("food_evaluative_pass_rate", None, Decimal(99))
    ]
    assert {row.value for row in grades} == {None}
    assert len(grades) == 92
    assert {row.said for row in grades} <= {"A", "B", "C", "D"}


def test_every_published_number_keeps_its_printed_form():
    printed = {(row.series, row.text) for row in loading.known_rows()}

    assert {(row.series, row.said) for row in loading.published(clock.now())} == printed
    assert (
        len(printed)
        <= len(loading.known_rows())
        == sum(len(indicators.observations(series.id)) for series in indicators.all())
    )


def test_a_late_correction_of_a_published_quarter_keeps_the_old_vintage(outline, national):
    actions.record(by=national, rows=[QUARTER])
    day = clock.now()

    with clock.at(moment("2025-09-01T09:00:00")):
        made = actions.record(by=national, rows=[another(value=Decimal("12.1"), said="12.1")], reason="更正")

    old = observations.current(RATE, "330000", as_of=day).get()
    new = observations.current(RATE, "330000").get()
    assert (old.value, old.revision, old.status) == ("12.3", 0, "final")
    assert (new.value, new.revision, new.status, new.reason) == ("12.1", 1, "revised", "更正")
    assert [row.value for row in observations.history(RATE, "330000", "2025Q1")] == ["12.3", "12.1"]
    entry = Entry.objects.filter(verb="indicators.observations_recorded").latest("seq")
    assert (entry.visibility, entry.detail["restated"], entry.detail["reason"]) == ("public", 1, "更正")
    assert made[0].revision == 1


def test_a_published_number_is_not_changed_without_a_reason(outline, national):
    actions.record(by=national, rows=[QUARTER])

    with pytest.raises(Conflict) as refused:
        actions.record(by=national, rows=[another(value=Decimal(11), said="11")], reason=" ")

    assert refused.value.code == "observation-standing"
    assert Observation.objects.count() == 1


def test_a_preliminary_number_becomes_final_even_when_it_stays_the_same(outline, national):
    actions.record(by=national, rows=[another(status="preliminary")])

    made = actions.record(by=national, rows=[QUARTER], reason="定稿")

    assert [(row.status, row.revision) for row in made] == [("final", 1)]


@pytest.mark.parametrize(
    ("rows", "kind", "code"),
    [
        ([], BadInput, "observations-none"),
        ([QUARTER, QUARTER], BadInput, "observation-twice"),
        ([another(unit="index")], RuleRefused, "observation-kind"),
        ([another(purpose="evaluation")], RuleRefused, "observation-kind"),
        ([another(basis="census")], RuleRefused, "observation-kind"),
        ([another(breakdown="colour=red")], BadInput, "observation-dimension"),
        (
            [another(period="20250101-20250331"), another(period="20250301-20250430")],
            RuleRefused,
            "observation-overlaps",
        ),
    ],
)
def test_bad_numbers_are_refused_and_nothing_is_kept(outline, national, rows, kind, code):
    with pytest.raises(kind) as refused:
        actions.record(by=national, rows=rows)

    assert refused.value.code == code
    assert not Observation.objects.exists()


def test_a_period_that_overlaps_with_a_standing_one_is_refused(outline, national):
    actions.record(by=national, rows=[another(period="20250101-20250331")])

    with pytest.raises(RuleRefused) as refused:
        actions.record(by=national, rows=[another(period="20250301-20250430")])

    assert refused.value.code == "observation-overlaps"


def test_of_a_long_series_only_what_meets_the_new_numbers_in_time_is_read(outline, national):
    actions.record(by=national, rows=[another(period=f"{year}Q{n}") for year in (2023, 2024) for n in (1, 4)])
    actions.record(by=national, rows=[another(period="2024"), another(period="20240310-20240420")])

    assert not observations.standing([QUARTER])
    assert {key[2] for key in observations.standing([another(period="2024Q1")])} == {
        *("2024", "2024Q1", "20240310-20240420")
    }
    assert {key[2] for key in observations.standing([another(period="20240401-20241001")])} == {
        *("2024", "2024Q4", "20240310-20240420")
    }
    assert Line.objects.count() == 1


def test_a_series_of_many_lines_is_told_by_the_newest_number_of_each(outline, national):
    codes = [f"33{city:02}00" for city in range(1, 6)]
    made = [another(region=code, period=period) for code in codes for period in ("2024Q4", "2025Q1")]
    actions.record(by=national, rows=made)
    later = moment("2026-07-01T09:00:00")
    with clock.at(later):
        actions.record(by=national, rows=[another(region="330300", value=Decimal("9"), said="9")], reason="x")

    few = observations.newest_of_lines(RATE, most=5)
    all_of_them = observations.newest_of_lines(RATE, most=30)
    before = observations.newest_of_lines(RATE, most=5, as_of=later - dt.timedelta(days=1))

    assert [(row.region, row.period) for row in few] == [(code, "2025Q1") for code in codes]
    assert [row.value for row in few if row.region == "330300"] == ["9"]
    assert len(all_of_them) == 10
    assert [row.value for row in before] == ["12.3"] * 5


def test_a_quarter_may_lie_in_its_year(outline, national):
    made = actions.record(by=national, rows=[QUARTER, another(period="2025")])

    assert len(made) == 2


def test_only_a_statistician_of_the_region_records(outline, person):
    for stranger in (person("officer", "330000"), person("statistician", "440000")):
        with pytest.raises(NotAllowed):
            actions.record(by=stranger, rows=[QUARTER])


def test_the_triangle_shows_each_period_at_each_vintage(outline, national):
    actions.record(by=national, rows=[QUARTER])
    with clock.at(moment("2025-07-01T09:00:00")):
        actions.record(by=national, rows=[another(period="2025Q2", value=Decimal(10), said="10")])
    with clock.at(moment("2025-08-01T09:00:00")):
        actions.record(by=national, rows=[another(value=Decimal(13), said="13")], reason="更正")

    found = observations.triangle(RATE, "330000")

    shown = {period: [cell and cell.value for cell in cells] for period, cells in found.rows}
    assert shown == {"2025Q1": ["12.3", "12.3", "13"], "2025Q2": [None, "10", "10"]}
    assert found.is_revised


@pytest.mark.parametrize("table", GUARDS.tables)
def test_the_database_refuses_to_change_or_drop_what_was_released(outline, national, table):
    assert GUARDS.standing(connection) == GUARDS.expected(connection.vendor)
    actions.record(by=national, rows=[QUARTER])

    if table == "indicators_observation":
        for statement in (f"UPDATE {table} SET value = '0'", f"DELETE FROM {table}"):
            with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
                connection.cursor().execute(statement)


def test_no_number_is_replaced_by_one_with_a_fresh_id_and_an_old_key(outline, national):
    actions.record(by=national, rows=[QUARTER])
    others = ", ".join(f'"{one.column}"' for one in Observation._meta.concrete_fields if not one.primary_key)
    fresh = f"(id, {others}) SELECT '{uuid7().hex}', {others} FROM indicators_observation"

    insert, refusal = {
        "sqlite": ("INSERT OR REPLACE", "insert-only"),
        "postgresql": ("INSERT", "unique constraint"),
    }[connection.vendor]

    with pytest.raises(DatabaseError, match=refusal), transaction.atomic():
        connection.cursor().execute(f"{insert} INTO indicators_observation {fresh}")

    assert Observation.objects.count() == 1


@pytest.mark.django_db
@given(
    changes=st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 99), st.integers(0, 5)), min_size=1, max_size=8
    ),
    asked=st.integers(0, 40),
)
@settings(max_examples=25, deadline=None)
def test_the_answer_of_a_day_is_the_last_number_recorded_by_then(changes, asked):
    begin = moment("2025-06-02T09:00:00")
    told: dict[str, list[tuple[dt.datetime, str]]] = {}
    at = begin
    rows = []
    for place, value, days in changes:
        at += dt.timedelta(days=days)
        period = f"2025Q{place + 1}"
        held = told.setdefault(period, [])
        held.append((at, str(value)))
        first = another(period=period, value=Decimal(value), said=str(value))
        reason = "更正" if len(held) > 1 else ""
        rows.append(replace(first, recorded_at=at, revision=len(held) - 1, reason=reason))
    day = begin + dt.timedelta(days=asked)
    expected = {
        period: [value for then, value in held if then <= day][-1]
        for period, held in told.items()
        if held[0][0] <= day
    }

    for order in (rows, rows[::-1]):
        with_rows = _answer(order, day)
        assert with_rows == expected


def _answer(rows, day):
    with transaction.atomic():
        Series.objects.create(id=RATE, unit="%", basis="judgement", purpose="enforcement")
        observations.store(rows)
        found = observations.current(RATE, "330000", as_of=day)
        answer = {row.period: row.value for row in found}
        transaction.set_rollback(True)
    return answer
