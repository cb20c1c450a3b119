"""Firms have three working days to object to a list before the random text; who cuts that short says why."""

from __future__ import annotations

from datetime import date

import pytest

from zhiheng import ledger
from zhiheng.people import clock
from zhiheng.stages.draw import actions, objections, rules

from . import campaign
from .conftest import BEACON

UNTIL = date(2025, 3, 6)  # the list was frozen on Monday, 3 March


def announce(province, frame, reference, **more):
    return actions.commit(
        by=province.officer,
        obligation=province.obligation,
        frame=frame,
        beacon_reference=reference,
        **more,
    )


def said(draw):
    return ledger.timeline("draw", draw.serial, public_only=True)[0].detail["objections"]


def test_the_public_entry_says_until_when_firms_may_object(province, frame):
    draw = announce(province, frame, "drand round of 2025-03-07")

    assert said(draw) == {"until": "2025-03-06", "beacon_on": "2025-03-07", "reason": ""}
    assert not objections.of(draw).is_cut_short


@pytest.mark.parametrize("day", ["2025-03-03", "2025-03-06"])
def test_a_random_text_within_the_days_is_recorded_with_its_reason(province, frame, day):
    draw = announce(province, frame, f"drand round of {day}", objection_reason="acute danger")

    window = objections.of(draw)
    assert window == objections.Window(UNTIL, date.fromisoformat(day), "acute danger")
    assert window.is_cut_short


def test_without_a_named_day_the_day_of_the_reveal_counts(province, frame):
    draw = announce(province, frame, "a ceremony with dice")

    assert not objections.of(draw).is_cut_short
    revealed = actions.reveal(by=province.officer, draw=draw, beacon=BEACON)
    assert objections.of(revealed) == objections.Window(UNTIL, date(2025, 3, 3))
    assert objections.of(revealed).is_cut_short


def test_a_reveal_after_the_last_day_has_waited(province, frame):
    draw = announce(province, frame, "a ceremony with dice")

    with clock.at("2025-03-07T09:00:00+08:00"):
        revealed = actions.reveal(by=province.officer, draw=draw, beacon=BEACON)

    assert not objections.of(revealed).is_cut_short


def test_a_form_is_refused_within_the_days_without_a_reason(frame):
    with campaign.refused("beacon-before-objections"):
        objections.check(frame, {"kind": "text", "ref": "drand round of 2025-03-06"}, " ")

    assert (
        objections.check(frame, {"kind": "text", "ref": "drand round of 2025-03-06"}, "acute danger").reason
        == "acute danger"
    )
    assert objections.check(
        frame, {"kind": "text", "ref": "drand round of 2025-03-07"}, ""
    ).beacon_on == date(2025, 3, 7)


def test_the_first_day_that_a_reference_names_counts():
    assert rules.beacon_day("2025-03-08 or 2025-03-07") == date(2025, 3, 7)
    assert rules.beacon_day("a ceremony") is None


def test_the_public_page_says_it(province, frame, client):
    draw = announce(province, frame, "drand round of 2025-03-07")
    page = client.get(f"/draws/{draw.serial}/").content.decode()

    assert "2025年3月6日" in page
