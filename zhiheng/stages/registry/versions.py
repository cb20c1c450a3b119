"""Keeps what the register said of subjects before it changes, and reads what it said at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from . import identity
from .models import Subject, SubjectVersion

FIELDS = (
    "name",
    "region",
    "division",
    "size",
    "channel",
    "output_value",
    "is_active",
    "risk_class",
    "credit_class",
)
MERGED = "merged_into"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Change:
    """One subject before a change, all fields, and the fields that changed."""

    subject: Subject
    before: Mapping[str, Any]
    now: Mapping[str, Any]


def told(subject: Subject) -> dict[str, Any]:
    """Return the fields of a subject as a version keeps them: texts and truth values, no floats."""
    return {name: plain(name, getattr(subject, name)) for name in FIELDS} | {MERGED: ""}


def plain(name: str, value: Any) -> Any:
    """Return one value as a version keeps it."""
    return f"{value:.2f}" if name == "output_value" else value


def value_of(name: str, value: Any) -> Any:
    """Return one kept value as the field of a subject holds it."""
    return Decimal(value) if name == "output_value" else value


def entered_on(subject: Subject) -> dt.date:
    """Return the day from which the register speaks of a subject."""
    return timezone.localdate(subject.recorded_at)


def changed_on(subject: Subject, names: Sequence[str]) -> dt.date:
    """Return the latest day from which a later word on any of these fields holds; the first day for none."""
    rows = SubjectVersion.objects.filter(subject=subject, is_first=False)
    days = (row.valid_from for row in rows if any(name in row.values for name in names))
    return max(days, default=dt.date.min)


def keep(changes: Sequence[Change], *, valid_from: dt.date, at: dt.datetime) -> None:
    """Write a version for each change, and first the one of the entry where none stands yet."""
    known: set[Any] = set()
    for start in range(0, len(changes), BATCH):
        wanted = [change.subject.pk for change in changes[start : start + BATCH]]
        found = SubjectVersion.objects.filter(subject__in=wanted, is_first=True)
        known.update(found.values_list("subject_id", flat=True))
    rows = []
    for change in changes:
        if change.subject.pk not in known:
            rows.append(_first(change.subject, change.before))
        rows.append(
            SubjectVersion(
                subject=change.subject, valid_from=valid_from, recorded_at=at, values=dict(change.now)
            )
        )
    SubjectVersion.objects.bulk_create(rows, batch_size=BATCH)


def _first(subject: Subject, before: Mapping[str, Any]) -> SubjectVersion:
    return SubjectVersion(
        subject=subject,
        is_first=True,
        valid_from=entered_on(subject),
        recorded_at=subject.recorded_at,
        values=dict(before),
    )


def of(subject: Subject, *, known_at: dt.datetime | None = None) -> list[SubjectVersion]:
    """Return what the register said of a subject, by day; of one that never changed, the row itself."""
    rows = SubjectVersion.objects.filter(subject=subject)
    held = list(rows if known_at is None else _until(rows, known_at))
    return held or [_first(subject, told(subject))]


def _until(rows: QuerySet[SubjectVersion], known_at: dt.datetime) -> QuerySet[SubjectVersion]:
    return rows.filter(recorded_at__lte=known_at)


def standing(versions: Sequence[SubjectVersion], day: dt.date) -> dict[str, Any]:
    """Return the fields that hold on a day."""
    return identity.folded((row.valid_from, row.values) for row in versions if row.valid_from <= day)
