"""What everybody may see: the list of ended inspections, and each with its ground and its way up and down."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import web
from zhiheng.stages.draw import labels as draw_labels
from zhiheng.stages.draw import queries as draws
from zhiheng.stages.draw import reasons as draw_reasons
from zhiheng.stages.draw.listing import masked
from zhiheng.web import breadcrumb, slots, timeline, wording
from zhiheng.web.tables import COUNT_LIMIT

from .. import labels, listing, queries, reasons, rules
from ..queries import PublicView


@web.page(public=True)
def inspections(request: HttpRequest) -> HttpResponse:
    """List the inspections whose outcome is final."""
    context = {
        "title": _("Inspections"),
        "lead": _("Each firm here was drawn by lot. Refused and closed visits are shown as what they are."),
        "contestable": wording.counted(queries.contestable(), limit=COUNT_LIMIT),
    }
    rows = queries.published().select_related(None)
    if request.GET.get("outcome") in rules.NON_RESPONSE:  # the state says the same, and indexes hold it
        rows = rows.filter(state=request.GET["outcome"])
    return listing.PUBLISHED.respond(request, rows, "inspection/public_list.html", context)


@web.page(public=True)
def inspection(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one inspection: what was found and how, why this firm, and the figures it counts in."""
    seen = queries.public_view(pk)
    context: dict[str, Any] = {
        "title": _title(seen),
        "seen": seen,
        "visit": seen.visit,
        "identity": _identity(seen),
        "standing": [_standing(seen)],
        "crumbs": breadcrumb.trail((_("Inspections"), reverse("inspection:public_visits")), _("Inspection")),
    }
    if seen.is_final:
        context |= {
            "results": [(result, reasons.of_result(result)) for result in seen.results],
            "case_state": labels.CASE_STATES[seen.case.state] if seen.case else None,
            "why": draw_reasons.of_selection(seen.visit.selection),
            "items": timeline.from_entries(queries.entries(seen.visit, public_only=True)),
            "panels": slots.panels.collect("inspection", None, seen.visit),
        }
    return render(request, "inspection/public_visit.html", context)


def _title(seen: PublicView) -> str:
    if seen.is_final:
        return seen.visit.subject.name
    return _("Result overturned") if seen.is_overturned else _("Inspection not final yet")


def _standing(seen: PublicView) -> Any:
    if seen.is_overturned:
        return labels.CASE_STATES[rules.OVERTURNED]
    if seen.is_held and not seen.is_final:
        return labels.HELD
    if seen.is_final and seen.visit.verdict:
        return listing.verdict(seen.visit)
    if seen.is_final or seen.visit.state not in ("failed",):
        return labels.VISIT_STATES[seen.visit.state]
    return labels.CONTESTABLE


def _identity(seen: PublicView) -> list[tuple[Any, Any]]:
    visit, chosen = seen.visit, seen.visit.selection
    share = draws.shares([chosen.draw])[chosen.draw_id, chosen.stratum]
    rows = [
        (_("Region"), wording.region_path(visit.region)),
        (_("Division"), wording.division_name(visit.division)),
        (_("Period"), wording.period(visit.period)),
        (_("Risk class"), draw_labels.stratum(chosen.stratum)),
        (_("Probability of being drawn"), "{}/{}".format(*chosen.chance(share))),
    ]
    if not seen.is_final:
        return rows
    sample = getattr(visit, "sample", None)
    product = [(_("Product"), sample.product_name)] if sample is not None else []
    return [
        (_("Firm"), visit.subject.name),
        (_("Social credit code"), chosen.unit_code),
        *rows,
        (_("Visited on"), wording.day(visit.visited_on)),
        (_("Outcome of the visit"), dict(labels.OUTCOMES).get(visit.outcome, "")),
        *product,
        (_("Inspectors"), "、".join(masked(one.name) for one in visit.inspectors)),
    ]
