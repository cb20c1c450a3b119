"""What is known of one place: its newest numbers and how they moved, its neighbours, what is not known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from django.db.models import Count

from zhiheng.formats import periods
from zhiheng.formats.shapes.observation import VOICES, members
from zhiheng.reference import groupings, outline, regions
from zhiheng.stages.draw import queries as draws
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series

from . import moving, observations, scopes, vintages
from .models import Observation
from .observations import Bare
from .rules import footing, neighbours, unusual
from .rules.headline import Break, Headline
from .scopes import HEADLINE

LABEL = "label"
_BEGINNING = date(1900, 1, 1)


Key = tuple[str, ...]
"""Series, voice, breakdown and kind of period: what a number is compared within."""
Beside = Mapping[Key, Mapping[str, Mapping[str, Bare]]]
"""The numbers of the neighbours by key, region and period."""


@dataclass(frozen=True)
class Line:
    """The newest number of a series at a place; ``before`` is the one of the same kind of period before it.

    ``expected`` is None where too little is known to expect anything.
    """

    series: Series
    row: Observation
    before: Observation | None
    moved: Headline | None
    expected: unusual.Expected | None


@dataclass(frozen=True)
class Waiting:
    """A series whose draws of some periods were revealed here and whose figures are not released yet."""

    series: Series
    periods: tuple[str, ...]


@dataclass(frozen=True)
class Place:
    """Everything that a page says of one region or group of regions."""

    code: str
    lines: tuple[Line, ...]
    waiting: tuple[Waiting, ...]
    unknown: tuple[Series, ...]
    neighbours: tuple[str, ...]
    beside: Beside

    @property
    def unusual(self) -> tuple[Line, ...]:
        """The numbers that stand outside what was expected."""
        return tuple(line for line in self.lines if line.expected and line.expected.is_unusual)

    @property
    def watched(self) -> int:
        """How many numbers were held against an expectation."""
        return sum(line.expected is not None for line in self.lines)


def place(code: str, *, as_of: datetime | None = None) -> Place:
    """Return what was known of a place; its number of queries does not grow with its numbers."""
    series = list(plan.all_series())
    rows = _rows(code, [one.pk for one in series], as_of)
    near = near_to(code, as_of=as_of)
    beside = _beside(rows, near, as_of)
    lines = _lines(rows, beside, _newest(code, rows, as_of), as_of)
    known = {line.series.pk for line in lines}
    waiting = [] if as_of else _waiting(code, series, rows)
    held = known | {one.series.pk for one in waiting}
    return Place(
        code=code,
        lines=tuple(lines),
        waiting=tuple(waiting),
        unknown=tuple(one for one in series if one.pk not in held),
        neighbours=tuple(near),
        beside=beside,
    )


def near_to(code: str, *, as_of: datetime | None = None) -> list[str]:
    """Return the regions nearest to one by the rule of ``rules.neighbours``."""
    candidates = alike(code)
    if len(candidates) < 2:
        return []
    found = observations.current(HEADLINE, voice="own", as_of=as_of).filter(
        breakdown="", region__in=candidates
    )
    held = sorted(found.values_list("period", "region", "population"), key=lambda row: order(row[0]))
    sizes: dict[str, int | None] = dict.fromkeys(candidates)
    sizes |= {region: population for _period, region, population in held if population}
    return neighbours.nearest(code, sizes)


def alike(code: str) -> list[str]:
    """Return the regions of the same level in the same area, or in the same province or city, with itself."""
    if not regions.known(code) or code == regions.NATION:
        return []
    found = regions.get(code)
    if found.level == "province":
        group = groupings.areas().group_of(code)
        return list(group.members) if group else []
    parent = found.parent or regions.NATION
    return [one.code for one in regions.children(parent) if not one.placeholder]


def near_numbers(found: Place, row: Observation, *, as_of: datetime | None = None) -> list[Observation]:
    """Return the numbers of the neighbours of a place that stand beside one of its own, the nearest first."""
    rows = observations.current(row.series_id, as_of=as_of, voice=row.voice).filter(
        period=row.period, breakdown=row.breakdown, region__in=found.neighbours
    )
    return sorted(rows.select_related("release"), key=lambda one: found.neighbours.index(one.region))


def with_numbers(codes: Sequence[str], *, as_of: datetime | None = None) -> dict[str, int]:
    """Return how many series have a number as a whole in each of these regions and groups; none: no key.

    All that the index begins with is named, so that the lines of other regions are not read.
    """
    rows = (
        vintages.all_lines(as_of=as_of)
        .order_by()
        .filter(series__in=plan.all_series(), breakdown="", voice__in=VOICES, region__in=codes)
    )
    return dict(rows.values_list("region").annotate(count=Count("series", distinct=True)))


def below(code: str) -> list[str]:
    """Return the regions of the next level, or the members of a group, that have a page of their own.

    The districts of a municipality stand right below it: the level between is a name without a place.
    """
    if groupings.known(code):
        return list(groupings.get(code).members)
    found = []
    for one in regions.children(code):
        found += regions.children(one.code) if one.placeholder else [one]
    return [one.code for one in found]


def targets(code: str) -> list[outline.LocalTarget]:
    """Return the targets that a place declared itself."""
    return [one for one in outline.local_targets() if one.region == code]


@lru_cache(maxsize=4096)
def kind(period: str) -> str:
    """Return the kind of a period; a name of a source is a kind of its own.

    >>> kind("2025Q1"), kind("~2024-R1")
    ('quarter', 'label')
    """
    return periods.parse(period).kind if periods.known(period) else LABEL


@lru_cache(maxsize=4096)
def order(period: str) -> tuple[date, int, str]:
    """Return the key that sorts periods by time; names of a source stand first, by their words."""
    if not periods.known(period):
        return _BEGINNING, 0, period
    return (*periods.parse(period).order, period)


def _rows(code: str, series: Sequence[str], as_of: datetime | None) -> dict[Key, list[Bare]]:
    """Return the numbers of a place by series, voice, breakdown and kind of period, oldest first.

    The series are named, all of them, because the index begins with them: no other region is read.
    """
    found = observations.current(region=code, as_of=as_of).filter(series__in=series)
    found = found.exclude(breakdown__contains="division=")
    held = _by_key(observations.bare(found.order_by("series", "voice", "breakdown", "period")))
    return {key: sorted(rows, key=lambda row: order(row.period)) for key, rows in held.items()}


def _by_key(rows: Iterable[Bare]) -> dict[Key, list[Bare]]:
    held: dict[Key, list[Bare]] = {}
    for row in rows:
        held.setdefault((row.series, row.voice, row.breakdown, kind(row.period)), []).append(row)
    return held


def _newest(
    code: str, rows: Mapping[Key, Sequence[Bare]], as_of: datetime | None
) -> dict[tuple[str, ...], Observation]:
    """Return the two newest numbers of each line whole, which are all that is told of it in words.

    They come with all other numbers of their series and periods, so that the parts of each are there.
    """
    wanted = {row[:5] for held in rows.values() for row in held[-2:]}
    found = observations.current(region=code, as_of=as_of).filter(
        series__in={one[0] for one in wanted}, period__in={one[2] for one in wanted}
    )
    return {
        (row.series_id, row.region, row.period, row.breakdown, row.voice): row
        for row in found.select_related("series", "release")
    }


def _beside(rows: Mapping[Key, Sequence[Bare]], near: Sequence[str], as_of: datetime | None) -> Beside:
    """Return the numbers of the neighbours in the periods that an expectation looks at."""
    found: dict[Key, dict[str, dict[str, Bare]]] = {}
    valued = [[row.period for row in held if row.value] for held in rows.values()]
    periods = {period for held in valued for period in held[-1 - unusual.MOST :]}
    if not near or not rows:
        return found
    kept = observations.current(as_of=as_of).filter(
        region__in=near, breakdown="", series__in={key[0] for key in rows}, period__in=periods
    )
    for key, held in _by_key(observations.bare(kept.order_by())).items():
        for row in held:
            found.setdefault(key, {}).setdefault(row.region, {})[row.period] = row
    return found


def _point(row: Bare) -> unusual.Point:
    return unusual.Point(float(row.value), moving.error_of(row) or 0.0)


def _lines(
    rows: Mapping[Key, Sequence[Bare]],
    beside: Beside,
    newest: Mapping[tuple[str, ...], Observation],
    as_of: datetime | None,
) -> list[Line]:
    pairs = {key: [newest[row[:5]] for row in held[-2:]] for key, held in rows.items()}
    behind = moving.behind(pairs.values(), newest.values(), as_of)
    lines = []
    for key, held in rows.items():
        row, before = pairs[key][-1], pairs[key][-2] if len(held) > 1 else None
        lines.append(
            Line(
                series=row.series,
                row=row,
                before=before,
                moved=None if before is None else moving.moved(before, row, behind),
                expected=_expected(held, beside.get(key, {}).values(), behind.breaks[key[0]]),
            )
        )
    return lines


def _expected(
    held: Sequence[Bare],
    beside: Iterable[Mapping[str, Bare]],
    breaks: Sequence[Break],
) -> unusual.Expected | None:
    """Return what the newest number was expected to be, from those on its own footing alone."""
    newest = held[-1]
    if not newest.value or kind(newest.period) == LABEL:
        return None
    parts = members(newest.breakdown)
    chain, scope = footing.chain(breaks, parts), parts.get("scope", "")
    standing = footing.of(chain, newest.period, scope)
    if not isinstance(standing, int):
        return None
    known = [row for row in held if row.value and footing.of(chain, row.period, scope) == standing]
    own = {row.period: _point(row) for row in known[-1 - unusual.MOST :]}
    near = [{period: _point(row) for period, row in rows.items() if row.value} for rows in beside]
    return unusual.expected(own, near, newest.period)


def _waiting(code: str, series: Sequence[Series], rows: Mapping[Key, Sequence[Bare]]) -> list[Waiting]:
    """Return the series with revealed draws of a place of which no figure was released for their period."""
    revealed = draws.public_draws().filter(region=code).exclude(certificate_sha="")
    said = {(key[0], row.period) for key, held in rows.items() if key[1] == "own" for row in held}
    found = []
    for one in series:
        if one.pk != HEADLINE and one.pk not in scopes.measured():
            continue
        drawn = scopes.of(one).draws(revealed).order_by().values_list("period", flat=True).distinct()
        left = [period for period in drawn if (one.pk, period) not in said]
        if left:
            found.append(Waiting(one, tuple(sorted(left, key=order))))
    return found
