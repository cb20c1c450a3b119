"""The page of a vertical, such as building materials: items, draws, failing samples and cases in one view."""

from __future__ import annotations

import dataclasses
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import people, web
from zhiheng.people.permissions import P
from zhiheng.stages.draw.labels import STATES as DRAW_STATES
from zhiheng.stages.registry.models.catalogue import VERTICALS
from zhiheng.web import breadcrumb
from zhiheng.web.tables import Column, Filter, Table

from .. import labels, verticals

NAMES = dict(VERTICALS)
DEFAULT = "building_material"

ITEMS = Table(
    id="vertical-items",
    caption=gettext_lazy("Items of the catalogue"),
    export_name="vertical",
    empty=gettext_lazy("No item of this vertical was issued for your region; propose one in the catalogue."),
    columns=(
        Column("year", gettext_lazy("Year"), value=lambda row: str(row.year), sort=("year", "pk")),
        Column("region", gettext_lazy("Region"), kind="region", sortable=False),
        Column("draws", gettext_lazy("Times drawn"), kind="number", sortable=False),
        Column("visits", gettext_lazy("Firms to visit"), kind="number", sortable=False),
        Column("answered", gettext_lazy("With a verdict"), kind="number", sortable=False),
        Column("failing", gettext_lazy("Failing"), kind="number", sortable=False),
        Column("cases_open", gettext_lazy("Open cases"), kind="number", sortable=False),
        Column("hazards", gettext_lazy("Hazards"), value=lambda row: "；".join(row.hazards), sortable=False),
        Column("tested", gettext_lazy("Test items"), value=lambda row: len(row.test_items), kind="number"),
    ),
    filters=(Filter("region", gettext_lazy("Region"), kind="region"),),
    search_fields=("name", "code"),
    search_label=gettext_lazy("Item or code begins with"),
    default_sort="-year",
)


@web.page(permission=P.INSPECTION_VIEW)
def show(request: HttpRequest, vertical: str = DEFAULT) -> HttpResponse:
    """Show what is drawn, found and under way in one vertical."""
    if vertical not in NAMES:
        raise Http404
    person = request.user
    context = {
        "title": NAMES[vertical],
        "lead": _("What is watched, drawn, found and under way, in one view."),
        "crumbs": breadcrumb.trail((_("Verticals"), reverse("inspection:verticals")), NAMES[vertical]),
        "tabs": [
            (label, reverse("inspection:vertical", args=[name]), name == vertical)
            for name, label in VERTICALS
        ],
        "draws": [_draw(person, one) for one in verticals.newest_draws(person, vertical)],
        "failing": verticals.newest_failing(person, vertical),
        "cases": [(one, labels.CASE_STATES[one.state]) for one in verticals.open_cases(person, vertical)],
    }
    table = dataclasses.replace(ITEMS, columns=(_named(person), *ITEMS.columns))
    return table.respond(request, verticals.items(person, vertical), "inspection/vertical.html", context)


def _named(person: Any) -> Column:
    """Return the column of names: to the item in one's own region, else to the published catalogue."""

    def url(row: Any) -> str:
        if people.may(person, P.REGISTRY_VIEW, region=row.region):
            return reverse("registry:catalogue_item", args=[row.pk])
        return reverse("registry:public_catalogue", args=[row.region, row.year])

    label = gettext_lazy("Item of the catalogue")
    return Column("name", label, kind="link", url=url, sort=("name", "pk"))


def _draw(person: Any, draw: Any) -> dict[str, Any]:
    may_see = people.may(person, P.DRAW_VIEW, region=draw.region)
    return {
        "draw": draw,
        "state": DRAW_STATES[draw.state],
        "url": reverse("draw:draw" if may_see else "draw:public_draw", args=[draw.serial]),
    }
