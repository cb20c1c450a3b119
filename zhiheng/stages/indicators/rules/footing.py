"""Where a series breaks, and on which footing a value stands: by the days of its period, or by its name.

A footing is counted from the beginning of a series: 0 before its first break, n after the n-th. Periods are
placed by their days and never by how they are written, so that 2024, 2024Q1 and 2024-01 begin together.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from zhiheng.formats import periods

MIXED, NOT_PLACED = "mixed-period", "period-without-days"
"""Why a value stands on no one footing: its period holds the break; its period, or the break, has no days."""
_LABEL = re.compile(r"~(20\d\d)(?!\d)(?!.*20\d\d)")


@dataclass(frozen=True)
class Break:
    """Where a series changed its footing: the first period after, both scopes, the bridge if one is known.

    ``step`` is what the new footing adds to a value of the old one; its error is None where nobody knows it.
    ``dimension`` names the breakdown that breaks; empty, the whole series and all of its parts do.
    """

    at: str
    old: str
    new: str
    step: float | None = None
    step_error: float | None = None
    note: str = ""
    dimension: str = ""


def first_day(at: str) -> date | None:
    """Return the day from which a break holds; None where its period has no days.

    >>> [str(first_day(at)) for at in ("2024", "2024Q3", "2024-07", "20240715-20240831", "~2024-R2")]
    ['2024-01-01', '2024-07-01', '2024-07-01', '2024-07-15', 'None']
    """
    return periods.parse(at).first if periods.known(at) else None


def chain(breaks: Iterable[Break], dimensions: Collection[str] = ()) -> tuple[Break, ...]:
    """Return the breaks that concern the whole, or a part along some dimensions, the oldest first.

    >>> [one.at for one in chain([Break("2024-07", "b", "c"), Break("2024", "a", "b"), Break("2023", "x", "y",
    ...     dimension="industry")])]
    ['2024', '2024-07']
    """
    held = [one for one in breaks if not one.dimension or one.dimension in dimensions]
    return tuple(sorted(held, key=lambda one: (first_day(one.at) or date.max, one.at)))


def of(breaks: Sequence[Break], period: str, scope: str = "") -> int | str:
    """Return how many breaks of a ``chain`` lie behind a value, or why that cannot be said.

    A value whose scope is named by one footing alone stands on it whenever it was measured; else its days
    decide, and where several footings bear the name, the nearest of them.

    >>> known = chain([Break("2024Q3", "old", "new")])
    >>> [of(known, period) for period in ("2024H1", "2024-07", "2024", "~2023-R1", "~2024-R1")]
    [0, 1, 'mixed-period', 0, 'period-without-days']
    >>> of(known, "2025", "old")
    0
    """
    named = [place for place in range(len(breaks) + 1) if scope and scope in names(breaks, place)]
    if len(named) == 1:
        return named[0]
    placed = _by_days(breaks, period)
    if named and isinstance(placed, int):
        return min(named, key=lambda place: abs(place - placed))
    return placed


def names(breaks: Sequence[Break], place: int) -> set[str]:
    """Return the names that a footing bears: as the end of the break before it, the start of the one after.

    >>> sorted(names([Break("2018", "94", "122"), Break("2021", "122 items", "130")], 1))
    ['122', '122 items']
    """
    after = {breaks[place - 1].new} if place > 0 else set()
    return after | ({breaks[place].old} if place < len(breaks) else set())


def _by_days(breaks: Sequence[Break], period: str) -> int | str:
    if not breaks:
        return 0
    first, last, doubt = _days(period)
    count = 0
    for one in breaks:
        at = first_day(one.at)
        if at is None or first is None or last is None:
            return NOT_PLACED
        if first < at <= last:
            return doubt
        count += at <= first
    return count


def _days(period: str) -> tuple[date | None, date | None, str]:
    """Return the first and last day of a period, and what a break inside of them makes of it.

    The name that a source gives lies somewhere in the year with which it begins, if it names one year alone.
    """
    if periods.known(period):
        found = periods.parse(period)
        return found.first, found.last, MIXED
    if year := _LABEL.match(period):
        return date(int(year[1]), 1, 1), date(int(year[1]), 12, 31), NOT_PLACED
    return None, None, NOT_PLACED


def order(period: str) -> tuple[date, str]:
    """Return the key that sorts periods by their days; names without a year come first.

    >>> sorted(["2024", "2023Q4", "~spring", "2024-02"], key=order)
    ['~spring', '2023Q4', '2024-02', '2024']
    """
    return _days(period)[1] or date.min, period


def between(breaks: Sequence[Break], first: str, last: str) -> tuple[Break, ...]:
    """Return the breaks of a chain that begin after the first day of one period, up to the end of another.

    Those of which the days are not known are among them: nobody can say that they lie elsewhere.
    """
    start, end = _days(first)[0], _days(last)[1]
    if start is None or end is None:
        return tuple(breaks)
    days = [(one, first_day(one.at)) for one in breaks]
    return tuple(one for one, at in days if at is None or start < at <= end)
