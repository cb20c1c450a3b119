"""Thousands of draws from a country whose truth is known, vectorised over the draws.

A simple random draw within strata is, for the counts of stratum x division x verdict, a multivariate
hypergeometric number; whether a drawn firm answers is a coin of its class. So no firm is touched twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from fractions import Fraction

import numpy as np

from zhiheng.methods import selection
from zhiheng.methods.survey import Rates, Sample
from zhiheng.world import Population
from zhiheng.world.assumptions import CLASSES, RESPONSE_BY_CLASS, quarters


@dataclass(frozen=True)
class Design:
    """The frame of one country by stratum and division, with the passes of each quarter."""

    frame: np.ndarray
    passes: np.ndarray
    output: np.ndarray
    sizes: np.ndarray
    classes: np.ndarray

    @classmethod
    def of(
        cls,
        country: Population,
        years: tuple[str, ...],
        *,
        fractions: Mapping[str, tuple[int, int]],
        minimum: int,
        by_province: bool = False,
    ) -> Design:
        """Count a country; strata are its risk classes, within each province if so asked."""
        firms = country.columns
        province = firms.region // 10_000 if by_province else np.zeros(len(firms), dtype=int)
        places, home = np.unique(province, return_inverse=True)
        stratum = home * len(CLASSES) + firms.credit_class
        divisions = np.array([int(code) for code in country.divisions])
        column = np.searchsorted(divisions, firms.division)
        shape = (places.size * len(CLASSES), divisions.size)
        cell = stratum * shape[1] + column

        def count(values: np.ndarray | None = None) -> np.ndarray:
            return np.bincount(cell, values, shape[0] * shape[1]).reshape(shape)

        frame = count()
        wanted = [q for year in years for q in quarters(year)]
        verdicts = [np.concatenate([country.passes(b, q) for b in range(country.blocks)]) for q in wanted]
        shares = [Fraction(*fractions[name]) for name in CLASSES] * places.size
        sizes = selection.sample_sizes(frame.sum(1), shares, minimum=minimum)
        return cls(
            frame=frame,
            passes=np.stack([count(v.astype(float)) for v in verdicts]).astype(np.int64),
            output=np.bincount(column, firms.output_value, divisions.size),
            sizes=np.array(sizes),
            classes=np.tile(np.arange(len(CLASSES)), places.size),
        )

    def draws(self, count: int, seed: int, *, at_once: int = 500) -> Iterator[Sample]:
        """Yield samples of shape (draws, quarters, strata, divisions), ``count`` draws in all."""
        random = np.random.Generator(np.random.Philox(seed))
        for start in range(0, count, at_once):
            yield self._some(random, min(at_once, count - start))

    def _some(self, random: np.random.Generator, count: int) -> Sample:
        shape = (count, *self.passes.shape)
        n, passed = np.zeros(shape), np.zeros(shape)
        width = self.frame.shape[1]
        for (quarter, stratum), size in np.ndenumerate(np.broadcast_to(self.sizes, self.passes.shape[:2])):
            good = self.passes[quarter, stratum]
            cells = np.concatenate([good, self.frame[stratum] - good])
            drawn = random.multivariate_hypergeometric(cells, size, size=count, method="marginals")
            found = random.binomial(drawn, RESPONSE_BY_CLASS[self.classes[stratum]][0])
            passed[:, quarter, stratum] = found[:, :width]
            n[:, quarter, stratum] = found[:, :width] + found[:, width:]
        frame = np.broadcast_to(self.frame, shape)
        return Sample.from_counts(frame.sum(-1), n, passed, frame=frame, classes=self.classes)

    def truth_by_division(self) -> np.ndarray:
        """Return the true share of passes of each quarter and division."""
        total = self.frame.sum(0)
        return self.passes.sum(1) / np.maximum(total, 1)

    def truth_whole(self) -> np.ndarray:
        """Return the true share of passes of each quarter."""
        return self.passes.sum((1, 2)) / self.frame.sum()

    def truth_weighted(self) -> np.ndarray:
        """Return the true output-weighted rate of each quarter."""
        return self.truth_by_division() @ self.output / self.output.sum()


def as_years(sample: Sample) -> Sample:
    """Make the quarters of each year strata of one sample: (draws, quarters, ...) to (draws, years, ...)."""
    draws, quarters, strata, domains = sample.n.shape
    tables = {
        name: getattr(sample, name).reshape(draws, quarters // 4, 4, strata, domains)
        for name in ("n", "w", "wy", "w2", "w2y", "frame")
    }
    population = sample.population.reshape(draws, quarters // 4, 4, strata)
    return Sample(population, classes=sample.classes, **tables).flatten()


def years(values: np.ndarray) -> np.ndarray:
    """Return means of four quarters each, along the first axis."""
    return values.reshape(-1, 4, *values.shape[1:]).mean(1)


@dataclass
class Tally:
    """How often an interval held the truth, and what the estimates were like."""

    held: float = 0
    tried: float = 0
    deviation: float = 0.0
    squares: float = 0.0
    error: float = 0.0
    width: float = 0.0

    def add(self, rates: Rates, truth: np.ndarray, counted: np.ndarray | bool = True) -> None:
        """Add estimates of known truth; cells that would not be shown are not counted."""
        use = np.broadcast_to(counted, rates.estimate.shape) & ~np.isnan(rates.estimate)
        away = (rates.estimate - truth)[use]
        self.held += float(((rates.lower <= truth) & (truth <= rates.upper))[use].sum())
        self.tried += float(use.sum())
        self.deviation += float(away.sum())
        self.squares += float((away**2).sum())
        self.error += float((rates.standard_error[use] ** 2).sum())
        self.width += float((rates.upper - rates.lower)[use].sum())

    @staticmethod
    def join(parts: list[Tally]) -> Tally:
        """Add up the tallies of several countries."""
        return Tally(*(sum(getattr(part, field.name) for part in parts) for field in fields(Tally)))

    def row(self) -> dict[str, float]:
        """Return coverage in percent; bias, spread, error and width in percentage points."""
        bias = float(self.deviation / self.tried)
        return {
            "coverage": 100 * self.held / float(self.tried),
            "intervals": int(self.tried),
            "bias": 100 * bias,
            "spread": 100 * float(np.sqrt(self.squares / self.tried - bias**2)),
            "linearised_error": 100 * float(np.sqrt(self.error / self.tried)),
            "width": 100 * self.width / float(self.tried),
        }
