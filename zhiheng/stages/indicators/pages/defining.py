"""Pages of the office for formulas and recorded numbers: define, record, load, compute, declare breaks."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from zhiheng import web
from zhiheng.people import scope
from zhiheng.people.permissions import P
from zhiheng.reference import regions
from zhiheng.reference.quality_index import SERIES
from zhiheng.stages.plan import actions as plan_actions
from zhiheng.web import forms

from .. import actions, following, formulas, queries, sentences, vintages
from ..number_forms import BreakForm, FormulaForm, NumberForm
from . import numbers

EXAMPLE = {
    "type": "zhiheng/formula/1",
    "id": "food_supervision_pass_rate",
    "version": "1",
    "unit": "%",
    "basis": "judgement",
    "purpose": "enforcement",
    "root": {
        "op": "difference",
        "of": [
            {"op": "constant", "value": "100", "unit": "%"},
            {"op": "series", "id": "food_supervision_fail_rate", "where": {"scope": "市场监管全系统"}},
        ],
    },
}


@web.page(permission=P.FIGURE_VIEW)
def formulas_page(request: HttpRequest) -> HttpResponse:
    """List the formulas in force, and what a statistician may do with them."""
    waiting = {row.pk: at for row, at in following.waiting()}
    rows = [
        {
            "formula": row,
            "restated": waiting.get(row.pk),
            "name": sentences.name(row.series),
            "inputs": list(formulas.tree(row).inputs()),
            "history": reverse("indicators:history", args=[row.series_id]),
        }
        for row in formulas.in_force().values()
    ]
    context = {
        "title": _("Formulas and numbers"),
        "rows": rows,
        "count": vintages.count(),
        "may_release": queries.may_release(request.user),
        "may_declare": scope.may(request.user, P.TARGET_BIND, region=regions.NATION),
    }
    return render(request, "indicators/formulas.html", context)


@web.page(permission=P.FIGURE_RELEASE)
def new_formula(request: HttpRequest) -> HttpResponse:
    """Define a formula, and its series where that is new; every refusal names the node on the form."""

    def act(form: FormulaForm) -> str:
        body, words = form.cleaned_data["body"], form.words
        with transaction.atomic():
            if words:
                plan_actions.define_series(by=request.user, id=str(body.get("id", "")), **words)
            actions.define_formula(
                by=request.user,
                body=body,
                voice=form.cleaned_data["voice"],
                reason=form.cleaned_data["reason"],
            )
        return reverse("indicators:formulas")

    initial = {"body": json.dumps(EXAMPLE, ensure_ascii=False, indent=1)}
    form, answer = forms.handle(request, FormulaForm, act=act, title=_("Define a formula"), initial=initial)
    context = {
        "title": _("Define a formula"),
        "form": form,
        "lead": _(
            "Units, basis and purpose are checked now, once and for all: a formula that mixes them is "
            "refused, and the refusal names the node. What is defined is public at once."
        ),
    }
    return answer or render(request, "web/form_page.html", context)


@web.page(permission=P.FIGURE_RELEASE)
def new_number(request: HttpRequest) -> HttpResponse:
    """Record a number that others published, or correct one with a reason."""

    def act(form: NumberForm) -> str:
        made = actions.record(by=request.user, rows=[form.row()], reason=form.cleaned_data["reason"])
        return numbers.url_of(made[0]) if made else reverse("indicators:formulas")

    form, answer = forms.handle(request, NumberForm, act=act, title=_("Record a number"))
    context = {
        "title": _("Record a number"),
        "form": form,
        "lead": _(
            "For numbers that other offices published. A correction is a new vintage: the old one stays "
            "readable, and every page can be shown as of an earlier day."
        ),
    }
    return answer or render(request, "web/form_page.html", context)


@web.page(permission=P.TARGET_BIND)
def new_break(request: HttpRequest) -> HttpResponse:
    """Declare where a series breaks, or say better what is known of a break."""

    def act(form: BreakForm) -> str:
        said = dict(form.cleaned_data)
        series = said.pop("series")
        plan_actions.declare_break(by=request.user, series_id=series.pk, **said)
        return f"{reverse('indicators:history', args=[series.pk])}#breaks"

    form, answer = forms.handle(request, BreakForm, act=act, title=_("Declare a break of a series"))
    context = {
        "title": _("Declare a break of a series"),
        "form": form,
        "lead": _(
            "It is public at once: numbers on both sides are compared only over its bridge, on every page. "
            "The same break declared again is a new vintage of it; the old one stays readable as of its day."
        ),
    }
    return answer or render(request, "web/form_page.html", context)


@web.page(permission=P.FIGURE_RELEASE)
@require_POST
def load_published(request: HttpRequest) -> HttpResponse:
    """Take over the published numbers of the reference."""
    return _said(request, actions.load_published(by=request.user))


@web.page(permission=P.FIGURE_RELEASE)
@require_POST
def compute(request: HttpRequest, pk: Any) -> HttpResponse:
    """Compute a formula from the numbers in force, and those after it that no longer follow their inputs."""
    row = formulas.get(pk)
    with transaction.atomic():
        made = actions.compute(by=request.user, formula=row)
        for after in formulas.downstream(row.series_id):
            if after.series_id != SERIES and following.is_waiting(after):
                made += actions.compute(by=request.user, formula=after)
    return _said(request, made)


def _said(request: HttpRequest, made: list[Any]) -> HttpResponse:
    words = _("Numbers recorded: %(count)s.")
    messages.success(request, words % {"count": len(made)} if made else _("Nothing changed."))
    return HttpResponseRedirect(reverse("indicators:formulas"))
