"""Pass rates from draws out of several frames that share units: factories, shops and platforms.

For people who call this room:

    total(y, weight, stratum, population)       -> Total with its error       (the textbook case)
    box(chances, possible)                      -> least and most weight of a unit
    pass_rate(sample, low=..., high=...)        -> Rates, the interval widened by what is not known

A unit k that the frames f hold with chances pi_f(k) weighs w = 1 / sum_f pi_f(k), whichever draw chose it
(``selection.frame_weights``): the single-frame estimator of Bankier (1986) and Kalton & Anderson (1986), the
"BKA" of the R package Frames2. It needs only the chances, no choice of shares between the frames as Hartley
(1962) does, and gives one weight a unit for every figure. Method card: docs/methods/multiple-frames.md.
Not for a draw whose chance of another frame's unit cannot be told or bounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, selection, survey

METHOD, VERSION = "multiple-frame", "1"


@dataclass(frozen=True)
class Total:
    """A weighted total over several draws with its standard error, and how many units it rests on."""

    estimate: float
    standard_error: float
    n: int
    method: str = METHOD
    version: str = VERSION


def total(y: Any, weight: Any, stratum: Any, population: dict[Any, int]) -> Total:
    """Return sum w y over all drawn units of all frames, and its error.

    Symbols: y a value; w = 1 / sum_f pi_f; h a stratum of one draw, n_h drawn of N_h. The draws are
    independent, so that variances add up over the strata of all of them:
    v = sum_h (1 - n_h/N_h) n_h/(n_h - 1) sum_h (w y - mean_h(w y))^2 (Kalton & Anderson 1986; Lohr & Rao
    2000). It is that of ``svytotal(svydesign(...))`` on the stacked draws with these weights, and of ``BKA``
    in Frames2 with all joint probabilities. y = 1 gives the size of the union.

    Frame A draws 2 of 10 units, B 2 of 4; the units of value 3 stand in both: 1 / (1/5 + 1/2) = 10/7.

    >>> found = total([1, 3, 3, 2], [5, 10 / 7, 10 / 7, 2], ["A", "A", "B", "B"], {"A": 10, "B": 4})
    >>> print(round(found.estimate, 4), round(found.standard_error, 4))
    17.5714 0.6701
    """
    y = arrays.vector(y, "values")
    weight = arrays.vector(weight, "weights", size=y.size)
    if np.any(weight <= 0):
        raise BadInput("A weight is not above zero.", "Give each drawn unit what it stands for.")
    names, codes = arrays.labels(stratum, "stratum", y.size)
    values, variance = weight * y, 0.0
    for place, name in enumerate(names):
        part, size = values[codes == place], _size(population, name)
        if part.size > size:
            raise BadInput(f"Stratum {name} has {part.size} drawn of {size:g}.", "Check its size.")
        if part.size < 2 and part.size < size:
            raise BadInput(f"Stratum {name} has one drawn unit.", "Join it with a like stratum.")
        if part.size > 1:
            variance += (1 - part.size / size) * part.size * float(part.var(ddof=1))
    return Total(float(values.sum()), float(np.sqrt(variance)), int(y.size))


def _size(population: dict[Any, int], name: Any) -> float:
    if not isinstance(population, Mapping) or name not in population:
        raise BadInput(f"Stratum {name} has no size.", "Give the number of its units in its frame.")
    return float(arrays.vector(population[name], f"size of stratum {name}", size=1)[0])


def box(chances: Sequence[Fraction], possible: Sequence[Fraction] = ()) -> tuple[Fraction, Fraction]:
    """Return the least and the most that a unit can weigh.

    ``chances`` are its inclusion probabilities in the frames known to hold it, that of its own draw first;
    ``possible`` are the highest ones of frames of which it is not known whether they hold it. With all known
    both are 1 / sum pi. Nothing is guessed between them: see ``pass_rate``.

    >>> from fractions import Fraction as F
    >>> box([F(1, 10)], [F(1, 15)]), box([F(1, 10), F(1, 15)])
    ((Fraction(6, 1), Fraction(10, 1)), (Fraction(6, 1), Fraction(6, 1)))
    """
    chances, possible = arrays.listed(chances, "chances"), arrays.listed(possible, "possible chances")
    most, _count = selection.frame_weights(chances)
    least, _count = selection.frame_weights([*chances, *possible])
    return least, most


def pass_rate(
    sample: survey.Sample,
    *,
    low: survey.Sample | None = None,
    high: survey.Sample | None = None,
    level: float = 0.95,
) -> survey.Rates:
    """Return the share of passes of the union of the frames, its interval open to what is not known.

    R = sum w y / sum w with the error of ``survey.hajek`` over the strata of all draws. Where it is not known
    of some units whether another frame holds them, ``sample`` weighs them as if it did not, and the interval
    reaches from the lower end for the lowest R that the boxes of weights allow to the upper end for the
    highest. R is a ratio of sums that are linear in each weight, hence monotone in each: lowest with passes
    at their least and failures at their most weight (``low``), highest the other way round (``high``).

    >>> s = survey.Sample.from_counts([100, 40], [[10], [10]], [[9], [8]])
    >>> plain, wide = pass_rate(s).at(0), pass_rate(s, low=s, high=s).at(0)
    >>> print(round(plain.estimate, 4), plain == wide)
    0.8714 True
    """
    cells = arrays.instance(sample, survey.Sample, "sample").n.shape
    for other in (low, high):
        if other is not None and arrays.instance(other, survey.Sample, "sample").n.shape != cells:
            raise BadInput("The samples have other strata or domains.", "Give the same rows, other weights.")
    found = replace(survey.hajek(sample, level=level), method=METHOD, version=VERSION)
    lower, upper = found.lower, found.upper
    if low is not None:
        lower = np.fmin(lower, survey.hajek(low, level=level).lower)
    if high is not None:
        upper = np.fmax(upper, survey.hajek(high, level=level).upper)
    return replace(found, lower=lower, upper=upper)
