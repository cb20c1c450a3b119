"""The leaders' board: where the inspections of a region and period stand, down to the single case."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import charts, web
from zhiheng.errors import BadInput
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.reference import regions
from zhiheng.stages.draw.listing import periods
from zhiheng.stages.inspection import rules as inspection
from zhiheng.stages.inspection.reasons import rule_name
from zhiheng.web import breadcrumb, tilemap, wording
from zhiheng.web.charts import ChartBlock, ChartColumn

from .. import board

MAP_BOUNDS = (0.25, 0.5, 0.75, 1.0)


@web.page(permission=P.FIGURE_VIEW)
def show(request: HttpRequest) -> HttpResponse:
    """Show the board of a region (by default one's own) and a period (by default the newest)."""
    choices = periods()
    region = request.GET.get("region") or own_region(request.user)
    if not regions.known(region):
        raise BadInput(_("There is no such region."), _("Choose one from the trail or the table."))
    period = request.GET.get("period") or (choices[0][0] if choices else "")
    seen = board.Board(request.user, region, period)
    whole, parts = seen.progress()
    context = {
        "title": _("Where the inspections of %(region)s stand") % {"region": wording.region_name(region)},
        "crumbs": breadcrumb.region_trail(region, lambda code: _board(code, period)),
        "region": region,
        "period": period,
        "periods": choices,
        "figures": _figures(whole, region, period) if whole.drawn else [],
        "parts": [_row(one, _board(one.key, period), period) for one in parts if one.key != region],
        "own": [_row(one, "", period) for one in parts if one.key == region],
        "draws": [_draw(row, one) for row, one in seen.draws()],
        "chart": _chart(seen.failing(), region, period),
        "overdue": [_late(one) for one in seen.overdue()],
        "overdue_count": whole.overdue,
        "tiles": _tiles(parts, period) if region == regions.NATION and len(parts) > 1 else [],
        "legend": tilemap.legend(MAP_BOUNDS[:3], lambda share: wording.percent(share, 0)),
    }
    return render(request, "indicators/board.html", context)


def own_region(person: Any) -> str:
    """Return the widest region that a person works for."""
    held = [one.region for one in person.held_on(clock.today()) if one.region]
    return min(held, key=lambda code: (len(regions.path(code)), code), default=regions.NATION)


def _board(region: str, period: str) -> str:
    return f"{reverse('indicators:board')}?{urlencode({'region': region, 'period': period})}"


def _visits(region: str, period: str, **more: str) -> str:
    query = {"region": region, "period": period, **more}
    return f"{reverse('inspection:visits')}?{urlencode(query)}"


def _cases(region: str) -> str:
    return f"{reverse('inspection:cases')}?{urlencode({'region': region})}"


def _figures(whole: board.Progress, region: str, period: str) -> list[dict[str, Any]]:
    facts = {
        "ended": wording.number(whole.ended),
        "drawn": wording.number(whole.drawn),
        "answered": wording.number(whole.answered),
    }
    return [
        {
            "label": _("Visits with an outcome"),
            "value": wording.percent(whole.share, 1),
            "interval": _("%(ended)s of %(drawn)s") % facts,
            "url": _visits(region, period),
        },
        {
            "label": _("Still to be visited"),
            "value": wording.number(whole.to_visit),
            "interval": "",
            "url": _visits(region, period, state=inspection.ASSIGNED),
        },
        {
            "label": _("Samples that failed"),
            "value": wording.number(whole.failing),
            "interval": _("among %(answered)s with a verdict; not a rate of all firms") % facts,
            "url": _visits(region, period, state=inspection.FAILED),
        },
        {
            "label": _("Overdue steps in cases"),
            "value": wording.number(whole.overdue),
            "interval": _("%(count)s cases open") % {"count": wording.number(whole.cases_open)},
            "url": _cases(region),
        },
    ]


def _row(one: board.Progress, url: str, period: str) -> dict[str, Any]:
    place = one.key
    return {
        "name": wording.region_name(place),
        "url": url,
        "progress": one,
        "ended": wording.NOTHING if one.share is None else wording.points(one.share, 1),
        "visits": _visits(place, period),
        "to_visit": _visits(place, period, state=inspection.ASSIGNED),
        "failing": _visits(place, period, state=inspection.FAILED),
        "cases": _cases(place),
    }


def _draw(row: Any, one: board.Progress) -> dict[str, Any]:
    return {
        "serial": row.serial,
        "url": reverse("draw:draw", args=[row.serial]),
        "region": wording.region_name(row.region),
        "ground": row.obligation.basis,
        "progress": one,
        "visits": f"{reverse('inspection:visits')}?{urlencode({'draw': row.serial})}",
    }


def _late(one: Any) -> dict[str, Any]:
    return {
        "firm": one.case.subject.name,
        "url": reverse("inspection:case", args=[one.case_id]),
        "region": wording.region_name(one.case.region),
        "rule": rule_name(one.rule),
        "due_on": one.due_on,
    }


def _tiles(parts: list[board.Progress], period: str) -> list[Any]:
    return tilemap.build(
        {one.key: one.share for one in parts if one.share is not None},
        label=lambda share: wording.percent(share, 0),
        tone=tilemap.shade(MAP_BOUNDS[:3]),
        url=lambda code: _board(code, period),
    )


def _chart(rows: list[board.Failing], region: str, period: str) -> ChartBlock | None:
    known = [row for row in rows if row.rate.estimate is not None]
    if not known:
        return None
    question = _("Which risk class fails most often, and how sure is that?")
    bands = [
        charts.Band(
            _("Class %(name)s") % {"name": row.stratum}, row.rate.estimate, row.rate.lower, row.rate.upper
        )
        for row in known
    ]
    language = "zh" if wording.is_chinese() else "en"
    spec = charts.rate_by_group(bands, title=question, language=language, axis_title=_("Failing rate (%)"))
    return ChartBlock(
        title=_("Failing rate by risk class, %(region)s") % {"region": wording.region_name(region)},
        question=question,
        svg=charts.render_svg(spec),
        columns=[
            ChartColumn(_("Risk class")),
            ChartColumn(_("Failing rate (%)"), "number"),
            ChartColumn(_("95% interval"), "number"),
            ChartColumn(_("Answered units"), "number"),
            ChartColumn(_("Firms in the frames"), "number"),
        ],
        rows=[
            [
                row.stratum,
                wording.points(row.rate.estimate, 2),
                f"{wording.points(row.rate.lower, 1)}–{wording.points(row.rate.upper, 1)}",
                wording.number(row.rate.n),
                wording.number(row.population),
            ]
            for row in known
        ],
        unit="%",
        period=wording.period(period),
        n=sum(row.rate.n for row in known),
        basis=_("Probability sample"),
        purpose=_("Progress of the office; provisional, results may still be contested"),
        interval_note=_("95% interval from the design of the draws"),
    )
