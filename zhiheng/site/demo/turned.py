"""Defines a series that follows from the headline by a formula, and computes it from the released figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhiheng.formats.shapes import formula

from .calendar import Quarter

if TYPE_CHECKING:
    from .loop import Story

SERIES, READS = "mfg_product_fail_rate", "mfg_product_pass_rate"
HUNDRED = {"op": "constant", "value": "100", "unit": "%"}


def run(story: Story, after: Quarter) -> None:
    """Turn the pass rate round: whoever follows the number comes to the figure, its draw and its visits."""
    from zhiheng.people import clock
    from zhiheng.stages.indicators import actions
    from zhiheng.stages.plan import actions as plan
    from zhiheng.stages.plan import queries

    by, rate = story.cast["statistician"], queries.series(READS)
    with clock.at(after.at(6)):
        plan.define_series(
            by=by,
            id=SERIES,
            zh="制造业产品质量不合格率",
            en="Fail rate of manufactured products",
            unit=rate.unit,
            basis=rate.basis,
            purpose=rate.purpose,
            direction="lower",
            definition="由制造业产品质量合格率换算：100减去合格率。",
            definition_en="Turned round from the pass rate of manufactured products: 100 less the rate.",
        )
        body = {
            "type": formula.TYPE,
            "id": SERIES,
            "version": "1",
            "unit": rate.unit,
            "basis": rate.basis,
            "purpose": rate.purpose,
            "root": {"op": "difference", "of": [HUNDRED, {"op": "series", "id": READS}]},
        }
        made = actions.compute(by=by, formula=actions.define_formula(by=by, body=body, voice="own"))
    story.stages["formulas"] = {"outcome": "computed", "series": SERIES, "numbers": len(made)}
    story.say(f"{len(made)} numbers computed by a formula")
