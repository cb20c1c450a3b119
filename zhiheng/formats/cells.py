"""What offices type into a cell: days in five notations, amounts with units, full-width characters.

Everything here takes a text and returns a value or a refusal with a stable code; nothing is guessed. A year
of two digits and a day whose order is not certain are refused: a wrong day would be stored silently.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from zhiheng.errors import BadInput

_UNSEEN = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_CHINESE = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日?")
_CLOCK = re.compile(r"[T ]0{1,2}:00(:00(\.0+)?)?$")
_SHORT_YEAR = re.compile(
    r"[0-9]{2}年[0-9]{1,2}月[0-9]{1,2}日?|[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{2}|[0-9]{2}([-/.])[0-9]{1,2}\2[0-9]{1,2}"
)
_DAY_FIRST = re.compile(r"[0-9]{1,2}([-/.])[0-9]{1,2}\1[0-9]{4}")
_SERIAL_START, _SERIAL_END = 20_000, 73_050  # 1954-10-03 to 2099-12-31, as Excel counts days from 1899-12-30
_NUMBER = re.compile(r"[+-]?(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|[+-]?\.[0-9]+")
_QUANTITY = re.compile(
    rf"(?:[¥￥]|人民币|RMB)?\s*({_NUMBER.pattern})\s*([^0-9\s.,+-][^0-9]*)?", re.IGNORECASE
)
_BRACKET = re.compile(r"[（(\[【]([^（(\[【）)\]】]*)[）)\]】]")
_IN_TITLE = re.compile(r"单位\s*[:：]\s*([^\s,，;；、）)]+)")

MONEY = {
    "元": 1,
    "千元": 10**3,
    "万元": 10**4,
    "十万元": 10**5,
    "百万元": 10**6,
    "千万元": 10**7,
    "亿元": 10**8,
}
_SHORT_MONEY = {"万": "万元", "亿": "亿元", "千": "千元", "人民币元": "元", "圆": "元", "yuan": "元"}
_OTHER_UNITS = re.compile(r".*(美元|欧元|港元|日元|吨|公斤|千克|%)|人|台|件|个|家|批次|批|套|辆|平方米|米")

YES = frozenset(["是", "有", "对", "√", "✓", "✔", "☑", "在", "y", "yes", "true", "1", "on"])
NO = frozenset(["否", "无", "没有", "不", "不是", "×", "✗", "✘", "x", "n", "no", "false", "0", "off"])


def plain(text: str) -> str:
    """Return a text in its compatibility form, without characters that nobody sees.

    Safe for codes, numbers, days and words of a list; a name keeps the form in which it was written.

    >>> plain("９１３３　ＡＢ（甲）\u200b")
    '9133 AB(甲)'
    """
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", text)).strip()


def seen(text: str) -> str:
    """Return a text trimmed and without characters that nobody sees; everything else as written."""
    if text.isascii():
        return text.strip()
    return _UNSEEN.sub("", text).strip()


def same(text: str) -> str:
    """Return the form in which two spellings of one name are equal; for comparing, never for storing.

    >>> same("甬江 机械（宁波）有限公司") == same("甬江机械(宁波)有限公司")
    True
    """
    return re.sub(r"\s+", "", plain(text)).casefold()


def day(text: str) -> date:
    """Return a day written as 2025-3-1, 2025/03/01, 2025.3.1, 2025年3月1日, 20250301 or 45717 (Excel).

    >>> {str(day(text)) for text in ("2025-3-1", "2025.3.1", "2025年3月1日", "20250301", "45717")}
    {'2025-03-01'}
    """
    short = _CLOCK.sub("", plain(text)).replace(" ", "")
    found = _YEAR_FIRST.fullmatch(short)
    parts = (found[1], found[3], found[4]) if found else None
    if found := _CHINESE.fullmatch(short):
        parts = (found[1], found[2], found[3])
    if re.fullmatch(r"[0-9]{8}", short):
        parts = (short[:4], short[4:6], short[6:])
    if parts is not None:
        return _day_of(*map(int, parts), text)
    if (found := re.fullmatch(r"([0-9]{5})(\.0+)?", short)) and _SERIAL_START <= int(found[1]) <= _SERIAL_END:
        return date(1899, 12, 30) + timedelta(days=int(found[1]))
    raise _no_day(short, text)


def _day_of(year: int, month: int, number: int, text: str) -> date:
    try:
        return date(year, month, number)
    except ValueError:
        raise BadInput(
            f"There is no day {text[:40]!r} in the calendar.",
            "Compare it with the document.",
            code="not-a-day",
        ) from None


def _no_day(short: str, text: str) -> BadInput:
    if _DAY_FIRST.fullmatch(short):
        return BadInput(
            f"In {text[:40]!r} it is not certain which number is the day and which the month.",
            "Write the year first, as in 2025-03-01.",
            code="day-order",
        )
    if _SHORT_YEAR.fullmatch(short):
        return BadInput(
            f"{text[:40]!r} has a year of two digits.",
            "Write the year with four digits, as in 2025-03-01.",
            code="day-short-year",
        )
    return BadInput(
        f"{text[:40]!r} is no day.", "Write it like 2025-03-01 or 2025年3月1日.", code="not-a-day"
    )


def truth(text: str) -> bool | None:
    """Return what a word for yes or no says; None for any other word.

    >>> truth("√"), truth(" 否 "), truth("也许")
    (True, False, None)
    """
    word = plain(text).casefold()
    return True if word in YES else False if word in NO else None


def number(text: str) -> Decimal | None:
    """Return a number whose thousands may be separated in threes; None for anything else.

    >>> number("1,234.5"), number("１２"), number("1,23")
    (Decimal('1234.5'), Decimal('12'), None)
    """
    short = plain(text).replace(" ", "")
    return Decimal(short.replace(",", "")) if _NUMBER.fullmatch(short) else None


@dataclass(frozen=True)
class Quantity:
    """A number and the unit that stands in its cell, if any."""

    number: Decimal
    unit: str = ""


def quantity(text: str) -> Quantity | None:
    """Return the number and the unit of a cell; None when it is no number with a unit.

    >>> quantity("1,234.5万元"), quantity("约三百")
    (Quantity(number=Decimal('1234.5'), unit='万元'), None)
    """
    found = _QUANTITY.fullmatch(plain(text))
    if found is None:
        return None
    return Quantity(Decimal(found[1].replace(",", "")), _unit(found[2] or ""))


def _unit(text: str) -> str:
    short = re.sub(r"\s+", "", plain(text))
    return _SHORT_MONEY.get(short.casefold(), short)


def unit_in_header(text: str) -> str:
    """Return the unit that a header states in brackets or behind a slash; empty when it states none.

    >>> unit_in_header("年产值（万元）"), unit_in_header("产值/亿元"), unit_in_header("名称(全称)")
    ('万元', '亿元', '')
    """
    candidates = [found[1] for found in _BRACKET.finditer(text)]
    candidates += re.split(r"[/／,，:：\n]", text)[1:]
    for candidate in candidates:
        unit = _unit(candidate.replace("单位", "").strip(":： "))
        if unit in MONEY or _OTHER_UNITS.fullmatch(unit):
            return unit
    return ""


def unit_in_title(text: str) -> str:
    """Return the unit that a title row states for the whole table, as in 单位：万元; empty for none.

    >>> unit_in_title("制表日期 2026年3月   单位：元")
    '元'
    """
    stated = (_unit(found[1]) for found in _IN_TITLE.finditer(unicodedata.normalize("NFKC", text)))
    return next((unit for unit in stated if unit in MONEY), "")


def factor(unit: str, wanted: str) -> Decimal | None:
    """Return by what a number in one unit is multiplied to be in another; None when they do not go together.

    >>> factor("亿元", "万元"), factor("吨", "万元")
    (Decimal('10000'), None)
    """
    if unit == wanted:
        return Decimal(1)
    if unit in MONEY and wanted in MONEY:
        return Decimal(MONEY[unit]) / MONEY[wanted]
    return None


def in_unit(text: str, *, stated: str, wanted: str) -> str:
    """Return the number of a cell in the wanted unit; the cell's own unit counts before the header's.

    What is no number comes back as it is, for the rule of the column to refuse.

    >>> in_unit("1,234.5万元", stated="元", wanted="万元"), in_unit("12345000", stated="元", wanted="万元")
    ('1234.5', '1234.5')
    """
    if stated in ("", wanted) and text.isascii() and text.replace(".", "", 1).isdigit():
        return text
    found = quantity(text)
    if found is None or (not found.unit and stated in ("", wanted)):
        return text
    times = factor(found.unit or stated, wanted)
    if times is None:
        raise BadInput(
            f"The unit {found.unit or stated} does not go with {wanted}.",
            f"Give the number in {wanted}.",
            code="unit-differs",
            unit=found.unit or stated,
            wanted=wanted,
        )
    value = (found.number * times).normalize()
    return f"{value:f}"


def other_forms(text: str) -> Iterator[str]:
    """Yield other forms of a text that mean the same: half-width, then a day as ISO writes it."""
    half = plain(text)
    if half != text:
        yield half
    try:
        iso = day(text).isoformat()
    except BadInput:
        return
    if iso != half:
        yield iso
