"""Balanced draws: samples whose Horvitz-Thompson totals of known columns are those of the frame.

The cube method (Deville & Tille 2004), in its fast form (Chauvet & Tille 2006): the flight walks on the
constraints until no direction is left; the landing lets go of the last columns one by one.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import chances

VERSION = "1"
DECIDED = 1e-9


def draw(pi: Any, balancing: Any, rng: np.random.Generator) -> np.ndarray:
    """Return the positions of a sample with the chances pi, balanced on the columns of ``balancing``.

    Balanced means sum_s x / pi = sum_U x. Give pi itself as the first column for a fixed size. Columns come
    in order of weight: the landing gives up the last one first. What is left out of balance comes from the
    last few units alone, so it is small where n is much larger than the number of columns.

    >>> x = [[0.5, v] for v in (1.0, 2.0, 3.0, 4.0)]
    >>> draw([0.5] * 4, x, np.random.default_rng(1)).size
    2
    """
    pi = chances.checked(pi, is_fixed=False)
    x = np.asarray(balancing, dtype=float)
    x = x[:, None] if x.ndim == 1 else x
    if x.ndim != 2 or x.shape[0] != pi.size or not x.shape[1] or not np.all(np.isfinite(x)):
        raise BadInput("The balancing columns do not fit.", "Give one known row a unit, one column or more.")
    chance = pi.copy()
    weighed = x / pi[:, None]
    for kept in range(x.shape[1], -1, -1):
        _flight(chance, weighed[:, :kept], rng)
    return np.flatnonzero(chance > 0.5)


def _flight(chance: np.ndarray, weighed: np.ndarray, rng: np.random.Generator) -> None:
    """Walk from ``chance``, in place, until fewer undecided units are left than one above the columns."""
    size = weighed.shape[1] + 1
    waiting = np.flatnonzero((chance > DECIDED) & (chance < 1 - DECIDED)).tolist()[::-1]
    group: list[int] = []
    while True:
        while len(group) < size and waiting:
            group.append(waiting.pop())
        if not group:
            return
        way = _kernel(weighed[group].T)
        if way is None:
            return
        here = chance[group]
        up, down = _reach(here, way), _reach(here, -way)
        # The two ends are chosen so that the walk goes nowhere on average.
        move = up * way if rng.random() * (up + down) < down else -down * way
        after = np.clip(here + move, 0, 1)
        after[after < DECIDED], after[after > 1 - DECIDED] = 0.0, 1.0
        chance[group] = after
        group = [unit for unit, share in zip(group, after, strict=True) if 0 < share < 1]


def _reach(here: np.ndarray, way: np.ndarray) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(way > 0, (1 - here) / way, np.where(way < 0, -here / way, np.inf))
    return float(steps.min())


def _kernel(columns: np.ndarray) -> np.ndarray | None:
    """Return a direction that no column feels; None if there is none."""
    if not columns.shape[0]:
        return np.eye(columns.shape[1])[0]
    _left, values, right = np.linalg.svd(columns)
    rank = int((values > 1e-11 * max(values.max(), 1e-300)).sum()) if values.size else 0
    if rank >= columns.shape[1]:
        return None
    way = right[-1].copy()
    way[np.abs(way) < 1e-12] = 0.0
    return way
