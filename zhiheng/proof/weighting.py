"""Draws by weight: the class of each unit has a whole weight, and the announcement fixes every probability.

The weights follow from the logged classes of the frame by a table in the announcement (zh-weight-1)::

    "weighting": {"rule": "zh-weight-1",
                  "classes": [{"stratum": "D-C", "population": 12, "weight": 16, "reason": "risk D x8, ..."}],
                  "certain": 12, "left": 28, "weight": 940}

A unit of weight w is to be drawn with probability 1 where it is certain (n w >= W, taken out one after the
other), else with left w / weight exactly as this fraction. A Pareto draw (``lottery.select_by_weight``) meets
it nearly: with d, the sum of p (1 - p) over units that are not certain, at least 1, to within 4 % / d.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.proof import lottery
from zhiheng.proof.frame import FrameRow

RULE, METHOD = "zh-weight-1", "pareto"
ALL = "*"
LARGEST = 2**31 - 1  # so that every probability is a fraction of two numbers that any database holds
MANY = 20_000
TRIED = Fraction(4, 100)


def whole(weights: Mapping[str, Fraction]) -> dict[str, int]:
    """Return the weights as the smallest whole numbers in the same proportion.

    >>> whole({"A": Fraction(1, 2), "B": Fraction(3)})
    {'A': 1, 'B': 6}
    """
    if not weights or any(weight <= 0 for weight in weights.values()):
        raise BadInput("A class has no weight above zero.", "Give every class of the frame a weight.")
    scale = lcm(*(weight.denominator for weight in weights.values()))
    found = {name: int(weight * scale) for name, weight in weights.items()}
    common = gcd(*found.values())
    return {name: weight // common for name, weight in found.items()}


def terms(
    populations: Mapping[str, int], weights: Mapping[str, Fraction], reasons: Mapping[str, str], n: int
) -> dict[str, Any]:
    """Return the table that the announcement binds: classes, weights, who is certain, and what is left."""
    held = whole({name: weights[name] for name in populations})
    rows = [
        {"stratum": name, "population": populations[name], "weight": held[name], "reason": reasons[name]}
        for name in sorted(populations)
    ]
    certain, left, total = _certain(rows, n)
    return {"rule": RULE, "classes": rows, "certain": certain, "left": left, "weight": total}


def check(said: Mapping[str, Any], n: int) -> None:
    """Refuse a table whose certain units, rest and sum do not follow from its classes."""
    stated = (said["certain"], said["left"], said["weight"])
    if said["rule"] != RULE or _certain(said["classes"], n) != stated:
        raise BadInput("The weights do not give the stated probabilities.", "Use the announced table.")


def target(said: Mapping[str, Any], stratum: str) -> tuple[int, int]:
    """Return the inclusion probability that every unit of a class is to have, as a fraction in lowest terms.

    >>> said = terms({"A": 8, "D": 2}, {"A": Fraction(1), "D": Fraction(4)}, {"A": "", "D": ""}, 4)
    >>> target(said, "A"), target(said, "D")
    ((1, 4), (1, 1))
    """
    weight = next((row["weight"] for row in said["classes"] if row["stratum"] == stratum), None)
    if weight is None:
        raise BadInput(f"No class is called {stratum!r} in the announced table.", "Use the announced table.")
    found = (
        min(Fraction(said["left"] * weight, said["weight"]), Fraction(1)) if said["weight"] else Fraction(1)
    )
    return found.numerator, found.denominator


def spread(said: Mapping[str, Any]) -> Fraction:
    """Return d, the sum of p (1 - p) over all units: how much is left to chance."""
    found = Fraction(0)
    for row in said["classes"]:
        share = Fraction(*target(said, row["stratum"]))
        found += row["population"] * share * (1 - share)
    return found


def bound(said: Mapping[str, Any]) -> Fraction | None:
    """Return by which share of itself a realised probability may differ from its target; None is unknown."""
    left = spread(said)
    if left == 0:
        return Fraction(0)
    return TRIED / left if left >= 1 else None


def select(
    seed: bytes, rows: Sequence[FrameRow], said: Mapping[str, Any], n: int, reserves: int
) -> lottery.StratumDraw:
    """Return sample and reserves of a draw by weight over all classes, as one stratum."""
    weights = {row["stratum"]: row["weight"] for row in said["classes"]}
    found = _drawn(seed, [(row.id, weights[row.stratum]) for row in rows], n, reserves)
    return lottery.StratumDraw(ALL, len(rows), tuple(found.selected), tuple(found.reserves))


def counted(rows: Iterable[FrameRow]) -> dict[str, int]:
    """Return how many units each class has."""
    return dict(sorted(Counter(row.stratum for row in rows).items()))


def _drawn(seed: bytes, units: Sequence[tuple[str, int]], n: int, reserves: int) -> lottery.WeightedDraw:
    """Draw plainly, or for many units by the bounds that give the same outcome bit for bit."""
    if len(units) <= MANY:
        return lottery.select_by_weight(seed, units, n, reserves)
    from zhiheng.proof import lottery_fast  # loads NumPy, which a small draw does without

    ids, weights = zip(*units, strict=True)
    return lottery_fast.select_by_weight(seed, ids, weights, n, reserves)


def _certain(rows: Sequence[Mapping[str, Any]], n: int) -> tuple[int, int, int]:
    """Return how many units are certain, how many are left to draw, and the weight of the others.

    As ``lottery.certain``, for whole classes: all units of one are certain or none.
    """
    total = sum(row["population"] * row["weight"] for row in rows)
    size = sum(row["population"] for row in rows)
    if total > LARGEST or not 1 <= n <= size:
        raise BadInput(
            f"{n} of {size} units with the weight {total} cannot be drawn.",
            f"Draw at least one unit, at most all, and keep the sum of weights to {LARGEST}.",
        )
    left, out = n, 0
    free = sorted(rows, key=lambda row: row["weight"], reverse=True)
    while free and (sure := [row for row in free if left * row["weight"] >= total]):
        out += sum(row["population"] for row in sure)
        left -= sum(row["population"] for row in sure)
        total -= sum(row["population"] * row["weight"] for row in sure)
        free = free[len(sure) :]
    return out, left, total
