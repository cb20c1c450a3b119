"""A panel is announced after its first draw; its later draws keep most firms and use the same numbers."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from zhiheng import ledger
from zhiheng.people import clock
from zhiheng.proof import draw as protocol
from zhiheng.proof import lottery
from zhiheng.stages.draw import actions, bundles
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.registry import names
from zhiheng.verification import draw as verification

from . import campaign

TERMS = {"name": "yearly panel", "shift": [1, 10], "reason": "compare the same firms"}


@pytest.fixture
def goods(province):
    return campaign.item(divisions=["13", "34"])


@pytest.fixture
def begun(province, goods):
    return campaign.close(
        province.officer, campaign.draw(province.officer, campaign.duty(province.officer, goods, quota=16))
    )


def announce(province, draw, **changes):
    return actions.announce_panel(by=province.officer, draw=draw, **(TERMS | changes))


def later(province, goods, period, day, **changes):
    with clock.at(f"{day}T10:00:00+08:00"):
        duty = campaign.duty(province.officer, goods, period=period, quota=16)
        return campaign.draw(province.officer, duty, **changes)


def units(draw) -> set[str]:
    return set(draw.selections.filter(is_reserve=False).values_list("unit_code", flat=True))


def test_without_a_panel_the_next_draw_has_its_own_lottery(province, goods, begun):
    draw = later(province, goods, "2025Q2", "2025-04-07")

    assert draw.method == "srs-within-strata" and "numbers" not in json.loads(draw.announcement)


def test_an_announced_panel_turns_a_little_and_is_verified_by_anybody(
    province, goods, begun, django_capture_on_commit_callbacks
):
    panel = announce(province, begun)
    with django_capture_on_commit_callbacks(execute=True):
        second = later(province, goods, "2025Q2", "2025-04-07")
        third = later(province, goods, "2025Q3", "2025-07-07")
        with clock.at("2025-07-20T10:00:00+08:00"):
            campaign.close(province.officer, third)

    said = json.loads(third.announcement)["numbers"]
    assert said == {"draw": begun.serial, "seed": begun.seed, "shift": [1, 10], "turn": 2}
    assert second.panel == third.panel == panel
    assert len(units(begun) & units(second)) >= len(units(begun)) // 2
    assert units(third) != units(begun)
    chosen = third.selections.first()
    named = names.of(begun.frame).of(chosen.unit_code)
    assert chosen.ticket == lottery.ticket(bytes.fromhex(begun.seed), named).hex()
    bundle = json.loads((bundles.folder() / bundles.name(third.serial)).read_text("utf-8"))
    report = verification.check(bundle)
    assert report.ok, report.refusal
    assert ledger.timeline("draw", begun.serial, public_only=True)[0].verb == "draw.panel_announced"


def test_an_ended_panel_leaves_the_next_draw_to_its_own_lottery(province, goods, begun):
    panel = actions.end_panel(by=province.officer, panel=announce(province, begun), reason="new design")
    assert actions.end_panel(by=province.officer, panel=panel, reason="again").end_reason == "new design"

    assert later(province, goods, "2025Q2", "2025-04-07").panel is None


def test_announcing_twice_is_once_and_two_panels_for_one_thing_are_refused(province, goods, begun):
    assert announce(province, begun) == announce(province, begun)

    draw = later(province, goods, "2025Q2", "2025-04-07")
    with clock.at("2025-04-20T10:00:00+08:00"):
        campaign.close(province.officer, draw)
        with campaign.refused("panel-of-a-panel"):
            announce(province, Draw.objects.get(pk=draw.pk))


def test_a_second_panel_on_the_same_thing_is_refused(province, goods, begun):
    draw = later(province, goods, "2025Q2", "2025-04-07")
    with clock.at("2025-04-20T10:00:00+08:00"):
        closed = campaign.close(province.officer, draw)
        announce(province, begun)
        with campaign.refused("panel-stands"):
            announce(province, closed)


@pytest.mark.parametrize("shift", [[1, 1], [0, 10], [3, 2], [1], [1, 2000]])
def test_a_panel_turns_by_a_true_share(province, begun, shift):
    with campaign.refused("panel-share"):
        announce(province, begun, shift=shift)


def test_a_panel_that_would_leap_over_firms_is_refused(province, goods, begun):
    least = min(begun.strata.all(), key=lambda row: row.probability)
    with campaign.refused("panel-leaps"):
        announce(province, begun, shift=[least.sample * 2, least.population * 2 - 1])

    announce(province, begun, shift=[least.sample, least.population])
    with clock.at("2025-04-07T10:00:00+08:00"), campaign.refused("panel-leaps"):
        campaign.draw(province.officer, campaign.duty(province.officer, goods, period="2025Q2", quota=8))


def test_a_panel_that_touches_meets_everybody_before_anybody_again():
    """1/5 is drawn and 1/5 of the circle turned: after five turns nearly everybody was met once."""
    ids = [f"unit {number}" for number in range(2000)]
    met = Counter()
    for turn in range(5):
        said = {"numbers": {"seed": "07" * 32, "shift": [1, 5], "turn": turn}}
        key, start = protocol.numbers_of(said, b"")
        found = lottery.select_within_strata(key, {"A": ids}, {"A": 400}, 0, start=start)
        met.update(found["A"].selected)

    assert len(met) > 1900 and max(met.values()) <= 2


def test_an_open_draw_begins_no_panel(province, revealed):
    with campaign.refused("panel-not-closed"):
        announce(province, revealed)


def test_those_drawn_lately_form_strata_with_a_lower_share(province, goods):
    first = campaign.draw(province.officer, campaign.duty(province.officer, goods, quota=16))
    with clock.at("2025-04-07T10:00:00+08:00"):
        duty = campaign.duty(
            province.officer,
            goods,
            period="2025Q2",
            quota=24,
            weights={"recent": [1, 4]},
            weights_reason="spare those who were checked",
            burden_periods=2,
        )
        draw = campaign.commit(province.officer, duty)

    strata = {row.stratum: row for row in draw.strata.all()}
    recent = [name for name in strata if name.endswith("-r")]
    assert sum(strata[name].population for name in recent) == len(units(first))
    assert strata["A-r"].probability < strata["A"].probability
