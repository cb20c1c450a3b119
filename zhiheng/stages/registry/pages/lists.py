"""The lists of products and of inspectors."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.reference import market_routes
from zhiheng.web import wording
from zhiheng.web.gate import page
from zhiheng.web.tables import Column, Filter, State, Table

from .. import labels, lists, lists_registers, own_forms, queries
from ..forms import division_choices
from ..models import Inspector

ON_DUTY = {
    True: State(gettext_lazy("On duty"), "done"),
    False: State(gettext_lazy("Off duty"), "stopped"),
}
DUTY_CHOICES = (("True", gettext_lazy("On duty")), ("False", gettext_lazy("Off duty")))

PRODUCTS = Table(
    id="products",
    caption=gettext_lazy("Products"),
    columns=(
        Column(
            "name",
            gettext_lazy("Product"),
            sort=("name", "pk"),
            url=lambda row: reverse("registry:product", args=[row.pk]),
        ),
        Column("model", gettext_lazy("Model"), sortable=False),
        Column("division", gettext_lazy("Division"), kind="division", sort=("division", "pk")),
        Column("standard", gettext_lazy("Standard"), sortable=False),
        Column("gtin", gettext_lazy("GTIN"), kind="code", sortable=False),
        Column(
            "subject",
            gettext_lazy("Subject"),
            field="subject__name",
            sortable=False,
            url=lambda row: reverse("registry:subject", args=[row.subject.code]),
        ),
        Column(
            "route",
            gettext_lazy("Market entry"),
            value=lambda row: routes_of(row.name),
            url=lambda row: reverse("registry:product_entry", args=[row.pk]),
            sortable=False,
        ),
    ),
    filters=(
        Filter("region", gettext_lazy("Region"), "region", field="subject__region"),
        Filter("division", gettext_lazy("Division"), "choice", choices=lambda: division_choices()[1:]),
    ),
    default_sort="name",
    search_fields=("name", "gtin"),
    search_label=gettext_lazy("Product or GTIN begins with"),
    export_name="products",
    own=own_forms.PRODUCTS,
    empty=gettext_lazy("No product is registered in your region yet. Import a list."),
)

INSPECTORS = Table(
    id="inspectors",
    caption=gettext_lazy("Inspectors"),
    columns=(
        Column(
            "code",
            gettext_lazy("Certificate number"),
            kind="code",
            url=lambda row: reverse("registry:inspector", args=[row.code]),
            sort=("code",),
        ),
        Column("name", gettext_lazy("Name"), sortable=False),
        Column("region", gettext_lazy("Region"), kind="region", sort=("region", "code")),
        Column("unit", gettext_lazy("Unit"), sortable=False),
        Column("fields", gettext_lazy("Fields"), value=lambda row: fields_of(row), sortable=False),
        Column("is_active", gettext_lazy("State"), kind="state", states=ON_DUTY, sortable=False),
    ),
    filters=(
        Filter("region", gettext_lazy("Region"), "region"),
        Filter("is_active", gettext_lazy("State"), "choice", choices=DUTY_CHOICES),
    ),
    default_sort="region",
    search_fields=("code", "name"),
    search_label=gettext_lazy("Number or name begins with"),
    export_name="inspectors",
    own=own_forms.INSPECTORS,
    empty=gettext_lazy("No inspector is registered in your region yet. Import a list."),
)


@page(permission=P.REGISTRY_VIEW)
def products(request: HttpRequest) -> HttpResponse:
    """List the products of the subjects of the region."""
    links = [*_import_link(request.user, lists.PRODUCTS.id), (_("Batches"), reverse("registry:batches"))]
    context = {"title": _("Products"), "links": links}
    return PRODUCTS.respond(request, queries.products(request.user), "registry/list.html", context)


@page(permission=P.REGISTRY_VIEW)
def inspectors(request: HttpRequest) -> HttpResponse:
    """List the inspectors of the region."""
    links = _import_link(request.user, lists.INSPECTORS.id)
    if links:
        leave = reverse("web:import", args=[lists_registers.LEAVE.id])
        links.append((_("Import a list of leave"), leave))
    context = {"title": _("Inspectors"), "links": links}
    return INSPECTORS.respond(request, queries.inspectors(request.user), "registry/list.html", context)


def _import_link(person: Any, spec: str) -> list[tuple[Any, str]]:
    """Return the way to the import of a list for those who may use it."""
    if not scope.may(person, P.REGISTRY_IMPORT):
        return []
    return [(_("Import a list"), reverse("web:import", args=[spec]))]


def fields_of(row: Inspector) -> str:
    """Return the divisions of an inspector in words."""
    names = [f"{code} {wording.division_name(code)}" for code in row.fields]
    return "、".join(names) if wording.is_chinese() else "; ".join(names)


def routes_of(name: str) -> str:
    """Return the ways into the market that fit a name today, in words; unknown where none is known."""
    found = dict.fromkeys(route.route for route in market_routes.find(name, clock.today()))
    return " / ".join(str(labels.ROUTES[route]) for route in found) or str(labels.FULFILMENTS["unknown"])
