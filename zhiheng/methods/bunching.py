"""Looks for results that crowd just above a limit: what should have failed was lifted over it.

``x`` passes where it is at least ``limit``; for an upper limit hand in -x and -limit. Values and limits carry
one unit. A crowd is a sign for a look at raw records: who controls a process to a limit crowds there
honestly.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays
from zhiheng.methods.digits import LARGEST, numbers

VERSION = "1"
# Of the rule of thumb for a triangular kernel at an edge (McCrary 2008, section 3.2).
EDGE = 3.348
CURVE = 4
FEWEST, MOST_BINS = 10, 1_000_000


@dataclass(frozen=True)
class Near:
    """Counts within one width below and above the limit; ``p`` for that many above by chance."""

    below: int
    above: int
    p: float
    version: str = VERSION


@dataclass(frozen=True)
class Jump:
    """The densities on either side of the limit, per unit of x, and their log ratio; ``p`` for a rise."""

    n: int
    below: float
    above: float
    log_ratio: float
    standard_error: float
    z: float
    p: float
    width: float
    bandwidth: float
    version: str = VERSION


@dataclass(frozen=True)
class Excess:
    """How many results too many lie just above and too few just below a smooth curve; ``p`` for too many."""

    above: float
    above_error: float
    below: float
    below_error: float
    p: float
    edges: np.ndarray
    counts: np.ndarray
    smooth: np.ndarray
    version: str = VERSION


def near(x: Any, limit: float, width: float) -> Near:
    """Return the test that as many lie in [limit, limit + w) as in [limit - w, limit).

    p = P(Binomial(a + b, 1/2) >= a), a above and b below, exact (Cattaneo, Frandsen & Titiunik 2015). Holds
    where the density is level within ``width`` w, so take it small, and a multiple of the last digit.

    >>> found = near([9.8, 10.0, 10.1, 10.1, 10.2, 10.0, 12.0], 10, 0.5)
    >>> found.below, found.above, round(found.p, 4)
    (1, 5, 0.1094)
    """
    x, limit = numbers(x), _one(limit, "limit")
    _size(width, "width")
    slack = 1e-9 * width
    above = int(((x >= limit - slack) & (x < limit + width - slack)).sum())
    below = int(((x < limit - slack) & (x >= limit - width - slack)).sum())
    if not above + below:
        raise BadInput("No value lies within that width of the limit.", "Give a larger width.")
    return Near(below, above, float(special.bdtrc(above - 1, above + below, 0.5)) if above else 1.0)


def density_jump(x: Any, limit: float, *, unit: float = 0.0, bandwidth: float | None = None) -> Jump:
    """Return the test that the density is the same on either side of the limit (McCrary 2008).

    Values are counted in bins of b = 2 s / sqrt n from the limit on (s their deviation), heights y = count /
    (n b). f+ and f- are the ends at the limit of lines through the heights of either side, weighted by 1 -
    |distance| / h. theta = log f+ - log f-, se = sqrt(24/5 (1/f+ + 1/f-) / (n h)). Unless given,
    ``bandwidth`` h is the mean over both sides of 3.348 (s_e^2 range / sum f''^2)^(1/5), with f and the
    residual variance s_e^2 of a curve of degree 4 through the heights.

    ``unit`` is the last recorded digit: bins become multiples of it and the edge lies half of it below the
    limit, or rounded values would jump by themselves. Needs some hundreds of values.

    >>> x = np.concatenate([np.linspace(8, 12, 801), np.linspace(10, 10.3, 80)])
    >>> found = density_jump(x, 10.0, bandwidth=0.8)
    >>> print(round(found.log_ratio, 2), round(found.standard_error, 2))
    0.98 0.21
    """
    x, limit = numbers(x), _one(limit, "limit")
    if unit := arrays.number(unit, "unit"):
        _size(unit, "unit")
    if bandwidth is not None:
        _size(bandwidth, "bandwidth")
    spread = x.std(ddof=1) if x.size > 1 else 0.0
    if not spread > 0:
        raise BadInput("The values do not vary.", "Look at ``near`` instead.")
    width = 2 * spread / np.sqrt(x.size)
    if unit:
        width = unit * max(np.round(width / unit), 1)
    edge = limit - unit / 2
    bins = np.floor((x - edge) / width + (0 if unit else 1e-9))
    if not bins.min() < -1 or bins.max() < 1 or np.ptp(bins) > MOST_BINS:
        raise BadInput("The values do not lie on both sides of the limit.", "Check the limit and its unit.")
    start = int(bins.min())
    bins = bins.astype(np.int64)
    counts = np.bincount(bins - start)
    middle = (np.arange(start, start + counts.size) + 0.5) * width
    height = counts / (x.size * width)
    sides = middle < 0, middle > 0
    if bandwidth is None:
        bandwidth = float(np.mean([_bandwidth(middle[side], height[side]) for side in sides]))
    below, above = (_end(middle[side], height[side], bandwidth) for side in sides)
    if not (below > 0 and above > 0):
        raise BadInput(
            "There is no density on one side of the limit.", "Look at ``near``, or give a larger bandwidth."
        )
    theta = float(np.log(above / below))
    error = float(np.sqrt(24 / 5 * (1 / above + 1 / below) / (x.size * bandwidth)))
    z = theta / error
    p = float(special.ndtr(-z))
    return Jump(x.size, below, above, theta, error, z, p, float(width), float(bandwidth))


def _bandwidth(middle: np.ndarray, height: np.ndarray) -> float:
    if middle.size < FEWEST:
        raise BadInput(
            f"{middle.size} bins on one side are too few to choose a bandwidth.",
            "Give one, or more values.",
        )
    reach = float(np.abs(middle).max())
    curve = np.polynomial.Polynomial.fit(middle, height, CURVE)
    residual = float(((height - curve(middle)) ** 2).mean())
    bend = float((curve.deriv(2)(middle) ** 2).sum())
    # A straight or perfectly fitted side leaves no reason to stay near the limit.
    if bend * reach**5 <= 1e-12 * residual or residual == 0:
        return reach
    return float(min(EDGE * (residual * reach / bend) ** 0.2, reach))


def _end(middle: np.ndarray, height: np.ndarray, bandwidth: float) -> float:
    """Return the height at 0 of the line through the heights near it."""
    weight = np.maximum(1 - np.abs(middle) / bandwidth, 0)
    if (weight > 0).sum() < 2:
        raise BadInput("The bandwidth holds fewer than two bins of a side.", "Give a larger bandwidth.")
    w0, w1, w2 = weight.sum(), weight @ middle, weight @ middle**2
    return float((w2 * (weight @ height) - w1 * (weight @ (middle * height))) / (w0 * w2 - w1 * w1))


def excess(
    x: Any, limit: float, width: float, *, window: int = 1, reach: int = 20, degree: int = 3
) -> Excess:
    """Return the excess just above a limit over a smooth curve (Chetty et al. 2011; Kleven 2016).

    Counts c_j of bins of ``width``, ``reach`` of them on either side; a polynomial of ``degree`` is fitted by
    least squares to all but the ``window`` bins on either side of the limit, and gives s_j there. Excess =
    sum (c_j - s_j) over the window above, the lack likewise below (negative where values are missing). Counts
    are taken as Poisson: variance sum c_j + a' diag(c) a, s = A c, a the sum of its rows. p = P(Z >= excess /
    error). Make ``width`` a multiple of the last recorded digit.

    >>> x = np.concatenate([np.linspace(8, 11.99, 400), np.full(30, 10.05), np.linspace(8, 11.99, 400)])
    >>> found = excess(x, 10.0, 0.1)
    >>> print(round(found.above, 1), round(found.above_error, 1))
    30.0 7.2
    """
    x, limit = numbers(x), _one(limit, "limit")
    _size(width, "width")
    window, reach, degree = (
        arrays.whole(value, name, least=0)
        for value, name in ((window, "window"), (reach, "reach"), (degree, "degree"))
    )
    if not (1 <= window < reach <= 1000 and 1 <= degree <= 9 and 2 * (reach - window) > degree + 1):
        raise BadInput(
            "The curve has too few bins to be fitted to, or too many.",
            "Give a larger reach, or a smaller window.",
        )
    # Values on an edge belong to the bin above it; what is recorded in tenths is not quite on it.
    bins = np.floor((x - limit) / width + 1e-9)
    inside = bins[(bins >= -reach) & (bins < reach)].astype(int) + reach
    counts = np.bincount(inside, minlength=2 * reach).astype(float)
    place = (np.arange(2 * reach) - reach + 0.5) / reach
    free = np.abs(place) * reach > window
    if np.count_nonzero(counts[free]) <= degree:
        raise BadInput("Too few values lie around the window.", "Give a larger width, or more values.")
    powers = np.polynomial.legendre.legvander(place, degree)
    share = np.zeros((2 * reach, 2 * reach))
    share[:, free] = powers @ np.linalg.pinv(powers[free])
    smooth = share @ counts
    sums = []
    for side in (place > 0, place < 0):
        chosen = side & ~free
        weights = share[chosen].sum(axis=0)
        sums += [
            float((counts - smooth)[chosen].sum()),
            float(np.sqrt(counts[chosen].sum() + (weights**2 * counts).sum())),
        ]
    edges = limit + width * np.arange(-reach, reach + 1)
    p = float(special.ndtr(-sums[0] / sums[1])) if sums[1] else 1.0
    return Excess(*sums, p, edges, counts.astype(int), smooth)


def _one(value: float, name: str) -> float:
    found = arrays.number(value, name)
    if not abs(found) <= LARGEST:
        raise BadInput(f"The {name} is beyond {LARGEST:g}.", f"Give the {name} in the unit of the values.")
    return found


def _size(value: float, name: str) -> None:
    if not 1 / LARGEST <= arrays.number(value, name) <= LARGEST:
        raise BadInput(f"The {name} is not above zero.", f"Give a {name} in the unit of the values.")
