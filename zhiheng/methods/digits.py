"""Looks at the digits of reported values: first digits by Benford, last digits, heaping on round ones.

A sign for a look at raw records, never a proof: honest data miss these laws too. Values carry any unit.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"
LARGEST = 1e100
# Values are read as recorded to twelve digits.
MOST_DIGITS = 11
# Bounds of the mean absolute deviation for close, acceptable and marginal conformity (Nigrini 2012, ch. 7).
BOUNDS = {1: (0.006, 0.012, 0.015), 2: (0.0012, 0.0018, 0.0022)}
VERDICTS = ("close", "acceptable", "marginal", "nonconforming")
# The mean of values that follow Benford, moved to 10..100 (Nigrini 1996): 90 / log 10.
COLLAPSED_MEAN = 90 / np.log(10)


@dataclass(frozen=True)
class Benford:
    """How leading digits agree with Benford's law; counts start at digit 1, or at 10 for two digits."""

    n: int
    counts: np.ndarray
    expected: np.ndarray
    chi_square: float
    df: int
    p: float
    z: np.ndarray
    mean_absolute_deviation: float
    conformity: str
    mantissa_arc: float
    mantissa_p: float
    magnitudes: float
    version: str = VERSION


@dataclass(frozen=True)
class LastDigits:
    """How last digits 0 to 9 agree with being equally frequent."""

    n: int
    counts: np.ndarray
    chi_square: float
    df: int
    p: float
    version: str = VERSION


@dataclass(frozen=True)
class Heaping:
    """How often values end in the digits that people like, against the share that chance gives."""

    n: int
    share: float
    expected: float
    index: float
    rounded: float
    p: float
    version: str = VERSION


def benford(x: Any, *, digits: int = 1) -> Benford:
    """Return the tests of leading digits d against P(d) = log10(1 + 1/d) (Benford 1938; Nigrini 2012).

    chi^2 = sum (c_d - n P_d)^2 / (n P_d) with one degree less than digits; z_d = (|c_d/n - P_d| - 1/(2n)) /
    sqrt(P_d (1 - P_d) / n); mean absolute deviation = mean |c_d/n - P_d|, with a verdict for ``digits`` 1
    or 2. Mantissa arc: L^2 = (mean cos 2 pi m)^2 + (mean sin 2 pi m)^2, m = log10 x mod 1, p = exp(-n L^2)
    (Alexander 2009). ``magnitudes`` is log10(max / min).

    Not for values that lie within two powers of ten, have a floor or ceiling, or are numbers given out:
    Benford's law does not hold there, so a deviation says nothing.

    >>> found = benford(2.0 ** np.arange(300))
    >>> found.counts.tolist(), found.conformity
    ([91, 53, 37, 29, 24, 20, 17, 15, 14], 'close')
    """
    digits = arrays.whole(digits, "number of leading digits", least=0)
    if digits not in (1, 2, 3):
        raise BadInput(f"{digits} leading digits are not tested.", "Ask for 1, 2 or 3.")
    x = _positive(x)
    first, last = 10 ** (digits - 1), 10**digits
    counts = np.bincount(leading(x, digits=digits), minlength=last)[first:]
    law = np.log10(1 + 1 / np.arange(first, last))
    share, n = counts / x.size, x.size
    chi_square = float(((counts - n * law) ** 2 / (n * law)).sum())
    apart = np.abs(share - law)
    deviation = float(apart.mean())
    angle = 2 * np.pi * (np.log10(x) % 1)
    arc = float(np.cos(angle).mean() ** 2 + np.sin(angle).mean() ** 2)
    verdict = VERDICTS[int(np.searchsorted(BOUNDS[digits], deviation, "right"))] if digits in BOUNDS else ""
    return Benford(
        n,
        counts,
        n * law,
        chi_square,
        law.size - 1,
        float(special.chdtrc(law.size - 1, chi_square)),
        np.maximum(apart - 1 / (2 * n), 0) / np.sqrt(law * (1 - law) / n),
        deviation,
        verdict,
        arc,
        float(np.exp(-arc * n)),
        float(np.log10(x.max()) - np.log10(x.min())),
    )


def leading(x: Any, *, digits: int = 1) -> np.ndarray:
    """Return the first significant digits of positive values, as recorded to twelve of them.

    >>> leading([0.0203, 7.0, 1999.0], digits=2).tolist()
    [20, 70, 19]
    """
    x, digits = _positive(x), arrays.whole(digits, "number of digits", most=MOST_DIGITS)
    power = np.floor(np.log10(x))
    # 10 ** 308 times the smallest number is in range; the twelfth digit guards against 0.29 * 100 = 28.99...
    scaled = np.round(x * 10.0**-power, 12)
    scaled = np.where(scaled >= 10, scaled / 10, np.where(scaled < 1, scaled * 10, scaled))
    return np.floor(np.round(scaled * 10.0 ** (digits - 1), 11)).astype(int)


def distortion(x: Any, *, scale: float = COLLAPSED_MEAN) -> float:
    """Return by how many per cent values were moved up (+) or down (-) against Benford (Nigrini 1996).

    100 (mean of 10 x / 10^floor(log10 x) over x >= 10, less 90/log 10) / ``scale``. The R package
    benford.analysis 0.1.5 takes 39.0865 for 90/log 10 = 39.08650 and divides by 39.0685, two digits
    swapped: hand that in as ``scale`` to compare with figures published from it.

    >>> print(round(distortion(2.0 ** np.arange(300)), 3))
    -0.428
    """
    x = _positive(x)
    x = x[x >= 10]
    if not x.size:
        raise BadInput("No value is 10 or more.", "Give the values in a smaller unit.")
    if not arrays.number(scale, "scale") > 1e-9:
        raise BadInput("The scale is not above zero.", "Leave it out.")
    collapsed = 10 * x / 10.0 ** np.floor(np.log10(x))
    return float(100 * (collapsed.mean() - COLLAPSED_MEAN) / scale)


def last_digits(x: Any, decimals: int, *, least: int = 50) -> LastDigits:
    """Return the chi-square test of the last recorded digit against ten equally frequent ones.

    chi^2 = sum (c_d - n/10)^2 / (n/10), 9 degrees of freedom (Mosimann, Wiseman & Edelman 1995). ``decimals``
    is how many the instrument records: 6.50 recorded to two ends in 0. Negative values end as positive ones.

    Needs ``least`` values, five for each digit, or chi^2 does not follow its law: ask for fewer only to
    compare with figures from elsewhere. Needs a spread of many last digits too: where all values lie within
    one or two units of the last but one, honest digits are uneven.

    >>> found = last_digits([6.5, 7.0, 6.5, 7.1, 6.5] * 10, 1)
    >>> print(found.counts.tolist(), round(found.chi_square, 1))
    [10, 10, 0, 0, 0, 30, 0, 0, 0, 0] 170.0
    """
    digit = _ends(x, decimals)
    if digit.size < arrays.whole(least, "least number"):
        raise BadInput(
            f"{digit.size} values are too few for ten last digits.", "Give 50 or more: five for each digit."
        )
    counts = np.bincount(digit, minlength=10)
    chi_square = float(((counts - digit.size / 10) ** 2 / (digit.size / 10)).sum())
    return LastDigits(digit.size, counts, chi_square, 9, float(special.chdtrc(9, chi_square)))


def heaping(x: Any, decimals: int, *, digits: tuple[int, ...] = (0, 5)) -> Heaping:
    """Return how far last ``digits`` that people like are too frequent.

    share s of n values; e = number of ``digits`` / 10; index = 100 s / e (Whipple's index at 0 and 5: 100 for
    none, 500 for all; UN 1955); rounded = (s - e) / (1 - e), the share of values rounded to them, 0 at least;
    p = P(Binomial(n, e) >= n s), exact.

    >>> found = heaping([6.5, 7.0, 6.5, 7.1, 6.5], 1)
    >>> print(found.share, found.index, round(found.rounded, 2), round(found.p, 5))
    0.8 400.0 0.75 0.00672
    """
    given = np.atleast_1d(arrays.numbers(digits, "liked digits")).ravel()
    liked = np.unique(given)
    if not (liked.size == given.size < 10 and liked.size and np.isin(liked, np.arange(10)).all()):
        raise BadInput("The digits that people like are not some of 0 to 9.", "Give each once, as (0, 5).")
    digit = _ends(x, decimals)
    count, n, expected = int(np.isin(digit, liked).sum()), digit.size, liked.size / 10
    share = count / n
    return Heaping(
        n,
        share,
        expected,
        100 * share / expected,
        max((share - expected) / (1 - expected), 0.0),
        float(special.bdtrc(count - 1, n, expected)) if count else 1.0,
    )


def _ends(x: Any, decimals: int) -> np.ndarray:
    """Return the last recorded digits; a value with more decimals than were declared is refused."""
    x = numbers(x)
    decimals = arrays.whole(decimals, "number of decimals", least=-9, most=12)
    scaled = np.abs(x) * 10.0**decimals
    whole = np.round(scaled)
    if np.any(whole > 2**53) or np.any(np.abs(scaled - whole) > 1e-6 * np.maximum(1, scaled * 1e-6)):
        raise BadInput(
            f"A value has more than {decimals} decimals.", "Declare the decimals that are recorded."
        )
    return (whole % 10).astype(int)


def numbers(x: Any) -> np.ndarray:
    """Return a sequence of finite numbers; anything else is refused.

    >>> numbers([1, 2.5]).tolist()
    [1.0, 2.5]
    """
    try:
        x = np.asarray(x, dtype=float)
    except (TypeError, ValueError, OverflowError):
        raise BadInput("The values are no numbers.", "Give one number for each result, in order.") from None
    if x.ndim != 1 or not x.size:
        raise BadInput("The values are no sequence.", "Give one number for each result, in order.")
    if not np.isfinite(x).all():
        raise BadInput("A value is unknown or infinite.", "Leave it out, and say how many were.")
    if np.abs(x).max() > LARGEST:
        raise BadInput(f"A value is beyond {LARGEST:g}.", "Give the values in a larger unit.")
    return x


def _positive(x: Any) -> np.ndarray:
    x = numbers(x)
    if np.any(x < np.finfo(float).tiny):
        raise BadInput(
            "A value is zero or negative: it has no leading digit.", "Leave it out, and say how many were."
        )
    return x
