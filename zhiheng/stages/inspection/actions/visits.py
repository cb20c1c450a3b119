"""Opens the visits of a draw, records what became of each, seals samples and hands them to laboratories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
from zhiheng.stages.registry.available import Absences

from .. import closing, custody, qualified, rules
from ..models import Move, Sample, Visit, VisitFile
from ..refusals import REFUSALS, refuse
from ..rules import sampling
from . import execution, notes


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
            subject_id=chosen.subject_id,
            region=row.region,
            division=row.division,
            stratum=chosen.stratum,
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
    kind: str = rules.ON_SITE,
    files: Sequence[sampling.Paper] = (),
    described: sampling.Described | None = None,
    bought: sampling.Bought | None = None,
) -> Visit:
    """Record what became of a visit; handed in twice it is recorded once, and a file that is new is kept.

    A check from afar and a purchase online need a file that shows what was seen.
    """
    visit = _locked(visit)
    actor = custody.recorder(by, visit)
    found = rules.Finding(
        outcome, visited_on, product_name.strip(), seal_no.strip(), lab.strip(), note.strip()
    )
    if not rules.is_new(visit.state, _recorded(visit), _wanted(found)):
        _add_files(actor, visit, files)
        return visit
    _check_visit(visit, found, kind, files)
    kept = notes._attach(visit, files)
    visit.outcome, visit.visited_on, visit.note = found.outcome, found.visited_on, found.note[:400]
    visit.state, visit.recorded_at, visit.kind = found.state, clock.now(), kind
    visit.save()
    if found.outcome == "sampled":
        sample = _store_sample(visit, found)
        if described is not None and not described.is_empty:
            notes._describe(sample, described)
        if bought is not None:
            notes._buy(visit, sample, bought)
    ledger.record(
        by=actor,
        verb=machine.advance(rules.VISITS, rules.ASSIGNED, rules.EVENTS[outcome]).verb,
        subjects=_subjects(visit),
        detail={
            "files": [one.sha256 for one in kept],
            "kind": kind,
            "lab": found.lab,
            "note": ledger.bound(visit.note, visit, "note"),
            "outcome": found.outcome,
            "said": notes._said(kept),
            "seal_no": found.seal_no,
            "visited_on": found.visited_on.isoformat(),
        },
        region=visit.region,
    )
    _bind_finding(actor, visit, found)
    return visit


def _bind_finding(actor: ledger.Actor, visit: Visit, found: rules.Finding) -> None:
    """Bind in public how a visit ended: with a sample and its seal, or in one of the ways without."""
    said = {"outcome": found.outcome, "on": found.visited_on.isoformat()}
    if found.outcome == "sampled":
        execution._bind(actor, visit, "finished", **said, seal_no=found.seal_no, lab=found.lab)
    else:
        execution._bind(actor, visit, found.outcome, **said)


def _add_files(actor: ledger.Actor, visit: Visit, papers: Sequence[sampling.Paper]) -> list[VisitFile]:
    """Keep what is new of these files, with an entry that names each by its hash."""
    made = notes._attach(visit, papers)
    if made:
        ledger.record(
            by=actor,
            verb="visit.files_added",
            subjects=_subjects(visit),
            detail={
                "kinds": [one.kind for one in made],
                "files_sha256": [one.sha256 for one in made],
                "said": notes._said(made),
            },
            region=visit.region,
        )
    return made


def _check_visit(visit: Visit, found: rules.Finding, kind: str, files: Sequence[sampling.Paper]) -> None:
    """Ask what the procedure asks of a finding: two who could go, a possible day, files from afar."""
    if kind not in rules.KINDS:
        raise refuse("bad-shape", field="kind")
    rules.check_pair(custody.assigned_codes(visit))
    drawn_on = timezone.localdate(visit.selection.draw.revealed_at)
    rules.check_visit_day(found.visited_on, drawn_on=drawn_on, today=clock.today())
    _check_able(visit, found.visited_on)
    known = 0 if files else VisitFile.objects.filter(visit=visit).count()
    sampling.check_from_afar(kind, files=len(files) or known, on_site=rules.ON_SITE)


def _check_able(visit: Visit, day: date) -> None:
    absences = Absences(visit.inspectors)
    for one in visit.inspectors:
        sampling.check_able(one.code, absences.why(one, day), on=day)


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
    _refuse_used_seal(seal_no)
    edge = machine.advance(rules.VISITS, visit.state, "seal")
    sample.seal_no, sample.custody = seal_no, custody.sealed(visit, seal_no)
    _save_sealed(sample)
    _moves(sample)
    visit.state = edge.target
    visit.save(update_fields=["state"])
    ledger.record(
        by=actor,
        verb=edge.verb,
        subjects=_subjects(visit),
        detail={"seal_no": seal_no},
        region=visit.region,
    )
    execution._bind(actor, visit, "sealed", seal_no=seal_no)
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
    qualified.check_able(lab, on=clock.today())
    sample.lab, sample.custody = lab, custody.handed_on(sample, lab)
    sample.save(update_fields=["lab", "custody"])
    custody.moves(sample)[-1].save()
    ledger.record(
        by=actor,
        verb="sample.assigned",
        subjects=_subjects(visit),
        detail={"lab": lab, "seal_no": sample.seal_no},
        region=visit.region,
    )
    execution._bind(actor, visit, "handed", lab=lab, seal_no=sample.seal_no)
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
    record = closing.compose(draw)
    draw.closing_sha = closing.store(draw, record)
    draw.save(update_fields=["state", "closing_sha"])
    ledger.record(
        by=actor,
        verb=edge.verb,
        subjects=[("draw", draw.serial)],
        detail={
            "secret": draw.secret,
            "seed": draw.seed,
            "visits": len(record["results"]),
            "outcomes": closing.counted(record),
            "executions": len(record["executions"]),
            "closing_sha256": draw.closing_sha,
        },
        visibility="public",
        region=draw.region,
    )
    transaction.on_commit(lambda: bundles.write(draw))
    return draw


def _locked(visit: Visit) -> Visit:
    rows = Visit.objects.select_for_update(of=("self",))
    return rows.select_related(
        "selection__draw",
        "selection__first_inspector",
        "selection__second_inspector",
        "first_inspector",
        "second_inspector",
    ).get(pk=visit.pk)


def _recorded(visit: Visit) -> tuple:
    sample = Sample.objects.filter(visit=visit).first()
    kept = (sample.product_name, sample.seal_no or "", sample.lab) if sample else ("", "", "")
    return (visit.outcome, visit.visited_on, *kept)


def _wanted(found: rules.Finding) -> tuple:
    return (found.outcome, found.visited_on, found.product_name, found.seal_no, found.lab)


def _store_sample(visit: Visit, found: rules.Finding) -> Sample:
    sample = Sample(visit=visit, product_name=found.product_name, seal_no=found.seal_no or None)
    if found.lab and not found.seal_no:
        raise refuse("unsealed")
    if found.seal_no:
        sample.custody = custody.sealed(visit, found.seal_no)
    qualified.check_able(found.lab, on=clock.today())
    if found.lab:
        sample.lab, sample.custody = found.lab, custody.handed_on(sample, found.lab)
    if found.seal_no:
        _refuse_used_seal(found.seal_no)
    _save_sealed(sample)
    _moves(sample)
    return sample


def _moves(sample: Sample, *, reason: str = "") -> list[Move]:
    """Keep the steps of a fresh custody as rows of their own."""
    return Move.objects.bulk_create(custody.moves(sample, reason=reason))


def _refuse_used_seal(seal_no: str) -> None:
    """Refuse a seal that is or ever was on another sample or part; each is used once."""
    if Move.objects.filter(seal=seal_no).exists():
        raise refuse("seal-taken", seal_no=seal_no)


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
    return [("visit", str(visit.pk)), ("subject", str(visit.subject_id))]
