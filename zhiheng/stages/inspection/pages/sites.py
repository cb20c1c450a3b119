"""Checks of construction works: the list, the record, the forms, and the rates that everybody may see."""

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
from zhiheng.reference import checks
from zhiheng.web import breadcrumb, forms, timeline, wording

from .. import actions, custody, listing, sites
from ..actions.sites import Point
from ..forms.sites import PointsForm, SiteForm, SiteStepForm
from ..labels import DOCUMENTS, NEEDS
from ..models import SiteCheck
from ..rules import sites as rules
from ..site_labels import SITE_STATES, STEPS, project_types
from .deeds import Offer


@web.page(permission=P.INSPECTION_VIEW)
def site_checks(request: HttpRequest) -> HttpResponse:
    """List the checks of sites this person may see."""
    may_plan = people.may(request.user, P.CASE_HANDLE) and people.may(request.user, P.REGISTRY_EDIT)
    context = {
        "title": _("Construction sites"),
        "actions": [(_("Plan a check"), reverse("inspection:site_new"))] if may_plan else [],
    }
    return listing.SITE_CHECKS.respond(
        request, sites.site_checks(request.user), "inspection/sites.html", context
    )


@web.page(permission=P.CASE_HANDLE)
def site_new(request: HttpRequest) -> HttpResponse:
    """Enter a project and plan its check."""

    def act(form: SiteForm) -> str:
        said = dict(form.cleaned_data)
        plan = {name: said.pop(name) for name in ("period", "first", "second")}
        site = actions.register_site(by=request.user, **said)
        made = actions.plan_site_check(by=request.user, site=site, **plan)
        return reverse("inspection:site_check", args=[made.pk])

    form, answer = forms.handle(request, SiteForm, act=act)
    context = {"form": form, "title": _("Plan a check"), "cancel_url": reverse("inspection:site_checks")}
    return answer or render(request, "web/form_page.html", context)


@web.page(permission=P.INSPECTION_VIEW)
def site_check(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one check: the site, what was found at each point, what comes next."""
    found = sites.site_check(request.user, pk)
    names = {
        item.code: item
        for item in checks.items(checks.ENGINEERING, found.site.project_type, with_invented=True)
    }
    points = [
        (point, [(names.get(row.item), row) for row in point.results.all()]) for point in sites.points(found)
    ]
    context = {
        "title": found.site.name,
        "check": found,
        "points": points,
        "identity": _identity(found),
        "standing": [SITE_STATES[found.state]],
        "offers": _offers(request.user, found),
        "items": timeline.from_entries(ledger.timeline("site_check", str(found.pk))),
        "crumbs": breadcrumb.trail(
            (_("Construction sites"), reverse("inspection:site_checks")), found.site.name
        ),
    }
    return render(request, "inspection/site_check.html", context)


@web.page(permission=P.INSPECTION_RECORD)
def site_record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record the points of a check."""
    found = sites.site_check(request.user, pk)
    people.require(request.user, P.INSPECTION_RECORD, region=found.region)

    def act(form: PointsForm) -> str:
        points = [Point(place, given) for place, given in form.points()]
        on = form.cleaned_data["checked_on"]
        actions.record_site_check(by=request.user, check=found, checked_on=on, points=points)
        return reverse("inspection:site_check", args=[found.pk])

    form, answer = forms.handle(
        request,
        PointsForm,
        act=act,
        key=str(found.pk),
        title=found.site.name,
        initial={"checked_on": clock.today()},
        items=sites.items_of(found.site),
    )
    return answer or _form(request, form, _("Record the check"), found)


@web.page(permission=P.INSPECTION_VIEW)
def site_step(request: HttpRequest, pk: UUID, event: str) -> HttpResponse:
    """Take one step of a check."""
    found = sites.site_check(request.user, pk)
    edge = machine.advance(rules.TABLE, found.state, event)
    if event not in STEPS or event == "check":
        custody.refuse_moved_on()
    people.require(request.user, edge.permission or P.CASE_HANDLE, region=found.region)

    def act(form: SiteStepForm) -> str:
        said = form.cleaned_data
        actions.move_site_check(by=request.user, check=found, event=event, **said)
        return reverse("inspection:site_check", args=[found.pk])

    form, answer = forms.handle(
        request, SiteStepForm, act=act, key=f"{found.pk}-{event}", initial={"on": clock.today()}
    )
    return answer or _form(request, form, STEPS[event], found)


@web.page(public=True)
def site_rates(request: HttpRequest) -> HttpResponse:
    """Show the conformity rate of the checked points by type of project, with its interval."""
    periods = sites.periods()
    chosen = request.GET.get("period", "")
    period = chosen if chosen in periods else (periods[0] if periods else "")
    names = dict(project_types())
    context = {
        "title": _("What share of the checked points of construction works conforms?"),
        "period": period,
        "periods": [(one, wording.period(one)) for one in periods],
        "rates": [(names.get(one.project_type, one.project_type), one) for one in sites.rates(period)],
        "unanswered": sites.unanswered(period) if period else 0,
    }
    return render(request, "inspection/site_rates.html", context)


@web.page(permission=P.INSPECTION_VIEW)
def check_items(request: HttpRequest) -> HttpResponse:
    """List what is looked at: items of construction works and of building materials, with their sources."""
    groups = [
        (wording.bilingual(subject), checks.items(kind, subject.code, with_invented=True))
        for kind in checks.KINDS
        for subject in checks.subjects(kind)
    ]
    return render(request, "inspection/check_items.html", {"title": _("Items to check"), "groups": groups})


def _offers(person: Any, found: SiteCheck) -> list[Offer]:
    offered = []
    for edge in rules.TABLE.transitions:
        if edge.source != found.state or edge.event not in STEPS:
            continue
        if people.may(person, edge.permission or P.CASE_HANDLE, region=found.region):
            address = (
                reverse("inspection:site_record", args=[found.pk])
                if edge.event == "check"
                else reverse("inspection:site_step", args=[found.pk, edge.event])
            )
            needs = tuple(NEEDS[one] for one in (*edge.evidence, *edge.guards))
            offered.append(Offer(STEPS[edge.event], address, needs, DOCUMENTS.get(edge.document or "", "")))
    return offered


def _identity(found: SiteCheck) -> list[tuple[Any, Any]]:
    pair = "、".join(f"{one.name}({one.code})" for one in (found.first_inspector, found.second_inspector))
    rows = [
        (_("Code of the project"), found.site.code),
        (_("Type of project"), dict(project_types()).get(found.site.project_type, found.site.project_type)),
        (_("Region"), wording.region_path(found.region)),
        (_("Builder"), found.site.builder),
        (_("Period"), wording.period(found.period)),
        (_("Inspectors"), pair),
        (_("Checked on"), wording.day(found.checked_on)),
    ]
    if found.correct_by:
        rows.append((_("To be corrected by"), wording.day(found.correct_by)))
    return [*rows, (_("Note"), found.note)] if found.note else rows


def _form(request: HttpRequest, form: Any, title: Any, found: SiteCheck) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "lead": f"{found.site.name} · {wording.region_path(found.region)}",
        "cancel_url": reverse("inspection:site_check", args=[found.pk]),
    }
    return render(request, "web/form_page.html", context)
