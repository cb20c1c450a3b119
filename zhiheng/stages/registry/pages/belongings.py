"""Lists of sites, brands and batches, the record of a product, and the forms that add or end."""

from __future__ import annotations

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

from .. import actions, belonging_lists, queries
from ..belonging_forms import OWN, BatchForm, EndForm
from ..models import SITE_KINDS, Subject
from .lists import _import_link

SHOWN = 50


def _owner_column(field: str = "subject") -> Column:
    return Column(
        "subject",
        gettext_lazy("Subject"),
        field=f"{field}__name",
        sortable=False,
        url=lambda row: reverse("registry:subject", args=[_owner(row).code]),
    )


def _owner(row: Any) -> Subject:
    return row.product.subject if hasattr(row, "product") else row.subject


_DAYS = (
    Column("valid_from", gettext_lazy("Valid from"), kind="date", sortable=False),
    Column("valid_until", gettext_lazy("Valid until"), kind="date", sortable=False),
)

SITES = Table(
    id="sites",
    caption=gettext_lazy("Sites"),
    columns=(
        Column("address", gettext_lazy("Address"), sort=("address", "pk")),
        Column("kind", gettext_lazy("Kind of site"), states=dict(SITE_KINDS), sortable=False),
        Column("name", gettext_lazy("Name of the site"), sortable=False),
        Column("region", gettext_lazy("Region"), kind="region", sort=("region", "address", "pk")),
        _owner_column(),
        *_DAYS,
    ),
    filters=(
        Filter("region", gettext_lazy("Region"), "region"),
        Filter("kind", gettext_lazy("Kind of site"), "choice", choices=SITE_KINDS),
    ),
    default_sort="address",
    search_fields=("address",),
    search_label=gettext_lazy("Address begins with"),
    export_name="sites",
    empty=gettext_lazy("No site is registered in your region yet. Import a list."),
)

BRANDS = Table(
    id="brands",
    caption=gettext_lazy("Brands"),
    columns=(
        Column("name", gettext_lazy("Brand"), sort=("name", "pk")),
        Column("mark_no", gettext_lazy("Trade mark number"), kind="code", sortable=False),
        _owner_column(),
        *_DAYS,
    ),
    filters=(Filter("region", gettext_lazy("Region"), "region", field="subject__region"),),
    default_sort="name",
    search_fields=("name",),
    search_label=gettext_lazy("Brand begins with"),
    export_name="brands",
    empty=gettext_lazy("No brand is registered in your region yet. Import a list."),
)

BATCHES = Table(
    id="batches",
    caption=gettext_lazy("Batches"),
    columns=(
        Column("number", gettext_lazy("Batch number"), kind="code", sort=("number", "pk")),
        Column(
            "product",
            gettext_lazy("Product"),
            field="product__name",
            sortable=False,
            url=lambda row: reverse("registry:product", args=[row.product_id]),
        ),
        Column("made_on", gettext_lazy("Made on"), kind="date", sortable=False),
        Column("expires_on", gettext_lazy("Expires on"), kind="date", sortable=False),
        Column("quantity", gettext_lazy("Quantity"), kind="number", sortable=False),
        Column("unit", gettext_lazy("Unit of quantity"), sortable=False),
        _owner_column("product__subject"),
    ),
    filters=(Filter("region", gettext_lazy("Region"), "region", field="product__subject__region"),),
    default_sort="number",
    search_fields=("number",),
    search_label=gettext_lazy("Batch number begins with"),
    export_name="batches",
    empty=gettext_lazy("No batch is registered in your region yet. Import a list."),
)


@page(permission=P.REGISTRY_VIEW)
def sites(request: HttpRequest) -> HttpResponse:
    """List the sites of the subjects of the region."""
    context = {"title": _("Sites"), "links": _import_link(request.user, belonging_lists.SITES.id)}
    return SITES.respond(request, queries.belongings(request.user, "sites"), "registry/list.html", context)


@page(permission=P.REGISTRY_VIEW)
def brands(request: HttpRequest) -> HttpResponse:
    """List the brands of the subjects of the region."""
    context = {"title": _("Brands"), "links": _import_link(request.user, belonging_lists.BRANDS.id)}
    return BRANDS.respond(request, queries.belongings(request.user, "brands"), "registry/list.html", context)


@page(permission=P.REGISTRY_VIEW)
def batches(request: HttpRequest) -> HttpResponse:
    """List the batches of the products of the region."""
    context = {"title": _("Batches"), "links": _import_link(request.user, belonging_lists.BATCHES.id)}
    return BATCHES.respond(request, queries.batches(request.user), "registry/list.html", context)


@page(permission=P.REGISTRY_EDIT)
def add(request: HttpRequest, code: str, kind: str) -> HttpResponse:
    """Add a site, a role or a brand to a subject."""
    found = queries.subject(request.user, code)
    title, form_class = OWN[queries.known_kind(kind)]
    scope.require(request.user, P.REGISTRY_EDIT, region=found.region)
    here = reverse("registry:subject", args=[code])

    def act(form: Any) -> str:
        actions.add_belonging(by=request.user, subject=found, kind=kind, row=form.cleaned_data)
        return f"{here}#{kind}"

    initial = {"valid_from": clock.today(), "region": found.region}
    form, answer = forms.handle(request, form_class, act=act, key=str(found.pk), initial=initial)
    return answer or render(request, "web/form_page.html", _context(form, str(title), found))


@page(permission=P.REGISTRY_EDIT)
def end(request: HttpRequest, code: str, kind: str, pk: Any) -> HttpResponse:
    """Say the last day of a site, a role or a brand."""
    thing = queries.belonging(request.user, queries.known_kind(kind), pk)
    scope.require(request.user, P.REGISTRY_EDIT, region=thing.subject.region)

    def act(form: EndForm) -> str:
        on = form.cleaned_data["valid_until"]
        actions.end_belonging(by=request.user, kind=kind, thing=thing, on=on)
        return reverse("registry:subject", args=[thing.subject.code]) + f"#{kind}"

    form, answer = forms.handle(
        request, EndForm, act=act, key=str(pk), initial={"valid_until": clock.today()}
    )
    titles = {"sites": _("End the site"), "roles": _("End the role"), "brands": _("End the brand")}
    context = _context(form, titles[kind], thing.subject)
    context["lead"] = f"{shown(kind, thing)} · {_('Valid from')} {wording.day(thing.valid_from)}"
    return answer or render(request, "web/form_page.html", context)


def shown(kind: str, thing: Any) -> str:
    """Return what a site, a role or a brand is called on a page."""
    return str(thing.get_kind_display() if kind == "roles" else thing)


def _context(form: Any, title: str, found: Subject) -> dict[str, Any]:
    here = reverse("registry:subject", args=[found.code])
    return {
        "form": form,
        "title": title,
        "lead": f"{found.name} · {found.code}",
        "cancel_url": here,
        "crumbs": breadcrumb.trail((_("Subjects"), reverse("registry:subjects")), (found.name, here), title),
    }


@page(permission=P.REGISTRY_VIEW)
def product(request: HttpRequest, pk: Any) -> HttpResponse:
    """Show one product: whose it is, its standard, its batches."""
    found = queries.product(request.user, pk)
    owner = found.subject
    found_batches = list(queries.batches(request.user).filter(product=found)[: SHOWN + 1])
    may_edit = scope.may(request.user, P.REGISTRY_EDIT, region=owner.region)
    context = {
        "title": f"{found.name} {found.model}".strip(),
        "product": found,
        "identity": [
            (_("Subject"), f"{owner.name} ({owner.code})"),
            (_("Division"), f"{found.division} {wording.division_name(found.division)}"),
            (_("Model"), found.model or wording.NOTHING),
            (_("Standard"), found.standard or wording.NOTHING),
            (_("GTIN"), found.gtin or wording.NOTHING),
        ],
        "batches": found_batches[:SHOWN],
        "has_more": len(found_batches) > SHOWN,
        "items": [
            *timeline.from_entries(ledger.timeline("product", str(found.pk), limit=30)),
            timeline.TimelineItem(found.recorded_at, _("Entered the register"), tone="done"),
        ],
        "panels": slots.panels.collect("product", request.user, found),
        "actions": [
            (_("Open the subject"), reverse("registry:subject", args=[owner.code])),
            *([(_("Add a batch"), reverse("registry:batch_new", args=[pk]))] if may_edit else []),
        ],
        "crumbs": breadcrumb.trail((_("Products"), reverse("registry:products")), found.name),
    }
    return render(request, "registry/product.html", context)


@page(permission=P.REGISTRY_EDIT)
def batch_new(request: HttpRequest, pk: Any) -> HttpResponse:
    """Add a batch to a product."""
    found = queries.product(request.user, pk)
    scope.require(request.user, P.REGISTRY_EDIT, region=found.subject.region)
    here = reverse("registry:product", args=[pk])

    def act(form: BatchForm) -> str:
        actions.add_batch(by=request.user, product=found, row=form.cleaned_data)
        return here

    form, answer = forms.handle(request, BatchForm, act=act, key=str(pk))
    context = {
        "form": form,
        "title": _("Add a batch"),
        "lead": f"{found.name} {found.model}".strip(),
        "cancel_url": here,
        "crumbs": breadcrumb.trail(
            (_("Products"), reverse("registry:products")), (found.name, here), _("Add a batch")
        ),
    }
    return answer or render(request, "web/form_page.html", context)
