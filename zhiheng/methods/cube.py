"""Balanced draws: samples whose Horvitz-Thompson totals of known columns are those of the frame.

The cube method (Deville & Tille 2004), in small groups as in its fast form (Chauvet & Tille 2006): the flight
walks on the constraints until no direction is left; the landing lets go of the last columns one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, chances

VERSION = "1"
DECIDED = 1e-9


def draw(pi: Any, balancing: Any, rng: np.random.Generator) -> np.ndarray:
    """Return the positions of a sample with the chances pi, balanced on the columns of ``balancing``.

    Balanced means sum_s x / pi = sum_U x. Give pi itself as the first column for a fixed size. Columns come
    in order of weight: the landing gives up the last one first. What is left out of balance comes from the
    last few units alone, so it is small where n is much larger than the number of columns.

    >>> x = [[0.5, v] for v in (1.0, 2.0, 3.0, 4.0)]
    >>> draw([0.5] * 4, x, np.random.default_rng(1)).tolist()
    [1, 2]
    """
    pi = chances.checked(pi, is_fixed=False)
    x = arrays.numbers(balancing, "balancing columns")
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or x.shape[0] != pi.size or not x.shape[1] or not np.all(np.isfinite(x)):
        raise BadInput("The balancing columns do not fit.", "Give one known row a unit, one column or more.")
    if not isinstance(rng, np.random.Generator):
        raise BadInput("There is no generator of random numbers.", "Give numpy.random.default_rng(seed).")
    chance = pi.copy()
    weighed = x / pi[:, None]
    for kept in range(x.shape[1], -1, -1):
        _flight(chance, weighed[:, :kept], rng)
    return np.flatnonzero(chance > 0.5)


def _flight(chance: np.ndarray, weighed: np.ndarray, rng: np.random.Generator) -> None:
    """Walk from ``chance``, in place, until no undecided units can move and keep the totals of the columns.

    Undecided units are put into groups of one more than the columns; each group has a direction that its
    totals do not feel, and goes along it until a unit is decided. All groups go at once, then the rest
    regroup.
    """
    size = weighed.shape[1] + 1
    while True:
        rest = np.flatnonzero((chance > DECIDED) & (chance < 1 - DECIDED))
        if not rest.size:
            return
        if rest.size < size:
            way = _kernel(weighed[rest].T)
            if way is None:
                return
            _go(chance, rest[None], way[None], rng)
            continue
        groups = rest[: rest.size // size * size].reshape(-1, size)
        ways = np.ones((groups.shape[0], 1))
        if size > 1:
            # The last column of Q is orthogonal to all columns, also where they depend on each other.
            ways = np.linalg.qr(weighed[groups], mode="complete")[0][..., -1]
        _go(chance, groups, ways, rng)


def _go(chance: np.ndarray, groups: np.ndarray, ways: np.ndarray, rng: np.random.Generator) -> None:
    """Move each group along its way or against it, as far as it goes, so that on average it stays."""
    here = chance[groups]
    ways = np.where(np.abs(ways) < 1e-12, 0.0, ways)
    up, down = _reach(here, ways), _reach(here, -ways)
    forward = rng.random(up.size) * (up + down) < down
    after = np.clip(here + np.where(forward, up, -down)[:, None] * ways, 0, 1)
    after[after < DECIDED], after[after > 1 - DECIDED] = 0.0, 1.0
    chance[groups] = after


def _reach(here: np.ndarray, ways: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(ways > 0, (1 - here) / ways, np.where(ways < 0, -here / ways, np.inf))
    return steps.min(-1)


def _kernel(columns: np.ndarray) -> np.ndarray | None:
    """Return a direction that no column feels; None if there is none."""
    _left, values, right = np.linalg.svd(columns)
    rank = int((values > 1e-11 * max(values.max(), 1e-300)).sum())
    return None if rank >= columns.shape[1] else right[-1]
