"""Confidence sequences: limits that hold at every look at once, so that one may stop whenever one likes.

With a chance of at least ``level`` the truth lies within the limits at *all* times; a usual interval promises
that for one sample size fixed beforehand. The price is width: about a half more at 60 units.
Symbols: x_t the t-th unit, S = x_1 + .. + x_t, alpha = 1 - level. Units must come in random order.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, evidence

VERSION = "1"
HALVINGS = 80
CHUNK = 64
TIE = 1e-10
ROUNDING = 1e-12


@dataclass(frozen=True)
class ConfidenceSequence:
    """Limits after each unit, and what they were worked out from."""

    lower: np.ndarray
    upper: np.ndarray
    level: float
    method: str
    version: str = VERSION

    @property
    def running_lower(self) -> np.ndarray:
        """The largest lower limit so far: all limits hold together, so what was once excluded stays so."""
        return np.maximum.accumulate(self.lower)

    @property
    def running_upper(self) -> np.ndarray:
        """The smallest upper limit so far; below ``running_lower`` only where the level has failed."""
        return np.minimum.accumulate(self.upper)


def lot(
    x: Any, population: int, *, prior: tuple[float, float] = (1.0, 1.0), level: float = 0.95
) -> ConfidenceSequence:
    """Return limits of the number M of marked units in a lot of N = ``population``, without replacement.

    {M : prior(M) / posterior_t(M) < 1/alpha}, a beta-binomial (a, b) ``prior`` on M: the prior-posterior
    ratio is a martingale at the true M (Waudby-Smith & Ramdas 2020). The ratio is P(data) / P(data | M) with
    P(data) = B(a+S, b+t-S) / B(a, b) and P(data | M) = M..(M-S+1) (N-M)..(N-M-t+S+1) / N..(N-t+1), which has
    one peak in M, so the set has no gaps. ``x`` is 1 for a marked unit. Limits are counts of units.

    >>> found = lot([0] * 30, 200)
    >>> int(found.lower[-1]), int(found.upper[-1])
    (0, 35)
    """
    x, alpha = evidence.ones(x), evidence.miss(level)
    if population is None:
        raise BadInput("The lot has no number of units.", "Give it, or take share for a process.")
    evidence.checked_population(x, population)
    a, b = evidence.positive_pair(prior)
    t, s = np.arange(1, x.size + 1.0), np.cumsum(x)
    needed = special.betaln(s + a, t - s + b) - special.betaln(a, b) + np.log(alpha)
    least, most = s, population - (t - s)
    peak = np.clip(np.floor(s * (population + 1) / t), least, most)
    # A ratio of exactly 1/alpha is outside: small lots meet it, and rounding must not let it in.
    needed = needed + TIE + 4 * np.finfo(float).eps * special.gammaln(population + 1.0)

    def holds(marked: np.ndarray) -> np.ndarray:
        fits = special.gammaln(marked + 1) - special.gammaln(marked - s + 1)
        rest = special.gammaln(population - marked + 1) - special.gammaln(population - marked - (t - s) + 1)
        all_ = special.gammaln(population + 1) - special.gammaln(population - t + 1)
        return fits + rest - all_ > needed

    return ConfidenceSequence(
        _first(holds, least, peak), -_first(lambda m: holds(-m), -most, -peak), level, "prior-posterior-ratio"
    )


def _first(holds: Any, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return the first whole number from ``start`` that holds, where ``end`` does and so do all between."""
    low, high = start.copy(), end.copy()
    while np.any(low < high):
        middle = np.floor((low + high) / 2)
        good = holds(middle)
        low, high = np.where(good, low, np.minimum(middle + 1, high)), np.where(good, middle, high)
    return high.astype(int)


def share(x: Any, *, prior: tuple[float, float] = (1.0, 1.0), level: float = 0.95) -> ConfidenceSequence:
    """Return limits of the share p of ones in an endless stream of independent units.

    {p : S log p + (t-S) log(1-p) - log B(S+a, t-S+b) + log B(a, b) > log alpha}: the mixture of likelihoods
    by the beta ``prior`` (a, b) over the likelihood at p is a martingale (Ville 1939; Robbins 1970).

    >>> found = share([0] * 9 + [1] + [0] * 20)
    >>> print(round(float(found.lower[-1]), 4), round(float(found.upper[-1]), 4))
    0.0001 0.2529
    """
    x, alpha = evidence.ones(x), evidence.miss(level)
    a, b = evidence.positive_pair(prior)
    t, s = np.arange(1, x.size + 1.0), np.cumsum(x)
    needed = special.betaln(s + a, t - s + b) - special.betaln(a, b) + np.log(alpha)
    upper = 1 - _lower_share(t - s, t, needed)
    return ConfidenceSequence(_lower_share(s, t, needed), upper, level, "beta mixture")


def _lower_share(s: np.ndarray, t: np.ndarray, needed: np.ndarray) -> np.ndarray:
    """Return the p below s/t at which the log-likelihood crosses ``needed``; 0 where nothing was seen."""
    low, high = np.zeros(t.size), s / t
    for _halving in range(HALVINGS):
        middle = (low + high) / 2
        good = special.xlogy(s, middle) + special.xlog1py(t - s, -middle) > needed
        low, high = np.where(good, low, middle), np.where(good, middle, high)
    return np.where(s > 0, high, 0.0)


def mean(
    x: Any,
    *,
    population: int | None = None,
    level: float = 0.95,
    step: float = 0.001,
    stake: float = evidence.STAKE,
) -> ConfidenceSequence:
    """Return limits of the mean of values in [0, 1]: degrees of conformity, scores, weighted results.

    {m : max(K+(m), K-(m)) / 2 < 1/alpha}, K+ and K- the capital won by betting that the mean is above or
    below m (``evidence.betting`` at alpha / 2; Waudby-Smith & Ramdas 2024, hedged capital); with
    ``population`` the values are drawn from it without replacement. The set has no gaps; it is looked for at
    every ``step`` and its ends are moved one step outwards, so that limits never promise too much.

    >>> found = mean([0.9, 1.0, 0.8, 1.0] * 15)
    >>> print(round(float(found.lower[-1]), 3), round(float(found.upper[-1]), 3))
    0.819 0.961
    """
    x, alpha = evidence.unit_values(x), evidence.miss(level)
    evidence.checked_population(x, population)
    step = arrays.number(step, "step")
    if not 1e-6 <= step <= 0.1:
        raise BadInput(f"A step of {step} is not from 0.000001 to 0.1.", "Give 0.001 for thousandths.")
    grid = np.linspace(0, 1, round(1 / step) + 1)
    bet = evidence.bets(x, alpha / 2)
    first, last = np.full(x.size, grid.size), np.full(x.size, -1)
    best, least = np.zeros(x.size, dtype=int), np.full(x.size, np.inf)
    for start in range(0, grid.size, CHUNK):
        claims = grid[start : start + CHUNK]
        up = evidence.log_capital(x, claims, bet, stake, population)
        down = evidence.log_capital(1 - x, 1 - claims, bet, stake, population)
        capital = np.maximum(up, down) - np.log(2)
        place = capital.argmin(axis=1)
        lowest = capital[np.arange(x.size), place]
        best, least = np.where(lowest < least, start + place, best), np.minimum(lowest, least)
        kept = capital < -np.log(alpha)
        some = kept.any(axis=1)
        first = np.where(some, np.minimum(first, start + kept.argmax(axis=1)), first)
        last = np.where(some, start + claims.size - 1 - kept[:, ::-1].argmax(axis=1), last)
    # Between two steps there may be no claim that is kept: the likeliest and its neighbours hold it.
    first, last = np.minimum(first, best), np.maximum(last, best)
    lower, upper = grid[np.maximum(first - 1, 0)], grid[np.minimum(last + 1, grid.size - 1)]
    if population is not None:
        # What was seen bounds the mean for certain; where it refutes every step, it is all that is left.
        none, seen = np.isinf(least), np.cumsum(x)
        rest = population - np.arange(1, x.size + 1)
        certain = seen / population - ROUNDING, (seen + rest) / population + ROUNDING
        lower = np.where(none, certain[0], np.maximum(lower, certain[0]))
        upper = np.where(none, certain[1], np.minimum(upper, certain[1]))
    return ConfidenceSequence(np.maximum(lower, 0), np.minimum(upper, 1), level, "hedged betting")
