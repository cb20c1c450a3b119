"""Reads what an office types into a cell or a field: a region by name, a size in words, a list of codes."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cache

from zhiheng.errors import BadInput
from zhiheng.reference import industries, regions

from . import rules, words

SIZES = {"大型": "large", "大": "large", "中型": "medium", "中": "medium"}
SIZES |= dict.fromkeys(("小型", "小", "微型", "微", "小微", "micro"), "small")
CHANNELS = dict.fromkeys(("生产", "生产企业", "工厂", "制造"), "factory")
CHANNELS |= dict.fromkeys(("流通", "销售", "实体店", "经营", "门店"), "shop")
CHANNELS |= dict.fromkeys(("平台", "电商", "电商平台", "网络", "网售"), "platform")
ACTIVE = dict.fromkeys(("是", "在岗", "在业", "1", "yes", "true", "active"), True)
ACTIVE |= dict.fromkeys(("否", "离岗", "停业", "0", "no", "false", "inactive"), False)
_BREAK = re.compile("[、,，;；\\s]+")


def code(text: str) -> str:
    """Return a code in capitals without spaces."""
    return re.sub(r"\s+", "", text).upper()


def region(text: str) -> str:
    """Return the six digits for a code, or for the full name of a region such as 浙江省杭州市西湖区."""
    plain = re.sub(r"\s+", "", text)
    return _by_name().get(plain, plain)


def division(text: str) -> str:
    """Return the two digits for a division given by number, with its letter, or by name."""
    plain = re.sub(r"\s+", "", text)
    found = re.fullmatch(r"[Cc]?([0-9]{2})(.*)", plain)
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
    if plain in ACTIVE:
        return ACTIVE[plain]
    fault = rules.Fault("is_active", "not-a-choice", text, (("allowed", "是, 否 / yes, no"),))
    raise BadInput(words.cause(fault), words.remedy(fault), code=fault.rule)


def amount(text: str) -> Decimal:
    """Return an amount in 10,000 yuan; separators of thousands are left out."""
    try:
        return Decimal(text.replace(",", "").replace("，", "").strip())
    except InvalidOperation:
        fault = rules.Fault("output_value", "output-value", text)
        raise BadInput(words.cause(fault), words.remedy(fault), code=fault.rule) from None


def codes(text: str) -> list[str]:
    """Return the codes of a list, each once, in their order."""
    return list(dict.fromkeys(code(part) for part in _BREAK.split(text) if part))


def divisions(text: str) -> list[str]:
    """Return the divisions of a list, each once, in their order."""
    return list(dict.fromkeys(division(part) for part in re.split("[、,，;；]+", text) if part.strip()))


@cache
def _by_name() -> dict[str, str]:
    """Map full names, and the names of provinces alone, to codes; short names of counties are ambiguous."""
    found = {}
    for known in regions.all():
        way = [
            step.zh for step in regions.path(known.code) if step.level != "nation" and not step.placeholder
        ]
        if way and not known.placeholder:
            found.setdefault("".join(way), known.code)
    return found


@cache
def _divisions() -> dict[str, str]:
    return {known.zh: known.code for known in industries.divisions()}
