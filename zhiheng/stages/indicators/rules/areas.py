"""Sets areas beside each other: the level of each from its regions, and its gap to all of them together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .contribution import Group
from .showing import Z_95


@dataclass(frozen=True)
class Member:
    """One region of an area: its number, its standard error (None where unknown) and its weight."""

    area: str
    value: float
    standard_error: float | None
    weight: float = 1.0


@dataclass(frozen=True)
class Level:
    """The weighted mean of the regions of one area, its share of all weight, and its gap to the whole mean.

    The limits and the error are None where the error of a region is unknown.
    """

    area: str
    regions: int
    share: float
    value: float
    gap: float
    standard_error: float | None
    gap_lower: float | None
    gap_upper: float | None

    @property
    def is_apart(self) -> bool:
        """Whether the interval of the gap leaves out zero."""
        return self.gap_lower is not None and not self.gap_lower <= 0 <= (self.gap_upper or 0.0)


def levels(members: Sequence[Member]) -> dict[str, Level]:
    """Return the level of each area: y_a = sum w y / sum w over its regions, and its gap to y over all.

    A gap is linear in the numbers of the regions, c_i = w_i / W_a [i in a] - w_i / W, so that its variance is
    sum c_i^2 e_i^2 for samples that were drawn apart; its interval is gap +- 1.96 standard errors.

    >>> found = levels([Member("e", 95, 0.5), Member("e", 94, 0.5), Member("w", 91, 0.5)])
    >>> print(round(found["w"].gap, 3), round(found["w"].gap_lower, 2), found["e"].share)
    -2.333 -3.13 0.6666666666666666
    """
    whole = math.fsum(one.weight for one in members)
    mean = math.fsum(one.weight * one.value for one in members) / whole if whole else 0.0
    found: dict[str, Level] = {}
    for area in dict.fromkeys(one.area for one in members):
        own = [one for one in members if one.area == area]
        weight = math.fsum(one.weight for one in own)
        value = math.fsum(one.weight * one.value for one in own) / weight
        error = _error([one.weight / weight for one in own], own)
        apart = _error(
            [(one.weight / weight if one.area == area else 0.0) - one.weight / whole for one in members],
            members,
        )
        half = None if apart is None else Z_95 * apart
        gap = value - mean
        found[area] = Level(
            area=area,
            regions=len(own),
            share=weight / whole,
            value=value,
            gap=gap,
            standard_error=error,
            gap_lower=None if half is None else gap - half,
            gap_upper=None if half is None else gap + half,
        )
    return found


def groups(found: Mapping[str, Level], *, scale: float) -> list[Group] | None:
    """Return the areas as parts of a whole, for the split of a change; None where an error is unknown."""
    parts = [
        Group(one.area, one.share, one.value / scale, one.standard_error / scale)
        for one in found.values()
        if one.standard_error is not None
    ]
    return parts if len(parts) == len(found) > 1 else None


def _error(weights: Sequence[float], members: Sequence[Member]) -> float | None:
    errors = [one.standard_error for one in members]
    if any(error is None for error in errors):
        return None
    return math.sqrt(
        math.fsum((weight * (error or 0.0)) ** 2 for weight, error in zip(weights, errors, strict=True))
    )
