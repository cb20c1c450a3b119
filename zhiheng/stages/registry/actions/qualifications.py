"""Registers what persons are qualified for, and ends it; the name of a person never enters the ledger."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from zhiheng import ledger
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P

from .. import entering, rules, words
from .. import rules_people as persons
from ..entering import Outcome, Row
from ..models import Inspector, Qualification, Subject

FIELDS = ("issuer", "valid_from", "valid_until", "duties")
PERSONAL = ("person", "number")  # left out of the rows that the ledger binds


@transaction.atomic
def register_qualification(*, by: Any, row: Row, inspector: Inspector | None = None) -> Qualification:
    """Enter a qualification of a subject's person (``row`` names the subject), or of an inspector."""
    scope.require(by, P.REGISTRY_EDIT)
    if inspector is not None:
        words.refuse(persons.about_faults(row))
        subject, region = None, inspector.region
    else:
        words.refuse(persons.qualification_faults(row, demo=settings.DEMO))
        subject = Subject.objects.filter(code=row["subject"]).first()
        if subject is None:
            words.refuse([rules.Fault("subject", "code-unknown", row["subject"])])
        region = subject.region
    actor = scope.require(by, P.REGISTRY_EDIT, region=region)
    _lock([subject or inspector])
    made = _new(row, subject, inspector)
    if _twin(made) is not None:
        words.refuse([rules.Fault("title", "qualification-stands", made.title)])
    made.save(force_insert=True)
    _record(actor, "registry.qualification_registered", made, region)
    return made


@transaction.atomic
def end_qualification(
    *, by: Any, qualification: Qualification, ended_on: dt.date, reason: str
) -> Qualification:
    """End a qualification or an appointment from a day on, by a newer row with the reason."""
    region = _region(qualification)
    actor = scope.require(by, P.REGISTRY_EDIT, region=region)
    held = _latest(qualification)
    words.refuse(
        persons.end_faults(
            ended_on,
            reason,
            valid_from=held.valid_from,
            ended_before=held.ended_on,
            today=clock.today(),
        )
    )
    made = Qualification(
        id=uuid7(),
        replaces=held,
        ended_on=ended_on,
        end_reason=reason,
        recorded_at=clock.now(),
        **{
            name: getattr(held, name)
            for name in ("subject", "inspector", "person", "kind", "title", "number", *FIELDS)
        },
    )
    made.save(force_insert=True)
    _record(actor, "registry.qualification_ended", made, region)
    return made


def import_qualifications(*, by: Any, rows: Sequence[Row], source: str) -> Outcome:
    """Enter qualifications of subjects' persons from clean rows; one that differs gets a newer row."""
    scope.require(by, P.REGISTRY_IMPORT)
    entering.check(rows, lambda row: persons.qualification_faults(row, demo=settings.DEMO), _key, "person")
    with entering.once():
        codes = sorted({row["subject"] for row in rows})
        subjects: dict[str, Subject] = {}
        for start in range(0, len(codes), entering.BATCH):
            query = Subject.objects.filter(code__in=codes[start : start + entering.BATCH])
            subjects.update((one.code, one) for one in query)
        for place, row in enumerate(rows, 1):
            if row["subject"] not in subjects:
                words.refuse([rules.Fault("subject", "code-unknown", row["subject"])], row=place)
        actor = entering.require_everywhere(by, {one.region for one in subjects.values()})
        return _store(actor, rows, subjects, source)


def _store(actor: Any, rows: Sequence[Row], subjects: dict[str, Subject], source: str) -> Outcome:
    _lock(list(subjects.values()))
    held = _held(list(subjects.values()))
    new, changed, same = [], [], 0
    for row in rows:
        made, known = _new(row, subjects[row["subject"]], None), held.get(_key(row))
        if known is None:
            new.append(made)
        elif all(getattr(known, name) == getattr(made, name) for name in FIELDS):
            same += 1
        else:
            made.replaces = known
            changed.append(made)
    touched = [*new, *changed]
    if not touched:
        return Outcome(0, 0, same)
    Qualification.objects.bulk_create(touched, batch_size=entering.BATCH)
    region = rules.common_region([one.subject.region for one in touched])
    told = [{name: value for name, value in row.items() if name not in PERSONAL} for row in rows]
    entry = ledger.record_rows(
        by=actor,
        verb="registry.qualifications_imported",
        subjects=[
            ("region", region),
            *entering.linked("subject", dict.fromkeys(o.subject_id for o in touched)),
        ],
        detail={
            "source": ledger.bound(source),
            "created": len(new),
            "updated": len(changed),
            "unchanged": same,
        },
        rows=entering.plain(told),
        row_count=len(told),
        region=region,
    )
    return Outcome(len(new), len(changed), same, entry)


def _held(subjects: Sequence[Subject]) -> dict[tuple, Qualification]:
    found: dict[tuple, Qualification] = {}
    for start in range(0, len(subjects), entering.BATCH):
        query = Qualification.objects.select_for_update(of=("self",)).filter(
            subject__in=subjects[start : start + entering.BATCH],
            replaced_by__isnull=True,
            ended_on__isnull=True,
        )
        for one in query.select_related("subject"):
            found[one.subject.code, one.person, one.kind, one.title, one.number] = one
    return found


def _lock(owners: Sequence[Subject] | Sequence[Inspector]) -> None:
    """Let those who enter a qualification of the same subject or inspector wait for each other.

    A row that stands is not found by who looks before the other has stored it, so the owner is locked first.
    """
    model, keys = type(owners[0]), sorted(one.pk for one in owners)
    for start in range(0, len(keys), entering.BATCH):
        some = model.objects.filter(pk__in=keys[start : start + entering.BATCH])
        list(some.select_for_update().order_by("pk").values_list("pk", flat=True))


def _key(row: Row) -> tuple:
    return (row["subject"], row["person"], row["kind"], row["title"], row.get("number") or "")


def _new(row: Row, subject: Subject | None, inspector: Inspector | None) -> Qualification:
    return Qualification(
        id=uuid7(),
        subject=subject,
        inspector=inspector,
        person=row["person"],
        kind=row["kind"],
        title=row["title"],
        number=row.get("number") or "",
        issuer=row.get("issuer") or "",
        duties=row.get("duties") or "",
        valid_from=row["valid_from"],
        valid_until=row.get("valid_until") or None,
        recorded_at=clock.now(),
    )


def _twin(made: Qualification) -> Qualification | None:
    return Qualification.objects.filter(
        subject=made.subject,
        inspector=made.inspector,
        person=made.person,
        kind=made.kind,
        title=made.title,
        number=made.number,
        replaced_by__isnull=True,
        ended_on__isnull=True,
    ).first()


def _latest(qualification: Qualification) -> Qualification:
    rows = Qualification.objects.select_for_update(of=("self",)).select_related("subject", "inspector")
    held = rows.get(pk=qualification.pk)
    while (newer := rows.filter(replaces=held).first()) is not None:
        held = newer
    return held


def _region(qualification: Qualification) -> str:
    owner = qualification.subject or qualification.inspector
    return owner.region


def _record(actor: Any, verb: str, made: Qualification, region: str) -> None:
    owner = ("subject", made.subject_id) if made.subject_id else ("inspector", made.inspector_id)
    ledger.record(
        by=actor,
        verb=verb,
        subjects=[("qualification", str(made.pk)), (owner[0], str(owner[1]))],
        detail={
            "kind": made.kind,
            "title": made.title,
            "holder": ledger.bound(made.person, made, "person"),
            "replaces": str(made.replaces_id or ""),
            "valid_from": made.valid_from.isoformat(),
            "valid_until": made.valid_until.isoformat() if made.valid_until else None,
            "ended_on": made.ended_on.isoformat() if made.ended_on else None,
            "reason": ledger.bound(made.end_reason, made, "end_reason"),
        },
        region=region,
    )
