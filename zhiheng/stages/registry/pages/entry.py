"""Which way a product enters the market: the matrix for everybody, the answer for one product."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.reference import market_routes
from zhiheng.reference.market_routes import Route
from zhiheng.web import breadcrumb, slots, wording
from zhiheng.web.gate import page

from .. import grounds_registers, labels
from .. import queries_registers as registers


@page(public=True)
def routes(request: HttpRequest) -> HttpResponse:
    """Show the matrix of market entry, and look a product up in it."""
    name = request.GET.get("q", "").strip()[:120]
    on, fault = _day(request.GET.get("on", ""))
    found = market_routes.find(name, on) if name else ()
    shown = request.GET.get("route", "")
    context = {
        "title": _("Market entry of industrial products"),
        "name": name,
        "on": on,
        "fault": fault,
        "found": [_shown(route) for route in found],
        "why": grounds_registers.of_entry(found, on, name) if name else None,
        "ways": [(way, labels.ROUTES[way].label) for way in market_routes.WAYS],
        "way": shown if shown in market_routes.WAYS else "",
        "groups": _groups(on, shown if shown in market_routes.WAYS else ""),
    }
    return render(request, "registry/routes.html", context)


def _groups(on: dt.date, way: str) -> list[dict[str, Any]]:
    """Return the rows in force by instrument, place where they were read and degree of confidence."""
    groups: dict[tuple, list[dict[str, Any]]] = {}
    for route in market_routes.all():
        if route.in_force(on) and way in ("", route.route):
            shown = _shown(route)
            key = (shown["instrument"], shown["source"], route.confidence)
            groups.setdefault(key, []).append(shown)
    return [
        {"instrument": key[0], "source": key[1], "degree": grounds_registers.degree(key[2]), "rows": rows}
        for key, rows in groups.items()
    ]


def _shown(route: Route) -> dict[str, Any]:
    chinese = wording.is_chinese()
    return {
        "route": route,
        "name": wording.bilingual(route),
        "way": labels.ROUTES[route.route],
        "instrument": route.instrument_zh if chinese else route.instrument,
        "source": route.source_zh if chinese else route.source,
        "note": route.note_zh if chinese else route.note,
        "words": "、".join(route.keywords),
        "excepted": "、".join(route.excepted),
        "degree": grounds_registers.degree(route.confidence),
    }


def _day(text: str) -> tuple[dt.date, str]:
    if not text:
        return clock.today(), ""
    try:
        return dt.date.fromisoformat(text), ""
    except ValueError:
        return clock.today(), _("This is not a date; today was taken instead.")


@page(permission=P.REGISTRY_VIEW)
def product_entry(request: HttpRequest, pk: Any) -> HttpResponse:
    """Say for one product which way applies, why, how sure that is, and whether the record fulfils it."""
    product = registers.product(request.user, pk)
    subject, on = product.subject, clock.today()
    found = registers.market_entry(product, subject, registers.held(subject), on)
    covered = {route.category: said for route, said in found.covered}
    context = {
        "title": _("Market entry: %(product)s") % {"product": product},
        "crumbs": breadcrumb.trail(
            (_("Products"), reverse("registry:products")),
            (subject.name, reverse("registry:subject", args=[subject.code])),
            _("Market entry"),
        ),
        "standing": [labels.FULFILMENTS[found.state]],
        "identity": [
            (_("Product"), str(product)),
            (_("Subject"), subject.name),
            (_("Channel"), subject.get_channel_display()),
            (_("Division"), wording.division_name(product.division)),
            (_("Standard"), product.standard or wording.NOTHING),
        ],
        "rows": [(_shown(route), _covered(covered.get(route.category))) for route in found.routes],
        "state": found.state,
        "is_verified": found.is_verified,
        "why": grounds_registers.of_entry(found.routes, on, product.name),
        "panels": slots.panels.collect("product", request.user, product),
        "actions": [
            (_("The subject and its licences"), reverse("registry:subject", args=[subject.code])),
            (_("The whole matrix"), reverse("registry:routes")),
        ],
    }
    return render(request, "registry/product_entry.html", context)


def _covered(said: Any) -> dict[str, Any] | None:
    if said is None:
        return None
    return {"state": labels.COVERED[said.state], "how": labels.HOW[said.how], "number": said.number}
