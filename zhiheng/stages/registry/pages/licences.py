"""The list of licences, the page of one, and the forms that enter, correct, suspend and withdraw one."""

from __future__ import annotations

from datetime import timedelta
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
from zhiheng.web.tables import Column, Filter, Table

from .. import actions, grounds_registers, labels, lists_registers, queries, rules_licences
from .. import queries_registers as registers
from ..forms_registers import LicenceCorrection, LicenceForm, LicenceStateForm
from ..models import LICENCE_KINDS, Licence
from .lists import _import_link

SOON = (30, 90, 180)
SHOWN = 50

TABLE = Table(
    id="licences",
    caption=gettext_lazy("Licences and certificates"),
    columns=(
        Column(
            "number",
            gettext_lazy("Number of the document"),
            kind="code",
            url=lambda row: reverse("registry:licence", args=[row.pk]),
            sort=("number", "pk"),
        ),
        Column("kind", gettext_lazy("Kind"), states=labels.KINDS, sortable=False),
        Column(
            "subject",
            gettext_lazy("Subject"),
            field="subject__name",
            url=lambda row: reverse("registry:subject", args=[row.subject.code]),
            sort=("subject__name", "pk"),
        ),
        Column("scope", gettext_lazy("Covers"), value=lambda row: _covers(row), sortable=False),
        Column("valid_from", gettext_lazy("Valid from"), kind="date", sortable=False),
        Column("valid_until", gettext_lazy("Valid until"), kind="date", sort=("valid_until", "pk")),
        Column("shown", gettext_lazy("State"), kind="state", states=labels.LICENCES, sortable=False),
        Column("region", gettext_lazy("Region"), kind="region", field="subject__region", sortable=False),
    ),
    filters=(
        Filter("kind", gettext_lazy("Kind"), "choice", choices=LICENCE_KINDS),
        Filter(
            "state", gettext_lazy("State"), "choice", field="shown", choices=labels.pairs(labels.LICENCES)
        ),
        Filter("region", gettext_lazy("Region"), "region", field="subject__region"),
        Filter("until", gettext_lazy("Valid until"), "date", field="valid_until"),
    ),
    default_sort="valid_until",
    search_fields=("number", "subject__code", "subject__name"),
    search_label=gettext_lazy("Number, code or firm begins with"),
    export_name="licences",
    empty=gettext_lazy(
        "No licence is registered in your region yet. Import a list, or enter one at its firm."
    ),
)


def _covers(row: Licence) -> str:
    text = row.product.name if row.product is not None else row.scope
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


@page(permission=P.REGISTRY_VIEW)
def licences(request: HttpRequest) -> HttpResponse:
    """List the licences of the region, with ways to those that end soon."""
    today = clock.today()
    here = reverse("registry:licences")
    ways = [
        (
            _("End within %(days)s days") % {"days": days},
            f"{here}?state=valid&until_from={today}&until_to={today + timedelta(days=days)}",
        )
        for days in SOON
    ]
    context = {
        "title": _("Licences and certificates"),
        "links": _import_link(request.user, lists_registers.LICENCES.id),
        "ways": [*ways, (_("Already expired"), f"{here}?state=expired")],
    }
    return TABLE.respond(request, registers.licences(request.user), "registry/list.html", context)


@page(permission=P.REGISTRY_VIEW)
def licence(request: HttpRequest, pk: Any) -> HttpResponse:
    """Show one licence: what it covers of the firm's products, and every row of its past."""
    found = registers.licence(request.user, pk)
    subject = found.subject
    state = labels.LICENCES[found.shown]
    context = {
        "title": found.number,
        "crumbs": breadcrumb.trail(
            (_("Licences and certificates"), reverse("registry:licences")),
            (subject.name, reverse("registry:subject", args=[subject.code])),
            found.number,
        ),
        "standing": [state],
        "identity": _identity(found),
        "covered": _covered(request.user, found),
        "rows": [(row, labels.LICENCES[row.state]) for row in registers.history(found)],
        "why": grounds_registers.of_licence(found),
        "items": timeline.from_entries(ledger.timeline("licence", f"{found.kind}:{found.number}")),
        "panels": slots.panels.collect("licence", request.user, found),
        "actions": _actions(request.user, found),
    }
    return render(request, "registry/licence.html", context)


def _identity(found: Licence) -> list[tuple[Any, Any]]:
    return [
        (_("Kind"), found.get_kind_display()),
        (_("Subject"), found.subject.name),
        (_("Issued by"), found.issuer or wording.NOTHING),
        (_("Product"), str(found.product or wording.NOTHING)),
        (_("Scope of the licence"), found.scope or _("not entered")),
        (_("Valid from"), wording.day(found.valid_from)),
        (_("Valid until"), wording.day(found.valid_until)),
        (_("Reason of the state"), found.reason or wording.NOTHING),
    ]


def _covered(person: Any, found: Licence) -> list[tuple[Any, Any, Any]]:
    """Return the firm's products, and whether this one licence covers each on this day."""
    held = [
        one for one in registers.held(found.subject) if (one.kind, one.number) == (found.kind, found.number)
    ]
    rows = []
    for product in queries.products(person).filter(subject=found.subject).order_by("name", "model")[:SHOWN]:
        said = rules_licences.covers(product.pk, product.name, held, found.kind, clock.today())
        rows.append((product, labels.COVERED[said.state], labels.HOW[said.how]))
    return rows


def _actions(person: Any, found: Licence) -> list[tuple[Any, str]]:
    if not scope.may(person, P.REGISTRY_EDIT, region=found.subject.region):
        return []
    links = [(_("Correct the record"), reverse("registry:licence_edit", args=[found.pk]))]
    if found.state != "withdrawn":
        links.append((_("Suspend, withdraw or restore"), reverse("registry:licence_state", args=[found.pk])))
    return links


@page(permission=P.REGISTRY_EDIT)
def licence_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a licence of a subject."""
    subject = queries.subject(request.user, code)
    scope.require(request.user, P.REGISTRY_EDIT, region=subject.region)

    def act(form: LicenceForm) -> str:
        made = actions.register_licence(by=request.user, row={"subject": subject.code, **form.cleaned_data})
        return reverse("registry:licence", args=[made.pk])

    names = queries.products(request.user).filter(subject=subject).order_by("name")
    form, answer = forms.handle(
        request,
        LicenceForm,
        act=act,
        key=str(subject.pk),
        title=subject.name,
        products=list(names.values_list("name", flat=True)),
    )
    context = {
        "form": form,
        "title": _("Enter a licence"),
        "lead": f"{subject.name} · {subject.code}",
        "crumbs": breadcrumb.trail(
            (_("Subjects"), reverse("registry:subjects")),
            (subject.name, reverse("registry:subject", args=[subject.code])),
            _("Enter a licence"),
        ),
    }
    return answer or render(request, "web/form_page.html", context)


@page(permission=P.REGISTRY_EDIT)
def licence_edit(request: HttpRequest, pk: Any) -> HttpResponse:
    """Correct what a licence says."""
    found = registers.licence(request.user, pk)

    def act(form: LicenceCorrection) -> str:
        said = dict(form.cleaned_data)
        reason = said.pop("reason")
        actions.correct_licence(by=request.user, licence=found, row=said, reason=reason)
        return reverse("registry:licence", args=[found.pk])

    names = queries.products(request.user).filter(subject=found.subject).order_by("name")
    initial = {name: getattr(found, name) for name in ("issuer", "scope", "valid_from", "valid_until")}
    form, answer = forms.handle(
        request,
        LicenceCorrection,
        act=act,
        key=str(found.pk),
        title=found.number,
        initial=initial | {"product": found.product.name if found.product else ""},
        products=list(names.values_list("name", flat=True)),
    )
    return answer or render(request, "web/form_page.html", _form(found, form, _("Correct the record")))


@page(permission=P.REGISTRY_EDIT)
def licence_state(request: HttpRequest, pk: Any) -> HttpResponse:
    """Suspend or withdraw a licence, or let it hold again."""
    found = registers.licence(request.user, pk)

    def act(form: LicenceStateForm) -> str:
        actions.set_licence_state(by=request.user, licence=found, **form.cleaned_data)
        return reverse("registry:licence", args=[found.pk])

    form, answer = forms.handle(request, LicenceStateForm, act=act, key=str(found.pk), now=found.state)
    title = _("Suspend, withdraw or restore")
    return answer or render(request, "web/form_page.html", _form(found, form, title))


def _form(found: Licence, form: Any, title: str) -> dict[str, Any]:
    scope_line = f"{found.number} · {found.subject.name}"
    here = (found.number, reverse("registry:licence", args=[found.pk]))
    crumbs = breadcrumb.trail((_("Licences and certificates"), reverse("registry:licences")), here, title)
    return {"form": form, "title": title, "lead": scope_line, "crumbs": crumbs}
