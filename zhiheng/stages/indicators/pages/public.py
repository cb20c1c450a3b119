"""The public pages of figures: the question, the list of series, one series, one figure."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import ledger, web
from zhiheng.reference import quality_index
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series
from zhiheng.web import breadcrumb, slots
from zhiheng.web import timeline as timelines

from .. import drawing, promises, queries, reasons, sentences
from ..models import Figure
from ..scopes import HEADLINE
from . import address, cards, indicator, numbers, own, targets
from .listing import INSPECTIONS


@web.page(public=True)
def home(request: HttpRequest) -> HttpResponse:
    """Answer the question of the Outline: is the pass rate of manufactured products where it should be?"""
    target = plan.targets().filter(binding="bound", series_id=HEADLINE).first()
    region = queries.widest_region(HEADLINE)
    if region is None or target is None:
        return render(request, "indicators/empty.html", {"title": _("Nothing was released yet")})
    newest = queries.latest(HEADLINE, region, yearly=True) or queries.latest(HEADLINE, region)
    trend = queries.trend(HEADLINE, region)
    tiles, legend = cards.province_map(HEADLINE, newest.period)
    context = {
        "title": _("Has the pass rate of manufactured products reached %(value)s %%?")
        % {"value": f"{target.value.normalize():f}"},
        "target": target,
        "figure": newest,
        "headline": cards.headline(newest),
        "answer": cards.answer(newest),
        "chart": drawing.trend(trend, target=target, download=cards.csv_url(newest)) if trend else None,
        "tiles": tiles,
        "legend": legend,
        "promises": targets.rows(promises.national()),
        "why": reasons.of_figure(newest),
        "ways": cards.ways(newest),
    }
    return render(request, "indicators/home.html", context)


@web.page(public=True)
def series_list(request: HttpRequest) -> HttpResponse:
    """List every series with its newest released figure, or what was published elsewhere."""
    widest = queries.widest_regions()
    rows = [_series_row(found, widest.get(found.pk)) for found in plan.all_series()]
    bare = [row["series"].pk for row in rows if row["figure"] is None and row["official"] is None]
    held = numbers.newest(bare)
    for row in rows:
        row |= {voice: held.get((row["series"].pk, voice)) for voice in ("own", "others")}
    rows.sort(key=lambda row: (row["figure"] is None, row["series"].id))
    return render(request, "indicators/series_list.html", {"title": _("Figures"), "rows": rows})


def _series_row(found: Series, region: str | None) -> dict[str, Any]:
    figure = None
    if region is not None:
        figure = queries.latest(found.pk, region, yearly=True) or queries.latest(found.pk, region)
    return {
        "series": found,
        "name": sentences.name(found),
        "figure": figure,
        "share": sentences.share(figure),
        "official": plan.latest(found.pk),
        "basis": sentences.BASIS.get(found.basis, found.basis),
        "purpose": sentences.PURPOSE.get(found.purpose, found.purpose),
    }


@web.page(public=True)
def series(request: HttpRequest, series_id: str) -> HttpResponse:
    """Show one series in one region and period: chart, divisions, map, method, releases."""
    asked = address.series_page(request, series_id)
    name = sentences.name(asked.series)
    context: dict[str, Any] = {
        "title": name,
        "asked": asked,
        "series": asked.series,
        "official": cards.official_rows(asked.series.pk),
        "method": cards.method_card(asked.series),
        "published_changes": cards.published_changes(asked.series),
        "crumbs": breadcrumb.trail((_("Figures"), reverse("indicators:series_list")), name),
    }
    shown = queries.figure(asked.series.pk, asked.region, asked.period, as_of=asked.as_of)
    if shown is None:
        context |= indicator.published(request, asked) | own.sampled(asked)
        if not (context["official"] or context["chart"] or context.get("own")):
            context["recorded"] = numbers.recorded(asked.series.pk, as_of=asked.as_of)
        context["is_index"] = asked.series.pk == quality_index.SERIES
        return render(request, "indicators/series_empty.html", context)
    target = asked.series.targets.filter(binding="bound").order_by("id").first()
    trend = queries.trend(asked.series.pk, asked.region, as_of=asked.as_of)
    tiles, legend = cards.province_map(asked.series.pk, asked.period, as_of=asked.as_of)
    context |= own.borrowed(asked)
    context |= {
        "figure": shown,
        "target": target,
        "headline": cards.headline(shown),
        "answer": cards.answer(shown),
        "change": cards.change(shown, as_of=asked.as_of),
        "chart": drawing.trend(trend, target=target, download=cards.csv_url(shown)) if trend else None,
        "division_chart": drawing.divisions(_shown_divisions(shown, asked.as_of), of=shown),
        "rows": cards.division_rows(shown, as_of=asked.as_of),
        "tiles": tiles,
        "legend": legend,
        "why": reasons.of_figure(shown),
        "releases": cards.release_rows(asked),
        "bundle_url": cards.bundle_url(shown),
        "csv_url": cards.csv_url(shown),
        **indicator.released(request, asked, shown, has_map=bool(tiles)),
    }
    return render(request, "indicators/series.html", context)


def _shown_divisions(shown: Figure, as_of: datetime | None) -> list[Figure]:
    rows = queries.divisions(shown.series_id, shown.region, shown.period, as_of=as_of)
    return [row for row in rows if row.is_shown]


@web.page(public=True)
def figure(
    request: HttpRequest, series_id: str, region: str, period: str, division: str = ""
) -> HttpResponse:
    """Show one figure with the way down to its inspections and the way up to its clause."""
    shown = address.figure(request, series_id, region, period, division)
    day = address.as_of_day(request)
    name = sentences.name(shown.series)
    table = INSPECTIONS.page(request, queries.inspections_behind(shown))
    entries = ledger.timeline("release", str(shown.release_id), public_only=True)
    context = {
        "title": cards.figure_title(shown),
        "figure": shown,
        "headline": cards.headline(shown),
        "answer": cards.answer(shown),
        "change": cards.change(shown, as_of=None if day is None else address.end_of(day)),
        "facts": cards.facts(shown),
        "table": table,
        "withheld": queries.withheld_behind(shown),
        "left_out": queries.left_out_behind(shown),
        "unused": shown.release.parameters["unused"],
        "draws": cards.draw_rows(shown),
        "joints": cards.joint_rows(shown),
        "why": reasons.of_figure(shown),
        "items": timelines.from_entries(entries),
        "panels": slots.panels.collect("figure", None, shown),
        "bundle_url": cards.bundle_url(shown),
        "number_url": numbers.of_figure(shown),
        "release": shown.release,
        "crumbs": breadcrumb.trail(
            (_("Figures"), reverse("indicators:series_list")),
            (name, cards.series_url(shown)),
            cards.figure_title(shown),
        ),
    }
    return render(request, "indicators/figure.html", context)
