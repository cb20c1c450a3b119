"""A figure that rests on restated results says so on its page and waits for the office."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from django.urls import reverse

from tests.indicators.conftest import BY, REGION, SERIES, moment
from tests.indicators.test_actions import overturn
from zhiheng.people import clock
from zhiheng.reference import regions
from zhiheng.stages.indicators import actions, queries, resting, slots
from zhiheng.stages.indicators.models import Release
from zhiheng.stages.indicators.rules import resting as rules
from zhiheng.stages.indicators.rules.resting import Held

AT = moment("2025-07-01T00:00:00")


def held(pk: str, day: int, data: dict[str, str], *periods: str, region: str = REGION, series: str = SERIES):
    return Held(pk, series, region, periods or ("2025Q1",), AT + dt.timedelta(days=day), data)


def test_the_newest_release_of_a_draw_says_what_its_data_are():
    first, changed, back = (held(str(day), day, {"a": text}) for day, text in enumerate("xyx"))

    assert rules.restated(first.data, first.recorded_at, [first, changed]) is changed
    assert rules.restated(first.data, first.recorded_at, [back, first, changed]) is None
    assert rules.restated(changed.data, changed.recorded_at, [first, changed]) is None


def test_a_release_is_to_be_made_again_where_no_later_one_speaks_for_it():
    quarter, half = held("q", 0, {"a": "x"}), held("h", 1, {"a": "x", "b": "x"}, "2025H1")
    again = held("q2", 2, {"a": "y"})
    nation = held("n", 3, {"a": "y", "b": "x"}, "2025H1", region="000000")

    assert rules.outdated([quarter, half]) == []
    assert rules.outdated([half, again]) == [(half, again)]
    assert rules.outdated([half, again, nation]) == []


def test_the_releases_of_a_nation_over_years_are_looked_through_at_once():
    years = [str(year) for year in range(2010, 2030)]
    parts = {
        f"{year}Q{q}": [f"{p:02d}0000-{year}Q{q}-001" for p in range(11, 42)]
        for year in years
        for q in range(1, 5)
    }
    some = [
        held(f"{name} {period}", day, {name: "x"}, period, region=name[:6])
        for day, (period, names) in enumerate(parts.items())
        for name in names
        if regions.known(name[:6])
    ]
    some += [
        held(
            year,
            100,
            {name: "x" for q in range(1, 5) for name in parts[f"{year}Q{q}"]},
            year,
            region="000000",
        )
        for year in years
    ]

    start = time.perf_counter()
    assert rules.outdated(some) == []
    assert time.perf_counter() - start < 0.5


def test_a_figure_rests_on_the_draws_of_its_own_period_and_place():
    data = {"330000-2025Q1-001": "x", "330000-2025Q2-001": "x", "440000-2025Q1-001": "x"}
    nation = held("n", 0, data, "2025Q1", "2025H1", region="000000")

    assert sorted(nation.behind("000000", "2025Q1")) == ["330000-2025Q1-001", "440000-2025Q1-001"]
    assert sorted(nation.behind("330106", "2025H1")) == ["330000-2025Q1-001", "330000-2025Q2-001"]


@pytest.fixture
def halves(office, inspected):
    """Two quarters and their half-year, released; then results of the first quarter are overturned."""
    inspected("2025Q1")
    inspected("2025Q2")
    for day, period in enumerate(("2025Q1", "2025Q2", "2025H1"), 3):
        release(period, f"2025-07-0{day}T10:00:00")
    for _ in range(3):
        overturn(by_retest=False)


def release(period: str, at: str, reason: str = "") -> Release:
    from zhiheng.stages.plan import queries as plan

    with clock.at(moment(at)):
        return actions.release(
            by=BY, series=plan.series(SERIES), region=REGION, periods=[period], reason=reason
        )


def figure(period: str):
    return queries.figure(SERIES, REGION, period)


def said(client, period: str, **asked: str) -> bool:
    page = client.get(reverse("indicators:figure", args=[SERIES, REGION, period]), asked)
    return page.context["restated"] is not None


@pytest.mark.django_db
def test_a_longer_period_is_marked_and_queued_until_it_is_released_again(halves, client, person):
    with clock.at(moment("2025-07-21T10:00:00")):
        again = release("2025Q1", "2025-07-20T10:00:00", "更正 (corrected)")
        officer = person()
        client.force_login(officer)

        assert resting.restated([figure("2025H1")])[0].pk == again.pk
        assert said(client, "2025H1") and not said(client, "2025Q1") and not said(client, "2025Q2")
        assert not said(client, "2025H1", as_of="2025-07-19")
        (row,) = slots.to_release(officer)[-1].rows
        assert "2025H1" in row.url and row.url in client.get(reverse("indicators:releases")).content.decode(
            "utf-8"
        ).replace("&amp;", "&")
        form = client.get(row.url).context["form"]
        assert (form["periods"].value(), form["series"].value(), form["region"].value()) == (
            "2025H1",
            SERIES,
            REGION,
        )

    release("2025H1", "2025-07-22T10:00:00", form["reason"].value())
    with clock.at(moment("2025-07-23T10:00:00")):
        assert not said(client, "2025H1")
        assert resting.outdated(officer) == []


@pytest.mark.django_db
def test_a_shorter_period_is_marked_when_a_longer_one_read_newer_results(halves, client):
    with clock.at(moment("2025-07-21T10:00:00")):
        release("2025H1", "2025-07-20T10:00:00", "更正 (corrected)")

        assert said(client, "2025Q1") and not said(client, "2025Q2") and not said(client, "2025H1")


@pytest.mark.django_db
def test_only_who_may_release_is_asked_to_release_again(halves, person):
    release("2025Q1", "2025-07-20T10:00:00", "更正 (corrected)")

    assert resting.outdated(person("statistician", "440000")) == []
    assert len(resting.outdated(person("statistician", "000000"))) == 1


@pytest.mark.django_db
def test_what_rests_on_one_draw_is_found_across_the_turn_of_a_year(office, inspected):
    whole = "20250701-20260630"
    inspected("2025H2")
    inspected("2026H1")
    for day, period in enumerate(("2026H1", whole), 3):
        release(period, f"2026-07-0{day}T10:00:00")
    for _ in range(3):
        overturn(by_retest=False, visit__draw=office.draws["2026H1"])

    again = release("2026H1", "2026-07-20T10:00:00", "更正 (corrected)")

    assert resting.restated([figure(whole)])[0].pk == again.pk
    assert [(one.periods, by.pk) for one, by in resting.outdated(BY)] == [((whole,), again.pk)]

    later = release(whole, "2026-07-21T10:00:00", "更正 (corrected)")
    for _ in range(3):
        overturn(by_retest=False, visit__draw=office.draws["2026H1"])
    release(whole, "2026-07-22T10:00:00", "再次更正 (corrected again)")

    assert later.pk != again.pk
    assert resting.restated([figure("2026H1")])[0].periods == (whole,)
