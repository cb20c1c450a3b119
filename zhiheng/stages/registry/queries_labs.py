"""Reads laboratories, the lines of their scopes, and who may test an item by a method on a day."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from zhiheng.people import clock

from . import rules_labs
from .models import Lab, LabScope, LabVersion
from .queries import _one as one
from .queries import labs

MOST = 200


def lab(person: Any, code: str) -> Lab:
    """Return one laboratory by its code."""
    return one(labs(person).filter(code=code))


def history(found: Lab) -> list[tuple[LabVersion, list[tuple[str, Any, Any]]]]:
    """Return each version of a laboratory, the newest first, with what it changed: field, before, after."""
    told = []
    for row, earlier in pairwise([*LabVersion.objects.filter(lab=found), None]):
        before = earlier.values if earlier else row.values
        fields = [name for name in rules_labs.FIELDS if before.get(name) != row.values.get(name)]
        told.append((row, [(name, before.get(name), row.values.get(name)) for name in fields]))
    return told


def lines(rows: QuerySet[LabScope]) -> QuerySet[LabScope]:
    """Keep the newest line of each laboratory, product, item and method; ``shown`` is its state today."""
    same = {name: OuterRef(name) for name in ("lab", "product", "item", "method")}
    later = LabScope.objects.filter(**same).filter(
        Q(recorded_at__gt=OuterRef("recorded_at"))
        | Q(recorded_at=OuterRef("recorded_at"), id__gt=OuterRef("id"))
    )
    today = clock.today()
    shown = Case(
        When(ended_on__lte=today, then=Value("ended")),
        When(valid_until__lt=today, then=Value("expired")),
        When(valid_from__gt=today, then=Value("to_come")),
        default=Value("valid"),
        output_field=CharField(),
    )
    return rows.exclude(Exists(later)).annotate(shown=shown)


def scope_of(found: Lab) -> QuerySet[LabScope]:
    """Return the lines of a laboratory's scope."""
    return lines(LabScope.objects.filter(lab=found))


def line(person: Any, pk: Any) -> LabScope:
    """Return one line of a scope that still stands."""
    return one(lines(LabScope.objects.filter(lab__in=labs(person))).select_related("lab").filter(pk=pk))


@dataclass(frozen=True)
class Able:
    """One line of a scope that names what was asked, and whether its laboratory may test it on the day."""

    line: LabScope
    verdict: str


def who_may_test(person: Any, *, item: str, method: str, on: dt.date) -> list[Able]:
    """Return who is recognised for an item (and a method) on a day, those who may first.

    Item and method are searched as parts of the words of the scope, since laboratories write them in full.
    """
    rows = LabScope.objects.filter(lab__in=labs(person), item__icontains=item)
    if method:
        rows = rows.filter(method__icontains=method)
    found = lines(rows).select_related("lab").order_by("lab__region", "lab__code", "item", "method")
    able = [Able(one_line, _verdict(one_line, on)) for one_line in found[:MOST]]
    return sorted(able, key=lambda row: row.verdict != "may")


def _verdict(found: LabScope, on: dt.date) -> str:
    if not rules_labs.holds(found, on):
        return "not_on_day"
    if not found.lab.is_active:
        return "inactive"
    return approval(found.lab, on) or "may"


def approval(found: Lab, on: dt.date) -> str:
    """Return what is amiss with the approval of a laboratory on a day; nothing when it holds."""
    if not found.approval_no:
        return "approval_unknown"
    if found.approval_until is not None and found.approval_until < on:
        return "approval_over"
    return ""
