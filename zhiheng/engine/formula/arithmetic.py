"""What each operation of a formula does to columns, said once for every engine.

A rule takes columns and gives the number, its slopes (how it moves with each column) and a reason where it
has no answer. The words that engines say in their own way (a constant, a choice, a logarithm) come with
``Words``; plus, minus, times and by are the same in all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from zhiheng.engine.formula.evaluating import WHOLE
from zhiheng.formats.shapes import formula as shape

Column = Any
"""A column of an engine: an expression of Polars, or of Ibis."""
Rule = tuple[Column, Sequence[Column], Column]


class Words(Protocol):
    """What an engine says in words of its own."""

    def constant(self, value: float | str | None) -> Column:
        """Return a column that holds one number or text everywhere."""

    def choice(self, condition: Column, then: Column, otherwise: Column) -> Column:
        """Return one column where a condition holds, else another; an unknown condition does not hold."""

    def log(self, column: Column) -> Column:
        """Return the natural logarithm; it is asked of numbers above zero alone."""

    def exp(self, column: Column) -> Column:
        """Return the exponential."""

    def is_null(self, column: Column) -> Column:
        """Tell where a column has nothing."""


def cellwise(words: Words, node: shape.Node, x: Sequence[Column]) -> Rule:
    """Return the number of a node from those below it, its slopes, and a reason or an empty text."""
    return _RULES[type(node)](words, node, x)


def linked(words: Words, node: shape.IndexLink, x: Sequence[Column]) -> Rule:
    """Return an old number on the new footing, by a given step (two columns) or a measured one (three)."""
    return _LINKS[node.scale](words, x, float(node.whole))


def variance(words: Words, slopes: Sequence[Column], variances: Sequence[Column]) -> Column:
    """Return sum (slope^2 variance): unknown where one that the number moves with is unknown."""
    total, zero = words.constant(0.0), words.constant(0.0)
    for slope, one in zip(slopes, variances, strict=True):
        total = total + words.choice(slope == 0, zero, slope * slope * one)
    return total


def first_reason(words: Words, reasons: Sequence[Column], otherwise: Column) -> Column:
    """Return the first reason that is said, or another where none is."""
    for said in reversed(reasons):
        otherwise = words.choice(said != "", said, otherwise)
    return otherwise


def divisible(words: Words, column: Column) -> Column:
    """Return a column without its zeros: strict SQL stops at a division by one, and no answer rests on it."""
    return words.choice(column != 0, column, words.constant(None))


def _sum(words: Words, _node: shape.Sum, x: Sequence[Column]) -> Rule:
    total = x[0]
    for one in x[1:]:
        total = total + one
    return total, [words.constant(1.0)] * len(x), words.constant("")


def _difference(words: Words, _node: shape.Difference, x: Sequence[Column]) -> Rule:
    return x[0] - x[1], [words.constant(1.0), words.constant(-1.0)], words.constant("")


def _ratio(words: Words, node: shape.Ratio, x: Sequence[Column]) -> Rule:
    whole, by = float(WHOLE.get(node.unit, 1)), divisible(words, x[1])
    why = words.choice(x[1] == 0, words.constant("zero"), words.constant(""))
    return x[0] * whole / by, [words.constant(whole) / by, x[0] * -whole / by / by], why


def _standardise(words: Words, node: shape.Standardise, x: Sequence[Column]) -> Rule:
    low, high, least, most = (float(text) for text in (node.low, node.high, node.least, node.most))
    zero, one = words.constant(0.0), words.constant(1.0)
    place = (x[0] - low) / (high - low)
    steep = (most - least) / (high - low)
    is_inside = (place >= 0) & (place <= 1)
    slope = words.choice(is_inside, words.constant(steep), zero)
    cut = words.choice(place < 0, zero, words.choice(place > 1, one, place))
    share = cut if node.direction == "higher" else one - cut
    return share * (most - least) + least, [slope], words.constant("")


def _linear(words: Words, node: shape.Linear, x: Sequence[Column]) -> Rule:
    weights, total = [float(text) for text in node.weights], words.constant(0.0)
    for weight, one in zip(weights, x, strict=True):
        total = total + one * weight
    return total + float(node.plus), list(map(words.constant, weights)), words.constant("")


_RULES: dict[type, Callable[[Words, Any, Sequence[Column]], Rule]] = {
    shape.Sum: _sum,
    shape.Difference: _difference,
    shape.Ratio: _ratio,
    shape.Standardise: _standardise,
    shape.Linear: _linear,
}


def _by_difference(words: Words, x: Sequence[Column], _whole: float) -> Rule:
    one, minus, why = words.constant(1.0), words.constant(-1.0), words.constant("")
    if len(x) == 2:
        return x[0] + x[1], [one, one], why
    return x[0] + x[2] - x[1], [one, minus, one], why


def _by_ratio(words: Words, x: Sequence[Column], _whole: float) -> Rule:
    if len(x) == 2:
        return x[0] * x[1], [x[1], x[0]], words.constant("")
    by = divisible(words, x[1])
    why = words.choice(x[1] == 0, words.constant("zero"), words.constant(""))
    return x[0] * x[2] / by, [x[2] / by, words.constant(-1.0) * x[0] * x[2] / by / by, x[0] / by], why


def _by_logit(words: Words, x: Sequence[Column], whole: float) -> Rule:
    why, nothing = words.constant(""), words.constant(None)
    shares = []
    for one in x[:1] if len(x) == 2 else x:
        share = one / whole
        is_inside = (share > 0) & (share < 1)
        why = words.choice(words.is_null(one) | is_inside, why, words.constant("outside"))
        shares.append(words.choice(is_inside, share, nothing))
    one = words.constant(1.0)
    places = [words.log(share / (one - share)) for share in shares]
    turns = [one / (share * (one - share)) / whole for share in shares]
    place = places[0] + (x[1] if len(x) == 2 else places[2] - places[1])
    back = one / (one + words.exp(place * -1.0))
    turn = back * (one - back) * whole
    if len(x) == 2:
        return back * whole, [turn * turns[0], turn], why
    return back * whole, [turn * turns[0], turn * turns[1] * -1.0, turn * turns[2]], why


_LINKS = {"difference": _by_difference, "ratio": _by_ratio, "logit": _by_logit}
