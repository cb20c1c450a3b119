"""Keeps the papers of inspectors: certificates, leave, whom they must not check, and who is struck off."""

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
from ..models import Certificate, Inspector, Leave


@transaction.atomic
def register_certificate(*, by: Any, inspector: Inspector, row: Row) -> Certificate:
    """Put a certificate on record; of whom one is on record, nobody is drawn on a day that none covers."""
    actor = scope.require(by, P.REGISTRY_EDIT, region=inspector.region)
    words.refuse(persons.certificate_faults(row))
    held = _locked(inspector)
    if row["number"] in {one.number for one in _live(held)}:
        words.refuse([rules.Fault("number", "certificate-taken", row["number"])])
    made = Certificate(
        id=uuid7(),
        inspector=held,
        number=row["number"],
        issuer=row.get("issuer") or "",
        fields=list(row.get("fields") or ()),
        valid_from=row["valid_from"],
        valid_until=row.get("valid_until") or None,
        recorded_at=clock.now(),
    )
    made.save(force_insert=True)
    detail = {
        "number": made.number,
        "fields": made.fields,
        "valid_from": made.valid_from.isoformat(),
        "valid_until": made.valid_until.isoformat() if made.valid_until else None,
    }
    _record(actor, "registry.certificate_registered", held, detail)
    return made


@transaction.atomic
def strike_off(*, by: Any, inspector: Inspector, reason: str) -> Inspector:
    """Take an inspector off the list from today on: no draw takes this person, every certificate ends.

    What was drawn before stays as it was drawn; the page of the inspector names the visits still open.
    """
    actor = scope.require(by, P.REGISTRY_EDIT, region=inspector.region)
    words.refuse(rules.text_faults("reason", reason, 200))
    held, today = _locked(inspector), clock.today()
    if not held.is_active:
        words.refuse([rules.Fault("state", "struck-off-already")])
    ended = [one for one in _live(held) if (one.valid_from or today) <= today]
    ends = [_ended(one, today, reason) for one in ended]
    held.is_active = False
    held.save(update_fields=["is_active"])
    detail = {
        "reason": ledger.bound(reason),
        "from": today.isoformat(),
        "certificates": [one.number for one in ended],
        "end_reasons": [ledger.bound(one.end_reason, one, "end_reason") for one in ends],
    }
    _record(actor, "registry.inspector_struck_off", held, detail)
    return held


@transaction.atomic
def put_on_duty(*, by: Any, inspector: Inspector, reason: str) -> Inspector:
    """Let an inspector be drawn again; where certificates are on record, one must hold today."""
    actor = scope.require(by, P.REGISTRY_EDIT, region=inspector.region)
    words.refuse(rules.text_faults("reason", reason, 200))
    held, today = _locked(inspector), clock.today()
    if held.is_active:
        words.refuse([rules.Fault("state", "on-duty-already")])
    newest = _newest(held)
    if newest and not any(persons.holds(vars(one), today) for one in newest):
        words.refuse([rules.Fault("state", "no-certificate-holds")])
    held.is_active = True
    held.save(update_fields=["is_active"])
    _record(
        actor, "registry.inspector_on_duty", held, {"reason": ledger.bound(reason), "from": today.isoformat()}
    )
    return held


@transaction.atomic
def enter_leave(*, by: Any, inspector: Inspector, valid_from: dt.date, valid_until: dt.date) -> Leave:
    """Enter the days on which an inspector cannot be sent out; a cancelled leave of the same days revives."""
    actor = scope.require(by, P.REGISTRY_EDIT, region=inspector.region)
    row = {"valid_from": valid_from, "valid_until": valid_until}
    words.refuse(persons.leave_faults(row))
    held = _locked(inspector)
    made = Leave.objects.filter(inspector=held, **row).first()
    if made is not None and not made.is_cancelled:
        words.refuse([rules.Fault("valid_from", "leave-taken")])
    if made is None:
        made = Leave.objects.create(inspector=held, recorded_at=clock.now(), **row)
    else:
        made.is_cancelled = False
        made.save(update_fields=["is_cancelled"])
    _record(actor, "registry.leave_entered", held, _days(made))
    return made


@transaction.atomic
def cancel_leave(*, by: Any, leave: Leave) -> Leave:
    """Cancel a leave; the days stay on record."""
    actor = scope.require(by, P.REGISTRY_EDIT, region=leave.inspector.region)
    held = Leave.objects.select_for_update(of=("self",)).select_related("inspector").get(pk=leave.pk)
    if held.is_cancelled:
        words.refuse([rules.Fault("state", "leave-cancelled")])
    held.is_cancelled = True
    held.save(update_fields=["is_cancelled"])
    _record(actor, "registry.leave_cancelled", held.inspector, _days(held))
    return held


@transaction.atomic
def set_conflicts(*, by: Any, inspector: Inspector, codes: Sequence[str]) -> Inspector:
    """Say whom an inspector must not check; nothing is written when nothing differs."""
    actor = scope.require(by, P.REGISTRY_EDIT, region=inspector.region)
    wanted = list(dict.fromkeys(codes))
    words.refuse(
        [f for code in wanted for f in rules.code_faults(code, demo=settings.DEMO, field="conflicts")]
    )
    held = _locked(inspector)
    added = [code for code in wanted if code not in held.conflicts]
    removed = [code for code in held.conflicts if code not in wanted]
    if not added and not removed:
        return held
    held.conflicts = wanted
    held.save(update_fields=["conflicts"])
    _record(actor, "registry.conflicts_set", held, {"added": added, "removed": removed})
    return held


def import_leave(*, by: Any, rows: Sequence[Row], source: str) -> Outcome:
    """Enter leave from clean rows; days that stand already are left alone."""
    scope.require(by, P.REGISTRY_IMPORT)
    entering.check(rows, persons.leave_faults, _leave_key, "valid_from")
    with entering.once():
        codes = sorted({row["inspector"] for row in rows})
        held: dict[str, Inspector] = {}
        for start in range(0, len(codes), entering.BATCH):
            query = Inspector.objects.filter(code__in=codes[start : start + entering.BATCH])
            held.update((one.code, one) for one in query.select_for_update())
        for place, row in enumerate(rows, 1):
            if row["inspector"] not in held:
                words.refuse([rules.Fault("inspector", "inspector-unknown", row["inspector"])], row=place)
        actor = entering.require_everywhere(by, {one.region for one in held.values()})
        return _store_leave(actor, rows, held, source)


def _store_leave(actor: Any, rows: Sequence[Row], held: dict[str, Inspector], source: str) -> Outcome:
    known: dict[tuple, Leave] = {}
    inspectors = list(held.values())
    for start in range(0, len(inspectors), entering.BATCH):
        query = Leave.objects.filter(inspector__in=inspectors[start : start + entering.BATCH])
        for one in query.select_related("inspector"):
            known[one.inspector.code, one.valid_from, one.valid_until] = one
    new = [
        Leave(
            id=uuid7(),
            inspector=held[row["inspector"]],
            valid_from=row["valid_from"],
            valid_until=row["valid_until"],
            recorded_at=clock.now(),
        )
        for row in rows
        if _leave_key(row) not in known
    ]
    revived = [one for row in rows if (one := known.get(_leave_key(row))) and one.is_cancelled]
    same = len(rows) - len(new) - len(revived)
    touched = [*new, *revived]
    if not touched:
        return Outcome(0, 0, same)
    Leave.objects.bulk_create(new, batch_size=entering.BATCH)
    Leave.objects.filter(pk__in=[one.pk for one in revived]).update(is_cancelled=False)
    region = rules.common_region([one.inspector.region for one in touched])
    named = entering.linked("inspector", dict.fromkeys(one.inspector_id for one in touched))
    entry = ledger.record_rows(
        by=actor,
        verb="registry.leave_imported",
        subjects=[("region", region), *named],
        detail={
            "source": ledger.bound(source),
            "created": len(new),
            "updated": len(revived),
            "unchanged": same,
        },
        rows=entering.plain(rows),
        row_count=len(rows),
        region=region,
    )
    return Outcome(len(new), len(revived), same, entry)


def _leave_key(row: Row) -> tuple:
    return row["inspector"], row["valid_from"], row["valid_until"]


def _locked(inspector: Inspector) -> Inspector:
    return Inspector.objects.select_for_update().get(pk=inspector.pk)


def _newest(inspector: Inspector) -> list[Certificate]:
    """Return the newest row of each certificate number."""
    newest: dict[str, Certificate] = {}
    for row in Certificate.objects.filter(inspector=inspector).order_by("recorded_at", "id"):
        newest[row.number] = row
    return list(newest.values())


def _live(inspector: Inspector) -> list[Certificate]:
    return [one for one in _newest(inspector) if one.ended_on is None]


def _ended(one: Certificate, day: dt.date, reason: str) -> Certificate:
    """Write the row that ends a certificate."""
    made = Certificate(
        id=uuid7(),
        inspector=one.inspector,
        number=one.number,
        issuer=one.issuer,
        fields=one.fields,
        valid_from=one.valid_from,
        valid_until=one.valid_until,
        ended_on=day,
        end_reason=reason,
        recorded_at=clock.now(),
    )
    made.save(force_insert=True)
    return made


def _days(leave: Leave) -> dict[str, str]:
    return {"valid_from": leave.valid_from.isoformat(), "valid_until": leave.valid_until.isoformat()}


def _record(actor: Any, verb: str, inspector: Inspector, detail: dict[str, Any]) -> None:
    ledger.record(
        by=actor,
        verb=verb,
        subjects=[("inspector", str(inspector.pk)), ("region", inspector.region)],
        detail={"code": inspector.code, **detail},
        region=inspector.region,
    )
