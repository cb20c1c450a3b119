"""Sets regions beside each other in one series: rank with its interval, gap of areas, whether they converge.

One series has one basis and one purpose, so that nothing else ever shares the axis; what this office
estimated and what others published are never put in one list either.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_

import numpy as np
from django.db.models import F, Q

from zhiheng.errors import BadInput
from zhiheng.formats.shapes.observation import VOICES
from zhiheng.methods import convergence, ranking
from zhiheng.reference import groupings, regions
from zhiheng.stages.plan.models import Series

from . import observations, vintages
from .models import Observation
from .moving import error_of
from .observations import Bare
from .places import kind, order
from .rules import areas, contribution

PROVINCES, CITIES, GROUPS = "provinces", "cities", "groups"
ORDER = (PROVINCES, GROUPS, CITIES)
MOST_PERIODS = 12
LEAST = 3
MOST_REGIONS = 60
MOST_READ = 200
SCALE = 100.0
"""Changes are told in points, a hundredth of what the rules of change take as one; scores too."""


@dataclass(frozen=True)
class Choice:
    """What can be compared in a series: the regions with a number in each period, by voice."""

    voice: str
    period: str
    regions: tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """One region: its number, its place among those ranked and the places it may truly hold."""

    region: str
    number: Observation | None
    place: float | None = None
    best: int | None = None
    worst: int | None = None


@dataclass(frozen=True)
class Together:
    """How regions moved against each other over the periods in which all of them have a number."""

    periods: tuple[str, ...]
    spread: convergence.Spread
    has_errors: bool
    catching_up: convergence.CatchingUp | None

    @property
    def sigma_change(self) -> tuple[float, float] | None:
        """The change of the own variance from the first to the last period, and its error, where known."""
        if not self.has_errors or len(self.periods) < 2:
            return None
        own, error = self.spread.own**2, self.spread.error
        return float(own[-1] - own[0]), float(np.hypot(error[0], error[-1]))


@dataclass(frozen=True)
class Compared:
    """Regions of one series in one period beside each other."""

    series: Series
    voice: str
    period: str
    rows: tuple[Row, ...]
    ranked: int
    nation: Observation | None
    levels: Mapping[str, areas.Level]
    before: str
    split: contribution.Split | None
    together: Together | None
    is_weighted: bool


def comparable(*, as_of: datetime | None = None) -> list[str]:
    """Return the series of which one voice has numbers of at least two regions.

    The first and the last region of each are asked for, which are two steps into an index whatever lies
    between them.
    """
    orders = {"first": "region", "last": "-region"}
    ends = {
        f"{name}_{voice}": vintages.edge(voice, order_by=order_by, after=regions.NATION, as_of=as_of)
        for voice in VOICES
        for name, order_by in orders.items()
    }
    apart = [Q(**{f"first_{voice}__lt": F(f"last_{voice}")}) for voice in VOICES]
    found = Series.objects.annotate(**ends).filter(reduce(or_, apart))
    return list(found.order_by("pk").values_list("pk", flat=True))


def numbers(series: Series, *, also: Sequence[str] = (), as_of: datetime | None = None) -> list[Bare]:
    """Return the current numbers of a series over its whole, of every period, in two queries.

    A series of more than ``MOST_READ`` regions is read for the nation, its provinces and groups, and for
    the regions asked for ``also``.
    """
    held = vintages.lines(series.pk, as_of=as_of).filter(breakdown="").order_by()
    codes = set(held.values_list("region", flat=True))
    if len(codes) > MOST_READ:
        codes = {code for code in codes if code in also or code.endswith("0000") or groupings.known(code)}
    found = observations.current(series.pk, as_of=as_of).filter(breakdown="", region__in=codes)
    return sorted(observations.bare(found.order_by()), key=lambda row: (order(row.period), row.region))


def choices(rows: Sequence[Bare]) -> list[Choice]:
    """Return what can be compared, the newest period first, our own numbers before those of others."""
    held: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.region != regions.NATION:
            held.setdefault((row.voice, row.period), []).append(row.region)
    found = [Choice(*key, tuple(codes)) for key, codes in held.items() if len(codes) > 1]
    newest = sorted(found, key=lambda one: order(one.period), reverse=True)
    return sorted(newest, key=lambda one: one.voice != "own")


def sets(codes: Sequence[str]) -> dict[str, list[str]]:
    """Return the named sets of regions that these make up: provinces, cities, groups."""
    found: dict[str, list[str]] = {}
    for code in sorted(codes):
        if groupings.known(code):
            found.setdefault(GROUPS, []).append(code)
        elif regions.known(code) and regions.get(code).level == "province":
            found.setdefault(PROVINCES, []).append(code)
        elif regions.known(code) and code != regions.NATION:
            found.setdefault(CITIES, []).append(code)
    return found


def compare(
    series: Series,
    rows: Sequence[Bare],
    choice: Choice,
    codes: Sequence[str],
    *,
    as_of: datetime | None = None,
) -> Compared:
    """Return the regions of these codes beside each other in one period, as known at the time of the rows."""
    own = [row for row in rows if row.voice == choice.voice]
    found = observations.current(series.pk, as_of=as_of, voice=choice.voice).filter(
        period=choice.period, breakdown="", region__in={*codes, regions.NATION}
    )
    now = {row.region: row for row in found.select_related("release")}
    listed = _ranked([Row(code, now.get(code)) for code in codes], series.direction)
    valued = [row.number for row in listed if row.number is not None and row.number.value]
    history = _history(own, choice.period, [row.region for row in valued])
    levels, weighted = _levels(valued)
    before, split = _split(history, levels, choice.period)
    return Compared(
        series=series,
        voice=choice.voice,
        period=choice.period,
        rows=tuple(listed),
        ranked=sum(row.place is not None for row in listed),
        nation=now.get(regions.NATION),
        levels=levels,
        before=before,
        split=split,
        together=_together(history),
        is_weighted=weighted,
    )


def _ranked(rows: list[Row], direction: str) -> list[Row]:
    """Return the rows with their places, the best first; no place where any limit of error is unknown.

    A region that lies in another one of the list is no independent sample beside it: then none has a place.
    """
    sign = -1 if direction == "lower" else 1
    known = [row for row in rows if row.number is not None and row.number.value and error_of(row.number)]
    if len(known) > 1 and not _is_nested([row.region for row in known]):
        values = [sign * float(row.number.value) for row in known if row.number]
        errors = [error_of(row.number) for row in known if row.number]
        found = ranking.intervals(values, errors)
        ranked = [
            Row(row.region, row.number, float(place), int(best), int(worst))
            for row, place, best, worst in zip(known, found.place, found.best, found.worst, strict=True)
        ]
        others = [row for row in rows if row.region not in {one.region for one in ranked}]
    else:
        ranked, others = [], list(rows)
    return [*sorted(ranked, key=lambda row: (row.place, row.region)), *sorted(others, key=_by_value(sign))]


def _by_value(sign: int):
    def key(row: Row) -> tuple[bool, float, str]:
        value = row.number.value if row.number is not None else ""
        return not value, -sign * float(value or 0), row.region

    return key


def _is_nested(codes: Sequence[str]) -> bool:
    plain = [code for code in codes if regions.known(code)]
    groups = [set(groupings.get(code).members) for code in codes if groupings.known(code)]
    inside = any(one != other and regions.contains(one, other) for one in plain for other in plain)
    shared = any(one & other for place, one in enumerate(groups) for other in groups[place + 1 :])
    return inside or shared or bool(groups and plain)


def _history(own: Sequence[Bare], until: str, codes: Sequence[str]) -> dict[str, dict[str, Bare]]:
    """Return the numbers of these regions in the periods of the same kind in which all of them have one."""
    wanted, held = set(codes), {}
    for row in own:
        if row.region in wanted and row.value and kind(row.period) == kind(until):
            held.setdefault(row.period, {})[row.region] = row
    whole = [period for period in sorted(held, key=order) if order(period) <= order(until)]
    whole = [period for period in whole if held[period].keys() == wanted]
    return {period: held[period] for period in whole[-MOST_PERIODS:]}


def _together(history: Mapping[str, Mapping[str, Bare]]) -> Together | None:
    if len(history) < 2:
        return None
    codes = sorted(next(iter(history.values())))
    if len(codes) < LEAST:
        return None
    figures = np.array([[float(rows[code].value) for rows in history.values()] for code in codes])
    errors = [[error_of(rows[code]) for rows in history.values()] for code in codes]
    has_errors = all(error is not None for line in errors for error in line)
    known = np.array([[error or 0.0 for error in line] for line in errors])
    return Together(
        periods=tuple(history),
        spread=convergence.spread(figures, known),
        has_errors=has_errors,
        catching_up=_catching_up(figures, known) if has_errors else None,
    )


def _catching_up(figures: np.ndarray, errors: np.ndarray) -> convergence.CatchingUp | None:
    try:
        steps = figures.shape[1] - 1
        return convergence.catching_up(figures[:, 0], figures[:, -1], errors[:, 0], periods=steps)
    except BadInput:  # too few regions, or no lead at the start: said so on the page
        return None


def _levels(rows: Sequence[Observation | Bare]) -> tuple[dict[str, areas.Level], bool]:
    """Return the level of each of the four areas from its provinces, and whether they weigh by size."""
    division = groupings.areas()
    placed = [(row, group) for row in rows if (group := division.group_of(row.region)) is not None]
    if len(placed) < len(rows) or len({group.code for _row, group in placed}) < 2:
        return {}, False
    is_weighted = all(row.population for row, _group in placed)
    members = [
        areas.Member(
            group.code,
            float(row.value),
            error_of(row),
            float(row.population or 1) if is_weighted else 1.0,
        )
        for row, group in placed
    ]
    found = areas.levels(members)
    listed = [group.code for group in division.groups if group.code in found]
    return {code: found[code] for code in listed}, is_weighted


def _split(
    history: Mapping[str, Mapping[str, Bare]],
    now: Mapping[str, areas.Level],
    period: str,
) -> tuple[str, contribution.Split | None]:
    """Return what each area brings to the change of all regions from the period before, and that period."""
    earlier = [one for one in history if one != period]
    if not now or not earlier:
        return "", None
    levels, _is_weighted = _levels(list(history[earlier[-1]].values()))
    before, after = areas.groups(levels, scale=SCALE), areas.groups(now, scale=SCALE)
    if before is None or after is None:
        return "", None
    return earlier[-1], contribution.split(before, after)
