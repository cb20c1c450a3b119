"""Whether what a release rests on was restated: another read other data from one of its draws since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from zhiheng.reference import regions
from zhiheng.stages.draw.rules import period_of

from .periods import made_of


@dataclass(frozen=True)
class Held:
    """A release in force: where and when it speaks, and the digest of the data it read from each draw."""

    pk: Any
    series: str
    region: str
    periods: tuple[str, ...]
    recorded_at: datetime
    data: Mapping[str, str]

    def behind(self, region: str, period: str) -> dict[str, str]:
        """Return the draws that its figure of a region and period rests on, with the digest of each."""
        near = [name for name in self.data if is_nested(region, name[:6])]
        wanted = made_of(period, {period_of(name) for name in near})
        return {name: self.data[name] for name in near if period_of(name) in wanted}


def is_nested(one: str, other: str) -> bool:
    """Say whether one of two regions lies within the other."""
    return regions.contains(one, other) or regions.contains(other, one)


def restated(read: Mapping[str, str], at: datetime, others: Iterable[Held]) -> Held | None:
    """Return the newest release that read other data from a draw than was read of it at a time.

    Of each draw the release in force that was recorded last says what its data are: where that one agrees,
    one in between that did not has no weight.
    """
    return _changed(read, at, _newest(others))


def _newest(held: Iterable[Held]) -> dict[str, Held]:
    """Return of each draw the release in force that read it last."""
    last: dict[str, Held] = {}
    for one in sorted(held, key=lambda one: one.recorded_at):
        last |= dict.fromkeys(one.data, one)
    return last


def _changed(read: Mapping[str, str], at: datetime, newest: Mapping[str, Held]) -> Held | None:
    later = ((text, newest[name].data[name], newest[name]) for name, text in read.items() if name in newest)
    changed = [one for text, told, one in later if one.recorded_at > at and told != text]
    return max(changed, key=lambda one: one.recorded_at, default=None)


def outdated(held: Sequence[Held]) -> list[tuple[Held, Held]]:
    """Return the releases whose figures stand on data that were restated, each with the newest that did.

    A release is left out where a later one of the same series speaks of its region and periods as well.
    """
    found, newest = [], _newest(held)
    for one in held:
        by = _changed(one.data, one.recorded_at, newest)
        if by is not None and not any(_covers(other, one) for other in held):
            found.append((one, by))
    return sorted(found, key=lambda pair: (-pair[1].recorded_at.timestamp(), pair[0].region, pair[0].periods))


def _covers(later: Held, one: Held) -> bool:
    is_later = later.series == one.series and later.recorded_at > one.recorded_at
    return is_later and set(one.periods) <= set(later.periods) and regions.contains(later.region, one.region)
