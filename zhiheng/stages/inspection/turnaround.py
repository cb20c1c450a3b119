"""How long laboratories take, and which limits apply to it; pure: days in, days out.

A limit whose text was not read only reminds: a sample past it is never called overdue.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from math import ceil

from zhiheng.procedure.due import Due, due

FOOD_RULE = "foodsample.report"
# GB/T 4754: 13 processing of farm products, 14 food, 15 drinks. For other goods no limit is known.
FOOD_DIVISIONS = frozenset({"13", "14", "15"})


@dataclass(frozen=True, slots=True)
class Span:
    """One reported sample: its laboratory, the day its time began, the day of its report."""

    lab: str
    began_on: date
    reported_on: date
    is_from_receipt: bool

    @property
    def days(self) -> int:
        """The calendar days it took."""
        return (self.reported_on - self.began_on).days


@dataclass(frozen=True, slots=True)
class Times:
    """The turnaround of many samples in calendar days."""

    count: int
    median: float
    ninth_decile: int
    from_receipt: int


def times(spans: Iterable[Span]) -> Times | None:
    """Return median and 90th percentile (nearest rank: the smallest value that 90 % do not exceed).

    >>> days = [date(2025, 3, day) for day in (3, 4, 5, 6, 14)]
    >>> found = times(Span("L", date(2025, 3, 1), day, True) for day in days)
    >>> found.median, found.ninth_decile, found.count
    (4, 13, 5)
    """
    held = list(spans)
    days = sorted(span.days for span in held)
    if not days:
        return None
    middle = len(days) // 2
    median = days[middle] if len(days) % 2 else (days[middle - 1] + days[middle]) / 2
    ninth = days[ceil(0.9 * len(days)) - 1]
    return Times(len(days), median, ninth, sum(span.is_from_receipt for span in held))


def monday(day: date) -> date:
    """Return the first day of the week of a day.

    >>> monday(date(2025, 3, 9)).isoformat()
    '2025-03-03'
    """
    return day - timedelta(days=day.weekday())


def weeks(today: date, count: int) -> list[date]:
    """Return the Mondays of the last weeks, this one included, the oldest first."""
    last = monday(today)
    return [last - timedelta(weeks=back) for back in range(count - 1, -1, -1)]


def by_week(spans: Sequence[Span], mondays: Sequence[date]) -> list[int]:
    """Return how many samples were reported in each week."""
    found = dict.fromkeys(mondays, 0)
    for span in spans:
        week = monday(span.reported_on)
        if week in found:
            found[week] += 1
    return list(found.values())


@cache
def limit(division: str, began_on: date, region: str) -> Due | None:
    """Return the limit of the report where one is known for these goods; for others there is none."""
    return due(FOOD_RULE, began_on, jurisdiction=region) if division in FOOD_DIVISIONS else None


def is_overdue(found: Due | None, today: date) -> bool:
    """Say whether a verified limit has passed; an unverified or provisional one never is."""
    return found is not None and found.status == "final" and found.due_on < today


def is_past_reminder(found: Due | None, today: date) -> bool:
    """Say whether a limit has passed that only reminds."""
    return found is not None and found.status != "final" and found.due_on < today
