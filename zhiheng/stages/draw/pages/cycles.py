"""The page of a full-coverage cycle: how many producers were drawn by region, and who never was."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import people, web
from zhiheng.formats import periods
from zhiheng.people.permissions import P
from zhiheng.stages.registry.models import CatalogueItem, Subject
from zhiheng.web import breadcrumb
from zhiheng.web.tables import Column, Table

from .. import cycles, queries

NEVER = Table(
    id="never-drawn",
    caption=gettext_lazy("Never drawn in this cycle"),
    export_name="never-drawn",
    empty=gettext_lazy("Every producer was drawn in this cycle, or none is registered."),
    columns=(
        Column(
            "name",
            gettext_lazy("Firm"),
            kind="link",
            url=lambda row: reverse("registry:subject", args=[row.code]),
            sort=("name", "code"),
        ),
        Column("code", gettext_lazy("Social credit code"), kind="code"),
        Column("region", gettext_lazy("Region"), kind="region", sort=("region", "code")),
        Column("risk_class", gettext_lazy("Risk class"), sortable=False),
        Column("credit_class", gettext_lazy("Credit class"), sortable=False),
    ),
    default_sort="region",
    size=25,
)


@web.page(permission=P.DRAW_VIEW)
def cycle(request: HttpRequest) -> HttpResponse:
    """Show how far the cycle of an item has come in the person's region."""
    place = queries.home(request.user)
    choices = list(cycles.items())
    item = _item(request, choices)
    context: dict[str, Any] = {
        "title": _("Full coverage"),
        "lead": _("Of the firms of an item under full coverage: how many were drawn, and who never was."),
        "crumbs": breadcrumb.trail((_("Draws"), reverse("draw:draws")), _("Full coverage")),
        "choices": choices,
        "item": item,
    }
    if item is None:
        return NEVER.respond(request, Subject.objects.none(), "draw/cycle.html", context)
    first, last = _range(request, item)
    counts = cycles.count(place, item, first, last)
    context |= {
        "first": first,
        "last": last,
        "counts": counts,
        "place": place,
        "total": _total(place, counts),
    }
    never = people.within(
        cycles.producers(place, item, first, last).filter(is_drawn=False),
        request.user,
        P.DRAW_VIEW,
        region="region",
    )
    return NEVER.respond(request, never, "draw/cycle.html", context)


def _item(request: HttpRequest, choices: list[CatalogueItem]) -> CatalogueItem | None:
    wanted = request.GET.get("item", "")
    return next((one for one in choices if str(one.pk) == wanted), choices[0] if choices else None)


def _range(request: HttpRequest, item: CatalogueItem) -> tuple[str, str]:
    """Return the range that was asked for, or the year of the item where it is no range."""
    first, last = (periods.read(request.GET.get(name, "")) for name in ("first", "last"))
    if not (periods.known(first) and periods.known(last)):
        return str(item.year), str(item.year)
    is_range = periods.parse(first).first <= periods.parse(last).last
    return (first, last) if is_range else (str(item.year), str(item.year))


def _total(place: str, counts: list[cycles.Tally]) -> cycles.Tally:
    return cycles.Tally(place, sum(one.producers for one in counts), sum(one.drawn for one in counts))
