"""The charts of places and of published numbers, on the scale of their series, each with its table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from zhiheng import charts
from zhiheng.reference import regions
from zhiheng.stages.plan import said as plan_said
from zhiheng.stages.plan.models import Series
from zhiheng.web import tilemap, wording
from zhiheng.web.charts import ChartBlock, ChartColumn, Link

from .. import sentences
from ..models import Observation
from ..observations import Bare
from ..sidebyside import Compared, Row
from . import numbers, readings
from .places import url as region_url

LEAST_TILES = 2


def span(row: Observation, label: str) -> charts.Span:
    """Return a number with its limits on the scale that it is printed in."""
    if row.interval in ("design", "model") and row.lower and row.upper:
        return charts.Span(label, float(row.value), float(row.lower), float(row.upper))
    return charts.Span(label, float(row.value))


def axis(series: Series) -> str:
    """Return the title of an axis: the unit of the series in words."""
    return plan_said.unit(series.unit)


def side_by_side(found: Compared, *, day: date | None = None, download: str = "") -> ChartBlock:
    """Return the regions with their interval bars, the best first, and the level of the nation as a line."""
    series = found.series
    question = _("Which regions can be told apart, and how sure is that?")
    shown = [one.number for one in found.rows if one.number is not None and one.number.value]
    return ChartBlock(
        title=f"{sentences.name(series)} · {numbers.period(found.period)}",
        question=question,
        svg=_compared(found, shown, question) if shown else "",
        columns=[
            ChartColumn(_("Region")),
            ChartColumn(axis(series), "number"),
            ChartColumn(_("95% interval"), "number"),
            ChartColumn(_("Answered units"), "number"),
            *([ChartColumn(_("Place and the places it may hold"), "number")] if found.ranked else []),
        ],
        rows=[_line(one, found.ranked > 0, day) for one in found.rows],
        unit=axis(series),
        period=numbers.period(found.period),
        basis=sentences.BASIS.get(series.basis, series.basis),
        purpose=sentences.PURPOSE.get(series.purpose, series.purpose),
        interval_note=_note(shown),
        download_url=download,
    )


def _compared(found: Compared, shown: Sequence[Observation], question: str) -> str:
    nation = found.nation
    spec = charts.value_by_group(
        [span(row, wording.region_name(row.region)) for row in shown],
        title=question,
        axis_title=axis(found.series),
        line=float(nation.value) if nation is not None and nation.value else None,
        line_label=wording.region_name(regions.NATION),
    )
    return charts.render_svg(spec)


def _note(rows: Sequence[Observation]) -> str:
    if any(map(readings.has_error, rows)):
        return _("95% interval, drawn as a bar")
    return _("published without interval")


def _line(one: Row, has_places: bool, day: date | None) -> list[Any]:
    name = Link(wording.region_name(one.region), region_url(one.region, day))
    last = [place(one)] if has_places else []
    if one.number is None:
        return [name, _("no number known"), wording.NOTHING, wording.NOTHING, *last]
    said = Link(readings.value(one.number), numbers.url(one.number, day))
    return [name, said, readings.limits(one.number), wording.number(one.number.n), *last]


def place(one: Row) -> str:
    """Return the place of a region and the places that it may truly hold; never the one without the other."""
    if one.place is None or one.best is None:
        return wording.NOTHING
    return _("%(place)s (%(best)s–%(worst)s)") % {
        "place": wording.number(one.place),
        "best": one.best,
        "worst": one.worst,
    }


def over_time(
    rows: Sequence[Observation], series: Series, *, day: date | None = None, left_out: int = 0
) -> ChartBlock | None:
    """Return the numbers of one place over their periods, the oldest first; None where there is none.

    ``left_out`` is how many others are known of it that share no axis with these.
    """
    shown = [row for row in rows if row.value]
    if not shown:
        return None
    question = _("What was it at each time?")
    spec = charts.value_trend(
        [span(row, _label(row)) for row in shown], title=question, axis_title=axis(series)
    )
    first, last = shown[0], shown[-1]
    return ChartBlock(
        title=f"{sentences.name(series)} · {wording.region_name(first.region)}",
        question=question,
        svg=charts.render_svg(spec),
        columns=[
            ChartColumn(_("Period")),
            ChartColumn(axis(series), "number"),
            ChartColumn(_("95% interval"), "number"),
            ChartColumn(_("Answered units"), "number"),
        ],
        rows=[
            [
                numbers.period(row.period),
                Link(readings.value(row), numbers.url(row, day)),
                readings.limits(row),
                wording.number(row.n),
            ]
            for row in rows
        ],
        unit=axis(series),
        period=f"{numbers.period(first.period)} – {numbers.period(last.period)}",
        basis=sentences.BASIS.get(series.basis, series.basis),
        purpose=sentences.PURPOSE.get(series.purpose, series.purpose),
        interval_note=_note(shown),
        left_out=_left_out(left_out),
    )


def _left_out(count: int) -> str:
    if not count:
        return ""
    return _("%(count)s numbers of other frequencies or footings, or earlier ones") % {
        "count": wording.number(count)
    }


def _label(row: Observation) -> str:
    part = numbers.part_name(row.breakdown)
    label = charts.period_label(row.period.lstrip("~"), "zh" if wording.is_chinese() else "en")
    return f"{label} {part}".strip()


def tiles(rows: Sequence[Bare], day: date | None = None) -> tuple[list[Any], list[Any]]:
    """Return the tiles of provinces with a number in one period, and their legend, on their own scale.

    The shades part the numbers at hand into five, so that a score is read as well as a rate.
    """
    found = {row.region: row for row in rows if row.value and row.region.endswith("0000")}
    found.pop(regions.NATION, None)
    if len(found) < LEAST_TILES:
        return [], []
    values = {code: float(row.value) for code, row in found.items()}
    bounds = tilemap.bounds(list(values.values()))
    pick = tilemap.shade(bounds)
    shown = tilemap.build(
        values,
        label=lambda value: wording.number(value, 1),
        tone=pick,
        url=lambda code: numbers.url_of(found[code], day),
    )
    return shown, tilemap.legend(bounds, lambda bound: wording.number(bound))
