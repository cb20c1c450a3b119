"""The answered rows of a draw with their weights and stages, and the covariance of totals over them.

Every estimate on unit rows hands its linearised variable to ``covariance``: stratified, clustered or in
several stages, with or without replacement, calibrated or not.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays
from zhiheng.methods.variance import Lonely, finish

VERSION = "2"


@dataclass(frozen=True)
class Stage:
    """One stage of a draw, one value a row: in which stratum, which unit, out of how many.

    ``unit`` None: every row is a unit of this stage. ``population`` counts the units of the row's stratum (of
    this stage, within the unit of the stage before) in the frame; None means drawn with replacement, or too
    few drawn to matter, and then later stages add nothing to the variance.
    """

    stratum: Any = None
    unit: Any = None
    population: Any = None

    def __post_init__(self) -> None:
        for name in ("stratum", "unit", "population"):
            object.__setattr__(self, name, arrays.kept(getattr(self, name)))


@dataclass(frozen=True)
class Fit:
    """What calibration took out: the error of an estimate is that of its residuals on ``auxiliary``.

    e = u - x' B with B = (sum d x x')^-1 sum d x u, d the weights of the fit (Deville & Sarndal 1992).
    ``again`` makes calibrated weights of other weights of the draw, those of a replicate, to the same totals.
    """

    auxiliary: np.ndarray
    weight: np.ndarray
    again: Callable[[np.ndarray], np.ndarray] | None = None

    def residual(self, values: np.ndarray) -> np.ndarray:
        """Return the residuals of the columns of ``values``.

        >>> Fit(np.ones((2, 1)), np.array([1.0, 3.0])).residual(np.array([[4.0], [8.0]])).round(9).tolist()
        [[-3.0], [1.0]]
        """
        root = np.sqrt(self.weight)[:, None]
        slope = np.linalg.lstsq(root * self.auxiliary, root * values, rcond=None)[0]
        return values - self.auxiliary @ slope


@dataclass(frozen=True)
class Rows:
    """The rows of a sample: weight of each and the stages of the draw; all of them, also outside a domain.

    ``drawn`` are the weights before any of the ``fits``, None where nothing was calibrated.

    Refused: weights that are not above zero, columns of another length, a stratum with two sizes or with more
    units drawn than it holds.

    >>> rows = Rows.of([10, 10, 5, 5], stratum=["a", "a", "b", "b"], population=[20, 20, 10, 10])
    >>> rows.df
    2
    """

    weight: np.ndarray
    stages: Sequence[Stage] = (Stage(),)
    fits: tuple[Fit, ...] = ()
    drawn: np.ndarray | None = None
    _levels: list[_Level] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        weight = arrays.frozen(arrays.numbers(self.weight, "weight"))
        if weight.ndim != 1 or not weight.size or not np.all(np.isfinite(weight) & (weight > 0)):
            raise BadInput(
                "A weight is not above zero, or there is no row.",
                "Give each answered row what it stands for.",
            )
        stages = tuple(arrays.instance(one, Stage, "stage") for one in arrays.listed(self.stages, "stages"))
        if not stages:
            raise BadInput("The draw has no stage.", "Give at least one.")
        fits = tuple(arrays.instance(one, Fit, "fit") for one in arrays.listed(self.fits, "fits"))
        if self.drawn is not None:
            drawn = arrays.vector(self.drawn, "weights of the draw", size=weight.size)
            object.__setattr__(self, "drawn", arrays.frozen(drawn))
        object.__setattr__(self, "weight", weight)
        object.__setattr__(self, "stages", stages)
        object.__setattr__(self, "fits", fits)
        parent, levels = np.zeros(weight.size, dtype=int), []
        for stage in self.stages:
            levels.append(_Level.of(stage, parent))
            parent = levels[-1].unit
        object.__setattr__(self, "_levels", levels)

    @classmethod
    def of(cls, weight: Any, *, stratum: Any = None, psu: Any = None, population: Any = None) -> Rows:
        """Build rows of one stage: stratum, primary unit and number of units of the stratum, each by row.

        >>> Rows.of([10, 10, 5], psu=["x", "x", "y"]).df
        1
        """
        return cls(weight, (Stage(stratum, psu, population),))

    def reweighted(self, weight: np.ndarray, fit: Fit) -> Rows:
        """Return the same draw with calibrated weights.

        >>> rows = Rows.of([2.0, 2.0])
        >>> fitted = rows.reweighted(np.array([3.0, 3.0]), Fit(np.ones((2, 1)), rows.weight))
        >>> fitted.weight.tolist(), fitted.drawn.tolist(), fitted.covariance([1.0, 1.0]).round(9).tolist()
        ([3.0, 3.0], [2.0, 2.0], [[0.0]])
        """
        drawn = self.weight if self.drawn is None else self.drawn
        return replace(self, weight=weight, fits=(*self.fits, fit), drawn=drawn)

    def recalibrated(self, weights: np.ndarray) -> np.ndarray:
        """Return weights of the draw (rows, replicates), each column calibrated as the weights were.

        >>> Rows.of([1.0, 1.0]).recalibrated(np.array([[2.0], [0.0]])).tolist()
        [[2.0], [0.0]]
        """
        for fit in self.fits:
            if fit.again is None:
                raise BadInput(
                    "It is not known how these weights were calibrated.",
                    "Calibrate with post_stratify, rake or calibrate, or take the linear error of taylor.",
                )
            weights = np.column_stack([fit.again(column) for column in weights.T])
        return weights

    def __len__(self) -> int:
        return self.weight.size

    @property
    def primary(self) -> tuple[np.ndarray, np.ndarray]:
        """The stratum of each row and its primary unit, numbered from 0."""
        return self._levels[0].stratum, self._levels[0].unit

    @property
    def fraction(self) -> np.ndarray:
        """The sampling fraction of each stratum of the first stage, numbered as in ``primary``."""
        return self._levels[0].fraction

    @cached_property
    def df(self) -> int:
        """Primary units less strata."""
        first = self._levels[0]
        return int(first.home.size - first.units.size)

    def covariance(self, values: Any, *, lonely: Lonely = "adjust") -> np.ndarray:
        """Return the covariance matrix of sum w u over the columns u of ``values`` (rows, q).

        At the first stage V = sum_h (1 - f_h) n_h / (n_h - 1) sum (z - mean_h z)(z - mean_h z)' with z the
        totals of w u a unit; each later stage adds the same within every unit of the stage before, times the
        sampling fractions above it (Sarndal, Swensson & Wretman 1992, 4.3; Bellhouse 1985). Without a
        population f_h = 0, and the first stage stands for all (Hansen, Hurwitz & Madow 1953). A draw of one
        unit that is not all there is tells nothing of its error: it is refused, unless ``certainty`` says
        that it was drawn for certain.

        >>> rows = Rows.of([2.0] * 4, stratum=["a", "a", "b", "b"], population=[4] * 4)
        >>> rows.covariance([1.0, 3.0, 2.0, 2.0]).tolist()
        [[8.0]]
        """
        z = self._expanded(values)
        variance = np.zeros((z.shape[1], z.shape[1]))
        for level, above in self._entered(lonely):
            variance += level.variance(z, above, lonely)
        return variance

    def effective_df(self, values: Any, *, slope: Any = 0.0, lonely: Lonely = "adjust") -> np.ndarray:
        """Return how many degrees of freedom the error of sum w u has, for each column u, at most ``df``.

        2 V^2 / var(V) (Satterthwaite 1946) with V = sum_h V_h the terms of ``covariance`` and var(V) =
        sum_h (1 - f_h) V_h^2 [2 + (n_h - 1) / n_h x k4 / k2^2] / (n_h + 1), the unbiased variance of a sample
        variance (Kenney & Keeping 1951): k2 and k4 are Fisher's k-statistics of the totals z of the units,
        k4 is 0 below four units. ``df`` counts units as if all told as much of the error; where it hangs on
        the few with large z, such as failures that carry most of the weight, this says so.

        ``slope`` c asks for V / g(t) in place of V, t = sum w u and c the derivative of log g there: what the
        error says beyond the estimate. var(V) / V^2 becomes that less 2 c cov(V, t) / V, plus c^2 V, with
        cov(V, t) = sum_h (1 - f_h)^2 n_h k3. A stratum that shows no spread adds nothing to either: of
        failures that were not drawn this knows nothing.

        >>> rows = Rows.of([1.0] * 8)
        >>> rows.effective_df([0, 0, 0, 0, 0, 0, 0, 1]).round(4).tolist(), rows.df
        ([2.0], 7)
        """
        z = self._expanded(values)
        slope = arrays.numbers(slope, "slope")
        if slope.shape not in ((), (1,), z.shape[1:]) or not np.all(np.isfinite(slope)):
            raise BadInput("The slope is no known number a column.", "Give one number, or one a column.")
        largest = np.abs(z).max(0)
        largest[largest == 0] = 1.0  # degrees of freedom have no unit; fourth powers should stay in range
        variance, doubt, common = np.zeros((3, z.shape[1]))
        for depth, (level, above) in enumerate(self._entered(lonely)):
            found = level.moments(z / largest, above, lonely)
            variance, doubt = variance + found[0], doubt + found[1]
            common = found[2] if depth == 0 else common
        safe = np.where(variance > 0, variance, 1.0)
        relative = doubt / safe**2 - 2 * slope * largest * common / safe + (slope * largest) ** 2 * variance
        # Beyond twice the reciprocal of df there is nothing to take off; nor where there is no error at all.
        is_less = (variance > 0) & (relative * self.df > 2)
        return np.where(is_less, 2 / np.where(is_less, relative, 1.0), float(self.df))

    def _expanded(self, values: Any) -> np.ndarray:
        """Return what each row adds to sum w u, (rows, columns), less what calibration took out."""
        u = arrays.numbers(values, "value")
        u = u[:, None] if u.ndim == 1 else u
        if u.ndim != 2 or u.shape[0] != len(self) or not np.all(np.isfinite(u)):
            raise BadInput("There is not one known value a row.", "Leave unknown rows out, or zero outside.")
        for fit in self.fits:
            u = fit.residual(u)
        return self.weight[:, None] * u

    def _entered(self, lonely: Lonely) -> Iterator[tuple[_Level, np.ndarray]]:
        """Give the stages that add to the variance, each with the product of the fractions above a row."""
        above = np.ones(len(self))
        for level in self._levels:
            level.refuse_alone(above, lonely)
            yield level, above
            above = above * level.fraction[level.stratum]
            if not above.any():
                return


@dataclass(frozen=True)
class _Level:
    """A stage in numbers: stratum and unit of each row, and by unit its stratum and parent."""

    stratum: np.ndarray
    unit: np.ndarray
    parent: np.ndarray
    home: np.ndarray
    first_row: np.ndarray
    units: np.ndarray
    fraction: np.ndarray

    @classmethod
    def of(cls, stage: Stage, parent: np.ndarray) -> _Level:
        rows = parent.size
        stratum = _numbered(parent, stage.stratum)
        unit = np.arange(rows) if stage.unit is None else _numbered(stratum, stage.unit)
        first_row = np.unique(unit, return_index=True)[1]
        units = np.bincount(stratum[first_row])
        fraction = np.zeros(units.size)
        if stage.population is not None:
            fraction = units / _sizes(stage.population, stratum, units)
        return cls(stratum, unit, parent[first_row], stratum[first_row], first_row, units, fraction)

    def refuse_alone(self, above: np.ndarray, lonely: Lonely) -> None:
        """Refuse a unit without any other to differ from, where the stages above leave no variance either."""
        siblings = np.bincount(self.parent)[self.parent]
        is_all = self.fraction[self.home] >= 1
        alone = (siblings == 1) & ~is_all & (above[self.first_row] >= 1)
        if alone.any() and lonely != "certainty":
            raise BadInput(
                "The draw has one primary unit, which tells nothing of the error.",
                "Draw two or more; 'certainty' counts it without error, as if it had been drawn for certain.",
            )

    def variance(self, z: np.ndarray, above: np.ndarray, lonely: Lonely) -> np.ndarray:
        away, off, free = self._spread(z, above)
        products = [_products(self.home, part, self.units.size) for part in (away, off)]
        return finish(
            self.units[:, None, None], products[0], products[1], free[:, None, None], lonely=lonely, axis=0
        )

    def moments(self, z: np.ndarray, above: np.ndarray, lonely: Lonely) -> np.ndarray:
        """Return by column the variance, the variance of that, and its covariance with the total.

        By Fisher's k-statistics of each stratum; a unit alone counts as a square of one degree of freedom.
        """
        away, off, free = self._spread(z, above)
        n, free, left = self.units[:, None], free[:, None], 1 - self.fraction[:, None]
        s2, s3, s4 = (_sums(self.home, away**power, self.units.size) for power in (2, 3, 4))
        alone = _sums(self.home, off**2, self.units.size)
        whole = finish(n, s2, alone, free, lonely=lonely, axis=0)
        k2 = s2 / np.maximum(n - 1, 1)
        k3 = np.where(n > 2, n * s3 / np.maximum((n - 1) * (n - 2), 1), 0.0)
        k4 = n * (n + 1) * s4 - 3 * (n - 1) * s2**2
        k4 = np.where(n > 3, k4 / np.maximum((n - 1) * (n - 2) * (n - 3), 1), 0.0)
        spread = np.maximum((2 * k2**2 + (n - 1) / n * k4) / (n + 1), 0.0)
        variance, doubt, common = free * n * k2, left * (free * n) ** 2 * spread, left * free * n * k3
        if lonely == "adjust":
            alone = np.where(n == 1, free * alone, 0.0)
            variance, doubt = variance + alone, doubt + 2 / 3 * alone**2
        parts = np.stack([variance.sum(0), doubt.sum(0), common.sum(0)])
        # Strata that count with the average of the others raise all alike.
        raised = whole / np.where(parts[0] > 0, parts[0], 1.0)
        return parts * np.stack([raised, raised**2, raised])

    def _spread(self, z: np.ndarray, above: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the totals of the units about their stratum and about all, and what was not drawn of it."""
        totals = _sums(self.unit, z, self.home.size)
        means = _sums(self.home, totals, self.units.size) / self.units[:, None]
        siblings = np.bincount(self.parent)
        centre = _sums(self.parent, totals, siblings.size) / np.maximum(siblings, 1)[:, None]
        factor = above[self.first_row[np.unique(self.home, return_index=True)[1]]]
        return totals - means[self.home], totals - centre[self.parent], (1 - self.fraction) * factor


def _numbered(above: np.ndarray, labels: Any) -> np.ndarray:
    """Number labels from 0 within the groups ``above``, as one code for all groups."""
    if labels is None:
        return np.unique(above, return_inverse=True)[1]
    _names, own = arrays.labels(labels, "stratum or unit of the draw", above.size)
    return np.unique(above * (own.max() + 1) + own, return_inverse=True)[1]


def _sizes(population: Any, stratum: np.ndarray, units: np.ndarray) -> np.ndarray:
    given = arrays.numbers(population, "size of a stratum")
    if given.shape != stratum.shape or not np.all(np.isfinite(given) & (given > 0)):
        raise BadInput("A stratum has no size.", "Give the number of its units in the frame in every row.")
    size = np.zeros(units.size)
    size[stratum] = given
    if np.any(size[stratum] != given):
        raise BadInput("One stratum has two sizes.", "Give the same number of units in all its rows.")
    if np.any(units > size):
        raise BadInput(
            "A stratum has more units drawn than it holds.", "Check its size, or rows twice given."
        )
    return size


def _sums(groups: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    return np.stack([np.bincount(groups, column, count) for column in values.T], axis=1)


def _products(groups: np.ndarray, values: np.ndarray, count: int) -> np.ndarray:
    """Return sum v v' of each group, (groups, q, q)."""
    q = values.shape[1]
    outer = (values[:, :, None] * values[:, None, :]).reshape(-1, q * q)
    return _sums(groups, outer, count).reshape(count, q, q)
