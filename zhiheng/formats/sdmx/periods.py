"""Periods of figures in the notation of SDMX, and back.

    2025                 A    2025
    2025H1               S    2025-S1
    2025Q1               Q    2025-Q1
    2025-03              M    2025-03
    20260301-20260531    _O   2026-03-01/P92D     a campaign of given days
    ~2024-R1             _O   2024                a round of the year whose days are not known

A period that only its source names is marked with ``~``; a year, half-year, quarter or round is read from it.
A number whose year is not known has no period, and so no place in SDMX.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from zhiheng.errors import BadInput

YEAR, HALF, QUARTER, MONTH, OTHER = "A", "S", "Q", "M", "_O"
FREQUENCIES = (YEAR, HALF, QUARTER, MONTH, OTHER)
LONGEST = 24

_OURS = re.compile(r"([12]\d{3})(?:-?(H[12]|Q[1-4]|R[1-9])|-(0[1-9]|1[0-2]))?")
_CAMPAIGN = re.compile(r"([12]\d{7})-([12]\d{7})")
_THEIRS = re.compile(
    r"(?P<year>[12]\d{3})(?:-(?P<part>A1|S[12]|Q[1-4]|M(?:0[1-9]|1[0-2]))|-(?P<month>0[1-9]|1[0-2]))?"
)
_DAYS = re.compile(r"([12]\d{3}-\d\d-\d\d)(?:T[0-2]\d:[0-5]\d:[0-5]\d)?(?:/P([1-9]\d{0,3})D)?")


@dataclass(frozen=True, slots=True)
class Time:
    """A period as SDMX writes it: its frequency, its text, and the number of a round where it is one."""

    frequency: str
    text: str
    round: str = ""


@lru_cache(maxsize=8192)
def written(period: str) -> Time | None:
    """Return a period of ours in the notation of SDMX; None where the year is not known.

    >>> written("2025"), written("2025H1").text, written("2013-H1").text, written("2025Q1").text
    (Time(frequency='A', text='2025', round=''), '2025-S1', '2013-S1', '2025-Q1')
    >>> written("20260301-20260531").text, written("~2024-R2"), written("~announced-2021-09")
    ('2026-03-01/P92D', Time(frequency='_O', text='2024', round='2'), None)
    """
    period = period.removeprefix("~")
    if found := _CAMPAIGN.fullmatch(period):
        try:
            first, last = (date.fromisoformat(text) for text in found.groups())
        except ValueError:
            return None
        days = (last - first).days + 1
        return Time(OTHER, f"{first.isoformat()}/P{days}D") if days > 0 else None
    found = _OURS.fullmatch(period)
    if found is None:
        return None
    year, part, month = found.groups()
    if month:
        return Time(MONTH, f"{year}-{month}")
    if not part:
        return Time(YEAR, year)
    if part[0] == "R":
        return Time(OTHER, year, part[1])
    return Time(HALF, f"{year}-S{part[1]}") if part[0] == "H" else Time(QUARTER, f"{year}-{part}")


def read(text: str, round_: str = "") -> str:
    """Return the period of ours that a text of SDMX names, or refuse one that names none.

    >>> [read(text) for text in ("2025", "2025-A1", "2025-S2", "2025-Q4", "2025-M03", "2025-03")]
    ['2025', '2025', '2025H2', '2025Q4', '2025-03', '2025-03']
    >>> read("2026-03-01/P92D"), read("2024", "2")
    ('20260301-20260531', '~2024-R2')
    """
    first, last = span(text)
    found = _THEIRS.fullmatch(text)
    if found is None:
        return f"{first:%Y%m%d}-{last:%Y%m%d}"
    year, part, month = found["year"], found["part"] or "", found["month"] or ""
    if round_:
        return f"~{year}-R{round_}"
    if part.startswith("S"):
        return f"{year}H{part[1]}"
    if part.startswith("Q"):
        return f"{year}{part}"
    month = part[1:] if part.startswith("M") else month
    return f"{year}-{month}" if month else year


@lru_cache(maxsize=8192)
def span(text: str) -> tuple[date, date]:
    """Return the first and the last day of a period of SDMX, or refuse one that names none.

    >>> [day.isoformat() for day in span("2025-Q1")], span("2024-02")[1].day, span("2025-03-01")[1].day
    (['2025-01-01', '2025-03-31'], 29, 1)
    """
    if found := _THEIRS.fullmatch(text):
        part, month = found["part"] or "A1", found["month"]
        months, number = (1, int(month)) if month else (_months(part), int(part[1:]))
        return _months_of(int(found["year"]), (number - 1) * months + 1, months)
    if found := _DAYS.fullmatch(text):
        try:
            first = date.fromisoformat(found[1])
            return first, first + timedelta(days=int(found[2] or 1) - 1)
        except (ValueError, OverflowError):
            pass
    raise BadInput(
        f"{text[:40]!r} is no period of SDMX.",
        "Write a year as 2025, a half-year 2025-S1, a quarter 2025-Q1, a month 2025-03, a day 2025-03-01.",
        code="sdmx-syntax",
    )


def _months(part: str) -> int:
    return {"A": 12, "S": 6, "Q": 3, "M": 1}[part[0]]


def _months_of(year: int, month: int, months: int) -> tuple[date, date]:
    last = month + months - 1
    return date(year, month, 1), date(year, last, calendar.monthrange(year, last)[1])
