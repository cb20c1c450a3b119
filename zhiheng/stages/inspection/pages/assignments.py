"""The pages of assignments: when visits are told, the receipt of one's own, and the start at the door."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms as fields
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from zhiheng import people, web
from zhiheng.people.permissions import P
from zhiheng.proof import canonical
from zhiheng.stages.draw import queries as draws
from zhiheng.stages.draw.words import not_found
from zhiheng.web import breadcrumb, forms
from zhiheng.web.administration.words import ERASING

from .. import actions, assignments, labels, queries


class PlanForm(forms.Form):
    """On which day the visits that are still to be made take place."""

    form_id = "inspection.plan_visits"
    submit_label = gettext_lazy("Plan this day")

    on = fields.DateField(
        label=gettext_lazy("Day of the visits"),
        widget=fields.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=gettext_lazy("Each inspector sees the own assignments from the day before, not earlier."),
    )
    units = fields.CharField(
        label=gettext_lazy("These firms alone"),
        required=False,
        max_length=40_000,
        widget=fields.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("One social credit code a line; empty means all visits still to be made."),
    )


@web.page(permission=P.DRAW_REVEAL)
def plan(request: HttpRequest, serial: str) -> HttpResponse:
    """Plan the day of visits, so that nobody knows of them long before."""
    draw = draws.draw(serial, request.user)
    people.require(request.user, P.DRAW_REVEAL, region=draw.region)
    back = reverse("draw:draw", args=[serial])

    def act(form: PlanForm) -> str:
        units = form.cleaned_data["units"].upper().split()
        actions.plan_visits(by=request.user, draw=draw, on=form.cleaned_data["on"], units=units)
        return back

    form, answer = forms.handle(request, PlanForm, act=act, key=serial)
    context = {
        "form": form,
        "title": _("Plan the day of the visits"),
        "lead": _("Visits without a planned day are told to their inspectors at once."),
        "crumbs": breadcrumb.trail((_("Draws"), reverse("draw:draws")), (serial, back)),
        "cancel_url": back,
    }
    return answer or render(request, "web/form_page.html", context)


@web.page(permission=P.INSPECTION_RECORD)
def receipt(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand out the receipt of one's own assignment: that it was bound before anybody left the office."""
    visit = queries.visit(request.user, pk)
    held = assignments.receipt(request.user, visit)
    if held is None:
        raise not_found()
    response = HttpResponse(canonical.dumps(held), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="assignment-{visit.pk}.json"'
    return response


class ErasingStepForm(forms.Form):
    """On which ground, and that it is meant: what is destroyed cannot be brought back."""

    form_id = "inspection.erase_step"
    submit_label = gettext_lazy("Erase this step")

    reason = fields.ChoiceField(
        label=gettext_lazy("Reason"), choices=list(ERASING.items()), widget=fields.RadioSelect
    )
    is_meant = fields.BooleanField(label=gettext_lazy("I know that this cannot be undone"))


@web.page(permission=P.DRAW_REVEAL)
def erase(request: HttpRequest, pk: UUID, step: UUID) -> HttpResponse:
    """Destroy what a step of a visit says; the number in the ledger stays and tells nothing."""
    visit = queries.visit(request.user, pk)
    people.require(request.user, P.DRAW_REVEAL, region=visit.region)
    found = assignments.step(visit, step)
    back = reverse("inspection:visit", args=[visit.pk])

    def act(form: ErasingStepForm) -> str:
        actions.erase_step(by=request.user, step=found, reason=form.cleaned_data["reason"])
        messages.success(
            request, _("The step is erased; the ledger holds its number and that it was erased.")
        )
        return back

    form, answer = forms.handle(request, ErasingStepForm, act=act, key=str(found.pk))
    context = {
        "form": form,
        "title": _("Erase a step: %(kind)s") % {"kind": labels.BOUND_STEPS[found.kind]},
        "lead": _(
            "What the step says and its salt are destroyed. The closing record of the draw counts it as "
            "erased; the entry stays in the ledger as a number from which nothing can be guessed."
        ),
        "crumbs": breadcrumb.trail((_("Visits"), reverse("inspection:visits")), (visit.subject.name, back)),
        "cancel_url": back,
    }
    return answer or render(request, "web/form_page.html", context)


@web.page(permission=P.INSPECTION_RECORD)
@require_POST
def start(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Note that the inspectors stand at the door."""
    visit = queries.visit(request.user, pk)
    actions.start_visit(by=request.user, visit=visit)
    return HttpResponseRedirect(reverse("inspection:field_visit", args=[visit.pk]))


def noted(person: Any, visits: list[Any]) -> None:
    """Note that an inspector sees assignments of these draws, each draw once."""
    for draw in assignments.unopened(person, {visit.selection.draw for visit in visits}):
        actions.open_assignments(by=person, draw=draw)
