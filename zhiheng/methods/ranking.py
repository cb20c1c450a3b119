"""Ranks with the doubt they carry: from other weights, other ways to add up, and sampling error.

A league table without this is read as more than it can say. Sources in each function.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, composite

VERSION = "1"


def places(figures: Any) -> np.ndarray:
    """Return place 1 for the highest figure; tied units share the mean of their places.

    >>> places([80, 90, 80, 70]).tolist()
    [2.5, 1.0, 2.5, 4.0]
    """
    x = -arrays.vector(figures, "figures")
    order = np.sort(x)
    return (np.searchsorted(order, x, "left") + np.searchsorted(order, x, "right") + 1) / 2


def kendall(one: Any, other: Any) -> float:
    """Return tau-b of two rankings: (C - D) / sqrt((P - T1) (P - T2)) over the P pairs (Kendall 1945).

    C pairs in the same order, D in the other, T1 and T2 tied in the one and the other; 1 is the same order.

    >>> print(round(kendall([1, 2, 3, 4], [1, 3, 2, 4]), 4))
    0.6667
    """
    x = arrays.vector(one, "first ranking", least=2)
    y = arrays.vector(other, "second ranking", size=x.size)
    a, b = np.sign(x[:, None] - x), np.sign(y[:, None] - y)
    scale = np.sqrt((a**2).sum() * (b**2).sum())
    if not scale > 0:
        raise BadInput("A ranking ties all units.", "There is no order to compare.")
    return float((a * b).sum() / scale)


@dataclass(frozen=True)
class Alternatives:
    """Places by unit (rows) under each choice (columns), and how far each is from the first."""

    places: np.ndarray
    mean_shift: np.ndarray
    kendall: np.ndarray
    method: str = "alternative-weights"
    version: str = VERSION


def under_weights(scores: Any, weight_sets: Any, how: composite.How = "arithmetic") -> Alternatives:
    """Return the places under several sets of weights, their mean absolute shift and tau-b from the first.

    >>> found = under_weights([[90, 60], [70, 95], [80, 70]], [[2, 1], [1, 2]])
    >>> print(found.places.tolist(), found.mean_shift.round(2).tolist())
    [[1.0, 3.0], [2.0, 1.0], [3.0, 2.0]] [0.0, 1.33]
    """
    x = arrays.table(scores, "scores", least=2)
    sets = arrays.table(weight_sets, "sets of weights")
    found = np.column_stack([places(composite.aggregate(x, w, how)) for w in sets])
    shift = np.abs(found - found[:, :1]).mean(axis=0)
    return Alternatives(found, shift, np.array([kendall(found[:, 0], column) for column in found.T]))


def copeland(scores: Any, weights: Any) -> np.ndarray:
    """Return wins less losses of each unit against every other, a pair being won with more weight of columns.

    No score makes up for another, only how many indicators agree counts (Copeland 1951; OECD/JRC 2008, 7).

    >>> copeland([[3, 1], [2, 2], [1, 3]], [0.6, 0.4]).tolist()
    [2.0, 0.0, -2.0]
    """
    x = arrays.table(scores, "scores", least=2)
    w = arrays.shares(weights, "weights", x.shape[1])
    balance = np.sign(x[:, None, :] - x[None, :, :]) @ w
    return np.sign(np.where(np.abs(balance) < 1e-12, 0.0, balance)).sum(axis=1)


@dataclass(frozen=True)
class PlaceIntervals:
    """The places that a unit may truly hold; all of them hold at once with the level given."""

    best: np.ndarray
    worst: np.ndarray
    place: np.ndarray
    level: float
    method: str = "joint-rank-intervals"
    version: str = VERSION


def intervals(figures: Any, errors: Any, *, level: float = 0.95) -> PlaceIntervals:
    """Return joint intervals of all places from independent figures with standard errors.

    With simultaneous limits L_i, U_i = figure -+ z s_i (z by Sidak for all units), unit i is at best one
    place below those with L_k > U_i, at worst above those with U_k < L_i (Klein, Wright & Wieczorek 2020).
    Conservative; if all overlap, all places stay open, and that is the finding.

    >>> found = intervals([95, 90, 89], [0.5, 0.5, 0.5])
    >>> print(found.best.tolist(), found.worst.tolist())
    [1, 2, 2] [1, 3, 3]
    """
    x = arrays.vector(figures, "figures", least=2)
    s = arrays.vector(errors, "errors", size=x.size)
    if np.any(s < 0):
        raise BadInput("A standard error is negative.", "Give errors of zero or more.")
    arrays.between(level, 0, 1, "level")
    z = special.ndtri((1 + level ** (1 / x.size)) / 2)
    low, high = x - z * s, x + z * s
    best = 1 + (low[None, :] > high[:, None]).sum(axis=1)
    worst = x.size - (high[None, :] < low[:, None]).sum(axis=1)
    return PlaceIntervals(best, worst, places(x), level)


@dataclass(frozen=True)
class Simulated:
    """Places over many plausible composites: interval, mean, and the share of draws at each place."""

    best: np.ndarray
    worst: np.ndarray
    mean: np.ndarray
    probability: np.ndarray
    mean_shift: float
    draws: int
    level: float
    method: str = "simulated-places"
    version: str = VERSION


def simulate(
    scores: Any,
    weights: Any,
    rng: np.random.Generator,
    *,
    errors: Any = None,
    concentration: float | None = 20.0,
    hows: Sequence[composite.How] = ("arithmetic", "geometric"),
    draws: int = 1000,
    level: float = 0.95,
) -> Simulated:
    """Return places under weights, ways to add up and sampling errors drawn together.

    Each draw takes weights from Dirichlet(concentration x k x w) (None keeps them), a way of ``hows`` and,
    with ``errors``, scores from normals around those given; ``probability`` [i, r - 1] is the share of draws
    in which unit i holds place r, ties at their upper place (Saisana, Saltelli & Tarantola 2005). The
    interval holds the middle ``level`` of the draws: it shows dependence on choices and is no confidence
    interval.

    >>> found = simulate([[90, 92], [70, 71], [72, 69]], [1, 1], np.random.default_rng(1), draws=200)
    >>> print(found.best.tolist(), found.worst.tolist())
    [1, 2, 2] [1, 3, 3]
    """
    x = arrays.table(scores, "scores", least=2)
    w = arrays.shares(weights, "weights", x.shape[1])
    s = np.zeros_like(x) if errors is None else arrays.table(errors, "errors", shape=x.shape)
    level, draws = arrays.between(level, 0, 1, "level"), arrays.whole(draws, "number of draws")
    if concentration is not None:
        concentration = arrays.number(concentration, "concentration")
    arrays.generator(rng)
    hows = arrays.listed(hows, "ways to add up")
    if not hows or np.any(s < 0) or (concentration is not None and not concentration > 0):
        raise BadInput(
            "There is nothing to draw.", "Give draws, hows, a concentration and errors above zero."
        )
    if concentration is not None and np.any(w == 0):
        raise BadInput(
            "A weight is zero.", "Leave that column out, or keep the weights (concentration=None)."
        )
    base = places(composite.aggregate(x, w, hows[0]))
    found = np.empty((draws, x.shape[0]), dtype=int)
    for draw in range(draws):
        drawn = w if concentration is None else rng.dirichlet(concentration * w.size * w)
        figures = composite.aggregate(rng.normal(x, s), drawn, hows[int(rng.integers(len(hows)))])
        found[draw] = 1 + np.searchsorted(np.sort(-figures), -figures, "left")
    tail = (1 - level) / 2
    chance = np.stack([(found == place).mean(axis=0) for place in range(1, x.shape[0] + 1)], axis=1)
    return Simulated(
        best=np.quantile(found, tail, axis=0, method="lower").astype(int),
        worst=np.quantile(found, 1 - tail, axis=0, method="higher").astype(int),
        mean=found.mean(axis=0),
        probability=chance,
        mean_shift=float(np.abs(found - base).mean()),
        draws=draws,
        level=level,
    )
