"""Draws by permanent random numbers, which spread the burden of many campaigns over all firms.

Every unit keeps one uniform number u for life (a hash of the beacon and its identifier, so that a stranger
can work it out). Each campaign draws the smallest keys; where its keys start decides whether it meets the
units of another campaign or keeps clear of them (Brewer, Early & Joyce 1972; Ohlsson 1995).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import chances

VERSION = "1"


def shifted(u: Any, start: float) -> np.ndarray:
    """Return the keys (u - start) mod 1: the draw begins at ``start`` and goes up, round the circle.

    >>> shifted([0.1, 0.4, 0.9], 0.35).round(2).tolist()
    [0.75, 0.05, 0.55]
    """
    u = _numbers(u)
    if not 0 <= start < 1:
        raise BadInput(f"A start of {start} is not in [0, 1).", "Give a place on the circle.")
    return (u - start) % 1.0


def sequential_poisson_keys(u: Any, pi: Any) -> np.ndarray:
    """Return the keys u / pi: the n smallest make a sequential Poisson sample (Ohlsson 1998).

    The chances are pi only nearly: off by a few per cent where some pi are large and n is small.

    >>> sequential_poisson_keys([0.2, 0.3], [0.5, 0.25]).tolist()
    [0.4, 1.2]
    """
    return _numbers(u) / _chances(u, pi)


def pareto_keys(u: Any, pi: Any) -> np.ndarray:
    """Return the keys [u / (1 - u)] / [pi / (1 - pi)]: the n smallest make a Pareto sample (Rosen 1997).

    Units with pi = 1 have key 0. The chances are pi to within a per cent, also for few units.

    >>> pareto_keys([0.5, 0.2], [0.5, 1.0]).tolist()
    [1.0, 0.0]
    """
    u, pi = _numbers(u), _chances(u, pi)
    return u / (1 - u) * (1 - pi) / pi


def smallest(keys: Any, n: int) -> np.ndarray:
    """Return the positions of the n smallest keys, in order of position; a tie for the last place is refused.

    >>> smallest([0.4, 0.1, 0.3], 2).tolist()
    [1, 2]
    """
    keys = np.asarray(keys, dtype=float)
    if keys.ndim != 1 or not np.all(np.isfinite(keys)):
        raise BadInput("A key is unknown.", "Give every unit a number.")
    if not 0 <= n <= keys.size:
        raise BadInput(f"{n} units cannot be drawn from {keys.size}.", "Ask for 0 <= n <= N.")
    order = np.argsort(keys, kind="stable")
    if 0 < n < keys.size and keys[order[n - 1]] == keys[order[n]]:
        raise BadInput("Two units have the same key at the last place.", "Give every unit a key of its own.")
    return np.sort(order[:n])


def sequential_poisson(u: Any, pi: Any, n: int) -> np.ndarray:
    """Return certain units and those with the smallest u / pi, n in all.

    >>> sequential_poisson([0.2, 0.3, 0.9], [0.5, 0.5, 1.0], 2).tolist()
    [0, 2]
    """
    keys = np.where(np.asarray(pi, dtype=float) >= 1, -1 + _numbers(u) / 2, sequential_poisson_keys(u, pi))
    return smallest(keys, n)


def pareto(u: Any, pi: Any, n: int) -> np.ndarray:
    """Return certain units and those with the smallest Pareto keys, n in all.

    >>> pareto([0.2, 0.3, 0.9], [0.5, 0.5, 1.0], 2).tolist()
    [0, 2]
    """
    return smallest(pareto_keys(u, pi), n)


def starts(shares: Any) -> np.ndarray:
    """Return where each campaign begins on the circle so that each goes on where the one before it ended.

    ``shares`` are the sampling fractions in order. As long as they add up to less than 1, hardly a unit is
    drawn twice; round and round, no unit is drawn again before nearly all the others were (Ohlsson 1995,
    9.4).

    >>> starts([0.3, 0.5, 0.4]).round(2).tolist()
    [0.0, 0.3, 0.8]
    """
    shares = np.asarray(shares, dtype=float)
    if shares.ndim != 1 or not shares.size or not np.all((shares > 0) & (shares <= 1)):
        raise BadInput("A share lies outside (0, 1].", "Give the sampling fraction of each campaign.")
    return (np.cumsum(shares) - shares) % 1.0


@dataclass(frozen=True)
class Burden:
    """How often each unit was drawn over several campaigns."""

    times: np.ndarray
    campaigns: int

    @property
    def most(self) -> int:
        """The campaigns that the most burdened unit had to answer."""
        return int(self.times.max())

    def share(self, times: int) -> float:
        """Return the share of units drawn exactly so many times."""
        return float((self.times == times).mean())

    def over(self, times: int) -> np.ndarray:
        """Return the positions of the units drawn more often than that."""
        return np.flatnonzero(self.times > times)


def burden(draws: Iterable[Any], population: int) -> Burden:
    """Count over campaigns how often each of N units was drawn; each draw gives positions.

    >>> found = burden([[0, 1], [1, 2]], 4)
    >>> found.times.tolist(), found.most, found.share(0)
    ([1, 2, 1, 0], 2, 0.25)
    """
    if population < 1:
        raise BadInput("There is no unit.", "Give the number of units of the frame.")
    times, campaigns = np.zeros(population, dtype=int), 0
    for draw in draws:
        drawn = np.asarray(draw, dtype=int)
        if drawn.size and (drawn.min() < 0 or drawn.max() >= population):
            raise BadInput("A drawn unit is not in the frame.", "Give positions from 0 to N - 1.")
        if np.unique(drawn).size != drawn.size:
            raise BadInput("A campaign draws a unit twice.", "Give each drawn unit once.")
        times[drawn] += 1
        campaigns += 1
    return Burden(times, campaigns)


def _numbers(u: Any) -> np.ndarray:
    u = np.asarray(u, dtype=float)
    if u.ndim != 1 or not np.all((u >= 0) & (u < 1)):
        raise BadInput("A permanent number is not in [0, 1).", "Give every unit a uniform number.")
    return u


def _chances(u: Any, pi: Any) -> np.ndarray:
    pi = chances.checked(pi, is_fixed=False)
    if np.shape(u) != pi.shape:
        raise BadInput("There is not one probability a unit.", "Give both as lists of one length.")
    return pi
