"""Opens a case, serves the firm's notice, and takes the plain steps of the procedure; clocks go with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.stages.draw.words import spoken

from .. import clocks, notices, opening, rules, sides
from ..models import Case, CaseTest, Clock, Party, Purchase, Result, Visit
from ..refusals import REFUSALS, refuse
from ..rules import following
from . import objections, steps

NEEDS_REASON, NEEDS_TIME = "reason_given", "within_time"


@spoken(REFUSALS)
@transaction.atomic
def open_case(*, by: Any, visit: Visit) -> Case:
    """Open the case of a failing visit with its notice; there is one case a visit.

    Where the person acting handles cases of this region, the notice is served the same day (it stands on the
    firm's own page); a laboratory's report waits for the office to serve it. The producer on the label and
    the platform become parties, each to be served by itself.
    """
    actor = people.require(by, P.RESULT_RECORD, region=visit.region, organisation=visit.sample.lab or None)
    known = Case.objects.filter(visit=visit).first()
    if known is not None:
        return known
    failing = list(Result.objects.filter(sample=visit.sample, verdict="fail", replaced_by__isnull=True))
    case, notice = opening.case(visit, failing)
    notices.store([case], [notice], name=f"notice-{case.pk}.ndjson")
    case.save(force_insert=True)
    bought = Purchase.objects.filter(sample=visit.sample).first()
    named = Party.objects.bulk_create(opening.parties(case, visit, bought))
    detail = {"notice_sha256": case.notice_sha, "parties": [party.role for party in named]}
    steps._record(actor, "case.opened", case, detail)
    if people.may(by, P.CASE_HANDLE, region=case.region):
        return serve_notice(by=by, case=case)
    return case


@spoken(REFUSALS)
@transaction.atomic
def serve_notice(
    *, by: Any, case: Case, served_on: date | None = None, served_by: str = "", proof_sha: str = ""
) -> Case:
    """Record the day on which the firm received the notice, how, and its proof; its time to object starts."""
    case = steps._locked(case)
    if case.state == rules.NOTIFIED:
        return case
    on = served_on or clock.today()
    case.served_on, case.served_by, case.service_sha = on, served_by, proof_sha
    detail = {"served_on": on.isoformat(), "served_by": served_by, "proof_sha256": proof_sha}
    case.save(update_fields=["served_on", "served_by", "service_sha"])
    case = steps._move(by, case, "serve_notice", on=on, detail=detail)
    steps._settle_contest(case)
    return case


@spoken(REFUSALS)
@transaction.atomic
def move_case(
    *,
    by: Any,
    case: Case,
    event: str,
    reason: str = "",
    on: date | None = None,
    paper_sha: str = "",
) -> Case:
    """Take one step of the procedure that needs no form of its own, such as the order to correct.

    A decision on an objection and an acceptance go their own way, since they depend on the other parties. A
    step of the firm that came on paper is taken by the office, with the paper as evidence.
    """
    case = steps._locked(case)
    if event in following.DECISIONS:
        return objections.decide_objection(by=by, case=case, event=event, reason=reason, on=on)
    if event in following.ACCEPTING:
        return objections.accept_result(by=by, case=case, on=on, paper_sha=paper_sha)
    edge = machine.advance(rules.CASES, case.state, event)
    is_of_the_firm = edge.permission == P.OBJECTION_FILE
    side = sides.speaker(by, case) if is_of_the_firm else None
    if is_of_the_firm and paper_sha:
        actor = objections._who_files(by, case, side, paper_sha)
    else:
        actor = steps._actor(by, case, edge, side)
    on = on or clock.today()
    _check_guards(case, edge, on, reason)
    detail = {"reason": ledger.bound(reason.strip()[:400])} if reason.strip() else {}
    if paper_sha:
        detail["paper_sha256"] = paper_sha
    return steps._move(by, case, event, on=on, detail=detail, actor=actor)


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
    if edge.event in following.RECHECKS:
        found = CaseTest.objects.filter(case=case, phase=following.PHASE_OF[case.state])
        following.check_recheck(edge.event, set(found.values_list("verdict", flat=True)))


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
    rows = Clock.objects.select_for_update(of=("self",)).select_related("case__subject", "party")
    one = rows.get(pk=pk)
    case, party = one.case, one.party
    events = [
        edge.event
        for edge in rules.CASES.transitions
        if edge.is_automatic and edge.timeout == one.rule and edge.source == case.state
    ]
    if not events or not clocks.is_over(one, clock.today(), reckon=reckon):
        return False
    event = events[0]
    if one.rule == rules.OBJECTION_RULE:
        is_last = case.state == rules.NOTIFIED and not sides.open_sides(case, but=party or sides.FIRM)
        event = "objection_time_over" if is_last else "party_time_over"
    if party is not None:
        party.stand = "time_over"
        party.save(update_fields=["stand"])
    detail = {"rule": one.rule, "party": party.role if party else sides.FIRM}
    steps._move(by, case, event, on=clock.today(), detail=detail, party=party)
    return True
