"""Intervals for a share: exact, approximate and design-based, for numbers and whole arrays.

Every function takes shares from 0 to 1, counts in units and a confidence ``level``; it returns the lower
and the upper limit as arrays (of one number when numbers went in). Checked against R 4.2.2 and R survey
4.1.1. Which one stands beside a released figure is decided in ``proportion_interval`` by evidence.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy  # its rooms load when they are first asked for: every command starts without them

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"
Limits = tuple[np.ndarray, np.ndarray]


def wilson(p: Any, n: Any, *, units: Any = np.inf, level: float = 0.95) -> Limits:
    """Return the score interval (Wilson 1927): the p0 with |p - p0| <= z sqrt(p0 (1 - p0) / n).

    ``n`` may be an effective sample size, so it need not be whole. Infinite ``n`` gives p itself.
    Where ``n`` rests on an estimated error, ``units`` says on how many units, and Student's quantile of
    units - 1 takes the place of the normal one, by the first term of its expansion, which a stranger can
    redo by hand: z + (z^3 + z) / (4 (units - 1)) (Peiser 1943; within 0.003 from 30 units on).

    >>> low, high = wilson(0.95, 100)
    >>> print(round(float(low), 4), round(float(high), 4))
    0.8882 0.9785
    """
    p, n, units = _share(p), _positive(n, "n"), _positive(units, "units")
    arrays.together(p, n, units)
    z = _z(level)
    z = z + (z**3 + z) / (4 * np.maximum(units - 1, 1))
    inverse = 1 / n
    scale = 1 / (1 + z * z * inverse)
    centre = (p + z * z * inverse / 2) * scale
    half = z * scale * np.sqrt(p * (1 - p) * inverse + z * z * inverse * inverse / 4)
    low, high = np.minimum(np.maximum(centre - half, 0), p), np.maximum(np.minimum(centre + half, 1), p)
    return low, high


def wilson_corrected(x: Any, n: Any, *, level: float = 0.95) -> Limits:
    """Return the score interval with continuity correction (Newcombe 1998, method 4; R ``prop.test``).

    The share is moved by c = min(1/2, |x - n/2|) / n outwards at either end before the score limits are
    taken; wider than ``wilson``; where ``level`` must be kept at every p take ``clopper_pearson``.

    >>> low, high = wilson_corrected(57, 60)
    >>> print(round(float(low), 4), round(float(high), 4))
    0.8518 0.987
    """
    x, n = _counts(x, n)
    z, p = _z(level), x / n
    shift = np.minimum(0.5, np.abs(x - n / 2)) / n
    low = np.where(p - shift > 0, _score_end(p - shift, n, -z), 0.0)
    high = np.where(p + shift < 1, _score_end(p + shift, n, z), 1.0)
    return low, high


def _score_end(p: np.ndarray, n: np.ndarray, z: float) -> np.ndarray:
    spread = np.maximum(p * (1 - p) / n + z * z / (4 * n * n), 0)
    return (p + z * z / (2 * n) + z * np.sqrt(spread)) / (1 + z * z / n)


def clopper_pearson(x: Any, n: Any, *, level: float = 0.95) -> Limits:
    """Return the exact binomial interval (Clopper & Pearson 1934) from x passes of n, by beta quantiles.

    Its coverage is never below ``level`` and often far above it. ``x`` and ``n`` need not be whole.

    >>> low, high = clopper_pearson(57, 60)
    >>> print(round(float(low), 4), round(float(high), 4))
    0.8608 0.9896
    """
    x, n = _counts(x, n)
    tail = _tail(level)
    with np.errstate(invalid="ignore"):
        low = np.where(x > 0, scipy.special.betaincinv(np.maximum(x, 1e-300), n - x + 1, tail), 0.0)
        high = np.where(n > x, scipy.special.betaincinv(x + 1, np.maximum(n - x, 1e-300), 1 - tail), 1.0)
    return low, high


def jeffreys(x: Any, n: Any, *, level: float = 0.95) -> Limits:
    """Return the equal-tailed beta(x + 1/2, n - x + 1/2) interval (Brown, Cai & DasGupta 2001).

    >>> low, high = jeffreys(0, 50)
    >>> print(round(float(high), 4))
    0.0488
    """
    x, n = _counts(x, n)
    tail = _tail(level)
    low, high = (scipy.special.betaincinv(x + 0.5, n - x + 0.5, share) for share in (tail, 1 - tail))
    return low, high


def logit(p: Any, se: Any, df: Any = np.inf, *, level: float = 0.95) -> Limits:
    """Return the interval that is symmetric on the logit scale: logit(p) +- t se / (p (1 - p)).

    R survey ``svyciprop(method="logit")``; ``df`` are the design degrees of freedom. It cannot be made
    at p = 0 or 1 and refuses them.

    >>> low, high = logit(0.9, 0.03, 60)
    >>> print(round(float(low), 4), round(float(high), 4))
    0.8221 0.946
    """
    p, se, t = _inner(p, "logit"), _error(se), _t(df, level)
    arrays.together(p, se, t)
    half = t * se / (p * (1 - p))
    centre = scipy.special.logit(p)
    return scipy.special.expit(centre - half), scipy.special.expit(centre + half)


def wald(p: Any, se: Any, df: Any = np.inf, *, level: float = 0.95) -> Limits:
    """Return p -+ t se, without any care for the bounds 0 and 1 (R survey ``svyciprop(method="mean")``).

    For comparison only: near 0 and 1 its limits leave the range and it covers too little.

    >>> low, high = wald(0.9, 0.03, 60)
    >>> print(round(float(low), 4), round(float(high), 4))
    0.84 0.96
    """
    p, se, t = _share(p), _error(se), _t(df, level)
    arrays.together(p, se, t)
    half = t * se
    return p - half, p + half


def arcsine(p: Any, se: Any, df: Any = np.inf, *, level: float = 0.95) -> Limits:
    """Return the interval that is symmetric on the scale arcsin(sqrt p): sin^2(arcsin sqrt p -+ t s / 2).

    s = se / sqrt(p (1 - p)), since the derivative of the transform is 1 / (2 sqrt(p (1 - p))) (Anscombe 1948;
    R survey ``svyciprop(method="asin")``). It cannot be made at p = 0 or 1 and refuses them.

    >>> low, high = arcsine(0.9, 0.03, 60)
    >>> print(round(float(low), 4), round(float(high), 4))
    0.8324 0.9516
    """
    p, se, t = _inner(p, "arcsine"), _error(se), _t(df, level)
    arrays.together(p, se, t)
    half = t * se / (2 * np.sqrt(p * (1 - p)))
    centre = np.arcsin(np.sqrt(p))
    return np.sin(np.maximum(centre - half, 0)) ** 2, np.sin(np.minimum(centre + half, np.pi / 2)) ** 2


def likelihood(p: Any, se: Any, df: Any = np.inf, *, level: float = 0.95) -> Limits:
    """Return the shares whose binomial likelihood on the effective sample size is not too far below the best.

    All q with 2 n_eff [p log(p / q) + (1 - p) log((1 - p) / (1 - q))] <= t^2, n_eff = p (1 - p) / se^2: the
    likelihood ratio scaled by the design effect (Rao & Scott 1984). R survey interpolates a profile of it:
    see ``profile.likelihood``. It cannot be made at p = 0 or 1 and refuses them.

    >>> low, high = likelihood(0.9, 0.03, 60)
    >>> print(round(float(low), 4), round(float(high), 4))
    0.8296 0.9494
    """
    p, se, t = _inner(p, "likelihood"), _error(se), _t(df, level)
    arrays.together(p, se, t)
    p, se, t = np.broadcast_arrays(p, se, t)
    allowed = t * t * se * se / (2 * p * (1 - p))

    def end(edge: float) -> np.ndarray:
        near, far = p.astype(float), np.full(p.shape, edge)
        for _halving in range(200):
            middle = (near + far) / 2
            with np.errstate(divide="ignore"):
                apart = scipy.special.rel_entr(p, middle) + scipy.special.rel_entr(1 - p, 1 - middle)
            near, far = np.where(apart <= allowed, middle, near), np.where(apart <= allowed, far, middle)
        return near

    return end(0.0), end(1.0)


def korn_graubard(p: Any, se: Any, n: Any, df: Any, *, level: float = 0.95) -> Limits:
    """Return the Clopper-Pearson interval on an effective sample size (Korn & Graubard 1998).

    n_eff = p (1 - p) / se^2 x (t(n - 1) / t(df))^2 with t the quantiles of ``level``; equal to R survey
    ``svyciprop(method="beta")``. Where se = 0 at p = 0 or 1, n itself stands for n_eff; at any other p a
    zero error says that nothing was sampled (a census) and the limits are p.

    >>> low, high = korn_graubard(0.95, 0.02, 150, 146)
    >>> print(round(float(low), 4), round(float(high), 4))
    0.8939 0.9816
    """
    p, se, n = _share(p), _error(se), _positive(n, "n")
    df = _positive(df, "df")
    arrays.together(p, se, n, df)
    tail = _tail(level)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = scipy.special.stdtrit(np.maximum(n - 1, 1), 1 - tail) / scipy.special.stdtrit(df, 1 - tail)
        size = np.where(se > 0, p * (1 - p) / (se * se) * ratio**2, n)
        size = np.where(size > 0, size, n)
    low, high = clopper_pearson(p * size, size, level=level)
    census = (se == 0) & (p > 0) & (p < 1)
    return np.where(census, p, low), np.where(census, p, high)


def hypergeometric(x: int, n: int, population: int, *, level: float = 0.95) -> tuple[int, int]:
    """Return the smallest and largest number M of marked units in a finite lot that x of n can come from.

    M is kept while P(X >= x | M) and P(X <= x | M) both exceed (1 - level) / 2 (Wright 1991).

    >>> hypergeometric(5, 60, 450)
    (14, 79)
    """
    counts = arrays.vector([x, n, population], "counts", size=3)
    x, n, population = (int(count) for count in counts)
    if not 0 <= x <= n <= population or n < 1 or [x, n, population] != counts.tolist():
        raise BadInput(
            "{:g} of {:g} drawn from {:g} cannot be.".format(*counts),
            "Give whole numbers, marked <= drawn <= population, and draw at least one.",
        )
    tail = _tail(level)
    marked = np.arange(x, population - (n - x) + 1)
    upper = scipy.stats.hypergeom.sf(x - 1, population, marked, n) > tail
    lower = scipy.stats.hypergeom.cdf(x, population, marked, n) > tail
    kept = marked[upper & lower]
    return int(kept[0]), int(kept[-1])


def proportion_interval(p: Any, se: Any, n: Any, df: Any = np.inf, *, level: float = 0.95) -> Limits:
    """Return the interval that stands beside released shares: Wilson on n_eff = p (1 - p) / se^2.

    Where p is 0 or 1, or se is 0 there, the sample size ``n`` takes the place of n_eff; a zero error
    at another p is a census. Chosen by the re-draws of docs/methods/pass-rate.md: with the composite error
    of ``methods.survey`` it covers 94 to 96 % where the logit interval on the linearised error falls to
    90 % and below. ``df`` is only checked: the composite error carries its own uncertainty.

    >>> low, high = proportion_interval(0.94, 0.012, 500, 496)
    >>> print(round(float(low), 4), round(float(high), 4))
    0.9119 0.9596
    """
    p, se, n = _share(p), _error(se), _positive(n, "n")
    arrays.together(p, se, n, _positive(df, "df"))
    spread = p * (1 - p)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(spread > 0, spread / (se * se), n)
    return wilson(p, size, units=n, level=level)


def _z(level: float) -> float:
    return float(scipy.special.ndtri(1 - _tail(level)))


def _t(df: Any, level: float) -> np.ndarray:
    return np.asarray(scipy.special.stdtrit(_positive(df, "df"), 1 - _tail(level)))


def _inner(p: Any, name: str) -> np.ndarray:
    p = _share(p)
    if np.any((p <= 0) | (p >= 1)):
        raise BadInput(f"The {name} interval does not exist at 0 or 1.", "Use wilson or korn_graubard there.")
    return p


def _tail(level: float) -> float:
    return (1 - arrays.confidence(level)) / 2


def _share(p: Any) -> np.ndarray:
    p = arrays.numbers(p, "share")
    if np.any(~((p >= 0) & (p <= 1))):
        raise BadInput(
            "A share lies outside 0 to 1.", "Give shares, not percentages; leave out unknown ones."
        )
    return p


def _error(se: Any) -> np.ndarray:
    se = arrays.numbers(se, "standard error")
    if np.any(~((se >= 0) & (se < np.inf))):
        raise BadInput("A standard error is negative or unknown.", "Give errors of zero or more.")
    return se


def _positive(n: Any, name: str) -> np.ndarray:
    n = arrays.numbers(n, name)
    if np.any(~(n > 0)):
        raise BadInput(f"{name} is not above zero.", f"An interval needs {name} > 0; leave empty cells out.")
    return n


def _counts(x: Any, n: Any) -> tuple[np.ndarray, np.ndarray]:
    x, n = arrays.numbers(x, "count"), _positive(n, "n")
    arrays.together(x, n)
    if np.any(~((x >= 0) & (x <= n) & (n < np.inf))):
        raise BadInput("The count lies outside 0 to n, or n has no end.", "Give 0 <= x <= n.")
    return x, n
