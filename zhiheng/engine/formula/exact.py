"""The exact arithmetic of the reference: fractions, slopes of thirty digits, fifteen digits in the end.

Nothing here is binary, so that programs in other languages come to the same digits (docs/methods/formula.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, Inexact
from fractions import Fraction

DIGITS = 15
"""Significant digits of a result: those that a Float64 of another engine keeps."""
LEVEL, Z = "0.95", "1.959963984540054"
"""Level of the interval that goes with a standard error, and the quantile of the normal law behind it."""
MOST_BITS = 2**16
"""Of a numerator or a denominator: what is longer lies outside what is computed with."""
MOST_STEP = 100
"""Of a given step of logits, to both sides."""
_SHOWN = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)
_SLOPES = Context(prec=30, rounding=ROUND_HALF_EVEN)
_STEP = Context(prec=60, traps=[Inexact])  # a decimal text has at most 41 digits


def rounded(number: Fraction | None) -> Decimal | None:
    """Return an exact number in 15 significant digits, half to even.

    >>> rounded(Fraction(9704, 100)), rounded(Fraction(1, 3)), rounded(None)
    (Decimal('97.04'), Decimal('0.333333333333333'), None)
    """
    if number is None:
        return None
    found = _SHOWN.divide(Decimal(number.numerator), Decimal(number.denominator))
    return found.normalize(_SHOWN) + Decimal(0)


def ends(value: Decimal, error: Decimal) -> tuple[Decimal, Decimal]:
    """Return the normal 95 % interval of a result: value -+ z s, exact, then rounded as results are.

    It is computed from value and standard error as they are published, so that anybody finds the same digits.

    >>> ends(Decimal("79.62"), Decimal("0.0333"))
    (Decimal('79.5547331993148'), Decimal('79.6852668006852'))
    """
    reach = Fraction(Z) * Fraction(error)
    low, high = (rounded(Fraction(value) + turn * reach) for turn in (-1, 1))
    assert low is not None and high is not None
    return low, high


def total(numbers: Sequence[Fraction]) -> Fraction:
    """Return an exact sum, added in pairs, so that long denominators meet as late as they can.

    One that grows too long on the way is refused at once.

    >>> total([Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)])
    Fraction(1, 1)
    """
    left = list(numbers) or [Fraction(0)]
    while len(left) > 1:
        left = [sum(left[place : place + 2], Fraction(0)) for place in range(0, len(left), 2)]
        if not all(map(is_bounded, left)):
            raise ValueError("a sum is too long to compute on")
    return left[0]


def is_bounded(number: Fraction) -> bool:
    """Return whether a number is short enough to compute on."""
    return max(number.numerator.bit_length(), number.denominator.bit_length()) <= MOST_BITS


def slope(part: int | Fraction) -> Decimal:
    """Return an exact partial derivative in 30 significant digits."""
    return _SLOPES.divide(Decimal(part.numerator), Decimal(part.denominator))


def along(slope: Decimal, other: Decimal, before: Decimal | None = None) -> Decimal:
    """Return a product of slopes, added to those by another way to the same input."""
    product = _SLOPES.multiply(slope, other)
    return product if before is None else _SLOPES.add(before, product)


def error(parts: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    """Return the root of sum (slope x error)^2, in 30 digits on the way and 15 in the end.

    >>> error([(Decimal(1), Decimal("0.3")), (Decimal(-1), Decimal("0.4"))])
    Decimal('0.5')
    """
    variance = Decimal(0)
    for slope, one in parts:
        moved = _SLOPES.multiply(slope, one)
        variance = _SLOPES.add(variance, _SLOPES.multiply(moved, moved))
    return _SHOWN.plus(_SLOPES.sqrt(variance)).normalize(_SHOWN) + Decimal(0)


def share(number: Fraction, whole: Fraction) -> Fraction:
    """Return a share that has odds, or refuse one at or beyond an end."""
    found = number / whole
    if not 0 < found < 1:
        raise ValueError("odds are taken of shares between 0 and 1")
    return found


def odds(share: Fraction) -> Fraction:
    """Return p / (1 - p): a step of logits is a factor of the odds, so that no logarithm is needed."""
    return share / (1 - share)


def factor(step: Fraction) -> Fraction:
    """Return e^step, correctly rounded to 30 significant digits.

    >>> factor(Fraction(0))
    Fraction(1, 1)
    """
    if abs(step) > MOST_STEP:
        raise ValueError("the step of logits is too long")
    exact = _STEP.divide(Decimal(step.numerator), Decimal(step.denominator))
    return Fraction(_SLOPES.exp(exact))
