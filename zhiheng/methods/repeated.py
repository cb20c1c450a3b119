"""The covariance of two means from samples that share units: what a panel spares a comparison.

Two rounds of a panel meet many of the same firms, so their errors go together and the change is known better
than from two samples made apart. Leaving the covariance out would be safe, but wasteful; guessing it is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"


@dataclass(frozen=True)
class Shared:
    """The covariance of two stratified means, and how many units both rounds answered."""

    covariance: float
    units: int
    method: str = "shared-units"
    version: str = VERSION


@dataclass(frozen=True)
class Stratum:
    """One stratum at two times: its share of the population, its size, both sample sizes, shared values."""

    share: float
    population: int
    before: int
    after: int
    shared_before: Any
    shared_after: Any

    def __post_init__(self) -> None:
        if not 0 <= arrays.number(self.share, "share of a stratum") <= 1:
            raise BadInput(f"The share {self.share} of a stratum is not from 0 to 1.", "Give W_h = N_h / N.")
        for name, least in (("population", 1), ("before", 1), ("after", 1)):
            arrays.whole(getattr(self, name), f"{name} of a stratum", least=least)


def covariance(strata: Sequence[Stratum]) -> Shared:
    """Return sum_h W_h^2 (m_h / (n1_h n2_h) - 1 / N_h) s12_h.

    W_h is the share of the stratum in the population, n1 and n2 the units of both samples, m those in both,
    N the population, s12 the covariance (divisor m - 1) of the values of shared units. It holds for simple
    random samples whose common part has a fixed size, by any way of keeping it (Tam 1984, The American
    Statistician 38(4); Qualite & Tille 2008, Survey Methodology 34). Samples drawn apart share n1 n2 / N
    units on average and have none. Strata with fewer than two shared units are taken to have none.

    >>> one = Stratum(1.0, 100, 20, 20, [1, 1, 0, 1, 1, 1, 1, 0, 1, 1], [1, 1, 0, 1, 1, 1, 1, 1, 1, 1])
    >>> print(round(covariance([one]).covariance, 6), covariance([one]).units)
    0.001333 10
    """
    total, units = 0.0, 0
    for one in arrays.listed(strata, "strata"):
        arrays.instance(one, Stratum, "stratum")
        x = arrays.numbers(one.shared_before, "shared values before")
        y = arrays.numbers(one.shared_after, "shared values after")
        m = x.size
        if (
            x.shape != y.shape
            or m > min(one.before, one.after)
            or max(one.before, one.after) > one.population
        ):
            raise BadInput(
                "The shared units do not fit the samples.", "Give a value at both times for each shared unit."
            )
        units += m
        if m < 2:
            continue
        together = float(((x - x.mean()) * (y - y.mean())).sum() / (m - 1))
        total += one.share**2 * (m / (one.before * one.after) - 1 / one.population) * together
    return Shared(float(total), units)
