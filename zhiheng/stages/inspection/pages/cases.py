"""Cases: the list with the days left, the record with its clocks and their proofs, and each step."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import ledger, people, web
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure import machine
from zhiheng.web import breadcrumb, forms, slots, timeline, wording

from .. import actions, listing, notices, queries, reasons, rules
from ..forms import ObjectionForm, StepForm
from ..labels import CASE_STATES, OBJECTION_KINDS, STEPS
from ..models import Case


@web.page(permission=P.INSPECTION_VIEW)
def cases(request: HttpRequest) -> HttpResponse:
    """List the cases this person may see; a firm finds its own here."""
    rows = queries.cases(request.user).prefetch_related("clocks")
    return listing.CASES.respond(request, rows, "web/list.html", {"title": _("Cases")})


@web.page(permission=P.INSPECTION_VIEW)
def case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one case: what was found, which clocks run and why, what can be done now."""
    found = queries.case(request.user, pk)
    clocks = [(one, reasons.of_clock(one), reasons.rule_name(one.rule)) for one in found.clocks.all()]
    context = {
        "title": _("Case of %(firm)s") % {"firm": found.subject.name},
        "case": found,
        "clocks": clocks,
        "results": [(result, reasons.of_result(result)) for result in queries.results(found.visit)],
        "notice": notices.read(found) if found.notice_file else None,
        "objection": getattr(found, "objection", None),
        "objection_kinds": dict(OBJECTION_KINDS),
        "identity": _identity(found),
        "standing": [CASE_STATES[found.state]],
        "actions": steps(request.user, found),
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
    until = found.contestable_until
    lead = _("An objection is in time until %(day)s.") % {"day": wording.day(until)} if until else ""
    return answer or _form(request, form, _("Object to the result"), lead, found)


@web.page(permission=P.INSPECTION_VIEW)
def step(request: HttpRequest, pk: UUID, event: str) -> HttpResponse:
    """Take one step of the procedure."""
    found = queries.case(request.user, pk)
    edge = machine.advance(rules.CASES, found.state, event)
    people.require(
        request.user,
        edge.permission or P.CASE_HANDLE,
        region=found.region,
        organisation=found.subject.code,
    )

    def act(form: StepForm) -> str:
        said = form.cleaned_data
        if event == "serve_notice":
            actions.serve_notice(by=request.user, case=found, served_on=said["on"])
        else:
            actions.move_case(by=request.user, case=found, event=event, reason=said["reason"], on=said["on"])
        return reverse("inspection:case", args=[found.pk])

    form, answer = forms.handle(
        request, StepForm, act=act, key=f"{found.pk}-{event}", initial={"on": clock.today()}
    )
    lead = _("Afterwards this case stands at: %(state)s.") % {"state": CASE_STATES[edge.target].label}
    return answer or _form(request, form, STEPS.get(event, event), lead, found)


def steps(person: Any, found: Case) -> list[tuple[Any, str]]:
    """Return what this person can do with a case now."""
    offered = []
    for edge in rules.CASES.transitions:
        if edge.source != found.state or edge.permission is None or edge.event not in STEPS:
            continue
        if people.may(person, edge.permission, region=found.region, organisation=found.subject.code):
            name = "inspection:objection" if edge.event == "object" else "inspection:step"
            args = [found.pk] if edge.event == "object" else [found.pk, edge.event]
            offered.append((STEPS[edge.event], reverse(name, args=args)))
    return offered


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
