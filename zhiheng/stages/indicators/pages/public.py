"""The public pages of figures: the question, the list of series, one series, one figure."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import ledger, web
from zhiheng.reference import indicators, quality_index
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series, Target
from zhiheng.web import as_of, breadcrumb, slots
from zhiheng.web import timeline as timelines

from .. import drawing, promises, queries, reasons, sentences
from ..models import Figure
from ..scopes import HEADLINE
from . import address, cards, course, indicator, numbers, own, standing, targets
from .listing import INSPECTIONS


@web.page(public=True)
def home(request: HttpRequest) -> HttpResponse:
    """Answer the question of the Outline: is the pass rate of manufactured products where it should be?"""
    day = as_of.day(request)
    moment, told = as_of.end_of(day), as_of.told(request)
    bound = plan.targets().filter(binding="bound", series_id=HEADLINE).first()
    target = None if bound is None else plan.as_bound(bound, moment)
    region = queries.widest_region(HEADLINE, as_of=moment)
    known = promises.national(day)
    told |= {"promises": targets.rows(known, day), "course": course.facts(known, day)}
    if region is None or target is None or target.binding != "bound":
        return render(request, "indicators/empty.html", told | _nothing(day))
    newest = _newest(HEADLINE, region, moment)
    trend = queries.trend(HEADLINE, region, as_of=moment)
    tiles, legend = cards.province_map(HEADLINE, newest.period, day=day)
    context = {
        **told,
        "title": _("Has the pass rate of manufactured products reached %(value)s %%?")
        % {"value": f"{target.value.normalize():f}"},
        "target": target,
        "figure": newest,
        "headline": cards.headline(newest, day),
        "restated": standing.of_figure(newest, day),
        "answer": cards.answer(newest),
        "chart": drawing.trend(trend, target=target, download=cards.csv_url(newest, day)) if trend else None,
        "tiles": tiles,
        "legend": legend,
        "why": reasons.of_figure(newest),
        "ways": cards.ways(newest, day),
    }
    return render(request, "indicators/home.html", context)


def _nothing(day: date | None) -> dict[str, Any]:
    """Return what the front page says while no figure of our own was released."""
    nothing = (
        _("No figure was released here so far.") if day is None else _("Nothing was released by that day.")
    )
    return {"title": _("Where the plan stands"), "nothing": nothing, "ways": course.ways(day)}


@web.page(public=True)
def series_list(request: HttpRequest) -> HttpResponse:
    """List every series with its newest released figure, or what was published elsewhere."""
    day = as_of.day(request)
    newest = queries.newest_of(as_of=as_of.end_of(day))
    official = plan.latest_of([known.id for known in indicators.all()], known_on=day)
    rows = [
        _series_row(found, newest.get(found.pk), day) | {"official": official.get(found.pk)}
        for found in plan.all_series()
    ]
    held = numbers.newest([row["series"].pk for row in rows], at=as_of.end_of(day))
    for row in rows:
        row["own"] = held.get((row["series"].pk, "own")) if row["figure"] is None else None
        row["others"] = held.get((row["series"].pk, "others"))
    rows.sort(key=lambda row: (row["figure"] is None, row["own"] is None, row["series"].id))
    context = {"title": _("Figures"), "rows": rows, **as_of.told(request)}
    return render(request, "indicators/series_list.html", context)


def _newest(series_id: str, region: str, moment: datetime | None) -> Figure | None:
    """Return the newest year of a region, or its newest period where no whole year was released by then."""
    found = queries.latest(series_id, region, as_of=moment, yearly=True)
    return found or queries.latest(series_id, region, as_of=moment)


def _series_row(found: Series, figure: Figure | None, day: date | None) -> dict[str, Any]:
    return {
        "series": found,
        "url": as_of.with_day(reverse("indicators:series", args=[found.pk]), day),
        "name": sentences.name(found),
        "figure": figure,
        "share": sentences.share(figure),
        "basis": sentences.BASIS.get(found.basis, found.basis),
        "purpose": sentences.PURPOSE.get(found.purpose, found.purpose),
    }


@web.page(public=True)
def series(request: HttpRequest, series_id: str) -> HttpResponse:
    """Show one series in one region and period: chart, divisions, map, method, releases."""
    asked = address.series_page(request, series_id)
    name = sentences.name(asked.series)
    known = plan.whole_and_parts(asked.series.pk, "domain", known_on=asked.day)
    context: dict[str, Any] = {
        "title": name,
        "asked": asked,
        "series": asked.series,
        **as_of.told(request),
        "official": cards.official_rows(asked.series.pk, known[0]),
        "method": cards.method_card(asked.series),
        "published_changes": cards.published_changes(asked.series, known, asked.day),
        "crumbs": breadcrumb.trail((_("Figures"), reverse("indicators:series_list")), name),
    }
    shown = queries.figure(asked.series.pk, asked.region, asked.period, as_of=asked.as_of)
    if shown is None:
        context |= indicator.published(request, asked, known[0]) | own.sampled(asked)
        if not (context["official"] or context.get("own")):
            context["recorded"] = numbers.recorded(asked.series.pk, as_of=asked.as_of)
        context["restated"] = standing.of_series(asked.series.pk, asked.day)
        context["is_index"] = asked.series.pk == quality_index.SERIES
        return render(request, "indicators/series_empty.html", context)
    target = _bound(asked)
    trend = queries.trend(asked.series.pk, asked.region, as_of=asked.as_of)
    csv_url = cards.csv_url(shown, asked.day)
    tiles, legend = cards.province_map(asked.series.pk, asked.period, day=asked.day)
    context |= own.borrowed(asked)
    context |= {
        "figure": shown,
        "target": target,
        "headline": cards.headline(shown, asked.day),
        "restated": standing.of_figure(shown, asked.day),
        "answer": cards.answer(shown),
        "change": cards.change(shown, day=asked.day),
        "chart": drawing.trend(trend, target=target, download=csv_url) if trend else None,
        "division_chart": drawing.divisions(_shown_divisions(shown, asked.as_of), of=shown),
        "rows": cards.division_rows(shown, day=asked.day),
        "tiles": tiles,
        "legend": legend,
        "why": reasons.of_figure(shown),
        "releases": cards.release_rows(asked),
        "bundle_url": cards.bundle_url(shown),
        "csv_url": csv_url,
        **indicator.released(request, asked, shown, has_map=bool(tiles)),
    }
    return render(request, "indicators/series.html", context)


def _bound(asked: address.Asked) -> Target | None:
    """Return the target that is measured by a series, as bound by then."""
    found = asked.series.targets.filter(binding="bound").order_by("id").first()
    held = None if found is None else plan.as_bound(found, asked.as_of)
    return held if held is not None and held.binding == "bound" else None


def _shown_divisions(shown: Figure, as_of: datetime | None) -> list[Figure]:
    rows = queries.divisions(shown.series_id, shown.region, shown.period, as_of=as_of)
    return [row for row in rows if row.is_shown]


@web.page(public=True)
def figure(
    request: HttpRequest, series_id: str, region: str, period: str, division: str = ""
) -> HttpResponse:
    """Show one figure with the way down to its inspections and the way up to its clause."""
    shown = address.figure(request, series_id, region, period, division)
    day = as_of.day(request)
    name = sentences.name(shown.series)
    table = INSPECTIONS.page(request, queries.inspections_behind(shown))
    entries = ledger.timeline("release", str(shown.release_id), public_only=True)
    context = {
        "title": cards.figure_title(shown),
        "figure": shown,
        **as_of.told(request),
        "headline": cards.headline(shown, day),
        "restated": standing.of_figure(shown, day),
        "answer": cards.answer(shown),
        "change": cards.change(shown, day=day),
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
        "number_url": as_of.with_day(numbers.of_figure(shown), day),
        "release": shown.release,
        "crumbs": breadcrumb.trail(
            (_("Figures"), reverse("indicators:series_list")),
            (name, cards.series_url(shown, day)),
            cards.figure_title(shown),
        ),
    }
    return render(request, "indicators/figure.html", context)
