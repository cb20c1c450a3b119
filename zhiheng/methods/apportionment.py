"""Whole sample sizes of least variance, found exactly, where no stratum gives more units than it holds."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"


def exact(population: Any, deviation: Any, n: int, *, lower: Any = 1, upper: Any = None) -> np.ndarray:
    """Return the whole n_h with sum n and l_h <= n_h <= u_h that make the variance of the total least.

    Symbols: stratum h of N_h units with standard deviation S_h; l_h at least 1, for every stratum needs a
    unit (2 for a variance); u_h at most N_h, which is also the default. The variance sum N_h^2 S_h^2 (1 / n_h
    - 1 / N_h) falls by N_h^2 S_h^2 / (k (k + 1)) when unit k + 1 is added to stratum h, by less each time: so
    the units go, one by one from the lower bounds, to where the fall is largest (Wright 2012, 2017), ties to
    the earlier stratum. ``allocation.bounded`` and ``allocation.whole`` come near it; this is the best. Time
    grows with n.

    Not for S_h guessed from a handful of units: the last unit is then decided by their noise.

    >>> exact([10, 60, 30], [9.0, 1.0, 2.0], 25).tolist()
    [10, 8, 7]
    """
    size = arrays.counts(population, "stratum sizes")
    spread = arrays.vector(deviation, "deviations", size=size.size)
    n = arrays.whole(n, "number of units")
    low = _bounds(lower, "lower bounds", size)
    high = size if upper is None else _bounds(upper, "upper bounds", size)
    if np.any(spread < 0):
        raise BadInput("A deviation is negative.", "Give S_h of zero or more.")
    if not np.all((low >= 1) & (low <= high) & (high <= size)):
        raise BadInput("The bounds do not fit.", "Give 1 <= lower <= upper <= N_h.")
    if not low.sum() <= n <= high.sum():
        raise BadInput(
            f"No allocation of {n} lies within bounds that add up to {low.sum()} and {high.sum()}.",
            "Ask for a size between, or move a bound.",
        )
    # Roots compare as the falls do, and neither overflow nor vanish for deviations in any unit.
    measure = (size * spread).tolist()
    found, ends = low.tolist(), high.tolist()
    queue = [_turn(measure[h], h, found[h]) for h in range(size.size) if found[h] < ends[h]]
    heapq.heapify(queue)
    for _unit in range(n - int(low.sum())):
        h = queue[0][1]
        found[h] += 1
        if found[h] < ends[h]:
            heapq.heapreplace(queue, _turn(measure[h], h, found[h]))
        else:
            heapq.heappop(queue)
    return np.array(found)


def _turn(measure: float, stratum: int, drawn: int) -> tuple[float, int]:
    return -measure / (drawn * (drawn + 1)) ** 0.5, stratum


def _bounds(values: Any, name: str, size: np.ndarray) -> np.ndarray:
    """Return one whole bound a stratum, given one for each or one for all."""
    found = arrays.counts(np.atleast_1d(arrays.numbers(values, name)), name)
    if found.size not in (1, size.size):
        raise BadInput("The lists are not of one length.", "Give one number for each, or one for all.")
    return np.broadcast_to(found, size.shape)
