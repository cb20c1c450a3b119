"""Writes the standing of a subject: its class from a day on, as a later stage decided it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from zhiheng import ledger
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P

from .. import rules, versions, words
from ..models import Standing, Subject


@transaction.atomic
def set_standing(
    *,
    by: Any,
    subject: Subject,
    kind: str,
    value: str,
    reason: str,
    valid_from: dt.date | None = None,
    source_entry: str = "",
) -> Standing:
    """Give a subject a class with its reason; the same source entry twice is once.

    History is kept whole; the subject shows the class with the latest day, so a late word about an
    earlier time does not change what holds now.
    """
    actor = scope.require(by, P.REGISTRY_EDIT, region=subject.region)
    day = valid_from or clock.today()
    words.refuse(rules.standing_faults(kind, value, reason, day, today=clock.today()))
    held = Subject.objects.select_for_update().get(pk=subject.pk)
    before = Standing.objects.filter(subject=held, kind=kind, source_entry=source_entry).first()
    if source_entry and before is not None:
        return before
    key = uuid7()
    entry = ledger.record(
        by=actor,
        verb="registry.standing_set",
        subjects=[("subject", str(held.id)), ("region", held.region)],
        detail={
            "code": held.code,
            "kind": kind,
            "was": getattr(held, kind),
            "now": value,
            "reason": ledger.bound(reason, Standing(id=key), "reason"),
            "valid_from": day.isoformat(),
            "because_of": source_entry,
        },
        region=held.region,
    )
    standing = Standing(
        id=key,
        subject=held,
        kind=kind,
        value=value,
        reason=reason,
        source_entry=source_entry or str(entry.id),
        valid_from=day,
        recorded_at=clock.now(),
    )
    standing.save(force_insert=True)
    latest = Standing.objects.filter(subject=held, kind=kind).first()
    _keep(held, standing, latest)
    setattr(held, kind, latest.value)
    held.save(update_fields=[kind])
    setattr(subject, kind, latest.value)
    return standing


def _keep(held: Subject, said: Standing, latest: Standing) -> None:
    """Keep the class among the versions; a day before the entry of the subject counts as that day."""
    entered = versions.entered_on(held)
    value = said.value if said.valid_from >= entered else latest.value
    change = versions.Change(held, versions.told(held), {said.kind: value})
    versions.keep([change], valid_from=max(said.valid_from, entered), at=said.recorded_at)
