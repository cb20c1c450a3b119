"""Rates of cells, of their margins and of the nation from one table of sums, all by the same design.

For tables that a grid of every stratum by every cell would blow up: only combinations that occur are given.
Each group of cells is a domain of the whole draw (``survey.hajek``), so that cells, margins and nation differ
in which answers are theirs and in nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, survey
from zhiheng.methods.sample import Sample
from zhiheng.methods.survey import Rates

SUMS = ("n", "w", "wy", "w2", "w2y")
# Numbers in one grid of strata by domains: more domains than fit are estimated one lot after the other.
GRID = 2_000_000


@dataclass(frozen=True)
class Sums:
    """Five sums of each combination of stratum and cell that occurs; arrays of one length.

    ``stratum`` and ``cell`` count from 0; ``population`` is N_h by stratum.
    """

    population: np.ndarray
    stratum: np.ndarray
    cell: np.ndarray
    n: np.ndarray
    w: np.ndarray
    wy: np.ndarray
    w2: np.ndarray
    w2y: np.ndarray

    def __post_init__(self) -> None:
        for name in ("stratum", "cell"):
            labels = arrays.column(getattr(self, name), name)
            if labels.dtype.kind not in "iu" or (labels.size and labels.min() < 0):
                raise BadInput(f"A {name} is no whole number from 0 up.", "Number them from 0.")
            object.__setattr__(self, name, labels.astype(np.int64))
        for name in ("population", *SUMS):
            object.__setattr__(self, name, arrays.numbers(getattr(self, name), name))
        if self.population.ndim != 1 or not np.isfinite(self.population).all() or (self.population < 0).any():
            raise BadInput("The sizes of the strata are no list of numbers.", "Give N_h of every stratum.")
        size = self.stratum.size
        if not size or any(getattr(self, name).shape != (size,) for name in ("cell", *SUMS)):
            raise BadInput("The sums are not one a stratum and cell.", "Give columns of one length.")
        if self.stratum.max() >= self.population.size:
            raise BadInput("A stratum of the sums has no size.", "Give N_h of every stratum.")

    @classmethod
    def from_counts(cls, population: Any, stratum: Any, cell: Any, n: Any, passes: Any) -> Sums:
        """Build the sums from counts alone: every answered unit of a stratum weighs N_h / r_h.

        >>> Sums.from_counts([100], [0, 0], [0, 1], [6, 4], [6, 3]).w.tolist()
        [60.0, 40.0]
        """
        n, passes = arrays.counts(n, "answered units"), arrays.counts(passes, "passes")
        bare = cls(population, stratum, cell, n, n, passes, n, passes)
        population = bare.population
        answered = np.bincount(bare.stratum, n, population.size)
        weight = np.divide(population, answered, out=np.zeros_like(population), where=answered > 0)
        w = weight[bare.stratum]
        return cls(population, stratum, cell, n, w * n, w * passes, w * w * n, w * w * passes)


def rates(sums: Sums, groups: Any = None, *, level: float = 0.95) -> Rates:
    """Return the Hajek rate of every group of cells, with its error and interval (``survey.hajek``).

    ``groups`` labels the cells 0, 1, ...: all alike for the nation, by province for that margin; without it
    each cell is a group of its own.

    >>> sums = Sums.from_counts([400, 100], [0, 0, 1], [0, 1, 0], [10, 10, 25], [10, 9, 20])
    >>> nation = rates(sums, [0, 0]).at(0)
    >>> print(round(nation.estimate, 4), round(nation.standard_error, 4), nation.n)
    0.92 0.0415 45
    """
    arrays.instance(sums, Sums, "sums")
    cells = int(sums.cell.max()) + 1
    labels = np.arange(cells) if groups is None else arrays.column(groups, "group labels")
    if labels.shape != (cells,) or labels.dtype.kind not in "iu" or labels.min() < 0:
        raise BadInput("There is not one group label a cell.", "Label every cell from 0 up.")
    group, number = labels[sums.cell], int(labels.max()) + 1
    lot = max(GRID // sums.population.size, 1)
    found = [_lot(sums, group, first, min(first + lot, number), level) for first in range(0, number, lot)]
    return found[0] if len(found) == 1 else _joined(found)


def _lot(sums: Sums, group: np.ndarray, first: int, after: int, level: float) -> Rates:
    """Estimate some groups; all others are one more domain, so that each stratum keeps its answers."""
    width = after - first + 1
    inside = (group >= first) & (group < after)
    place = sums.stratum * width + np.where(inside, group - first, width - 1)
    shape = (sums.population.size, width)
    grids = {name: np.bincount(place, getattr(sums, name), shape[0] * width).reshape(shape) for name in SUMS}
    return _cut(survey.hajek(Sample(sums.population, **grids), level=level), width - 1)


def _cut(found: Rates, width: int) -> Rates:
    parts = {field.name: getattr(found, field.name) for field in fields(found)}
    return Rates(**{k: v[..., :width] if isinstance(v, np.ndarray) else v for k, v in parts.items()})


def _joined(found: Sequence[Rates]) -> Rates:
    first = {field.name: getattr(found[0], field.name) for field in fields(found[0])}
    return Rates(
        **{
            name: np.concatenate([getattr(one, name) for one in found])
            if isinstance(value, np.ndarray)
            else value
            for name, value in first.items()
        }
    )
