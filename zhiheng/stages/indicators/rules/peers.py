"""The progress mark of a peer, two end points and a growth rate, to be printed beside ours and compared.

Open SDG and sdg-build colour an indicator by the growth seen since a base year over the growth required. The
rule is read from its public description and built here anew, so that it can be run on the same series: its
colour depends on the base year, and it knows no error. Nothing here decides anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..refusals import refuse

SUBSTANTIAL, MODERATE, LIMITED, AWAY = "substantial", "moderate", "limited", "deterioration"
BOUNDS = ((0.95, SUBSTANTIAL), (0.6, MODERATE), (0.0, LIMITED))


@dataclass(frozen=True)
class Progress:
    """The ratio of growth seen to growth required since a base year, and the mark that it earns."""

    base: int
    ratio: float
    mark: str


def progress(base: tuple[int, float], now: tuple[int, float], target: float, due: int) -> Progress:
    """Return ((y_t / y_0)^(1 / (t - t_0)) - 1) / ((target / y_0)^(1 / (due - t_0)) - 1) and its mark.

    >>> found = progress((2017, 93.71), (2024, 93.93), 94, 2025)
    >>> round(found.ratio, 3), found.mark
    (0.867, 'moderate')
    """
    (begin, first), (year, last) = base, now
    if not begin < year < due or min(first, last, target) <= 0 or target == first:
        raise refuse("no-growth-rate")
    seen = (last / first) ** (1 / (year - begin)) - 1
    required = (target / first) ** (1 / (due - begin)) - 1
    ratio = seen / required
    return Progress(begin, ratio, next((mark for bound, mark in BOUNDS if ratio >= bound), AWAY))
