"""Weights of the parts of a composite figure: judged by experts, or read off the data, and how far they hold.

Weights are value judgements: publish which were used and what others would change (``ranking``). Sources in
each function; checked against R (principal eigenvector, prcomp) and COINr 1.1.14.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"
# Mean consistency index of random judgements of 1..15 parts (Saaty 1980, table 2.2).
RANDOM_INDEX = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
ACCEPTED_RATIO = 0.10
# A reciprocal may have been written to two decimals, as 0.33; below 0.1 that would leave too little of it.
ROUNDED, LEAST_ROUNDED = 0.005, 0.1


def equal(count: int) -> np.ndarray:
    """Return 1 / count for each part.

    >>> equal(4).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    size = arrays.whole(count, "number of parts")
    return np.full(size, 1 / size)


@dataclass(frozen=True)
class Judged:
    """Weights from paired comparisons, and whether the judgements contradict each other too much."""

    weights: np.ndarray
    largest_eigenvalue: float
    consistency_index: float
    consistency_ratio: float
    is_consistent: bool
    method: str = "ahp-eigenvector"
    version: str = VERSION


def ahp(pairwise: Any) -> Judged:
    """Return the weights of the analytic hierarchy process from a matrix of "how many times as important".

    a_ij > 0 compares part i with part j, a_ji = 1 / a_ij, also where it was rounded to two decimals: 0.33
    for 1/3 (the figures are taken as they are written). Weights: eigenvector of the largest eigenvalue L,
    scaled to 1. Consistency index CI = (L - n) / (n - 1), ratio CI / RI with Saaty's random index RI; above
    0.10 the judgements should be asked again, not averaged away (Saaty 1980, chapters 2 and 3).

    >>> found = ahp([[1, 3, 5], [1 / 3, 1, 2], [1 / 5, 1 / 2, 1]])
    >>> print(found.weights.round(4).tolist(), round(found.consistency_ratio, 4))
    [0.6483, 0.2297, 0.122] 0.0032
    """
    a = arrays.table(pairwise, "comparisons")
    n = a.shape[0]
    if a.shape != (n, n) or np.any(a <= 0) or not _is_reciprocal(a):
        raise BadInput(
            "The comparisons are not reciprocal.", "Give a square with a_ji = 1 / a_ij, all above 0."
        )
    if n > len(RANDOM_INDEX):
        raise BadInput(f"{n} parts are too many to compare in pairs.", "Group them in a tree of at most 15.")
    values, vectors = np.linalg.eig(a)
    first = int(np.argmax(values.real))
    weights = np.abs(vectors[:, first].real)
    index = max((float(values[first].real) - n) / (n - 1), 0.0) if n > 1 else 0.0
    ratio = index / RANDOM_INDEX[n - 1] if n > 2 else 0.0
    return Judged(
        weights / weights.sum(), float(values[first].real), index, ratio, bool(ratio <= ACCEPTED_RATIO)
    )


def _is_reciprocal(a: np.ndarray) -> bool:
    """Say whether the smaller of each pair is the reciprocal of the larger, or that rounded."""
    small, large = np.minimum(a, a.T), np.maximum(a, a.T)
    is_exact = np.abs(small * large - 1) <= 1e-6
    is_rounded = (small >= LEAST_ROUNDED) & (small < 1) & (np.abs(small - 1 / large) <= ROUNDED * (1 + 1e-9))
    return bool((is_exact | is_rounded).all())


def entropy(scores: Any) -> np.ndarray:
    """Return entropy weights: an indicator counts by how unevenly it is spread over the units.

    p_ij = x_ij / sum_i x_ij, e_j = -sum p ln p / ln n (0 ln 0 = 0), w_j = (1 - e_j) / sum (1 - e_k)
    (Shannon 1948; Zeleny 1982, 7.3). Scores of zero or more with a true zero: the weights change when a
    constant is added, so say which scale was used.

    >>> entropy([[1, 1], [1, 2], [1, 3]]).round(6).tolist()
    [0.0, 1.0]
    """
    x = arrays.table(scores, "scores", least=2)
    if np.any(x < 0) or np.any(x.sum(axis=0) == 0):
        raise BadInput("A score is negative, or a column is all zero.", "Bring the scores to 0..1 first.")
    p = x / x.sum(axis=0)
    logs = np.log(p, out=np.zeros_like(p), where=p > 0)
    apart = np.maximum(1 + (p * logs).sum(axis=0) / np.log(x.shape[0]), 0.0)
    # What is left of an even column is rounding.
    apart[np.ptp(x, axis=0) == 0] = 0.0
    if not apart.sum() > 0:
        raise BadInput("No indicator tells units apart.", "Weigh them equally, or by judgement.")
    return apart / apart.sum()


@dataclass(frozen=True)
class Components:
    """Principal components: variances in falling order, loadings by column, and weights by communality."""

    variances: np.ndarray
    loadings: np.ndarray
    kept: int
    weights: np.ndarray
    method: str = "pca-communality"
    version: str = VERSION


def principal_components(data: Any) -> Components:
    """Return the principal components of the standardised columns and the weights that follow from them.

    The variances are the eigenvalues l_k of the correlation matrix; their sum is the number of columns. Kept
    are those above 1 (Kaiser). Weight of column j in proportion to its communality sum_k l_k v_jk^2 over the
    kept ones, which no rotation changes (OECD/JRC 2008, step 6). Correlation is not importance: with columns
    that do not correlate the weights mean nothing.

    >>> found = principal_components([[1, 2, 1], [2, 1, 1], [3, 4, 5], [4, 3, 2]])
    >>> print(found.variances.round(4).tolist(), found.kept)
    [2.3256, 0.5741, 0.1003] 1
    """
    x = arrays.table(data, "data", least=3)
    if np.any(np.ptp(x, axis=0) == 0):
        raise BadInput("An indicator has the same value everywhere.", "Leave it out.")
    correlation = np.atleast_2d(np.corrcoef(x, rowvar=False))
    values, vectors = np.linalg.eigh(correlation)
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    # One component always stays: with no correlation at all every variance is 1.
    kept = max(int((values > 1 + 1e-9).sum()), 1)
    communality = (vectors[:, :kept] ** 2 * values[:kept]).sum(axis=1)
    return Components(values, vectors, kept, communality / communality.sum())


def alpha(data: Any) -> float:
    """Return Cronbach's alpha k / (k - 1) (1 - sum s_j^2 / s_total^2), of columns in units that may be added.

    Near 1 the columns measure one thing; it may be negative (Cronbach 1951).

    >>> print(round(alpha([[1, 2], [2, 2], [3, 5]]), 4))
    0.8571
    """
    x = arrays.table(data, "data", least=2)
    k, total = x.shape[1], x.sum(axis=1).var(ddof=1)
    if k < 2 or not total > 0:
        raise BadInput("One column, or a sum without spread, has no alpha.", "Give two columns that vary.")
    return float(k / (k - 1) * (1 - x.var(axis=0, ddof=1).sum() / total))
