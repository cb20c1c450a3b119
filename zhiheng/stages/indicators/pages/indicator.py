"""What the page of a series holds besides its figures: every part one click away, and published numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.reference import indicators, regions
from zhiheng.stages.plan.models import Series

from .. import sidebyside
from ..models import Figure
from ..rules import published as publishing
from . import cards, embed, pictures
from .address import Asked
from .places import compare_url, url


def released(request: HttpRequest, asked: Asked, shown: Figure, *, has_map: bool) -> dict[str, Any]:
    """Return the ways from the page of a released series, and the words that lend its chart elsewhere."""
    series, region = asked.series, shown.region
    way = {"region": region, "period": shown.period}
    compared = compare_url(series.pk, shown.period, "own", day=asked.day) if has_map else ""
    return _ways(request, series, region) | {
        "ways": [
            (_("Chart and table"), "#chart"),
            *([(_("Map"), "#map"), (_("Regions side by side"), compared)] if has_map else []),
            (_("By division"), "#divisions"),
            (_("Method"), "#method"),
            (_("History"), reverse("indicators:history", args=[series.pk])),
            (_("The draws and inspections behind it"), cards.figure_url(shown)),
            (_("Check it"), "#check" if shown.is_shown else reverse("indicators:verify")),
            (_("Download"), f"{reverse('indicators:figures_csv', args=[series.pk])}?{urlencode(way)}"),
            (_("This region"), url(region, asked.day)),
            (_("Use the chart elsewhere"), "#embed"),
        ]
    }


def published(request: HttpRequest, asked: Asked, whole: Sequence[indicators.Observation]) -> dict[str, Any]:
    """Return chart, map and ways of a series of which this office released nothing here."""
    series = asked.series
    found = _numbers(asked, whole)
    data = reverse("indicators:data_csv", args=[series.pk, "latest"])
    ways = [
        *([(_("Chart and table"), "#chart")] if found["chart"] else []),
        *([(_("Map"), "#map")] if found["tiles"] else []),
        *([(_("Regions side by side"), found["compare"])] if found["compare"] else []),
        (_("Method"), "#method"),
        (_("History"), reverse("indicators:history", args=[series.pk])),
        (_("Check a file"), reverse("indicators:verify")),
        (_("Download"), data),
        (_("Use the chart elsewhere"), "#embed"),
    ]
    return _ways(request, series, regions.NATION) | found | {"ways": ways}


def _numbers(asked: Asked, whole: Sequence[indicators.Observation]) -> dict[str, Any]:
    rows = sidebyside.numbers(asked.series, as_of=asked.as_of)
    choices = sidebyside.choices(rows)
    tiles, legend, period = [], [], ""
    for one in choices:
        beside = [row for row in rows if row.voice == one.voice and row.period == one.period]
        tiles, legend = pictures.tiles(beside, asked.day)
        if tiles:
            period = one.period
            break
    first = next((one for one in choices if one.period == period), choices[0] if choices else None)
    nation, left_out = embed.newest(asked.series.pk, regions.NATION, as_of=asked.as_of)
    if nation and nation[0].voice == "others":
        # Years published on another footing stand in the official table alone.
        left_out += sum(publishing.scope(seen) != "" for seen in whole)
    return {
        "chart": pictures.over_time(nation, asked.series, day=asked.day, left_out=left_out),
        "tiles": tiles,
        "legend": legend,
        "map_period": period,
        "compare": compare_url(asked.series.pk, first.period, first.voice, day=asked.day) if first else "",
    }


def _ways(request: HttpRequest, series: Series, region: str) -> dict[str, Any]:
    return {"snippet": embed.snippet(request, series, region)}
