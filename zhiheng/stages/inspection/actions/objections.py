"""Hears the sides of a case: objections of the firm and of the producer, acceptance, and the decisions."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.stages.draw.words import spoken

from .. import rules, sides
from ..models import Case, Clock, Decision, Objection, Party
from ..refusals import REFUSALS, refuse
from ..rules import following
from . import steps


@spoken(REFUSALS)
@transaction.atomic
def object_result(
    *,
    by: Any,
    case: Case,
    kind: str,
    grounds: str,
    filed_on: date | None = None,
    party: Party | None = None,
    paper_sha: str = "",
) -> Objection:
    """File the objection of the firm or of the labelled producer; a late one is refused with its date.

    An office files one that came on paper, with the paper as evidence; ``party`` says whose it is.
    """
    case = steps._locked(case)
    party = party or sides.speaker(by, case)
    actor = _who_files(by, case, party, paper_sha)
    known = Objection.objects.filter(case=case, party=party).first()
    if known is not None and (known.kind, known.grounds) == (kind, grounds.strip()):
        return known
    running = Clock.objects.filter(case=case, rule=rules.OBJECTION_RULE, party=party).first()
    if running is None or known is not None:
        raise refuse("case-moved-on")
    on = filed_on or clock.today()
    rules.check_objection(
        case.state, grounds=grounds, filed_on=on, served_on=running.started_on, due_on=running.due_on
    )
    if running.status == rules.STOPPED:
        raise refuse("case-moved-on")
    has_producer = Party.objects.filter(case=case, role=rules.PRODUCER).exists()
    following.check_kind(kind, by_producer=party is not None, has_producer=has_producer)
    objection = Objection.objects.create(
        case=case,
        party=party,
        kind=kind,
        grounds=grounds.strip(),
        filed_on=on,
        evidence_sha=paper_sha,
        recorded_at=clock.now(),
    )
    _stand(party, "objected")
    detail = {
        "kind": kind,
        "filed_on": on.isoformat(),
        "party": _side(party),
        "paper_sha256": paper_sha,
        "grounds": ledger.bound(objection.grounds, objection, "grounds"),
    }
    steps._move(by, case, "object", on=on, detail=detail, actor=actor, party=party)
    return objection


@spoken(REFUSALS)
@transaction.atomic
def accept_result(*, by: Any, case: Case, on: date | None = None, paper_sha: str = "") -> Case:
    """Record that a side accepts the result; the result is final once no other side may object.

    With a paper the office records it for the drawn firm.
    """
    case = steps._locked(case)
    party = sides.speaker(by, case)
    event = "party_accepts" if sides.open_sides(case, but=party or sides.FIRM) else "accept"
    if case.state == rules.OBJECTED:
        event = "party_accepts"
    machine.advance(rules.CASES, case.state, event)
    actor = _who_files(by, case, party, paper_sha)
    running = Clock.objects.filter(case=case, rule=rules.OBJECTION_RULE, party=party)
    if not running.exclude(status=rules.STOPPED).exists():
        raise refuse("case-moved-on")
    _stand(party, "accepted")
    case = steps._move(
        by,
        case,
        event,
        on=on or clock.today(),
        detail={"party": _side(party), "paper_sha256": paper_sha},
        actor=actor,
        party=party,
    )
    if case.state == rules.NOTIFIED:
        steps._settle_contest(case)
    return case


@spoken(REFUSALS)
@transaction.atomic
def decide_objection(
    *,
    by: Any,
    case: Case,
    event: str,
    reason: str = "",
    on: date | None = None,
    objection: Objection | None = None,
) -> Case:
    """Decide the oldest open objection (or the named one): reject, uphold, release, or re-test."""
    case = steps._locked(case)
    waiting = sides.undecided(case)
    chosen = objection or (waiting[0] if waiting else None)
    step = event if chosen is None else sides.closing_step(case, event, chosen)
    edge = machine.advance(rules.CASES, case.state, step)
    actor = steps._actor(by, case, edge)
    if chosen is None or chosen.pk not in {one.pk for one in waiting}:
        raise refuse("case-moved-on")
    if "reason_given" in edge.guards:
        rules.check_reason(reason)
    following.check_decision(event, chosen.kind, by_producer=chosen.party is not None)
    if event == "offer_retest":
        others = [_side(one.party) for one in waiting if one.pk != chosen.pk]
        following.check_settled([*sides.open_sides(case, but=chosen.party or sides.FIRM), *others])
    day = on or clock.today()
    decision = Decision.objects.create(
        objection=chosen,
        outcome=following.DECISIONS[event],
        reason=reason.strip()[:400],
        decided_on=day,
        recorded_at=clock.now(),
    )
    if event == "release_producer":
        _stand(chosen.party, "released")
    why = ledger.bound(decision.reason, decision, "reason")
    detail = {"reason": why, "kind": chosen.kind, "party": _side(chosen.party)}
    case = steps._move(by, case, step, on=day, detail=detail, actor=actor)
    if case.state == rules.OVERTURNED:
        steps._overturn_visit(actor, case, event)
    if case.state == rules.NOTIFIED:
        steps._settle_contest(case)
    return case


@spoken(REFUSALS)
@transaction.atomic
def serve_party(
    *, by: Any, case: Case, role: str, served_on: date | None = None, served_by: str = "", proof_sha: str = ""
) -> Party:
    """Record the service of the notice on the producer or the platform; the producer's time starts then."""
    case = steps._locked(case)
    edge = machine.advance(rules.CASES, case.state, "serve_party")
    actor = steps._actor(by, case, edge)
    party = Party.objects.select_for_update().filter(case=case, role=role).first()
    if party is None:
        raise refuse("no-such-party")
    on = served_on or clock.today()
    if party.stand != rules.UNSERVED:
        if party.served_on == on:
            return party
        raise refuse("party-served")
    party.stand, party.served_on = rules.SERVED, on
    party.served_by, party.service_sha = served_by, proof_sha
    party.save()
    detail = {"party": role, "served_on": on.isoformat(), "proof_sha256": proof_sha}
    if party.may_object:
        steps._move(by, case, "serve_party", on=on, detail=detail, actor=actor, party=party)
    else:
        rules.check_step_day(on, not_before=case.opened_on, today=clock.today())
        steps._record(actor, edge.verb, case, {**detail, "clocks": [], "state": case.state})
    if case.state == rules.NOTIFIED:
        steps._settle_contest(case)
    return party


@spoken(REFUSALS)
@transaction.atomic
def add_party(*, by: Any, case: Case, role: str, name: str, code: str = "", region: str = "") -> Party:
    """Name a producer or a platform that the notice must also reach; while the contest is open."""
    case = steps._locked(case)
    actor = people.require(by, P.CASE_HANDLE, region=case.region)
    if role not in rules.PARTIES or not name.strip():
        raise refuse("no-such-party")
    known = Party.objects.filter(case=case, role=role).first()
    if known is not None and known.name == name.strip():
        return known
    if case.state not in sides.CONTEST or known is not None:
        raise refuse("case-moved-on")
    party = Party.objects.create(case=case, role=role, name=name.strip(), code=code.strip(), region=region)
    steps._record(actor, "case.party_named", case, {"party": role})
    steps._settle_contest(case)
    return party


def _who_files(by: Any, case: Case, party: Party | None, paper_sha: str) -> ledger.Actor:
    """Return who acts: the side itself, or the office for a side that sent a paper, which is kept."""
    if paper_sha and people.may(by, P.CASE_HANDLE, region=case.region):
        return people.require(by, P.CASE_HANDLE, region=case.region)
    return people.require(
        by, P.OBJECTION_FILE, region=case.region, organisation=sides.organisation(case, party) or None
    )


def _stand(party: Party | None, stand: str) -> None:
    if party is not None:
        party.stand = stand
        party.save(update_fields=["stand"])


def _side(party: Party | None) -> str:
    return party.role if party is not None else sides.FIRM
