"""Visits and samples: the list, an inspector's own day, the record, and the forms that fill it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiheng import people, web
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.draw import labels as draw_labels
from zhiheng.stages.draw import queries as draws
from zhiheng.stages.draw import reasons as draw_reasons
from zhiheng.web import breadcrumb, forms, slots, timeline, wording

from .. import actions, assignments, custody, lab_rows, listing, queries, reasons, rules
from ..forms import CorrectionForm, LabForm, ResultForm, SealForm, VisitForm, hands
from ..labels import BOUND_STEPS, DOCUMENTS, NEEDS, VISIT_STATES
from ..models import Visit
from .deeds import Offer, offers
from .visit_deeds import VISIT_DEEDS, may_record, may_report


@web.page(permission=P.INSPECTION_VIEW)
def visits(request: HttpRequest) -> HttpResponse:
    """List the visits this person may see."""
    rows = queries.visits(request.user).select_related(None)  # the list follows what its columns name
    return listing.visits_for(request.user).respond(request, rows, "web/list.html", {"title": _("Visits")})


@web.page(permission=P.INSPECTION_RECORD)
def own(request: HttpRequest) -> HttpResponse:
    """Show an inspector the visits to make, one card each, with one button."""
    waiting = list(queries.open_own_visits(request.user)[:100])
    done = list(queries.own_visits(request.user).exclude(state__in=(rules.ASSIGNED, rules.SAMPLED))[:20])
    context = {"title": _("My visits"), "waiting": waiting, "done": done}
    return render(request, "inspection/own.html", context)


@web.page(permission=P.INSPECTION_VIEW)
def visit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one visit: who and why, what was found, through whose hands the sample went."""
    found = queries.visit(request.user, pk)
    sample = getattr(found, "sample", None)
    current = queries.results(found)
    context = {
        "title": found.subject.name,
        "visit": found,
        "sample": sample,
        "results": [(result, reasons.of_result(result)) for result in queries.all_results(found)],
        "current": {result.pk for result in current},
        "case": getattr(found, "case", None),
        "identity": _identity(found),
        "standing": [VISIT_STATES[found.state]],
        "offers": _offers(request.user, found),
        "may_correct": may_report(request.user, found),
        "moves": queries.moves(found),
        "specimens": list(sample.specimens.all()) if sample is not None else [],
        "purchase": queries.purchase(found),
        "label": _label(sample),
        "reassignments": _reassignments(request.user, found),
        "steps": _steps(found),
        "may_erase": _may_erase(request.user, found),
        "why": draw_reasons.of_selection(found.selection),
        "items": timeline.from_entries(queries.entries(found)),
        "panels": slots.panels.collect("visit", request.user, found),
        "crumbs": breadcrumb.trail((_("Visits"), reverse("inspection:visits")), found.subject.name),
    }
    return render(request, "inspection/visit.html", context)


def _steps(found: Visit) -> list[tuple[Any, Any, Any]]:
    return [(row, BOUND_STEPS[row.kind], entry) for row, entry in assignments.steps(found)]


def _may_erase(person: Any, found: Visit) -> bool:
    """Whether this person may erase steps of the visit: once the draw is closed they are public."""
    draw = found.selection.draw
    return not draw.is_closed and people.may(person, P.DRAW_REVEAL, region=draw.region)


@web.page(permission=P.INSPECTION_RECORD)
def record(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record what became of a visit."""
    found = queries.visit(request.user, pk)
    custody.recorder(request.user, found)

    def act(form: VisitForm) -> str:
        said = dict(form.cleaned_data)
        files = [hands.paper(said.pop("file"), "photo")] if said["file"] else []
        said["kind"] = said["kind"] or rules.ON_SITE
        actions.record_visit(
            by=request.user, visit=found, files=files, **{k: v for k, v in said.items() if k != "file"}
        )
        return reverse("inspection:visit", args=[found.pk])

    form, answer = forms.handle(
        request,
        VisitForm,
        act=act,
        key=str(found.pk),
        title=found.subject.name,
        initial={"visited_on": clock.today()},
    )
    return answer or _form(request, form, _("Record the visit"), found)


@web.page(permission=P.INSPECTION_RECORD)
def seal(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Record the seal of a sample."""
    found = queries.visit(request.user, pk)
    custody.recorder(request.user, found)
    sample = custody.sample_of(found)

    def act(form: SealForm) -> str:
        actions.seal_sample(by=request.user, sample=sample, **form.cleaned_data)
        return reverse("inspection:visit", args=[found.pk])

    form, answer = forms.handle(request, SealForm, act=act, key=str(found.pk))
    return answer or _form(request, form, _("Seal the sample"), found)


@web.page(permission=P.INSPECTION_RECORD)
def assign(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Assign a sealed sample to a laboratory."""
    found = queries.visit(request.user, pk)
    custody.recorder(request.user, found)
    sample = custody.sample_of(found)

    def act(form: LabForm) -> str:
        actions.assign_lab(by=request.user, sample=sample, **form.cleaned_data)
        return reverse("inspection:visit", args=[found.pk])

    form, answer = forms.handle(request, LabForm, act=act, key=str(found.pk))
    return answer or _form(request, form, _("Assign to a laboratory"), found)


@web.page(permission=P.RESULT_RECORD)
def samples(request: HttpRequest) -> HttpResponse:
    """List the samples on which a laboratory has still to report."""
    rows = queries.samples_to_report(request.user).select_related(None)
    context = {"title": _("Samples to report on"), "is_lab": bool(lab_rows.own_labs(request.user))}
    return listing.SAMPLES.respond(request, rows, "inspection/samples.html", context)


@web.page(permission=P.RESULT_RECORD)
def result(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Enter one item of a report that an office has on paper; a laboratory drafts and signs instead."""
    sample = queries.sample(request.user, pk)
    if not people.may(request.user, P.CASE_HANDLE, region=sample.visit.region):
        return HttpResponseRedirect(reverse("inspection:item", args=[sample.pk]))

    def act(form: ResultForm) -> str:
        said = form.reported()
        actions.record_result(by=request.user, sample=sample, **said)
        again = reverse("inspection:result", args=[sample.pk])
        return reverse("inspection:visit", args=[sample.visit_id]) if said["is_complete"] else again

    form, answer = forms.handle(
        request, ResultForm, act=act, key=str(sample.pk), initial={"reported_on": clock.today()}
    )
    context = {
        "form": form,
        "title": _("Report a result"),
        "lead": _("Sample %(seal)s, %(product)s") % {"seal": sample.seal_no, "product": sample.product_name},
        "cancel_url": reverse("inspection:samples"),
    }
    return answer or render(request, "web/form_page.html", context)


@web.page(permission=P.RESULT_RECORD)
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Correct a result by a new one that replaces it."""
    before = queries.result(request.user, pk)
    report = before.reports.order_by("-version").first()
    if report is not None:
        return HttpResponseRedirect(reverse("inspection:report", args=[report.pk]))

    def act(form: CorrectionForm) -> str:
        actions.correct_result(by=request.user, result=before, **form.reported())
        return reverse("inspection:visit", args=[before.sample.visit_id])

    names = [name for name in CorrectionForm.base_fields if name != "reason"]
    form, answer = forms.handle(
        request,
        CorrectionForm,
        act=act,
        key=str(before.pk),
        initial={**{name: getattr(before, name) for name in names}, "value": before.said},
    )
    return answer or _form(request, form, _("Correct a result"), before.sample.visit)


@web.page(permission=P.DRAW_REVEAL)
@require_POST
def open_all(request: HttpRequest, serial: str) -> HttpResponse:
    """Open the visits of a revealed draw."""
    draw = draws.draw(serial, request.user)
    count = actions.open_visits(by=request.user, draw=draw)
    messages.success(request, _("%(count)s visits were opened.") % {"count": wording.number(count)})
    return HttpResponseRedirect(reverse("draw:draw", args=[serial]))


@web.page(permission=P.DRAW_REVEAL)
@require_POST
def close_draw(request: HttpRequest, serial: str) -> HttpResponse:
    """Close a draw whose visits have all ended."""
    draw = draws.draw(serial, request.user)
    actions.close_draw(by=request.user, draw=draw)
    return HttpResponseRedirect(reverse("draw:draw", args=[serial]))


def _form(request: HttpRequest, form: Any, title: str, found: Visit) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "lead": f"{found.subject.name} · {wording.region_path(found.region)}",
        "cancel_url": reverse("inspection:visit", args=[found.pk]),
    }
    return render(request, "web/form_page.html", context)


def _reassignments(person: Any, found: Visit) -> list[Any]:
    """Return to whom a visit was given and why; neither firm nor laboratory reads the reason."""
    is_of_the_house = people.may(person, P.CASE_HANDLE, region=found.region) or may_record(person, found)
    return list(found.reassignments.all()) if is_of_the_house else []


def _label(sample: Any) -> list[tuple[Any, Any]]:
    """Return what the label says, as far as it was noted."""
    if sample is None:
        return []
    rows = [
        (_("Brand"), sample.brand),
        (_("Model or grade"), sample.model),
        (_("Batch number"), sample.batch_no),
        (_("Date of manufacture"), sample.made_on),
        (_("Quantity"), sample.quantity),
        (_("Standard on the label"), sample.standard),
        (_("Producer on the label"), " ".join(filter(None, (sample.producer_name, sample.producer_code)))),
    ]
    return [(label, value) for label, value in rows if value]


def _identity(found: Visit) -> list[tuple[Any, Any]]:
    chosen = found.selection
    both = found.inspectors
    rows = [
        (_("Social credit code"), chosen.unit_code),
        (_("Region"), wording.region_path(found.region)),
        (_("Division"), wording.division_name(found.division)),
        (_("Period"), wording.period(found.period)),
        (_("Draw"), chosen.draw.serial),
        (_("Risk class"), draw_labels.stratum(chosen.stratum)),
        (_("Inspectors"), "、".join(f"{one.name}({one.code})" for one in both if one is not None)),
        (_("Kind of check"), found.get_kind_display()),
        (_("Visited on"), wording.day(found.visited_on)),
    ]
    return [*rows, (_("Note"), found.note)] if found.note else rows


def _offers(person: Any, found: Visit) -> list[Offer]:
    """Return what this person can do at a visit now, the next step of its procedure first."""
    steps = []
    sample = getattr(found, "sample", None)
    if may_record(person, found):
        if found.state == rules.ASSIGNED:
            needs = (NEEDS["inspectors_available"], NEEDS["sampling_sheet"])
            steps.append(_offer(_("Record the visit"), "record", found.pk, needs, "sampling_sheet"))
        if found.state == rules.SAMPLED:
            needs = (NEEDS["seal_number_is_new"], NEEDS["seal_photo"])
            steps.append(_offer(_("Seal the sample"), "seal", found.pk, needs, "seal_label"))
        if found.state == rules.SEALED and sample is not None and not sample.lab:
            steps.append(_offer(_("Assign to a laboratory"), "assign", found.pk))
    if found.state in (rules.RECEIVED, rules.TESTING) and may_report(person, found):
        steps.append(_result(sample))
    steps += offers(person, found, VISIT_DEEDS, "inspection:visit_deed")
    if found.state == rules.SEALED and may_report(person, found):
        steps.append(_result(sample))
    return steps


def _result(sample: Any) -> Offer:
    needs = (NEEDS["value_has_unit"], NEEDS["method_named"])
    return _offer(_("Report a result"), "result", sample.pk, needs, "test_report")


def _offer(label: str, name: str, pk: Any, needs: tuple = (), document: str = "") -> Offer:
    return Offer(label, reverse(f"inspection:{name}", args=[pk]), needs, DOCUMENTS.get(document, ""))
