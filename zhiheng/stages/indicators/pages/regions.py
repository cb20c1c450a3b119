"""Public pages of places: all regions, and one with every number that is known of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import web
from zhiheng.errors import NotFound
from zhiheng.reference import groupings, indicators, outline, regions
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan import said as plan_said
from zhiheng.web import breadcrumb, tilemap, wording
from zhiheng.web.as_of import end_of

from .. import places, rules, sentences
from ..places import Line, Place
from ..rules import unusual
from ..scopes import HEADLINE
from . import address, numbers, readings
from .places import compare_url, url


@web.page(public=True)
def all_regions(request: HttpRequest) -> HttpResponse:
    """Show every province with how many series are known of it, the groups of regions, and cities."""
    day = address.as_of_day(request)
    cities = [city.code for place in regions.provinces() for city in regions.children(place.code)]
    groups = [group.code for one in groupings.all() for group in one.groups]
    listed = [regions.NATION, *(place.code for place in regions.provinces()), *cities, *groups]
    known = places.with_numbers(listed, as_of=end_of(day))
    counts = [known[place.code] for place in regions.provinces() if place.code in known]
    bounds = tilemap.bounds(counts or [1], whole=True)
    tiles = tilemap.build(
        {place.code: known.get(place.code, 0) for place in regions.provinces()},
        label=wording.number,
        tone=lambda count: tilemap.shade(bounds)(count) if count else "none",
        url=lambda code: url(code, day),
    )
    context = {
        "title": _("Regions"),
        "day": day,
        "nation": _named(regions.NATION, known, day),
        "tiles": tiles,
        "legend": tilemap.legend(bounds, wording.number),
        "provinces": [_named(place.code, known, day) for place in regions.provinces()],
        "divisions": [_division(one, known, day) for one in groupings.all()],
        "cities": [_named(code, known, day) for code in cities if code in known],
    }
    return render(request, "indicators/regions.html", context)


@web.page(public=True)
def region(request: HttpRequest, code: str) -> HttpResponse:
    """Show every current number of one region, its neighbours, its own targets and what is not known."""
    if not (regions.known(code) or groupings.known(code)):
        raise NotFound(_("There is no such region."), _("Choose one from the list of regions."))
    day = address.as_of_day(request)
    as_of = end_of(day)
    found = places.place(code, as_of=as_of)
    below = places.below(code)
    known = places.with_numbers(below, as_of=as_of)
    context = {
        "title": _("Numbers of %(region)s") % {"region": wording.region_name(code)},
        "code": code,
        "day": day,
        "crumbs": _crumbs(code, day),
        "group": _group(code),
        "lists": [(label, *_listed(found, voice, day)) for voice, label in numbers.VOICE_NAMES.items()],
        "unusual": [_unusual(line, day) for line in found.unusual],
        "watched": found.watched,
        "false_alarms": wording.percent(unusual.FALSE_ALARMS, 0),
        "least": unusual.LEAST,
        "targets": _targets(places.targets(code), found, day),
        "waiting": [
            {
                "name": sentences.name(one.series),
                "periods": _(", ").join(map(wording.period, one.periods)),
                "draws": f"{reverse('draw:public_draws')}?{urlencode({'region': code})}",
            }
            for one in found.waiting
        ],
        "unknown": [
            {"name": sentences.name(one), "url": reverse("indicators:series", args=[one.pk])}
            for one in found.unknown
        ],
        "near": _near(found, day, as_of),
        "below": [_named(one, known, day) for one in below],
        "below_compare": _members_compared(code, known, day),
    }
    return render(request, "indicators/region.html", context)


def _named(code: str, known: Mapping[str, int], day: date | None) -> dict[str, Any]:
    return {
        "code": code,
        "name": wording.region_name(code),
        "path": wording.region_path(code),
        "url": url(code, day),
        "count": known.get(code, 0),
    }


def _division(one: groupings.Division, known: Mapping[str, int], day: date | None) -> dict[str, Any]:
    return {
        "name": wording.bilingual(one),
        "groups": [_named(group.code, known, day) for group in one.groups],
        **_source(one),
    }


def _source(one: groupings.Division) -> dict[str, Any]:
    return {
        "since": one.in_force,
        "source": one.source,
        "confidence": sentences.CONFIDENCES[one.confidence],
        "note": one.note_zh if wording.is_chinese() else one.note_en,
    }


def _group(code: str) -> dict[str, Any] | None:
    """Return what is known of a group: the division that it belongs to, with its source."""
    if not groupings.known(code):
        return None
    division = groupings.division(groupings.get(code).division)
    return {"division": wording.bilingual(division), **_source(division)}


def _crumbs(code: str, day: date | None) -> list[breadcrumb.Crumb]:
    first = (_("Regions"), reverse("indicators:regions"))
    if groupings.known(code):
        return breadcrumb.trail(first, wording.region_name(code))
    return breadcrumb.trail(first, *breadcrumb.region_trail(code, lambda one: url(one, day)))


def _members_compared(code: str, known: Mapping[str, int], day: date | None) -> str:
    """Return the address that sets the members of a group side by side in the headline; none for a region."""
    members = [one for one in places.below(code) if one in known] if groupings.known(code) else []
    if len(members) < 2:
        return ""
    asked = {"series": HEADLINE, "regions": ",".join(members)}
    if day is not None:
        asked["as_of"] = day.isoformat()
    return f"{reverse('indicators:compare')}?{urlencode(asked)}"


def _listed(found: Place, voice: str, day: date | None) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the numbers of one voice: of whole series, and of parts of them."""
    lines = [line for line in found.lines if line.row.voice == voice]
    whole = [_line(line, day) for line in lines if not line.row.breakdown]
    return whole, [_line(line, day) for line in lines if line.row.breakdown]


def _line(line: Line, day: date | None) -> dict[str, Any]:
    series, row = line.series, line.row
    page = reverse("indicators:series", args=[series.pk])
    if row.release_id is not None and not row.breakdown:
        page += f"?{urlencode({'region': row.region, 'period': row.period})}"
    return {
        "name": sentences.name(series),
        "part": numbers.part_name(row.breakdown),
        "url": page,
        "number": readings.number(row, day),
        "change": readings.change(line.moved, line.row.unit),
        "is_unusual": line.expected is not None and line.expected.is_unusual,
        "basis": sentences.BASIS.get(row.basis, row.basis),
        "purpose": sentences.PURPOSE.get(row.purpose, row.purpose),
    }


def _unusual(line: Line, day: date | None) -> dict[str, Any]:
    found = line.expected
    assert found is not None
    return {
        "name": sentences.name(line.series),
        "number": readings.number(line.row, day),
        "lower": wording.number(found.lower, 2),
        "upper": wording.number(found.upper, 2),
        "periods": found.periods,
        "neighbours": found.neighbours,
    }


def _targets(listed: Sequence[outline.LocalTarget], found: Place, day: date | None) -> list[dict[str, Any]]:
    names = {one.pk: one for one in plan.all_series()} if listed else {}
    newest = {line.series.pk: line for line in found.lines if line.row.voice == "own"}
    newest = {line.series.pk: line for line in found.lines} | newest
    return [_target(one, names.get(one.indicator), newest.get(one.indicator), day) for one in listed]


def _target(one: outline.LocalTarget, series: Any, line: Line | None, day: date | None) -> dict[str, Any]:
    doubt = indicators.ambiguity(one.indicator)
    name = sentences.name(series) if series else wording.bilingual(doubt) if doubt else one.indicator
    row = {
        "name": name,
        "promise": plan_said.local_promise(one.operator, plan_said.value(one.value, one.unit)),
        "due": wording.period(str(one.due)),
        "relation": plan_said.relation(one.relation),
        "plan": one.plan,
        "source": f"{one.source} {one.source_date}",
        "note": one.note,
    }
    if doubt is not None:
        why = doubt.reason_zh if wording.is_chinese() else doubt.reason_en
        return row | {"why": why}
    if line is None:
        return row | {"why": _("No number of this region is known for it.")}
    return row | {"number": readings.number(line.row, day), "word": _word(one, line)}


def _word(one: outline.LocalTarget, line: Line) -> tuple[str, str] | None:
    """Return where a number stands to a target of its region; without an interval nothing is said."""
    row = line.row
    if row.interval not in ("design", "model") or row.unit != one.unit or line.series.direction == "lower":
        return None
    ends = {name: float(text) for name in ("lower", "upper") if (text := getattr(row, name))}
    word = rules.against_target(
        lower=ends.get("lower"), upper=ends.get("upper"), target=float(one.value), estimate=float(row.value)
    )
    return sentences.AGAINST_TONE[word], str(sentences.AGAINST_WORD[word])


def _near(found: Place, day: date | None, as_of: datetime | None) -> dict[str, Any] | None:
    """Return the neighbours beside the region in the first of its numbers that any of them has."""
    for line in sorted(found.lines, key=lambda line: line.row.voice != "own"):
        row = line.row
        key = row.series_id, row.voice, row.breakdown, places.kind(row.period)
        if any(row.period in held for held in found.beside.get(key, {}).values()):
            beside = places.near_numbers(found, row, as_of=as_of)
            codes = [found.code, *(one.region for one in beside)]
            return {
                "name": sentences.name(line.series),
                "period": numbers.period(row.period),
                "rows": [
                    {
                        "name": wording.region_name(one.region),
                        "region_url": url(one.region, day),
                        "is_own": one.region == found.code,
                        **readings.number(one, day),
                    }
                    for one in (row, *beside)
                ],
                "compare": compare_url(line.series.pk, row.period, row.voice, codes, day),
            }
    return None
