"""The small table that survey inference needs: five mergeable sums a cell of stratum and domain.

The last two axes of every array are stratum (H) and domain (D); axes before them are batches that are
estimated independently of each other: months, provinces, or simulated draws.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

MOST_LABELS = 100_000_000


@dataclass(frozen=True)
class Sample:
    """Answered units of a stratified draw, reduced to sums, with the size of each stratum.

    ``population`` (..., H) counts the units of each stratum in the frame, N_h. ``n`` (..., H, D) counts
    answered units; ``w``, ``wy``, ``w2``, ``w2y`` are the sums of weight, weight x pass, weight squared and
    weight squared x pass over them. ``frame`` (..., H, D) counts the units of the frame in each cell, where
    the frame knows the domain. ``classes`` (H,) labels strata of the same kind (risk class A of every
    quarter is one kind); by default each stratum is its own.
    """

    population: np.ndarray
    n: np.ndarray
    w: np.ndarray
    wy: np.ndarray
    w2: np.ndarray
    w2y: np.ndarray
    frame: np.ndarray | None = None
    classes: np.ndarray | None = None

    def __post_init__(self) -> None:
        for name in ("population", "n", "w", "wy", "w2", "w2y", "frame"):
            value = getattr(self, name)
            if value is None:
                continue
            array = arrays.numbers(value, name)
            if not np.all(np.isfinite(array)) or (array.size and array.min() < 0):
                raise BadInput(f"{name} holds a negative or unknown number.", "Leave out unknown units.")
            object.__setattr__(self, name, array)
        self._check_shapes()
        if np.any(self.answered > self.population):
            raise BadInput(
                "A stratum has more answered units than its frame holds.",
                "Check the strata of the results against those of the frame.",
            )
        slack = 1 + 1e-9
        if np.any(self.wy > self.w * slack) or np.any(self.w2y > self.w2 * slack):
            raise BadInput("A cell passes more weight than it holds.", "Give passes as 0 or 1 a unit.")

    def _check_shapes(self) -> None:
        shape = self.n.shape
        same = all(a.shape == shape for a in (self.w, self.wy, self.w2, self.w2y))
        if len(shape) < 2 or not same or self.population.shape != shape[:-1]:
            raise BadInput(
                f"The tables do not fit: cells {shape}, strata {self.population.shape}.",
                "Cells are (..., strata, domains), the population (..., strata).",
            )
        if self.frame is not None:
            if self.frame.shape != shape:
                raise BadInput(f"The frame is {self.frame.shape}, the cells {shape}.", "Give both alike.")
            if not np.array_equal(self.frame.sum(-1), self.population) or np.any(self.n > self.frame):
                raise BadInput(
                    "The cells of the frame do not add up to its strata, or hold fewer units than answered.",
                    "Count the cells from the frame that was drawn from.",
                )
        if 0 in shape[-2:]:
            raise BadInput("There is no stratum or no domain.", "Give one of each or more.")
        kinds = np.arange(shape[-2]) if self.classes is None else self.classes
        object.__setattr__(self, "classes", arrays.labels(kinds, "class label of a stratum", shape[-2])[1])

    @classmethod
    def from_counts(
        cls, population: Any, n: Any, passes: Any, *, frame: Any = None, classes: Any = None
    ) -> Sample:
        """Build the sums from counts alone: within a stratum every answered unit weighs w_h = N_h / r_h.

        r_h are the answered units of the stratum: who did not answer is represented by those of the same
        stratum who did. A stratum without any stays at weight zero and lowers the coverage.

        >>> s = Sample.from_counts([100, 20], [[6, 4], [3, 2]], [[6, 3], [1, 2]])
        >>> s.w.tolist()
        [[60.0, 40.0], [12.0, 8.0]]
        """
        population = arrays.numbers(population, "population")
        n, passes = arrays.numbers(n, "answered units"), arrays.numbers(passes, "passes")
        whole = np.isfinite(n).all() and np.all(n == np.round(n)) and np.all(passes == np.round(passes))
        if n.shape != passes.shape or np.any(passes > n) or not whole:
            raise BadInput("Passes do not fit the answered units.", "Give whole counts, passes <= answered.")
        if n.ndim < 2 or population.shape != n.shape[:-1]:
            raise BadInput(
                "The tables do not fit.", "Cells: (..., strata, domains); population: (..., strata)."
            )
        answered = n.sum(-1)
        weight = np.divide(population, answered, out=np.zeros_like(answered), where=answered > 0)[..., None]
        square = weight * weight
        return cls(population, n, weight * n, weight * passes, square * n, square * passes, frame, classes)

    @cached_property
    def answered(self) -> np.ndarray:
        """Return r_h, the answered units of each stratum."""
        return self.n.sum(-1)

    @cached_property
    def fraction(self) -> np.ndarray:
        """Return r_h / N_h; zero for an empty stratum."""
        return np.divide(
            self.answered, self.population, out=np.zeros_like(self.answered), where=self.population > 0
        )

    @cached_property
    def df(self) -> np.ndarray:
        """Return the design degrees of freedom: answered units less strata with any."""
        return np.maximum(self.answered.sum(-1) - (self.answered > 0).sum(-1), 0)

    def merge(self, groups: Any = None) -> Sample:
        """Join domains that carry the same label (0, 1, ...; all of them when no labels are given).

        >>> s = Sample.from_counts([100], [[6, 4, 2]], [[6, 3, 2]])
        >>> s.merge([0, 1, 0]).n.tolist(), s.merge().n.tolist()
        ([[8.0, 4.0]], [[12.0]])
        """
        every = np.zeros(self.n.shape[-1], dtype=int)
        labels = every if groups is None else arrays.column(groups, "group labels")
        if labels.dtype.kind not in "iu":
            raise BadInput("A group label is no whole number.", "Label every domain from 0 up.")
        if labels.shape != self.n.shape[-1:] or labels.min() < 0:
            raise BadInput("There is not one group label a domain.", "Label every domain from 0 up.")
        joined = {
            name: None if getattr(self, name) is None else sums_by_label(getattr(self, name), labels)
            for name in ("n", "w", "wy", "w2", "w2y", "frame")
        }
        return Sample(self.population, classes=self.classes, **joined)

    def flatten(self, axes: int = 1) -> Sample:
        """Make strata of the last ``axes`` batch axes: the quarters of a year, the provinces of a nation.

        Labels in ``classes`` repeat, so that the same risk class of each draw stays one kind.
        """
        axes = arrays.whole(axes, "number of batch axes", least=0)
        if axes < 1 or axes > self.population.ndim - 1:
            raise BadInput(f"There are no {axes} batch axes to flatten.", "Name at most those before strata.")
        shape = self.population.shape
        strata = int(np.prod(shape[-1 - axes :]))
        lead, domains = shape[: -1 - axes], self.n.shape[-1]
        tables = {
            name: None if getattr(self, name) is None else getattr(self, name).reshape(*lead, strata, domains)
            for name in ("n", "w", "wy", "w2", "w2y", "frame")
        }
        kinds = np.tile(self.classes, strata // shape[-1])
        return Sample(self.population.reshape(*lead, strata), classes=kinds, **tables)


def sums_by_label(table: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the sums of a table over those places of its last axis that carry the label 0, 1, 2, ...

    Needs no more memory than the table and the sums, however many labels there are.

    >>> sums_by_label(np.array([[1.0, 2.0, 4.0]]), np.array([2, 0, 2])).tolist()
    [[2.0, 0.0, 5.0]]
    """
    table, labels = arrays.numbers(table, "table"), arrays.column(labels, "labels")
    if not table.ndim or labels.shape != table.shape[-1:] or not labels.size or labels.dtype.kind not in "iu":
        raise BadInput("There is not one label a column.", "Number every column from 0 up.")
    if labels.min() < 0 or labels.max() > MOST_LABELS:
        raise BadInput("A label is below zero or beyond all bounds.", "Number every column from 0 up.")
    order = np.argsort(labels, kind="stable")
    present, starts = np.unique(labels[order], return_index=True)
    sums = np.zeros((*table.shape[:-1], labels.max() + 1))
    sums[..., present] = np.add.reduceat(table[..., order], starts, axis=-1)
    return sums
