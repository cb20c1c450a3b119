"""Errors from replicate weights: jackknife, balanced half samples, Fay's way, and the bootstrap.

Each replicate is the sample with other weights; the spread of an estimate over them is its error. For
estimates that no formula linearises, and for files that carry their replicates. Calibrated weights are
calibrated again in every replicate. Checked against R survey.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import hadamard

from zhiheng.errors import BadInput
from zhiheng.methods import arrays
from zhiheng.methods.rows import Rows
from zhiheng.methods.taylor import Estimates

VERSION = "2"
MOST = 1_000_000


@dataclass(frozen=True)
class Replicates:
    """A sample with its replicate weights: ``weights`` (rows, replicates) beside the full ``weight`` (rows).

    The covariance of an estimate t is scale x sum_r rscales_r (t_r - centre)(t_r - centre)'; the centre is
    the mean of the t_r, or the full estimate with ``about_estimate`` (Wolter 2007, chapters 3 to 5).
    """

    weight: Any
    weights: Any
    scale: float
    rscales: Any
    df: int | None = None
    method: str = "replicates"
    about_estimate: bool = False

    def __post_init__(self) -> None:
        weight, weights = arrays.numbers(self.weight, "weight"), arrays.numbers(self.weights, "weights")
        rscales = np.atleast_1d(arrays.numbers(self.rscales, "rscales"))
        scale = float(arrays.vector(self.scale, "scale", size=1)[0])
        if weight.ndim != 1 or weights.ndim != 2 or weights.shape != (weight.size, rscales.size):
            raise BadInput(
                "The replicate weights do not fit.", "Rows x replicates, with one scale a replicate."
            )
        if not np.all(np.isfinite(weight) & (weight > 0)) or not np.all(
            np.isfinite(weights) & (weights >= 0)
        ):
            raise BadInput("A weight is negative or unknown.", "Full weights > 0, replicate weights >= 0.")
        if not (np.all(np.isfinite(rscales) & (rscales >= 0)) and scale > 0):
            raise BadInput(
                "A scale is negative or unknown.", "Give the scales that come with the replicates."
            )
        if self.df is not None:
            object.__setattr__(self, "df", arrays.whole(self.df, "degrees of freedom", least=0))
        arrays.flag(self.about_estimate, "mark of the centre")
        for name, value in (("weight", weight), ("weights", weights), ("rscales", rscales)):
            object.__setattr__(self, name, arrays.frozen(value))
        object.__setattr__(self, "scale", scale)

    def estimate(self, statistic: Callable[[np.ndarray], Any]) -> Estimates:
        """Return ``statistic(weight)``, a number or vector, with its covariance over the replicates.

        >>> r = jackknife(Rows.of([1.0] * 4))
        >>> found = r.estimate(lambda w: w @ np.array([3.0, 5, 4, 8]) / w.sum())
        >>> print(found.estimate, round(found.standard_error, 4))
        5.0 1.0801
        """
        if not callable(statistic):
            raise BadInput("The statistic is no function.", "Give one of the weights, as lambda w: w @ y.")
        whole = arrays.numbers(statistic(self.weight), "statistic")
        each = arrays.numbers([statistic(column) for column in self.weights.T], "statistic")
        if not np.isfinite(whole).all() or not np.isfinite(each).all():
            raise BadInput(
                "A replicate gives no estimate.", "Its rows may all have weight zero: use fewer domains."
            )
        # Where no replicate counts, as in a census, there is no spread about any centre.
        counted = each[self.rscales > 0] if self.rscales.any() else each
        centre = whole if self.about_estimate else counted.mean(0)
        away = (each - centre).reshape(each.shape[0], -1)
        covariance = self.scale * (away.T * self.rscales) @ away
        df = self.df if self.df is not None else int(np.linalg.matrix_rank(self.weights)) - 1
        if whole.ndim == 0:
            return Estimates(float(whole), float(covariance[0, 0]), df, self.weight.size, self.method)
        return Estimates(whole, covariance, df, self.weight.size, self.method)

    def mean(self, y: Any, *, domain: Any = None) -> Estimates:
        """Return sum w y / sum w over a domain, of one column or of several.

        ``domain`` marks the rows inside by true and false, or 1 and 0. The jackknife of a plain mean has the
        textbook error s / sqrt(n), here sqrt(14 / 3 / 4) (Wolter 2007, 4.2).

        >>> found = jackknife(Rows.of([1.0] * 4)).mean([3.0, 5, 4, 8])
        >>> print(found.estimate, round(found.standard_error, 4), found.df)
        5.0 1.0801 3
        """
        y = arrays.numbers(y, "values")
        if y.shape[:1] != self.weight.shape:
            raise BadInput("The rows do not fit.", "Give one value a row.")
        inside = np.ones(self.weight.size, dtype=bool)
        if domain is not None:
            inside = arrays.marks(domain, "domain", self.weight.size)
        if not inside.any() or not np.isfinite(y[inside]).all():
            raise BadInput("The domain is empty or holds unknown values.", "Leave unknown rows out.")
        values = y[inside]

        def share(weight: np.ndarray) -> np.ndarray:
            part = weight[inside]
            return part @ values / part.sum() if part.any() else np.full(values.shape[1:], np.nan)

        return self.estimate(share)


def jackknife(rows: Rows) -> Replicates:
    """Return JKn: each replicate leaves one primary unit out and spreads its stratum's weight on the others.

    Weights of the stratum x n_h / (n_h - 1), rscale (1 - f_h)(n_h - 1) / n_h (Wolter 2007, 4.5). With one
    stratum it is JK1. A stratum with one primary unit cannot be spread and is refused. Calibrated weights are
    taken back to those of the draw and calibrated in each replicate (R survey: ``as.svrepdesign``, then
    ``postStratify``, ``rake`` or ``calibrate``).

    >>> jackknife(Rows.of([2.0, 2.0, 2.0])).weights.tolist()
    [[0.0, 3.0, 3.0], [3.0, 0.0, 3.0], [3.0, 3.0, 0.0]]
    """
    stratum, unit, home = _primary(rows)
    counts = np.bincount(home)
    _refuse_lonely(counts)
    mine = unit[:, None] == np.arange(home.size)
    same = stratum[:, None] == home
    factor = np.where(mine, 0.0, np.where(same, (counts / (counts - 1))[home], 1.0))
    rscales = (1 - rows.fraction[home]) * ((counts - 1) / counts)[home]
    return _replicated(rows, factor, 1.0, rscales, "jackknife")


def balanced(rows: Rows, *, fay: float = 0.0) -> Replicates:
    """Return balanced half samples of a draw of two primary units a stratum (McCarthy 1969).

    Replicate r takes one unit of each stratum by the sign of a Hadamard matrix; its weights are x (2 - fay),
    those of the other x fay (Fay: Judkins 1990); scale 1 / (R (1 - fay)^2). With populations the factors are
    1 +- (1 - fay) sqrt(1 - f_h), so that the variance of a total keeps its 1 - f_h. Strata with other than
    two units are refused: take ``jackknife`` or ``bootstrap``.

    >>> balanced(Rows.of([1.0] * 4, stratum=[0, 0, 1, 1])).weights.tolist()
    [[2.0, 0.0, 2.0, 0.0], [0.0, 2.0, 0.0, 2.0], [2.0, 2.0, 0.0, 0.0], [0.0, 0.0, 2.0, 2.0]]
    """
    fay = arrays.number(fay, "factor")
    if not 0 <= fay < 1:
        raise BadInput(f"A factor of {fay} is not in [0, 1).", "Give 0 for plain half samples, or 0.3.")
    stratum, unit, home = _primary(rows)
    counts = np.bincount(home)
    if np.any(counts != 2):
        raise BadInput("A stratum has other than two primary units.", "Use the jackknife or the bootstrap.")
    size = 1 << int(counts.size).bit_length()
    signs = hadamard(size)[1 : counts.size + 1]
    second = np.zeros(home.size, dtype=bool)
    second[np.unique(home[::-1], return_index=True)[1]] = True
    second = second[::-1]
    taken = np.where(second[unit][:, None], -1, 1) * signs[stratum]
    move = (1 - fay) * np.sqrt(1 - rows.fraction)[stratum][:, None]
    scale = 1 / (size * (1 - fay) ** 2)
    return _replicated(rows, 1 + taken * move, scale, np.ones(size), "balanced half samples")


def bootstrap(rows: Rows, replicates: int, rng: np.random.Generator) -> Replicates:
    """Return the rescaled bootstrap (Rao & Wu 1988; Rao, Wu & Yue 1992).

    Each replicate draws n_h - 1 of the n_h primary units of a stratum with replacement; a unit drawn m times
    has its weights x m n_h / (n_h - 1). With populations the factor is 1 - c + c m n_h / (n_h - 1) with
    c = sqrt(1 - f_h).

    >>> b = bootstrap(Rows.of([1.0] * 6, stratum=[0, 0, 0, 1, 1, 1]), 50, np.random.default_rng(1))
    >>> b.weights.shape, float(b.weights.sum(0).min()), float(b.weights.sum(0).max())
    ((6, 50), 6.0, 6.0)
    """
    asked = arrays.number(replicates, "number of replicates")
    if not 2 <= asked <= MOST or asked != int(asked):
        raise BadInput("One replicate has no spread, and there is no part of one.", "Ask for 500, say.")
    if not isinstance(rng, np.random.Generator):
        raise BadInput(
            "There is nothing to draw with.", "Give numpy.random.default_rng(seed), seed on record."
        )
    replicates = int(asked)
    _stratum, unit, home = _primary(rows)
    counts = np.bincount(home)
    _refuse_lonely(counts)
    times = np.empty((home.size, replicates))
    for h, count in enumerate(counts):
        times[home == h] = rng.multinomial(count - 1, np.full(count, 1 / count), replicates).T
    shrink = np.sqrt(1 - rows.fraction)[home][:, None]
    factor = 1 - shrink + shrink * times * (counts / (counts - 1))[home][:, None]
    return _replicated(rows, factor[unit], 1 / replicates, np.ones(replicates), "bootstrap")


def _primary(rows: Rows) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the stratum and the primary unit of each row, and the stratum of each unit."""
    if len(arrays.instance(rows, Rows, "rows").stages) > 1 and rows.fraction.any():
        raise BadInput(
            "Replicates of the first stage leave out the error within its units.",
            "Leave out the population of the first stage, which is the safe side, or take taylor.",
        )
    stratum, unit = rows.primary
    return stratum, unit, stratum[np.unique(unit, return_index=True)[1]]


def _replicated(rows: Rows, factor: np.ndarray, scale: float, rscales: Any, method: str) -> Replicates:
    """Put the factors of the replicates on the weights of the draw, and calibrate each as the sample was."""
    drawn = rows.weight if rows.drawn is None else rows.drawn
    weights = rows.recalibrated(drawn[:, None] * factor)
    return Replicates(rows.weight, weights, scale, rscales, rows.df, method)


def _refuse_lonely(counts: np.ndarray) -> None:
    if np.any(counts < 2):
        raise BadInput("A stratum has one primary unit.", "Join it with a like stratum before replicating.")
