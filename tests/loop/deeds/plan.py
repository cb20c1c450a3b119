"""What offices do with the plan: the Outline, its targets, the duties."""

from __future__ import annotations

from tests import country

from .cast import TO_COMMIT, person

SERIES = "mfg_quality_competitiveness_index"
TARGET = "CN-2025-1"
GROUND = "kill in the middle of a duty"


def prepare() -> None:
    """Leave a series as an earlier edition of the Outline worded it, for the next one to correct."""
    from zhiheng.stages.plan.models import Series

    Series.objects.filter(pk="food_supervision_fail_rate").update(warning_en="An earlier wording.")


def adopt_outline() -> None:
    """Adopt the Outline once more, after its wording changed."""
    from zhiheng.stages.plan import actions

    actions.adopt_outline(by=person("nation"))


def define_series() -> None:
    """Define a series of the office."""
    from zhiheng.stages.plan import actions

    actions.define_series(
        by=person("statistician"),
        id="food_supervision_pass_rate",
        zh="食品安全监督抽检合格率",
        en="pass rate of food supervision sampling",
        unit="%",
        basis="judgement",
        purpose="enforcement",
        direction="higher",
        definition="由不合格率换算。",
        definition_en="Turned round from the failure rate.",
    )


def declare_break() -> None:
    """Declare that a series does not go on as it was."""
    from zhiheng.stages.plan import actions

    actions.declare_break(
        by=person("statistician"),
        series_id="food_supervision_fail_rate",
        at="2025Q1",
        old="2024年抽检计划",
        new="2025年抽检计划",
        bridge="0.12",
        error="0.04",
        reason="抽检品种调整。",
        reason_en="Other kinds of food are sampled.",
        source="市场监管总局2025年抽检计划",
    )


def bind_target() -> None:
    """Bind a target that is bound to nothing yet."""
    from zhiheng.stages.plan import actions, queries

    actions.bind_target(by=person("statistician"), target=queries.target(TARGET), series_id=SERIES)


def create_obligation() -> None:
    """Set a duty."""
    from zhiheng.stages.plan import actions

    actions.create_obligation(by=person("province"), region=country.REGION, period=TO_COMMIT, basis=GROUND)


def move_obligation() -> None:
    """Withdraw the duty that waits for its draw."""
    from zhiheng.stages.plan import actions
    from zhiheng.stages.plan.models import Obligation

    duty = Obligation.objects.exclude(basis=GROUND).get(region=country.REGION, period=TO_COMMIT)
    actions.move_obligation(by=person("province"), obligation=duty, to="withdrawn", reason="kill")
