"""Moves a case along its procedure: notice, objection, order to correct, re-check; clocks go with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.stages.draw.words import spoken

from .. import clocks, notices, rules
from ..models import Case, Clock, Objection, Result, Visit
from ..refusals import REFUSALS, refuse

NEEDS_REASON, NEEDS_TIME = "reason_given", "within_time"


@spoken(REFUSALS)
@transaction.atomic
def open_case(*, by: Any, visit: Visit) -> Case:
    """Open the case of a failing visit with its notice; there is one case a visit.

    Where the person acting handles cases of this region, the notice is served the same day (it stands on the
    firm's own page); a laboratory's report waits for the office to serve it.
    """
    actor = people.require(by, P.RESULT_RECORD, region=visit.region, organisation=visit.sample.lab or None)
    known = Case.objects.filter(visit=visit).first()
    if known is not None:
        return known
    case = Case(
        visit=visit,
        subject_id=visit.selection.subject_id,
        region=visit.region,
        opened_on=clock.today(),
        opened_at=clock.now(),
    )
    failing = list(Result.objects.filter(sample=visit.sample, verdict="fail", replaced_by__isnull=True))
    notice = notices.compose(
        case, results=failing, serial=visit.selection.draw.serial, unit=visit.selection.unit_code
    )
    notices.store([case], [notice], name=f"notice-{case.pk}.ndjson")
    case.save(force_insert=True)
    _record(actor, "case.opened", case, {"notice_sha256": case.notice_sha})
    if people.may(by, P.CASE_HANDLE, region=case.region):
        return serve_notice(by=by, case=case)
    return case


@spoken(REFUSALS)
@transaction.atomic
def serve_notice(*, by: Any, case: Case, served_on: date | None = None) -> Case:
    """Record the day on which the firm received the notice; its time to object starts."""
    case = _locked(case)
    if case.state == rules.NOTIFIED:
        return case
    on = served_on or clock.today()
    case.served_on = on
    case = _move(by, case, "serve_notice", on=on, detail={"served_on": on.isoformat()})
    case.contestable_until = clocks.settled(Clock.objects.get(case=case, rule=rules.OBJECTION_RULE))
    case.save(update_fields=["served_on", "contestable_until"])
    return case


@spoken(REFUSALS)
@transaction.atomic
def object_result(*, by: Any, case: Case, kind: str, grounds: str, filed_on: date | None = None) -> Objection:
    """File the firm's objection within its time; a late one is refused with the proof of the date."""
    case = _locked(case)
    people.require(by, P.OBJECTION_FILE, region=case.region, organisation=case.subject.code)
    known = Objection.objects.filter(case=case).first()
    if known is not None and (known.kind, known.grounds) == (kind, grounds.strip()):
        return known
    running = Clock.objects.filter(case=case, rule=rules.OBJECTION_RULE).first()
    if running is None:
        raise refuse("case-moved-on")
    on = filed_on or clock.today()
    rules.check_objection(
        case.state, grounds=grounds, filed_on=on, served_on=running.started_on, due_on=running.due_on
    )
    objection = Objection.objects.create(
        case=case, kind=kind, grounds=grounds.strip(), filed_on=on, recorded_at=clock.now()
    )
    _move(by, case, "object", on=on, detail={"kind": kind, "filed_on": on.isoformat()})
    return objection


@spoken(REFUSALS)
@transaction.atomic
def move_case(*, by: Any, case: Case, event: str, reason: str = "", on: date | None = None) -> Case:
    """Take one step of the procedure that needs no form of its own, such as the order to correct."""
    case = _locked(case)
    edge = machine.advance(rules.CASES, case.state, event)
    _actor(by, case, edge)
    on = on or clock.today()
    _check_guards(case, edge, on, reason)
    detail = {"reason": reason.strip()[:400]} if reason.strip() else {}
    return _move(by, case, event, on=on, detail=detail)


def _check_guards(case: Case, edge: machine.Transition, on: date, reason: str) -> None:
    """Ask the conditions that the procedure names for this step."""
    if edge.is_automatic:
        raise refuse("by-itself")
    if edge.event in rules.OWN_FORMS:
        raise refuse("own-form")
    if NEEDS_REASON in edge.guards:
        rules.check_reason(reason)
    if NEEDS_TIME in edge.guards:
        for one in Clock.objects.filter(case=case, rule__in=edge.clock_stop):
            rules.check_in_time(on, due_on=clocks.settled(one), rule=one.rule)
    if edge.timeout:
        one = Clock.objects.filter(case=case, rule=edge.timeout).first()
        rules.check_time_over(on, due_on=one.due_on if one else None, rule=edge.timeout)


def run_timeouts(*, by: Any) -> int:
    """Take the steps that the end of a verified clock makes by itself, each in its own transaction.

    A clock whose text was not read, or whose date is provisional, sets off nothing. Safe to run again.
    """
    waiting = Clock.objects.filter(
        status=rules.RUNNING, due_on__lt=clock.today(), rule__in=rules.ENDING_BY_THEMSELVES
    )
    reckon = clocks.reckoner()
    ids = list(waiting.order_by("due_on", "id").values_list("id", flat=True))
    return sum(_end_clock(by, pk, reckon) for pk in ids)


@transaction.atomic
def _end_clock(by: Any, pk: Any, reckon: clocks.Reckoner) -> bool:
    one = Clock.objects.select_for_update(of=("self",)).select_related("case__subject").get(pk=pk)
    edge = next(
        (
            edge
            for edge in rules.CASES.transitions
            if edge.is_automatic and edge.timeout == one.rule and edge.source == one.case.state
        ),
        None,
    )
    if edge is None or not clocks.is_over(one, clock.today(), reckon=reckon):
        return False
    _move(by, one.case, edge.event, on=clock.today(), detail={"rule": one.rule})
    return True


def _locked(case: Case) -> Case:
    return Case.objects.select_for_update(of=("self",)).select_related("subject", "visit").get(pk=case.pk)


def _move(by: Any, case: Case, event: str, *, on: date, detail: dict[str, Any]) -> Case:
    edge = machine.advance(rules.CASES, case.state, event)
    actor = _actor(by, case, edge)
    rules.check_step_day(on, not_before=case.last_step_on, today=clock.today())
    case.state, case.moved_on = edge.target, on
    stopped = [*edge.clock_stop, *([edge.timeout] if edge.timeout else [])]
    clocks.stop(case, stopped, on)
    started = clocks.start(case, edge.clock_start, on)
    if case.is_over:
        _close(case, on)
    case.save(update_fields=["state", "moved_on", "closed_on"])
    said = [
        {"rule": one.rule, "due_on": one.due_on.isoformat(), "status": one.proof["zh"]["status"]}
        for one in started
    ]
    _record(actor, edge.verb, case, {**detail, "clocks": said, "state": case.state})
    return case


def _actor(by: Any, case: Case, edge: machine.Transition) -> ledger.Actor:
    return people.require(
        by, edge.permission or P.CASE_HANDLE, region=case.region, organisation=case.subject.code
    )


def _close(case: Case, on: date) -> None:
    case.closed_on = on
    clocks.stop_all(case, on)


def _overturn(visit: Visit, actor: ledger.Actor) -> None:
    """End the case of a visit whose corrected result conforms; the correction itself is the ground."""
    case = Case.objects.select_for_update().filter(visit=visit).exclude(state__in=rules.ENDS).first()
    if case is None:
        return
    case.state, case.moved_on = rules.OVERTURNED, clock.today()
    _close(case, clock.today())
    case.save(update_fields=["state", "moved_on", "closed_on"])
    _record(actor, "case.overturned", case, {"state": case.state})


def _record(actor: ledger.Actor, verb: str, case: Case, detail: dict[str, Any]) -> None:
    ledger.record(
        by=actor,
        verb=verb,
        subjects=[("case", str(case.pk)), ("subject", str(case.subject_id)), ("visit", str(case.visit_id))],
        detail=detail,
        region=case.region,
    )
