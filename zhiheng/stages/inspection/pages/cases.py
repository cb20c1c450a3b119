"""Cases: the list with the days left, the record with its clocks and their proofs, and each step."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import ledger, people, web
from zhiheng.people import clock, roles
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.web import breadcrumb, forms, slots, timeline, wording

from .. import actions, custody, listing, notices, queries, reasons, rules, sides
from ..forms import ObjectionForm, StepForm
from ..labels import CASE_STATES, DOCUMENTS, HELD, NEEDS, STEPS
from ..models import Case, Objection, Retest
from ..rules import following
from .case_deeds import CASE_DEEDS, OWN_DEEDS
from .deeds import Offer, offers

FIRST = ("serve", "serve-producer", "serve-platform", "name-laboratory", "test", "answer-transfer")


@web.page(permission=P.INSPECTION_VIEW)
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases this person may see; a firm finds its own here."""
    rows = queries.cases(request.user).prefetch_related("clocks")
    return listing.CASES.respond(request, rows, "web/list.html", {"title": _("Cases")})


@web.page(permission=P.INSPECTION_VIEW)
def case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one case: what was found, which clocks run and why, what can be done now."""
    found = queries.case(request.user, pk)
    running = found.clocks.select_related("party")
    clocks = [(one, reasons.of_clock(one), reasons.rule_name(one.rule)) for one in running]
    context = {
        "title": _("Case of %(firm)s") % {"firm": found.subject.name},
        "case": found,
        "clocks": clocks,
        "results": [(result, reasons.of_result(result)) for result in queries.results(found.visit)],
        "notice": notices.read(found) if found.notice_file else None,
        "sides": _sides(found),
        "objections": _objections(request.user, found),
        "tests": list(found.tests.all()),
        "retest": Retest.objects.filter(case=found).first(),
        "measures": _measures(request.user, found),
        "transfers": [] if _is_outside(request.user) else list(found.transfers.all()),
        "may_see_visit": queries.visits(request.user).filter(pk=found.visit_id).exists(),
        "identity": _identity(found),
        "standing": [CASE_STATES[found.state], *([HELD] if found.is_held else [])],
        "offers": _offers(request.user, found),
        "items": timeline.from_entries(ledger.timeline("case", str(found.pk))),
        "panels": slots.panels.collect("case", request.user, found),
        "crumbs": breadcrumb.trail((_("Cases"), reverse("inspection:cases")), found.subject.name),
    }
    return render(request, "inspection/case.html", context)


@web.page(permission=P.OBJECTION_FILE)
def objection(request: HttpRequest, pk: UUID) -> HttpResponse:
    """File the firm's objection."""
    found = queries.case(request.user, pk)

    def act(form: ObjectionForm) -> str:
        actions.object_result(by=request.user, case=found, **form.cleaned_data)
        return reverse("inspection:case", args=[found.pk])

    form, answer = forms.handle(request, ObjectionForm, act=act, key=str(found.pk), title=found.subject.name)
    mine = found.clocks.filter(rule=rules.OBJECTION_RULE, party=sides.speaker(request.user, found)).first()
    until = mine.due_on if mine is not None else None
    lead = _("An objection is in time until %(day)s.") % {"day": wording.day(until)} if until else ""
    return answer or _form(request, form, _("Object to the result"), lead, found)


@web.page(permission=P.INSPECTION_VIEW)
def step(request: HttpRequest, pk: UUID, event: str) -> HttpResponse:
    """Take one step of the procedure."""
    found = queries.case(request.user, pk)
    edge = machine.advance(rules.CASES, found.state, event)
    if event in OWN_DEEDS:
        return HttpResponseRedirect(reverse("inspection:case_deed", args=[found.pk, OWN_DEEDS[event]]))
    people.require(
        request.user,
        edge.permission or P.CASE_HANDLE,
        region=found.region,
        organisation=sides.organisation(found, sides.speaker(request.user, found)),
    )

    def act(form: StepForm) -> str:
        said = form.cleaned_data
        taken = {
            "by": request.user,
            "case": found,
            "event": event,
            "reason": said["reason"],
            "on": said["on"],
        }
        if event in following.DECISIONS and said["objection"]:
            actions.decide_objection(**taken, objection=_named(found, said["objection"]))
        else:
            actions.move_case(**taken)
        return reverse("inspection:case", args=[found.pk])

    open_ones = sides.undecided(found) if event in following.DECISIONS else []
    start = {"on": clock.today(), "objection": open_ones[0].pk if open_ones else None}
    form, answer = forms.handle(request, StepForm, act=act, key=f"{found.pk}-{event}", initial=start)
    lead = _("Afterwards this case stands at: %(state)s.") % {"state": CASE_STATES[edge.target].label}
    return answer or _form(request, form, STEPS.get(event, event), lead, found)


def _named(found: Case, pk: UUID) -> Objection:
    """Return the objection of a case that a form names."""
    return Objection.objects.filter(case=found, pk=pk).first() or custody.refuse_moved_on()


def _offers(person: Any, found: Case) -> list[Offer]:
    """Return what this person can do in a case now: the steps of its procedure, then what stands beside."""
    offered = []
    party = sides.speaker(person, found)
    spoken = () if sides.is_in_time(found, party) else ("object", *following.ACCEPTING)
    for edge in rules.CASES.transitions:
        if edge.source != found.state or edge.permission is None or edge.event in rules.SHOWN_ELSEWHERE:
            continue
        if edge.event in spoken:
            continue
        code = sides.organisation(found, party)
        if people.may(person, edge.permission, region=found.region, organisation=code):
            name = "inspection:objection" if edge.event == "object" else "inspection:step"
            args = [found.pk] if edge.event == "object" else [found.pk, edge.event]
            needs = tuple(NEEDS[one] for one in (*edge.evidence, *edge.guards))
            document = DOCUMENTS.get(edge.document or "", "")
            offered.append(Offer(STEPS[edge.event], reverse(name, args=args), needs, document))
    own = offers(person, found, CASE_DEEDS, "inspection:case_deed")
    first = [one for one in own if one.url.rstrip("/").rpartition("/")[2] in FIRST]
    return [*first, *offered, *(one for one in own if one not in first)]


def _sides(found: Case) -> list[tuple[Any, Any, Any, Any]]:
    """Return each party with its name, its service, and where it stands."""
    firm = (
        _("Firm where the sample was taken"),
        found.subject.name,
        _service(found.served_on, found.get_served_by_display(), found.service_sha),
        "",
    )
    others = [
        (
            party.get_role_display(),
            " ".join(filter(None, (party.name, party.code))),
            _service(party.served_on, party.get_served_by_display(), party.service_sha),
            party.get_stand_display(),
        )
        for party in found.parties.all()
    ]
    return [firm, *others]


def _service(on: Any, by: Any, sha: str) -> str:
    if on is None:
        return _("not served yet")
    proof = _("proof %(sha)s") % {"sha": sha[:16]} if sha else _("no proof kept")
    return " · ".join(str(part) for part in (wording.day(on), by, proof) if part)


def _objections(person: Any, found: Case) -> list[Any]:
    """Return the objections; a firm sees its own alone, a laboratory none."""
    rows = found.objections.select_related("party", "decision")
    if _is_outside(person) and not people.may(person, P.OBJECTION_FILE):
        return []
    if _is_outside(person):
        rows = rows.filter(party=sides.speaker(person, found))
    return list(rows)


def _is_outside(person: Any) -> bool:
    """Say whether somebody looks on from a firm or a laboratory, who reads no reasons of the office."""
    held = person.held_on(clock.today()) if hasattr(person, "held_on") else ()
    return bool(held) and all(roles.get(one.role).scope == "organisation" for one in held)


def _measures(person: Any, found: Case) -> list[tuple[Any, Any, Any]]:
    words = {name: state.label for name, state in CASE_STATES.items()}
    rows = found.measures.all()
    if _is_outside(person):
        rows = rows.filter(kind__in=(rules.STOP_SALE, rules.RESUME_SALE))
    return [(one.on, one.get_kind_display(), words.get(one.reason, one.reason)) for one in rows]


def _form(request: HttpRequest, form: Any, title: Any, lead: str, found: Case) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "lead": lead,
        "cancel_url": reverse("inspection:case", args=[found.pk]),
    }
    return render(request, "web/form_page.html", context)


def _identity(found: Case) -> list[tuple[Any, Any]]:
    rows = [
        (_("Firm"), found.subject.name),
        (_("Social credit code"), found.subject.code),
        (_("Region"), wording.region_path(found.region)),
        (_("Opened on"), wording.day(found.opened_on)),
        (_("Notice served on"), wording.day(found.served_on)),
        (_("Draw"), found.visit.selection.draw.serial),
        (_("Hash of the notice"), found.notice_sha),
    ]
    return [*rows, (_("Closed on"), wording.day(found.closed_on))] if found.closed_on else rows
