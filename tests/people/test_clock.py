"""There is one clock, and a test or the demo may stop it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from zhiheng.errors import BadInput, Missing
from zhiheng.ledger import instants
from zhiheng.people import clock


def test_the_clock_goes_on_by_itself():
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_a_stopped_clock_starts_again_after_the_block():
    with clock.at("2024-02-29T23:30:00+08:00") as moment:
        assert clock.now() == moment
        assert clock.today() == date(2024, 2, 29)
        with clock.at("2025-01-01"):
            assert clock.today() == date(2025, 1, 1)
        assert clock.now() == moment

    assert clock.now().year >= 2025


def test_a_setting_stops_the_clock_of_a_whole_process(settings):
    settings.ZHIHENG_NOW = "2026-03-02T09:00:00+08:00"

    assert clock.today() == date(2026, 3, 2)
    with clock.at("2026-05-01"):
        assert clock.today() == date(2026, 5, 1)


def test_a_time_without_offset_is_one_of_beijing():
    with clock.at(datetime(2026, 3, 2, 0, 30)):
        assert clock.now().utcoffset() == timedelta(hours=8)
        assert clock.today() == date(2026, 3, 2)


def test_what_is_no_time_is_refused():
    with pytest.raises(BadInput), clock.at("tomorrow"):
        pass


def test_the_ledger_reads_the_house_clock(monkeypatch):
    with clock.at("2026-03-02T09:00:00+08:00") as moment:
        assert instants.now() == moment

    monkeypatch.setattr(instants, "_clock", None)
    with pytest.raises(Missing):
        instants.now()
