"""Each act of recording is a vintage: one version, one content, and what any moment knew of a series."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.indicators.conftest import BY, REGION, SERIES, moment
from tests.indicators.test_formulas import national, turned  # noqa: F401
from tests.indicators.test_observations import QUARTER, RATE, another
from zhiheng.errors import RuleRefused
from zhiheng.people import clock
from zhiheng.stages.indicators import actions, observations, opendata, vintages
from zhiheng.stages.indicators.models import Line, Observation, Vintage
from zhiheng.stages.plan import actions as plan_actions


@pytest.fixture
def adopted(db):
    plan_actions.adopt_outline(by=BY)


def record(*values, reason="更正", **changes):
    """Record values of one quarter one after the other; the first needs no reason."""
    return [
        actions.record(by=BY, rows=[another(value=Decimal(value), said=str(value), **changes)], reason=reason)
        for value in values
    ]


def test_a_vintage_is_written_with_its_numbers_and_counts_them(adopted):
    actions.record(by=BY, rows=[QUARTER, another(period="2025Q2")])
    record(11)

    found = list(vintages.of(RATE))

    assert [(one.number, one.rows, one.standing, one.reason) for one in found] == [
        (1, 2, 2, ""),
        (2, 1, 2, "更正"),
    ]


def test_what_says_nothing_new_is_no_vintage(adopted):
    record(12)
    record(12)

    assert vintages.of(RATE).count() == 1


def test_a_refused_batch_leaves_no_vintage_and_no_line(adopted):
    with pytest.raises(RuleRefused):
        actions.record(by=BY, rows=[another(period="20250101-20250331"), another(period="20250301-20250430")])

    assert not Vintage.objects.exists() and not Line.objects.exists()


def test_versions_of_one_day_differ_in_their_last_place(adopted):
    record(1, 2, 3)
    with clock.at(moment("2025-06-03T00:00:00")):
        record(4)

    assert [one.version for one in vintages.of(RATE)] == ["1.1.0", "1.1.1", "1.1.2", "1.2.0"]


def test_a_day_ends_at_midnight_of_the_site(adopted):
    with clock.at(moment("2025-06-02T23:59:59")):
        record(1)
    with clock.at(moment("2025-06-03T00:00:00")):
        record(2)

    assert [one.day for one in vintages.of(RATE)] == [dt.date(2025, 6, 2), dt.date(2025, 6, 3)]


def test_moments_go_forward_even_where_the_clock_stands_or_goes_back(adopted):
    record(1, 2)
    with clock.at(moment("2025-01-01T09:00:00")):
        record(3)

    times = [one.recorded_at for one in vintages.of(RATE)]
    held = list(observations.history(RATE, "330000", "2025Q1"))
    assert times == sorted(set(times)) == [row.recorded_at for row in held]
    assert [observations.current(RATE, as_of=at).get().value for at in times] == ["1", "2", "3"]


def test_a_computed_number_is_recorded_no_earlier_than_what_it_was_computed_from(
    turned,  # noqa: F811
    national,  # noqa: F811
):
    (made,) = {row.recorded_at for row in actions.compute(by=national, formula=turned)}

    inputs = formula_inputs(turned)

    assert inputs and all(vintages.newest(id).recorded_at <= made for id in inputs)


def formula_inputs(row):
    from zhiheng.stages.indicators import formulas

    return formulas.tree(row).inputs()


def test_the_digest_of_a_state_is_that_of_all_that_was_recorded_by_then(adopted):
    actions.record(by=BY, rows=[QUARTER, another(period="2025Q2")])
    record(11, 12)

    sha = ""
    for one in vintages.of(RATE):
        rows = Observation.objects.filter(series=RATE, recorded_at=one.recorded_at)
        sha = vintages.state_sha(sha, rows.values_list("sha", flat=True))
        assert one.state_sha == sha


def test_a_release_is_one_vintage_that_names_it(released):
    one = vintages.newest(SERIES)

    assert one.release_id == released.pk
    assert one.rows == released.figures.count()


def test_lines_are_those_of_the_observations_as_known_at_a_time(released):
    held = Observation.objects.filter(series=SERIES).values_list("region", "breakdown", "voice")

    lines = vintages.lines(SERIES).values_list("region", "breakdown", "voice")

    assert set(lines) == set(held) and len(lines) == len(set(held))
    assert (REGION, "", "own") in lines
    assert not vintages.lines(SERIES, as_of=moment("2025-01-01T00:00:00")).exists()


@pytest.mark.parametrize("statement", ["UPDATE {} SET series_id = 'x'", "DELETE FROM {}"])
@pytest.mark.parametrize("table", ["indicators_vintage", "indicators_line"])
def test_the_database_keeps_vintages_and_lines_as_they_are(adopted, table, statement):
    record(1)

    with pytest.raises(DatabaseError, match="insert-only"), transaction.atomic():
        connection.cursor().execute(statement.format(table))


def test_a_model_refuses_to_change_a_vintage(adopted):
    record(1)

    with pytest.raises(TypeError, match="never changed"):
        vintages.newest(RATE).save()


@pytest.mark.django_db
@given(steps=st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=6))
@settings(max_examples=12, deadline=None)
def test_every_moment_knows_the_vintage_whose_numbers_stood_then(steps):
    at = moment("2025-10-02T09:00:00")
    with transaction.atomic():
        plan_actions.adopt_outline(by=BY)
        for value, (place, days) in enumerate(steps):
            at += dt.timedelta(days=days)
            with clock.at(at):
                record(value, period=f"2025Q{place}")

        rows = list(Observation.objects.filter(series=RATE))
        for one in vintages.of(RATE):
            known = {row.pk for row in observations.current(RATE, as_of=one.recorded_at)}
            later = one.recorded_at + dt.timedelta(microseconds=1)
            following = vintages.of(RATE).filter(number=one.number + 1).first()
            if following is None or following.recorded_at > later:
                assert vintages.newest(RATE, as_of=later) == one
                assert {row.pk for row in observations.current(RATE, as_of=later)} == known
            assert one.standing == len(known)
            assert one.rows == sum(row.recorded_at == one.recorded_at for row in rows)
        transaction.set_rollback(True)


def test_a_correction_does_not_touch_what_other_series_know(adopted):
    record(1)
    other = replace(QUARTER, series="food_supervision_fail_rate", basis="judgement", purpose="enforcement")
    before = vintages.newest(RATE)

    actions.record(by=BY, rows=[other])

    assert vintages.newest(RATE) == before
    assert [one.series_id for one in vintages.newest_of_each()] == sorted([RATE, other.series])


def test_what_is_recorded_is_counted_without_reading_it(adopted, django_assert_num_queries):
    actions.record(by=BY, rows=[QUARTER, another(period="2025Q2")])
    record(11)

    with django_assert_num_queries(1) as asked:
        found = vintages.count()

    assert found == Observation.objects.count() == 3
    assert "indicators_observation" not in asked.captured_queries[0]["sql"]


def test_a_feed_goes_from_day_to_day_and_reads_no_more_than_it_needs(adopted, django_assert_num_queries):
    for day in range(1, 6):
        with clock.at(moment(f"2025-06-{day:02d}T09:00:00")):
            record(day * 10, day * 10 + 1)

    with django_assert_num_queries(2):
        found = opendata.newest(2)

    assert [(one.number, len(one.vintages)) for one in found] == [(5, 2), (4, 2)]
    before = (found[-1].recorded_at, found[-1].series)
    assert [one.number for one in opendata.newest(9, before=before)] == [3, 2, 1]
    assert [one.number for one in vintages.last_of_days()] == [10, 8, 6, 4, 2]
