"""Passes a sample from hand to hand: taken in, refused, sent on, taken again; each step is a row."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.stages.draw.words import spoken

from .. import custody, qualified, rules
from ..models import Move, Result, Sample, Visit
from ..refusals import REFUSALS, refuse
from ..rules import sampling
from . import execution, visits


@spoken(REFUSALS)
@transaction.atomic
def receive_sample(*, by: Any, sample: Sample, receipt: sampling.Receipt) -> Sample:
    """Take a sample in at its laboratory, with the state of its seal, its condition and temperature."""
    sample, visit, actor = _at_lab(by, sample)
    if visit.state in (rules.RECEIVED, rules.TESTING):
        return sample
    edge = machine.advance(rules.VISITS, visit.state, "receive")
    if not sample.lab:
        raise refuse("unassigned", seal_no=sample.seal_no or "-")
    qualified.check_able(sample.lab, on=clock.today())
    sampling.check_receipt(receipt, seal_no=sample.seal_no or "")
    step = _step(sample, "received", taker=sample.lab, receipt=receipt)
    _go(visit, edge)
    _log(actor, edge.verb, visit, step)
    execution._bind(
        actor, visit, "received", lab=step.taker, seal_no=step.seal, seal_intact=bool(step.is_seal_intact)
    )
    return sample


@spoken(REFUSALS)
@transaction.atomic
def refuse_sample(
    *, by: Any, sample: Sample, ground: str, receipt: sampling.Receipt, reason: str = ""
) -> Sample:
    """Refuse a sample at the laboratory on one of the known grounds: it is taken again, or declared void."""
    sample, visit, actor = _at_lab(by, sample)
    if visit.state == rules.RETURNED:
        return sample
    edge = machine.advance(rules.VISITS, visit.state, "refuse_receipt")
    sampling.check_refusal(ground, reason, receipt)
    giver = sample.lab or custody.holder(sample)
    step = _step(
        sample,
        "refused",
        giver=giver,
        taker=f"office {visit.region}",
        receipt=receipt,
        ground=ground,
        reason=reason,
    )
    _go(visit, edge)
    _log(actor, edge.verb, visit, step)
    return sample


@spoken(REFUSALS)
@transaction.atomic
def send_on(*, by: Any, sample: Sample, lab: str, reason: str, place: str = "") -> Sample:
    """Send a sample on to another laboratory before anything of it was tested."""
    sample, visit, actor = _at_lab(by, sample)
    lab = lab.strip()
    if sample.lab == lab:
        return sample
    edge = machine.advance(rules.VISITS, visit.state, "send_on")
    rules.check_reason(reason)
    if not lab:
        raise refuse("no-lab", field="lab")
    if not sample.lab:
        raise refuse("unassigned", seal_no=sample.seal_no or "-")
    if Result.objects.filter(sample=sample).exists():
        raise refuse("sample-decided")
    qualified.check_able(lab, on=clock.today())
    receipt = sampling.Receipt(is_seal_intact=True, place=place)
    step = _step(sample, "sent_on", giver=sample.lab, taker=lab, receipt=receipt, reason=reason)
    sample.lab, sample.custody = lab, custody.handed_on(sample, lab)
    sample.save(update_fields=["lab", "custody"])
    _go(visit, edge)
    _log(actor, edge.verb, visit, step)
    return sample


@spoken(REFUSALS)
@transaction.atomic
def take_again(
    *, by: Any, sample: Sample, reason: str, seal_no: str, lab: str = "", taken_on: date | None = None
) -> Sample:
    """Take a sample again after its laboratory refused the first one; the old seal stays in the custody."""
    visit = visits._locked(sample.visit)
    sample = visit.sample
    actor = custody.recorder(by, visit)
    if sample.seal_no == seal_no.strip() and visit.state != rules.RETURNED:
        return sample
    edge = machine.advance(rules.VISITS, visit.state, "sample_again")
    rules.check_reason(reason)
    rules.check_pair(custody.assigned_codes(visit))
    day = taken_on or clock.today()
    rules.check_visit_day(day, drawn_on=visit.visited_on, today=clock.today())
    visits._check_able(visit, day)
    seal_no = rules.check_seal(seal_no.strip())
    visits._refuse_used_seal(seal_no)
    qualified.check_able(lab.strip(), on=clock.today())
    sample.seal_no, sample.lab, sample.custody = seal_no, lab.strip(), custody.sealed(visit, seal_no)
    if sample.lab:
        sample.custody = custody.handed_on(sample, sample.lab)
    visits._save_sealed(sample)
    steps = visits._moves(sample, reason=reason.strip())
    visit.state = machine.advance(rules.VISITS, edge.target, "seal").target
    visit.save(update_fields=["state"])
    ledger.record(
        by=actor,
        verb=edge.verb,
        subjects=visits._subjects(visit),
        detail={
            "seal_no": seal_no,
            "lab": sample.lab,
            "reasons": [ledger.bound(one.reason, one, "reason") for one in steps],
            "on": day.isoformat(),
        },
        region=visit.region,
    )
    execution._bind(actor, visit, "sealed", seal_no=seal_no, on=day.isoformat(), again=True)
    return sample


def _at_lab(by: Any, sample: Sample) -> tuple[Sample, Visit, ledger.Actor]:
    visit = visits._locked(sample.visit)
    sample = visit.sample
    actor = people.require(by, P.RESULT_RECORD, region=visit.region, organisation=sample.lab or None)
    return sample, visit, actor


def _step(
    sample: Sample,
    kind: str,
    *,
    taker: str,
    receipt: sampling.Receipt,
    giver: str = "",
    ground: str = "",
    reason: str = "",
) -> Move:
    return Move.objects.create(
        sample=sample,
        kind=kind,
        at=clock.now(),
        place=receipt.place.strip()[:120],
        giver=giver or custody.giver(sample),
        taker=taker,
        seal=sample.seal_no or "",
        is_seal_intact=receipt.is_seal_intact,
        condition=receipt.condition.strip()[:200],
        temperature=receipt.temperature.strip(),
        ground=ground,
        reason=reason.strip()[:400],
    )


def _go(visit: Visit, edge: machine.Transition) -> None:
    visit.state = edge.target
    visit.save(update_fields=["state"])


def _log(actor: ledger.Actor, verb: str, visit: Visit, step: Move) -> None:
    ledger.record(
        by=actor,
        verb=verb,
        subjects=visits._subjects(visit),
        detail={
            "giver": step.giver,
            "taker": step.taker,
            "seal_no": step.seal,
            "seal_intact": step.is_seal_intact,
            "condition": ledger.bound(step.condition, step, "condition"),
            "temperature": step.temperature,
            "ground": step.ground,
            "reason": ledger.bound(step.reason, step, "reason"),
        },
        region=visit.region,
    )
