"""Draws of a year, half-year, month or campaign: their serial numbers, what counts as lately, cycles."""

from __future__ import annotations

import pytest

from zhiheng.errors import BadInput
from zhiheng.stages.draw import cycles, listing, lists, queries
from zhiheng.stages.plan import actions as plan

from . import campaign
from .conftest import REGION


@pytest.mark.parametrize("period", ["2025", "2025H1", "2025-03", "20250301-20250531"])
def test_a_draw_of_every_kind_of_period_has_its_page(client, province, period):
    draw = campaign.draw(province.officer, campaign.duty(province.officer, campaign.item(), period=period))

    assert draw.serial == f"{REGION}-{period}-001"
    assert client.get(f"/draws/{draw.serial}/").status_code == 200
    assert period in [value for value, _label in listing.periods()]


def test_the_list_is_narrowed_by_every_kind_of_period(client, province):
    goods = campaign.item()
    for period in ("2025", "2025-03", "2025Q1"):
        campaign.commit(province.officer, campaign.duty(province.officer, goods, period=period))

    page = client.get("/draws/?period=2025-03").content.decode()

    assert f"{REGION}-2025-03-001" in page and f"{REGION}-2025Q1-001" not in page


def test_a_firm_that_a_draw_of_the_year_chose_counts_as_drawn_lately_in_its_quarters(province):
    goods = campaign.item()
    whole = campaign.draw(province.officer, campaign.duty(province.officer, goods, period="2025"))
    later = campaign.duty(
        province.officer,
        goods,
        period="2025Q3",
        burden_periods=1,
        weights={"recent": [1, 2]},
        weights_reason="burden",
    )

    assert lists.drawn_lately(later) == set(queries.to_visit(whole).values_list("unit_code", flat=True))


def test_a_cycle_of_a_quarter_holds_the_draws_of_its_months_and_not_that_of_the_year(province):
    goods = campaign.item(is_full_coverage=True)
    month = campaign.draw(province.officer, campaign.duty(province.officer, goods, period="2025-03", quota=4))
    campaign.draw(province.officer, campaign.duty(province.officer, goods, period="2025", quota=4))

    tally = cycles.count(REGION, goods, "2025Q1", "2025Q1")

    assert sum(one.drawn for one in tally) == month.selections.filter(is_reserve=False).count() == 4


def test_months_of_a_cycle_catch_up_by_months(province):
    goods = campaign.item(is_full_coverage=True)
    duty = campaign.duty(
        province.officer, goods, period="2025-11", quota=2, cycle_from="2025", cycle_to="2025"
    )

    draw = campaign.commit(province.officer, duty)

    assert sum(row.sample for row in queries.strata(draw)) == 10, "twenty producers in two months"


@pytest.mark.parametrize(
    "changes",
    [
        {"cycle_from": "2025", "cycle_to": "2025"},
        {"burden_periods": 1, "weights": {"recent": [1, 2]}, "weights_reason": "burden"},
    ],
)
def test_a_campaign_has_no_cycle_and_no_periods_before_it(province, changes):
    with pytest.raises(BadInput) as refused:
        campaign.duty(province.officer, campaign.item(), period="20250301-20250531", **changes)

    assert {fault.rule for fault in refused.value.facts["faults"]} == {"campaign-alone"}


def test_the_database_holds_no_other_notation(province):
    from django.db import IntegrityError, transaction

    duty = plan.create_obligation(by=province.officer, region=REGION, period="2025-03", basis="month")
    for text in ("2025-3", "2025Q5", "25"):
        duty.period = text
        with pytest.raises(IntegrityError), transaction.atomic():
            duty.save(update_fields=["period"])
