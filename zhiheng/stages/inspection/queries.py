"""Reads visits, results and cases: narrowed for the office and its partners, final ones for the public."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from zhiheng import ledger, people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.reference import regions
from zhiheng.stages.draw.models import Draw, Selection
from zhiheng.stages.draw.rules import CLOSED
from zhiheng.stages.draw.words import not_found
from zhiheng.stages.registry import available
from zhiheng.web.tables import COUNT_LIMIT

from . import assignments, custody, rules
from .models import (
    Case,
    Clock,
    Deed,
    IssuedPaper,
    Move,
    Party,
    PrintJob,
    Purchase,
    Report,
    Result,
    Retest,
    Sample,
    Transfer,
    Visit,
)

MOST_WAITING = 100
FINAL = (rules.PASSED, rules.VOID, *rules.NON_RESPONSE)
_ABOUT = (
    "subject",
    "selection__draw",
    "selection__first_inspector",
    "selection__second_inspector",
    "first_inspector",
    "second_inspector",
)


def visits(person: Any) -> QuerySet[Visit]:
    """Return the visits this person may see.

    An office sees its regions, a laboratory the samples it was given, a firm its own visits once they have
    taken place (nobody is warned), an inspector those drawn for this inspector; who may also see draws
    in a region sees all of that region.
    """
    rows = Visit.objects.select_related(*_ABOUT, "draw", "sample")
    kinds = _roles(person)
    if "lab" in kinds:
        return people.within(rows, person, P.INSPECTION_VIEW, organisation="sample__lab")
    found = people.within(rows, person, P.INSPECTION_VIEW, organisation="subject__code")
    if "firm" in kinds:
        found = found.exclude(state=rules.ASSIGNED)
    if "inspector" in kinds:
        office = people.within(Visit.objects.order_by(), person, P.DRAW_VIEW, region="region")
        found = found.filter(_drawn_for(person) & assignments.told() | Q(pk__in=office.values("pk")))
    return found


def _drawn_for(person: Any) -> Q:
    codes = custody.own_codes(person)
    drawn = Q(selection__first_inspector__code__in=codes) | Q(selection__second_inspector__code__in=codes)
    given = Q(first_inspector__code__in=codes) | Q(second_inspector__code__in=codes)
    return Q(first_inspector__isnull=True) & drawn | given


def visit(person: Any, pk: Any) -> Visit:
    """Return one visit."""
    return _one(visits(person).filter(pk=pk))


def own_visits(person: Any) -> QuerySet[Visit]:
    """Return the visits drawn for a person who is an inspector, those to be made first."""
    return visits(person).filter(_drawn_for(person)).order_by("period", "region", "id")


def started(of: Visit) -> Deed | None:
    """Return when the inspectors stood at the door, where they noted it."""
    return Deed.objects.filter(visit=of, kind="started").first()


def open_own_visits(person: Any) -> QuerySet[Visit]:
    """Return those of them that still need something from the inspector: a finding, or a seal."""
    return own_visits(person).filter(state__in=(rules.ASSIGNED, rules.SAMPLED))


def samples_to_report(person: Any) -> QuerySet[Sample]:
    """Return the sealed samples on which this person's laboratory (or office) has still to report."""
    rows = Sample.objects.filter(visit__state__in=rules.AT_LAB).exclude(lab="")
    rows = rows.select_related("visit__selection__draw")
    found = people.within(rows, person, P.RESULT_RECORD, region="visit__region", organisation="lab")
    return found.order_by("visit__visited_on", "visit_id")


def samples_to_assign(person: Any) -> QuerySet[Sample]:
    """Return sealed samples that no laboratory has yet."""
    rows = Sample.objects.filter(visit__state=rules.SEALED, lab="").select_related("visit__subject")
    found = people.within(rows, person, P.CASE_HANDLE, region="visit__region")
    return found.order_by("visit__visited_on", "seal_no")


def sample(person: Any, pk: Any) -> Sample:
    """Return one sample that this person may report on."""
    rows = Sample.objects.select_related("visit__selection__draw", "visit__subject")
    return _one(
        people.within(rows, person, P.RESULT_RECORD, region="visit__region", organisation="lab").filter(pk=pk)
    )


def result(person: Any, pk: Any) -> Result:
    """Return one current result that this person may correct."""
    rows = Result.objects.select_related("sample__visit__subject")
    found = people.within(
        rows, person, P.RESULT_RECORD, region="sample__visit__region", organisation="sample__lab"
    )
    return _one(found.filter(pk=pk))


def results(of: Visit) -> list[Result]:
    """Return the current results of a visit."""
    rows = Result.objects.filter(sample__visit=of, replaced_by__isnull=True).select_related("specimen")
    return list(rows.order_by("item", "recorded_at"))


def all_results(of: Visit) -> list[Result]:
    """Return every result of a visit, corrected ones too, oldest first."""
    rows = Result.objects.filter(sample__visit=of).select_related("replaces", "replaced_by", "specimen")
    return list(rows.order_by("item", "recorded_at", "id"))


def moves(of: Visit) -> list[Move]:
    """Return the steps of custody of the sample of a visit and of its parts, in order."""
    return list(Move.objects.filter(sample__visit=of).select_related("specimen"))


def newest_report(of: Visit) -> Report | None:
    """Return the newest version of the report that the laboratory signed of the sample of a visit."""
    return Report.objects.filter(sample__visit=of).order_by("-version").first()


def purchase(of: Visit) -> Purchase | None:
    """Return how the sample of a visit was paid for."""
    return Purchase.objects.filter(sample__visit=of).first()


def samples_to_take_again(person: Any) -> QuerySet[Visit]:
    """Return the visits whose sample was refused by the laboratory."""
    rows = Visit.objects.filter(state=rules.RETURNED).select_related("subject")
    return people.within(rows, person, P.CASE_HANDLE).order_by("visited_on", "id")


def visits_to_reassign(person: Any) -> QuerySet[Visit]:
    """Return the visits still to be made by an inspector who was struck off or is no longer active."""
    gone = available.struck_off(clock.today())
    drawn = Q(selection__first_inspector__in=gone) | Q(selection__second_inspector__in=gone)
    given = Q(first_inspector__in=gone) | Q(second_inspector__in=gone)
    rows = Visit.objects.filter(Q(first_inspector__isnull=True) & drawn | given, state=rules.ASSIGNED)
    rows = rows.select_related("subject")
    return people.within(rows, person, P.CASE_HANDLE).order_by("period", "region", "id")


def parties_to_serve(person: Any) -> QuerySet[Party]:
    """Return the producers and platforms that were not told yet."""
    rows = Party.objects.filter(stand=rules.UNSERVED, case__state__in=rules.CONTESTABLE)
    rows = rows.select_related("case__subject")
    return people.within(rows, person, P.CASE_HANDLE, region="case__region").order_by("case__opened_on", "id")


def objections_to_decide(person: Any) -> QuerySet[Case]:
    """Return the cases in which an objection waits for its decision."""
    rows = Case.objects.filter(state=rules.OBJECTED).select_related("subject")
    return people.within(rows, person, P.CASE_HANDLE).order_by("moved_on", "id")


def offered_cases(person: Any) -> QuerySet[Transfer]:
    """Return the cases that another region offers to this office."""
    rows = Transfer.objects.filter(answer="").select_related("case__subject")
    return people.within(rows, person, P.CASE_HANDLE, region="to_region").order_by("offered_on", "id")


def cases(person: Any) -> QuerySet[Case]:
    """Return the cases this person may see; a firm sees its own, a laboratory those whose re-test it makes.

    A producer sees a case once it was served there; an office also sees what it passed on or is offered.
    """
    rows = Case.objects.select_related("subject", "visit__selection__draw")
    kinds = _roles(person)
    if "lab" in kinds:
        named = Retest.objects.order_by().values("case", "lab")
        mine = people.within(named, person, P.INSPECTION_VIEW, region=None, organisation="lab")
        return rows.filter(pk__in=mine.values("case"))
    found = people.within(rows, person, P.INSPECTION_VIEW, organisation="subject__code")
    if "firm" in kinds:
        served = Party.objects.order_by().exclude(stand=rules.UNSERVED)
        mine = people.within(served, person, P.INSPECTION_VIEW, region=None, organisation="code")
        return found.exclude(state=rules.OPENED) | rows.filter(pk__in=mine.values("case"))
    if not kinds or people.may(person, P.INSPECTION_VIEW, region=regions.NATION):
        return found
    passed = Transfer.objects.order_by()
    sent = people.within(passed.exclude(answer="returned"), person, P.INSPECTION_VIEW, region="from_region")
    offered = people.within(passed.exclude(answer="returned"), person, P.INSPECTION_VIEW, region="to_region")
    return found | rows.filter(Q(pk__in=sent.values("case")) | Q(pk__in=offered.values("case")))


def case(person: Any, pk: Any) -> Case:
    """Return one case."""
    return _one(cases(person).filter(pk=pk))


def clocks(person: Any) -> QuerySet[Clock]:
    """Return the clocks that have not stopped in the cases this person may see, the nearest first."""
    rows = Clock.objects.exclude(status=rules.STOPPED).select_related("case__subject")
    found = people.within(
        rows, person, P.INSPECTION_VIEW, region="case__region", organisation="case__subject__code"
    )
    return found.order_by("due_on", "rule")


def waiting_for(person: Any, inspector: Any) -> list[Visit]:
    """Return the visits that wait for an inspector, as far as this person may see them."""
    of_inspector = Q(selection__first_inspector=inspector) | Q(selection__second_inspector=inspector)
    rows = visits(person).filter(of_inspector, state__in=(rules.ASSIGNED, rules.SAMPLED))
    return list(rows.order_by("period", "region", "id")[:MOST_WAITING])


def colleague(of: Visit, inspector: Any) -> Any:
    """Return the other inspector of the pair of a visit."""
    chosen = of.selection
    is_first = chosen.first_inspector_id == inspector.pk
    return chosen.second_inspector if is_first else chosen.first_inspector


def of_draw(draw: Draw) -> dict[str, int]:
    """Return how many visits of a draw are in each state."""
    rows = Visit.objects.filter(draw=draw).order_by().values_list("state")
    return dict(rows.annotate(count=Count("id")))


def of_subject(person: Any, subject: Any) -> QuerySet[Visit]:
    """Return the visits to a subject that this person may see."""
    return visits(person).filter(subject=subject).order_by("-period", "id")


def entries(of: Visit, *, public_only: bool = False) -> list[Any]:
    """Return the ledger entries about a visit and about its draw, newest first."""
    serial = of.selection.draw.serial
    found = [
        *ledger.timeline("visit", str(of.pk), public_only=public_only),
        *ledger.timeline("draw", serial, public_only=public_only),
    ]
    return sorted(found, key=lambda entry: -entry.seq)


def papers(person: Any) -> QuerySet[IssuedPaper]:
    """Return the papers issued in the cases that this person may see."""
    rows = IssuedPaper.objects.filter(case__in=cases(person))
    return rows.select_related("case__subject", "case__visit__selection__draw")


def paper(person: Any, pk: Any) -> IssuedPaper:
    """Return one issued paper."""
    return _one(papers(person).filter(pk=pk))


def prints(person: Any) -> QuerySet[PrintJob]:
    """Return the prints that this person asked for; nobody sees those of others."""
    rows = PrintJob.objects.filter(person=person) if hasattr(person, "held_on") else PrintJob.objects.none()
    return rows.select_related("draw")


def print_job(person: Any, pk: Any) -> PrintJob:
    """Return one of them."""
    return _one(prints(person).filter(pk=pk))


# What everybody may see ------------------------------------------------------------------------


def published(today: date | None = None) -> QuerySet[Visit]:
    """Return the inspections of closed draws whose outcome is final.

    Before its draw is closed an inspection would tell who else may be visited (ADR 11). A failing result is
    shown once nobody can object to it any more, or its objection was rejected; an overturned one never, and
    none whose publication the office holds back.
    """
    rows = Visit.objects.filter(state__in=(*FINAL, rules.FAILED), draw__state=CLOSED)
    rows = rows.filter(~Exists(_hiding(today or clock.today()).filter(visit=OuterRef("pk"))))
    return rows.select_related("draw", "subject")


def _hiding(today: date) -> QuerySet[Case]:
    """Return the few cases that keep an ended visit from being seen; a failing result always has its case."""
    open_ = Q(visit__state=rules.FAILED, state__in=rules.HIDING) & ~_past_objection("", today)
    fallen = Q(state=rules.OVERTURNED) & (Q(visit__verdict="") | Q(retest__isnull=False))
    return Case.objects.order_by().filter(Q(is_held=True) | open_ | fallen)


def contestable(today: date | None = None) -> int:
    """Return how many failing results of closed draws are not shown because they can still be contested.

    Counted by their cases, which open with the failing result, and no further than one past the limit.
    """
    waiting = Case.objects.filter(state__in=rules.CONTESTABLE, visit__state=rules.FAILED).order_by()
    waiting = waiting.filter(visit__draw__state=CLOSED).exclude(_past_objection("", today or clock.today()))
    return waiting[: COUNT_LIMIT + 1].count()


def contested(today: date | None = None) -> QuerySet[Visit]:
    """Return the failing visits to whose result the firm can still object, in whatever draw."""
    failed = Visit.objects.filter(state=rules.FAILED)
    waiting = Q(case__isnull=True) | Q(case__state__in=rules.CONTESTABLE)
    return failed.filter(waiting).exclude(_past_objection("case__", today or clock.today()))


def _past_objection(prefix: str, today: date) -> Q:
    """Say that the last day to object is settled and past; a provisional day is not stored on the case."""
    said = {"state": rules.NOTIFIED, "contestable_until__lt": today}
    return Q(**{f"{prefix}{name}": value for name, value in said.items()})


@dataclass(frozen=True)
class PublicView:
    """One inspection as everybody may see it; without firm and results while it can be contested."""

    visit: Visit
    is_final: bool
    is_overturned: bool
    is_held: bool
    contestable_until: date | None
    results: list[Result]
    case: Case | None


def public_view(pk: Any) -> PublicView:
    """Return one inspection as everybody may see it; one whose draw is not closed yet is not found."""
    rows = Visit.objects.filter(draw__state=CLOSED).select_related(*_ABOUT, "sample")
    found = _one(rows.filter(pk=pk))
    held = Case.objects.filter(visit=found).first()
    is_final = published().filter(pk=found.pk).exists()
    is_waiting = held is not None and held.state in rules.CONTESTABLE
    return PublicView(
        visit=found,
        is_final=is_final,
        is_overturned=not is_final and held is not None and held.state == rules.OVERTURNED,
        is_held=held is not None and held.is_held,
        contestable_until=held.contestable_until if held and is_waiting and not is_final else None,
        results=results(found) if is_final else [],
        case=held if is_final else None,
    )


def _roles(person: Any) -> set[str]:
    held = person.held_on(clock.today()) if hasattr(person, "held_on") else ()
    return {one.role for one in held}


def _one(rows: QuerySet) -> Any:
    found = rows.first()
    if found is None:
        raise not_found()
    return found


def not_visited(draws: Sequence[Draw]) -> dict[Any, int]:
    """Return how many units to visit of each draw have no outcome yet, in one statement."""
    sent = Selection.objects.filter(Q(is_reserve=False) | Q(stands_for__isnull=False), draw__in=list(draws))
    open_ones = Count("pk", filter=Q(visit__isnull=True) | Q(visit__state=rules.ASSIGNED))
    return dict(sent.order_by().values_list("draw").annotate(open=open_ones))


def failed(chosen: Any) -> str:
    """Return how the visit of a drawn unit failed, or nothing when it did not (yet)."""
    states = Visit.objects.filter(selection=chosen, state__in=rules.NON_RESPONSE)
    return states.values_list("state", flat=True).first() or ""
