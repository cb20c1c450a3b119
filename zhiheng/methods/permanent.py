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
from zhiheng.methods import arrays, chances

VERSION = "1"


def shifted(u: Any, start: float) -> np.ndarray:
    """Return the keys (u - start) mod 1: the draw begins at ``start`` and goes up, round the circle.

    >>> shifted([0.1, 0.4, 0.9], 0.35).round(2).tolist()
    [0.75, 0.05, 0.55]
    """
    u, start = _numbers(u), arrays.number(start, "start")
    if not 0 <= start < 1:
        raise BadInput(f"A start of {start} is not in [0, 1).", "Give a place on the circle.")
    return (u - start) % 1.0


def sequential_poisson_keys(u: Any, pi: Any) -> np.ndarray:
    """Return the keys u / pi: the n smallest make a sequential Poisson sample (Ohlsson 1998).

    The chances are pi only nearly: with [0.5, 0.3, 0.2] and n = 1 they are [0.58, 0.26, 0.16]. What they are
    exactly is told by ``ordered.of_order``.

    >>> sequential_poisson_keys([0.2, 0.3], [0.5, 0.25]).tolist()
    [0.4, 1.2]
    """
    return _numbers(u) / _chances(u, pi)


def pareto_keys(u: Any, pi: Any) -> np.ndarray:
    """Return the keys [u / (1 - u)] / [pi / (1 - pi)]: the n smallest make a Pareto sample (Rosen 1997).

    Units with pi = 1 have key 0. The chances are pi only nearly: with [0.5, 0.3, 0.2] and n = 1 they are
    [0.527, 0.286, 0.187], among 4000 firms with n = 400 they are off by less than a millionth. What they
    are exactly is told by ``ordered.of_order``; with ``ordered.working(pi)`` in place of pi they are pi.

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
    keys = arrays.numbers(keys, "keys")
    if keys.ndim != 1 or not np.all(np.isfinite(keys)):
        raise BadInput("A key is unknown.", "Give every unit a number.")
    n = arrays.whole(n, "number of units to draw", least=0)
    if not 0 <= n <= keys.size:
        raise BadInput(f"{n} units cannot be drawn from {keys.size}.", "Ask for 0 <= n <= N.")
    order = np.argsort(keys, kind="stable")
    if 0 < n < keys.size and keys[order[n - 1]] == keys[order[n]]:
        raise BadInput("Two units have the same key at the last place.", "Give every unit a key of its own.")
    return np.sort(order[:n])


def sequential_poisson(u: Any, pi: Any, n: int) -> np.ndarray:
    """Return certain units and those with the smallest u / pi, n in all: what the pi add up to.

    >>> sequential_poisson([0.2, 0.3, 0.9], [0.5, 0.5, 1.0], 2).tolist()
    [0, 2]
    """
    pi = _adding_up(u, pi, n)
    return smallest(np.where(pi >= 1, -1 + _numbers(u) / 2, sequential_poisson_keys(u, pi)), n)


def pareto(u: Any, pi: Any, n: int) -> np.ndarray:
    """Return certain units and those with the smallest Pareto keys, n in all: what the pi add up to.

    >>> pareto([0.2, 0.3, 0.9], [0.5, 0.5, 1.0], 2).tolist()
    [0, 2]
    """
    return smallest(pareto_keys(u, _adding_up(u, pi, n)), n)


def starts(shares: Any) -> np.ndarray:
    """Return where each campaign begins on the circle so that each goes on where the one before it ended.

    ``shares`` are the lengths of the arcs in order: a campaign draws every unit whose number lies in its arc,
    ``shifted(u, start) < share``, so its size is random. Then no unit is drawn twice more than another
    (Ohlsson 1995, 9.4). Draws of fixed size end elsewhere than their arc, and with shares that come round
    to the same place, such as 1/4, the same units would be missed or met again each time: take
    ``consecutive`` for them.

    >>> starts([0.3, 0.5, 0.4]).round(2).tolist()
    [0.0, 0.3, 0.8]
    """
    shares = arrays.numbers(shares, "shares")
    if shares.ndim != 1 or not shares.size or not np.all((shares > 0) & (shares <= 1)):
        raise BadInput("A share lies outside (0, 1].", "Give the sampling fraction of each campaign.")
    return (np.cumsum(shares) - shares) % 1.0


def following(u: Any, n: int, *, after: float | None = None) -> tuple[np.ndarray, float | None]:
    """Return the n units that come next on the circle after the number ``after``, and the last one's number.

    Hand that number to the next campaign, also where firms have come or gone in between. Without ``after``
    the draw begins at 0. Units with the same number where the draw ends are refused: one would be skipped.

    >>> drawn, last = following([0.1, 0.9, 0.4, 0.6], 2, after=0.5)
    >>> drawn.tolist(), last, following([0.1, 0.9, 0.4, 0.6], 2, after=last)[0].tolist()
    ([1, 3], 0.9, [0, 2])
    """
    u = _numbers(u)
    n = arrays.whole(n, "number of units to draw", least=0)
    if n > u.size:
        raise BadInput(f"{n} units cannot be drawn from {u.size}.", "Ask for 0 <= n <= N.")
    if after is not None and not 0 <= arrays.number(after, "place") < 1:
        raise BadInput(f"A place of {after} is not in [0, 1).", "Give the number of the last drawn unit.")
    if not n:
        return np.array([], dtype=int), after
    order = np.argsort(u, kind="stable")
    first = 0 if after is None else int(np.searchsorted(u[order], after, side="right"))
    walk = order[(first + np.arange(n + 1)) % u.size]
    last = float(u[walk[n - 1]])
    if n < u.size and u[walk[n]] == last:
        raise BadInput("Two units have the same key at the last place.", "Give every unit a key of its own.")
    return np.sort(walk[:n]), last


def consecutive(u: Any, sizes: Any) -> list[np.ndarray]:
    """Return the draws of campaigns of fixed sizes, each going on exactly where the one before it ended.

    No unit is drawn k + 2 times before every other one was drawn k + 1 times: burdens differ by at most one,
    whatever the sizes. Each draw alone is a simple random sample, for the order of independent uniform
    numbers is a random one. Draw strata one by one.

    >>> [drawn.tolist() for drawn in consecutive([0.1, 0.9, 0.4, 0.6], [1, 2, 2])]
    [[0], [2, 3], [0, 1]]
    """
    draws, after = [], None
    for n in arrays.counts(sizes, "sizes"):
        drawn, after = following(u, int(n), after=after)
        draws.append(drawn)
    return draws


@dataclass(frozen=True)
class Burden:
    """How often each unit was drawn over several campaigns."""

    times: np.ndarray
    campaigns: int

    @property
    def most(self) -> int:
        """The campaigns that the most burdened unit had to answer."""
        return int(self.times.max())

    @property
    def gap(self) -> int:
        """How many times more the most burdened unit was drawn than the least; at most 1 is even."""
        return int(self.times.max() - self.times.min())

    def share(self, times: int) -> float:
        """Return the share of units drawn exactly so many times."""
        return float((self.times == arrays.number(times, "number of draws")).mean())

    def over(self, times: int) -> np.ndarray:
        """Return the positions of the units drawn more often than that."""
        return np.flatnonzero(self.times > arrays.number(times, "number of draws"))


def burden(draws: Iterable[Any], population: int) -> Burden:
    """Count over campaigns how often each of N units was drawn; each draw gives positions.

    >>> found = burden([[0, 1], [1, 2]], 4)
    >>> found.times.tolist(), found.most, found.gap, found.share(0)
    ([1, 2, 1, 0], 2, 2, 0.25)
    """
    population = arrays.whole(population, "number of units", least=0)
    if population < 1:
        raise BadInput("There is no unit.", "Give the number of units of the frame.")
    times, campaigns = np.zeros(population, dtype=int), 0
    for draw in arrays.listed(draws, "draws"):
        drawn = arrays.counts(draw, "drawn positions")
        if drawn.size and drawn.max() >= population:
            raise BadInput("A drawn unit is not in the frame.", "Give positions from 0 to N - 1.")
        if np.unique(drawn).size != drawn.size:
            raise BadInput("A campaign draws a unit twice.", "Give each drawn unit once.")
        times[drawn] += 1
        campaigns += 1
    return Burden(times, campaigns)


def _numbers(u: Any) -> np.ndarray:
    u = arrays.numbers(u, "permanent numbers")
    if u.ndim != 1 or not np.all((u >= 0) & (u < 1)):
        raise BadInput("A permanent number is not in [0, 1).", "Give every unit a uniform number.")
    return u


def _chances(u: Any, pi: Any) -> np.ndarray:
    pi = chances.checked(pi, is_fixed=False)
    if arrays.column(u, "permanent numbers").shape != pi.shape:
        raise BadInput("There is not one probability a unit.", "Give both as lists of one length.")
    return pi


def _adding_up(u: Any, pi: Any, n: int) -> np.ndarray:
    pi, n = _chances(u, pi), arrays.whole(n, "number of units to draw", least=0)
    if abs(pi.sum() - n) > chances.slack(pi):
        raise BadInput(
            f"The probabilities add up to {pi.sum():.6g}, not to the {n} units to draw.",
            "Give inclusion probabilities for this size, as by chances.proportional.",
        )
    return pi
