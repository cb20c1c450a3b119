"""The intervals of rounds, surveys and small cells hold the truth as often as they say, at three scales."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.prove import cell_redraws, headline_page, survey_redraws
from tests.prove.survey_redraws import Setting
from zhiheng.site.demo.scale import SCALES, SEED
from zhiheng.stages.indicators import rules

pytestmark = [
    pytest.mark.prove,
    pytest.mark.skipif(os.environ.get("ZHIHENG_PROVE") != "1", reason="the slow lane: ZHIHENG_PROVE=1"),
]

LOW, HIGH = 93.5, 96.5
PROOF = Path(__file__).parents[2] / "docs" / "proof"
PAGE = PROOF / "headline-coverage.md"
SETTINGS = (
    Setting("small", "330000", 11, count=4, strata=1, units=80, draws=2000),
    Setting("province", "440000", 12, count=10, strata=1, units=120, draws=2000),
    Setting("nation", "000000", 13, count=40, strata=2, units=60, draws=1200),
)
CELLS = {"small": (500, 4), "province": (800, 3), "nation": (30, 8)}
"""Of small cells: how many countries, and how many draws from each."""
HEADLINES = ("agri round", "survey score", "small cells, year", "small cells, quarter")


@dataclass
class Row:
    """What one figure at one scale came to over all draws."""

    figure: str
    scale: str
    part: str
    draws: int
    group: list[int] = field(default_factory=list)
    held: list[float] = field(default_factory=list)
    away: list[float] = field(default_factory=list)
    error: list[float] = field(default_factory=list)
    width: list[float] = field(default_factory=list)

    def add(
        self, lower: float, value: float, upper: float, error: float, *, truth: float, group: int
    ) -> None:
        """Add one interval of known truth; those of one group hang together."""
        self.group.append(group)
        self.held.append(float(lower <= truth <= upper))
        self.away.append(value - truth)
        self.error.append(error)
        self.width.append(upper - lower)

    def said(self, scale: float) -> dict[str, object]:
        """Return the row of the page; ``scale`` turns shares into percentage points."""
        share, away = float(np.mean(self.held)), np.array(self.away)
        return {
            "figure": self.figure,
            "scale": self.scale,
            "part": self.part,
            "draws": self.draws,
            "intervals": len(self.held),
            "coverage": 100 * share,
            "monte_carlo": 100 * self.monte_carlo(share),
            "bias": scale * float(away.mean()),
            "spread": scale * float(away.std()),
            "error": scale * float(np.sqrt(np.mean(np.square(self.error)))),
            "width": scale * float(np.mean(self.width)),
        }

    def monte_carlo(self, share: float) -> float:
        """Return the standard error of the coverage, over groups (Cochran 1977, 9A: ratio to size)."""
        away = np.bincount(self.group, np.array(self.held) - share)
        return math.sqrt(float(away @ away)) / len(self.held)


def surveys() -> Iterator[dict[str, object]]:
    for figure, made, scale in (
        ("agri round", survey_redraws.farms, 100),
        ("survey score", survey_redraws.people, 1),
    ):
        for setting in SETTINGS:
            rows: dict[str, Row] = {}
            for number, draw in enumerate(made(setting)):
                for part, found, truth in draw:
                    row = rows.setdefault(part, Row(figure, setting.name, part, setting.draws))
                    ends = (found.lower, found.value, found.upper)
                    row.add(*ends, found.error, truth=truth, group=number)
            yield from (row.said(scale) for row in rows.values())


def small_cells() -> Iterator[dict[str, object]]:
    firm = rules.size_rule().firm
    for name, (count, draws) in CELLS.items():
        rows = {by: Row(f"small cells, {by}", name, "all cells", count * draws) for by in ("year", "quarter")}
        for number, (design, divisions) in enumerate(cell_redraws.countries(SCALES[name], count)):
            for by, row in rows.items():
                terms = {"divisions": divisions, "firm": firm, "by_year": by == "year"}
                for fit, truths in cell_redraws.fits(design, draws, SEED + 5 + number, **terms):
                    for cell, truth in zip(fit.cells, truths.tolist(), strict=True):
                        ends = (cell.lower, cell.estimate, cell.upper)
                        row.add(*ends, cell.error, truth=truth, group=number)
        yield from (row.said(100) for row in rows.values())


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    made = [*surveys(), *small_cells()]
    headline_page.write(PAGE, made, on=datetime.now(UTC).date(), low=LOW, high=HIGH)
    return made


def test_whole_figures_hold_the_truth_as_often_as_they_say(rows):
    whole = [row for row in rows if row["part"] in ("whole", "capital")]

    assert {(row["figure"], row["scale"]) for row in whole} == {
        (figure, setting.name) for figure in HEADLINES[:2] for setting in SETTINGS
    }
    assert [row for row in whole if not LOW <= row["coverage"] <= HIGH] == []


def test_small_cells_hold_the_truth_on_the_average_over_cells(rows):
    cells = [row for row in rows if row["part"] == "all cells"]

    assert {(row["figure"], row["scale"]) for row in cells} == {
        (figure, scale) for figure in HEADLINES[2:] for scale in CELLS
    }
    assert [row for row in cells if not LOW <= row["coverage"] <= HIGH] == []


def test_the_coverage_itself_is_known_to_half_a_point(rows):
    assert [row for row in rows if row["monte_carlo"] > 0.75] == []


def test_estimates_of_whole_figures_are_unbiased_for_all_that_matters(rows):
    whole = [row for row in rows if row["part"] == "whole"]

    assert [row for row in whole if abs(row["bias"]) > 0.15 * row["spread"]] == []


def test_the_pass_rate_by_output_was_held_to_the_same_bar():
    held = json.loads((PROOF / "interval-coverage.json").read_text("utf-8"))["rows"]
    ours = [row for row in held if row["method"] == "output-weighted"]

    assert {"demo small", "demo province", "demo nation"} <= {row["country"] for row in ours}
    assert [row for row in ours if not LOW <= row["coverage"] <= HIGH] == []
