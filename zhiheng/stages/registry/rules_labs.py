"""The rules of laboratories: which rows may enter, and which lines of a scope hold on a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from . import rules
from .rules import Fault
from .rules_licences import day_faults

SCOPE_RULE = "lab-scope/newest-line-of-product-item-method/1"
MOST_SAMPLES = 1_000_000
FIELDS = (
    "name",
    "region",
    "located_at",
    "uscc",
    "approval_no",
    "approval_until",
    "samples_a_week",
    "is_active",
)
UNKNOWN = ("approval_until", "samples_a_week")
"""The fields that hold no value while it is not known; the others hold an empty text."""


def lab_faults(row: Mapping[str, Any], *, demo: bool) -> list[Fault]:
    """Return what stands against this laboratory entering the register."""
    faults = rules.text_faults("lab", str(row.get("code") or ""), 40)
    faults += rules.text_faults("name", str(row.get("name") or ""), 120)
    faults += rules.region_faults(str(row.get("region", "")), levels=rules.LEVELS)
    faults += rules.length_faults(row, "approval_no", 40) + rules.length_faults(row, "located_at", 200)
    if row.get("uscc"):
        faults += rules.code_faults(str(row["uscc"]), demo=demo, field="uscc")
    return faults + amount_faults(row.get("samples_a_week"))


def edit_faults(row: Mapping[str, Any], reason: str, *, demo: bool) -> list[Fault]:
    """Return what stands against this change of a laboratory."""
    return lab_faults(row, demo=demo) + rules.text_faults("reason", reason.strip(), 400)


def amount_faults(value: Any) -> list[Fault]:
    """Check a number of samples a week; an unknown one may stay empty."""
    if value is None or (isinstance(value, int) and 0 <= value <= MOST_SAMPLES):
        return []
    return [Fault("samples_a_week", "not-a-count", str(value))]


def scope_faults(row: Mapping[str, Any]) -> list[Fault]:
    """Return what stands against this line of a scope."""
    faults = rules.text_faults("lab", str(row.get("lab") or ""), 40)
    for field in ("item", "method"):
        faults += rules.text_faults(field, str(row.get(field) or ""), 120)
    faults += rules.length_faults(row, "product", 120) + rules.length_faults(row, "limits", 200)
    return faults + day_faults(row)


def newest(lines: Iterable[Any]) -> list[Any]:
    """Return the newest line of each product, item and method; ``lines`` come newest first."""
    found: dict[tuple, Any] = {}
    for line in lines:
        found.setdefault((line.lab_id, line.product, line.item, line.method), line)
    return list(found.values())


def holds(line: Any, on: dt.date) -> bool:
    """Say whether a line of a scope holds on a day."""
    is_over = (line.valid_until is not None and line.valid_until < on) or (
        line.ended_on is not None and line.ended_on <= on
    )
    return line.valid_from <= on and not is_over
