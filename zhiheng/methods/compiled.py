"""Loops that have no array form, compiled where Numba is installed; the plain loop is the reference.

Numba is optional (``pip install 'zhiheng[fast]'``): without it the same function runs on lists, and a test
holds both equal to the last unit. Short loops stay plain, for compiling takes longer than they do.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np

# Below this many units the plain loop has ended before Numba is loaded.
COMPILED_FROM = 500_000


def duels(chance: Any, luck: Any, taken: Any) -> float:
    """Let units duel along their order and mark in ``taken`` those that win; return what is left over.

    ``chance`` are inclusion probabilities, ``luck`` uniform numbers, ``taken`` zeros: sequences of one
    length. The rule is that of ``draws.sequential_pivotal``; what is left over is 0 or 1 but for rounding.

    >>> taken = bytearray(4)
    >>> duels([0.5, 0.5, 0.5, 0.5], [0.0, 0.2, 0.9, 0.7], taken), list(taken)
    (0.0, [1, 0, 0, 1])
    """
    holder, a = 0, chance[0]
    for unit in range(1, len(chance)):
        b = chance[unit]
        total = a + b
        if total < 1:
            if luck[unit] * total >= a:
                holder = unit
            a = total
        elif luck[unit] * (2 - total) < 1 - b:
            taken[holder] = 1
            holder, a = unit, total - 1
        else:
            taken[unit] = 1
            a = total - 1
    if a > 0.5:
        taken[holder] = 1
    return a


def fit(pi: np.ndarray, u: np.ndarray) -> bool:
    """Return whether one compiled pass finds nothing wrong; False where it has not looked, or has doubts.

    ``draws`` then looks itself, slower, and says what is wrong. Right are probabilities in (0, 1] that add up
    to a whole number, and as many uniform numbers in [0, 1).
    """
    if not (pi.ndim == 1 and pi.shape == u.shape and _is_long(pi)):
        return False
    right, total = _compiled(_within, "reassoc", "nsz")(pi, u)
    return bool(right == pi.size and abs(total - round(total)) < 1e-6)


def along(pi: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Return the positions of the units that ``duels`` takes, by whichever loop is the faster one here."""
    if not _is_long(pi):
        return plain(pi, u)
    taken = np.zeros(pi.size, dtype=bool)
    _compiled(duels)(pi, u, taken)
    return np.flatnonzero(taken)


def plain(pi: np.ndarray, u: np.ndarray) -> np.ndarray:
    """Run the loop as it is written, on lists: they are several times as fast in it as arrays."""
    taken = bytearray(pi.size)
    duels(pi.tolist(), u.tolist(), taken)
    return np.flatnonzero(np.frombuffer(taken, dtype=bool))


def _within(pi: Any, u: Any) -> tuple[int, float]:
    right, total = 0, 0.0
    for unit in range(len(pi)):
        right += (pi[unit] > 0) & (pi[unit] <= 1) & (u[unit] >= 0) & (u[unit] < 1)
        total += pi[unit]
    return right, total


def _is_long(pi: np.ndarray) -> bool:
    return 0 < pi.size >= COMPILED_FROM and importlib.util.find_spec("numba") is not None


@cache
def _compiled(loop: Callable[..., Any], *freedoms: str) -> Callable[..., Any]:
    """Compile a loop; ``freedoms`` of arithmetic are for sums in any order, never for a draw."""
    import numba

    return numba.njit(cache=True, fastmath=set(freedoms))(loop)
