"""Finds when the level of a series changed, how surely, and whether it did at all.

Figures are taken as independent around a level that stays between changes; a series that drifts shows
"changes" where there are none: look at ``structural`` first.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"


@dataclass(frozen=True)
class Segments:
    """The first period of each new level (from 0), the levels, their errors, and the level of each period."""

    changes: np.ndarray
    levels: np.ndarray
    errors: np.ndarray
    fitted: np.ndarray
    penalty: float
    method: str = "penalised-levels"
    version: str = VERSION


def segments(figures: Any, errors: Any = None, *, penalty: float | None = None, least: int = 2) -> Segments:
    """Return the levels that minimise sum ((y - level) / error)^2 + penalty x number of changes.

    Exact by optimal partitioning (Jackson and others 2005), n^2 steps. ``penalty`` is 2 ln n by default, two
    parameters a change (Schwarz 1978); a level lasts ``least`` periods or more. Without ``errors`` one for
    all is read off the changes from period to period: their median size / (0.6745 sqrt 2).

    >>> found = segments([1, 1.1, 0.9, 1, 3, 3.1, 2.9, 3], [0.1] * 8)
    >>> print(found.changes.tolist(), found.levels.round(2).tolist())
    [4] [1.0, 3.0]
    """
    y, s = _series(figures, errors)
    n = y.size
    cost_of_change = 2 * np.log(n) if penalty is None else arrays.number(penalty, "penalty")
    least = arrays.whole(least, "least length", least=0)
    if not cost_of_change >= 0 or least < 1 or 2 * least > n:
        raise BadInput(
            "The penalty or the least length means nothing.", "Give 0 or more, and under half of n."
        )
    sums = [np.concatenate([[0.0], np.cumsum(part)]) for part in (1 / s**2, y / s**2, (y / s) ** 2)]

    def cost(first: np.ndarray, end: int) -> np.ndarray:
        w, wy, wyy = (part[end] - part[first] for part in sums)
        return np.maximum(wyy - wy**2 / w, 0.0)

    best, before = np.full(n + 1, np.inf), np.zeros(n + 1, dtype=int)
    best[0], starts = -cost_of_change, np.array([0])
    for end in range(least, n + 1):
        values = best[starts] + cost(starts, end) + cost_of_change
        place = int(np.argmin(values))
        best[end], before[end] = values[place], starts[place]
        starts = np.append(starts, end - least + 1)
    ends = [n]
    while before[ends[-1]] > 0:
        ends.append(int(before[ends[-1]]))
    edges = np.array([0, *ends[::-1]])
    weight = np.array([sums[0][b] - sums[0][a] for a, b in pairwise(edges)])
    total = np.array([sums[1][b] - sums[1][a] for a, b in pairwise(edges)])
    levels = total / weight
    return Segments(
        edges[1:-1], levels, 1 / np.sqrt(weight), np.repeat(levels, np.diff(edges)), cost_of_change
    )


@dataclass(frozen=True)
class OneChange:
    """The likeliest change, its step with error, the chance of each place, and p of "no change at all"."""

    change: int
    step: float
    standard_error: float
    chances: np.ndarray
    statistic: float
    p_value: float
    method: str = "largest-step"
    version: str = VERSION


def one(
    figures: Any, errors: Any, rng: np.random.Generator, *, least: int = 1, draws: int = 2000
) -> OneChange:
    """Test for one change of level somewhere, and say where.

    Z_k = (mean from k on - mean before k) / its error, means weighted by 1 / error^2; statistic max |Z_k|, p
    by ``draws`` series of the given errors without a change (Hawkins 1977; Andrews 1993). ``chances`` [k],
    that the new level begins with period k given that there is one change: in proportion to exp(Z_k^2 / 2) /
    sqrt(W1 W2) with the levels integrated out (Smith 1975). ``standard_error`` takes the place as known.

    >>> found = one([1, 1.1, 0.9, 1, 3, 3.1, 2.9, 3], [0.1] * 8, np.random.default_rng(1), draws=200)
    >>> print(found.change, round(found.step, 3), found.chances[4].round(3), found.p_value < 0.01)
    4 2.0 1.0 True
    """
    y, s = _series(figures, errors)
    draws, least = (
        arrays.whole(draws, "number of draws", least=0),
        arrays.whole(least, "least length", least=0),
    )
    arrays.generator(rng)
    if draws < 1 or not 1 <= least <= y.size // 2:
        raise BadInput(
            "There are no draws, or no place for a change.", "Give 2000, and a short least length."
        )
    w = 1 / s**2
    places = np.arange(least, y.size - least + 1)
    w1 = np.cumsum(w)[places - 1]
    w2 = w.sum() - w1

    def steps(series: np.ndarray) -> np.ndarray:
        total = np.cumsum(series * w, axis=-1)
        before = total[..., places - 1]
        return (total[..., -1:] - before) / w2 - before / w1

    step, error = steps(y), np.sqrt(1 / w1 + 1 / w2)
    z = step / error
    best = int(np.argmax(np.abs(z)))
    largest = np.abs(steps(rng.standard_normal((draws, y.size)) * s) / error).max(axis=1)
    weight = z**2 / 2 - np.log(w1 * w2) / 2
    chance = np.exp(weight - weight.max())
    chances = np.zeros(y.size)
    chances[places] = chance / chance.sum()
    statistic = float(abs(z[best]))
    return OneChange(
        int(places[best]),
        float(step[best]),
        float(error[best]),
        chances,
        statistic,
        (1 + int((largest >= statistic).sum())) / (1 + draws),
    )


def _series(figures: Any, errors: Any) -> tuple[np.ndarray, np.ndarray]:
    y = arrays.vector(figures, "figures", least=4)
    if errors is None:
        noise = float(np.median(np.abs(np.diff(y)))) / (0.6745 * np.sqrt(2))
        if not noise > 0:
            raise BadInput("Most figures repeat the one before.", "Give their standard errors.")
        return y, np.full(y.size, noise)
    s = arrays.vector(errors, "errors", size=y.size)
    if np.any(s <= 0):
        raise BadInput("A standard error is not above zero.", "Give errors above zero.")
    return y, s
