"""The page of the plan's progress: quotas by region, how many duties were issued, drawn, and what is open."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import web
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, wording

from .. import progressing


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
