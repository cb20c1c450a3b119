"""Enters and changes laboratories and the lines of their scopes, and takes a line back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from zhiheng import ledger
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P

from .. import entering, rules, rules_labs, words
from .. import rules_people as persons
from ..entering import Outcome, Row
from ..models import Lab, LabScope, LabVersion

SCOPE_FIELDS = ("limits", "valid_from", "valid_until")


@transaction.atomic
def register_lab(*, by: Any, row: Row) -> Lab:
    """Enter one laboratory; a code that is in the register already is refused."""
    scope.require(by, P.REGISTRY_EDIT)
    words.refuse(rules_labs.lab_faults(row, demo=settings.DEMO))
    actor = scope.require(by, P.REGISTRY_EDIT, region=row["region"])
    if Lab.objects.filter(code=row["code"]).exists():
        words.refuse([rules.Fault("lab", "lab-taken", row["code"])])
    made = _new_lab(row)
    made.save(force_insert=True)
    ledger.record(
        by=actor,
        verb="registry.lab_registered",
        subjects=[("lab", made.code), ("region", made.region)],
        detail={"code": made.code, **_told(made)},
        region=made.region,
    )
    return made


@transaction.atomic
def edit_lab(*, by: Any, lab: Lab, row: Row, reason: str) -> Lab:
    """Change what the register says of a laboratory, with the reason; what it said before is kept."""
    scope.require(by, P.REGISTRY_EDIT)
    words.refuse(rules_labs.edit_faults({**row, "code": lab.code}, reason, demo=settings.DEMO))
    held = Lab.objects.select_for_update().get(pk=lab.pk)
    scope.require(by, P.REGISTRY_EDIT, region=row["region"])
    actor = scope.require(by, P.REGISTRY_EDIT, region=held.region)
    before = _told(held)
    for name in rules_labs.FIELDS:
        if name in row:
            setattr(held, name, "" if row[name] is None and name not in rules_labs.UNKNOWN else row[name])
    now = _told(held)
    if now == before:
        return held
    held.save(update_fields=rules_labs.FIELDS)
    version = _keep([(held, before)], reason.strip())[-1]
    changed = {name: [before[name], now[name]] for name in rules_labs.FIELDS if before[name] != now[name]}
    ledger.record(
        by=actor,
        verb="registry.lab_changed",
        subjects=[("lab", held.code), ("region", held.region)],
        detail={"changed": changed, "reason": ledger.bound(reason.strip(), version, "reason")},
        region=held.region,
    )
    return held


@transaction.atomic
def enter_scope(*, by: Any, lab: Lab, row: Row) -> LabScope:
    """Enter one line of a scope; where the same item and method stand already it is a newer row."""
    actor = scope.require(by, P.REGISTRY_EDIT, region=lab.region)
    row = {**row, "lab": lab.code}
    words.refuse(rules_labs.scope_faults(row))
    lab = Lab.objects.select_for_update().get(pk=lab.pk)
    made, known = _new_line(row, lab), _lines([lab]).get(_key(row))
    if known is not None and _is_same(known, made):
        return known
    made.save(force_insert=True)
    ledger.record(
        by=actor,
        verb="registry.scope_entered",
        subjects=[("lab", lab.code), ("region", lab.region)],
        detail={
            "product": made.product,
            "item": made.item,
            "method": made.method,
            "valid_from": made.valid_from.isoformat(),
            "valid_until": made.valid_until.isoformat() if made.valid_until else None,
            "replaces": str(known.pk) if known else "",
        },
        region=lab.region,
    )
    return made


def import_labs(*, by: Any, rows: Sequence[Row], source: str) -> Outcome:
    """Enter or correct laboratories from clean rows."""
    scope.require(by, P.REGISTRY_IMPORT)
    entering.check(
        rows, lambda row: rules_labs.lab_faults(row, demo=settings.DEMO), lambda row: row["code"], "lab"
    )
    with entering.once():
        held = {one.code: one for one in _labs([row["code"] for row in rows])}
        places = {row["region"] for row in rows} | {one.region for one in held.values()}
        actor = entering.require_everywhere(by, places)
        new, changed, before, same = [], [], [], 0
        for row in rows:
            known = held.get(row["code"])
            if known is None:
                new.append(_new_lab(row))
                continue
            told = {name: row[name] for name in rules_labs.FIELDS if name in row}
            if all(getattr(known, name) == value for name, value in told.items()):
                same += 1
                continue
            before.append((known, _told(known)))
            for name, value in told.items():
                setattr(known, name, value)
            changed.append(known)
        if not (new or changed):
            return Outcome(0, 0, same)
        Lab.objects.bulk_create(new, batch_size=entering.BATCH)
        Lab.objects.bulk_update(changed, rules_labs.FIELDS, batch_size=entering.BATCH // 5)
        _keep(before, source)
        counts = {"created": len(new), "updated": len(changed), "unchanged": same}
        entry = _record_rows(actor, "registry.labs_imported", [*new, *changed], rows, counts, source)
    return Outcome(len(new), len(changed), same, entry)


def import_scopes(*, by: Any, rows: Sequence[Row], source: str) -> Outcome:
    """Enter lines of scopes from clean rows; a line that differs from the one that stands is a newer row."""
    scope.require(by, P.REGISTRY_IMPORT)
    entering.check(rows, rules_labs.scope_faults, _key, "item")
    with entering.once():
        labs = {one.code: one for one in _labs(sorted({row["lab"] for row in rows}))}
        for place, row in enumerate(rows, 1):
            if row["lab"] not in labs:
                words.refuse([rules.Fault("lab", "lab-unknown", row["lab"])], row=place)
        actor = entering.require_everywhere(by, {one.region for one in labs.values()})
        held = _lines(list(labs.values()))
        new, changed, same = [], [], 0
        for row in rows:
            made, known = _new_line(row, labs[row["lab"]]), held.get(_key(row))
            if known is None:
                new.append(made)
            elif _is_same(known, made):
                same += 1
            else:
                changed.append(made)
        if not (new or changed):
            return Outcome(0, 0, same)
        LabScope.objects.bulk_create([*new, *changed], batch_size=entering.BATCH)
        counts = {"created": len(new), "updated": len(changed), "unchanged": same}
        touched = {line.lab for line in (*new, *changed)}
        entry = _record_rows(actor, "registry.scopes_imported", list(touched), rows, counts, source)
    return Outcome(len(new), len(changed), same, entry)


@transaction.atomic
def end_scope(*, by: Any, line: LabScope, ended_on: dt.date, reason: str) -> LabScope:
    """Take a line of a scope back from a day on, by a newer row with the reason."""
    actor = scope.require(by, P.REGISTRY_EDIT, region=line.lab.region)
    Lab.objects.select_for_update().get(pk=line.lab_id)
    held = _lines([line.lab])[line.lab.code, line.product, line.item, line.method]
    words.refuse(
        persons.end_faults(
            ended_on, reason, valid_from=held.valid_from, ended_before=held.ended_on, today=clock.today()
        )
    )
    told = {name: getattr(held, name) for name in ("lab", "product", "item", "method", *SCOPE_FIELDS)}
    made = LabScope(id=uuid7(), ended_on=ended_on, end_reason=reason, recorded_at=clock.now(), **told)
    made.save(force_insert=True)
    ledger.record(
        by=actor,
        verb="registry.scope_ended",
        subjects=[("lab", line.lab.code), ("region", line.lab.region)],
        detail={
            "product": made.product,
            "item": made.item,
            "method": made.method,
            "ended_on": ended_on.isoformat(),
            "reason": ledger.bound(reason, made, "end_reason"),
        },
        region=line.lab.region,
    )
    return made


def _is_same(known: LabScope, made: LabScope) -> bool:
    return known.ended_on is None and all(
        getattr(known, name) == getattr(made, name) for name in SCOPE_FIELDS
    )


def _keep(changes: Sequence[tuple[Lab, Mapping[str, Any]]], reason: str) -> list[LabVersion]:
    """Keep what each laboratory is said to be now, and first what was said of it as it entered."""
    known: set[Any] = set()
    for start in range(0, len(changes), entering.BATCH):
        wanted = [lab.pk for lab, _before in changes[start : start + entering.BATCH]]
        known.update(LabVersion.objects.filter(lab__in=wanted).values_list("lab_id", flat=True))
    rows = []
    for lab, before in changes:
        if lab.pk not in known:
            rows.append(LabVersion(lab=lab, values=dict(before), recorded_at=lab.recorded_at))
        rows.append(LabVersion(lab=lab, values=_told(lab), reason=reason[:400], recorded_at=clock.now()))
    return LabVersion.objects.bulk_create(rows, batch_size=entering.BATCH)


def _labs(codes: Sequence[str]) -> list[Lab]:
    found: list[Lab] = []
    for start in range(0, len(codes), entering.BATCH):
        found += Lab.objects.select_for_update().filter(code__in=codes[start : start + entering.BATCH])
    return found


def _lines(labs: Sequence[Lab]) -> dict[tuple, LabScope]:
    """Return the newest line of each laboratory, product, item and method."""
    found: dict[tuple, LabScope] = {}
    for start in range(0, len(labs), entering.BATCH):
        rows = LabScope.objects.filter(lab__in=labs[start : start + entering.BATCH]).select_related("lab")
        for line in rows.order_by("recorded_at", "id"):
            found[line.lab.code, line.product, line.item, line.method] = line
    return found


def _key(row: Row) -> tuple:
    return row["lab"], row.get("product") or "", row["item"], row["method"]


def _new_lab(row: Row) -> Lab:
    told = {name: row[name] for name in rules_labs.FIELDS if row.get(name) is not None}
    return Lab(id=uuid7(), code=row["code"], recorded_at=clock.now(), **told)


def _new_line(row: Row, lab: Lab) -> LabScope:
    return LabScope(
        id=uuid7(),
        lab=lab,
        product=row.get("product") or "",
        item=row["item"],
        method=row["method"],
        limits=row.get("limits") or "",
        valid_from=row["valid_from"],
        valid_until=row.get("valid_until") or None,
        recorded_at=clock.now(),
    )


def _told(lab: Lab) -> dict[str, Any]:
    told = {name: getattr(lab, name) for name in rules_labs.FIELDS}
    return told | {"approval_until": lab.approval_until.isoformat() if lab.approval_until else None}


def _record_rows(
    actor: Any, verb: str, labs: Sequence[Lab], rows: Sequence[Row], counts: dict[str, int], source: str
) -> Any:
    region = rules.common_region([lab.region for lab in labs])
    return ledger.record_rows(
        by=actor,
        verb=verb,
        subjects=[
            ("region", region),
            *entering.linked("lab", sorted(lab.code for lab in labs)),
        ],
        detail={"source": ledger.bound(source), **counts},
        rows=entering.plain(rows),
        row_count=len(rows),
        region=region,
    )
