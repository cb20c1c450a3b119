"""Enters one subject into the register, or corrects one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from zhiheng import ledger
from zhiheng.errors import Conflict
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P

from .. import rules, words
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
def update_subject(*, by: Any, subject: Subject, changes: Mapping[str, Any]) -> Subject:
    """Correct a subject; nothing is written when nothing differs. The code itself never changes."""
    scope.require(by, P.REGISTRY_EDIT, region=subject.region)
    held = Subject.objects.select_for_update().get(pk=subject.pk)
    was = {"code": held.code, "risk_class": held.risk_class} | {
        field: getattr(held, field) for field in FIELDS
    }
    row = was | {field: changes[field] for field in FIELDS if field in changes}
    words.refuse(rules.subject_faults(row, demo=settings.DEMO))
    actor = scope.require(by, P.REGISTRY_EDIT, region=held.region)
    scope.require(by, P.REGISTRY_EDIT, region=row["region"])
    before = _told(held)
    for field in FIELDS:
        setattr(held, field, row[field])
    after = _told(held)
    changed = {field: [before[field], after[field]] for field in FIELDS if before[field] != after[field]}
    if not changed:
        return held
    held.save(update_fields=FIELDS)
    ledger.record(
        by=actor,
        verb="registry.subject_updated",
        subjects=[("subject", str(held.id)), ("region", held.region)],
        detail={"code": held.code, "changes": changed},
        region=held.region,
    )
    return held


def _told(subject: Subject) -> dict[str, Any]:
    """The fields as a ledger entry says them: texts and truth values, no floats."""
    told = {field: getattr(subject, field) for field in FIELDS}
    return told | {"output_value": f"{subject.output_value:.2f}"}
