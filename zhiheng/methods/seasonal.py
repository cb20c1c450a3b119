"""Takes out of a series what comes back every year.

Two ways from the literature: ratios to a moving average, and local regression. A third, with errors, is the
model of ``structural`` with ``seasons``. Checked against R decompose and stl.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"
Kind = Literal["additive", "multiplicative"]


@dataclass(frozen=True)
class Decomposed:
    """Trend, season and remainder of every period (NaN where a moving average does not reach), and the rest.

    ``adjusted`` is the series without its season; ``weight`` is 1 unless a robust fit made an outlier count
    less.
    """

    trend: np.ndarray
    season: np.ndarray
    remainder: np.ndarray
    adjusted: np.ndarray
    weight: np.ndarray
    method: str
    version: str = VERSION


def classical(figures: Any, period: int, *, kind: Kind = "additive") -> Decomposed:
    """Return the decomposition by a centred moving average over a year (Macaulay 1931).

    Season: mean by place in the year of y - trend (or y / trend), made to sum to 0 (average to 1). The season
    stays the same over the years; half a year of trend is missing at both ends.

    >>> found = classical([1, 3, 2, 4, 3, 5, 4, 6], 2)
    >>> print(found.season[:2].tolist(), found.trend[1:3].tolist())
    [-0.75, 0.75] [2.25, 2.75]
    """
    y, p = _series(figures, period)
    if not arrays.is_one_of(kind, Kind):
        raise BadInput(f"There is no kind {kind!r}.", "Give 'additive' or 'multiplicative'.")
    if kind == "multiplicative" and np.any(y <= 0):
        raise BadInput("A figure is not above zero.", "Take the additive kind.")
    weights = np.full(p, 1 / p) if p % 2 else np.r_[0.5, np.ones(p - 1), 0.5] / p
    trend, reach = np.full(y.size, np.nan), len(weights) // 2
    trend[reach : y.size - reach] = np.convolve(y, weights, mode="valid")
    free = y - trend if kind == "additive" else y / trend
    places = np.arange(y.size) % p
    means = np.array([np.nanmean(free[places == place]) for place in range(p)])
    means = means - means.mean() if kind == "additive" else means / means.mean()
    season = means[places]
    if kind == "additive":
        rest, adjusted = y - trend - season, y - season
    else:
        rest, adjusted = y / (trend * season), y / season
    return Decomposed(trend, season, rest, adjusted, np.ones(y.size), f"classical-{kind}")


def stl(
    figures: Any,
    period: int,
    *,
    season_window: int | None = 7,
    trend_window: int | None = None,
    is_robust: bool = False,
) -> Decomposed:
    """Return the seasonal-trend decomposition by local regression (Cleveland and others 1990).

    ``season_window``: odd number of years of the local constant of a season, None for seasons that stay;
    ``trend_window``: odd number of periods, by default the next odd above 1.5 period / (1 - 1.5 /
    season_window). Two inner rounds; with ``is_robust`` one inner round in each of 15 outer ones, weights
    (1 - (r / 6 median |r|)^2)^2. Every point is fitted, none interpolated. For rates near 0 or 1 give logits.

    >>> t = np.arange(24.0)
    >>> found = stl(t + np.where(t % 2 == 0, 1, -1), 2)
    >>> print(found.season.round(3).tolist()[:2], found.trend.round(3).tolist()[:2])
    [1.009, -1.009] [-0.004, 0.999]
    """
    y, p = _series(figures, period)
    is_periodic = season_window is None
    width = 10 * y.size + 1 if is_periodic else _odd(season_window, "season_window")
    if trend_window is None:
        trend_window = _next_odd(1.5 * p / (1 - 1.5 / width))
    trend_width, low_width = _odd(trend_window, "trend_window"), _next_odd(p)
    weight, trend, season = np.ones(y.size), np.zeros(y.size), np.zeros(y.size)
    is_robust = arrays.flag(is_robust, "mark of a robust fit")
    for _outer in range(16 if is_robust else 1):
        for _inner in range(1 if is_robust else 2):
            cycles = _cycles(y - trend, weight, p, width)
            low = _loess(_average(_average(_average(cycles, p), p), 3), low_width, 1, np.ones(y.size))
            season = cycles[p : p + y.size] - low
            trend = _loess(y - season, trend_width, 1, weight)
        if not is_robust:
            break
        size = np.abs(y - trend - season)
        reach = 6 * np.median(size)
        if not reach > 0:
            break
        weight = np.where(size < reach, (1 - np.minimum(size / reach, 1) ** 2) ** 2, 0.0)
        weight[size <= 0.001 * reach] = 1.0
    if is_periodic:
        places = np.arange(y.size) % p
        season = np.array([season[places == place].mean() for place in range(p)])[places]
    return Decomposed(trend, season, y - trend - season, y - season, weight, "stl")


def _cycles(x: np.ndarray, weight: np.ndarray, p: int, width: int) -> np.ndarray:
    """Smooth the figures of each place in the year over the years, with one year added at both ends."""
    found = np.empty(x.size + 2 * p)
    for place in range(p):
        part = x[place::p]
        at = np.arange(-1, part.size + 1)
        found[place::p] = _loess(part, width, 0, weight[place::p], at)
    return found


def _average(x: np.ndarray, size: int) -> np.ndarray:
    return np.convolve(x, np.full(size, 1 / size), mode="valid")


def _loess(
    y: np.ndarray, width: int, degree: int, weight: np.ndarray, at: np.ndarray | None = None
) -> np.ndarray:
    """Return local constants or lines through the ``width`` nearest points, tricube weights."""
    n, points = y.size, np.arange(y.size) if at is None else at
    x, near = np.arange(n), min(width, n)
    left = np.clip(points - (near - 1) // 2, 0, n - near)
    reach = np.maximum(points - left, left + near - 1 - points).astype(float)
    # A window wider than the series reaches beyond it.
    reach += max(width - n, 0) // 2
    distance = np.abs(points[:, None] - x)
    inside = (x >= left[:, None]) & (x < left[:, None] + near)
    ratio = np.minimum(distance / np.maximum(reach, 1e-300)[:, None], 1.0)
    w = np.where(inside & (ratio <= 0.999), (1 - ratio**3) ** 3, 0.0)
    w = np.where(inside & (ratio <= 0.001), 1.0, w) * weight
    total = w.sum(axis=1)
    if not np.all(total > 0):
        raise BadInput(
            "All figures near one period are outliers.", "Take is_robust=False, or a wider window."
        )
    w = w / total[:, None]
    if degree == 0:
        return w @ y
    centre = w @ x
    spread = (w * (x - centre[:, None]) ** 2).sum(axis=1)
    is_line = np.sqrt(spread) > 0.001 * (n - 1)
    slope = np.where(is_line, (points - centre) / np.where(is_line, spread, 1.0), 0.0)
    return (w * (1 + slope[:, None] * (x - centre[:, None]))) @ y


def _series(figures: Any, period: int) -> tuple[np.ndarray, int]:
    p = arrays.whole(period, "number of periods a year", least=2)
    return arrays.vector(figures, "figures", least=2 * p + 1), p


def _odd(width: int, name: str) -> int:
    found = arrays.number(width, name)
    if not found.is_integer() or found < 3 or found % 2 == 0:
        raise BadInput(f"The {name} of {width} is no odd number of 3 or more.", "Give 7, 9, ...")
    return int(found)


def _next_odd(value: float) -> int:
    whole = int(np.ceil(value))
    return whole + 1 - whole % 2
