"""The laboratory's board, every sample behind it, and the list that is filled in and uploaded."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from zhiheng import charts, web
from zhiheng.people.permissions import P
from zhiheng.reference import limits
from zhiheng.web import wording
from zhiheng.web.charts import ChartBlock, ChartColumn
from zhiheng.web.imports import marked
from zhiheng.web.tables.export import XLSX, attach

from .. import lab_board, lab_listing, lab_lists, reasons, turnaround

SIX_DAYS = timedelta(days=6)


@web.page(permission=P.LAB_VIEW)
def board(request: HttpRequest) -> HttpResponse:
    """Show what waits, what is in test, what was reported by week, and how long it took."""
    found = lab_board.board(request.user)
    context = {
        "title": _("Capacity and turnaround"),
        "lead": _("The last %(weeks)s weeks, as of %(day)s.")
        % {"weeks": lab_board.WEEKS, "day": wording.day(found.today)},
        "board": found,
        "chart": _chart(found) if found.spans else None,
        "week_links": [(week, week + SIX_DAYS, count) for week, count in found.weeks if count],
        "from_receipt": sum(span.is_from_receipt for span in found.spans),
        "counted": len(found.spans),
        "limit_name": reasons.rule_name(turnaround.FOOD_RULE),
        "limit": limits.get(turnaround.FOOD_RULE),
    }
    return render(request, "inspection/lab_board.html", context)


@web.page(permission=P.LAB_VIEW)
def samples(request: HttpRequest) -> HttpResponse:
    """List every sample that was given to a laboratory."""
    rows = lab_board.samples(request.user)
    context = {"title": _("Samples of the laboratories")}
    return lab_listing.LAB_SAMPLES.respond(request, rows, "web/list.html", context)


@web.page(permission=P.RESULT_RECORD)
def template(request: HttpRequest) -> HttpResponse:
    """Send the list of waiting samples as a workbook to be filled in."""
    data = marked.template_bytes(lab_lists.RESULTS, lab_lists.waiting(request.user))
    return attach(HttpResponse(data, content_type=XLSX), f"{_('samples to report on')}.xlsx")


def _chart(found: lab_board.Board) -> ChartBlock:
    question = _("How many samples were reported each week?")
    spec = charts.count_trend(
        [(f"{week:%m-%d}", count) for week, count in found.weeks],
        title=question,
        axis_title=_("Samples"),
        line=found.capacity,
        line_label=_("Stated capacity %(count)s a week") % {"count": found.capacity},
    )
    return ChartBlock(
        title=_("Samples with a whole report, by the week of the report"),
        question=question,
        svg=charts.render_svg(spec),
        columns=[ChartColumn(_("Week from")), ChartColumn(_("Samples"), "number")],
        rows=[[wording.day(week), wording.number(count)] for week, count in found.weeks],
        unit=_("samples"),
        period=f"{wording.day(found.weeks[0][0])} – {wording.day(found.today)}",
        n=sum(count for _week, count in found.weeks),
    )
