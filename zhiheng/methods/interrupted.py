"""Judges a measure by one series alone: the line before it, carried on, against what came.

The weakest of the designs here: whatever else began at the same time is counted as the measure. Prefer a
comparison (``differences``, ``synthetic``). Checked against R lm with the Newey-West sum written out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"


@dataclass(frozen=True)
class Change:
    """One coefficient with its error, limits and p-value."""

    estimate: float
    standard_error: float
    lower: float
    upper: float
    p_value: float


@dataclass(frozen=True)
class Interrupted:
    """The jump at the start, the change of slope per period, the mean effect, and the line without them."""

    jump: Change
    slope: Change
    mean_effect: Change
    line: np.ndarray
    fitted: np.ndarray
    start: int
    lags: int
    durbin_watson: float
    method: str = "segmented-regression"
    version: str = VERSION


def effect(
    figures: Any, start: int, *, errors: Any = None, lags: int | None = None, confidence: float = 0.95
) -> Interrupted:
    """Fit y_t = a + b t + c [t >= s] + d (t - s) [t >= s] + e_t, s = ``start`` counted from 0 (Wagner 2002).

    Least squares, weighted with 1 / error^2 where ``errors`` are given. Errors that depend on their
    neighbours: covariance n / (n - 4) B (sum_l w_l (G_l + G_l')) B, B = (X'WX)^-1, Bartlett w_l = 1 - l / (L
    + 1) (Newey & West 1987), L by default the whole part of 4 (n / 100)^(2/9); Student's t with n - 4. Mean
    effect: c + d (m - 1) / 2 over the m periods after. With fewer than about 20 periods the errors are too
    hopeful.

    >>> found = effect([1, 2.1, 2.9, 4, 7, 8.2, 8.9, 10.1], 4)
    >>> print(round(found.jump.estimate, 3), round(found.slope.estimate, 3), found.lags)
    2.1 0.02 2
    """
    y = arrays.vector(figures, "figures", least=6)
    n, s = y.size, arrays.whole(start, "start", least=0)
    arrays.between(confidence, 0, 1, "confidence")
    if not 2 <= s <= n - 2:
        raise BadInput("There are not two periods on both sides of the start.", "Give more periods.")
    weight = np.ones(n)
    if errors is not None:
        spread = arrays.vector(errors, "errors", size=n)
        if np.any(spread <= 0):
            raise BadInput("A standard error is not above zero.", "Give errors above zero, or none.")
        weight = 1 / spread**2
    size = int(4 * (n / 100) ** (2 / 9)) if lags is None else arrays.whole(lags, "number of lags", least=0)
    if not 0 <= size < n:
        raise BadInput(f"{lags} lags do not fit {n} periods.", "Give 0 or a few.")
    t, after = np.arange(n), np.arange(n) >= s
    x = np.column_stack([np.ones(n), t, after, (t - s) * after]).astype(float)
    bread = np.linalg.inv(x.T @ (x * weight[:, None]))
    beta = bread @ (x.T @ (weight * y))
    left = y - x @ beta
    covariance = bread @ _meat(x * (weight * left)[:, None], size) @ bread * n / (n - 4)
    m = n - s
    wanted = np.array([[0, 0, 1, 0], [0, 0, 0, 1], [0, 0, 1, (m - 1) / 2]])
    changes = [
        _change(float(row @ beta), float(np.sqrt(max(row @ covariance @ row, 0.0))), n - 4, confidence)
        for row in wanted
    ]
    square = float((left**2).sum())
    # Exact lines leave rounding alone, which follows no pattern worth a number.
    is_exact = square <= 1e-20 * float((y**2).sum())
    watson = 2.0 if is_exact else float((np.diff(left) ** 2).sum()) / square
    return Interrupted(*changes, x[:, :2] @ beta[:2], x @ beta, s, size, watson)


@dataclass(frozen=True)
class PlaceboStarts:
    """The |t| of the mean effect at false starts before the true one, and its rank among them."""

    starts: np.ndarray
    statistics: np.ndarray
    statistic: float
    p_value: float
    method: str = "placebo-starts"
    version: str = VERSION


def placebo(figures: Any, start: int, *, errors: Any = None, lags: int | None = None) -> PlaceboStarts:
    """Return the statistics at every earlier start, from the periods before the true one alone.

    p = (1 + number of false starts with |t| as large) / (1 + number of false starts). Neighbouring starts
    share figures, so it is a rank to look at and no exact test.

    >>> rng = np.random.default_rng(1)
    >>> found = placebo(np.arange(20.0) + rng.normal(0, 1, 20) + 9 * (np.arange(20) >= 14), 14)
    >>> print(found.starts.size, round(found.statistic, 1), found.p_value)
    9 33.3 0.1
    """
    true = effect(figures, start, errors=errors, lags=lags)
    start = true.start
    y = arrays.vector(figures, "figures")[:start]
    spread = None if errors is None else arrays.vector(errors, "errors")[:start]
    starts = np.arange(3, start - 2)
    if y.size < 8:
        raise BadInput("There are too few periods before the start.", "Give eight or more.")
    found = [effect(y, int(s), errors=spread, lags=lags).mean_effect for s in starts]
    statistics = np.array([_statistic(one) for one in found])
    own = _statistic(true.mean_effect)
    p = (1 + int((statistics >= own).sum())) / (1 + starts.size)
    return PlaceboStarts(starts, statistics, own, p)


def _statistic(change: Change) -> float:
    return abs(change.estimate) / change.standard_error if change.standard_error > 0 else np.inf


def _meat(scores: np.ndarray, lags: int) -> np.ndarray:
    total = scores.T @ scores
    for lag in range(1, lags + 1):
        cross = scores[lag:].T @ scores[:-lag]
        total += (1 - lag / (lags + 1)) * (cross + cross.T)
    return total


def _change(estimate: float, error: float, df: int, confidence: float) -> Change:
    half = float(special.stdtrit(df, (1 + confidence) / 2)) * error
    p = float(2 * special.stdtr(df, -abs(estimate) / error)) if error > 0 else float(estimate == 0)
    return Change(estimate, error, estimate - half, estimate + half, p)
