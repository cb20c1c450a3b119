"""Reads what an office types into a cell or a field: a region by name, a size in words, a list of codes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.formats import cells
from zhiheng.reference import industries, regions

from . import rules, words

SIZES = dict.fromkeys(("大型", "大", "大型企业"), "large") | dict.fromkeys(
    ("中型", "中", "中型企业"), "medium"
)
SIZES |= dict.fromkeys(
    ("小型", "小", "微型", "微", "小微", "小型企业", "微型企业", "小微企业", "micro"), "small"
)
CHANNELS = dict.fromkeys(("生产", "生产企业", "工厂", "制造"), "factory")
CHANNELS |= dict.fromkeys(("流通", "销售", "实体店", "经营", "门店"), "shop")
CHANNELS |= dict.fromkeys(("平台", "电商", "电商平台", "网络", "网售"), "platform")
ACTIVE = dict.fromkeys(("在岗", "在业", "active"), True) | dict.fromkeys(("离岗", "停业", "inactive"), False)
_FIRM = re.compile(
    r".{2,}(公司|厂|店|部|中心|商行|超市|合作社|作坊|集团|经营户|工作室|企业|门市|院|所)([（(].{1,20}[)）])?"
)
_BREAK = re.compile("[、,，;；\\s]+")


def code(text: str) -> str:
    """Return a code in capitals without spaces."""
    return re.sub(r"\s+", "", text).upper()


def mark(text: str) -> str:
    """Return a number of a certificate as it is known, whether typed in full or half width."""
    return re.sub(r"\s+", " ", cells.plain(text))


def looks_like_firm(text: str) -> bool:
    """Say whether a text ends as names of firms do; for finding a column, never for refusing a name."""
    return bool(_FIRM.fullmatch(text.strip()))


def region(text: str) -> str:
    """Return the six digits for a code or a name: in full, or short where one place alone has it."""
    plain = re.sub(r"\s+", "", text)
    return _by_name().get(plain, plain)


def division(text: str) -> str:
    """Return the two digits for a division given by number, with its letter, or by name.

    The four digits of a class stand for their division; six digits are a region and no division.
    """
    plain = re.sub(r"\s+", "", text)
    found = re.fullmatch(r"[Cc]?([0-9]{2})[0-9]{0,2}([^0-9].*)?", plain)
    return found.group(1) if found else _divisions().get(plain, plain)


def size(text: str) -> str:
    """Return large, medium or small."""
    return SIZES.get(text.strip(), text.strip().lower())


def channel(text: str) -> str:
    """Return factory, shop or platform."""
    return CHANNELS.get(text.strip(), text.strip().lower())


def active(text: str) -> bool:
    """Return whether someone is active; refuse what is neither yes nor no."""
    plain = text.strip().lower()
    said = ACTIVE.get(plain, cells.truth(plain))
    if said is not None:
        return said
    fault = rules.Fault("is_active", "not-a-choice", text, (("allowed", "是, 否 / yes, no"),))
    raise BadInput(words.cause(fault), words.remedy(fault), code=fault.rule)


def amount(text: str) -> Decimal:
    """Return an amount in 10,000 yuan; separators of thousands, in threes, are left out."""
    found = cells.number(text)
    if found is None:
        fault = rules.Fault("output_value", "output-value", text)
        raise BadInput(words.cause(fault), words.remedy(fault), code=fault.rule)
    return found


def codes(text: str) -> list[str]:
    """Return the codes of a list, each once, in their order."""
    return list(dict.fromkeys(code(part) for part in _BREAK.split(text) if part))


def divisions(text: str) -> list[str]:
    """Return the divisions of a list, each once, in their order."""
    return list(dict.fromkeys(division(part) for part in re.split("[、,，;；]+", text) if part.strip()))


def region_in_full(code: str) -> str:
    """Return the full Chinese name of a region, which ``region`` reads back."""
    way = [step.zh for step in regions.path(code) if step.level != "nation" and not step.placeholder]
    return "".join(way)


def division_in_words(code: str) -> str:
    """Return the Chinese name of a division, which ``division`` reads back."""
    return industries.get(code).zh


def in_words(table: Mapping[str, Any], value: Any) -> str:
    """Return the first word of a table for a value: the one that offices write."""
    return next((word for word, known in table.items() if known == value), str(value))


@cache
def _by_name() -> dict[str, str]:
    """Map names to codes: full ones, and shorter ones that belong to one place alone.

    西湖区 stands in two provinces and is no name here; 杭州市西湖区 is one.
    """
    found: dict[str, str] = {}
    short: list[tuple[str, str]] = []
    for known in regions.all():
        way = [
            step.zh for step in regions.path(known.code) if step.level != "nation" and not step.placeholder
        ]
        if way and not known.placeholder:
            found.setdefault("".join(way), known.code)
            short += [("".join(way[start:]), known.code) for start in range(1, len(way))]
    times = Counter(name for name, _code in short)
    return {name: code for name, code in short if times[name] == 1} | found


@cache
def _divisions() -> dict[str, str]:
    return {known.zh: known.code for known in industries.divisions()}
