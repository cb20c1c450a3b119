"""The working-day calendar is the notices, day by day, and no more than the notices."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables
from zhiheng.reference.calendar import Calendar

CALENDAR = Calendar.load()
# Days off and make-up days that each notice counts out in its own words ("共8天"), added up by hand.
COUNTED = {
    2019: (3 + 7 + 1 + 4 + 1 + 1 + 7, 7),
    2020: (1 + 10 + 3 + 5 + 3 + 8, 6),
    2021: (3 + 7 + 3 + 5 + 3 + 3 + 7, 7),
    2022: (3 + 7 + 3 + 5 + 3 + 3 + 7, 7),
    2023: (3 + 7 + 1 + 5 + 3 + 8, 7),
    2024: (1 + 8 + 3 + 5 + 1 + 3 + 7, 8),
    2025: (1 + 8 + 3 + 5 + 3 + 8, 5),
    2026: (3 + 9 + 3 + 5 + 3 + 3 + 7, 6),
}


def rows(kind: str) -> list[dict[str, str]]:
    return [row for row in tables.rows("holidays.csv") if row["kind"] == kind]


@pytest.mark.parametrize("year", COUNTED)
def test_a_year_has_as_many_days_off_and_make_up_days_as_its_notice_counts(year):
    spans = [row for row in rows("off") if row["year"] == str(year)]
    off = sum((date.fromisoformat(r["to"]) - date.fromisoformat(r["from"])).days + 1 for r in spans)
    made_up = sum(row["year"] == str(year) for row in rows("work"))

    assert (off, made_up) == COUNTED[year]


def test_every_make_up_day_is_a_weekend_that_is_worked():
    for row in rows("work"):
        day = date.fromisoformat(row["from"])
        assert day.weekday() >= 5
        assert CALENDAR.status(day) == "makeup"
        assert CALENDAR.is_working_day(day)


def test_no_day_is_both_off_and_made_up():
    days = []
    for row in tables.rows("holidays.csv"):
        day = date.fromisoformat(row["from"])
        while day <= date.fromisoformat(row["to"]):
            days.append(day)
            day += timedelta(days=1)

    assert len(days) == len(set(days)) == len(CALENDAR.marked)


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2025, 10, 8), "holiday"),
        (date(2025, 10, 11), "makeup"),
        (date(2025, 10, 12), "weekend"),
        (date(2025, 10, 9), "workday"),
        (date(2024, 2, 9), "workday"),  # New Year's Eve of 2024 was encouraged leave, no holiday
        (date(2020, 1, 31), "holiday"),  # extended by the notice of 26 January 2020
        (date(2020, 2, 1), "holiday"),  # its make-up day fell away with the extension
        (date(2020, 2, 3), "workday"),
        (date(2019, 5, 2), "holiday"),  # changed by the notice of 22 March 2019
        (date(2018, 12, 31), "holiday"),
        (date(2022, 12, 31), "holiday"),
        (date(2026, 2, 28), "makeup"),
    ],
)
def test_a_day_has_the_status_of_its_notice(day, status):
    assert CALENDAR.status(day) == status


def test_a_year_without_a_notice_is_not_covered():
    assert [year for year in range(2010, 2040) if CALENDAR.covers(year)] == list(range(2019, 2027))
    with pytest.raises(UnknownCode, match="2027"):
        CALENDAR.source(2027)


def test_the_last_week_of_the_last_year_waits_for_the_next_notice():
    assert CALENDAR.settles(date(2026, 12, 24))
    assert not CALENDAR.settles(date(2026, 12, 25))
    assert CALENDAR.settles(date(2025, 12, 31))


def test_every_marked_day_names_a_notice_that_is_listed():
    numbers = {notice.number for found in CALENDAR.notices.values() for notice in found}

    assert {mark.notice for mark in CALENDAR.marked.values()} == numbers


def test_every_notice_was_read_in_two_copies_and_issued_before_its_holidays():
    for year, notices in CALENDAR.notices.items():
        for notice in notices:
            assert notice.source and notice.second_source and notice.source != notice.second_source
            assert notice.confidence == "text"
            assert notice.issued < date(year, 4, 1)


def test_a_feast_and_its_notice_can_be_named():
    assert CALENDAR.name(date(2025, 10, 5)) == "国庆节、中秋节"
    assert CALENDAR.notice(date(2025, 10, 5)) == "国办发明电〔2024〕12号"
    assert CALENDAR.name(date(2025, 10, 12)) is None
    assert CALENDAR.last_year() == 2026
