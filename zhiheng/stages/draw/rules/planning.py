"""The rules of a year's plan: on which day a draw takes place, and which week asks for more than it holds.

A visit takes a pair of inspectors one working day (house rule), so it needs two inspector-days. The visits
of a draw are spread evenly over the working days from the draw to the end of its period. A week holds as many
inspector-days as inspectors can go on its working days; a week that is asked for more is overfull.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from zhiheng.formats.periods import Period

DAYS_A_VISIT = 2
Working = Callable[[date], bool]


@dataclass(frozen=True)
class Load:
    """Visits to be made between two days."""

    visits: int
    first: date
    last: date


@dataclass(frozen=True)
class Week:
    """One week of the year: its days, how many inspector-days it holds and how many it is asked for."""

    number: int
    first: date
    last: date
    working_days: int
    capacity: int
    needed: Fraction

    @property
    def free(self) -> Fraction:
        """What is left; below zero where the week is overfull."""
        return self.capacity - self.needed

    @property
    def is_overfull(self) -> bool:
        """Whether it is asked for more than it holds."""
        return self.needed > self.capacity


def draw_day(period: Period, today: date, working: Working) -> date | None:
    """Return the first working day of a period from today on; nothing for a period that is over.

    >>> from zhiheng.formats.periods import parse
    >>> draw_day(parse("2026Q3"), date(2026, 1, 5), lambda day: day.weekday() < 5).isoformat()
    '2026-07-01'
    """
    day = max(period.first, today)
    while day <= period.last:
        if working(day):
            return day
        day += timedelta(days=1)
    return None


def needed_by_day(loads: Iterable[Load], working: Working) -> dict[date, Fraction]:
    """Return the inspector-days that each day is asked for; visits without a working day fall on the last.

    >>> found = needed_by_day([Load(3, date(2026, 1, 5), date(2026, 1, 7))], lambda day: True)
    >>> sorted((day.day, str(share)) for day, share in found.items())
    [(5, '2'), (6, '2'), (7, '2')]
    """
    needed: dict[date, Fraction] = {}
    for load in loads:
        days = [day for day in _days(load.first, load.last) if working(day)] or [load.last]
        share = Fraction(DAYS_A_VISIT * load.visits, len(days))
        for day in days:
            needed[day] = needed.get(day, Fraction()) + share
    return needed


def weeks(
    year: int, able: Mapping[date, int], needed: Mapping[date, Fraction], working: Working
) -> list[Week]:
    """Return the weeks of a year from Monday to Sunday, the first and last cut at its ends."""
    found: list[Week] = []
    first = date(year, 1, 1)
    while first.year == year:
        last = min(first + timedelta(days=6 - first.weekday()), date(year, 12, 31))
        days = list(_days(first, last))
        on_duty = [day for day in days if working(day)]
        found.append(
            Week(
                number=len(found) + 1,
                first=first,
                last=last,
                working_days=len(on_duty),
                capacity=sum(able.get(day, 0) for day in on_duty),
                needed=sum((needed.get(day, Fraction()) for day in days), Fraction()),
            )
        )
        first = last + timedelta(days=1)
    return found


def _days(first: date, last: date) -> Sequence[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]
