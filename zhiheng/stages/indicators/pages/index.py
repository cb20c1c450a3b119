"""The public page of the index: regions, divisions, the tree, what it hangs on, and the official one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import web
from zhiheng.errors import NotFound
from zhiheng.formats.shapes import formula as shape
from zhiheng.formats.shapes.observation import members
from zhiheng.ledger import evidence
from zhiheng.ledger.models import Entry
from zhiheng.reference import quality_index
from zhiheng.reference.quality_index import PUBLISHED, SERIES
from zhiheng.reference.regions import NATION
from zhiheng.web import breadcrumb, wording
from zhiheng.web.tables import export

from .. import actions, formulas, observations
from ..indexing import token
from ..models import Observation
from . import address, numbers

FACTORS = {
    "sampling": gettext_lazy("the sample behind the pass rate"),
    "weights": gettext_lazy("the choice of weights"),
    "goalposts": gettext_lazy("the choice of goalposts"),
    "way": gettext_lazy("the way to add up (arithmetic or geometric)"),
}


@web.page(public=True)
def show(request: HttpRequest) -> HttpResponse:
    """Show the index of a period by region, and by division of one region, with what it hangs on."""
    day = address.as_of_day(request)
    as_of = None if day is None else address.end_of(day)
    rows = observations.current(SERIES, voice="own", as_of=as_of)
    periods = sorted(set(rows.values_list("period", flat=True)))
    title = _("How competitive is manufacturing in quality?")
    context: dict[str, Any] = {
        "title": title,
        "day": day,
        "published": [_published(row, day) for row in _official(as_of)],
        "published_url": reverse("indicators:history", args=[PUBLISHED]),
        "tree_note": quality_index.note("zh" if wording.is_chinese() else "en"),
        "crumbs": breadcrumb.trail((_("Figures"), reverse("indicators:series_list")), title),
    }
    if not periods:
        return render(request, "indicators/index_empty.html", context)
    period = request.GET.get("period") or periods[-1]
    held = list(rows.filter(period=period))
    if not held:
        raise NotFound(_("No index was published for this period."), _("Choose a period of the list."))
    doubt = _doubt(period, as_of)
    places = {cell["cell"]: cell for group in doubt.get("groups", []) for cell in group["cells"]}
    parents = sorted({row.region for row in held if row.breakdown})
    region = request.GET.get("region") or (parents[0] if parents else "")
    newest = max(held, key=lambda row: row.recorded_at)
    context |= {
        "period": period,
        "periods": periods,
        "region": region,
        "parents": parents,
        "regions": [_row(row, places, day) for row in sorted(held, key=_order) if not row.breakdown],
        "divisions": [
            _row(row, places, day)
            for row in sorted(held, key=_order)
            if row.region == region and row.breakdown
        ],
        "groups": [_group(group) for group in doubt.get("groups", [])],
        "doubt_url": doubt.get("url", ""),
        "choice": doubt.get("choice" if wording.is_chinese() else "choice_en", ""),
        "tree": list(tree_rows(newest.formula_sha)),
        "bands": quality_index.bands(),
        "history_url": reverse("indicators:history", args=[SERIES]),
    }
    return render(request, "indicators/index.html", context)


@web.page(public=True)
def doubt_file(request: HttpRequest, sha: str) -> HttpResponse:
    """Return the file of places and shares that was kept when an index was published."""
    for entry in _entries():
        if entry.detail["index"]["doubt_sha256"] == sha:
            answer = HttpResponse(evidence.read(sha), content_type="application/json")
            return export.attach(export.mark(answer), export.marked(f"index-doubt-{sha[:12]}.json"))
    raise NotFound(_("There is no such file."), _("Open the page of the index again."))


def _order(row: Observation) -> tuple[bool, float, str]:
    """Order regions: the nation first, then from the highest index down, those without one last."""
    return row.region != NATION, -float(row.value or 0), row.region


def _entries(as_of: datetime | None = None) -> Iterator[Entry]:
    found = Entry.objects.filter(
        verb=actions.RECORDED, subjects__kind="series", subjects__key=SERIES, visibility="public"
    )
    if as_of is not None:
        found = found.filter(at__lte=as_of)
    return (entry for entry in found.order_by("-seq") if "index" in entry.detail)


def _doubt(period: str, as_of: datetime | None) -> dict[str, Any]:
    """Return the newest places and shares of a period as known at a time, with the address of their file."""
    for entry in _entries(as_of):
        if entry.detail["index"]["period"] == period:
            sha = entry.detail["index"]["doubt_sha256"]
            url = reverse("indicators:index_doubt", args=[sha])
            return {**json.loads(evidence.read(sha)), "url": url}
    return {}


def _row(row: Observation, places: dict[str, Any], day: date | None) -> dict[str, Any]:
    place = places.get(token(row.region, row.breakdown))
    division = members(row.breakdown).get("division", "")
    return {
        "name": wording.division_name(division) if division else wording.region_name(row.region),
        "url": numbers.url(row, day),
        "said": numbers.said(row),
        "interval": limits(row.lower, row.upper),
        "words": words(float(row.value)) if row.value else [],
        "place": place and place["place"],
        "places": _span(place, "best", "worst"),
        "sampled": _sampled(place),
        "choices": limits(place["lower"], place["upper"]) if place else "",
        "note": "" if row.value else numbers.of_language(row.note),
    }


def limits(lower: Any, upper: Any) -> str:
    """Return two ends as people read them, or nothing."""
    return "" if not lower else f"{wording.number(lower, 2)}–{wording.number(upper, 2)}"


def _span(place: dict[str, Any] | None, best: str, worst: str) -> str:
    return "" if place is None else _places(place[best], place[worst])


def _sampled(place: dict[str, Any] | None) -> str:
    return _places(*place["sampled"]) if place and place["sampled"] else ""


def _places(best: str, worst: str) -> str:
    return best if best == worst else f"{best}–{worst}"


def words(value: float) -> list[str]:
    """Return what each source calls a value of the index."""
    steps = (bands.step(value) for bands in quality_index.bands())
    return [one.zh if wording.is_chinese() else one.en for one in steps if one]


def _group(group: dict[str, Any]) -> dict[str, Any]:
    about = wording.region_name(group["region"]) if group["region"] else ""
    held = group["shares"]
    shares = [(FACTORS[name], wording.percent(float(held[name]), 0)) for name in FACTORS if name in held]
    return {"about": about, "shares": shares, "count": len(group["cells"])}


def _official(as_of: datetime | None) -> list[Observation]:
    found = observations.current(PUBLISHED, NATION, voice="others", as_of=as_of).filter(breakdown="")
    return sorted((row for row in found if row.valid_to), key=lambda row: row.valid_to, reverse=True)


def _published(row: Observation, day: date | None) -> dict[str, Any]:
    return {
        "period": numbers.period(row.period),
        "said": numbers.said(row),
        "url": numbers.url(row, day),
        "words": words(float(row.value)) if row.value else [],
        "source": row.source,
    }


def tree_rows(sha: str) -> Iterator[dict[str, Any]]:
    """Yield the nodes of the formula behind an index with their weights and goalposts."""
    formula = formulas.by_sha(sha)
    if formula is not None:
        yield from rows_of(formulas.tree(formula).root)


def rows_of(root: shape.Node) -> Iterator[dict[str, Any]]:
    """Yield the nodes of a tree of the index, each with its depth, weight, goalposts and series."""
    language = 0 if wording.is_chinese() else 1
    known = {one.series: one for one in quality_index.tree().statistics()}
    waiting: list[tuple[shape.Node, int, str]] = [(root, 0, "")]
    while waiting:
        node, depth, weight = waiting.pop()
        row: dict[str, Any] = {"depth": range(depth), "weight": _share(weight)}
        if isinstance(node, shape.Linear):
            name = node.because.split(" | ")[language] if depth else ""
            yield row | {"name": name or quality_index.tree().zh if not language else name or "index"}
            below = zip(node.of, node.weights, strict=True)
            waiting += [(child, depth + 1, share) for child, share in reversed(list(below))]
        elif isinstance(node, shape.Standardise) and isinstance(node.of, shape.Series):
            one = known.get(node.of.id)
            yield row | {
                "name": (one.zh, one.en)[language] if one else node.of.id,
                "unit": one.unit if one else "",
                "low": node.low,
                "high": node.high,
                "is_lower": node.direction == "lower",
                "instead": (one.instead_zh, one.instead_en)[language] if one else "",
                "url": reverse("indicators:history", args=[node.of.id]),
            }


def _share(weight: str) -> str:
    return wording.percent(float(weight), 1) if weight else ""
