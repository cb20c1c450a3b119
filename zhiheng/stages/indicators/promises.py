"""Sets each target beside what was published of its series: value, interval, chance by its date, path."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhiheng.reference.indicators import Observation
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Target

from . import queries, rules
from .models import Figure
from .rules import attainment, published
from .rules import headline as headlines
from .rules.attainment import Attainment

NATION = "000000"


@dataclass(frozen=True)
class Promise:
    """A target with what is known of it; ``own`` is our newest figure of its series, if one was released.

    ``interval`` is the one that we set beside a published rate under a stated assumption; ``word`` is where
    value and interval stand to the target, empty where there is no interval.
    """

    target: Target
    newest: Observation | None
    chance: Attainment
    interval: tuple[float, float] | None
    word: str
    own: Figure | None
    breaks: tuple[rules.Break, ...] = ()

    @property
    def is_rate(self) -> bool:
        """Whether the target is a share in per cent."""
        return self.target.unit == "%"


def national() -> list[Promise]:
    """Return the targets of the nation with what is known of each; their number of queries does not grow."""
    targets = list(plan.targets().filter(region=NATION).order_by("id"))
    own = queries.newest_of([target.series_id for target in targets if target.series_id])
    return [of(target, own=own.get(target.series_id)) for target in targets]


def of(target: Target, *, own: Figure | None = None) -> Promise:
    """Return one target with what was published of its series."""
    found = plan.observations(target.series_id) if target.series_id else ()
    value, due = _value(target), target.due
    if target.series_id is None:
        why = attainment.AMBIGUOUS if target.binding == "refused" else attainment.UNBOUND
        return Promise(target, None, attainment.refusal(value, due, why), None, "", None)
    newest = plan.latest(target.series_id)
    bounds = published.assumed_interval(found)
    return Promise(
        target=target,
        newest=newest,
        chance=published.attainment(found, value, due),
        interval=bounds,
        word=_word(newest, bounds, value),
        own=own,
        breaks=published.breaks(found),
    )


def _value(target: Target) -> float:
    return float(target.value) / 100 if target.unit == "%" else float(target.value)


def _word(newest: Observation | None, bounds: tuple[float, float] | None, target: float) -> str:
    if newest is None or bounds is None:
        return ""
    return rules.against_target(
        lower=bounds[0], upper=bounds[1], target=target, estimate=published.rate(newest)
    )


def published_changes(series: Any, *, most: int = 6) -> list[rules.Headline]:
    """Return the changes between published years of a series, newest first, with splits where sizes allow.

    Years that follow each other are compared, and also the years whose parts were published with sizes.
    """
    whole = [seen for seen in plan.observations(series.pk) if seen.value is not None]
    parts = plan.parts(series.pk, "domain")
    breaks = published.breaks(whole)
    sides = [published.side(seen, series) for seen in whole]
    pairs = list(itertools.pairwise(sides))
    sized = [side for side in sides if published.groups(_of_year(parts, side.period), "domain")]
    pairs += [(one, other) for one, other in itertools.pairwise(sized) if (one, other) not in pairs]
    pairs.sort(key=lambda pair: (pair[1].period, pair[0].period), reverse=True)
    return [_change(pair, parts, breaks) for pair in pairs[:most]]


def _change(pair: tuple, parts: Sequence[Observation], breaks: Sequence[rules.Break]) -> rules.Headline:
    groups = tuple(published.groups(_of_year(parts, side.period), "domain") for side in pair)
    is_split = all(groups) and {one.name for one in groups[0]} == {one.name for one in groups[1]}
    return headlines.headline(
        *pair, groups=groups if is_split else None, breaks=breaks, tolerance=published.ROUNDING
    )


def _of_year(parts: Sequence[Observation], year: str) -> list[Observation]:
    return [seen for seen in parts if seen.period == year]
