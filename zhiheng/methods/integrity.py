"""Looks for results that were copied, or vary less than measurements can: signs for a look at raw records.

Values carry any unit, in the order in which they were recorded. A sign is never a proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays
from zhiheng.methods.digits import numbers

VERSION = "1"


@dataclass(frozen=True)
class Run:
    """The longest run of values that comes twice; positions from 0, -1 where no value does."""

    length: int
    first: int
    second: int
    p: float
    version: str = VERSION


@dataclass(frozen=True)
class Dispersion:
    """Variances of the groups in the order of their sorted names, and which are too small."""

    groups: np.ndarray
    n: np.ndarray
    variance: np.ndarray
    ratio: np.ndarray
    p: np.ndarray
    adjusted: np.ndarray
    bartlett: float
    bartlett_p: float
    version: str = VERSION


def repeated_run(x: Any) -> Run:
    """Return the longest run of consecutive values that comes again, equal and not overlapping, the earliest.

    p = 1 - exp(-(n-L)^2/2 (1-q) q^L), q = sum c_v (c_v - 1) / (n (n-1)), c_v how often a value v comes: the
    chance of a run of L in n values of random order (Arratia, Gordon & Waterman 1990, Poisson). It is near
    for rare long runs, and has no meaning where neighbours depend on one another, as in a drifting process.

    The length is halved in on: ranks of windows of 1, 2, 4 .. values are joined to ranks of any length, so
    n values take n log^2 n steps, and equality is exact.

    >>> found = repeated_run([4.8, 5.1, 4.9, 5.0, 5.3, 5.1, 4.9, 5.0, 4.7])
    >>> found.length, found.first, found.second, round(found.p, 3)
    (3, 1, 5, 0.01)
    """
    x = numbers(x)
    ranks = [np.unique(x, return_inverse=True)[1].astype(np.int64)]
    while 1 << len(ranks) <= x.size // 2:
        half = 1 << (len(ranks) - 1)
        ranks.append(_joined(ranks[-1][:-half], ranks[-1][half:]))
    low, high, best = 0, x.size // 2, None
    while low < high:
        length = (low + high + 1) // 2
        pair = _twice(_windows(ranks, length), length)
        low, high, best = (length, high, pair) if pair else (low, length - 1, best)
    if best is None:
        return Run(0, -1, -1, 1.0)
    count = np.bincount(ranks[0])
    q = float((count * (count - 1)).sum()) / (x.size * (x.size - 1))
    return Run(low, *best, float(-np.expm1(-((x.size - low) ** 2) / 2 * (1 - q) * q**low)))


def _joined(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return ranks of pairs of ranks."""
    return np.unique(left * (int(right.max(initial=0)) + 1) + right, return_inverse=True)[1]


def _windows(ranks: list[np.ndarray], length: int) -> np.ndarray:
    """Return ranks of all windows of a length: equal ranks, equal windows."""
    power = length.bit_length() - 1
    ahead = length - (1 << power)
    whole = ranks[power]
    return _joined(whole[: whole.size - ahead], whole[ahead:]) if ahead else whole


def _twice(rank: np.ndarray, length: int) -> tuple[int, int] | None:
    """Return the earliest two windows of equal rank that lie at least a length apart."""
    groups = int(rank.max()) + 1
    place = np.arange(rank.size)
    first, last = np.full(groups, rank.size), np.full(groups, -1)
    np.minimum.at(first, rank, place)
    np.maximum.at(last, rank, place)
    far = np.flatnonzero(last - first >= length)
    if not far.size:
        return None
    start = int(first[far].min())
    again = np.flatnonzero((rank == rank[start]) & (place >= start + length))
    return start, int(again[0])


def under_dispersion(x: Any, group: Any) -> Dispersion:
    """Return which groups (laboratories, inspectors, days) vary too little beside all others together.

    s_i^2 is the variance of group i with n_i values; ratio F_i = s_i^2 / (sum of others' (n_j-1) s_j^2 / sum
    (n_j-1)), p_i = P(F(n_i-1, sum (n_j-1)) <= F_i), the lower tail; adjusted = Holm's (1979) for as many
    looks as there are groups. Bartlett (1937): [(N-k) log s_p^2 - sum (n_i-1) log s_i^2] / C with C = 1 +
    (sum 1/(n_i-1) - 1/(N-k)) / (3(k-1)), chi^2 with k-1 degrees; infinite where a group does not vary at all.

    For normal values of the same material and method: groups that measure different things differ in
    spread. With strong outliers in the others every honest group looks too even.

    >>> found = under_dispersion([5.1, 4.2, 6.0, 5.0, 5.0, 5.1, 4.1, 5.8, 5.3], list("aaabbbccc"))
    >>> print(found.ratio.round(4).tolist(), found.p.round(4).tolist())
    [2.113, 0.0042, 1.877] [0.7636, 0.0042, 0.7339]
    """
    x = numbers(x)
    group = arrays.column(group, "groups")
    if group.shape != x.shape or group.dtype.kind == "O" or (group != group).any():
        raise BadInput("Values and groups do not go together.", "Give the name of one group for each value.")
    names, code, n = np.unique(group, return_inverse=True, return_counts=True)
    if names.size < 2 or n.min() < 2:
        raise BadInput(
            "A comparison needs two groups of two values at least.", "Leave out groups with a single value."
        )
    mean = np.bincount(code, x) / n
    square = np.bincount(code, (x - mean[code]) ** 2)
    low, high = np.full(names.size, np.inf), np.full(names.size, -np.inf)
    np.minimum.at(low, code, x)
    np.maximum.at(high, code, x)
    square[low == high] = 0.0  # the rounding of their mean is no spread
    df = n - 1
    others, df_others = _all_but(square), df.sum() - df
    if not square.any():
        raise BadInput("No group varies at all.", "Record more digits; equality is a sign by itself.")
    variance = square / df
    with np.errstate(divide="ignore"):
        ratio = variance / (others / df_others)
    p = np.where(np.isinf(ratio), 1.0, special.fdtr(df, df_others, np.where(np.isinf(ratio), 1.0, ratio)))
    bartlett = _bartlett(variance, df)
    return Dispersion(
        names,
        n,
        variance,
        ratio,
        p,
        holm(p),
        bartlett,
        float(special.chdtrc(names.size - 1, bartlett)) if np.isfinite(bartlett) else 0.0,
    )


def _all_but(square: np.ndarray) -> np.ndarray:
    """Return the sums without each; adding beats taking away, which leaves rounding where nothing is left."""
    before = np.concatenate([[0.0], np.cumsum(square)[:-1]])
    return before + np.concatenate([np.cumsum(square[::-1])[::-1][1:], [0.0]])


def _bartlett(variance: np.ndarray, df: np.ndarray) -> float:
    if np.any(variance == 0):
        return float("inf")
    total = df.sum()
    pooled = (df * variance).sum() / total
    correction = 1 + ((1 / df).sum() - 1 / total) / (3 * (df.size - 1))
    return float((total * np.log(pooled) - (df * np.log(variance)).sum()) / correction)


def holm(p: Any) -> np.ndarray:
    """Return p-values adjusted for all being looked at: max over smaller p_(j) of min(1, (m-j+1) p_(j)).

    Holds however the looks depend on one another (Holm 1979).

    >>> holm([0.01, 0.04, 0.03]).round(4).tolist()
    [0.03, 0.06, 0.06]
    """
    p = numbers(p)
    if np.any((p < 0) | (p > 1)):
        raise BadInput("A p-value lies outside 0 to 1.", "Give chances from 0 to 1.")
    order = np.argsort(p, kind="stable")
    adjusted = np.empty(p.size)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * np.arange(p.size, 0, -1)), 1)
    return adjusted
