"""Periods of plans, draws and figures: a year, a half-year, a quarter, a month, or given days.

One notation, read here and nowhere else::

    2026                 year          年
    2026H1, 2026H2       half-year     上半年、下半年
    2026Q1 ... 2026Q4    quarter       季度
    2026-01 ... 2026-12  month         月
    20260301-20260531    campaign      专项行动, first and last day, within one calendar year
    20250701-20260630    assessment    考核年度, from 1 July to 30 June of the next year

Every period begins with its year, so a list sorted as text keeps the years apart; ``Period.order`` sorts by
time. A campaign ends in the year in which it begins, so that each belongs to the plan of one year; an
assessment year is the one range of days that crosses a year, and belongs to that in which it begins.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from zhiheng.errors import BadInput

YEAR, HALF, QUARTER, MONTH, CAMPAIGN = "year", "half", "quarter", "month", "campaign"
ASSESSMENT = "assessment"
KINDS = (YEAR, HALF, QUARTER, MONTH)
"""The kinds that fill a year without a gap, the longest first."""

BEGINS, ENDS = (7, 1), (6, 30)
"""Month and day on which an assessment year begins, and on which it ends in the year after."""

MONTHS = {ASSESSMENT: 12, YEAR: 12, HALF: 6, QUARTER: 3, MONTH: 1}
LONGEST = 17
PATTERN = r"20[0-9]{2}(H[12]|Q[1-4]|-(0[1-9]|1[0-2]))?|20[0-9]{6}-20[0-9]{6}"
_SHAPE = re.compile(PATTERN)
_DAYS = re.compile(
    r"(20\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[~至到—–]|--)(?:(20\d\d)[-/.年])?(\d{1,2})[-/.月](\d{1,2})日?"
)
_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4}
_SPOKEN = (
    (re.compile(r"(20\d\d)年(?:度|全年)?"), lambda year: year),
    (re.compile(r"(20\d\d)年([上下])半年"), lambda year, half: f"{year}H{'上下'.index(half) + 1}"),
    (
        re.compile(r"(20\d\d)年第?([1-4一二三四])季度?"),
        lambda year, number: f"{year}Q{_NUMBERS.get(number, number)}",
    ),
    (
        re.compile(r"(20\d\d)[-~至到—–](20\d\d)年?(?:度?考核年?|考核年)度?"),
        lambda one, two: f"{one}0701-{two}0630",
    ),
    (re.compile(r"(20\d\d)[-/.年](\d{1,2})月?份?"), lambda year, month: f"{year}-{int(month):02d}"),
)


@dataclass(frozen=True)
class Period:
    """One period: how it is written, of which kind, and its first and last day."""

    text: str
    kind: str
    first: date
    last: date

    @property
    def year(self) -> int:
        """The year that it lies in, or begins in."""
        return self.first.year

    @property
    def number(self) -> int:
        """Its place among those of its kind in the year, from 1.

        >>> parse("2026Q3").number, parse("2026-12").number
        (3, 12)
        """
        return (self.first.month - 1) // MONTHS.get(self.kind, 12) + 1

    @property
    def order(self) -> tuple[date, int]:
        """The key by which periods are sorted: by their last day, and a longer one after those in it."""
        return self.last, -self.first.toordinal()

    def holds(self, other: Period) -> bool:
        """Say whether another period lies in this one.

        >>> parse("2026H1").holds(parse("2026-06")), parse("2026Q1").holds(parse("2026"))
        (True, False)
        """
        return self.first <= other.first and other.last <= self.last

    def touches(self, first: date, last: date) -> bool:
        """Say whether a day of this period lies in a range of days."""
        return self.first <= last and first <= self.last

    def parts(self, kind: str) -> tuple[Period, ...]:
        """Return the periods of a kind that fill this one without a gap; nothing where they do not.

        >>> [part.text for part in parse("2026H2").parts("quarter")], parse("2026-03").parts("quarter")
        (['2026Q3', '2026Q4'], ())
        >>> [part.text for part in parse("20250701-20260630").parts("half")]
        ['2025H2', '2026H1']
        """
        if kind == self.kind:
            return (self,)
        if self.kind == CAMPAIGN or kind not in KINDS or MONTHS[kind] >= MONTHS[self.kind]:
            return ()
        begin = self.year * 12 + self.first.month - 1
        months = range(begin, begin + MONTHS[self.kind], MONTHS[kind])
        return tuple(_of(month // 12, kind, month % 12 + 1) for month in months)

    def step(self, count: int) -> Period:
        """Return the period of the same kind so many places later, or earlier; a campaign has none.

        >>> parse("2026Q1").step(-1).text, parse("2026-12").step(1).text, parse("2026").step(2).text
        ('2025Q4', '2027-01', '2028')
        """
        if self.kind == CAMPAIGN:
            raise _refused(self.text)
        if self.kind == ASSESSMENT:
            return assessment(self.year + count)
        months = self.year * 12 + self.first.month - 1 + count * MONTHS[self.kind]
        return _of(months // 12, self.kind, months % 12 + 1)


@lru_cache(maxsize=4096)
def parse(text: str) -> Period:
    """Return the period that a text names, or refuse one that names none.

    >>> parse("2026H2").first.isoformat(), parse("2026-02").last.isoformat()
    ('2026-07-01', '2026-02-28')
    >>> parse("20260301-20260531").kind
    'campaign'
    """
    if not isinstance(text, str) or not _SHAPE.fullmatch(text):
        raise _refused(text)
    year, rest = int(text[:4]), text[4:]
    if len(text) == LONGEST:
        return _campaign(text)
    if not rest:
        return _of(year, YEAR, 1)
    number = int(rest[1:])
    kind = {"H": HALF, "Q": QUARTER, "-": MONTH}[rest[0]]
    return _of(year, kind, (number - 1) * MONTHS[kind] + 1)


def read(text: str) -> str:
    """Return the notation of a period that a person wrote in Chinese or with other marks; else the text.

    >>> [read(t) for t in ("2026年第一季度", "2026年上半年", "2026年3月", "2026/3", "2026q1", "２０２６年")]
    ['2026Q1', '2026H1', '2026-03', '2026-03', '2026Q1', '2026']
    >>> read("2026年3月1日至2026年5月31日"), read("2026-03-01~2026-05-31"), read("soon")
    ('20260301-20260531', '20260301-20260531', 'SOON')
    """
    plain = unicodedata.normalize("NFKC", text).upper().replace(" ", "")
    if found := _DAYS.fullmatch(plain):
        year, month, day, other, to_month, to_day = found.groups()
        return f"{year}{int(month):02d}{int(day):02d}-{other or year}{int(to_month):02d}{int(to_day):02d}"
    for pattern, written in _SPOKEN:
        if found := pattern.fullmatch(plain):
            return written(*found.groups())
    return plain


def known(text: str) -> bool:
    """Say whether a text names a period.

    >>> known("2026Q1"), known("2026Q5"), known("20260531-20260301"), known("20261201-20270131")
    (True, False, False, False)
    """
    try:
        parse(text)
    except BadInput:
        return False
    return True


def of(day: date, kind: str) -> Period:
    """Return the period of a kind in which a day lies.

    >>> of(date(2026, 5, 4), "half").text, of(date(2026, 5, 4), "month").text
    ('2026H1', '2026-05')
    >>> of(date(2026, 5, 4), "assessment").text
    '20250701-20260630'
    """
    if kind == ASSESSMENT:
        return assessment(day.year if (day.month, day.day) >= BEGINS else day.year - 1)
    return _of(day.year, kind, (day.month - 1) // MONTHS[kind] * MONTHS[kind] + 1)


def assessment(year: int) -> Period:
    """Return the assessment year that begins in a year.

    >>> assessment(2024).text, assessment(2024).step(1).text
    ('20240701-20250630', '20250701-20260630')
    """
    first, last = date(year, *BEGINS), date(year + 1, *ENDS)
    return Period(f"{first:%Y%m%d}-{last:%Y%m%d}", ASSESSMENT, first, last)


def in_order(texts: Iterable[str]) -> list[str]:
    """Return periods oldest first, without repeats; a longer one after those in it.

    >>> in_order(["2026", "2026Q4", "2026-01", "2026H1", "2026Q2"])
    ['2026-01', '2026Q2', '2026H1', '2026Q4', '2026']
    """
    return sorted(set(texts), key=lambda text: parse(text).order)


def inside(first: str, last: str, texts: Iterable[str]) -> list[str]:
    """Return those of some periods that lie between the first day of one and the last day of another.

    >>> inside("2026Q1", "2026Q2", ["2026-02", "2026H1", "2026", "2026Q3"])
    ['2026-02', '2026H1']
    """
    span = Period("", CAMPAIGN, parse(first).first, parse(last).last)
    return [text for text in texts if span.holds(parse(text))]


def count(first: str, last: str) -> int:
    """Return how many periods of the kind of the first one it takes to reach the last day of another.

    >>> count("2026Q3", "2027Q1"), count("2026-11", "2026"), count("2026", "2027Q2")
    (3, 2, 2)
    """
    one, end, number = parse(first), parse(last).last, 0
    while one.first <= end:
        one, number = one.step(1), number + 1
    return number


def _of(year: int, kind: str, month: int) -> Period:
    last = month + MONTHS[kind] - 1
    number = (month - 1) // MONTHS[kind] + 1
    text = {YEAR: "", HALF: f"H{number}", QUARTER: f"Q{number}", MONTH: f"-{month:02d}"}[kind]
    end = date(year, last, calendar.monthrange(year, last)[1])
    return Period(f"{year:04d}{text}", kind, date(year, month, 1), end)


def _campaign(text: str) -> Period:
    try:
        first, last = (date.fromisoformat(part) for part in text.split("-"))
    except ValueError:
        raise _refused(text) from None
    if (year := assessment(first.year)).text == text:
        return year
    if first > last or first.year != last.year:
        raise _refused(text)
    return Period(text, CAMPAIGN, first, last)


def days(period: Period) -> Iterable[date]:
    """Yield the days of a period."""
    for number in range((period.last - period.first).days + 1):
        yield period.first + timedelta(days=number)


def _refused(text: object) -> BadInput:
    return BadInput(
        f"{str(text)[:40]!r} is no period.",
        "Write a year as 2026, a half-year 2026H1, a quarter 2026Q1, a month 2026-03, a campaign "
        "20260301-20260531, an assessment year 20250701-20260630.",
        code="bad-period",
        period=str(text)[:40],
    )
