"""Sets each target beside what was published of its series: value, interval, chance by its date, path."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from zhiheng.reference import indicators
from zhiheng.reference.indicators import Observation
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series, SeriesBreak, Target
from zhiheng.web import as_of, wording

from . import queries, rules
from .models import Figure
from .rules import attainment, published
from .rules import headline as headlines
from .rules.attainment import Attainment

NATION = "000000"


@dataclass(frozen=True)
class Promise:
    """A target with what is known of it; ``own`` is our newest figure of its series, if one was released.

    ``series`` is the one bound, or, while none is bound, the only one of the name that the target uses.
    ``interval`` is the one that we set beside a published rate under a stated assumption; ``word`` is where
    value and interval stand to the target, empty where there is no interval.
    """

    target: Target
    series: Series | None
    newest: Observation | None
    chance: Attainment
    interval: tuple[float, float] | None
    word: str
    own: Figure | None
    breaks: tuple[rules.Break, ...] = ()

    @property
    def series_id(self) -> str | None:
        """The series that the values are of."""
        return None if self.series is None else self.series.pk

    @property
    def is_ceiling(self) -> bool:
        """Whether the target says "at most"."""
        return self.target.operator == rules.AT_MOST

    @property
    def is_rate(self) -> bool:
        """Whether the target is a share in per cent."""
        return self.target.unit == "%"


def national(day: date | None = None) -> list[Promise]:
    """Return the targets of the nation with what is known of each, or was known at the end of a day.

    The number of queries does not grow with them.
    """
    moment = as_of.end_of(day)
    rows = plan.targets().filter(region=NATION).order_by("id")
    targets = [plan.as_bound(target, moment) for target in rows]
    held = {one.pk: one for one in plan.all_series()}
    names = [name for target in targets if (name := _series_of(target)) in held]
    own = queries.newest_of(names, as_of=moment)
    series = [held.get(_series_of(target)) for target in targets]
    ids = [one.pk for one in series if one is not None]
    known = _Known(plan.observations_of(ids, known_on=day), declared_of(ids, moment), own)
    return [_of(target, one, known) for target, one in zip(targets, series, strict=True)]


def of(target: Target, day: date | None = None) -> Promise:
    """Return one target with what was published of its series, now or by the end of a day."""
    moment = as_of.end_of(day)
    target = plan.as_bound(target, moment)
    series = plan.all_series().filter(pk=_series_of(target)).first()
    ids = [] if series is None else [series.pk]
    return _of(target, series, _Known(plan.observations_of(ids, known_on=day), declared_of(ids, moment), {}))


def _series_of(target: Target) -> str:
    """Return the series bound to a target, or the one whose name it uses while it waits to be bound.

    A name that fits several populations has none, whatever it is called.
    """
    if target.binding == "unbound" and indicators.ambiguity(target.indicator) is None:
        return target.indicator
    return target.series_id or ""


@dataclass(frozen=True)
class _Known:
    """What is known of some series at a time, each by its id."""

    published: Mapping[str, Sequence[Observation]]
    breaks: Mapping[str, Sequence[rules.Break]]
    own: Mapping[str, Figure]


def _of(target: Target, series: Series | None, known: _Known) -> Promise:
    value, due = _value(target), target.due
    if series is None:
        why = attainment.AMBIGUOUS if target.binding == "refused" else attainment.UNBOUND
        return Promise(target, None, None, attainment.refusal(value, due, why), None, "", None)
    found, stated = known.published[series.pk], known.breaks[series.pk]
    newest = plan.newest(found)
    bounds = published.assumed_interval(found, stated)
    return Promise(
        target=target,
        series=series,
        newest=newest,
        chance=published.attainment(found, value, due, declared=stated, operator=target.operator),
        interval=bounds,
        word=_word(newest, bounds, value, target.operator),
        own=known.own.get(series.pk),
        breaks=published.breaks(found, stated),
    )


def _value(target: Target) -> float:
    return float(target.value) / 100 if target.unit == "%" else float(target.value)


def _word(
    newest: Observation | None, bounds: tuple[float, float] | None, target: float, operator: str
) -> str:
    if newest is None or bounds is None:
        return ""
    return rules.against_target(
        lower=bounds[0],
        upper=bounds[1],
        target=target,
        estimate=published.rate(newest),
        operator=operator,
    )


def declared_of(ids: Sequence[str], moment: datetime | None = None) -> dict[str, list[rules.Break]]:
    """Return the declared breaks of several series and of their parts, each with its list, in one query."""
    found = plan.breaks_of(ids, as_of=moment)
    return {id: [published.as_break(row, _note(row)) for row in rows] for id, rows in found.items()}


def _note(row: SeriesBreak) -> str:
    return row.reason if wording.is_chinese() else row.reason_en


def published_changes(
    series: Any, told: plan.Told, *, day: date | None = None, most: int = 6
) -> list[rules.Headline]:
    """Return the changes between published years of a series, newest first, with splits where sizes allow.

    ``told`` holds its national numbers and those of its domains (``plan.whole_and_parts``).
    Years that follow each other are compared, and also the years whose parts were published with sizes.
    """
    whole, parts = [seen for seen in told[0] if seen.value is not None], told[1]
    stated = declared_of([series.pk], as_of.end_of(day))[series.pk]
    sides = published.sides(whole, series, stated)
    breaks = (*published.breaks(whole, stated), *(one for one in stated if one.dimension))
    pairs = [pair for pair in itertools.pairwise(sides) if pair[0].period != pair[1].period]
    sized = [side for side in sides if published.groups(_of_year(parts, side.period), "domain")]
    pairs += [(one, other) for one, other in itertools.pairwise(sized) if (one, other) not in pairs]
    pairs.sort(key=lambda pair: (pair[1].period, pair[0].period), reverse=True)
    return [_change(pair, parts, breaks) for pair in pairs[:most]]


def _change(pair: tuple, parts: Sequence[Observation], breaks: Sequence[rules.Break]) -> rules.Headline:
    groups = tuple(published.groups(_of_year(parts, side.period), "domain") for side in pair)
    is_split = all(groups) and {one.name for one in groups[0]} == {one.name for one in groups[1]}
    return headlines.headline(
        *pair,
        groups=groups if is_split else None,
        along="domain",
        breaks=breaks,
        tolerance=published.ROUNDING,
    )


def _of_year(parts: Sequence[Observation], year: str) -> list[Observation]:
    return [seen for seen in parts if seen.period == year]
