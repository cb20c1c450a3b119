"""Reads what the firm's own page, its receipts and the field pages show, narrowed like every other query."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db.models import F, Q, QuerySet

from zhiheng import people
from zhiheng.ledger.models import Entry, Evidence
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.reference import regions
from zhiheng.stages.draw import frames
from zhiheng.stages.draw import queries as draws
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.draw.rules import CLOSED
from zhiheng.stages.registry.models import Frame, Subject

from . import custody, queries, rules
from .models import AccessCode, Case, Confirmation, Party, Result, Sent, Visit, VisitFile

NEWEST_DRAWS = 4  # each costs one reading of a frame file


@dataclass(frozen=True)
class Listed:
    """Whether a frozen list held a firm, and what the draw from it did: told only when nobody is warned."""

    draw: Draw
    frame: Frame
    is_held: bool
    probability: Fraction | None
    visit: Visit | None


def listed(subject: Subject) -> list[Listed]:
    """Return the lists that a firm may know of, newest first.

    A draw that is still open is told only to a firm that it drew and that was visited: to say "you were in
    this list and not drawn" before the last visit would tell the others.
    """
    visited = Visit.objects.filter(subject=subject).exclude(state=rules.ASSIGNED)
    by_draw = {visit.draw_id: visit for visit in visited.select_related("selection")}
    above = [region.code for region in regions.path(subject.region)]
    closed = Q(state=CLOSED) & Q(region__in=above)
    rows = Draw.objects.filter(closed | Q(pk__in=by_draw)).select_related("frame").distinct()
    newest = rows.order_by("-committed_at", "-serial")[:NEWEST_DRAWS]
    return [_listed(draw, subject, by_draw.get(draw.pk)) for draw in newest]


def _listed(draw: Draw, subject: Subject, visit: Visit | None) -> Listed:
    name = frames.stratum_of(draw, subject.code)
    if name is None:
        return Listed(draw, draw.frame, False, None, visit)
    return Listed(draw, draw.frame, True, draws.probabilities(draw).get(name), visit)


def was_drawn(listed: Listed) -> bool:
    """Say whether the draw of a closed list chose the firm, or chose it and it was visited."""
    return listed.visit is not None


def results_of(visits: list[Visit]) -> dict[Any, list[Result]]:
    """Return the current results of several visits, with one statement."""
    found: dict[Any, list[Result]] = {visit.pk: [] for visit in visits}
    rows = Result.objects.filter(sample__visit__in=found, replaced_by__isnull=True).select_related("sample")
    for result in rows.order_by("item"):
        found[result.sample.visit_id].append(result)
    return found


def access_in_force(subject: Subject, party: Party | None = None) -> AccessCode | None:
    """Return the code that opens the page of a firm, or of a party to its case, now."""
    rows = AccessCode.objects.filter(subject=subject, party=party, ended_at__isnull=True)
    return rows.filter(expires_at__gt=clock.now()).first()


def party(of: Case, role: str) -> Party:
    """Return the producer or the platform of a case."""
    return queries._one(Party.objects.select_related("case").filter(case=of, role=role))


def without_code(person: Any) -> QuerySet[Case]:
    """Return the cases whose notice was served and whose firm has no code in force."""
    in_force = AccessCode.objects.filter(
        party__isnull=True, ended_at__isnull=True, expires_at__gt=clock.now()
    )
    served = queries.cases(person).filter(state=rules.NOTIFIED)
    return served.exclude(subject__in=in_force.values("subject")).order_by("opened_on", "id")


def parties_without_code(person: Any) -> QuerySet[Party]:
    """Return the producers and platforms that were served, can type a code, and have none in force."""
    in_force = AccessCode.objects.filter(ended_at__isnull=True, expires_at__gt=clock.now())
    rows = Party.objects.filter(stand=rules.SERVED, case__state__in=(rules.NOTIFIED, rules.OBJECTED))
    rows = rows.exclude(code="").exclude(pk__in=in_force.filter(party__isnull=False).values("party"))
    rows = rows.select_related("case__subject").order_by("served_on", "id")
    return people.within(rows, person, P.CASE_HANDLE, region="case__region")


def sent_by(person: Any) -> QuerySet[Sent]:
    """Return what the sides sent in the cases that this person may see, newest first; a side sees its own."""
    rows = Sent.objects.filter(case__in=queries.cases(person)).select_related(
        "case__subject", "access__subject", "access__party"
    )
    if "firm" not in queries._roles(person):
        return rows
    own = rows.filter(access__party__isnull=True)
    own = people.within(own, person, P.INSPECTION_VIEW, region=None, organisation="access__subject__code")
    return own | people.within(
        rows, person, P.INSPECTION_VIEW, region=None, organisation="access__party__code"
    )


def sent_through(access: AccessCode) -> QuerySet[Sent]:
    """Return what the holder of a code sent with this or an earlier one, newest first."""
    rows = Sent.objects.filter(access__subject=access.subject_id, access__party=access.party_id)
    return rows.select_related("case__subject", "access__subject", "access__party")


def receipt(rows: QuerySet[Sent], pk: Any) -> tuple[Sent, Entry]:
    """Return one of what was sent with the entry that is its receipt."""
    found = queries._one(rows.filter(pk=pk))
    return found, entry_of(found)


def entry_of(sent: Sent) -> Entry:
    """Return the entry of the ledger that names what was sent."""
    return queries._one(
        Entry.objects.filter(verb="firm.sent", subjects__kind="sent", subjects__key=str(sent.pk))
    )


def with_entries(rows: QuerySet[Sent]) -> list[tuple[Sent, Entry]]:
    """Return what was sent, each with its receipt, with two statements."""
    found = list(rows)
    keys = [str(one.pk) for one in found]
    entries = Entry.objects.filter(verb="firm.sent", subjects__kind="sent", subjects__key__in=keys)
    by_key = {entry.key: entry for entry in entries.annotate(key=F("subjects__key"))}
    return [(one, by_key[str(one.pk)]) for one in found]


def paper(person: Any, pk: Any, sha256: str) -> dict[str, Any]:
    """Return one file of what was sent, as far as this person may see the case."""
    found = queries._one(sent_by(person).filter(pk=pk))
    return _file(one for one in found.files if one["sha256"] == sha256)


def may_see_files(person: Any, visit: Visit) -> bool:
    """Say whether a person may see the files of a visit: office and inspectors may, no firm and no lab."""
    return any(people.may(person, one, region=visit.region) for one in (P.INSPECTION_RECORD, P.DRAW_VIEW))


def files(of: Visit) -> list[VisitFile]:
    """Return the files of a visit with the size and kind that the evidence knows."""
    found = list(VisitFile.objects.filter(visit=of))
    known = Evidence.objects.in_bulk([one.sha256 for one in found])
    for one in found:
        one.file = known.get(one.sha256)
    return found


def visit_file(person: Any, pk: Any, sha256: str) -> dict[str, Any]:
    """Return one file of a visit that this person may see."""
    visit = queries.visit(person, pk)
    if not may_see_files(person, visit):
        raise queries.not_found()
    rows = VisitFile.objects.filter(visit=visit, sha256=sha256)
    return _file({"sha256": one.sha256, "name": f"{one.kind}-{one.sha256[:8]}"} for one in rows)


def _file(rows: Any) -> dict[str, Any]:
    found = next(iter(rows), None)
    row = Evidence.objects.filter(pk=found["sha256"]).first() if found else None
    if row is None:
        raise queries.not_found()
    return {**found, "media_type": row.media_type}


def own_selection(person: Any) -> QuerySet[Visit]:
    """Return the visits drawn for an inspector that were recorded and wait for the word of the second one."""
    rows = queries.own_visits(person).exclude(state=rules.ASSIGNED)
    return rows.filter(confirmation__isnull=True).order_by("-recorded_at", "id")


def to_confirm(person: Any, *, limit: int = 20) -> list[Visit]:
    """Return the visits that somebody else recorded and this inspector has still to confirm."""
    recent = list(own_selection(person)[:limit])
    recorders = recorders_of(recent)
    return [
        visit for visit in recent if str(visit.pk) in recorders and recorders[str(visit.pk)] != str(person.pk)
    ]


def recorder_of(visit: Visit) -> str | None:
    """Return the key of who recorded a visit by hand; a bulk hand-in names nobody for one visit."""
    return recorders_of([visit]).get(str(visit.pk))


def recorders_of(visits: list[Visit]) -> dict[str, str]:
    """Return who recorded each of these visits, with one statement."""
    verbs = [edge.verb for edge in rules.VISITS.transitions if edge.source == rules.ASSIGNED]
    keys = [str(visit.pk) for visit in visits]
    rows = Entry.objects.filter(verb__in=verbs, subjects__kind="visit", subjects__key__in=keys)
    return {key: actor["key"] for key, actor in rows.order_by("seq").values_list("subjects__key", "actor")}


def confirmation(of: Visit) -> Confirmation | None:
    """Return the word of the second inspector, if it was given."""
    return Confirmation.objects.filter(visit=of).first()


def last_lab(person: Any) -> str:
    """Return the laboratory to which this inspector sent the last sample, to fill it in beforehand."""
    rows = queries.own_visits(person).exclude(sample__lab="").exclude(sample__isnull=True)
    newest = rows.order_by("-recorded_at").first()
    return newest.sample.lab if newest is not None else ""


def is_drawn_for(person: Any, visit: Visit) -> bool:
    """Say whether a visit was drawn for this inspector."""
    return bool(custody.own_codes(person) & custody.assigned_codes(visit))
