"""How far the plan has come: quotas by region for the office, draws and cycles for everybody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import web
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, wording

from .. import cycles, listing, progressing
from ..labels import STATES


@web.page(permission=P.PLAN_VIEW)
def progress(request: HttpRequest) -> HttpResponse:
    """Show quota, issued, drawn and open of each region in a period."""
    periods = progressing.periods(request.user)
    wanted = request.GET.get("period", "")
    period = wanted if wanted in periods else (periods[0] if periods else "")
    rows = progressing.by_region(request.user, period)
    context = {
        "title": _("Plan and quotas"),
        "lead": _("How many firms each region is to draw, has drawn, and has still to draw."),
        "crumbs": breadcrumb.trail((_("Obligations"), reverse("plan:obligations")), _("Plan and quotas")),
        "periods": [(one, wording.period(one)) for one in periods],
        "period": period,
        "rows": rows,
        "total": progressing.total(rows),
    }
    return render(request, "draw/progress.html", context)


@web.page(public=True)
def public_progress(request: HttpRequest) -> HttpResponse:
    """Show of each announced draw how many are to be visited and were, and of each cycle who was never drawn.

    Numbers alone: who was drawn is public once a draw is closed (ADR 11).
    """
    periods = listing.periods()
    wanted = request.GET.get("period", "")
    period = wanted if wanted in dict(periods) else (periods[0][0] if periods else "")
    context = {
        "title": _("How far the draws have come"),
        "lead": _(
            "How many firms each draw is to visit and has visited. Names follow when a draw is closed."
        ),
        "crumbs": breadcrumb.trail(
            (_("Draws"), reverse("draw:public_draws")), _("How far the draws have come")
        ),
        "periods": periods,
        "period": period,
        "rows": [(one, STATES[one.draw.state]) for one in progressing.of_draws(period)],
        "most": progressing.MOST_SHOWN,
        "cycles": cycles.announced(),
    }
    return render(request, "draw/public_progress.html", context)
