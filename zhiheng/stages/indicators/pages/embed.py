"""A chart for pages elsewhere: the newest numbers of a series in one region, with date, licence, way back.

This is the only page that another site may put into a frame. It runs no script, sets no cookie, knows no
person and holds no form, so that nothing can be done through a frame around it.
"""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt

from zhiheng import web
from zhiheng.errors import NotFound
from zhiheng.reference import groupings, regions
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series
from zhiheng.web import language, wording

from .. import observations, sentences
from ..models import Observation
from ..places import kind, order
from . import address, pictures, readings

POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors *",
    )
)
LANGUAGES = {"zh": "zh-hans", "en": "en"}
MOST = 12
HEIGHT = 620


@web.page(public=True)
@xframe_options_exempt
def show(request: HttpRequest, series_id: str) -> HttpResponse:
    """Show the chart with its small table, a link back, the day of its data and the licence."""
    series, day = plan.series(series_id), address.as_of_day(request)
    code = request.GET.get("region") or regions.NATION
    if not (regions.known(code) or groupings.known(code)):
        raise NotFound(_("There is no such region."), _("Choose one from the list of regions."))
    chosen = LANGUAGES.get(request.GET.get("lang", ""), language.chosen(request))
    with translation.override(chosen):
        answer = render(request, "indicators/embed.html", _context(request, series, code, day))
    answer["Content-Security-Policy"] = POLICY
    answer["Content-Language"] = chosen
    answer["Referrer-Policy"] = "no-referrer"
    return answer


def _context(request: HttpRequest, series: Series, code: str, day: date | None) -> dict[str, Any]:
    as_of = None if day is None else address.end_of(day)
    rows, left_out = newest(series.pk, code, as_of=as_of)
    page = reverse("indicators:series", args=[series.pk])
    where = (
        f"?{urlencode({'region': code, 'period': rows[-1].period})}" if rows and rows[-1].release_id else ""
    )
    return {
        "title": f"{sentences.name(series)} · {wording.region_name(code)}",
        "series": series,
        "chart": pictures.over_time(rows, series, day=day, left_out=left_out),
        "rows": [readings.number(row, day) for row in rows],
        "known_at": max((row.recorded_at for row in rows), default=None),
        "day": day,
        "back": request.build_absolute_uri(page + where),
        "licence": settings.DATA_LICENCE,
        "publisher": settings.DATA_PUBLISHER or request.get_host(),
        "source": rows[-1].source if rows else "",
        "language": translation.get_language(),
    }


def newest(series: str, region: str, *, as_of: datetime | None = None) -> tuple[list[Observation], int]:
    """Return the newest numbers of a series in a region as ``of_one_kind`` does, and how many others."""
    found = observations.current(series, region, as_of=as_of).filter(breakdown="").select_related("release")
    return of_one_kind(sorted(found, key=lambda row: order(row.period)))


def of_one_kind(rows: list[Observation]) -> tuple[list[Observation], int]:
    """Return the newest numbers of one voice and one kind of period, and how many of the voice are left out.

    They come oldest first. Our own come before those of others; the kind of most of them prevails, among
    equals the one of the newest.
    """
    voice = "own" if any(row.voice == "own" for row in rows) else "others"
    rows = [row for row in rows if row.voice == voice]
    counted = Counter(kind(row.period) for row in reversed(rows)).most_common(1)
    of_kind = [row for row in rows if kind(row.period) == counted[0][0]][-MOST:]
    return of_kind, len(rows) - len(of_kind)


def snippet(request: HttpRequest, series: Series, region: str) -> str:
    """Return the HTML that puts the chart on a page elsewhere."""
    short = "zh" if wording.is_chinese() else "en"
    asked = urlencode({"region": region, "lang": short})
    url = request.build_absolute_uri(f"{reverse('indicators:embed', args=[series.pk])}?{asked}")
    title = f"{sentences.name(series)} · {wording.region_name(region)}"
    return (
        f'<iframe src="{escape(url)}" title="{escape(title)}" width="100%" height="{HEIGHT}" '
        'loading="lazy" referrerpolicy="no-referrer"></iframe>'
    )
