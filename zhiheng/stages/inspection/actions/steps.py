"""Takes one step of a case: its state, its clocks, its entry; what all actions on cases stand on."""

from __future__ import annotations

from datetime import date
from typing import Any

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine

from .. import clocks, rules, sides
from ..models import Case, Measure, Party, Visit
from ..rules import following


def _locked(case: Case) -> Case:
    return Case.objects.select_for_update(of=("self",)).select_related("subject", "visit").get(pk=case.pk)


def _move(
    by: Any,
    case: Case,
    event: str,
    *,
    on: date,
    detail: dict[str, Any],
    actor: ledger.Actor | None = None,
    party: Party | None = None,
) -> Case:
    """Take one edge: state, clocks of the side it concerns, entry. A loop leaves the day of the last step."""
    edge = machine.advance(rules.CASES, case.state, event)
    actor = actor or _actor(by, case, edge, party)
    is_loop = edge.source == edge.target
    earliest = case.opened_on if is_loop else case.last_step_on
    rules.check_step_day(on, not_before=earliest, today=clock.today())
    case.state = edge.target
    if not is_loop:
        case.moved_on = on
    stopped = [*edge.clock_stop, *([edge.timeout] if edge.timeout else [])]
    clocks.stop(case, stopped, on, party=party)
    started = clocks.start(case, edge.clock_start, on, party=party)
    if case.is_over:
        _close(case, on)
    case.save(update_fields=["state", "moved_on", "closed_on"])
    said = [
        {"rule": one.rule, "due_on": one.due_on.isoformat(), "status": one.proof["zh"]["status"]}
        for one in started
    ]
    credit = following.credit_event(edge.verb, case.state)
    credited = {"credit_event": credit} if credit else {}
    _record(actor, edge.verb, case, {**detail, **credited, "clocks": said, "state": case.state})
    return case


def _actor(by: Any, case: Case, edge: machine.Transition, party: Party | None = None) -> ledger.Actor:
    return people.require(
        by,
        edge.permission or P.CASE_HANDLE,
        region=case.region,
        organisation=sides.organisation(case, party) or None,
    )


def _settle_contest(case: Case) -> None:
    """Keep on the case the last day on which anybody may object, which decides when it may be public."""
    case.contestable_until = sides.contestable_until(case)
    case.save(update_fields=["contestable_until"])


def _close(case: Case, on: date) -> None:
    """Stop every clock; what was forbidden to sell may be sold again unless the ladder went to its end."""
    case.closed_on = on
    clocks.stop_all(case, on)
    last = Measure.objects.filter(case=case, kind__in=(rules.STOP_SALE, rules.RESUME_SALE)).last()
    if case.state in ("closed", rules.OVERTURNED) and last is not None and last.kind == rules.STOP_SALE:
        Measure.objects.create(
            case=case, kind=rules.RESUME_SALE, on=on, reason=case.state, recorded_at=clock.now()
        )


def _overturn(visit: Visit, actor: ledger.Actor) -> None:
    """End the case of a visit whose corrected result conforms; the correction itself is the ground."""
    case = Case.objects.select_for_update().filter(visit=visit).exclude(state__in=rules.ENDS).first()
    if case is None:
        return
    case.state, case.moved_on = rules.OVERTURNED, clock.today()
    _close(case, clock.today())
    case.save(update_fields=["state", "moved_on", "closed_on"])
    _record(actor, "case.overturned", case, {"state": case.state})


def _overturn_visit(actor: ledger.Actor, case: Case, event: str) -> None:
    """Take the failing verdict off the visit of an overturned case: cleared by a re-test, else void."""
    visit = Visit.objects.select_for_update().get(pk=case.visit_id)
    edge = machine.advance(rules.VISITS, visit.state, following.overturned_as(event))
    visit.state, visit.verdict = edge.target, "pass" if edge.target == rules.PASSED else ""
    visit.save(update_fields=["state", "verdict"])
    _record(actor, edge.verb, case, {"state": visit.state})


def _record(actor: ledger.Actor, verb: str, case: Case, detail: dict[str, Any]) -> None:
    ledger.record(
        by=actor,
        verb=verb,
        subjects=[("case", str(case.pk)), ("subject", str(case.subject_id)), ("visit", str(case.visit_id))],
        detail=detail,
        region=case.region,
    )
