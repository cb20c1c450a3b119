"""Reads what an office types into the lists of papers, laboratories and catalogues: days, kinds, items."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.formats import cells

from . import rules, words

KINDS = dict.fromkeys(("生产许可证", "工业产品生产许可证", "许可证", "生产许可", "production"), "production")
KINDS |= dict.fromkeys(("ccc", "3c", "强制性产品认证", "强制认证", "ccc认证", "3c认证"), "ccc")
KINDS |= dict.fromkeys(("自我声明", "ccc自我声明", "强制性认证自我声明", "declaration"), "declaration")
STATES = dict.fromkeys(("有效", "正常", "valid"), "valid")
STATES |= dict.fromkeys(("暂停", "suspended"), "suspended")
STATES |= dict.fromkeys(("撤销", "注销", "吊销", "失效", "withdrawn"), "withdrawn")
QUALIFICATIONS = dict.fromkeys(
    ("首席质量官", "质量安全总监", "chief quality officer"), "chief_quality_officer"
)
QUALIFICATIONS |= dict.fromkeys(("职称", "专业技术职称", "professional title"), "professional_title")
QUALIFICATIONS |= dict.fromkeys(("职业资格", "职业技能等级", "occupational qualification"), "occupational")
QUALIFICATIONS |= dict.fromkeys(("培训", "training"), "training")
VERTICALS = dict.fromkeys(("工业产品", "industrial products", ""), "industrial")
VERTICALS |= dict.fromkeys(("消费品", "consumer goods"), "consumer")
VERTICALS |= dict.fromkeys(("建筑材料", "建材", "building materials"), "building_material")
VERTICALS |= dict.fromkeys(("食品", "food"), "food")
VERTICALS |= dict.fromkeys(("工程", "建设工程", "construction works"), "engineering")
YES = dict.fromkeys(("是", "1", "yes", "true"), True) | dict.fromkeys(("否", "0", "no", "false"), False)
UPPER = dict.fromkeys(
    ("上限", "不大于", "不高于", "不超过", "≤", "最大", "upper", "at most", "not above"), "upper"
)
LOWER = dict.fromkeys(("下限", "不小于", "不低于", "≥", "最小", "lower", "at least", "not below"), "lower")
CONFIDENCES = {"原文": "text", "二手": "secondary", "记忆": "memory"}
TEST_ORDER = ("item", "method", "unit", "limit", "limit_kind", "source", "confidence")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")
_ONE = r"[0-9]{4}[-/.年][0-9]{1,2}[-/.月][0-9]{1,2}日?|[0-9]{8}"
_SPAN = re.compile(rf"自?({_ONE})(?:起?[至到]|[-—–~]+)({_ONE}|长期|长期有效|永久)止?")
_LONG = ("长期", "长期有效", "永久")


def day(text: str) -> dt.date:
    """Return the day of a cell: 2026-11-22, 2026/11/22 or 2026年11月22日."""
    found = _DAY.fullmatch(text.strip())
    try:
        return dt.date(*map(int, found.groups()))  # type: ignore[union-attr]
    except (AttributeError, ValueError):
        raise _bad(rules.Fault("valid_from", "not-a-day", text)) from None


def last_day(text: str) -> dt.date | None:
    """Return the last day of a cell; 长期 means that none is known."""
    return None if text.strip() in _LONG else day(text)


def validity(text: str) -> dict[str, dt.date]:
    """Return the days of a certificate: a last day, or both in one cell; 长期 says nothing of either.

    >>> validity("2024.3.5-2027.3.5")["valid_until"].isoformat(), validity("长期")
    ('2027-03-05', {})
    """
    plain = re.sub(r"\s+", "", cells.plain(text))
    if plain in _LONG:
        return {}
    found = _SPAN.fullmatch(plain)
    if found is None:
        return {"valid_until": cells.day(plain)}
    first, last = found.groups()
    return {"valid_from": cells.day(first)} | ({} if last in _LONG else {"valid_until": cells.day(last)})


def whole(text: str) -> int:
    """Return a whole number of samples."""
    plain = text.strip().replace(",", "").removesuffix(".0")
    if plain.isascii() and plain.isdigit() and len(plain) <= 9:
        return int(plain)
    raise _bad(rules.Fault("samples_a_week", "not-a-count", text))


def year(text: str) -> int:
    """Return a year of four digits."""
    plain = text.strip().removesuffix("年").removesuffix(".0")
    if plain.isascii() and plain.isdigit() and len(plain) == 4:
        return int(plain)
    raise _bad(rules.Fault("year", "not-a-year", text))


def kind(text: str) -> str:
    """Return the kind of a licence."""
    return KINDS.get(_plain(text), text.strip())


def state(text: str) -> str:
    """Return the state of a licence."""
    return STATES.get(_plain(text), text.strip())


def qualification(text: str) -> str:
    """Return the kind of a qualification."""
    return QUALIFICATIONS.get(text.strip().casefold(), text.strip())


def vertical(text: str) -> str:
    """Return the field of goods of a category."""
    return VERTICALS.get(text.strip().casefold(), text.strip())


def yes(text: str) -> bool:
    """Return whether a cell says yes."""
    plain = _plain(text)
    if plain in YES:
        return YES[plain]
    raise _bad(rules.Fault("state", "not-a-choice", text, (("allowed", "是, 否 / yes, no"),)))


def phrases(text: str) -> list[str]:
    """Return the parts of a list of phrases, each once.

    >>> phrases("着火；触电\\n着火")
    ['着火', '触电']
    """
    found = [part.strip() for part in re.split(r"[;；、\n\r]+", text)]
    return list(dict.fromkeys(part for part in found if part))


def items_to_test(text: str) -> list[dict[str, Any]]:
    """Return test items, one a line or between semicolons, their parts between bars.

    >>> items_to_test("抗压强度 | GB/T 17671 | MPa | 42.5 | 不小于 | 演示 | memory")[0]["limit_kind"]
    'lower'
    """
    lines = [line.strip() for line in re.split(r"[;；\n\r]+", text) if line.strip()]
    return [_test(line) for line in lines]


def _test(line: str) -> dict[str, Any]:
    parts = [part.strip() for part in re.split(r"[|｜]", line)]
    found: dict[str, Any] = dict.fromkeys(TEST_ORDER)
    found.update((name, part or None) for name, part in zip(TEST_ORDER, parts, strict=False))
    side = (found["limit_kind"] or "").casefold()
    found["limit_kind"] = UPPER.get(side) or LOWER.get(side) or side
    degree = (found["confidence"] or "memory").casefold()
    found["confidence"] = CONFIDENCES.get(degree, degree)
    return found


def written(items: Sequence[Mapping[str, Any]], sides: Mapping[str, str]) -> str:
    """Return test items in the form that ``items_to_test`` reads, one a line."""
    lines = []
    for item in items:
        told = {name: str(item.get(name) or "") for name in TEST_ORDER}
        told["limit_kind"] = sides.get(told["limit_kind"], "")
        lines.append(" | ".join(told.values()).rstrip(" |"))
    return "\n".join(lines)


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()


def _bad(fault: rules.Fault) -> BadInput:
    return BadInput(words.cause(fault), words.remedy(fault), code=fault.rule)
