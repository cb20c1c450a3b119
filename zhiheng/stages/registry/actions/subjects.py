"""Enters one subject into the register, or corrects one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from zhiheng import ledger
from zhiheng.errors import Conflict
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P

from .. import identity, rules, versions, words
from ..models import Subject

FIELDS = ("name", "region", "division", "size", "channel", "output_value", "is_active")


def register_subject(*, by: Any, row: Mapping[str, Any]) -> Subject:
    """Enter one subject; a code that is in the register already is refused."""
    scope.require(by, P.REGISTRY_EDIT)
    words.refuse(rules.subject_faults(row, demo=settings.DEMO))
    actor = scope.require(by, P.REGISTRY_EDIT, region=row["region"])
    subject = Subject(
        code=row["code"],
        risk_class=row.get("risk_class") or rules.DEFAULT_RISK_CLASS,
        recorded_at=clock.now(),
        **{field: row[field] for field in FIELDS if field in row},
    )
    try:
        with transaction.atomic():
            subject.save(force_insert=True)
            ledger.record(
                by=actor,
                verb="registry.subject_registered",
                subjects=[("subject", str(subject.id)), ("region", subject.region)],
                detail={"code": subject.code, **_told(subject)},
                region=subject.region,
            )
    except IntegrityError:
        fault = rules.Fault("code", "taken", subject.code)
        raise Conflict(
            words.cause(fault), words.remedy(fault), code="taken", field="code", faults=(fault,)
        ) from None
    return subject


@transaction.atomic
def update_subject(
    *, by: Any, subject: Subject, changes: Mapping[str, Any], valid_from: dt.date | None = None
) -> Subject:
    """Correct a subject from a day on; nothing is written when nothing differs. The code never changes.

    What was said before is kept. A field shows what holds latest, so a late word about an earlier time does
    not change what holds now.
    """
    scope.require(by, P.REGISTRY_EDIT, region=subject.region)
    held = Subject.objects.select_for_update(of=("self",)).select_related("merged_into").get(pk=subject.pk)
    today = clock.today()
    day = valid_from or today
    entered = versions.entered_on(held)
    words.refuse(identity.change_faults(day, entered=entered, today=today))
    said = versions.of(held)
    before = versions.told(held) if day == today else versions.standing(said, day)
    was = {field: versions.value_of(field, before[field]) for field in (*FIELDS, "risk_class")}
    row = was | {field: changes[field] for field in FIELDS if field in changes}
    words.refuse(rules.subject_faults({"code": held.code} | row, demo=settings.DEMO))
    words.refuse(_revived(held, row))
    actor = scope.require(by, P.REGISTRY_EDIT, region=held.region)
    scope.require(by, P.REGISTRY_EDIT, region=row["region"])
    after = {field: versions.plain(field, row[field]) for field in FIELDS}
    changed = {field: [before[field], after[field]] for field in FIELDS if before[field] != after[field]}
    if not changed:
        return held
    _store(held, {field: after[field] for field in changed}, day)
    ledger.record(
        by=actor,
        verb="registry.subject_updated",
        subjects=[("subject", str(held.id)), ("region", held.region)],
        detail={"code": held.code, "changes": changed, "valid_from": day.isoformat()},
        region=held.region,
    )
    return held


def _revived(held: Subject, row: Mapping[str, Any]) -> list[rules.Fault]:
    """A merged subject stays out of business, else a frame would hold it beside the one that it became."""
    if held.merged_into is None or not row["is_active"]:
        return []
    return [rules.Fault("is_active", "merged-stays-out", held.code, (("into", held.merged_into.code),))]


def _store(held: Subject, now: Mapping[str, Any], day: dt.date) -> None:
    """Keep the version, and let the row show what holds today by all that was said."""
    versions.keep([versions.Change(held, versions.told(held), now)], valid_from=day, at=clock.now())
    standing = versions.standing(versions.of(held), clock.today())
    for field in now:
        setattr(held, field, versions.value_of(field, standing[field]))
    held.save(update_fields=list(now))


def _told(subject: Subject) -> dict[str, Any]:
    """The fields as a ledger entry says them: texts and truth values, no floats."""
    return {field: versions.plain(field, getattr(subject, field)) for field in FIELDS}
