"""The pass rate by output of a region, and the index that carries its error, drawn again and again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

from tests.prove.redraws import Design, as_years, years
from zhiheng.methods import survey
from zhiheng.methods.survey import Rates
from zhiheng.reference import quality_index, regions
from zhiheng.site.demo.index import RATE
from zhiheng.site.demo.scale import SEED, Scale
from zhiheng.stages.indicators.rules import Z_95, index
from zhiheng.verification.figure import decimal_text
from zhiheng.world import Population, statistics

YEAR, AT_ONCE = "2024", 100


@dataclass(frozen=True)
class Drawn:
    """Figures of some draws with their limits and errors (draws, periods), and the truth of each period."""

    value: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    error: np.ndarray
    truth: np.ndarray


@dataclass(frozen=True)
class Setting:
    """One country with its design, the statistics of complete reporting, and the choice of an office."""

    design: Design
    region: str
    known: statistics.Statistics
    choice: index.Chosen

    @classmethod
    def of(cls, scale: Scale) -> Setting:
        """Build the country of the demonstration at one scale."""
        country = Population(seed=SEED, firms=scale.firms, regions=scale.region)
        terms = {"fractions": scale.fractions, "minimum": scale.minimum}
        design = Design.of(country, (YEAR,), **terms, by_province=scale.region == regions.NATION)
        weights = quality_index.weights()["even"].weights
        posts = quality_index.goalposts()["demonstration"].posts
        choice = index.chosen(quality_index.tree(), weights, posts)
        return cls(design, scale.region, statistics.make(SEED, int(YEAR)), choice)

    def readings(self, rate: float, error: float | None) -> dict[str, index.Reading]:
        """Return the statistics of the region as they are recorded, the pass rate in per cent."""
        found = {}
        for one in self.choice.statistics():
            if one.series == RATE:
                texts = (decimal_text(rate) or "0", decimal_text(error))
                value, own = (None if text is None else 100 * Decimal(text) for text in texts)
                found[one.id] = index.Reading(value, own, one.unit)
            else:
                value = Decimal(str(self.known.value(one.id, self.region)))
                found[one.id] = index.Reading(value, Decimal(0), one.unit)
        return found

    def index(self, rates: Rates) -> Drawn:
        """Return the index of each draw with the limits that its page shows, beside that of the true rate."""
        pairs = zip(rates.estimate[:, 0], rates.standard_error[:, 0], strict=True)
        held = {str(draw): self.readings(*pair) for draw, pair in enumerate(pairs)}
        truth = years(self.design.truth_weighted())
        found = index.compute(self.choice, {**held, "true": self.readings(float(truth[0]), 0.0)})
        value = np.array([[found.index(draw)] for draw in held])
        error = np.array([[found.error(draw) or np.nan] for draw in held])
        reach = Z_95 * error
        return Drawn(value, value - reach, value + reach, error, np.array([found.index("true")]))


def drawn(setting: Setting, draws: int, seed: int) -> Iterator[dict[str, Drawn]]:
    """Yield the rate of the year, of its quarters, and the index of the year, some draws at a time."""
    design = setting.design
    truth = design.truth_weighted()
    for quarters in design.draws(draws, seed, at_once=min(AT_ONCE, draws)):
        year = survey.post_stratified(as_years(quarters), design.output)
        found = {"year": _of(year, years(truth))}
        found["quarter"] = _of(survey.post_stratified(quarters, design.output), truth)
        found["index"] = setting.index(year)
        yield found


def _of(rates: Rates, truth: np.ndarray) -> Drawn:
    return Drawn(rates.estimate, rates.lower, rates.upper, rates.standard_error, truth)
