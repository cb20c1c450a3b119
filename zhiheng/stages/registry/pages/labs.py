"""The list of laboratories, the page of one with its scope, and the search for who may test an item."""

from __future__ import annotations

import dataclasses
import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import ledger
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, forms, slots, timeline, wording
from zhiheng.web.gate import page
from zhiheng.web.tables import Column, Filter, State, Table

from .. import actions, grounds_registers, labels, lists_labs, queries, queries_labs, rules_labs, words
from ..forms_registers import EndForm, LabEdit, LabForm, ScopeForm
from ..models import Lab, LabScope
from .lists import _import_link

ACTIVE = {
    True: State(gettext_lazy("In use"), "done"),
    False: State(gettext_lazy("Not in use"), "stopped"),
}
YES_NO = (("True", gettext_lazy("In use")), ("False", gettext_lazy("Not in use")))

TABLE = Table(
    id="labs",
    caption=gettext_lazy("Laboratories"),
    columns=(
        Column(
            "code",
            gettext_lazy("Code"),
            kind="code",
            url=lambda row: reverse("registry:lab", args=[row.code]),
            sort=("code",),
        ),
        Column("name", gettext_lazy("Name of the laboratory"), sort=("name", "code")),
        Column("region", gettext_lazy("Region"), kind="region", sort=("region", "code")),
        Column("approval_no", gettext_lazy("Number of the approval"), sortable=False),
        Column("approval_until", gettext_lazy("Approval valid until"), kind="date", sortable=False),
        Column("samples_a_week", gettext_lazy("Samples a week"), kind="number", sortable=False),
        Column("is_active", gettext_lazy("State"), kind="state", states=ACTIVE, sortable=False),
    ),
    filters=(
        Filter("region", gettext_lazy("Region"), "region"),
        Filter("approval", gettext_lazy("Approval valid until"), "date", field="approval_until"),
        Filter("is_active", gettext_lazy("State"), "choice", choices=YES_NO),
    ),
    default_sort="region",
    search_fields=("code", "name"),
    search_label=gettext_lazy("Code or name begins with"),
    export_name="laboratories",
    empty=gettext_lazy("No laboratory is registered yet. Import a list."),
)
SCOPE = Table(
    id="scope",
    caption=gettext_lazy("Recognised scope"),
    columns=(
        Column("item", gettext_lazy("Test item"), sort=("item", "method", "pk")),
        Column("method", gettext_lazy("Method"), sort=("method", "item", "pk")),
        Column("product", gettext_lazy("Product"), sortable=False),
        Column("limits", gettext_lazy("Limits of the scope"), sortable=False),
        Column("valid_from", gettext_lazy("Valid from"), kind="date", sortable=False),
        Column("valid_until", gettext_lazy("Valid until"), kind="date", sortable=False),
        Column("shown", gettext_lazy("State"), kind="state", states=labels.PAPERS, sortable=False),
    ),
    filters=(
        Filter("method", gettext_lazy("Method begins with"), "text"),
        Filter("state", gettext_lazy("State"), "choice", field="shown", choices=labels.pairs(labels.PAPERS)),
    ),
    default_sort="item",
    search_fields=("item", "product"),
    search_label=gettext_lazy("Item or product begins with"),
    export_name="scope",
    empty=gettext_lazy(
        "No scope is on record, so nothing can be said of what it may test. Import its scope."
    ),
)


TAKE_BACK = Column(
    "end",
    gettext_lazy("Actions"),
    value=lambda row: _("Take back") if row.shown != "ended" else "",
    url=lambda row: reverse("registry:scope_end", args=[row.pk]) if row.shown != "ended" else "",
    sortable=False,
)


@page(permission=P.INSPECTION_VIEW)
def labs(request: HttpRequest) -> HttpResponse:
    """List the laboratories."""
    links = [(_("Who may test it?"), reverse("registry:lab_search"))]
    if scope.may(request.user, P.REGISTRY_EDIT):
        links.append((_("Enter a laboratory"), reverse("registry:lab_new")))
    links += _import_link(request.user, lists_labs.LABS.id)
    if scope.may(request.user, P.REGISTRY_IMPORT):
        links.append((_("Import scopes"), reverse("web:import", args=[lists_labs.SCOPES.id])))
    context = {"title": _("Laboratories"), "links": links}
    return TABLE.respond(request, queries.labs(request.user), "registry/list.html", context)


@page(permission=P.INSPECTION_VIEW)
def lab(request: HttpRequest, code: str) -> HttpResponse:
    """Show one laboratory: its approval, its capacity, its scope."""
    found = queries_labs.lab(request.user, code)
    today = clock.today()

    def context(_table: Any) -> dict[str, Any]:
        return {
            "title": found.name,
            "crumbs": breadcrumb.trail((_("Laboratories"), reverse("registry:labs")), found.name),
            "standing": _standing(found, today),
            "identity": _identity(found),
            "why": grounds_registers.of_lab(found, today),
            "items": timeline.from_entries(ledger.timeline("lab", found.code)),
            "history": _history(found),
            "panels": slots.panels.collect("lab", request.user, found),
            "actions": _actions(request.user, found),
        }

    edits = scope.may(request.user, P.REGISTRY_EDIT, region=found.region)
    table = dataclasses.replace(SCOPE, columns=(*SCOPE.columns, TAKE_BACK)) if edits else SCOPE
    return table.respond(request, queries_labs.scope_of(found), "registry/lab.html", context)


def _standing(found: Lab, on: dt.date) -> list[State]:
    amiss = queries_labs.approval(found, on)
    approval = labels.VERDICTS[amiss] if amiss else State(_("Approval holds"), "done")
    return [ACTIVE[found.is_active], approval]


def _identity(found: Lab) -> list[tuple[Any, Any]]:
    return [
        (_("Code"), found.code),
        (_("Region"), wording.region_path(found.region)),
        (_("Address"), found.located_at or wording.NOTHING),
        (_("Social credit code"), found.uscc or wording.NOTHING),
        (_("Number of the approval"), found.approval_no or wording.NOTHING),
        (_("Approval valid until"), wording.day(found.approval_until)),
        (_("Samples a week"), wording.number(found.samples_a_week)),
    ]


def _history(found: Lab) -> list[tuple[Any, list[tuple[Any, str, str]]]]:
    """Return what changed, when and why, in words."""
    return [
        (row, [(words.field(name), _shown(name, before), _shown(name, now)) for name, before, now in changed])
        for row, changed in queries_labs.history(found)
    ]


def _shown(name: str, value: Any) -> str:
    """Return a kept value as a person reads it."""
    if name == "is_active":
        return str(ACTIVE[value].label)
    if name == "region":
        return wording.region_path(value)
    if name == "approval_until" and value:
        return wording.day(dt.date.fromisoformat(value))
    return wording.NOTHING if value in (None, "") else str(value)


def _actions(person: Any, found: Lab) -> list[tuple[Any, str]]:
    links = []
    if scope.may(person, P.REGISTRY_EDIT, region=found.region):
        links += [
            (_("Change the record"), reverse("registry:lab_edit", args=[found.code])),
            (_("Add a line of the scope"), reverse("registry:scope_new", args=[found.code])),
        ]
    links.append((_("Who may test it?"), reverse("registry:lab_search")))
    if scope.may(person, P.REGISTRY_IMPORT, region=found.region):
        links += [
            (_("Import scopes"), reverse("web:import", args=[lists_labs.SCOPES.id])),
            (_("Correct by a list"), reverse("web:import", args=[lists_labs.LABS.id])),
        ]
    return links


@page(permission=P.INSPECTION_VIEW)
def lab_search(request: HttpRequest) -> HttpResponse:
    """Answer who may test an item by a method on a day."""
    item, method = (request.GET.get(name, "").strip()[:120] for name in ("item", "method"))
    on, fault = _day(request.GET.get("on", ""))
    found = queries_labs.who_may_test(request.user, item=item, method=method, on=on) if item else []
    context = {
        "title": _("Who may test it?"),
        "lead": _("Laboratories whose recognised scope names the item, on the day you give."),
        "crumbs": breadcrumb.trail((_("Laboratories"), reverse("registry:labs")), _("Who may test it?")),
        "item": item,
        "method": method,
        "on": on,
        "fault": fault,
        "rows": [(row.line, labels.VERDICTS[row.verdict]) for row in found],
        "able": len({row.line.lab_id for row in found if row.verdict == "may"}),
        "is_full": len(found) == queries_labs.MOST,
        "why": grounds_registers.of_test(item, method, on) if item else None,
    }
    return render(request, "registry/lab_search.html", context)


def _day(text: str) -> tuple[dt.date, str]:
    if not text:
        return clock.today(), ""
    try:
        return dt.date.fromisoformat(text), ""
    except ValueError:
        return clock.today(), _("This is not a date; today was taken instead.")


@page(permission=P.REGISTRY_EDIT)
def lab_new(request: HttpRequest) -> HttpResponse:
    """Enter a laboratory."""

    def act(form: LabForm) -> str:
        made = actions.register_lab(by=request.user, row=form.cleaned_data)
        return reverse("registry:lab", args=[made.code])

    form, answer = forms.handle(request, LabForm, act=act, title=_("Enter a laboratory"))
    context = {
        "form": form,
        "title": _("Enter a laboratory"),
        "crumbs": breadcrumb.trail((_("Laboratories"), reverse("registry:labs")), _("Enter a laboratory")),
    }
    return answer or render(request, "web/form_page.html", context)


@page(permission=P.REGISTRY_EDIT)
def lab_edit(request: HttpRequest, code: str) -> HttpResponse:
    """Change what the register says of a laboratory."""
    found = queries_labs.lab(request.user, code)
    scope.require(request.user, P.REGISTRY_EDIT, region=found.region)

    def act(form: LabEdit) -> str:
        row = dict(form.cleaned_data)
        actions.edit_lab(by=request.user, lab=found, reason=row.pop("reason"), row=row)
        return reverse("registry:lab", args=[found.code])

    initial = {name: getattr(found, name) for name in rules_labs.FIELDS}
    return _form(request, found, LabEdit, act, title=_("Change the record of a laboratory"), initial=initial)


@page(permission=P.REGISTRY_EDIT)
def scope_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a line of a laboratory's scope."""
    found = queries_labs.lab(request.user, code)
    scope.require(request.user, P.REGISTRY_EDIT, region=found.region)

    def act(form: ScopeForm) -> str:
        actions.enter_scope(by=request.user, lab=found, row=form.cleaned_data)
        return reverse("registry:lab", args=[found.code])

    return _form(request, found, ScopeForm, act, title=_("Add a line of the scope"), initial={})


def _form(
    request: HttpRequest, found: Lab, form_class: Any, act: Any, *, title: str, initial: dict[str, Any]
) -> HttpResponse:
    back = reverse("registry:lab", args=[found.code])
    form, answer = forms.handle(request, form_class, act=act, key=str(found.pk), initial=initial)
    context = {
        "form": form,
        "title": title,
        "lead": f"{found.name} · {found.code}",
        "crumbs": breadcrumb.trail((_("Laboratories"), reverse("registry:labs")), (found.name, back), title),
        "cancel_url": back,
    }
    return answer or render(request, "web/form_page.html", context)


@page(permission=P.REGISTRY_EDIT)
def scope_end(request: HttpRequest, pk: Any) -> HttpResponse:
    """Take a line of a scope back."""
    found: LabScope = queries_labs.line(request.user, pk)
    back = reverse("registry:lab", args=[found.lab.code])

    def act(form: EndForm) -> str:
        actions.end_scope(by=request.user, line=found, **form.cleaned_data)
        return back

    initial = {"ended_on": clock.today()}
    form, answer = forms.handle(request, EndForm, act=act, key=str(found.pk), initial=initial)
    context = {
        "form": form,
        "title": _("Take a line of the scope back"),
        "lead": f"{found.lab.name} · {found.item} · {found.method}",
        "crumbs": breadcrumb.trail(
            (_("Laboratories"), reverse("registry:labs")), (found.lab.name, back), _("Take back")
        ),
        "cancel_url": back,
    }
    return answer or render(request, "web/form_page.html", context)
