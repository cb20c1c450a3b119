"""How many successes independent trials have: of all of them, of the first or the last, without one or two.

Symbols: p_i the chance of unit i, m the number of successes. What conditional Poisson and Sampford draws and
their joint probabilities are made of (``chances``).
"""

from __future__ import annotations

import numpy as np

from zhiheng.methods import arrays

VERSION = "1"


def trials(p: np.ndarray, n: int) -> np.ndarray:
    """Return the chance of 0, 1, ..., n successes in independent trials with the probabilities p.

    >>> trials(np.array([0.5, 0.5]), 2).tolist()
    [0.25, 0.5, 0.25]
    """
    p, n = arrays.vector(p, "probabilities"), arrays.whole(n, "number of successes", least=0)
    return ahead(p, n)[-1]


def ahead(p: np.ndarray, n: int) -> np.ndarray:
    """Return the same for the first 0, 1, ..., N units, one row each."""
    table = np.zeros((p.size + 1, n + 1))
    table[0, 0] = 1.0
    for i, chance in enumerate(p):
        table[i + 1] = table[i] * (1 - chance)
        table[i + 1, 1:] += table[i, :-1] * chance
    return table


def behind(p: np.ndarray, n: int) -> np.ndarray:
    """Return the chance of 0 ... n successes among the units from i on; row i, and a last row for none.

    >>> behind(np.array([0.5, 0.2]), 1).tolist()
    [[0.4, 0.5], [0.8, 0.2], [1.0, 0.0]]
    """
    return ahead(p[::-1], n)[::-1]


def without_each(p: np.ndarray, n: int) -> np.ndarray:
    """Return the chance of n successes among all units but i, for each i.

    >>> without_each(np.array([0.5, 0.2, 0.1]), 1).round(4).tolist()
    [0.26, 0.5, 0.5]
    """
    p, n = arrays.vector(p, "probabilities"), arrays.whole(n, "number of successes", least=0)
    before, after = ahead(p, n)[:-1], behind(p, n)[1:]
    return (before * after[:, ::-1]).sum(1)


def without_pairs(p: np.ndarray, n: int, values: np.ndarray) -> np.ndarray:
    """Return sum_m value_m P_ij(m) for all pairs i, j and each row of values; stable, for no term cancels."""
    size = p.size
    before, after = ahead(p, n), behind(p, n)
    shifted = np.zeros((values.shape[0], n + 1, n + 1))
    for a in range(n + 1):
        shifted[:, a, : n + 1 - a] = values[:, a:]
    # What a start with a successes is worth, given the units after j.
    worth = np.einsum("vab,jb->jva", shifted, after)
    found = np.zeros((values.shape[0], size, size))
    for i in range(size):
        row = before[i].copy()
        for j in range(i + 1, size):
            found[:, i, j] = found[:, j, i] = worth[j + 1] @ row
            grown = row * (1 - p[j])
            grown[1:] += row[:-1] * p[j]
            row = grown
    return found
