"""The working-day calendar: weekends, statutory holidays and make-up workdays of each sourced year.

Each year stands on the notice of the General Office of the State Council; a year without a sourced
notice is not covered, and an answer that leans on it is provisional.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Literal

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables

Status = Literal["workday", "weekend", "holiday", "makeup"]


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice of the State Council's General Office that fixes holidays of a year."""

    year: int
    number: str
    title: str
    issued: date
    source: str
    second_source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Marked:
    """What a notice says of one day: off with the feast's name, or worked in exchange."""

    is_off: bool
    name: str
    notice: str


@dataclass(frozen=True, eq=False)
class Calendar:
    """Days marked by the notices, and the notices by year."""

    marked: dict[date, Marked]
    notices: dict[int, tuple[Notice, ...]]

    @classmethod
    def load(cls) -> Calendar:
        """Return the calendar of ``reference/data``; it is read once."""
        return _loaded()

    def covers(self, year: int) -> bool:
        """Say whether the notice of this year is at hand."""
        return year in self.notices

    def settles(self, day: date) -> bool:
        """Say whether no later notice can still change this day.

        The notice of a year may reach back into the last week of December before it (31 December
        2018 was made a holiday by the notice of 2019), so that week waits for the next notice.
        """
        in_last_week = day.month == 12 and day.day >= 25
        return self.covers(day.year) and (not in_last_week or self.covers(day.year + 1))

    def status(self, day: date) -> Status:
        """Return what kind of day this is; in a year not covered only weekends are known."""
        mark = self.marked.get(day)
        if mark is not None:
            return "holiday" if mark.is_off else "makeup"
        return "weekend" if day.weekday() >= 5 else "workday"

    def is_working_day(self, day: date) -> bool:
        """Say whether offices work on this day, make-up days included."""
        return self.status(day) in ("workday", "makeup")

    def name(self, day: date) -> str | None:
        """Return the name of the feast that makes this day free, or None."""
        mark = self.marked.get(day)
        return mark.name if mark is not None and mark.is_off else None

    def notice(self, day: date) -> str | None:
        """Return the number of the notice that marks this day, or None."""
        mark = self.marked.get(day)
        return mark.notice if mark is not None else None

    def source(self, year: int) -> str:
        """Return the numbers of the notices that fix this year."""
        if year not in self.notices:
            raise UnknownCode(
                f"No holiday notice is sourced for {year}.",
                "Treat dates in that year as provisional until the notice is loaded.",
                year=year,
            )
        return "、".join(notice.number for notice in self.notices[year])

    def last_year(self) -> int:
        """Return the last year whose notice is at hand."""
        return max(self.notices)


@cache
def _loaded() -> Calendar:
    notices: dict[int, list[Notice]] = {}
    for row in tables.rows("holiday_notices.csv"):
        notice = Notice(
            int(row["year"]),
            row["number"],
            row["title"],
            date.fromisoformat(row["issued"]),
            row["source"],
            row["second_source"],
            row["confidence"],
        )
        notices.setdefault(notice.year, []).append(notice)
    marked: dict[date, Marked] = {}
    for row in tables.rows("holidays.csv"):
        day, last = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
        while day <= last:
            marked[day] = Marked(row["kind"] == "off", row["name"], row["notice"])
            day += timedelta(days=1)
    return Calendar(marked, {year: tuple(found) for year, found in notices.items()})
