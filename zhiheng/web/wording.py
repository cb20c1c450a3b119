"""Numbers, dates, intervals and names as a person writes them, in Chinese and in English."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from zhiheng.errors import UnknownCode
from zhiheng.formats import periods
from zhiheng.reference import groupings, industries, regions

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOTHING = "—"


def is_chinese() -> bool:
    """Say whether the page at hand is in Chinese."""
    return (get_language() or "zh-hans").startswith("zh")


def number(value: Any, places: int | None = None) -> str:
    """Return 12345.5 as 12,345.5; nothing as a dash."""
    if value is None or value == "":
        return NOTHING
    exact = _decimal(value)
    if places is not None:
        return f"{exact:,.{places}f}"
    text = f"{exact:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def counted(number: int, *, limit: int) -> str:
    """Return a number of rows that was counted no further than one past a limit: 1,000+ for 1001 of 1 000."""
    return f"{number:,}" if number <= limit else f"{limit:,}+"


def percent(share: Any, places: int = 2) -> str:
    """Return the share 0.9365 as 93.65%."""
    return NOTHING if share is None or share == "" else f"{points(share, places)}%"


def points(share: Any, places: int) -> str:
    """Return a share in per cent without the sign."""
    step = Decimal(1).scaleb(-places)
    return f"{(_decimal(share) * 100).quantize(step, ROUND_HALF_EVEN):f}"


def interval(estimate: Any, lower: Any, upper: Any, *, places: int = 2) -> str:
    """Return an estimate with its interval of 95 %, the bounds one digit shorter."""
    if estimate is None:
        return NOTHING
    if lower is None or upper is None:
        return percent(estimate, places)
    short = max(places - 1, 0)
    facts = {
        "estimate": percent(estimate, places),
        "lower": points(lower, short),
        "upper": points(upper, short),
    }
    return _("%(estimate)s (95%% interval %(lower)s–%(upper)s)") % facts


def day(value: date | datetime | None) -> str:
    """Return a date as 2026年11月22日 or 22 Nov 2026."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, datetime):
        value = _local(value).date()
    if isinstance(value, str):
        value = date.fromisoformat(value[:10])
    if is_chinese():
        return f"{value.year}年{value.month}月{value.day}日"
    return f"{value.day} {MONTHS[value.month - 1]} {value.year}"


def moment(value: datetime | date | None, now: datetime | None = None) -> str:
    """Return a time: relative within the last day, absolute before it."""
    if not isinstance(value, datetime):
        return day(value)
    local = _local(value)
    if now is not None:
        minutes = int((now - value).total_seconds() // 60)
        if 0 <= minutes < 1:
            return _("just now")
        if 0 < minutes < 60:
            return _("%(minutes)s min ago") % {"minutes": minutes}
        if 60 <= minutes < 24 * 60:
            return _("%(hours)s h ago") % {"hours": minutes // 60}
    return f"{day(value)} {local:%H:%M}"


def region_name(code: str | None) -> str:
    """Return the name of a region or of a group of regions; an unknown code as itself."""
    if groupings.known(code or ""):
        return bilingual(groupings.get(code or ""))
    try:
        return bilingual(regions.get(code or ""))
    except UnknownCode:
        return code or NOTHING


def region_path(code: str | None) -> str:
    """Return the names from the province down to the region; placeholders are left out."""
    try:
        way = [region for region in regions.path(code or "") if region.level != "nation"]
    except UnknownCode:
        return code or NOTHING
    names = [bilingual(region) for region in way if not region.placeholder]
    if is_chinese():
        return "".join(names) or region_name(code)
    return ", ".join(reversed(names)) or region_name(code)


def division_name(code: str | None) -> str:
    """Return the name of an industry division; an unknown code as itself."""
    try:
        return bilingual(industries.get(code or ""))
    except UnknownCode:
        return code or NOTHING


def bilingual(thing: Any) -> str:
    """Return the name of something that has ``zh`` and ``en`` in the language of the page."""
    english = getattr(thing, "en", None)
    return thing.zh if is_chinese() or not english else english


def period(text: str) -> str:
    """Return 2024Q1 as 2024年第一季度 or Q1 2024; a year, half-year, month or campaign likewise."""
    if not periods.known(text):
        return _label(text.removeprefix("~"))
    found = periods.parse(text)
    year, first, last = found.year, found.first, found.last
    if is_chinese():
        more = {
            periods.YEAR: "",
            periods.HALF: "上下"[(found.number - 1) % 2] + "半年",
            periods.QUARTER: f"第{'一二三四'[(found.number - 1) % 4]}季度",
            periods.MONTH: f"{first.month}月",
            periods.CAMPAIGN: f"{first.month}月{first.day}日至{last.month}月{last.day}日",
        }
        return f"{year}年{more[found.kind]}"
    more = {
        periods.YEAR: "",
        periods.HALF: f"H{found.number} ",
        periods.QUARTER: f"Q{found.number} ",
        periods.MONTH: f"{MONTHS[first.month - 1]} ",
        periods.CAMPAIGN: f"{_short(first)} to {_short(last)} ",
    }
    return f"{more[found.kind]}{year}"


_LABEL = re.compile(
    r"(?:(?P<told>announced)-)?(?P<year>[12]\d{3})(?:-(?P<month>0[1-9]|1[0-2])|-R(?P<round>[1-9]))?"
)


def _label(text: str) -> str:
    """Return a period whose days the source does not tell: a round, an old year, or when it was told."""
    found = _LABEL.fullmatch(text)
    if found is None:
        return text
    year, month, number = found["year"], int(found["month"] or 0), found["round"]
    if is_chinese():
        shown = f"{year}年" + (f"{month}月" if month else "") + (f"第{number}轮" if number else "")
        return f"{shown}公布" if found["told"] else shown
    shown = f"{MONTHS[month - 1]} {year}" if month else year
    return f"announced in {shown}" if found["told"] else f"round {number} of {year}" if number else shown


def _short(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]}"


def _decimal(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(str(value))


def _local(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value
