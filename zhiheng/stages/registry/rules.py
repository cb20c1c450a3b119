"""The rules of the register: which rows may enter, which subjects a frame covers, what is a repeat.

A rule never speaks to people: it returns faults by name, and ``words`` turns a name into a sentence.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np

from zhiheng.errors import BadInput, UnknownCode
from zhiheng.formats import cells, identifiers
from zhiheng.reference import industries, regions

SIZES = ("large", "medium", "small")
CHANNELS = ("factory", "shop", "platform")
CLASSES = ("A", "B", "C", "D")
STANDINGS = ("risk_class", "credit_class")
LEVELS = ("nation", "province", "city", "county")
DEFAULT_RISK_CLASS = "B"
MOST_OUTPUT = Decimal(10) ** 14  # a column of 16 digits, two of them after the point

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
FRAME_RULE = "active-covered-divisions/1"


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule in one field of one row; ``facts`` fill the holes of its sentence."""

    field: str
    rule: str
    value: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def subject_faults(row: Mapping[str, Any], *, demo: bool) -> list[Fault]:
    """Return what stands against this subject entering the register; an empty list lets it in."""
    faults = code_faults(str(row.get("code", "")), demo=demo)
    faults += _text_faults(row, "name", 120)
    faults += region_faults(str(row.get("region", "")), levels=("city", "county"))
    faults += division_faults(str(row.get("division", "")))
    faults += choice_faults(row, "size", SIZES)
    faults += choice_faults(row, "channel", CHANNELS)
    if row.get("risk_class"):
        faults += choice_faults(row, "risk_class", CLASSES)
    return faults + output_faults(row.get("output_value", Decimal(0)))


def product_faults(row: Mapping[str, Any], *, demo: bool) -> list[Fault]:
    """Return what stands against this product entering the register."""
    faults = code_faults(str(row.get("subject", "")), demo=demo, field="subject")
    faults += _text_faults(row, "name", 120)
    faults += division_faults(str(row.get("division", "")))
    faults += length_faults(row, "model", 80) + length_faults(row, "standard", 80)
    gtin = str(row.get("gtin") or "")
    return faults + (gtin_faults(gtin, demo=demo) if gtin else [])


def inspector_faults(row: Mapping[str, Any], *, demo: bool) -> list[Fault]:
    """Return what stands against this inspector entering the list."""
    faults = _text_faults(row, "code", 32) + _text_faults(row, "name", 64) + _text_faults(row, "unit", 120)
    faults += region_faults(str(row.get("region", "")), levels=LEVELS)
    for division in row.get("fields") or ():
        faults += division_faults(str(division), field="fields")
    for code in row.get("conflicts") or ():
        faults += code_faults(str(code), demo=demo, field="conflicts")
    first, last = row.get("valid_from"), row.get("valid_until")
    return faults + [Fault("valid_until", "days-not-in-order")] * bool(first and last and last < first)


def code_faults(code: str, *, demo: bool, field: str = "code") -> list[Fault]:
    """Check a social credit code, and that invented codes and real ones never share a register."""
    if not code:
        return [Fault(field, "required")]
    try:
        identifiers.check_uscc(code, demo=True)
    except BadInput:
        return [_code_fault(code, field)]
    if identifiers.is_demo_code(code) and not demo:
        return [Fault(field, "code-invented", code)]
    if demo and not identifiers.is_demo_code(code):
        return [Fault(field, "code-real-in-demo", code, (("prefix", identifiers.DEMO_USCC_PREFIX),))]
    return []


def _code_fault(code: str, field: str) -> Fault:
    if len(code) != 18:
        return Fault(field, "code-length", code, (("length", str(len(code))),))
    try:
        expected = identifiers.uscc_check_character(code[:17])
    except BadInput:
        return Fault(field, "code-characters", code)
    if code[17] != expected:
        return Fault(field, "code-check", code, (("expected", expected), ("given", code[17])))
    return Fault(field, "code-characters", code)


def gtin_faults(gtin: str, *, demo: bool) -> list[Fault]:
    """Check a GTIN in the same way: digits, check digit, and real or invented as the register is."""
    try:
        identifiers.check_gtin(gtin, demo=True)
    except BadInput:
        return [Fault("gtin", "gtin-check", gtin)]
    if identifiers.is_demo_code(gtin) and not demo:
        return [Fault("gtin", "gtin-invented", gtin)]
    if demo and not identifiers.is_demo_code(gtin):
        return [Fault("gtin", "gtin-real-in-demo", gtin, (("prefix", identifiers.DEMO_GTIN_PREFIX),))]
    return []


def region_faults(code: str, *, levels: Sequence[str], field: str = "region") -> list[Fault]:
    """Check that a region is in the list, of the right level, and a place with a government."""
    if not code:
        return [Fault(field, "required")]
    try:
        region = regions.get(code)
    except UnknownCode:
        return [Fault(field, "region-unknown", code)]
    if region.level not in levels:
        return [Fault(field, "region-level", code, (("region", region.zh),))]
    return [Fault(field, "region-placeholder", code, (("region", region.zh),))] if region.placeholder else []


def division_faults(code: str, *, field: str = "division") -> list[Fault]:
    """Check that a division is one of the manufacturing divisions 13 to 43."""
    if not code:
        return [Fault(field, "required")]
    try:
        industries.get(code)
    except UnknownCode:
        return [Fault(field, "division-unknown", code)]
    return []


def output_faults(value: Any) -> list[Fault]:
    """Check that a yearly output is a number that is not negative and fits its column."""
    if isinstance(value, Decimal) and value.is_finite() and 0 <= value < MOST_OUTPUT:
        return []
    return [Fault("output_value", "output-value", str(value))]


def text_faults(field: str, value: str, most: int) -> list[Fault]:
    """Check one text: filled, on one line, and not too long."""
    return _text_faults({field: value}, field, most)


def _text_faults(row: Mapping[str, Any], field: str, most: int) -> list[Fault]:
    if not str(row.get(field) or "").strip():
        return [Fault(field, "required")]
    return length_faults(row, field, most)


def length_faults(row: Mapping[str, Any], field: str, most: int) -> list[Fault]:
    """Check one optional text: on one line, and not too long."""
    value = str(row.get(field) or "")
    if _CONTROL.search(value):
        return [Fault(field, "not-plain")]
    return [Fault(field, "too-long", value[:40], (("most", str(most)),))] if len(value) > most else []


def choice_faults(row: Mapping[str, Any], field: str, allowed: Sequence[str]) -> list[Fault]:
    """Check that a field holds one of the allowed values."""
    value = str(row.get(field) or "")
    if not value:
        return [Fault(field, "required")]
    if value in allowed:
        return []
    return [Fault(field, "not-a-choice", value, (("allowed", ", ".join(allowed)),))]


def product_key(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return what makes a product of a subject one product: its name and model, however they are spelt.

    >>> product_key({"subject": "X", "name": "轴承（大）", "model": "６２０４"})
    ('X', '轴承(大)', '6204')
    """
    return row["subject"], cells.same(row["name"]), cells.same(row.get("model") or "")


def repeated(keys: Iterable[Any]) -> dict[int, int]:
    """Return, for each place whose key stood before, the place where it stood first; empty keys are skipped.

    >>> repeated(["a", "b", "a"])
    {2: 0}
    """
    first: dict[Any, int] = {}
    found = {}
    for place, key in enumerate(keys):
        if key in ("", None):
            continue
        if key in first:
            found[place] = first[key]
        else:
            first[key] = place
    return found


def wrong_codes(codes: np.ndarray, *, demo: bool) -> np.ndarray:
    """Return the places of codes that ``code_faults`` would refuse, for whole arrays at once.

    >>> wrong_codes(np.array(["91140110B0681219X5", "91140110B0681219X6"]), demo=False)
    array([1])
    """
    text = np.asarray(codes, dtype="U19")
    points = text.view(np.uint32).reshape(text.size, 19)
    table = np.full(128, -1, dtype=np.int64)
    for value, character in enumerate(identifiers.USCC_ALPHABET):
        table[ord(character)] = value
    values = np.where(points[:, :18] < 128, table[np.minimum(points[:, :18], 127)], -1)
    bad = (points[:, 18] != 0) | (values < 0).any(axis=1)
    digits = points[:, 2:8]
    bad |= ((digits < ord("0")) | (digits > ord("9"))).any(axis=1)
    bad |= values[:, 17] != -(values[:, :17] @ np.array(identifiers.USCC_WEIGHTS)) % 31
    marked = np.char.startswith(text, identifiers.DEMO_USCC_PREFIX)
    bad |= ~marked if demo else marked
    return np.flatnonzero(bad)


def value_faults(field: str, value: str) -> list[Fault]:
    """Check one value of a column that has few distinct values."""
    if field == "division":
        return division_faults(value)
    allowed = {"size": SIZES, "channel": CHANNELS, "risk_class": CLASSES}[field]
    return choice_faults({field: value}, field, allowed)


def common_region(codes: Sequence[str]) -> str:
    """Return the smallest region that holds all these codes; the nation for none.

    >>> common_region(["330106", "330102"]), common_region(["330106", "440103"])
    ('330100', '000000')
    """
    if not codes:
        return regions.NATION
    ways = [[region.code for region in regions.path(code)] for code in (min(codes), max(codes))]
    return [first for first, last in zip(*ways, strict=False) if first == last][-1]


def frame_definition(region: str) -> str:
    """Say what the frame of a region holds: a Chinese line, and an English one."""
    found = regions.get(region)
    return (
        f"{found.zh}（{found.code}）辖区内，冻结时登记为在业、且行业属于产品质量合格率所覆盖29个大类的经营主体。\n"
        f"Subjects in {found.en or found.zh} ({found.code}) that were active when the frame was frozen, "
        "in the 29 divisions that the product pass rate covers."
    )


def covered_divisions() -> frozenset[str]:
    """Return the divisions that the product pass rate covers and a frame therefore holds."""
    return frozenset(division.code for division in industries.covered())


def frame_faults(region: str, as_of: dt.date, purpose: str, *, today: dt.date) -> list[Fault]:
    """Check the request for a frame: a known region, today as its day, and a purpose in words.

    The register holds what is so now and not what was so on an earlier day.
    """
    faults = [] if regions.known(region) else [Fault("region", "region-unknown", region)]
    if as_of != today:
        faults.append(Fault("as_of", "not-today", as_of.isoformat(), (("today", today.isoformat()),)))
    return faults + _text_faults({"purpose": purpose}, "purpose", 80)


def output_totals(
    places: Iterable[str], divisions: Iterable[str], amounts: Iterable[Any]
) -> dict[str, dict[str, str]]:
    """Return the output of units by province and division, as texts with two decimals.

    >>> output_totals(["330106", "330203", "110101"], ["13", "13", "34"], [1.5, 2, Decimal("0.25")])
    {'110000': {'34': '0.25'}, '330000': {'13': '3.50'}}
    """
    cents: Counter[tuple[str, str]] = Counter()
    for place, division, amount in zip(places, divisions, amounts, strict=True):
        cents[place[:2], division] += round(amount * 100)
    totals: dict[str, dict[str, str]] = {}
    for (province, division), amount in sorted(cents.items()):
        totals.setdefault(f"{province}0000", {})[division] = f"{amount // 100}.{amount % 100:02d}"
    return totals


def standing_faults(
    kind: str, value: str, reason: str, valid_from: dt.date, *, today: dt.date
) -> list[Fault]:
    """Check a change of standing: a known kind and class, a reason, and a day that has come."""
    row = {"kind": kind, "value": value, "reason": reason}
    faults = choice_faults(row, "kind", STANDINGS) + choice_faults(row, "value", CLASSES)
    faults += _text_faults(row, "reason", 400)
    if valid_from > today:
        faults.append(Fault("valid_from", "day-to-come", valid_from.isoformat()))
    return faults
