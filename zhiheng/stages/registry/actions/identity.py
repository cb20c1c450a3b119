"""Merges two records of one subject, undoes a merge, splits one record into two; nothing is rewritten.

The record that goes is left where it is, out of business and pointing to its survivor: products, sites,
standings, visits and cases keep the record they were written for and are found through the link.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from zhiheng import ledger
from zhiheng.errors import Conflict
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P

from .. import identity, queries, rules, versions, words
from ..models import Subject, SubjectLink
from .subjects import register_subject


@transaction.atomic
def merge_subjects(
    *, by: Any, gone: Subject, kept: Subject, reason: str, day: dt.date | None = None
) -> SubjectLink:
    """Make one subject the survivor of two records; the other goes out of business and points to it."""
    scope.require(by, P.REGISTRY_EDIT, region=gone.region)
    actor = scope.require(by, P.REGISTRY_EDIT, region=kept.region)
    source, target = _locked(gone, kept)
    on = day or clock.today()
    faults = identity.merge_faults(
        queries.party(source), queries.party(target), on, reason, today=clock.today()
    )
    words.refuse(faults)
    key = uuid7()
    entry = ledger.record(
        by=actor,
        verb="registry.subject_merged",
        subjects=[("subject", str(target.pk)), ("subject", str(source.pk)), ("region", target.region)],
        detail={
            "gone": source.code,
            "kept": target.code,
            "reason": ledger.bound(reason, SubjectLink(id=key), "reason"),
            "day": on.isoformat(),
        },
        region=rules.common_region([source.region, target.region]),
    )
    was_active = source.is_active
    _set(source, {"is_active": False, versions.MERGED: target.code}, max(on, versions.entered_on(target)))
    source.is_active, source.merged_into = False, target
    source.save(update_fields=["is_active", "merged_into"])
    return _link(key, "merge", source, target, entry, on, reason, was_active=was_active)


@transaction.atomic
def undo_merge(*, by: Any, gone: Subject, reason: str) -> SubjectLink:
    """Let a merged subject stand for itself again, as it stood before, with the reason."""
    actor = scope.require(by, P.REGISTRY_EDIT, region=gone.region)
    held = Subject.objects.select_for_update(of=("self",)).select_related("merged_into").get(pk=gone.pk)
    words.refuse(identity.undo_faults(queries.party(held), reason))
    target = held.merged_into
    scope.require(by, P.REGISTRY_EDIT, region=target.region)
    merge = SubjectLink.objects.get(kind="merge", source=held, target=target, undone_by__isnull=True)
    key = uuid7()
    entry = ledger.record(
        by=actor,
        verb="registry.merge_undone",
        subjects=[("subject", str(held.pk)), ("subject", str(target.pk)), ("region", held.region)],
        detail={
            "gone": held.code,
            "kept": target.code,
            "reason": ledger.bound(reason, SubjectLink(id=key), "reason"),
            "because_of": merge.entry,
        },
        region=rules.common_region([held.region, target.region]),
    )
    _set(held, {"is_active": merge.was_active, versions.MERGED: ""}, clock.today())
    held.is_active, held.merged_into = merge.was_active, None
    held.save(update_fields=["is_active", "merged_into"])
    return _link(key, "undo", held, target, entry, clock.today(), reason, was_active=False, undoes=merge)


@transaction.atomic
def split_subject(
    *, by: Any, whole: Subject, row: Mapping[str, Any], reason: str, day: dt.date | None = None
) -> Subject:
    """Enter a part of a subject as a subject of its own; both keep the history that they shared."""
    actor = scope.require(by, P.REGISTRY_EDIT, region=whole.region)
    held = Subject.objects.select_for_update(of=("self",)).select_related("merged_into").get(pk=whole.pk)
    on = day or clock.today()
    code = str(row.get("code") or "")
    words.refuse(identity.split_faults(queries.party(held), code, on, reason, today=clock.today()))
    _refuse_taken(code)
    part = register_subject(by=by, row=row)
    key = uuid7()
    entry = ledger.record(
        by=actor,
        verb="registry.subject_split",
        subjects=[("subject", str(held.pk)), ("subject", str(part.pk)), ("region", held.region)],
        detail={
            "whole": held.code,
            "part": part.code,
            "reason": ledger.bound(reason, SubjectLink(id=key), "reason"),
            "day": on.isoformat(),
        },
        region=rules.common_region([held.region, part.region]),
    )
    _link(key, "split", held, part, entry, on, reason, was_active=held.is_active)
    return part


def _refuse_taken(code: str) -> None:
    if not Subject.objects.filter(code=code).exists():
        return
    fault = rules.Fault("code", "split-into-existing", code)
    raise Conflict(words.cause(fault), words.remedy(fault), code=fault.rule, field="code", faults=(fault,))


def _locked(*wanted: Subject) -> list[Subject]:
    """Lock the subjects in the order of their keys, and return them in the order asked for."""
    rows = Subject.objects.select_for_update(of=("self",)).select_related("merged_into")
    held = {row.pk: row for row in rows.filter(pk__in=[one.pk for one in wanted]).order_by("pk")}
    return [held[one.pk] for one in wanted]


def _set(subject: Subject, now: Mapping[str, Any], day: dt.date) -> None:
    """Keep the change among the versions; a day before the entry of the subject counts as that day."""
    change = versions.Change(subject, versions.told(subject), now)
    versions.keep([change], valid_from=max(day, versions.entered_on(subject)), at=clock.now())


def _link(
    key: Any,
    kind: str,
    source: Subject,
    target: Subject,
    entry: Any,
    day: dt.date,
    reason: str,
    *,
    was_active: bool,
    undoes: SubjectLink | None = None,
) -> SubjectLink:
    link = SubjectLink(
        id=key,
        kind=kind,
        source=source,
        target=target,
        day=day,
        reason=reason,
        entry=str(entry.id),
        was_active=was_active,
        undoes=undoes,
        recorded_at=clock.now(),
    )
    link.save(force_insert=True)
    return link
