"""Exact chances of order sampling: what Pareto and sequential Poisson draws really give each unit.

Order sampling draws the n units with the smallest keys (Rosen 1997). Its nominal probabilities lambda are met
only nearly. With F_i(t) the chance that the key of unit i is at most t, the chance of the
unit is pi_i = integral of P(at most n - 1 of the other keys are below t) dF_i(t) (Aires 1999). ``working``
turns this round: it returns the lambda by which a Pareto draw has wanted chances.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, chances

VERSION = "1"
Kind = Literal["pareto", "sequential_poisson"]
# Events rarer than e to minus this are left out: less than the rounding of a sum of numbers up to 1.
RARE = 40.0
SETTLED = 1e-10
# Places times kinds of units that are worked out at once.
BATCH = 20_000
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(16)


def of_order(nominal: Any, n: int, kind: Kind = "pareto") -> np.ndarray:
    """Return the exact inclusion probabilities of an order sample of n units with these nominal ones.

    ``pareto``: keys [u / (1 - u)] / [lambda / (1 - lambda)]; ``sequential_poisson``: keys u / lambda. Units
    with lambda = 1 are certain. The integral is taken by Gauss-Legendre pieces, the chance of a count by
    Fourier inversion; both to about 1e-11. For one of two units by Pareto keys, with w = odds_1 / odds_2, it
    is w (w - 1 - log w) / (w - 1)^2: here 2.25 (1.25 - log 2.25) / 1.5625.

    >>> of_order([0.6, 0.4], 1).round(4).tolist()
    [0.6323, 0.3677]
    >>> of_order([0.5, 0.3, 0.2], 1, "sequential_poisson").round(4).tolist()
    [0.58, 0.26, 0.16]
    """
    nominal = chances.checked(nominal, is_fixed=False)
    n = arrays.whole(n, "number of units to draw", most=nominal.size, least=0)
    if not arrays.is_one_of(kind, Kind):
        raise BadInput(f"There is no order sampling {kind!r}.", "Give pareto or sequential_poisson.")
    found, free = np.ones(nominal.size), nominal < 1
    left = n - int((~free).sum())
    if left < 0:
        raise BadInput(f"More units are certain than the {n} to draw.", "Draw at least all certain units.")
    if left < free.sum():
        found[free] = _exact(nominal[free], left, kind) if left else 0.0
    return found


def working(pi: Any) -> np.ndarray:
    """Return the lambda by which a Pareto draw has exactly the inclusion probabilities ``pi``.

    Solved on the logits, logit lambda += logit pi - logit pi(lambda), until every pi is met to 1e-10 of
    itself (as Aires 1999 proposes); they are not scaled, for a common factor of the odds changes no draw.

    >>> working([0.5, 0.3, 0.2]).round(4).tolist()
    [0.4778, 0.3107, 0.2124]
    """
    pi = chances.checked(pi)
    free = pi < 1
    wanted, n = pi[free], round(pi.sum()) - int((~free).sum())
    found = pi.copy()
    if wanted.size < 2 or np.ptp(wanted) == 0:
        return found
    goal = _logit(wanted)
    theta = goal.copy()
    for _round in range(200):
        reached = _exact(1 / (1 + np.exp(-theta)), n, "pareto")
        if np.all(np.abs(reached - wanted) < SETTLED * wanted + 1e-14):
            found[free] = 1 / (1 + np.exp(-theta))
            return found
        theta = theta + goal - _logit(np.clip(reached, 1e-300, 1 - 1e-16))
    raise BadInput(
        "No nominal probabilities were found for these inclusion probabilities.",
        "Take units with probabilities very near 1 for certain.",
    )


def _exact(nominal: np.ndarray, n: int, kind: Kind) -> np.ndarray:
    """Return the chances of uncertain units; alike ones are worked out once."""
    alike, home, times = np.unique(nominal, return_inverse=True, return_counts=True)
    below = _pareto(alike) if kind == "pareto" else _sequential(alike)
    low, high = _zone(below, times, n, *_span(alike, kind))
    p = below(np.array([(low + high) / 2]))[0]
    edges = _edges(low, high, float((times * p * (1 - p)).sum()), alike, kind)
    half = np.diff(edges) / 2
    at = (edges[:-1, None] + half[:, None] * (1 + POINTS)).ravel()
    weight = (half[:, None] * WEIGHTS).ravel()
    found = below(np.array([low]))[0]
    for part in np.array_split(np.arange(at.size), -(-at.size * alike.size // BATCH)):
        p = below(at[part])
        slope = p * (1 - p) if kind == "pareto" else np.where(p < 1, alike, 0.0)
        found = found + weight[part] @ (slope * _at_most(p, times, n - 1))
    return np.clip(found, 0.0, 1.0)[home]


def _pareto(alike: np.ndarray) -> Any:
    """Return F over the logarithm of the key: a logistic distribution."""
    odds = _logit(alike)
    return lambda s: 1 / (1 + np.exp(-np.clip(np.add.outer(s, odds), -700, 700)))


def _sequential(alike: np.ndarray) -> Any:
    return lambda t: np.minimum(np.multiply.outer(t, alike), 1.0)


def _span(alike: np.ndarray, kind: Kind) -> tuple[float, float]:
    if kind == "pareto":
        odds = _logit(alike)
        return float(-odds.max() - 2 * RARE), float(-odds.min() + 2 * RARE)
    return 0.0, float(1 / alike.min())


def _zone(below: Any, times: np.ndarray, n: int, first: float, last: float) -> tuple[float, float]:
    """Return between which keys the n-th smallest lies but for rare cases, by Chernoff's bounds."""
    total = int(times.sum())

    def expected(t: float) -> float:
        return float(times @ below(np.array([t]))[0])

    def is_low(t: float) -> bool:
        mean = expected(t)
        return mean < n and max(_tail(n, mean), _tail(total - n, total - mean)) > RARE

    def is_high(t: float) -> bool:
        mean = expected(t) - 1
        return mean > n - 1 and max(_tail(n - 1, mean), _tail(total - n, total - 1 - mean)) > RARE

    return _turn(is_low, first, last)[0], _turn(lambda t: not is_high(t), first, last)[1]


def _tail(count: float, mean: float) -> float:
    """Return how rare a count so far from its mean is at most: minus the logarithm of Chernoff's bound."""
    if count <= 0:
        return max(mean, 0.0)
    if mean <= 0:
        return np.inf
    return float(count * np.log(count / mean) - count + mean)


def _turn(holds: Any, low: float, high: float) -> tuple[float, float]:
    """Return the bracket in which what holds on the left stops to hold."""
    if not holds(low):
        return low, low
    if holds(high):
        return high, high
    for _halving in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low, high


def _edges(low: float, high: float, variance: float, alike: np.ndarray, kind: Kind) -> np.ndarray:
    """Cut the zone into pieces on which the integrand is smooth for sixteen points."""
    wide = 3.0 / np.sqrt(max(variance, 1.0))
    edges = np.linspace(low, high, 2 + int((high - low) / wide))
    if kind == "sequential_poisson":
        # F has a kink where a unit is drawn for certain: pieces end there.
        kinks = 1 / alike
        edges = np.unique(np.concatenate([edges, kinks[(kinks > low) & (kinks < high)]]))
    return edges


def _at_most(p: np.ndarray, times: np.ndarray, most: int) -> np.ndarray:
    """Return P(at most so many successes among all trials but one of each kind) by Fourier inversion.

    A row for each place, a column for each kind. The characteristic function is at most exp(-v (1 - cos))
    with the variance v, so few frequencies matter; counts beyond ten standard deviations and fifty more are
    left out.
    """
    total, mean, variance = int(times.sum()), p @ times, (p * (1 - p)) @ times
    reach = 10 * np.sqrt(variance.max()) + 50
    first, last = max(0, int(mean.min() - reach)), min(total, int(mean.max() + reach))
    size = (last - first + 1) | 1  # an odd number of frequencies: none at which a factor is zero
    angle = 2 * np.pi * np.arange(size // 2 + 1) / size
    angle = angle[variance.min() * (1 - np.cos(angle)) < RARE + 5]
    factors = 1 + p[..., None] * (np.exp(1j * angle) - 1)
    product = factors.prod(1) if times.max() == 1 else np.exp(times @ np.log(factors))
    counts = np.exp(-1j * np.outer(angle, np.arange(first, min(most, last) + 1))).sum(1)
    doubled = np.where(angle == 0, 1.0, 2.0) * product * counts / size
    return np.clip(((1 / factors) @ doubled[..., None])[..., 0].real, 0.0, 1.0)


def _logit(p: np.ndarray) -> np.ndarray:
    return np.log(p) - np.log1p(-p)
