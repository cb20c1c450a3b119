"""Limits are data with a source; a local rule overrides inside its own region alone."""

from __future__ import annotations

from datetime import date

import pytest

from zhiheng.errors import UnknownCode
from zhiheng.reference import limits, regions

UNITS = {"calendar_day", "working_day", "month", "year", "hour", "person"}
DIRECTIONS = {"at_most", "before", "after", "every", "at_least", "until", "extension"}


def test_there_are_48_rules_of_law_and_4_of_the_house_with_one_national_version_each():
    national = [limit for limit in limits.all() if limit.jurisdiction == regions.NATION]
    house = {limit.rule for limit in national if "house" in limit.confidence_note}

    assert len(limits.rules()) == len(national) == 52
    assert house == {"draw.reveal", "draw.close", "draw.frame_objection", "draw.disclosure"}


def test_every_limit_is_whole():
    for limit in limits.all():
        assert limit.unit in UNITS and limit.direction in DIRECTIONS, limit.rule
        assert limit.amount > 0
        assert limit.zh and limit.en and limit.instrument_zh and limit.instrument
        assert limit.event_zh and limit.actor_zh
        assert regions.known(limit.jurisdiction)


def test_confidence_is_one_of_three_words_and_keeps_its_note():
    for limit in limits.all():
        assert limit.confidence in ("text", "secondary", "memory")
        assert limit.confidence_note.startswith(limit.confidence)
        assert not (limit.is_verified and "memory" in limit.confidence_note), limit.rule
        assert (limit.in_force_from is None) == (limit.in_force_confidence is None), limit.rule


def test_a_day_of_coming_into_force_from_memory_excludes_nothing():
    assert limits.get("spotcheck.rectify", on=date(2019, 5, 6)).in_force_confidence == "memory"
    assert limits.get("recall.plan", on=date(2020, 1, 1)).in_force_confidence == "secondary"


def test_only_a_limit_whose_text_was_read_is_verified():
    assert limits.get("spotcheck.rectify").is_verified
    assert not limits.get("recall.plan").is_verified
    assert not limits.get("spotcheck.retest_formalities").is_verified


def test_guangdong_sends_the_incident_report_to_the_city():
    national = limits.get("recall.incident_report", "330106")
    local = limits.get("recall.incident_report", "440106", on=date(2024, 2, 1))

    assert national.recipient == "provincial market regulator"
    assert local.jurisdiction == "440000"
    assert "prefecture" in local.recipient
    assert (local.amount, local.unit) == (national.amount, national.unit)


def test_before_the_local_rule_was_in_force_the_national_one_holds():
    found = limits.get("recall.incident_report", "440106", on=date(2024, 1, 31))

    assert found.jurisdiction == regions.NATION


def test_a_rule_not_yet_in_force_is_refused():
    with pytest.raises(UnknownCode, match="in force on 2019-12-31"):
        limits.get("recall.plan", on=date(2019, 12, 31))


def test_an_unknown_rule_is_refused_with_near_matches():
    with pytest.raises(UnknownCode, match=r"Near: spotcheck\.rectify"):
        limits.get("spotcheck.rectfy")


def test_an_unknown_place_is_refused():
    with pytest.raises(UnknownCode, match="999999"):
        limits.get("spotcheck.rectify", "999999")
