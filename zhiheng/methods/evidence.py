"""Evidence against a claim that may be weighed after every unit: e-processes, and many claims by e-BH.

Symbols: x_t the t-th value looked at, S_t = x_1 + .. + x_t, m the claimed mean. An e-process E_t starts at 1
and is, while the claim is true, at most 1 on average whenever one stops; by Ville's inequality it then passes
1/alpha at any time with a chance of at most alpha (Ville 1939; Ramdas, Grunwald, Vovk & Shafer 2023). Values
have no unit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"
# The part of the capital that one bet may lose at most (Waudby-Smith & Ramdas 2024 take 1/2 or 3/4).
STAKE = 0.5


def mixture(x: Any, share: float, *, prior: tuple[float, float] = (1.0, 1.0)) -> np.ndarray:
    """Return the e-process against "the share of ones is at most ``share``" after each unit of ``x``.

    E_t = [B(S+a, t-S+b) / B(a, b)] [I(S+a, t-S+b) / I(a, b)] / (p0^S (1-p0)^(t-S)): the likelihood of shares
    above p0 = ``share``, mixed by the beta ``prior`` (a, b) cut off there, over that at p0. B is the beta
    function, I(., .) the chance of its distribution above p0 (Robbins 1970, one-sided). For independent units
    of one unknown share; for "at least" hand in 1 - x and 1 - share.

    >>> print([round(float(e), 3) for e in mixture([1, 0, 1, 1], 0.2)])
    [3.0, 1.167, 3.167, 9.7]
    """
    x, share = ones(x), _inner(share, "share")
    a, b = positive_pair(prior)
    t, s = np.arange(1, x.size + 1), np.cumsum(x)
    above = _log_above(s + a, t - s + b, share) - _log_above(a, b, share)
    log = special.betaln(s + a, t - s + b) - special.betaln(a, b) + above
    return exponential(log - s * np.log(share) - (t - s) * np.log1p(-share))


def betting(
    x: Any, mean: float, *, population: int | None = None, level: float = 0.95, stake: float = STAKE
) -> np.ndarray:
    """Return the capital won by betting against "the mean is at most ``mean``" after each value in [0, 1].

    E_t = prod (1 + l_i (x_i - m_i)) with l_i = min(sqrt(2 log(1/alpha) / (v_(i-1) i log(1+i))),
    ``stake``/m_i), v_i = (1/4 + sum (x_j - u_j)^2) / (i+1), u_i = (1/2 + S_i) / (i+1), alpha = 1 - ``level``
    (Waudby-Smith & Ramdas 2024, predictable plug-in). m_i = m; drawn without replacement from N =
    ``population`` values it is the mean that the claim leaves to the rest, (N m - S_(i-1)) / (N-i+1), and
    once S exceeds N m the claim is refuted and E is infinite. For "at least" hand in 1 - x and 1 - mean.

    >>> print([round(float(e), 3) for e in betting([1, 0, 1, 1], 0.2)])
    [3.0, 1.5, 4.5, 12.784]
    """
    x, mean = unit_values(x), _inner(mean, "mean")
    checked_population(x, population)
    with np.errstate(over="ignore"):
        log = log_capital(x, np.array([mean]), bets(x, miss(level)), stake, population)
    return exponential(log[:, 0])


def bets(x: np.ndarray, alpha: float) -> np.ndarray:
    """Return the bets l_i of ``betting`` before they are cut; l_i looks only at values before the i-th.

    >>> bets(np.array([0.5, 0.5]), 0.05).round(3).tolist()
    [5.88, 4.671]
    """
    i = np.arange(1, x.size + 1)
    centre = (0.5 + np.cumsum(x)) / (i + 1)
    spread = (0.25 + np.cumsum((x - centre) ** 2)) / (i + 1)
    before = np.concatenate([[0.25], spread[:-1]])
    return np.sqrt(2 * np.log(1 / alpha) / (before * i * np.log1p(i)))


def log_capital(
    x: np.ndarray, means: np.ndarray, bet: np.ndarray, stake: float, population: int | None = None
) -> np.ndarray:
    """Return log E_t of ``betting`` for several claimed means: a row for each value, a column for each mean.

    >>> x = np.array([1.0, 1.0])
    >>> np.exp(log_capital(x, np.array([0.5]), np.array([1.0, 1.0]), 0.5)).round(2).tolist()
    [[1.5], [2.25]]
    """
    stake = arrays.number(stake, "stake")
    if not 0 < stake < 1:
        raise BadInput(f"A stake of {stake} is not between 0 and 1.", "Give the share that one bet may lose.")
    left, refuted = np.broadcast_to(means, (x.size, means.size)), False
    if population is not None:
        seen = np.cumsum(x)[:, None]
        left = (population * means - (seen - x[:, None])) / (population - np.arange(x.size))[:, None]
        # What was seen is summed with rounding: the mean of the last units is off by its share of that.
        left = np.where(np.abs(left) < 1e-9, 0.0, left)
        refuted = np.logical_or.accumulate(seen - population * means > 1e-9 * population, axis=0)
    with np.errstate(divide="ignore"):
        most = np.where(left > 0, stake / np.maximum(left, 1e-300), np.inf)
    gain = np.log1p(np.minimum(bet[:, None], most) * (x[:, None] - np.maximum(left, 0)))
    return np.where(refuted, np.inf, np.cumsum(gain, axis=0))


def p_value(e: Any) -> np.ndarray:
    """Return the anytime-valid p-value after each look: min(1, 1 / max of E up to it).

    >>> p_value([0.5, 4.0, 2.0]).tolist()
    [1.0, 0.25, 0.25]
    """
    return np.minimum(1, 1 / np.maximum(np.maximum.accumulate(_evidence(e)), 1))


def e_bh(e: Any, *, rate: float = 0.05) -> np.ndarray:
    """Return which of K claims to reject so that false rejections are a share of at most ``rate`` on average.

    The k claims of the largest e-values are rejected, with the largest k for which the k-th largest e is at
    least K / (rate k) (Wang & Ramdas 2022). Holds however the claims depend on one another, and whenever each
    e-process was stopped: the tool for many products, hazards and regions watched at once.

    >>> e_bh([70.0, 12.0, 45.0, 0.3], rate=0.05).tolist()
    [True, False, True, False]
    """
    e = _evidence(e)
    rate = arrays.number(rate, "rate")
    if not 0 < rate < 1:
        raise BadInput(f"A rate of {rate} is not between 0 and 1.", "Give 0.05 for 5 %.")
    order = np.argsort(-e, kind="stable")
    k = np.arange(1, e.size + 1)
    good = np.flatnonzero(e[order] * k * rate >= e.size)
    rejected = np.zeros(e.size, dtype=bool)
    rejected[order[: good[-1] + 1 if good.size else 0]] = True
    return rejected


def ones(x: Any) -> np.ndarray:
    """Return a sequence of 0 and 1 as numbers; anything else is refused.

    >>> ones([True, False]).tolist()
    [1.0, 0.0]
    """
    x = unit_values(x)
    if not np.isin(x, (0.0, 1.0)).all():
        raise BadInput("A result is neither 0 nor 1.", "Code what is counted as 1 and all else as 0.")
    return x


def unit_values(x: Any) -> np.ndarray:
    """Return a sequence of values in [0, 1] as numbers; anything else is refused.

    >>> unit_values([0, 0.5]).tolist()
    [0.0, 0.5]
    """
    x = arrays.numbers(x, "results")
    if x.ndim != 1 or not x.size:
        raise BadInput("The results are no sequence.", "Give one number for each unit, in order.")
    if not np.all((x >= 0) & (x <= 1)):
        raise BadInput(
            "A result is unknown or lies outside 0 to 1.", "Scale the values to 0..1; leave none unknown."
        )
    return x


def checked_population(x: np.ndarray, population: int | None) -> None:
    """Refuse a population that is no whole number or smaller than what was drawn from it.

    >>> checked_population(np.zeros(3), 3)
    """
    if population is None:
        return
    found, drawn = arrays.number(population, "population"), arrays.numbers(x, "results").size
    if not (drawn <= found < 2**53 and found == int(found)):
        raise BadInput(
            f"{drawn} units cannot be drawn from {population}.",
            "Give the number of units in all.",
        )


def positive_pair(prior: Any) -> tuple[float, float]:
    """Return the two numbers of a beta prior.

    >>> positive_pair((1, 2))
    (1.0, 2.0)
    """
    pair = arrays.numbers(prior, "prior")
    if pair.shape != (2,) or not np.all((pair >= 1e-6) & (pair <= 1e9)):
        raise BadInput("The prior is not two numbers from 1e-6 to 1e9.", "Give (1, 1) unless you know more.")
    return float(pair[0]), float(pair[1])


def miss(level: float) -> float:
    """Return alpha = 1 - level.

    >>> round(miss(0.95), 9)
    0.05
    """
    level = arrays.number(level, "level")
    if not 0 < level < 1:
        raise BadInput(f"A level of {level} is not between 0 and 1.", "Give 0.95 for 95 %.")
    return 1 - level


def exponential(log: np.ndarray) -> np.ndarray:
    """Return e to the log; what is beyond the largest number is infinite, and evidence enough.

    >>> exponential(np.array([0.0, 1e4])).tolist()
    [1.0, inf]
    """
    with np.errstate(over="ignore"):
        return np.exp(log)


def _log_above(a: Any, b: Any, share: float) -> np.ndarray:
    """Return the log of the chance of a beta distribution above a share, also where that is below 1e-300.

    There by the continued fraction of the incomplete beta function (DLMF 8.17.22), which converges fast far
    from the bulk.
    """
    a, b = np.atleast_1d(a), np.atleast_1d(b)
    chance = special.betaincc(a, b, share)
    found = np.log(np.maximum(chance, 1e-300))
    tiny = chance < 1e-290
    if tiny.any():
        # I_y(p, q) with y = 1 - share, p = b, q = a.
        p, q, y = b[tiny], a[tiny], 1 - share
        lead = p * np.log(y) + q * np.log(share) - np.log(p) - special.betaln(p, q)
        found[tiny] = lead + np.log(_fraction(p, q, y))
    return found


def _fraction(p: np.ndarray, q: np.ndarray, y: float) -> np.ndarray:
    """Return the continued fraction 1 / (1 + d1 / (1 + d2 / ...)) of I_y(p, q) by Lentz's method."""
    d = 1 / (1 - (p + q) * y / (p + 1))
    c, value = np.ones(p.size), d
    for m in range(1, 20_001):
        even = m * (q - m) * y / ((p + 2 * m - 1) * (p + 2 * m))
        odd = -(p + m) * (p + q + m) * y / ((p + 2 * m) * (p + 2 * m + 1))
        d, c = 1 / (1 + even * d), 1 + even / c
        value = value * d * c
        d, c = 1 / (1 + odd * d), 1 + odd / c
        value = value * d * c
        if np.all(np.abs(d * c - 1) < 1e-14):
            break
    return value


def _inner(value: float, name: str) -> float:
    value = arrays.number(value, f"claimed {name}")
    if not 0 < value < 1:
        raise BadInput(f"The claimed {name} is not between 0 and 1.", f"Give a {name} above 0 and below 1.")
    return float(value)


def _evidence(e: Any) -> np.ndarray:
    e = arrays.numbers(e, "evidence")
    if e.ndim != 1 or not e.size or not np.all(e >= 0):
        raise BadInput("The evidence is no sequence of numbers from 0.", "Give one e-value for each claim.")
    return e
