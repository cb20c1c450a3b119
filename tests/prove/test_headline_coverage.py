"""The intervals of every estimated headline figure hold the truth as often as they say, at three scales."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.prove import cell_redraws, headline_page, index_redraws, list_redraws, survey_redraws
from tests.prove.survey_redraws import Setting
from zhiheng.methods.survey import Rate
from zhiheng.reference import indicators
from zhiheng.site.demo.markets import GOODS, QUOTAS, SERIES
from zhiheng.site.demo.scale import SCALES, SEED
from zhiheng.stages.indicators import rules
from zhiheng.stages.indicators.rules import families
from zhiheng.stages.indicators.rules.samples import COUNT
from zhiheng.world import Population
from zhiheng.world.assumptions import CHANNELS

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
RATE_DRAWS = 2000
LISTS = {
    "small": ("small", 1, 100, 40),
    "province": ("province", 1, 80, 50),
    "province, 3 x": ("province", 3, 80, 50),
    "nation": ("nation", 6, 4, 1000),
}
"""Of several lists: the scale, how many times the quotas, how many countries, how many draws from each."""
FEW, FEW_LOW = 10.0, 91.5
"""A rate from lists that expects fewer failures in its sample is held to a lower bar: the page says why."""
HEADLINES = {
    "pass rate by output, year": ("mfg_product_pass_rate",),
    "pass rate by output, quarter": ("mfg_product_pass_rate",),
    "competitiveness index": ("office_quality_competitiveness_index",),
    "agri round": ("agri_routine_monitoring_pass_rate",),
    "survey score": ("public_service_quality_satisfaction", "public_quality_satisfaction"),
    "food over lists": ("food_evaluative_pass_rate",),
    "consumer goods over lists": ("consumer_goods_pass_rate",),
    **{f"consumer goods, {name}": (f"consumer_goods_pass_rate_{name}",) for name in CHANNELS},
    "small cells, year": ("mfg_product_pass_rate",),
    "small cells, quarter": ("mfg_product_pass_rate",),
}
"""Each figure of the page with the series that are estimated that way."""
PARTS = ("whole", "capital")

TINY = 1e-12  # an interval that has closed on the truth holds it, whatever the last digit


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
    failures: list[float] = field(default_factory=list)

    def add(
        self, lower: float, value: float, upper: float, error: float, *, truth: float, group: int
    ) -> None:
        """Add one interval of known truth; those of one group hang together."""
        self.group.append(group)
        self.held.append(float(lower - TINY <= truth <= upper + TINY))
        self.away.append(value - truth)
        self.error.append(error)
        self.width.append(upper - lower)

    def add_rate(self, rate: Rate, *, truth: float, group: int) -> None:
        """Add the interval of a share, and how many failures it may expect."""
        self.add(rate.lower, rate.estimate, rate.upper, rate.standard_error, truth=truth, group=group)
        self.failures.append(rate.n * (1 - truth))

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
            **({"failures": float(np.mean(self.failures))} if self.failures else {}),
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


def rates() -> Iterator[dict[str, object]]:
    for name, scale in SCALES.items():
        setting = index_redraws.Setting.of(scale)
        terms = (("pass rate by output, year", 100), ("pass rate by output, quarter", 100))
        terms = dict(zip(("year", "quarter", "index"), (*terms, ("competitiveness index", 1)), strict=True))
        rows = {key: Row(figure, name, "whole", RATE_DRAWS) for key, (figure, _scale) in terms.items()}
        done = 0
        for some in index_redraws.drawn(setting, RATE_DRAWS, SEED + 3):
            for key, found in some.items():
                for (draw, period), value in np.ndenumerate(found.value):
                    at = (draw, period)
                    ends = (found.lower[at], value, found.upper[at], found.error[at])
                    rows[key].add(*ends, truth=found.truth[period], group=done + draw)
            done += len(some["year"].value)
        yield from (row.said(terms[key][1]) for key, row in rows.items())


def lists() -> Iterator[dict[str, object]]:
    for name, (scale, times, count, draws) in LISTS.items():
        rows: dict[str, Row] = {}
        quotas = {channel: times * quota for channel, quota in QUOTAS.items()}
        for number in range(count):
            country = Population(seed=SEED + number, firms=SCALES[scale].firms, regions=SCALES[scale].region)
            for kind, named in SERIES.items():
                made = list_redraws.Lists.of(country, GOODS[kind][2], "2024Q1", quotas)
                truths = {channel: made.truth(channel) for channel in named}
                for draw, found in enumerate(list_redraws.campaigns(made, draws, SEED + number)):
                    for channel, truth in truths.items():
                        figure = list_redraws.name(kind, channel)
                        row = rows.setdefault(figure, Row(figure, name, "whole", count * draws))
                        row.add_rate(found[channel], truth=truth, group=number * draws + draw)
        yield from (row.said(100) for row in rows.values())


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
    made = [*rates(), *surveys(), *lists(), *small_cells()]
    bars = {"low": LOW, "high": HIGH, "few": FEW, "few_low": FEW_LOW, "firm": rules.size_rule().firm}
    headline_page.write(PAGE, made, on=datetime.now(UTC).date(), **bars)
    return made


def test_whole_figures_hold_the_truth_as_often_as_they_say(rows):
    whole = [row for row in rows if row["part"] in PARTS]

    assert [row for row in whole if not _low(row) <= row["coverage"] <= HIGH] == []


def _low(row: dict) -> float:
    """Return the bar of a row: lower for a rate from lists with few failures to expect."""
    return FEW_LOW if row.get("failures", FEW) < FEW else LOW


def test_three_times_the_quotas_are_enough_for_every_figure_from_lists(rows):
    more = [row for row in rows if row["scale"] in ("province, 3 x", "nation") and "failures" in row]

    assert len(more) == 10
    assert [row for row in more if not LOW <= row["coverage"] <= HIGH] == []


def test_every_estimated_headline_series_has_a_row_at_three_scales(rows):
    counted = {one.series for one in families.FAMILIES.values() if one.kind == COUNT}
    estimated = {one.id for one in indicators.all() if one.vertical} | set(families.FAMILIES) - counted

    named = {series for row in rows for series in HEADLINES[row["figure"]]}
    assert named == estimated | {"mfg_product_pass_rate", "office_quality_competitiveness_index"}
    assert {(row["figure"], row["scale"]) for row in rows} >= {
        (figure, scale) for figure in HEADLINES for scale in SCALES
    }


def test_small_cells_hold_the_truth_on_the_average_over_cells(rows):
    cells = [row for row in rows if row["part"] == "all cells"]

    assert len(cells) == 6
    assert [row for row in cells if not LOW <= row["coverage"] <= HIGH] == []


def test_the_coverage_itself_is_known_well(rows):
    assert [row for row in rows if row["monte_carlo"] > 0.66] == []


def test_estimates_of_whole_figures_are_unbiased_for_all_that_matters(rows):
    whole = [row for row in rows if row["part"] == "whole"]

    assert [row for row in whole if abs(row["bias"]) > 0.15 * row["spread"]] == []
