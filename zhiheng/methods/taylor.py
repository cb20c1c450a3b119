"""The plain version on unit rows: mean of a stratified (cluster) draw with its linearised error.

It is the reference that the sums of ``survey`` are tested against, and it takes what they do not: values
that are no passes, and primary units that hold several rows. One row a unit; no speed is sought.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from zhiheng.errors import BadInput

VERSION = "1"


@dataclass(frozen=True)
class Mean:
    """A weighted mean with its standard error and design degrees of freedom."""

    estimate: float
    standard_error: float
    df: int
    n: int
    method: str = "taylor"
    version: str = VERSION


def mean(
    y: Any,
    weight: Any,
    stratum: Any,
    *,
    psu: Any = None,
    population: dict[Any, float] | None = None,
    domain: Any = None,
    lonely: Literal["adjust", "certainty", "refuse"] = "adjust",
) -> Mean:
    """Return sum w y / sum w over a domain and the Taylor error of it.

    z = w (y - mean) / sum w in the domain, 0 outside, summed within primary unit;
    v = sum_h (1 - n_h/N_h) n_h/(n_h - 1) sum (z - mean z)^2 over primary units (Woodruff 1971; Sarndal et
    al. 1992, 5.5). ``population`` gives N_h (no finite correction without it). A stratum with one primary
    unit is centred on the mean over all primary units (``adjust``), counted as certain, or refused.
    Same numbers as R survey ``svymean(svydesign(...))``.

    >>> m = mean([1, 1, 0, 1], [10, 10, 5, 5], ["a", "a", "b", "b"], population={"a": 20, "b": 10})
    >>> print(round(m.estimate, 4), round(m.standard_error, 4), m.df)
    0.8333 0.1491 2
    """
    y, weight, stratum = np.asarray(y, dtype=float), np.asarray(weight, dtype=float), np.asarray(stratum)
    psu = np.arange(y.size) if psu is None else np.asarray(psu)
    inside = np.ones(y.size, dtype=bool) if domain is None else np.asarray(domain, dtype=bool)
    if not y.size == weight.size == stratum.size == psu.size == inside.size or np.any(~(weight > 0)):
        raise BadInput(
            "The rows do not fit, or a weight is not above zero.", "Give one value a row, weights > 0."
        )
    if not inside.any() or not np.all(np.isfinite(y[inside])):
        raise BadInput(
            "The domain is empty or holds unknown values.", "Leave unknown rows out of the domain."
        )
    total = weight[inside].sum()
    estimate = float((weight * y)[inside].sum() / total)
    z = np.where(inside, weight * (np.where(inside, y, estimate) - estimate) / total, 0.0)
    variance, units, strata = 0.0, 0, np.unique(stratum)
    clusters = {h: _cluster_sums(z[stratum == h], psu[stratum == h]) for h in strata}
    centre = np.concatenate(list(clusters.values())).mean()
    for h in strata:
        sums = clusters[h]
        units += sums.size
        free = 1 - sums.size / population[h] if population is not None else 1.0
        variance += free * _spread(sums, centre, lonely)
    return Mean(estimate, float(np.sqrt(variance)), units - strata.size, int(inside.sum()))


def _cluster_sums(z: np.ndarray, psu: np.ndarray) -> np.ndarray:
    return np.bincount(np.unique(psu, return_inverse=True)[1], weights=z)


def _spread(sums: np.ndarray, centre: float, lonely: str) -> float:
    if sums.size > 1:
        return sums.size / (sums.size - 1) * float(((sums - sums.mean()) ** 2).sum())
    if lonely == "adjust":
        return float((sums[0] - centre) ** 2)
    if lonely == "certainty":
        return 0.0
    raise BadInput("A stratum has one primary unit.", "Join it with a like stratum, or choose how it counts.")
