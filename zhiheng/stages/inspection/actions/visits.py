"""Opens the visits of a draw, records what became of each, seals samples and hands them to laboratories."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.stages.draw import bundles, frames
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.draw.queries import to_visit
from zhiheng.stages.draw.rules import CLOSED, PROCEDURE
from zhiheng.stages.draw.words import spoken
from zhiheng.stages.registry import store

from .. import custody, rules
from ..models import Sample, Visit
from ..refusals import REFUSALS, refuse


@spoken(REFUSALS)
@transaction.atomic
def open_visits(*, by: Any, draw: Draw) -> int:
    """Open a visit for every drawn unit of a revealed draw and every reserve that stepped in; once each.

    Region and division are those of the frozen frame, so that a firm that moves stays in its cell.
    """
    actor = people.require(by, P.DRAW_REVEAL, region=draw.region)
    draw = Draw.objects.select_for_update().select_related("frame").get(pk=draw.pk)
    if not draw.is_revealed:
        raise refuse("draw-not-revealed", draw=draw.serial)
    new = list(_missing(draw))
    if not new:
        return 0
    store.insert(Visit, new)
    ledger.record(
        by=actor,
        verb="visit.opened",
        subjects=[("draw", draw.serial)],
        detail={"visits": len(new)},
        visibility="public",
        region=draw.region,
    )
    return len(new)


def _missing(draw: Draw) -> Iterator[Visit]:
    waiting = list(to_visit(draw).filter(visit__isnull=True))
    if not waiting:
        return
    codes = {chosen.unit_code for chosen in waiting}
    rows = {row.id: row for row in frames.rows(frames.data(draw.frame)) if row.id in codes}
    for chosen in waiting:
        row = rows[chosen.unit_code]
        yield Visit(
            selection=chosen,
            draw=draw,
            region=row.region,
            division=row.division,
            period=draw.period,
            opened_at=clock.now(),
        )


@spoken(REFUSALS)
@transaction.atomic
def record_visit(
    *,
    by: Any,
    visit: Visit,
    outcome: str,
    visited_on: date,
    product_name: str = "",
    seal_no: str = "",
    lab: str = "",
    note: str = "",
) -> Visit:
    """Record what became of a visit; handed in twice it is recorded once."""
    visit = _locked(visit)
    actor = custody.recorder(by, visit)
    found = rules.Finding(
        outcome, visited_on, product_name.strip(), seal_no.strip(), lab.strip(), note.strip()
    )
    if not rules.is_new(visit.state, _recorded(visit), _wanted(found)):
        return visit
    rules.check_pair(custody.assigned_codes(visit))
    drawn_on = timezone.localdate(visit.selection.draw.revealed_at)
    rules.check_visit_day(visited_on, drawn_on=drawn_on, today=clock.today())
    visit.outcome, visit.visited_on, visit.note = found.outcome, found.visited_on, found.note[:400]
    visit.state, visit.recorded_at = found.state, clock.now()
    visit.save()
    if found.outcome == "sampled":
        _store_sample(visit, found)
    ledger.record(
        by=actor,
        verb=machine.advance(rules.VISITS, rules.ASSIGNED, rules.EVENTS[outcome]).verb,
        subjects=_subjects(visit),
        detail={
            "lab": found.lab,
            "outcome": found.outcome,
            "seal_no": found.seal_no,
            "visited_on": found.visited_on.isoformat(),
        },
        region=visit.region,
    )
    return visit


@spoken(REFUSALS)
@transaction.atomic
def seal_sample(*, by: Any, sample: Sample, seal_no: str) -> Sample:
    """Record the seal of a sample that was taken without one; the same seal again changes nothing."""
    visit = _locked(sample.visit)
    sample = visit.sample
    actor = custody.recorder(by, visit)
    rules.check_seal(seal_no)
    if sample.seal_no == seal_no:
        return sample
    if sample.seal_no:
        raise refuse("already-sealed", seal_no=sample.seal_no)
    edge = machine.advance(rules.VISITS, visit.state, "seal")
    sample.seal_no, sample.custody = seal_no, custody.sealed(visit, seal_no)
    _save_sealed(sample)
    visit.state = edge.target
    visit.save(update_fields=["state"])
    ledger.record(
        by=actor,
        verb=edge.verb,
        subjects=_subjects(visit),
        detail={"seal_no": seal_no},
        region=visit.region,
    )
    return sample


@spoken(REFUSALS)
@transaction.atomic
def assign_lab(*, by: Any, sample: Sample, lab: str) -> Sample:
    """Assign a sealed sample to a laboratory; it stays there."""
    visit = _locked(sample.visit)
    sample = visit.sample
    actor = custody.recorder(by, visit)
    if not sample.seal_no:
        raise refuse("unsealed")
    if sample.lab == lab:
        return sample
    if sample.lab:
        raise refuse("assigned-elsewhere", seal_no=sample.seal_no, lab=sample.lab)
    sample.lab, sample.custody = lab, custody.handed_on(sample, lab)
    sample.save(update_fields=["lab", "custody"])
    ledger.record(
        by=actor,
        verb="sample.assigned",
        subjects=_subjects(visit),
        detail={"lab": lab, "seal_no": sample.seal_no},
        region=visit.region,
    )
    return sample


@spoken(REFUSALS)
@transaction.atomic
def close_draw(*, by: Any, draw: Draw) -> Draw:
    """Close a draw whose visits have all ended, and publish list, secret, seed and certificate."""
    actor = people.require(by, P.DRAW_REVEAL, region=draw.region)
    draw = Draw.objects.select_for_update().get(pk=draw.pk)
    if draw.state == CLOSED:
        return draw
    edge = machine.advance(PROCEDURE, draw.state, "close")
    ended = (rules.PASSED, rules.FAILED, rules.VOID, *rules.NON_RESPONSE)
    open_ones = to_visit(draw).exclude(visit__state__in=ended).count()
    if open_ones:
        raise refuse("visits-open", draw=draw.serial, count=open_ones)
    draw.state = edge.target
    draw.save(update_fields=["state"])
    ledger.record(
        by=actor,
        verb=edge.verb,
        subjects=[("draw", draw.serial)],
        detail={
            "secret": draw.secret,
            "seed": draw.seed,
            "visits": Visit.objects.filter(draw=draw).count(),
        },
        visibility="public",
        region=draw.region,
    )
    transaction.on_commit(lambda: bundles.write(draw))
    return draw


def _locked(visit: Visit) -> Visit:
    rows = Visit.objects.select_for_update(of=("self",))
    return rows.select_related(
        "selection__draw", "selection__first_inspector", "selection__second_inspector"
    ).get(pk=visit.pk)


def _recorded(visit: Visit) -> tuple:
    sample = Sample.objects.filter(visit=visit).first()
    kept = (sample.product_name, sample.seal_no or "", sample.lab) if sample else ("", "", "")
    return (visit.outcome, visit.visited_on, *kept)


def _wanted(found: rules.Finding) -> tuple:
    return (found.outcome, found.visited_on, found.product_name, found.seal_no, found.lab)


def _store_sample(visit: Visit, found: rules.Finding) -> None:
    sample = Sample(visit=visit, product_name=found.product_name, seal_no=found.seal_no or None)
    if found.lab and not found.seal_no:
        raise refuse("unsealed")
    if found.seal_no:
        sample.custody = custody.sealed(visit, found.seal_no)
    if found.lab:
        sample.lab, sample.custody = found.lab, custody.handed_on(sample, found.lab)
    _save_sealed(sample)


def _save_sealed(sample: Sample) -> None:
    """Save a sample; a seal that is in use elsewhere is told by its number."""
    try:
        with transaction.atomic():
            sample.save()
    except IntegrityError as error:
        if "seal_no" not in str(error):
            raise
        raise refuse("seal-taken", seal_no=sample.seal_no) from error


def _subjects(visit: Visit) -> list[tuple[str, str]]:
    return [("visit", str(visit.pk)), ("subject", str(visit.selection.subject_id))]
