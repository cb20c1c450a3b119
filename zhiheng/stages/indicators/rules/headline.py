"""Says what a change allows to be said: the word, the interval, the split, the breaks on the way.

The word comes from the interval alone. A change whose interval holds zero, or that has no interval, is never
called a rise or a fall; one across a break without a bridge, or of another basis or purpose, is no change.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..refusals import refuse
from . import footing
from .contribution import Group, Split, split
from .footing import MIXED, NOT_PLACED, Break
from .showing import DOWN, NOT_COMPARABLE, NOT_DISTINGUISHABLE, UP, Z_95, Reading

KINDS_DIFFER, WITHHELD, NOT_BRIDGED = "kinds-differ", "withheld", "break-not-bridged"
NO_ERROR, BRIDGE_WITHOUT_ERROR = "no-error", "bridge-without-error"
NO_GROUPS, OTHER_TOTAL = "no-groups", "groups-do-not-add-up"
ONE_GROUP, NOT_WEIGHTED, TOO_THIN = "one-group", "not-weighted-from-groups", "too-thin"
ONE_PART = "one-part"


@dataclass(frozen=True)
class Side:
    """One side of a change: a share from 0 to 1, or a score; ``standard_error`` is None where it is unknown.

    ``scope`` names the footing on which it was measured; ``assumption`` says how an error that was not
    published is taken ("as-if-random"), and is empty where the error comes from the design. ``dimensions``
    are those along which it is a part of the series, so that their breaks are its own.
    """

    period: str
    value: float | None
    standard_error: float | None
    basis: str
    purpose: str
    scope: str = ""
    assumption: str = ""
    dimensions: tuple[str, ...] = ()

    @classmethod
    def of(cls, reading: Reading, period: str, dimensions: tuple[str, ...] = ()) -> Side:
        """Return a released figure as a side."""
        kind = reading.basis, reading.purpose
        return cls(period, reading.estimate, reading.standard_error, *kind, dimensions=dimensions)


@dataclass(frozen=True)
class Headline:
    """A change with everything that must stand beside it; ``refused`` says why there is no stronger word.

    ``before`` is the earlier value on the footing of the later one. ``unsplit`` says why there is no split.
    """

    word: str
    periods: tuple[str, str] = ("", "")
    difference: float | None = None
    lower: float | None = None
    upper: float | None = None
    before: float | None = None
    after: float | None = None
    split: Split | None = None
    unsplit: str = NO_GROUPS
    breaks: tuple[Break, ...] = ()
    assumptions: tuple[str, ...] = ()
    refused: str = ""
    covariance: float = 0.0


def headline(
    before: Side,
    after: Side,
    *,
    groups: tuple[Sequence[Group], Sequence[Group]] | None = None,
    along: str = "",
    covariance: float = 0.0,
    breaks: Sequence[Break] = (),
    why: str = NO_GROUPS,
    tolerance: float = 1e-9,
) -> Headline:
    """Return the change from one side to the other.

    d = after - (before + steps of the breaks between), var(d) = se1^2 + se2^2 - 2 cov + var(steps), interval
    d +- 1.96 se(d) (Kish, Survey Sampling, 1965, 12.4). ``covariance`` is zero for draws made apart and known
    for panels (``methods.repeated``). ``breaks`` are all of the series; those that lie between are found by
    days. ``groups`` before and after, parts ``along`` a dimension, give the split; where they add up to
    another change than d by more than ``tolerance``, as rounded print does, there is none. Without groups
    ``why`` says why they lack.

    >>> a = Side("2023", 0.937, 0.004, "probability", "evaluation")
    >>> b = Side("2024", 0.939, 0.004, "probability", "evaluation")
    >>> found = headline(a, b)
    >>> found.word, round(found.lower, 4), round(found.upper, 4)
    ('not-distinguishable', -0.0091, 0.0131)
    """
    times = before.period, after.period
    if (before.basis, before.purpose) != (after.basis, after.purpose):
        return Headline(NOT_COMPARABLE, times, refused=KINDS_DIFFER)
    if before.value is None or after.value is None:
        return Headline(NOT_COMPARABLE, times, refused=WITHHELD)
    step, crossed, refused = _bridged(before, after, breaks)
    if refused:
        return Headline(NOT_COMPARABLE, times, refused=refused, breaks=crossed)
    linked, difference = before.value + step, after.value - (before.value + step)
    shown, unsplit = None, why
    if crossed or (groups and _breaks_along(along, before, after, breaks)):
        unsplit = NOT_BRIDGED
    elif groups:
        shown, unsplit = _split(*groups, difference, tolerance)
    error, refused = _error(before, after, crossed, covariance)
    lower, upper, assumed = None, None, ()
    if error is not None:
        assumed = tuple(dict.fromkeys(filter(None, (before.assumption, after.assumption))))
        lower, upper = difference - Z_95 * error, difference + Z_95 * error
    return Headline(
        _word(lower, upper),
        times,
        difference,
        *(lower, upper),
        linked,
        after.value,
        split=shown,
        unsplit=unsplit,
        breaks=crossed,
        assumptions=assumed,
        refused=refused,
        covariance=covariance,
    )


def _bridged(before: Side, after: Side, breaks: Sequence[Break]) -> tuple[float, tuple[Break, ...], str]:
    """Return the step to the footing of the later value, the breaks crossed, and why there is no step.

    A period that holds a break stands on both footings in a share that nobody knows: no bridge leads there.
    """
    known = footing.chain(breaks, (*before.dimensions, *after.dimensions))
    places = [footing.of(known, side.period, side.scope) for side in (before, after)]
    for doubt in (MIXED, NOT_PLACED):
        if doubt in places:
            return 0.0, _on_the_way(known, before.period, after.period), doubt
    first, last = sorted(int(place) for place in places)
    crossed = known[first:last]
    strange = any(
        side.scope not in footing.names(known, int(place)) | {""}
        for side, place in zip((before, after), places, strict=True)
    )
    if before.scope != after.scope and strange:
        return 0.0, crossed, NOT_BRIDGED
    if any(one.step is None for one in crossed):
        return 0.0, crossed, NOT_BRIDGED
    step = math.fsum(one.step or 0.0 for one in crossed)
    return (step if places[0] == first else -step), crossed, ""


def _on_the_way(known: tuple[Break, ...], *times: str) -> tuple[Break, ...]:
    first, last = sorted(times, key=footing.order)
    return footing.between(known, first, last) or known


def _breaks_along(along: str, before: Side, after: Side, breaks: Sequence[Break]) -> bool:
    """Say whether the parts along a dimension break on the way, though the whole goes on."""
    known = footing.chain((one for one in breaks if along and one.dimension == along), (along,))
    first, last = sorted((before.period, after.period), key=footing.order)
    return bool(footing.between(known, first, last))


def _split(
    before: Sequence[Group], after: Sequence[Group], difference: float, tolerance: float
) -> tuple[Split | None, str]:
    found = split(before, after)
    if abs(found.total.estimate - difference) > tolerance:
        return None, OTHER_TOTAL
    return found, ""


def _error(
    before: Side, after: Side, crossed: Sequence[Break], covariance: float
) -> tuple[float | None, str]:
    if before.standard_error is None or after.standard_error is None:
        return None, NO_ERROR
    if any(one.step_error is None for one in crossed):
        return None, BRIDGE_WITHOUT_ERROR
    most = before.standard_error * after.standard_error
    if abs(covariance) > most * (1 + 1e-9):
        raise refuse("covariance-too-large", covariance=covariance, most=most)
    squares = before.standard_error**2 + after.standard_error**2 - 2 * covariance
    return math.sqrt(max(squares, 0.0) + math.fsum((one.step_error or 0.0) ** 2 for one in crossed)), ""


def _word(lower: float | None, upper: float | None) -> str:
    if lower is None or upper is None or lower <= 0 <= upper:
        return NOT_DISTINGUISHABLE
    return UP if lower > 0 else DOWN
