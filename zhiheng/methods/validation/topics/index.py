"""Adapters of composite figures: normalisation, weights, aggregation, trees and ranks."""

from __future__ import annotations

from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import composite, normalisation, ranking, weighting
from zhiheng.methods.validation.cases import Inputs

# The reference calls its goalposts 0 to 120 but sets 30 and 70, for the second indicator.
GOALPOSTS, GOALPOSTS_OF = (30, 70), 1
SCORES = (60.0, 100.0)
WIDEST_GRID = 200_000


def normalised(given: Inputs) -> dict[str, Any]:
    """Return each normalisation of a table."""
    data = given.matrix("data")
    return {
        "minmax_0_100": lambda: normalisation.min_max(data, low=0, high=100),
        "minmax_60_100": lambda: normalisation.min_max(data, low=60, high=100),
        "zscore": lambda: normalisation.z_score(data),
        "rank": lambda: normalisation.ranks(data),
        "prank": lambda: normalisation.percent_ranks(data),
        "goalposts_0_120": lambda: normalisation.goalposts(data[:, [GOALPOSTS_OF]], *GOALPOSTS).ravel(),
    }


def aggregated(given: Inputs) -> dict[str, Any]:
    """Return the three means, the variances of the components, and alpha of the indicators before scoring."""
    data, weights = given.matrix("data"), given.numbers("weights") if given.is_known("weights") else None
    w = weighting.equal(data.shape[1]) if weights is None else weights
    found = {
        "amean": lambda: composite.aggregate(data, w),
        "gmean": lambda: composite.aggregate(data, w, "geometric"),
        "hmean": lambda: composite.aggregate(data, w, "harmonic"),
        "pca_var": lambda: weighting.principal_components(data).variances[: min(data.shape)],
    }
    measured = _as_measured(given, data)
    # Scores do not tell the units of their indicators: without those there is no such output.
    return found if measured is None else found | {"cronbach": lambda: weighting.alpha(measured)}


def _as_measured(given: Inputs, data: np.ndarray) -> np.ndarray | None:
    """Return the indicators as measured: the data themselves, or of which another case says they are scores.

    The reference takes alpha of the indicators, the case gives their scores of 60 to 100, and the case
    ``normalise`` of the same file gives both. A case that stands alone is read from its decimals.
    """
    low, high = SCORES
    if not (np.allclose(data.min(axis=0), low) and np.allclose(data.max(axis=0), high)):
        return data
    for other in given.elsewhere("data"):
        try:
            table = Inputs({"data": other}).matrix("data")
            scores = normalisation.min_max(table, low=low, high=high)
        except BadInput:
            # A table of another kind, which cannot be scored, is not what the scores are of.
            continue
        is_scores = np.array_equal(table, data)
        if not is_scores and scores.shape == data.shape and np.allclose(scores, data, rtol=1e-9, atol=0):
            return table
    return _from_decimals((data - low) / (high - low))


def _from_decimals(shares: np.ndarray) -> np.ndarray | None:
    """Return indicators up to a shift and one unit from where each value lies between its least and greatest.

    Values written with one number of decimals lie on a grid: the width of a column is the least whole number
    R for which every share x R is whole. Of values that lie on no grid nothing is known.
    """
    widths, grid = [], np.arange(1.0, WIDEST_GRID)
    for column in shares.T:
        left = grid
        # Unit by unit, what is not whole drops out.
        for share in column:
            steps = left * share
            left = left[np.abs(steps - np.round(steps)) < 1e-12 * left + 1e-9]
        if not left.size:
            return None
        widths.append(left[0])
    return shares * np.array(widths)


def winsorised(given: Inputs) -> dict[str, Any]:
    """Return the treated indicator, and skewness, kurtosis and logarithm of the untreated one."""
    x = given.numbers("x")
    return {
        "x": lambda: normalisation.winsorise(x).values,
        "skew": lambda: normalisation.skewness(x),
        "kurt": lambda: normalisation.kurtosis(x),
        "log_CT": lambda: normalisation.log_shifted(x),
    }


def tree(given: Inputs) -> dict[str, Any]:
    """Return the levels, the index and the places of a tree whose levels split evenly."""
    weights = [np.atleast_1d(np.asarray(given["weights"][f"level{n}"], dtype=float)) for n in (3, 2, 1)]
    scores = normalisation.min_max(given.matrix("values"), low=SCORES[0], high=SCORES[1])
    rolled = composite.roll_up(composite.Tree.even(*(w.size for w in weights), weights=weights), scores)
    return {
        "level3": scores,
        "level2": rolled.values[1],
        "level1": rolled.values[2],
        "index": rolled.index,
        "rank": lambda: ranking.places(rolled.index),
    }


def robustness(given: Inputs) -> dict[str, Any]:
    """Return the places under each set of weights and how far they are from the first."""
    found = ranking.under_weights(given.matrix("data"), given.matrix("weight_sets"))
    return {"ranks": found.places, "mean_abs_rank_shift": found.mean_shift, "kendall": found.kendall}


def weighted(given: Inputs) -> dict[str, Any]:
    """Return weights by paired comparison and by entropy."""
    judged = weighting.ahp(given.matrix("pairwise"))
    return {
        "ahp": judged.weights,
        "lambda_max": judged.largest_eigenvalue,
        "CR": judged.consistency_ratio,
        "entropy": lambda: weighting.entropy(given.matrix("data")),
    }


ADAPTERS = {
    "normalise": normalised,
    "aggregate": aggregated,
    "winsorise": winsorised,
    "tree_2_6_12": tree,
    "rank_robustness": robustness,
    "weights_ahp_entropy": weighted,
}
