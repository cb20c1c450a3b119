"""Which sides of a case have still to speak: the drawn firm, the producer on the label, their objections."""

from __future__ import annotations

from datetime import date
from typing import Any

from zhiheng import people
from zhiheng.people.permissions import P

from . import clocks, rules
from .models import Case, Clock, Objection, Party
from .rules import following

FIRM = "firm"
CONTEST = (rules.OPENED, rules.NOTIFIED, rules.OBJECTED)


def open_sides(case: Case, *, but: Any = None) -> list[str]:
    """Return the sides that were not served or are within their time, one of them left out.

    ``but`` is a party, or ``FIRM`` for the drawn firm itself.
    """
    found = [] if but == FIRM or not _firm_is_open(case) else [FIRM]
    parties = Party.objects.filter(case=case, role__in=rules.OBJECTING)
    waiting = parties.filter(stand__in=(rules.UNSERVED, rules.SERVED))
    spared = but.pk if isinstance(but, Party) else None
    return found + [one.role for one in waiting if one.pk != spared]


def _firm_is_open(case: Case) -> bool:
    return case.served_on is None or is_in_time(case, None)


def is_in_time(case: Case, party: Party | None) -> bool:
    """Say whether the clock of a side still runs: it neither spoke nor let its time pass."""
    running = Clock.objects.filter(case=case, rule=rules.OBJECTION_RULE, party=party)
    return running.exclude(status=rules.STOPPED).exists()


def undecided(case: Case) -> list[Objection]:
    """Return the objections on which nothing was decided, the oldest first."""
    return list(Objection.objects.filter(case=case, decision__isnull=True).select_related("party"))


def contestable_until(case: Case) -> date | None:
    """Return the last day on which anybody may still object; None while it is not settled.

    It is not settled while a party was not served, or a date is provisional.
    """
    if Party.objects.filter(case=case, role__in=rules.OBJECTING, stand=rules.UNSERVED).exists():
        return None
    rows = Clock.objects.filter(case=case, rule=rules.OBJECTION_RULE)
    days = [clocks.settled(one) for one in rows.exclude(status=rules.STOPPED)]
    if not days or None in days:
        return None
    return max(day for day in days if day is not None)


def speaker(by: Any, case: Case, permission: str = P.OBJECTION_FILE) -> Party | None:
    """Return the party for which a person speaks, or None for the drawn firm (and for others)."""
    if people.may(by, permission, region=case.region, organisation=case.subject.code):
        return None
    for party in Party.objects.filter(case=case).exclude(code=""):
        if party.may_object and people.may(by, permission, organisation=party.code):
            return party
    return None


def organisation(case: Case, party: Party | None) -> str:
    """Return the code of the side."""
    return case.subject.code if party is None else party.code


def closing_step(case: Case, event: str, objection: Objection) -> str:
    """Return the step that a decision on an objection really is, by what else stands open."""
    side = FIRM if objection.party is None else objection.party
    others = [one for one in undecided(case) if one.pk != objection.pk]
    return following.deciding(
        event, others_to_hear=bool(others), others_to_wait=bool(open_sides(case, but=side))
    )


def open_to(case: Case, party: Party | None) -> list[str]:
    """Return what one side of a case may send now; a late step is refused by the procedure itself.

    A side objects or accepts while its own clock runs, and declares the formalities of the re-test for which
    it asked. A platform is told and may add papers. Proof of correction comes from the firm and the producer;
    that all is corrected only the firm can say, to whom the order went.
    """
    if case.state == rules.OPENED or case.is_over or (party is not None and party.stand == rules.UNSERVED):
        return []
    found = []
    may_object = party is None or party.may_object
    if may_object and case.state in (rules.NOTIFIED, rules.OBJECTED) and _still_in_time(case, party):
        found += ["object", "accept"]
    if case.state == "retest_offered" and has_objected(case, party):
        found.append("formalities")
    if may_object and case.state == "rectifying":
        found.append("correction")
    return [*found, "material"]


def has_objected(case: Case, party: Party | None) -> bool:
    """Say whether a side has filed an objection; reads what a list has fetched beforehand."""
    return any(one.party_id == _key(party) for one in case.objections.all())


def _still_in_time(case: Case, party: Party | None) -> bool:
    running = [
        one for one in case.clocks.all() if one.rule == rules.OBJECTION_RULE and one.status != rules.STOPPED
    ]
    return any(one.party_id == _key(party) for one in running)


def _key(party: Party | None) -> Any:
    return party.pk if party is not None else None
