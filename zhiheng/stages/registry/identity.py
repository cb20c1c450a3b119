"""The rules of identity and of dated things: what may be merged, split, ended, and on which days.

Like ``rules`` it never speaks to people: it returns faults by name; ``words`` turns a name into a sentence.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from . import rules
from .rules import Fault

SITE_KINDS = ("factory", "warehouse", "shop", "online", "office")
ROLE_KINDS = ("producer", "seller", "platform", "importer", "agent")
DECISIONS = ("same", "different", "later")
MOST_QUANTITY = Decimal(10) ** 13  # a column of 16 digits, three of them after the point


@dataclass(frozen=True, slots=True)
class Party:
    """A subject as the rules of merging see it."""

    code: str
    merged_into: str = ""
    holds: tuple[str, ...] = ()
    entered_on: dt.date = dt.date.min
    changed_on: dt.date = dt.date.min


def merge_faults(gone: Party, kept: Party, day: dt.date, reason: str, *, today: dt.date) -> list[Fault]:
    """Check a merge: two subjects, neither merged already, nothing merged into the one that goes.

    It holds no earlier than the last word on whether the one that goes stands for itself: a merge in the past
    of its own undoing would leave the register saying both. A merge is one step long, so that whoever follows
    an old code arrives at once, and no circle can be.
    """
    if gone.code == kept.code:
        return [Fault("into", "same-subject", kept.code)]
    if gone.merged_into:
        return [Fault("into", "merged-already", gone.code, (("into", gone.merged_into),))]
    if kept.merged_into:
        return [Fault("into", "survivor-merged", kept.code, (("into", kept.merged_into),))]
    if gone.holds:
        return [Fault("into", "holds-merged", gone.code, (("held", ", ".join(gone.holds)),))]
    if day < gone.changed_on:
        return [Fault("day", "before-last-word", day.isoformat(), (("since", gone.changed_on.isoformat()),))]
    return day_faults("day", day, today=today) + rules.text_faults("reason", reason, 400)


def split_faults(whole: Party, code: str, day: dt.date, reason: str, *, today: dt.date) -> list[Fault]:
    """Check a split: out of a subject that stands for itself, into a code of its own."""
    if whole.code == code:
        return [Fault("code", "split-into-itself", code)]
    if whole.merged_into:
        return [Fault("code", "merged-already", whole.code, (("into", whole.merged_into),))]
    return day_faults("day", day, today=today) + rules.text_faults("reason", reason, 400)


def undo_faults(gone: Party, reason: str) -> list[Fault]:
    """Check the undoing of a merge: there is one to undo, and a reason."""
    if not gone.merged_into:
        return [Fault("reason", "not-merged", gone.code)]
    return rules.text_faults("reason", reason, 400)


def day_faults(field: str, day: dt.date, *, today: dt.date, since: dt.date | None = None) -> list[Fault]:
    """Check that a day has come, and that it is not before a first day."""
    if day > today:
        return [Fault(field, "day-to-come", day.isoformat())]
    if since is not None and day < since:
        return [Fault(field, "before-entry", day.isoformat(), (("since", since.isoformat()),))]
    return []


def change_faults(day: dt.date, *, entered: dt.date, today: dt.date) -> list[Fault]:
    """Check the day from which a corrected field holds."""
    return day_faults("valid_from", day, today=today, since=entered)


def period_faults(row: Mapping[str, Any]) -> list[Fault]:
    """Check the days of a dated thing: a first day, and no last day before it."""
    first, last = row.get("valid_from"), row.get("valid_until")
    if first is None:
        return [Fault("valid_from", "required")]
    if last is not None and last < first:
        return [Fault("valid_until", "days-turned", last.isoformat(), (("first", first.isoformat()),))]
    return []


def site_faults(row: Mapping[str, Any]) -> list[Fault]:
    """Return what stands against this site entering the register."""
    faults = kind_faults(str(row.get("kind") or ""), SITE_KINDS)
    faults += rules.text_faults("address", str(row.get("address") or ""), 200)
    faults += _optional("name", row, 120)
    faults += rules.region_faults(str(row.get("region") or ""), levels=("city", "county"))
    return faults + period_faults(row)


def role_faults(row: Mapping[str, Any]) -> list[Fault]:
    """Return what stands against this role."""
    return kind_faults(str(row.get("kind") or ""), ROLE_KINDS) + period_faults(row)


def brand_faults(row: Mapping[str, Any]) -> list[Fault]:
    """Return what stands against this brand."""
    faults = rules.text_faults("name", str(row.get("name") or ""), 120)
    return faults + _optional("mark_no", row, 40) + period_faults(row)


def batch_faults(row: Mapping[str, Any]) -> list[Fault]:
    """Return what stands against this batch: a number, days in order, a quantity together with its unit."""
    faults = rules.text_faults("number", str(row.get("number") or ""), 60)
    made, expires = row.get("made_on"), row.get("expires_on")
    if made is not None and expires is not None and expires < made:
        facts = (("first", made.isoformat()),)
        faults.append(Fault("expires_on", "days-turned", expires.isoformat(), facts))
    faults += quantity_faults(row.get("quantity")) + _optional("unit", row, 16)
    if (row.get("quantity") is None) != (not row.get("unit")):
        faults.append(Fault("unit", "quantity-with-unit"))
    return faults


def quantity_faults(value: Any) -> list[Fault]:
    """Check that a quantity, where there is one, is above zero and fits its column."""
    if value is None or (isinstance(value, Decimal) and value.is_finite() and 0 < value < MOST_QUANTITY):
        return []
    return [Fault("quantity", "quantity", str(value))]


def kind_faults(value: str, allowed: tuple[str, ...], *, field: str = "kind") -> list[Fault]:
    """Check that a kind is one of the known ones."""
    if not value:
        return [Fault(field, "required")]
    if value in allowed:
        return []
    return [Fault(field, "not-a-choice", value, (("allowed", ", ".join(allowed)),))]


def end_faults(first: dt.date, ended: dt.date | None, day: dt.date, *, today: dt.date) -> list[Fault]:
    """Check the end of a dated thing: it has none yet, and the day is not before its first nor to come."""
    if ended is not None:
        return [Fault("valid_until", "ended-already", ended.isoformat())]
    if day < first:
        facts = (("first", first.isoformat()),)
        return [Fault("valid_until", "days-turned", day.isoformat(), facts)]
    return day_faults("valid_until", day, today=today)


def decision_faults(decision: str, reason: str, before: str) -> list[Fault]:
    """Check what a person says of two alike subjects; what is settled is not settled again."""
    if before in ("same", "different"):
        return [Fault("decision", "decided-already", before)]
    return kind_faults(decision, DECISIONS, field="decision") + rules.text_faults("reason", reason, 400)


def folded(versions: Iterable[tuple[dt.date, Mapping[str, Any]]]) -> dict[str, Any]:
    """Return the fields that versions leave standing, given oldest day first: the latest day holds.

    >>> folded([(dt.date(2026, 1, 1), {"name": "A", "size": "small"}), (dt.date(2026, 2, 1), {"name": "B"})])
    {'name': 'B', 'size': 'small'}
    """
    found: dict[str, Any] = {}
    for _day, values in versions:
        found.update(values)
    return found


def _optional(field: str, row: Mapping[str, Any], most: int) -> list[Fault]:
    value = str(row.get(field) or "")
    return rules.text_faults(field, value, most) if value else []
