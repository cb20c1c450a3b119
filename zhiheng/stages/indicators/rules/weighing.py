"""The exact weight of every answered unit: N/r of its stratum, or 1 / the sum of r/N over several lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import NamedTuple

from zhiheng.methods import multiframe

from .dataset import Base, Row


class Weight(NamedTuple):
    """What a unit weighs, and the least that it could where a membership is not known."""

    most: Fraction
    least: Fraction


def weights(base: Base, rows: Iterable[Row]) -> dict[tuple[str, str], Weight]:
    """Return the weight of each answered unit, by draw and unit.

    Who did not answer is represented by those of the stratum who did: the chance of a unit to be drawn and
    answer is r/N there, and in the other lists that hold it. Where it is not known whether a list holds it,
    the highest r/N of that list bounds its weight from below.
    """
    chances = {(row.draw, row.stratum): Fraction(row.respondents, row.population or 1) for row in base.strata}
    highest: dict[str, Fraction] = defaultdict(Fraction)
    for (draw, _stratum), chance in chances.items():
        highest[draw] = max(highest[draw], chance)
    also: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    perhaps: dict[tuple[str, str], list[Fraction]] = defaultdict(list)
    for row in base.overlaps:
        if row.stratum:
            also[row.draw, row.unit].append(chances[row.other, row.stratum])
        else:
            perhaps[row.draw, row.unit].append(highest[row.other])
    alone = {key: _weight(chance) for key, chance in chances.items() if chance}
    found = {}
    for row in rows:
        if row.verdict:
            key, place = (row.draw, row.unit), (row.draw, row.stratum)
            is_alone = key not in also and key not in perhaps
            found[key] = alone[place] if is_alone else _weight(chances[place], also[key], perhaps[key])
    return found


def _weight(own: Fraction, also: Sequence[Fraction] = (), perhaps: Sequence[Fraction] = ()) -> Weight:
    least, most = multiframe.box([own, *filter(None, also)], list(filter(None, perhaps)))
    return Weight(most, least)


def extremes(weight: Mapping[tuple[str, str], Weight], row: Row, *, is_high: bool) -> float:
    """Return what a unit weighs where the rate is lowest or highest that the unknown memberships allow."""
    held = weight[row.draw, row.unit]
    return float(held.most if (row.verdict == "pass") == is_high else held.least)
