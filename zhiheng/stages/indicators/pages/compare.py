"""The public page that sets regions of one series beside each other, and its table as a file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import web
from zhiheng.errors import BadInput, NotFound
from zhiheng.formats import csv_safe
from zhiheng.formats.shapes.observation import VOICES
from zhiheng.reference import groupings, regions
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series
from zhiheng.web import breadcrumb, wording
from zhiheng.web.as_of import end_of
from zhiheng.web.tables import export

from .. import sentences, sidebyside
from ..observations import Bare
from ..scopes import HEADLINE
from ..sidebyside import Choice, Compared
from . import address, areas, numbers, pictures, readings


@dataclass(frozen=True)
class Asked:
    """What the address asks for: a series, regions of one set, a period of one voice, the day."""

    series: Series
    rows: Sequence[Bare]
    choice: Choice
    choices: Sequence[Choice]
    codes: tuple[str, ...]
    is_chosen: bool
    day: date | None

    def url(self, name: str) -> str:
        """Return the address that asks for the same, of the page or of a file."""
        said = {"series": self.series.pk, "period": _token(self.choice)}
        if self.is_chosen:
            said["regions"] = ",".join(self.codes)
        if self.day is not None:
            said["as_of"] = self.day.isoformat()
        return f"{reverse(f'indicators:{name}')}?{urlencode(said)}"

    def compared(self) -> Compared:
        """Return the regions beside each other."""
        as_of = end_of(self.day)
        return sidebyside.compare(self.series, self.rows, self.choice, self.codes, as_of=as_of)


@web.page(public=True)
def compare(request: HttpRequest) -> HttpResponse:
    """Show regions of one series beside each other: chart, ranks with their intervals, areas, convergence."""
    day = address.as_of_day(request)
    as_of = end_of(day)
    held = {one.pk: one for one in plan.all_series()}
    comparable = sidebyside.comparable(as_of=as_of)
    listed = [(id, sentences.name(held[id])) for id in comparable if id in held]
    asked = _asked(request, held, comparable, day)
    context: dict[str, Any] = {
        "title": _("Regions side by side"),
        "day": day,
        "series_choices": listed,
        "crumbs": breadcrumb.trail((_("Regions"), reverse("indicators:regions")), _("Side by side")),
    }
    if asked is None:
        return render(request, "indicators/compare.html", context)
    found = asked.compared()
    context |= {
        "title": _("%(series)s, regions side by side") % {"series": sentences.name(asked.series)},
        "asked": asked,
        "choices": [(_token(one), _choice(one)) for one in asked.choices],
        "chosen": _token(asked.choice),
        "regions": _tickable(asked),
        "ranked": found.ranked,
        "is_lower_better": asked.series.direction == "lower",
        "voice": numbers.VOICE_NAMES[found.voice],
        "nation": readings.number(found.nation, day) if found.nation else None,
        "chart": pictures.side_by_side(found, day=day),
        "csv": asked.url("compare_csv"),
        "xlsx": asked.url("compare_xlsx"),
        "areas": areas.levels(found),
        "together": areas.together(found),
        "basis": sentences.BASIS.get(asked.series.basis, asked.series.basis),
        "purpose": sentences.PURPOSE.get(asked.series.purpose, asked.series.purpose),
    }
    return render(request, "indicators/compare.html", context)


HEADER = (
    "series",
    "region",
    "region_name",
    "period",
    "voice",
    "value",
    "lower",
    "upper",
    "n",
    "status",
    "place",
    "place_best",
    "place_worst",
    "unit",
    "basis",
    "purpose",
    "source",
)


@web.page(public=True)
def table(request: HttpRequest, form: str) -> HttpResponseBase:
    """Return the compared regions as CSV or as a workbook."""
    day = address.as_of_day(request)
    as_of = end_of(day)
    held = {one.pk: one for one in plan.all_series()}
    asked = _asked(request, held, sidebyside.comparable(as_of=as_of), day)
    mark = (export.DEMO_MARK,) if export.is_demo() else ()
    header = (*HEADER, *(("data",) if mark else ()))
    lines = [] if asked is None else [(*line, *mark) for line in _lines(asked.compared())]
    name = "regions" if asked is None else f"{asked.series.pk}-{asked.choice.period.lstrip('~')}-regions"
    filename = export.marked(f"{name}.{form}")
    if form == "xlsx":
        data = export.workbook(header, lines, title="regions")
        return export.attach(export.mark(HttpResponse(data, content_type=export.XLSX)), filename)
    text = (line.encode() for line in csv_safe.lines(header, lines))
    answer = StreamingHttpResponse(text, content_type="text/csv; charset=utf-8")
    return export.attach(export.mark(answer), filename)


def _asked(
    request: HttpRequest, held: dict[str, Series], comparable: Sequence[str], day: date | None
) -> Asked | None:
    """Return what is asked for; None where no series has numbers of several regions yet."""
    series = _series(request, held, comparable)
    if series is None:
        return None
    wanted = _codes(request)
    rows = sidebyside.numbers(series, also=wanted, as_of=end_of(day))
    choices = sidebyside.choices(rows)
    choice = _period(request.GET.get("period", ""), choices)
    if choice is None:
        return None
    sets = sidebyside.sets(choice.regions)
    codes = wanted or next(iter([sets[name] for name in sidebyside.ORDER if name in sets]), [])
    return Asked(series, rows, choice, choices, tuple(codes), bool(wanted), day)


def _series(request: HttpRequest, held: dict[str, Series], comparable: Sequence[str]) -> Series | None:
    named = [one for one in request.GET.getlist("series") if one]
    if len(named) > 1:
        raise BadInput(
            _("Only one series can be compared at a time."),
            _("Series that differ in basis or purpose never share an axis; open one page for each."),
        )
    if named:
        if named[0] not in held:
            raise NotFound(_("There is no such series."), _("Choose one from the list of figures."))
        return held[named[0]]
    first = sorted(comparable, key=lambda id: (id != HEADLINE, id))
    return held.get(first[0]) if first else None


def _codes(request: HttpRequest) -> list[str]:
    said = ",".join(request.GET.getlist("regions"))
    codes = list(dict.fromkeys(code for code in said.replace(" ", "").split(",") if code))
    if len(codes) > sidebyside.MOST_REGIONS:
        raise BadInput(
            _("At most %(most)s regions can be read in one chart.") % {"most": sidebyside.MOST_REGIONS},
            _("Choose fewer of them."),
        )
    for code in codes:
        if not (regions.known(code) or groupings.known(code)):
            raise BadInput(
                _("“%(code)s” is no region.") % {"code": code[:20]},
                _("Give codes of six digits, such as 330000, with commas between them."),
            )
    return codes


def _period(said: str, choices: Sequence[Choice]) -> Choice | None:
    """Return the choice of a period, in the voice that is named or the first one that has it."""
    if not said:
        return choices[0] if choices else None
    period, _bar, voice = said.partition("|")
    found = [one for one in choices if one.period == period and voice in ("", one.voice)]
    if not found or voice not in ("", *VOICES):
        raise NotFound(
            _("No two regions have a number of this series in this period."),
            _("Choose another period from the list."),
        )
    return found[0]


def _token(choice: Choice) -> str:
    return f"{choice.period}|{choice.voice}"


def _choice(choice: Choice) -> str:
    facts = {
        "period": numbers.period(choice.period),
        "voice": numbers.VOICE_NAMES[choice.voice],
        "count": len(choice.regions),
    }
    return _("%(period)s · %(voice)s · %(count)s regions") % facts


def _tickable(asked: Asked) -> list[dict[str, Any]]:
    """Return the regions that may be chosen, those of the list ticked."""
    listed = dict.fromkeys((*asked.codes, *asked.choice.regions))
    return [
        {"code": code, "name": wording.region_name(code), "is_ticked": code in asked.codes}
        for code in sorted(listed)
    ]


def _lines(found: Compared) -> list[tuple[Any, ...]]:
    return [_file_line(found, one) for one in found.rows]


def _file_line(found: Compared, one: sidebyside.Row) -> tuple[Any, ...]:
    row, series = one.number, found.series
    first = (series.pk, one.region, wording.region_name(one.region), found.period.lstrip("~"), found.voice)
    last = (series.unit, series.basis, series.purpose)
    if row is None:
        return (*first, "", "", "", "", "unknown", "", "", "", *last, "")
    ends = [float(text) if text else "" for text in (row.value, row.lower, row.upper)]
    if row.unit == "grade":
        ends[0] = row.said
    places = [number if number is not None else "" for number in (one.place, one.best, one.worst)]
    return (*first, *ends, "" if row.n is None else row.n, row.status, *places, *last, row.source)
