"""The year of an office: its duties get days, weeks that hold too little are named, and who is on leave."""

from __future__ import annotations

from datetime import date
from io import BytesIO

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from zhiheng import ledger
from zhiheng.errors import BadInput, NotAllowed
from zhiheng.people import clock
from zhiheng.stages.draw import actions, yearplan
from zhiheng.stages.draw.models import PlannedDraw
from zhiheng.stages.plan import actions as plan
from zhiheng.stages.registry.models import Leave

from . import campaign
from .conftest import NOON, REGION
from .test_planning_pages import send


@pytest.fixture
def year(province):
    """Four duties more, of every kind of period; one of them is over by the day of the tests."""
    for period, quota in (("2025Q2", 8), ("2025H2", 12), ("2025-05", 4), ("2025-01", 2)):
        plan.create_obligation(by=province.officer, region=REGION, period=period, quota=quota, basis=period)
    return province


@pytest.fixture
def officer(client, province):
    client.force_login(province.officer)
    return client


def of_year(province):
    return yearplan.of_year(province.officer, REGION, 2025)


def week_of(shown, day):
    return next(found for found in shown.weeks if found[0].first <= day <= found[0].last)


def test_all_draws_of_a_year_are_planned_in_one_go_with_one_entry(year):
    made = actions.plan_year(by=year.officer, region=REGION, year=2025)

    days = {one.obligation.period: one.draw_on.isoformat() for one in made}
    assert days == {
        "2025Q1": "2025-03-03",
        "2025Q2": "2025-04-01",
        "2025-05": "2025-05-06",
        "2025H2": "2025-07-01",
    }
    entries = ledger.timeline("region", REGION)
    assert [entry.verb for entry in entries if entry.verb.startswith("draw.")] == ["draw.year_planned"]
    assert entries[0].detail["row_count"] == 4


def test_planning_twice_adds_what_is_new_alone(year):
    actions.plan_year(by=year.officer, region=REGION, year=2025)
    assert actions.plan_year(by=year.officer, region=REGION, year=2025) == []

    plan.create_obligation(by=year.officer, region=REGION, period="2025Q4", quota=3, basis="later")
    assert len(actions.plan_year(by=year.officer, region=REGION, year=2025)) == 1


def test_a_duty_with_a_draw_is_not_planned_again(year, committed):
    made = actions.plan_year(by=year.officer, region=REGION, year=2025)

    assert year.obligation.pk not in {one.pk for one in made}


def test_a_stranger_plans_nothing(year, person):
    with pytest.raises(NotAllowed):
        actions.plan_year(by=person(region="440000"), region=REGION, year=2025)
    with pytest.raises(NotAllowed):
        actions.plan_draw(by=person("inspector"), obligation=year.obligation, draw_on=date(2025, 3, 10))


def test_a_planned_day_is_moved_within_the_period(year):
    first = actions.plan_draw(by=year.officer, obligation=year.obligation, draw_on=date(2025, 3, 10))
    moved = actions.plan_draw(by=year.officer, obligation=year.obligation, draw_on=date(2025, 3, 17))

    assert first.pk == moved.pk and PlannedDraw.objects.get().draw_on == date(2025, 3, 17)
    entries = ledger.timeline("obligation", str(year.obligation.pk))
    assert [entry.detail.get("before", "") for entry in entries if entry.verb == "draw.planned"] == [
        "2025-03-10",
        "",
    ]


@pytest.mark.parametrize(
    ("day", "code"), [("2025-04-01", "planned-outside"), ("2025-02-28", "planned-in-the-past")]
)
def test_a_day_outside_the_period_or_past_is_refused(year, day, code):
    with pytest.raises(BadInput) as refused:
        actions.plan_draw(by=year.officer, obligation=year.obligation, draw_on=date.fromisoformat(day))

    assert refused.value.code == code


def test_states_and_quotas_stand_by_period(year, revealed):
    actions.plan_year(by=year.officer, region=REGION, year=2025)

    rows = {row.period: row for row in of_year(year).by_period}
    assert list(rows) == ["2025-01", "2025Q1", "2025-05", "2025Q2", "2025H2"]
    assert rows["2025Q1"].counts["revealed"] == 1 and rows["2025Q1"].drawn == 10
    assert rows["2025H2"].counts["planned"] == 1 and rows["2025H2"].needed == 24
    assert rows["2025-01"].counts["unplanned"] == 1


def test_leave_lowers_what_a_week_holds_and_is_named(year):
    before, _none = week_of(of_year(year), date(2025, 6, 10))
    Leave.objects.create(
        inspector=year.inspectors[0],
        valid_from=date(2025, 6, 10),
        valid_until=date(2025, 6, 15),
        recorded_at=NOON,
    )

    after, away = week_of(of_year(year), date(2025, 6, 10))

    assert before.working_days == 5 and before.capacity == 30
    assert after.capacity == 26
    assert [(one.code, one.days) for one in away] == [(year.inspectors[0].code, 4)]


def test_a_week_with_holidays_and_a_make_up_day_counts_working_days_of_the_calendar(year):
    shown = of_year(year)

    assert week_of(shown, date(2025, 10, 3))[0].working_days == 2
    assert week_of(shown, date(2025, 9, 28))[0].working_days == 6
    assert sum(week.working_days for week, _away in shown.weeks) == 248


def test_a_week_that_is_asked_for_more_than_it_holds_is_overfull(year):
    plan.create_obligation(by=year.officer, region=REGION, period="20250609-20250613", quota=40, basis="raid")

    shown = of_year(year)

    week, _away = week_of(shown, date(2025, 6, 10))
    assert week.is_overfull and week.needed > 80 > week.capacity
    assert shown.overfull == 1


def test_visits_that_were_made_ask_for_nothing_more(year, revealed, closed):
    rows = {row.period: row for row in of_year(year).by_period}

    assert rows["2025Q1"].counts["closed"] == 1 and rows["2025Q1"].needed == 0


def test_the_officer_plans_the_year_from_the_calendar(officer, year):
    page = officer.get(reverse("draw:calendar"), {"year": "2025"})
    assert f"{reverse('draw:plan_year')}?year=2025" in page.content.decode()

    answer = send(officer, f"{reverse('draw:plan_year')}?year=2025")

    assert answer.status_code == 302, answer.content.decode()[-3000:]
    assert PlannedDraw.objects.count() == 4


def test_the_day_of_one_draw_is_chosen_on_its_page(officer, year):
    address = reverse("draw:plan_draw", args=[year.obligation.pk])
    assert officer.get(address).status_code == 200

    send(officer, address, draw_on="2025-03-12")

    assert PlannedDraw.objects.get().draw_on == date(2025, 3, 12)


def test_the_weeks_are_taken_as_a_workbook(officer, year):
    answer = officer.get(reverse("draw:calendar"), {"year": "2025", "format": "xlsx"})

    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert len(rows) == 1 + 53
    assert rows[1][1].isoformat()[:10] == "2025-01-01"


def test_a_year_without_its_holiday_notice_says_so(officer, year):
    assert 'role="note"' in officer.get(reverse("draw:calendar"), {"year": "2031"}).content.decode()


def test_the_calendar_asks_a_bounded_number_of_statements(officer, year, django_assert_max_num_queries):
    officer.get(reverse("draw:calendar"), {"year": "2025"})
    for number in range(20):
        plan.create_obligation(by=year.officer, region=REGION, period="2025Q3", quota=2, basis=str(number))

    with django_assert_max_num_queries(24):
        officer.get(reverse("draw:calendar"), {"year": "2025"})


def test_what_is_planned_stands_among_the_things_to_do_with_its_day(year):
    from zhiheng.stages.draw import slots

    actions.plan_draw(by=year.officer, obligation=year.obligation, draw_on=date(2025, 3, 10))

    rows = slots.todo(year.officer)[0].rows
    assert date(2025, 3, 10) in [row.due_on for row in rows]


def test_everybody_sees_how_far_a_draw_has_come_in_numbers_alone(client, year, revealed):
    page = client.get(reverse("draw:public_progress"), {"period": "2025Q1"}).content.decode()

    assert revealed.serial in page
    assert not any(one.unit_code in page for one in revealed.selections.all())
    from zhiheng.stages.draw import progressing

    assert [(one.to_visit, one.done, one.open) for one in progressing.of_draws("2025Q1")] == [(10, 0, 10)]


def test_ended_visits_count_before_the_draw_is_closed(year, revealed):
    from zhiheng.stages.draw import progressing
    from zhiheng.stages.inspection import actions as inspection
    from zhiheng.stages.inspection.rules import Finding

    inspection.open_visits(by=year.officer, draw=revealed)
    units = list(revealed.selections.filter(is_reserve=False).values_list("unit_code", flat=True))[:3]
    rows = [(unit, Finding("closed", NOON.date())) for unit in units]
    inspection.record_visits_bulk(by=year.officer, draw=revealed, rows=rows)

    assert [(one.done, one.open) for one in progressing.of_draws("2025Q1")] == [(3, 7)]


def test_a_cycle_shows_everybody_closed_draws_alone(client, province):
    goods = campaign.item(is_full_coverage=True)
    duty = campaign.duty(province.officer, goods, quota=6, cycle_from="2025Q1", cycle_to="2025Q4")
    from zhiheng.stages.draw import cycles

    drawn = campaign.draw(province.officer, duty)
    before = cycles.announced()[0].tally
    campaign.close(province.officer, drawn)
    after = cycles.announced()[0].tally

    assert (before.producers, before.drawn, before.never) == (20, 0, 20)
    assert after.drawn == drawn.selections.filter(is_reserve=False).count()
    assert goods.name in client.get(reverse("draw:public_progress")).content.decode()


def test_an_item_that_a_supplement_took_out_is_under_full_coverage_no_more(province):
    from zhiheng.stages.draw import cycles

    goods = campaign.item(is_full_coverage=True)
    assert list(cycles.items()) == [goods]
    campaign.item(supplement=1, is_full_coverage=False)

    assert list(cycles.items()) == []
    assert clock.today() == NOON.date()
