"""Whether regions draw nearer to each other, told apart from what sampling alone makes of their figures.

Regions with bad luck in one survey look better in the next, whatever happens: the spread of figures and their
regression on the start both show a drawing together that is none (Friedman 1992). Here the known sampling
errors are taken out of both.
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
class Spread:
    """The spread of regions at each period: as seen, and without sampling error, in the unit of the figures.

    ``error`` is that of ``own`` squared, a variance; ``own`` is 0 where the regions differ no more than
    samples of one and the same would.
    """

    seen: np.ndarray
    own: np.ndarray
    error: np.ndarray
    units: int
    method: str = "sigma-convergence"
    version: str = VERSION


@dataclass(frozen=True)
class CatchingUp:
    """The slope of the change on the start, its error and limits, and what is left of a lead each period.

    ``naive`` is the slope without regard to sampling errors; ``kept`` is (1 + slope)^(1 / periods), below 1
    where regions draw together, None where 1 + slope is not above zero.
    """

    slope: float
    standard_error: float
    lower: float
    upper: float
    naive: float
    kept: float | None
    units: int
    confidence: float
    method: str = "beta-convergence"
    version: str = VERSION


def spread(figures: Any, errors: Any) -> Spread:
    """Return the standard deviation of regions (rows) at each period (columns), sampling error taken out.

    own_t^2 = s_t^2 - mean_i e_it^2, at least 0, with s_t^2 the variance over n regions (n - 1) and e_it the
    standard errors of the figures (0 where a figure is known). Error of own_t^2, for regions about normal:
    s_t^2 sqrt(2 / (n - 1)). Falling ``own`` is sigma convergence (Barro & Sala-i-Martin 1992).

    >>> found = spread([[90, 93], [94, 95], [98, 97]], [[1, 1], [2, 1], [2, 1]])
    >>> print(found.seen.tolist(), found.own.round(4).tolist())
    [4.0, 2.0] [3.6056, 1.7321]
    """
    x = arrays.table(figures, "figures", least=3)
    e = _errors(errors, x)
    square = x.var(axis=0, ddof=1)
    own = np.maximum(square - (e**2).mean(axis=0), 0.0)
    return Spread(np.sqrt(square), np.sqrt(own), square * np.sqrt(2 / (len(x) - 1)), len(x))


def catching_up(
    before: Any, after: Any, errors_before: Any, *, periods: int = 1, confidence: float = 0.95
) -> CatchingUp:
    """Return by how much a region that was ahead fell back against the others, sampling error taken out.

    The line of the change d = after - before on the start x has the slope S_xd / S_xx. Sampling error e of
    the start lowers S_xd and raises S_xx by its mean square: slope = (S_xd + mean e^2) / (S_xx - mean e^2),
    with S over n - 1 (Fuller 1987, 1.2; Barro & Sala-i-Martin 1992). ``before`` and ``after`` come from
    independent samples; errors of the latter need not be known. Standard error by leaving out one region at a
    time, limits by Student's t with n - 2. ``periods`` is the time between both.

    Refused where what the regions differ by at the start, without sampling, is below its own error: there is
    nothing to catch up with, and the slope would be anything.

    >>> found = catching_up([90, 92, 95, 99], [92, 93, 95.5, 98], [1, 1, 1, 1], periods=5)
    >>> print(round(found.slope, 4), round(found.naive, 4), round(found.kept, 4))
    -0.2674 -0.3152 0.9397
    """
    x = arrays.vector(before, "figures of the start", least=4)
    y = arrays.vector(after, "figures of the end", size=x.size)
    e = _errors(arrays.vector(errors_before, "errors", size=x.size), x)
    arrays.between(confidence, 0, 1, "confidence")
    periods = arrays.whole(periods, "number of periods")
    start, d = spread(x[:, None], e[:, None]), y - x
    if not start.own[0] ** 2 > start.error[0]:
        raise _no_lead()
    slope = _slope(x, d, e)
    kept = np.ones(x.size, dtype=bool)
    without = []
    for place in range(x.size):
        kept[place] = False
        without.append(_slope(x[kept], d[kept], e[kept]))
        kept[place] = True
    error = float(np.sqrt((x.size - 1) / x.size * ((np.array(without) - np.mean(without)) ** 2).sum()))
    half = float(special.stdtrit(x.size - 2, (1 + confidence) / 2)) * error
    left = float((1 + slope) ** (1 / periods)) if slope > -1 else None
    naive = _slope(x, d, np.zeros(x.size))
    return CatchingUp(slope, error, slope - half, slope + half, naive, left, x.size, confidence)


def _slope(x: np.ndarray, d: np.ndarray, e: np.ndarray) -> float:
    away, noise = x - x.mean(), float((e**2).mean())
    own = float(away @ away) / (x.size - 1) - noise
    if not own > 1e-12 * (noise + x.mean() ** 2):
        raise _no_lead()
    return (float(away @ d) / (x.size - 1) + noise) / own


def _no_lead() -> BadInput:
    return BadInput(
        "The regions differ at the start hardly more than their samples would.",
        "There is no lead to lose: publish the figures with their limits.",
    )


def _errors(errors: Any, x: np.ndarray) -> np.ndarray:
    e = arrays.numbers(errors, "errors")
    if e.shape != x.shape or not np.all(np.isfinite(e) & (e >= 0)):
        raise BadInput(
            "The errors do not fit the figures.", "Give a standard error of zero or more for each."
        )
    return e
