"""The bundle of a number, and the words and links by which its page offers it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import web
from zhiheng.errors import NotFound
from zhiheng.stages.plan import queries as plan

from .. import number_bundles, observations
from ..models import Observation
from . import address, files

MOST_BESIDE = 8
"""Own bundles of inputs that the page of a number lets the browser fetch beside it."""


@web.page(public=True)
def bundle(request: HttpRequest, series_id: str) -> HttpResponse:
    """Return the bundle of a number: the vintage that is asked for, or the one known now or by a day."""
    series, day = plan.series(series_id), address.as_of_day(request)
    asked = {name: request.GET.get(name, "") for name in ("region", "period", "breakdown")}
    found = observations.history(series.pk, **asked, voice=request.GET.get("voice", "others"))
    if day is not None:
        found = [row for row in found if row.recorded_at <= address.end_of(day)]
    if revision := request.GET.get("revision", ""):
        found = [row for row in found if str(row.revision) == revision]
    if not found:
        raise NotFound(
            _("There is no such number, or not by that day."), _("Choose one from the history of the series.")
        )
    return files.sent(number_bundles.compose(found[-1]), number_bundles.name(found[-1]), "application/json")


def links(row: Observation) -> dict[str, Any]:
    """Return what the page of a number offers for checking it."""
    is_computed = row.origin in ("computed", "derived") and row.formula_sha != ""
    return {
        "bundle_url": url(row),
        "bundle_says": _says(row, is_computed),
        "besides": number_bundles.own_addresses(row, MOST_BESIDE) if is_computed else _figure(row),
    }


def url(row: Observation) -> str:
    """Return the address of the bundle of exactly this vintage."""
    asked = {"region": row.region, "period": row.period, "breakdown": row.breakdown, "voice": row.voice}
    said = urlencode({**{name: value for name, value in asked.items() if value}, "revision": row.revision})
    return f"{reverse('indicators:number_bundle', args=[row.series_id])}?{said}"


def _figure(row: Observation) -> list[str]:
    return [number_bundles.figure_address(row)] if row.origin == "estimated" and row.bundle_sha else []


def _says(row: Observation, is_computed: bool) -> str:
    if is_computed:
        return _("formula and inputs; each program computes the number again from them")
    if row.origin == "estimated":
        return _("an estimate: it leads to the bundle of its figure, with every drawn unit")
    return _("said by others: it shows what was recorded and when, and rests on its source alone")
