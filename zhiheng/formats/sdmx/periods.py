"""Periods of figures in the notation of SDMX, and back.

    2025                 A    2025
    2025H1               S    2025-S1
    2025Q1               Q    2025-Q1
    2025-03              M    2025-03
    20260301-20260531    _O   2026-03-01/P92D     a campaign of given days
    ~2024-R1             _O   2024                a round of the year whose days are not known

Whoever asks may write any period of the standard, also those that no figure here has: a third of a year
(2025-T1), a week of ISO 8601 (2025-W01), a day of the year (2025-D032), a day, a moment, and a range of a
beginning and a length (2025-01-01/P3M).

A period that only its source names is marked with ``~``; a year, half-year, quarter or round is read from it.
A number whose year is not known has no period, and so no place in SDMX.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
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
_OTHERS = re.compile(r"(?P<year>[12]\d{3})-(?:T(?P<third>[1-3])|W(?P<week>[0-5]\d)|D(?P<day>[0-3]\d\d))")
_DAYS = re.compile(
    r"(?P<day>[12]\d{3}-\d\d-\d\d)(?:T(?P<time>[0-2]\d:[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?))?(?:/(?P<length>P.+))?"
)
_ZONE = re.compile(r"(?<=[0-9])(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)(?=/|$)")
_LENGTH = re.compile(
    r"P(?:(?P<years>\d{1,4})Y)?(?:(?P<months>\d{1,4})M)?(?:(?P<days>\d{1,5})D)?"
    r"(?:T(?:(?P<hours>\d{1,5})H)?(?:(?P<minutes>\d{1,5})M)?(?:(?P<seconds>\d{1,5}(?:\.\d{1,9})?)S)?)?"
)


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
    >>> [day.isoformat() for text in ("2020-W01", "2025-T2", "2025-01-01/P3M") for day in span(text)]
    ['2019-12-30', '2020-01-05', '2025-05-01', '2025-08-31', '2025-01-01', '2025-03-31']
    """
    if found := _THEIRS.fullmatch(text):
        part, month = found["part"] or "A1", found["month"]
        months, number = (1, int(month)) if month else (_months(part), int(part[1:]))
        return _months_of(int(found["year"]), (number - 1) * months + 1, months)
    try:
        if found := _OTHERS.fullmatch(text):
            return _of_year(**found.groupdict())
        if found := _DAYS.fullmatch(_ZONE.sub("", text)):
            return _of_days(found["day"], found["time"] or "00:00", found["length"])
    except (ValueError, OverflowError):
        pass
    raise BadInput(
        f"{text[:40]!r} is no period of SDMX.",
        "Write a year as 2025, a half-year 2025-S1, a quarter 2025-Q1, a month 2025-03, a day 2025-03-01.",
        code="sdmx-syntax",
    )


def _of_year(year: str, third: str | None, week: str | None, day: str | None) -> tuple[date, date]:
    """Return the days of a third of a year, a week or a day of it; one that it does not have is an error."""
    number = int(year)
    if third:
        return _months_of(number, (int(third) - 1) * 4 + 1, 4)
    if week:
        return tuple(date.fromisocalendar(number, int(week), place) for place in (1, 7))  # type: ignore[return-value]
    found = date(number, 1, 1) + timedelta(days=int(day or 0) - 1)
    if found.year != number:
        raise ValueError(day)
    return found, found


def _of_days(day: str, time: str, length: str | None) -> tuple[date, date]:
    """Return the first and last day on which a moment, or a length of time from it on, lies."""
    begin = datetime.fromisoformat(f"{day}T{time}")
    if length is None:
        return begin.date(), begin.date()
    found = _LENGTH.fullmatch(length)
    parts = {name: float(text) for name, text in (found.groupdict() if found else {}).items() if text}
    months = int(parts.pop("years", 0) * 12 + parts.pop("months", 0))
    year, month = divmod(begin.year * 12 + begin.month - 1 + months, 12)
    last = calendar.monthrange(year, month + 1)[1]
    end = begin.replace(year=year, month=month + 1, day=min(begin.day, last)) + timedelta(**parts)
    if end <= begin or length.endswith("T"):
        raise ValueError(length)
    return begin.date(), (end - timedelta(microseconds=1)).date()


def _months(part: str) -> int:
    return {"A": 12, "S": 6, "Q": 3, "M": 1}[part[0]]


def _months_of(year: int, month: int, months: int) -> tuple[date, date]:
    last = month + months - 1
    return date(year, month, 1), date(year, last, calendar.monthrange(year, last)[1])
