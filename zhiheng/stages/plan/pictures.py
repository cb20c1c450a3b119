"""Draws the published numbers of a target's series beside the target itself."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from zhiheng import charts
from zhiheng.errors import Missing
from zhiheng.reference.indicators import Observation
from zhiheng.web import wording
from zhiheng.web.charts import ChartBlock, ChartColumn

from . import said
from .models import Target

IN_HUNDREDS = {"%", "index", "score"}


def published(target: Target, observations: Sequence[Observation]) -> ChartBlock | None:
    """Return the chart of the published values in their own scope; None where there are not two of them."""
    found = [seen for seen in observations if not seen.breakdown and seen.value is not None]
    if target.series is None or len(found) < 2 or target.unit not in IN_HUNDREDS:
        return None
    question = _("%(name)s: how near are the published values to the target “%(promise)s”?") % {
        "name": wording.bilingual(target),
        "promise": said.promise(target),
    }
    try:
        svg = charts.render_svg(_spec(target, found, question), label=question)
    except Missing:
        return None
    return ChartBlock(
        title=_("Published national values; years without a value are left out"),
        question=question,
        svg=svg,
        columns=[
            ChartColumn(_("Year")),
            ChartColumn(_("Published value"), "number"),
            ChartColumn(_("How it was found")),
            ChartColumn(_("Source")),
        ],
        rows=[
            (
                wording.period(seen.period),
                said.value(seen.value, target.unit),
                said.found_how(seen),
                _source(seen),
            )
            for seen in found
        ],
        unit=said.unit(target.unit),
        period=f"{found[0].period}–{found[-1].period}",
        basis=said.basis(target.series),
        purpose=said.purpose(target.series),
        interval_note=_("The values were published without an interval."),
    )


def _spec(target: Target, found: Sequence[Observation], question: str) -> dict:
    """Values up to 100 are drawn as shares of 100, which is what the axis then shows."""
    return charts.rate_trend(
        [charts.Band(seen.period, float(seen.value) / 100) for seen in found if seen.value is not None],
        title=question,
        target=float(target.value) / 100,
        language="zh" if wording.is_chinese() else "en",
        axis_title=said.unit(target.unit),
    )


def _source(seen: Observation) -> str:
    return f"{seen.source_title} {seen.source_date}".strip()
