"""Our own numbers on the page of a series that no Figure holds: samples, and small cells by a model."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from zhiheng.formats import periods
from zhiheng.reference import questionnaires, regions
from zhiheng.stages.plan import queries as plan
from zhiheng.web import wording

from .. import observations
from ..models import Observation
from . import address, numbers

BORROWED = "estimator=borrowed"
MOST_PARTS = 200  # a sample of a nation has cities by the hundred; all of them are in the open data


def sampled(asked: address.Asked) -> dict[str, Any]:
    """Return the numbers of the newest release of a sample in a region, with parts, cities and breaks."""
    rows = observations.current(asked.series.pk, as_of=asked.as_of, voice="own").filter(origin="estimated")
    whole = rows.filter(breakdown="").order_by("region")
    region = asked.region
    if not whole.filter(region=region).exists():
        region = whole.values_list("region", flat=True).first()
    if region is None:
        return {}
    mine = list(whole.filter(region=region))
    newest = max(mine, key=lambda row: periods.parse(row.period).order)
    parts = _parts(rows.filter(period=newest.period).exclude(pk=newest.pk), region)
    form = questionnaires.of_series(asked.series.pk)
    return {
        "own": _row(newest, asked),
        "own_region": wording.region_name(region),
        "own_parts": [_row(row, asked) for row in sorted(parts, key=_order(region))],
        "own_trend": [
            _row(row, asked) for row in sorted(mine, key=lambda row: periods.parse(row.period).order)
        ],
        "own_breaks": [_break(row) for row in plan.breaks(asked.series.pk, as_of=asked.as_of)],
        "own_release": newest.release,
        "own_form": form[0].id if form else "",
    }


def _parts(rows: QuerySet[Observation], region: str) -> list[Observation]:
    """Return the parts of a region and the places of the next level; without those, all places in it."""
    next_level = [one.code for one in regions.children(region)] if regions.known(region) else []
    found = list(rows.filter(region__in=[region, *next_level]).order_by("region", "breakdown")[:MOST_PARTS])
    if any(row.region != region for row in found):
        return found
    low, high = regions.span(region)
    inside = rows.filter(region__gte=low, region__lte=high)
    return list(inside.order_by("region", "breakdown")[:MOST_PARTS])


def _order(region: str) -> Any:
    return lambda row: (
        row.region != region,
        row.breakdown != "" and row.region != region,
        row.region,
        row.breakdown,
    )


def borrowed(asked: address.Asked) -> dict[str, Any]:
    """Return the small cells of a region and period whose rate a model gives, and what they add up to."""
    low, high = regions.span(asked.region)
    rows = observations.current(asked.series.pk, as_of=asked.as_of, voice="own").filter(
        period=asked.period, breakdown__contains=BORROWED, region__gte=low, region__lte=high
    )
    found = [_row(row, asked) for row in rows.order_by("region", "breakdown").select_related("release")]
    if not found:
        return {}
    fit = (found[0]["row"].release.parameters.get("cells") or {}).get(asked.period, {})
    return {"borrowed": found, "borrowed_fit": fit}


def _row(row: Observation, asked: address.Asked) -> dict[str, Any]:
    return {
        "row": row,
        "place": numbers.place(row),
        "period": numbers.period(row.period),
        "said": numbers.said(row),
        "note": numbers.of_language(row.note),
        "ends": numbers.ends(row),
        "status": numbers.STATUS_NAMES[row.status],
        "flags": " · ".join(str(numbers.FLAG_NAMES[flag]) for flag in row.flags.split(",") if flag),
        "url": numbers.url(row, asked.day),
    }


def _break(row: Any) -> str:
    reason = row.reason if wording.is_chinese() else row.reason_en
    return _("%(at)s: %(reason)s") % {"at": numbers.period(row.at), "reason": reason}
