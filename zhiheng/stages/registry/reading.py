"""Reads what an office types into a cell or a field: a region by name, a size in words, a list of codes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from itertools import product
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
_END = re.compile(r"(?:(?:壮族|回族|维吾尔)?自治区|特别行政区|地区|省|市|盟|区|县)$")
_REGION_HEADER = re.compile(r"区县|县区|县市|市县|辖区|属地|区域|行政区|区划|地区|所[属在].{0,2}[市县区]")
MAKING = re.compile("生产|制造|工厂|厂家|工业|获证|行业|产业|规上|规模以上")
TRADE = re.compile(
    "流通|销售|零售|批发|商户|商场|市场主体|超市|门店|网店|电商|平台|经营单位|经营者|经营户|店铺"
)
SHOWN = 6
_BREAK = re.compile("[、,，;；\\s]+")


def code(text: str) -> str:
    """Return a code in capitals, without spaces, hyphens and the mark that makes a cell text.

    >>> code("'9133-0106 ma")
    '91330106MA'
    """
    return re.sub(r"[\s'‘’`\-—]+", "", text).upper()


def mark(text: str) -> str:
    """Return a number of a certificate as it is known, whether typed in full or half width."""
    return re.sub(r"\s+", " ", cells.plain(text))


def looks_like_firm(text: str) -> bool:
    """Say whether a text ends as names of firms do; for finding a column, never for refusing a name."""
    return bool(_FIRM.fullmatch(text.strip()))


def region(text: str) -> str:
    """Return the six digits for a code or a name: in full, or short where one place alone has it."""
    found = places(text)
    return found[0] if len(found) == 1 else _plain(text)


def region_near(home: str) -> Callable[[str], str]:
    """Return how an office reads a region: 西湖区 is its own, where it has one; else the only one there is.

    A name that several places have, none or several of them in the region of the office, is refused.
    """

    @lru_cache(maxsize=4096)
    def read(text: str) -> str:
        found = places(text)
        if near := [code for code in found if regions.contains(home, code)]:
            found = near
        if len(found) <= 1:
            return found[0] if found else _plain(text)
        named = "、".join(f"{region_in_full(code)} {code}" for code in found[:SHOWN])
        facts = (("count", str(len(found))), ("places", named))
        fault = rules.Fault("region", "region-ambiguous", text, facts)
        raise BadInput(words.cause(fault), words.remedy(fault), code=fault.rule)

    return read


def places(text: str) -> Sequence[str]:
    """Return the codes of all regions that a text may mean: by code, by full name, by name, without its end.

    >>> places("330106"), places("杭州市西湖区"), places("杭州西湖"), len(places("西湖区"))
    (['330106'], ['330106'], ['330106'], 2)
    """
    plain = _plain(text)
    code = plain[:6] if re.fullmatch("[0-9]{6}0{6}", plain) else plain
    if regions.known(code):
        return [code]
    in_full, named, shortened = _by_name()
    return [in_full[plain]] if plain in in_full else named.get(plain) or shortened.get(plain) or []


def looks_like_region(text: str) -> bool:
    """Say whether a text is the code or the name of a region, also of several; for finding a column alone."""
    return bool(places(text)) or _plain(text) == "市辖区"


def might_be_region(header: str, texts: Sequence[str]) -> bool:
    """Say whether a column that nobody reads might say where a firm is: by its header, or by its cells."""
    if 2 * sum(map(looks_like_region, texts)) >= len(texts) > 0:
        return True
    is_finer = bool(texts) and all(re.search("(街道|街|镇|乡|村|社区|所|站)$", text) for text in texts)
    return bool(_REGION_HEADER.search(header)) and not is_finer


def _plain(text: str) -> str:
    return re.sub(r"\s+", "", cells.plain(text))


def might_be_channel(header: str, texts: Sequence[str]) -> bool:
    """Say whether a column that nobody reads might say how a firm sells: its cells are words for that."""
    return bool(texts) and 2 * sum(channel(text) in CHANNELS.values() for text in texts) >= len(texts)


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
def _by_name() -> tuple[dict[str, str], dict[str, list[str]], dict[str, list[str]]]:
    """Map names to codes: full ones, those without some of the places above, and those without their end.

    西湖区 stands in two provinces, 杭州市西湖区, 浙江西湖区 and 杭州西湖 in one.
    """
    full: dict[str, str] = {}
    named: dict[str, list[str]] = {}
    shortened: dict[str, list[str]] = {}
    for known in regions.all():
        way = [step for step in regions.path(known.code) if step.level != "nation" and not step.placeholder]
        if not way or known.placeholder:
            continue
        full.setdefault("".join(step.zh for step in way), known.code)
        above = ["".join(names) for names in product(*(("", step.zh, _stem(step.zh)) for step in way[:-1]))]
        for table, own in ((named, known.zh), (shortened, _stem(known.zh))):
            for name in dict.fromkeys(before + own for before in above):
                table.setdefault(name, []).append(known.code)
    return full, named, shortened


def _stem(name: str) -> str:
    """Return the name of a region without the word for what it is; short names keep it.

    >>> _stem("西湖区"), _stem("广西壮族自治区"), _stem("郊区"), _stem("杭州市")
    ('西湖', '广西', '郊区', '杭州')
    """
    return _END.sub("", name) if len(_END.sub("", name)) > 1 else name


@cache
def _divisions() -> dict[str, str]:
    return {known.zh: known.code for known in industries.divisions()}
