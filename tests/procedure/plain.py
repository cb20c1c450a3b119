"""A second way to find the last day: strike the days off a list, with nothing of the product but its CSV.

It reads the holiday file itself and walks one day at a time; the product adds spans. Where both agree,
neither is likely to be wrong in the same way.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

FILE = Path(__file__).resolve().parents[2] / "zhiheng" / "reference" / "data" / "holidays.csv"
MOVED = ("at_most", "every", "extension")


def marked() -> tuple[set[date], set[date]]:
    """The days off and the days worked in exchange."""
    off, worked = set(), set()
    with FILE.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            day, last = date.fromisoformat(row["from"]), date.fromisoformat(row["to"])
            while day <= last:
                (off if row["kind"] == "off" else worked).add(day)
                day += timedelta(days=1)
    return off, worked


OFF, WORKED = marked()


def is_working(day: date) -> bool:
    """Worked in exchange, or a weekday that no notice takes off."""
    return day in WORKED or (day.weekday() < 5 and day not in OFF)


def is_in(day: date, pauses: list[tuple[date, date]]) -> bool:
    """Struck off by a pause."""
    return any(first <= day <= last for first, last in pauses)


def same_day(start: date, months: int) -> date:
    """The same day so many months on, or the nearest earlier one that exists."""
    year, month, day = start.year, start.month + months, start.day
    while month > 12:
        year, month = year + 1, month - 12
    while True:
        try:
            return date(year, month, day)
        except ValueError:
            day -= 1


def last_day(
    start: date, amount: int, unit: str, direction: str, pauses: list[tuple[date, date]] = ()
) -> date:
    """Walk from the day after the event and stop when enough days were counted."""
    wanted = amount
    if unit in ("month", "year"):
        wanted = (same_day(start, amount * (12 if unit == "year" else 1)) - start).days
    day = start
    while wanted:
        day += timedelta(days=1)
        if is_in(day, pauses) or (unit == "working_day" and not is_working(day)):
            continue
        wanted -= 1
    while direction in MOVED and (not is_working(day) or is_in(day, pauses)):
        day += timedelta(days=1)
    return day
