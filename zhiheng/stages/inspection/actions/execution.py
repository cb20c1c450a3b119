"""Binds each step at a visit in public at once, and tells each inspector his own assignments alone."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from zhiheng import ledger, people
from zhiheng.ledger import Actor
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.proof import execution
from zhiheng.stages.draw import frames
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.draw.queries import ERASED
from zhiheng.stages.draw.words import spoken
from zhiheng.stages.registry import store

from .. import assignments, custody, rules
from ..models import Access, Deed, Visit
from ..refusals import REFUSALS, refuse
from . import visits


def _bind(actor: Actor, visit: Visit, kind: str, **fields: Any) -> Deed:
    """Put into the public ledger that something was done in a draw, without saying what, where or to whom."""
    draw = visit.selection.draw
    unit = frames.namer(draw.frame)(visit.selection.unit_code)
    said = {"draw": draw.serial, "unit": unit, "kind": kind, **fields}
    salt = secrets.token_hex(execution.SALT_BYTES)
    entry = ledger.record(
        by=actor,
        verb="draw.execution",
        subjects=[("draw", draw.serial)],
        detail={"commitment": execution.commitment(salt, said)},
        visibility="public",
        region=draw.region,
    )
    return Deed.objects.create(visit=visit, kind=kind, fields=said, salt=salt, entry=entry.pk)


@spoken(REFUSALS)
@transaction.atomic
def start_visit(*, by: Any, visit: Visit) -> Deed:
    """Note that the inspectors stand at the door; started twice is once."""
    visit = visits._locked(visit)
    actor = custody.recorder(by, visit)
    known = Deed.objects.filter(visit=visit, kind="started").first()
    if known is not None:
        return known
    if visit.state != rules.ASSIGNED:
        raise refuse("visit-not-open")
    at = timezone.localtime(clock.now()).isoformat(timespec="seconds")
    return _bind(actor, visit, "started", at=at)


@spoken(REFUSALS)
@transaction.atomic
def erase_step(*, by: Any, step: Deed, reason: str) -> None:
    """Destroy what a bound step says and its salt; the number in the ledger stays and tells nothing.

    The closing record then counts the step as erased. Once the draw is closed its steps are public.
    """
    draw = Draw.objects.get(pk=step.visit.draw_id)
    actor = people.require(by, P.DRAW_REVEAL, region=draw.region)
    draw = Draw.objects.select_for_update().get(pk=draw.pk)
    if reason not in rules.ERASING_REASONS:
        raise refuse("no-erasing-reason", reason=reason)
    if draw.is_closed:
        raise refuse("steps-public", draw=draw.serial)
    if not Deed.objects.filter(pk=step.pk).delete()[0]:
        raise refuse("step-erased")
    ledger.record(
        by=actor,
        verb=ERASED,
        subjects=[("draw", draw.serial)],
        detail={"entry": str(step.entry), "reason": reason},
        visibility="public",
        region=draw.region,
    )


@spoken(REFUSALS)
@transaction.atomic
def plan_visits(*, by: Any, draw: Draw, on: date, units: Sequence[str] = ()) -> int:
    """Plan the day of visits that are still to be made, all of a draw or those to some firms.

    An inspector sees an assignment from the day before its visit on, not earlier. Returns how many changed.
    """
    actor = people.require(by, P.DRAW_REVEAL, region=draw.region)
    draw = Draw.objects.select_for_update().get(pk=draw.pk)
    if on < clock.today():
        raise refuse("visit-day-past", day=on.isoformat(), field="on")
    rows = Visit.objects.filter(draw=draw, state=rules.ASSIGNED).exclude(planned_on=on)
    if units:
        rows = rows.filter(selection__unit_code__in=list(units)[: rules.MOST_PLANNED])
    planned = list(rows.values_list("pk", flat=True))
    if not planned:
        return 0
    store.update(Visit, ("planned_on",), ((pk, on) for pk in planned))
    ledger.record(
        by=actor,
        verb="visit.planned",
        subjects=[("draw", draw.serial)],
        detail={"visits": len(planned), "on": on.isoformat()},
        region=draw.region,
    )
    return len(planned)


@spoken(REFUSALS)
@transaction.atomic
def open_assignments(*, by: Any, draw: Draw) -> Access | None:
    """Note that an inspector opened his assignments of a draw; only the first time, and by his code alone."""
    actor = people.require(by, P.INSPECTION_RECORD, region=draw.region)
    held = assignments.codes(by, draw)
    if not held:
        return None
    code = min(held)
    made, is_new = Access.objects.get_or_create(
        draw=draw, inspector=code, defaults={"opened_at": clock.now()}
    )
    if is_new:
        ledger.record(
            by=actor,
            verb="draw.assignments_opened",
            subjects=[("draw", draw.serial)],
            detail={"inspector": code, "assignments": len(assignments.released(by, draw))},
            region=draw.region,
        )
    return made
