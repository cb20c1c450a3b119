"""The charts of figures, each with the table that says the same in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from zhiheng import charts
from zhiheng.web import wording
from zhiheng.web.charts import ChartBlock, ChartColumn

from . import sentences
from .models import Figure


def trend(rows: Sequence[Figure], *, target: Any = None, download: str = "") -> ChartBlock | None:
    """Return the quarters of one region with their intervals and the line of the target."""
    shown = [row for row in rows if row.is_shown]
    if not shown:
        return None
    newest = rows[-1]
    question = _("How has the pass rate moved, and how sure is each quarter?")
    spec = charts.rate_trend(
        [charts.Band(row.period, row.estimate, row.lower, row.upper) for row in shown],
        title=question,
        target=None if target is None else float(target.value) / 100,
        target_label=_("Target"),
        language=_language(),
        axis_title=_("Pass rate (%)"),
    )
    return ChartBlock(
        title=f"{sentences.name(newest.series)} · {wording.region_name(newest.region)}",
        question=question,
        svg=charts.render_svg(spec),
        columns=[
            ChartColumn(_("Quarter")),
            ChartColumn(_("Pass rate (%)"), "number"),
            ChartColumn(_("95% interval"), "number"),
            ChartColumn(_("Answered units"), "number"),
            ChartColumn(_("Vintage")),
        ],
        rows=[
            [
                wording.period(row.period),
                wording.points(row.estimate, 2) if row.is_shown else sentences.withheld(row),
                sentences.limits(row),
                wording.number(row.n),
                wording.day(row.release.vintage),
            ]
            for row in rows
        ],
        unit="%",
        period=f"{wording.period(rows[0].period)} – {wording.period(newest.period)}",
        n=sum(row.n for row in rows),
        basis=sentences.BASIS.get(newest.basis, newest.basis),
        purpose=sentences.PURPOSE.get(newest.purpose, newest.purpose),
        interval_note=_("95% interval from the design of the draw, drawn as a band"),
        download_url=download,
    )


def divisions(rows: Sequence[Figure], *, of: Figure) -> ChartBlock | None:
    """Return the shown divisions of one region and period with their intervals."""
    if not rows:
        return None
    question = _("How sure is the pass rate of each division?")
    spec = charts.rate_by_group(
        [charts.Band(sentences.division(row.division), row.estimate, row.lower, row.upper) for row in rows],
        title=question,
        language=_language(),
        axis_title=_("Pass rate (%)"),
    )
    return ChartBlock(
        title=f"{wording.region_name(of.region)} · {wording.period(of.period)}",
        question=question,
        svg=charts.render_svg(spec),
        columns=[
            ChartColumn(_("Division")),
            ChartColumn(_("Pass rate (%)"), "number"),
            ChartColumn(_("95% interval"), "number"),
            ChartColumn(_("Answered units"), "number"),
        ],
        rows=[
            [
                sentences.division(row.division),
                wording.points(row.estimate, 2),
                sentences.limits(row),
                wording.number(row.n),
            ]
            for row in sorted(rows, key=lambda row: -row.estimate)
        ],
        unit="%",
        period=wording.period(of.period),
        n=sum(row.n for row in rows),
        basis=sentences.BASIS.get(of.basis, of.basis),
        purpose=sentences.PURPOSE.get(of.purpose, of.purpose),
        interval_note=_("95% interval from the design of the draw, drawn as a bar"),
    )


def _language() -> str:
    return "zh" if wording.is_chinese() else "en"
