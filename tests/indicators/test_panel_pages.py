"""The page of a figure whose draws belong to a panel answers, and counts shared firms where it may."""

from __future__ import annotations

import pytest

from zhiheng.people import clock
from zhiheng.stages.draw.models import Draw, Panel
from zhiheng.stages.indicators import actions, comparing, queries
from zhiheng.stages.indicators.pages import cards
from zhiheng.stages.indicators.rules import headline

from .conftest import REGION, moment, store_break


@pytest.fixture
def panel(office, inspected, person):
    """Return a maker of releases over quarters that are draws of one panel."""

    def make(quarters, *periods):
        draws = [inspected(quarter) for quarter in quarters]
        begun = Panel.objects.create(
            name="panel",
            region=REGION,
            thing="figures",
            first_draw=draws[0],
            shift_top=1,
            shift_bottom=10,
            reason="compare the same firms",
            announced_at=clock.now(),
        )
        Draw.objects.filter(pk__in=[one.pk for one in draws[1:]]).update(panel=begun)
        with clock.at(moment("2025-12-30T10:00:00")):
            actions.release(by=person(), series=office.series, region=REGION, periods=list(periods))
        return [queries.figure(office.series.pk, REGION, period) for period in periods]

    return make


def page(client, figure):
    return client.get(f"/figures/{figure.series_id}/{figure.region}/{figure.period}/")


def test_half_years_of_two_quarters_each_answer_and_have_no_covariance(client, panel):
    halves = panel(["2025Q1", "2025Q2", "2025Q3", "2025Q4"], "2025H1", "2025H2")

    answer = page(client, halves[1])

    assert answer.status_code == 200
    assert comparing.compare(*halves).covariance == 0


def test_two_quarters_of_a_draw_each_count_the_firms_that_they_share(client, panel):
    quarters = panel(["2025Q1", "2025Q2"], "2025Q1", "2025Q2")

    answer = page(client, quarters[1])

    assert answer.status_code == 200
    assert comparing.compare(*quarters).covariance != 0


def test_a_covariance_that_the_published_errors_do_not_allow_is_not_used(panel):
    before, after = panel(["2025Q1", "2025Q2"], "2025Q1", "2025Q2")
    after.lower, after.upper = after.estimate - 1e-6, after.estimate + 1e-6

    found = comparing.compare(before, after)

    assert found.covariance == 0
    assert found.lower < found.difference < found.upper


def test_a_break_that_was_recorded_later_is_not_told_of_an_earlier_day(client, panel):
    before, after = panel(["2025Q1", "2025Q2"], "2025Q1", "2025Q2")
    store_break("2025Q2", moment("2026-01-05T09:00:00"), series_id=after.series_id)

    with clock.at(moment("2026-01-10T09:00:00")):
        now = page(client, after).content.decode()
        then = client.get(f"{cards.figure_url(after)}?as_of=2026-01-04").content.decode()

    assert comparing.compare(before, after).refused == headline.NOT_BRIDGED
    assert comparing.compare(before, after, as_of=moment("2026-01-04T23:59:59")).breaks == ()
    assert "乙口径" in now and "乙口径" not in then
