"""The office's side of the plan: obligations, the binding of targets, the adoption of the Outline."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import ledger
from zhiheng.formats import periods
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.reference import regions
from zhiheng.web import breadcrumb, forms, slots, timeline, wording
from zhiheng.web.gate import page
from zhiheng.web.tables import Column, Filter, Table

from .. import actions, grounds, lists, queries, said
from ..forms import AdoptForm, BindingForm, MoveForm, ObligationForm, move_form
from ..models import OBLIGATION_STATES, PURPOSES, Obligation, Target
from ..rules import obligations as duty_rules

OBLIGATIONS = Table(
    id="obligations",
    caption=gettext_lazy("Obligations"),
    columns=(
        Column(
            "period",
            gettext_lazy("Period"),
            value=lambda row: wording.period(row.period),
            url=lambda row: reverse("plan:obligation", args=[row.pk]),
            sort=("period", "region", "pk"),
        ),
        Column("region", gettext_lazy("Region"), kind="region", sort=("region", "period", "pk")),
        Column("article", gettext_lazy("Article"), kind="number", sortable=False),
        Column("basis", gettext_lazy("Ground of the duty"), sortable=False),
        Column("about", gettext_lazy("What is inspected"), value=said.about, sortable=False),
        Column("quota", gettext_lazy("How many"), value=grounds.amount_text, sortable=False),
        Column("minimum_per_stratum", gettext_lazy("Least number"), kind="number", sortable=False),
        Column("state", gettext_lazy("State"), kind="state", states=said.DUTY_STATES, sortable=False),
    ),
    filters=(
        Filter("region", gettext_lazy("Region"), "region"),
        Filter("period", gettext_lazy("Period begins with"), "text"),
        Filter("purpose", gettext_lazy("Purpose"), "choice", choices=PURPOSES),
        Filter("item", gettext_lazy("Item of the catalogue"), "text", field="item__code"),
        Filter("state", gettext_lazy("State"), "choice", choices=OBLIGATION_STATES),
    ),
    default_sort="-period",
    export_name="obligations",
    empty=gettext_lazy("No obligation has been set in your region yet. A draw needs one."),
)

TARGETS = Table(
    id="targets",
    caption=gettext_lazy("Targets"),
    columns=(
        Column(
            "id", gettext_lazy("Target"), kind="code", url=lambda row: reverse("plan:target", args=[row.pk])
        ),
        Column("indicator", gettext_lazy("Indicator as named"), value=wording.bilingual, sortable=False),
        Column("value", gettext_lazy("Promise"), value=said.promise, sortable=False),
        Column("due", gettext_lazy("Due"), value=lambda row: wording.period(str(row.due)), sortable=False),
        Column("series", gettext_lazy("Series"), value=lambda row: _series(row), sortable=False),
        Column("binding", gettext_lazy("Binding"), kind="state", states=said.BINDING_STATES, sortable=False),
    ),
    default_sort="id",
    export_name="targets",
    empty=gettext_lazy("There are no targets yet. Adopt the Outline first."),
)


def _deciding(person: Any) -> Column:
    """Return the column that leads to the form, for the targets of a place where the person decides."""

    def may(row: Target) -> bool:
        return scope.may(person, P.TARGET_BIND, region=row.region)

    return Column(
        "bind",
        gettext_lazy("Decide on the series"),
        kind="link",
        value=lambda row: _("Choose a series") if may(row) else "",
        url=lambda row: reverse("plan:bind", args=[row.pk]) if may(row) else "",
        sortable=False,
    )


def _series(row: Target) -> str:
    return wording.bilingual(row.series) if row.series else ""


@page(permission=P.PLAN_VIEW)
def obligations(request: HttpRequest) -> HttpResponse:
    """List the obligations of the region."""
    links = []
    if scope.may(request.user, P.PLAN_EDIT):
        links.append((_("Set an obligation"), reverse("plan:obligation_new")))
        links.append((_("Import a list"), reverse("web:import", args=[lists.OBLIGATIONS.id])))
    context = {"title": _("Obligations"), "links": links}
    return OBLIGATIONS.respond(request, queries.obligations(request.user), "plan/list.html", context)


@page(permission=P.PLAN_VIEW)
def obligation(request: HttpRequest, pk: Any) -> HttpResponse:
    """Show one obligation: its clause, its shares, what became of it."""
    found = queries.obligation(request.user, pk)
    entries = ledger.timeline("obligation", str(found.pk))
    context = {
        "title": _name(found),
        "crumbs": breadcrumb.trail((_("Obligations"), reverse("plan:obligations")), _name(found)),
        "standing": [said.DUTY_STATES[found.state]],
        "identity": [
            (_("Region"), wording.region_path(found.region)),
            (_("Period"), wording.period(found.period)),
            (_("Ground of the duty"), found.basis),
            (_("What is inspected"), said.about(found)),
            (_("How many"), grounds.amount_text(found)),
            (_("Least number in a class"), wording.number(found.minimum_per_stratum)),
            *_design(found),
        ],
        "why": grounds.of_obligation(found),
        "items": timeline.from_entries(entries),
        "panels": slots.panels.collect("obligation", request.user, found),
        "actions": _moves(request.user, found),
    }
    return render(request, "plan/obligation.html", context)


def _design(found: Obligation) -> list[tuple[Any, Any]]:
    rows = [(_("Weights"), said.weights(found))] if found.weights else []
    return [*rows, (_("Full coverage"), said.cycle(found))] if found.is_full_coverage else rows


def _name(found: Obligation) -> str:
    return f"{wording.region_name(found.region)} {wording.period(found.period)}"


def _moves(person: Any, found: Obligation) -> list[tuple[Any, str]]:
    may_edit = scope.may(person, P.PLAN_EDIT, region=found.region)
    if not may_edit or not duty_rules.MOVES[found.state]:
        return []
    return [(_("Issue, end or withdraw it"), reverse("plan:obligation_move", args=[found.pk]))]


@page(permission=P.PLAN_EDIT)
def obligation_new(request: HttpRequest) -> HttpResponse:
    """Set an obligation."""

    def act(form: ObligationForm) -> str:
        made = actions.create_obligation(by=request.user, **form.said())
        return reverse("plan:obligation", args=[made.pk])

    quarter = periods.of(clock.today(), periods.QUARTER).text
    initial = ObligationForm.defaults() | {"region": _own_region(request.user), "period": quarter}
    title = _("Set an obligation")
    form, answer = forms.handle(request, ObligationForm, act=act, title=title, initial=initial)
    crumbs = breadcrumb.trail((_("Obligations"), reverse("plan:obligations")), title)
    return answer or render(request, "web/form_page.html", {"form": form, "title": title, "crumbs": crumbs})


def _own_region(person: Any) -> str:
    held = [item.region for item in person.held_on(clock.today())]
    return held[0] if held else regions.NATION


@page(permission=P.PLAN_EDIT)
def obligation_move(request: HttpRequest, pk: Any) -> HttpResponse:
    """Issue, end or withdraw an obligation."""
    found = queries.obligation(request.user, pk)
    scope.require(request.user, P.PLAN_EDIT, region=found.region)
    here = reverse("plan:obligation", args=[found.pk])

    def act(form: MoveForm) -> str:
        actions.move_obligation(by=request.user, obligation=found, **form.cleaned_data)
        return here

    form, answer = forms.handle(request, move_form(found.state), act=act, key=str(found.pk))
    context = {
        "form": form,
        "title": _("Issue, end or withdraw it"),
        "lead": _("An ended obligation does not come back; what was drawn for it stays."),
        "crumbs": breadcrumb.trail((_("Obligations"), reverse("plan:obligations")), (_name(found), here)),
    }
    return answer or render(request, "web/form_page.html", context)


@page(permission=P.PLAN_VIEW)
def targets(request: HttpRequest) -> HttpResponse:
    """List the targets with what they are bound to."""
    links = []
    if scope.may(request.user, P.PLAN_EDIT, region=regions.NATION):
        links.append((_("Adopt the Outline"), reverse("plan:adopt")))
    context = {"title": _("Targets"), "links": links}
    decides = scope.may(request.user, P.TARGET_BIND)
    steps = (_deciding(request.user),) if decides else ()
    table = dataclasses.replace(TARGETS, columns=(*TARGETS.columns, *steps))
    return table.respond(request, queries.targets(), "plan/list.html", context)


@page(permission=P.TARGET_BIND)
def bind(request: HttpRequest, id: str) -> HttpResponse:
    """Bind a target to a series, or keep its refusal."""
    found = queries.target(id)
    scope.require(request.user, P.TARGET_BIND, region=found.region)

    def act(form: BindingForm) -> str:
        actions.bind_target(by=request.user, target=found, series_id=form.cleaned_data["series"])
        return reverse("plan:target", args=[found.pk])

    initial = {"series": found.series_id or ""}
    form, answer = forms.handle(request, BindingForm, act=act, key=found.pk, initial=initial)
    context = {
        "form": form,
        "title": wording.bilingual(found),
        "lead": said.promise(found),
        "crumbs": breadcrumb.trail((_("Targets"), reverse("plan:targets")), found.id),
    }
    return answer or render(request, "web/form_page.html", context)


@page(permission=P.PLAN_EDIT)
def adopt(request: HttpRequest) -> HttpResponse:
    """Take over the targets of the Outline and the published series."""
    scope.require(request.user, P.PLAN_EDIT, region=regions.NATION)

    def act(_form: AdoptForm) -> str:
        actions.adopt_outline(by=request.user)
        return reverse("plan:targets")

    form, answer = forms.handle(request, AdoptForm, act=act)
    context = {
        "form": form,
        "title": _("Adopt the Outline"),
        "lead": _("Its four targets and the published series are entered; targets that stand already stay."),
        "crumbs": breadcrumb.trail((_("Targets"), reverse("plan:targets")), _("Adopt the Outline")),
    }
    return answer or render(request, "web/form_page.html", context)
