"""Draws with unequal probabilities: each returns the positions of the drawn units, in order.

Every way honours the inclusion probabilities pi of ``chances``; they differ in the chances of pairs, in size
(fixed but for ``poisson``) and in what they spread or balance. Randomness comes in: uniform numbers, or a
``numpy.random.Generator``; the public lottery makes neither here.

Which one: ``sequential_pivotal`` for big frames in a meaningful order (it spreads over the order);
``local_pivotal`` for units on a map; ``cube`` where totals of the frame must be met; ``sampford`` or
``conditional_poisson`` where a variance needs exact joint probabilities.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial import cKDTree

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, chances, compiled, successes

VERSION = "1"
# What is nearer to 0 or 1 than this is decided.
DECIDED = 1e-9


def simple(population: int, n: int, rng: np.random.Generator) -> np.ndarray:
    """Return a simple random sample without replacement of n of N units.

    >>> simple(10, 3, np.random.default_rng(1)).tolist()
    [3, 4, 7]
    """
    population, n = (
        arrays.whole(population, "number of units", least=0),
        arrays.whole(n, "number of units to draw", least=0),
    )
    _generator(rng)
    if not 0 <= n <= population:
        raise BadInput(f"{n} units cannot be drawn from {population}.", "Ask for 0 <= n <= N.")
    return np.sort(rng.choice(population, n, replace=False))


def poisson(pi: Any, u: Any) -> np.ndarray:
    """Return the units with u_i < pi_i: each on its own, so the size is random with mean sum pi (Hajek 1964).

    >>> poisson([0.5, 0.2, 1.0], [0.4, 0.3, 0.9]).tolist()
    [0, 2]
    """
    pi, u = _with_uniforms(chances.checked(pi, is_fixed=False), u)
    return np.flatnonzero(u < pi)


def systematic(pi: Any, u: float) -> np.ndarray:
    """Return the units hit by u, u + 1, ... on the line of cumulated pi, in the given order (Madow 1949).

    One uniform number decides all. It spreads over the order; many pairs can never meet, so no unbiased
    variance exists: shuffle the frame first, or take ``sequential_pivotal``.

    >>> systematic([0.5, 0.25, 0.5, 0.75], 0.6).tolist()
    [1, 3]
    """
    return chances.systematic_at(chances.checked(pi), u)


def conditional_poisson(pi: Any, u: Any, *, working: Any = None) -> np.ndarray:
    """Return the draw of greatest entropy with the chances pi, unit by unit (Chen, Dempster & Liu 1994).

    With k units still to find, unit i is taken with chance p_i P(k - 1) / P'(k): P' counts successes among
    the units from i on, P among those after it, both under the ``working`` probabilities p, which are solved
    for unless they are given from ``chances.conditional_poisson(pi)``.

    >>> conditional_poisson([0.4, 0.6, 0.4, 0.6], [0.9, 0.1, 0.9, 0.2]).tolist()
    [1, 3]
    """
    pi, u = _with_uniforms(chances.checked(pi), u)
    p = chances.conditional_poisson(pi) if working is None else chances.checked(working)
    if p.shape != pi.shape:
        raise BadInput("There is not one working probability a unit.", "Give those of these units.")
    return _around_certain(pi, lambda free, n, place: _one_by_one(p[place], n, u[place]))


def sampford(pi: Any, u: Any, first: float) -> np.ndarray:
    """Return Sampford's draw without rejections (Sampford 1967; Grafstrom 2009).

    The design gives a set s the chance in proportion to prod_s odds x sum of pi over the units outside s.
    So one unit is set aside with chance in proportion to pi_l (1 - pi_l) P_l(n), P_l(n) the chance of n
    successes among the others, by the uniform number ``first``; the n units are then drawn from the others
    as in ``conditional_poisson`` with the odds of pi.

    >>> sampford([0.4, 0.6, 0.4, 0.6], [0.9, 0.1, 0.9, 0.2], 0.1).tolist()
    [1, 3]
    """
    pi, u = _with_uniforms(chances.checked(pi), u)
    first = arrays.number(first, "uniform number")
    if not 0 <= first < 1:
        raise BadInput(f"{first} is no uniform number.", "Give one in [0, 1).")

    def draw(free: np.ndarray, n: int, place: np.ndarray) -> np.ndarray:
        weight = np.cumsum(free * (1 - free) * successes.without_each(free, n))
        aside = int(np.searchsorted(weight, first * weight[-1], side="right"))
        others = np.delete(np.arange(free.size), aside)
        return others[_one_by_one(free[others], n, u[place][others])]

    return _around_certain(pi, draw)


def tille(pi: Any, u: Any) -> np.ndarray:
    """Return what is left after eliminating units one at a time (Tille 1996; see ``chances.tille_joint``).

    The chances to leave are [.4, .1, .4, .1] at first: 0.1 lies in the reach of the first unit. Of the three
    others each leaves with 1/3: 0.9 hits the last.

    >>> tille([0.4, 0.6, 0.4, 0.6], [0.1, 0.9, 0.5, 0.5]).tolist()
    [1, 2]
    """
    pi, u = _with_uniforms(chances.checked(pi), u)

    def draw(free: np.ndarray, n: int, place: np.ndarray) -> np.ndarray:
        left, mine = np.arange(free.size), u[place]
        for step, leaves in enumerate(chances.elimination(free, n)):
            reach = np.cumsum(np.maximum(leaves[left], 0.0))
            left = np.delete(left, np.searchsorted(reach, mine[step] * reach[-1], side="right"))
        return left

    return _around_certain(pi, draw)


def sequential_pivotal(pi: Any, u: Any) -> np.ndarray:
    """Return the draw of duels along the given order (Deville & Tille 1998; Chauvet 2012).

    The first two undecided units with a = pi_i, b = pi_j duel: if a + b < 1 one of them leaves and the
    other goes on with a + b (i with chance a / (a + b)); otherwise one is taken and the other goes on with
    a + b - 1 (i is taken with chance (1 - b) / (2 - a - b)). Neighbours in the order are rarely drawn
    together.

    >>> sequential_pivotal([0.5, 0.5, 0.5, 0.5], [0.0, 0.2, 0.9, 0.7]).tolist()
    [0, 3]
    """
    pi, u = arrays.numbers(pi, "probabilities"), arrays.numbers(u, "uniform numbers")
    if not compiled.fit(pi, u):
        pi, u = _with_uniforms(chances.checked(pi), u)
    return compiled.along(pi, u)


def random_pivotal(pi: Any, rng: np.random.Generator) -> np.ndarray:
    """Return the draw of duels between two undecided units chosen at random (Deville & Tille 1998).

    The same duel as in ``sequential_pivotal``; its pairs are close to those of greatest entropy.

    >>> random_pivotal([0.5] * 6, np.random.default_rng(2)).tolist()
    [0, 2, 4]
    """
    pi = chances.checked(pi)
    _generator(rng)
    return _duels(pi, lambda left: tuple(rng.choice(left, 2, replace=False)), rng)


def local_pivotal(pi: Any, places: Any, rng: np.random.Generator) -> np.ndarray:
    """Return a sample spread over space: a random undecided unit duels with its nearest undecided neighbour.

    Local pivotal method 2 (Grafstrom, Lundstrom & Schelin 2012). ``places`` (N, d) are coordinates in one
    unit of measure; neighbours at the same distance are chosen among at random.

    >>> local_pivotal([0.5] * 4, [[0, 0], [0, 1], [9, 0], [9, 1]], np.random.default_rng(4)).tolist()
    [0, 3]
    """
    pi = chances.checked(pi)
    _generator(rng)
    places = _places(places, pi.size)
    near = _Neighbours(places, np.flatnonzero(pi < 1))

    def pair(left: list[int]) -> tuple[int, int]:
        one = left[int(rng.integers(len(left)))]
        nearest = near.of(one)
        return one, nearest[int(rng.integers(len(nearest)))] if len(nearest) > 1 else nearest[0]

    return _duels(pi, pair, rng, near.leave)


def _duels(pi: np.ndarray, pair: Any, rng: np.random.Generator, leave: Any = None) -> np.ndarray:
    """Let undecided units duel until one is left, which its remaining chance decides."""
    chance = pi.tolist()
    left = [unit for unit, share in enumerate(chance) if share < 1]
    where = {unit: place for place, unit in enumerate(left)}
    while len(left) > 1:
        i, j = pair(left)
        chance[i], chance[j] = _duel(chance[i], chance[j], float(rng.random()))
        for unit in (i, j):
            if DECIDED < chance[unit] < 1 - DECIDED:
                continue
            last = left.pop()
            if last != unit:
                left[where[unit]], where[last] = last, where[unit]
            if leave is not None:
                leave(unit)
    return np.flatnonzero(np.array(chance) > 0.5)


def _duel(a: float, b: float, luck: float) -> tuple[float, float]:
    total = a + b
    if total < 1:
        return (total, 0.0) if luck * total < a else (0.0, total)
    if luck * (2 - total) < 1 - b:
        return 1.0, total - 1
    return total - 1, 1.0


class _Neighbours:
    """The nearest undecided units of a unit; the tree is built again when half of its units are decided."""

    def __init__(self, places: np.ndarray, units: np.ndarray) -> None:
        self.places = places
        self._build(units)

    def _build(self, units: np.ndarray) -> None:
        self.units = units
        self.is_in = {int(unit) for unit in units}
        self.tree = cKDTree(self.places[units])

    def leave(self, unit: int) -> None:
        self.is_in.discard(unit)
        if 2 * len(self.is_in) < self.units.size and len(self.is_in) > 8:
            self._build(np.array(sorted(self.is_in)))

    def of(self, unit: int) -> list[int]:
        asked = 4
        while True:
            asked = min(asked, self.units.size)
            far, found = self.tree.query(self.places[unit], k=asked)
            rows = [
                (distance, int(self.units[row]))
                for distance, row in zip(np.atleast_1d(far), np.atleast_1d(found), strict=True)
            ]
            alive = [(distance, other) for distance, other in rows if other != unit and other in self.is_in]
            # The last one asked for may have others at its own distance that were not returned.
            if alive and (alive[0][0] < rows[-1][0] or asked == self.units.size):
                return [other for distance, other in alive if distance <= alive[0][0]]
            asked *= 2


def _one_by_one(p: np.ndarray, n: int, u: np.ndarray) -> np.ndarray:
    """Draw n units under independent trials p, given that n succeed."""
    table, taken, wanted = successes.behind(p, n), [], n
    for unit in range(p.size):
        if not wanted:
            break
        if u[unit] * table[unit, wanted] < p[unit] * table[unit + 1, wanted - 1]:
            taken.append(unit)
            wanted -= 1
    return np.array(taken, dtype=int)


def _around_certain(pi: np.ndarray, draw: Any) -> np.ndarray:
    """Take certain units, and draw the rest of the sample from the others."""
    place = np.flatnonzero(pi < 1)
    certain = np.flatnonzero(pi >= 1)
    n = round(pi.sum()) - certain.size
    if not place.size:
        return certain
    return np.sort(np.append(certain, place[draw(pi[place], n, place)]))


def _with_uniforms(pi: np.ndarray, u: Any) -> tuple[np.ndarray, np.ndarray]:
    u = arrays.numbers(u, "uniform numbers")
    if u.shape != pi.shape or not np.all((u >= 0) & (u < 1)):
        raise BadInput("There is not one uniform number in [0, 1) a unit.", "Give one for every unit.")
    return pi, u


def _places(places: Any, size: int) -> np.ndarray:
    places = arrays.numbers(places, "places")
    places = places[:, None] if places.ndim == 1 else places
    if places.ndim != 2 or places.shape[0] != size or not np.all(np.isfinite(places)):
        raise BadInput("There is not one known place a unit.", "Give coordinates for every unit.")
    return places


def _generator(rng: Any) -> None:
    if not isinstance(rng, np.random.Generator):
        raise BadInput("There is no generator of random numbers.", "Give numpy.random.default_rng(seed).")
