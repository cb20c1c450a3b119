"""What is released is guarded in the database too: releases, figures, observations, vintages and formulas."""

from __future__ import annotations

from zhiheng.ledger.insert_only import Guards

GUARDS = Guards(
    "indicators",
    (
        "indicators_figure",
        "indicators_formula",
        "indicators_line",
        "indicators_observation",
        "indicators_release",
        "indicators_releasedperiod",
        "indicators_vintage",
    ),
)
