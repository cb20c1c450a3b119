"""Periods of figures: years and quarters, in order."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..refusals import refuse

_PERIOD = re.compile(r"(\d{4})(?:Q([1-4]))?")


def check_period(period: str) -> str:
    """Return the period when it is a year or a quarter; refuse anything else."""
    if not _PERIOD.fullmatch(period):
        raise refuse("no-period", period=period)
    return period


def is_year(period: str) -> bool:
    """Tell a year from a quarter."""
    return len(check_period(period)) == 4


def quarters(period: str) -> tuple[str, ...]:
    """Return the quarters that a period holds.

    >>> quarters("2025")
    ('2025Q1', '2025Q2', '2025Q3', '2025Q4')
    """
    if not is_year(period):
        return (period,)
    return tuple(f"{period}Q{number}" for number in (1, 2, 3, 4))


def previous(period: str) -> str:
    """Return the period of the same length just before.

    >>> previous("2025Q1"), previous("2025")
    ('2024Q4', '2024')
    """
    check_period(period)
    year, _mark, quarter = period.partition("Q")
    if not quarter:
        return f"{int(year) - 1:04d}"
    if quarter == "1":
        return f"{int(year) - 1:04d}Q4"
    return f"{year}Q{int(quarter) - 1}"


def in_order(periods: Iterable[str]) -> list[str]:
    """Return periods oldest first, each year after its quarters, without repeats."""
    return sorted({check_period(period) for period in periods}, key=lambda p: (p[:4], p[4:] or "Q9"))
