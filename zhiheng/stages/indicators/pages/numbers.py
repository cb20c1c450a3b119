"""Public pages of numbers: how those of a series changed, and one with its formula and its way back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import web
from zhiheng.errors import NotFound
from zhiheng.formats.shapes import observation as shape
from zhiheng.formats.shapes.observation import members
from zhiheng.reference import dimensions, questionnaires
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series
from zhiheng.web import as_of, breadcrumb, wording

from .. import formulas, observations, sentences, vintages
from ..models import Figure, Line, Observation
from . import number_files, standing

VOICE_NAMES = {"own": gettext_lazy("Our own numbers"), "others": gettext_lazy("Published by others")}
STATUS_NAMES = {
    "preliminary": (gettext_lazy("preliminary"), "todo"),
    "final": (gettext_lazy("final"), "done"),
    "revised": (gettext_lazy("revised"), "running"),
    "suppressed": (gettext_lazy("withheld"), "stopped"),
}
ORIGIN_NAMES = {
    "estimated": gettext_lazy("estimated from draws"),
    "computed": gettext_lazy("computed by a formula"),
    "published": gettext_lazy("published"),
    "derived": gettext_lazy("derived from published numbers"),
}
INTERVAL_NAMES = {
    "design": gettext_lazy("from the design of the draws"),
    "model": gettext_lazy("from a model"),
    "bound": gettext_lazy("the source gives one end alone"),
    "none": gettext_lazy("none published"),
}
FLAG_NAMES = {
    "thin": gettext_lazy("few answers"),
    "census": gettext_lazy("every unit answered"),
    "borrowed": gettext_lazy("strength borrowed by a model"),
    "linked": gettext_lazy("linked across a break"),
    "imputed": gettext_lazy("filled in"),
    "missing": gettext_lazy("cannot be computed"),
    "demonstration": gettext_lazy("demonstration"),
}
MOST_VINTAGES = 12
MOST_RECORDED = 30
SHOWN_PLACES = 6
"""Decimals of the steps of a formula on its page; the bundle and the open data hold all of them."""
MOST_LINES = 120  # listed to choose from; any other region is asked for by its code


@web.page(public=True)
def history(request: HttpRequest, series_id: str) -> HttpResponse:
    """Show how the numbers of a series changed: each period at each vintage, breaks, wordings, formulas."""
    series, day = plan.series(series_id), as_of.day(request)
    moment = as_of.end_of(day)
    known = vintages.lines(series.pk, as_of=moment)
    listed = [_place_of(line) for line in known[: MOST_LINES + 1]]
    line = _chosen(request, known)
    chosen = None if line is None else _place_of(line)
    choices = listed[:MOST_LINES]
    if chosen is not None and chosen not in choices:
        choices.append(chosen)
    name = sentences.name(series)
    context: dict[str, Any] = {
        "title": _("History of “%(series)s”") % {"series": name},
        "series": series,
        **as_of.told(request),
        "choices": [(_token(*one), _choice_name(*one)) for one in choices],
        "chosen": _token(*chosen) if chosen else "",
        "has_more": len(listed) > MOST_LINES,
        "definition": plan.definition(series.pk, as_of=moment),
        "breaks": [_break(row) for row in plan.breaks(series.pk, as_of=moment)],
        "formula": formulas.in_force(series.pk, as_of=moment).get(series.pk),
        "crumbs": _crumbs(series, _("History"), day),
    }
    if chosen is not None:
        context |= _table(series.pk, chosen, day)
    return render(request, "indicators/history.html", context)


@web.page(public=True)
def number(request: HttpRequest, series_id: str) -> HttpResponse:
    """Show one number with everything that is known of it, each vintage, and the tree of its formula."""
    series, day = plan.series(series_id), as_of.day(request)
    asked = {name: request.GET.get(name, "") for name in ("region", "period", "breakdown")}
    voice = request.GET.get("voice", "others")
    vintages = observations.history(series.pk, **asked, voice=voice)
    moment = as_of.end_of(day)
    known = [row for row in vintages if moment is None or row.recorded_at <= moment]
    if not known:
        raise NotFound(
            _("There is no such number, or not by that day."), _("Choose one from the history of the series.")
        )
    row = known[-1]
    formula = formulas.by_sha(row.formula_sha)
    found = formulas.compute(formula, as_of=row.recorded_at, at=[_key(row)]) if formula else None
    context = {
        "title": f"{sentences.name(series)} · {place(row)}",
        "series": series,
        "row": row,
        "shown": said(row),
        **as_of.told(request),
        "status": STATUS_NAMES[row.status],
        "restated": standing.of_number(row, day),
        "facts": _facts(row),
        "vintages": [
            {"row": one, "said": with_ends(one), "status": STATUS_NAMES[one.status]} for one in known
        ],
        "formula": formula,
        "tree": list(_lines(found, row, day)) if found else [],
        "is_other": found is not None and found.inputs_sha(_key(row)) != row.inputs_sha,
        "figure_url": _figure_url(row, day),
        **number_files.links(row),
        "files": row.release_id and not row.release.parameters["draws"] and row.release,
        "history_url": as_of.with_day(reverse("indicators:history", args=[series.pk]), day),
        "crumbs": _crumbs(series, place(row), day),
    }
    return render(request, "indicators/number.html", context)


def recorded(series: str, *, as_of: Any = None) -> list[dict[str, Any]]:
    """Return the newest recorded numbers of a series, the whole before its parts, each with its page."""
    rows = observations.newest_of_lines(series, most=MOST_RECORDED, as_of=as_of)
    return [
        {
            "place": place(row),
            "said": with_ends(row),
            "voice": VOICE_NAMES[row.voice],
            "source": row.source or of_language(row.note),
            "is_demonstration": "demonstration" in row.flags,
            "url": url(row),
        }
        for row in rows
    ]


def newest(ids: list[str], *, at: datetime | None = None) -> dict[tuple[str, str], dict[str, Any]]:
    """Return the newest recorded number of each of some series and voices, of the widest region."""
    return {
        (row.series_id, row.voice): {
            "said": with_ends(row),
            "place": place(row),
            "is_demonstration": "demonstration" in row.flags,
        }
        for row in observations.newest_of_widest(ids, as_of=at)
    }


def url(row: Observation, day: date | None = None) -> str:
    """Return the address of the page of one stored number, now or as of a day."""
    return _address(row.series_id, row, day)


def url_of(row: shape.Observation | observations.Bare, day: date | None = None) -> str:
    """Return the address of the page of one number, now or as of a day."""
    return _address(row.series, row, day)


def of_figure(figure: Figure) -> str:
    """Return the address of the observation that a released figure is."""
    asked = {"region": figure.region, "period": figure.period, "voice": "own"}
    if figure.division:
        asked["breakdown"] = f"division={figure.division}"
    return f"{reverse('indicators:number', args=[figure.series_id])}?{urlencode(asked)}"


def _address(series: str, row: Any, day: date | None) -> str:
    asked = {"region": row.region, "period": row.period, "breakdown": row.breakdown, "voice": row.voice}
    said_of = urlencode({name: value for name, value in asked.items() if value})
    return as_of.with_day(f"{reverse('indicators:number', args=[series])}?{said_of}", day)


def _key(row: Observation) -> tuple[str, str, str]:
    return row.region, row.period, row.breakdown


def said(row: Observation) -> str:
    """Return a number as people read it: its value with the unit, a bound, a grade, or why there is none."""
    unit = row.unit if row.unit in ("%", "‰") else ""
    if row.value:
        return f"{wording.number(row.value, _places(row))}{unit}"
    if row.interval == "bound":
        words = _("at least %(value)s") if row.lower else _("at most %(value)s")
        return words % {"value": f"{row.lower or row.upper}{unit}"}
    if row.status == "suppressed":
        return str(STATUS_NAMES["suppressed"][0])
    return row.said or str(FLAG_NAMES["missing"])


def _places(row: Observation) -> int:
    """Return the decimals to show: those of the source, or two."""
    text = row.said or row.value
    return min(len(text.partition(".")[2]), 2) if row.voice == "others" else 2


def _place_of(line: Line) -> tuple[str, str, str]:
    return line.region, line.breakdown, line.voice


def _token(region: str, breakdown: str, voice: str) -> str:
    return f"{region}|{breakdown}|{voice}"


def _chosen(request: HttpRequest, known: QuerySet[Line]) -> Line | None:
    """Return the line asked for, by its name or by the code of its region; the first without words."""
    token, region = request.GET.get("cell", ""), request.GET.get("region", "").strip()
    if not token and not region:
        return known.first()
    named, _bar, rest = token.partition("|")
    breakdown, _bar, voice = rest.rpartition("|")
    asked = {"region": region or named, "breakdown": breakdown}
    if voice:
        asked["voice"] = voice
    found = known.filter(**asked).first()
    if found is None:
        raise NotFound(_("No number was recorded there."), _("Choose one of the list."))
    return found


def _choice_name(region: str, breakdown: str, voice: str) -> str:
    parts = [wording.region_name(region), part_name(breakdown), str(VOICE_NAMES[voice])]
    return " · ".join(part for part in parts if part)


def part_name(text: str) -> str:
    """Return the parts of a breakdown in words; the whole has none."""
    known, language = dimensions.all(), "zh" if wording.is_chinese() else "en"
    named = []
    for name, member in members(text).items():
        word = getattr(known[name], language) if name in known else name
        shown = wording.division_name(member) if name == "division" else member
        named.append(_("%(name)s: %(value)s") % {"name": word, "value": _member(name, shown)})
    return " · ".join(named)


def _member(name: str, member: str) -> str:
    if name == "field" and member in questionnaires.field_names():
        return questionnaires.field_names()[member][0 if wording.is_chinese() else 1]
    if name == "estimator" and member == "borrowed":
        return str(FLAG_NAMES["borrowed"])
    return member if wording.is_chinese() else dimensions.english(member)


def period(text: str) -> str:
    """Return a period as people read it, that of a label too."""
    return wording.period(text)


def place(row: Observation | shape.Observation) -> str:
    """Return where, when and of which part a number speaks."""
    parts = [wording.region_name(row.region), period(row.period), part_name(row.breakdown)]
    return " · ".join(part for part in parts if part)


def _table(series: str, cell: tuple[str, str, str], day: date | None) -> dict[str, Any]:
    region, breakdown, voice = cell
    moment = as_of.end_of(day)
    found = observations.triangle(series, region, breakdown, voice=voice, as_of=moment)
    kept = list(range(len(found.vintages)))
    dropped, kept = kept[:-MOST_VINTAGES], kept[-MOST_VINTAGES:]
    rows = []
    for name, cells in found.rows:
        shown = [_cell(cells, one, day) for one in kept]
        if any(cell["row"] for cell in shown):
            rows.append({"period": period(name), "cells": shown})
    return {
        "place": _choice_name(*cell),
        "vintages": [found.vintages[one] for one in kept],
        "rows": rows,
        "dropped": len(dropped),
        "is_revised": found.is_revised,
    }


def _cell(cells: tuple[Observation | None, ...], one: int, day: date | None) -> dict[str, Any]:
    row = cells[one]
    if row is None:
        return {"row": None}
    is_new = one > 0 and cells[one - 1] is not None and cells[one - 1].revision != row.revision
    return {"row": row, "said": said(row), "ends": ends(row), "url": url(row, day), "is_new": is_new}


def _break(row: Any) -> dict[str, Any]:
    chinese = wording.is_chinese()
    return {
        "row": row,
        "at": period(row.at),
        "reason": row.reason if chinese else row.reason_en,
        "confidence": sentences.CONFIDENCES[row.confidence],
    }


def ends(row: Observation) -> str:
    """Return the two ends of an interval, or nothing."""
    if row.interval not in ("design", "model") or not row.value:
        return ""
    places = _places(row)
    return f"{wording.number(row.lower, places)}–{wording.number(row.upper, places)}"


def with_ends(row: Observation) -> str:
    """Return a number as a list shows it, with its interval where it has one."""
    bounds = ends(row)
    if not bounds:
        return said(row)
    return _("%(said)s (95%% interval %(ends)s)") % {"said": said(row), "ends": bounds}


def _facts(row: Observation) -> list[tuple[str, Any]]:
    flags = [str(FLAG_NAMES[flag]) for flag in row.flags.split(",") if flag]
    shown = [
        (_("Unit"), row.unit),
        (_("How it came about"), ORIGIN_NAMES[row.origin]),
        (_("Interval"), f"{ends(row)} {INTERVAL_NAMES[row.interval]}".strip()),
        (_("Standard error"), wording.number(row.standard_error, 3) if row.standard_error else ""),
        (_("Answered units"), wording.number(row.n) if row.n is not None else ""),
        (_("Basis"), sentences.BASIS.get(row.basis, row.basis)),
        (_("Purpose"), sentences.PURPOSE.get(row.purpose, row.purpose)),
        (_("Marks"), " · ".join(flags)),
        (_("Source"), row.source),
        (_("Grade of evidence"), row.evidence),
        (_("Note"), of_language(row.note)),
        (_("Formula, SHA-256"), row.formula_sha),
        (_("Inputs, SHA-256"), row.inputs_sha),
        (_("This row, SHA-256"), row.sha),
    ]
    return [(label, value) for label, value in shown if value != ""]


def of_language(text: str) -> str:
    """Return the part of a note in the language of the page: Chinese before a bar, English behind it."""
    zh, _bar, en = text.partition(" | ")
    return zh if wording.is_chinese() else en or zh


def _lines(found: formulas.Computed, row: Observation, day: date | None) -> Iterator[dict[str, Any]]:
    """Yield the nodes of the formula at this number, each with its depth and, for an input, its page."""
    language = "zh" if wording.is_chinese() else "en"
    waiting = [(found.explained(_key(row)), 0)]
    while waiting:
        node, depth = waiting.pop()
        read = found.inputs.get(node.cell[0], {}).get(node.cell[1:]) if node.cell else None
        yield {
            "depth": range(depth),
            "text": _input(found, read) if read else node.text(language),
            "value": "" if node.value is None else shape.number(round(node.value, SHOWN_PLACES)),
            "reason": node.reason(language),
            "url": url_of(read, day) if read else "",
        }
        waiting += [(child, depth + 1) for child in reversed(node.children)]


def _input(found: formulas.Computed, read: shape.Observation) -> str:
    name = found.names[read.series][0 if wording.is_chinese() else 1]
    said_of = f"{name} · {place(read)}"
    return said_of if read.voice == found.row.voice else f"{said_of} · {VOICE_NAMES[read.voice]}"


def _figure_url(row: Observation, day: date | None) -> str:
    """Return the page of the figure that an estimate came from, with its draws and inspections."""
    if row.release_id is None or row.status == "suppressed":
        return ""
    parts = [row.series_id, row.region, row.period]
    division = members(row.breakdown).get("division", "")
    if not row.release.figures.filter(region=row.region, period=row.period, division=division).exists():
        return ""
    return as_of.with_day(reverse("indicators:figure", args=[*parts, division] if division else parts), day)


def _crumbs(series: Series, last: str, day: date | None) -> Any:
    name = sentences.name(series)
    return breadcrumb.trail(
        (_("Figures"), reverse("indicators:series_list")),
        (name, as_of.with_day(reverse("indicators:series", args=[series.pk]), day)),
        last,
    )
