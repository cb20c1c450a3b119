"""The tile map: one square a province, always in the same place, with a word beside the shade."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor, log10
from statistics import quantiles
from typing import Any

from zhiheng.reference import regions
from zhiheng.web import wording

SHADES = ("s1", "s2", "s3", "s4", "s5")
TONES = (*SHADES, "none", "todo", "running", "done", "stopped")


@dataclass(frozen=True)
class Tile:
    """One province on the map; ``tone`` is a shade s1 (least) to s5 (most), a state, or none."""

    code: str
    short: str
    name: str
    col: int
    row: int
    value: Any = None
    label: Any = ""
    tone: str = "none"
    url: str = ""


@dataclass(frozen=True)
class Key:
    """One line of the legend."""

    tone: str
    label: Any


def build(
    values: Mapping[str, Any],
    *,
    label: Callable[[Any], Any] = str,
    tone: Callable[[Any], str] | None = None,
    url: Callable[[str], str] | None = None,
) -> list[Tile]:
    """Return the 34 tiles with the values by region code; a province without a value is hatched."""
    tiles = []
    for place in regions.tile_grid():
        value = values.get(place.code)
        known = value is not None
        tiles.append(
            Tile(
                code=place.code,
                short=place.short,
                name=wording.bilingual(place),
                col=place.col,
                row=place.row,
                value=value,
                label=label(value) if known else "",
                tone=(tone(value) if tone else SHADES[2]) if known else "none",
                url=url(place.code) if url is not None and known else "",
            )
        )
    return tiles


def shade(bounds: Sequence[Any]) -> Callable[[Any], str]:
    """Return a tone function: s1 below the first bound, s2 from it on, and so up to s5."""
    if not 1 <= len(bounds) <= 4 or list(bounds) != sorted(bounds):
        raise ValueError("give one to four bounds in rising order")
    return lambda value: SHADES[sum(value >= bound for bound in bounds)]


def bounds(values: Sequence[float], *, whole: bool = False) -> list[float]:
    """Return up to four rising bounds that part these numbers into about equal lots, at round numbers.

    ``whole`` is for counts: the bounds are whole numbers, each the least count of its lot.

    >>> bounds([91.2, 93.4, 94.1, 94.4, 94.8, 95.3, 96.0])
    [93.5, 94.2, 94.6, 95.2]
    >>> bounds([80.26, 80.26, 80.26])
    [80.2]
    >>> bounds([12, 12, 12, 13, 14, 34], whole=True), bounds([7], whole=True)
    ([12, 13, 14], [7])
    """
    ordered = sorted(values)
    if whole:
        cuts = quantiles(ordered, n=5, method="inclusive") if len(ordered) > 1 else ordered
        return sorted({ceil(cut) for cut in cuts})
    step = 10 ** floor(log10((ordered[-1] - ordered[0]) / 5)) if ordered[-1] > ordered[0] else 0
    if not step:
        return [floor(10 * ordered[0]) / 10]
    places = max(0, -round(log10(step)))
    cuts = quantiles(ordered, n=5, method="inclusive")
    return sorted({round(round(cut / step) * step, places) for cut in cuts})


def legend(bounds: Sequence[Any], text: Callable[[Any], str]) -> list[Key]:
    """Return the legend that belongs to ``shade(bounds)``."""
    from django.utils.translation import gettext as _

    first = Key(SHADES[0], _("below %(bound)s") % {"bound": text(bounds[0])})
    between = [
        Key(SHADES[place], f"{text(low)}–{text(high)}")
        for place, (low, high) in enumerate(pairwise(bounds), 1)
    ]
    last = Key(SHADES[len(bounds)], _("%(bound)s and above") % {"bound": text(bounds[-1])})
    return [first, *between, last]
