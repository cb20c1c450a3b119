"""What the columns of lists share: parsers backed by a rule, where a firm is, what need not be said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiheng.errors import BadInput
from zhiheng.people.permissions import P
from zhiheng.reference import regions
from zhiheng.web.imports import About, ImportColumn, known

from . import reading, rules, words

Faults = Callable[[Any], list[rules.Fault]]


def checked(read: Callable[[str], Any], faults: Faults | None = None) -> Callable[[str], Any]:
    """Read a cell, and refuse a value that a rule refuses, with the sentence of that rule."""

    def parse(text: str) -> Any:
        value = read(text)
        for fault in faults(value) if faults else ():
            raise BadInput(words.cause(fault), words.remedy(fault), code=fault.rule)
        return value

    return parse


def text(field: str, most: int) -> Callable[[str], str]:
    return checked(str.strip, lambda value: rules.text_faults(field, value, most))


def choice(read: Callable[[str], str], field: str) -> Callable[[str], str]:
    return checked(read, lambda value: rules.value_faults(field, value))


_REGION_HINT = _("Six digits of GB/T 2260, or the full name such as 浙江省杭州市西湖区.")
_REGION_NAMES = (
    *(
        "所属区县",
        "所属区",
        "所在区",
        "区县",
        "县区",
        "所属县区",
        "所在县区",
        "县市区",
        "所属县市区",
        "所在县市区",
    ),
    *("区县市", "市县区", "所属辖区", "所在辖区", "辖区", "属地", "属地区县", "所属地区", "所属县", "所在县"),
    *("地区", "行政区划代码", "行政区划", "行政区域", "行政区", "区划代码", "所在行政区", "所属行政区"),
)


def own_county(person: Any, _about: About) -> str:
    """Return the county for which a person keeps the register, in full; empty where it is no county."""
    code = known.home(person, P.REGISTRY_IMPORT)
    return reading.region_in_full(code) if regions.get(code).level == "county" else ""


def own_office(person: Any, _about: About) -> str:
    """Return the name of the office whose people a list without units names."""
    code = known.home(person, P.REGISTRY_IMPORT)
    return "" if code == regions.NATION else f"{regions.get(code).zh}市场监督管理局"


def own_channel(_person: Any, about: About) -> str:
    """Return the channel of a list of makers: it says so, or gives industries and speaks of no trade."""
    said = f"{about.titles} {about.header}"
    if reading.TRADE.search(said):
        return ""
    return "生产" if reading.MAKING.search(said) else ""


def _near(levels: Sequence[str]) -> Callable[[Any], Callable[[str], Any]]:
    """Return the parser of a region as the office of a person writes it."""

    def near(person: Any) -> Callable[[str], Any]:
        read = reading.region_near(known.home(person, P.REGISTRY_IMPORT))
        return checked(read, lambda value: rules.region_faults(value, levels=levels))

    return near


def of_place(key_label: str, levels: Sequence[str]) -> ImportColumn:
    """Return the column that says where a firm or a person is."""
    others = [name for name in ("所在区县", "所在地区") if name != key_label]
    return ImportColumn(
        "region",
        key_label,
        "Region",
        (*others, *_REGION_NAMES),
        True,
        checked(reading.region, lambda value: rules.region_faults(value, levels=levels)),
        _REGION_HINT,
        looks=reading.looks_like_region,
        assumed=own_county,
        might=reading.might_be_region,
        near=_near(levels),
    )
