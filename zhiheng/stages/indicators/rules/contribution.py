"""Splits a change into what the parts did and what their mix did, part by part, each with its interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from zhiheng.methods import decomposition

from ..refusals import refuse
from .showing import Z_95

REST = ""


@dataclass(frozen=True)
class Group:
    """One part of a whole at one time: its share of the whole, its rate and the error of the rate."""

    name: str
    share: float
    rate: float
    standard_error: float


@dataclass(frozen=True)
class Part:
    """A part of a change with its 95 % interval."""

    estimate: float
    lower: float
    upper: float


@dataclass(frozen=True)
class Contribution:
    """What one part of the whole brings to a change: by its own rate, and by its share."""

    name: str
    rate: float
    mix: float

    @property
    def total(self) -> float:
        """What it brings in all."""
        return self.rate + self.mix


@dataclass(frozen=True)
class Split:
    """A change in two: ``rate`` + ``mix`` = ``total`` to the last digit; the largest contributions first."""

    total: Part
    rate: Part
    mix: Part
    by_group: tuple[Contribution, ...]
    method: str
    version: str


def split(before: Sequence[Group], after: Sequence[Group]) -> Split:
    """Return the parts of a change of sum share x rate (Kitagawa 1955; ``methods.decomposition``).

    >>> found = split([Group("a", 0.6, 0.95, 0.01), Group("b", 0.4, 0.90, 0.02)],
    ...               [Group("a", 0.5, 0.96, 0.01), Group("b", 0.5, 0.92, 0.02)])
    >>> print(round(found.rate.estimate, 4), round(found.mix.estimate, 4))
    0.0145 -0.0045
    """
    names = [group.name for group in before]
    if sorted(names) != sorted(group.name for group in after) or len(set(names)) != len(names):
        raise refuse("groups-differ")
    later = {group.name: group for group in after}
    found = decomposition.change(_groups(before), _groups([later[name] for name in names]))
    contributions = (
        Contribution(name, float(rate), float(mix))
        for name, rate, mix in zip(names, found.rate.by_group, found.mix.by_group, strict=True)
    )
    return Split(
        total=_part(found.total),
        rate=_part(found.rate),
        mix=_part(found.mix),
        by_group=tuple(sorted(contributions, key=lambda one: (-abs(one.total), one.name))),
        method=found.method,
        version=found.version,
    )


def with_rest(groups: Sequence[Group], *, rate: float, standard_error: float) -> list[Group]:
    """Add all that is not in ``groups`` as one more, so that shares add up to one and rates to ``rate``.

    The rest holds what is withheld one by one and what the headline itself pools: its rate is
    (R - sum s_g r_g) / (1 - sum s_g), and its variance what the groups leave of that of R.

    >>> rest = with_rest([Group("a", 0.8, 0.95, 0.01)], rate=0.94, standard_error=0.01)[-1]
    >>> round(rest.share, 3), round(rest.rate, 3), round(rest.standard_error, 3)
    (0.2, 0.9, 0.03)
    """
    share = 1 - math.fsum(group.share for group in groups)
    if share < 1e-9:
        return list(groups)
    left = (rate - math.fsum(group.share * group.rate for group in groups)) / share
    if not -1e-9 <= left <= 1 + 1e-9:
        raise refuse("groups-do-not-add-up")
    known = math.fsum((group.share * group.standard_error) ** 2 for group in groups)
    error = math.sqrt(max(standard_error**2 - known, 0.0)) / share
    return [*groups, Group(REST, share, min(max(left, 0.0), 1.0), error)]


def _groups(groups: Sequence[Group]) -> decomposition.Groups:
    return decomposition.Groups(
        [group.share for group in groups],
        [group.rate for group in groups],
        [group.standard_error for group in groups],
    )


def _part(effect: decomposition.Effect) -> Part:
    half = Z_95 * effect.standard_error
    return Part(effect.estimate, effect.estimate - half, effect.estimate + half)
