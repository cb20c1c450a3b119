"""The rules of the key-product catalogue: what an item must say, when it is issued, what changed since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from . import rules
from .rules import Fault

VERTICALS = ("industrial", "consumer", "building_material", "food", "engineering")
CONFIDENCES = ("text", "secondary", "memory")
LIMIT_KINDS = ("upper", "lower")
FIRST_YEAR, LAST_YEAR = 2000, 2100
MOST_LINES = 60
ISSUE_RULE = "catalogue/whole-year-then-supplements/1"
COMPARED = (
    "name",
    "vertical",
    "divisions",
    "keywords",
    "reason",
    "hazards",
    "test_items",
    "is_full_coverage",
)
TEST_FIELDS = ("item", "method", "unit", "limit", "limit_kind", "source", "confidence")

Change = Literal["added", "dropped", "changed", "same"]


def item_faults(row: Mapping[str, Any]) -> list[Fault]:
    """Return what stands against this item of a catalogue."""
    faults = place_faults(str(row.get("region", "")), row.get("year"))
    faults += rules.text_faults("item_code", str(row.get("code") or ""), 32)
    faults += rules.text_faults("name", str(row.get("name") or ""), 120)
    faults += rules.choice_faults({"vertical": row.get("vertical") or "industrial"}, "vertical", VERTICALS)
    for division in row.get("divisions") or ():
        faults += rules.division_faults(str(division), field="divisions")
    faults += rules.text_faults("reason", str(row.get("reason") or ""), 400)
    faults += rules.length_faults(row, "source", 400)
    faults += _list_faults("keywords", row.get("keywords") or (), is_required=False)
    faults += _list_faults("hazards", row.get("hazards") or ())
    return faults + tested_faults(row.get("test_items") or ())


def place_faults(region: str, year: Any) -> list[Fault]:
    """Check the region and the year of a catalogue."""
    faults = rules.region_faults(region, levels=rules.LEVELS)
    if not isinstance(year, int) or not FIRST_YEAR <= year <= LAST_YEAR:
        faults.append(Fault("year", "not-a-year", str(year)))
    return faults


def _list_faults(field: str, values: Sequence[str], *, is_required: bool = True) -> list[Fault]:
    if not values:
        return [Fault(field, "required")] if is_required else []
    if len(values) > MOST_LINES:
        return [Fault(field, "too-many-lines", facts=(("most", str(MOST_LINES)),))]
    return [fault for value in values for fault in rules.text_faults(field, str(value), 120)]


def tested_faults(items: Sequence[Mapping[str, Any]]) -> list[Fault]:
    """Check test items: each names an item and a method; a limit says which side; no item stands twice."""
    if len(items) > MOST_LINES:
        return [Fault("test_items", "too-many-lines", facts=(("most", str(MOST_LINES)),))]
    faults = []
    for item in items:
        if not item.get("item") or not item.get("method"):
            faults.append(Fault("test_items", "test-item-unnamed", str(item.get("item") or "")))
        for field in TEST_FIELDS:
            faults += rules.length_faults({"test_items": item.get(field) or ""}, "test_items", 200)
        if bool(item.get("limit")) != (item.get("limit_kind") in LIMIT_KINDS):
            faults.append(Fault("test_items", "limit-without-side", str(item.get("item") or "")))
        if (item.get("confidence") or "memory") not in CONFIDENCES:
            faults.append(Fault("test_items", "confidence-unknown", str(item["confidence"])))
    names = [(item.get("item"), item.get("method")) for item in items]
    for place in rules.repeated(names):
        faults.append(Fault("test_items", "test-item-twice", str(names[place][0])))
    return faults


def issue_faults(candidates: int, number: int, reason: str) -> list[Fault]:
    """Check an issue: something to issue, and why; ``number`` is 0 for the whole catalogue."""
    if not candidates:
        return [Fault("year", "nothing-to-issue" if number == 0 else "nothing-to-supplement")]
    return rules.text_faults("reason", reason, 400)


def plain(item: Any) -> dict[str, Any]:
    """Return an item as the file of an issue says it: texts, lists, truth values; no floats."""
    return {
        "code": item.code,
        "name": item.name,
        "vertical": item.vertical,
        "divisions": list(item.divisions),
        "keywords": list(item.keywords),
        "reason": item.reason,
        "hazards": list(item.hazards),
        "test_items": [{field: test.get(field) for field in TEST_FIELDS} for test in item.test_items],
        "is_full_coverage": item.is_full_coverage,
        "source": item.source,
        "supplement": item.supplement,
    }


@dataclass(frozen=True, slots=True)
class Compared:
    """One category beside the year before: what became of it, and which parts differ."""

    change: Change
    item: Any
    before: Any = None
    fields: tuple[str, ...] = ()


def compare(before: Iterable[Any], now: Iterable[Any]) -> list[Compared]:
    """Return every category of two years, by code: added, dropped, changed or the same."""
    was = {item.code: item for item in before}
    is_now = {item.code: item for item in now}
    found = []
    for code in sorted({*was, *is_now}):
        old, new = was.get(code), is_now.get(code)
        if new is None:
            found.append(Compared("dropped", old, old))
            continue
        if old is None:
            found.append(Compared("added", new))
            continue
        fields = tuple(name for name in COMPARED if getattr(old, name) != getattr(new, name))
        found.append(Compared("changed" if fields else "same", new, old, fields))
    return found
