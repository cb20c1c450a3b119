"""A cycle of full coverage reaches everybody by its end, and its counter names who was never drawn."""

from __future__ import annotations

import pytest

from zhiheng.errors import BadInput
from zhiheng.people import clock
from zhiheng.stages.draw import cycles
from zhiheng.stages.draw.models import Exclusion
from zhiheng.stages.draw.rules import design

from . import campaign
from .conftest import REGION

DAYS = {"2025Q1": "2025-03-03", "2025Q2": "2025-04-07", "2025Q3": "2025-07-07", "2025Q4": "2025-10-13"}


def test_four_quarters_draw_every_producer_once(province):
    goods = campaign.item(is_full_coverage=True)
    everybody = {one.code for one in province.subjects if one.division == "13"}
    drawn: list[str] = []
    for period, day in DAYS.items():
        with clock.at(f"{day}T10:00:00+08:00"):
            duty = campaign.duty(
                province.officer, goods, period=period, quota=6, cycle_from="2025Q1", cycle_to="2025Q4"
            )
            draw = campaign.draw(province.officer, duty)
            gone = Exclusion.objects.filter(draw=draw)
            assert {row.unit_code for row in gone} == set(drawn)
            assert {row.reason for row in gone} <= {design.COVERED}
            drawn += draw.selections.filter(is_reserve=False).values_list("unit_code", flat=True)
            counted = cycles.count(REGION, goods, "2025Q1", "2025Q4")
            assert sum(one.never for one in counted) == len(everybody) - len(drawn)

    assert len(drawn) == len(set(drawn)) == len(everybody)
    assert set(drawn) == everybody


def test_a_quarter_after_all_were_drawn_is_refused(province):
    goods = campaign.item(is_full_coverage=True)
    terms = {"cycle_from": "2025Q1", "cycle_to": "2025Q2"}
    campaign.draw(province.officer, campaign.duty(province.officer, goods, quota=500, **terms))

    with clock.at("2025-04-07T10:00:00+08:00"), campaign.refused("all-excluded"):
        campaign.commit(province.officer, campaign.duty(province.officer, goods, period="2025Q2", **terms))


def test_the_counter_goes_by_region_and_lists_who_was_never_drawn(province):
    goods = campaign.item(is_full_coverage=True, divisions=["13", "34"])
    draw = campaign.draw(province.officer, campaign.duty(province.officer, goods, quota=10))

    counted = {one.region: one for one in cycles.count(REGION, goods, "2025Q1", "2025Q4")}
    never = cycles.producers(REGION, goods, "2025Q1", "2025Q4").filter(is_drawn=False)

    assert set(counted) == {"330100", "330200"}
    assert sum(one.drawn for one in counted.values()) == 10
    chosen = set(draw.selections.filter(is_reserve=False).values_list("unit_code", flat=True))
    assert {one.code for one in never} == {one.code for one in province.subjects} - chosen
    assert sum(one.drawn for one in cycles.count(REGION, goods, "2025Q2", "2025Q4")) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"cycle_from": "2025Q2", "cycle_to": "2025Q4"},
        {"cycle_from": "2025Q1", "cycle_to": ""},
        {"cycle_from": "2015Q1", "cycle_to": "2025Q4"},
        {"cycle_from": "2025Q1", "cycle_to": "2025Q4", "quota": None},
    ],
)
def test_a_cycle_that_cannot_be_is_refused(province, wrong):
    with pytest.raises(BadInput):
        campaign.duty(province.officer, campaign.item(), **wrong)
