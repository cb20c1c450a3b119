"""The charts of figures, each with the table that says the same in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from zhiheng import charts
from zhiheng.web import wording
from zhiheng.web.charts import ChartBlock, ChartColumn

from . import sentences, telling
from .models import Figure
from .rules import contribution
from .rules.headline import Headline


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


def change(found: Headline, before: Figure, after: Figure) -> ChartBlock | None:
    """Return the difference and its two parts around zero, with what each division brings in the table."""
    if found.difference is None or found.lower is None:
        return None
    parts = [(_("The whole difference"), contribution.Part(found.difference, found.lower, found.upper))]
    if found.split is not None:
        parts += [(_("By the rates"), found.split.rate), (_("By the mix"), found.split.mix)]
    question = _("Did it change, and was it the rates or the mix?")
    spec = charts.change_parts(
        [
            charts.Span(str(name), *(100 * end for end in (part.estimate, part.lower, part.upper)))
            for name, part in parts
        ],
        title=question,
        axis_title=_("Difference (percentage points)"),
    )
    rows = [[name, telling.signed(part.estimate), telling.bounds(part)] for name, part in parts]
    return ChartBlock(
        title=f"{wording.region_name(after.region)} · {wording.period(before.period)} – "
        f"{wording.period(after.period)}",
        question=question,
        svg=charts.render_svg(spec),
        columns=[
            ChartColumn(_("Part")),
            ChartColumn(_("Difference (percentage points)"), "number"),
            ChartColumn(_("95% interval"), "number"),
        ],
        rows=rows,
        unit=_("percentage points"),
        period=wording.period(after.period),
        n=after.n + before.n,
        basis=sentences.BASIS.get(after.basis, after.basis),
        purpose=sentences.PURPOSE.get(after.purpose, after.purpose),
        interval_note=_("95% interval from the errors of both periods, drawn as a bar; Kitagawa's split"),
    )


def _language() -> str:
    return "zh" if wording.is_chinese() else "en"
