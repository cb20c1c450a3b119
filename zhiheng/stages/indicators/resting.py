"""Which numbers in force rest on what was restated since: said on their pages, and queued for the office."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from zhiheng import people
from zhiheng.formats import periods
from zhiheng.people.permissions import P
from zhiheng.reference import regions

from . import queries
from .models import Figure, Release, ReleasedPeriod
from .rules import resting
from .rules.resting import Held

NEWEST = 400
"""A release older than so many others restates nothing any more that the office has not seen."""


def restated(figures: Sequence[Figure], *, as_of: datetime | None = None) -> list[Held | None]:
    """Return of each figure the newest release that read other data from a draw behind it, now or by a time.

    Two statements, however many figures there are.
    """
    own = {one.pk: one for one in _held(Release.objects.filter(pk__in={row.release_id for row in figures}))}
    read = [own[row.release_id].behind(row.region, row.period) for row in figures]
    if not any(read):
        return [None] * len(figures)
    found = queries.current_releases(as_of=as_of).filter(
        _near([row.region for row in figures]),
        recorded_at__gt=min(one.recorded_at for one in own.values()),
        pk__in=_of_years(_years({row.period for row in figures})),
    )
    later = _held(found)
    return [
        resting.restated(
            said,
            own[row.release_id].recorded_at,
            [one for one in later if resting.is_nested(row.region, one.region)],
        )
        for row, said in zip(figures, read, strict=True)
    ]


def _near(places: Collection[str]) -> Q:
    """Return what regions fulfil that hold the smallest region around some places, or lie in it."""
    ways = [[region.code for region in regions.path(code)] for code in places]
    above = [codes[0] for codes in zip(*ways, strict=False) if len(set(codes)) == 1]
    low, high = regions.span(above[-1])
    return Q(region__in=above) | Q(region__gte=low, region__lte=high)


def outdated(person: Any) -> list[tuple[Held, Held]]:
    """Return the releases that this person may make again, each with the one that restated its data."""
    newest = _held(queries.current_releases().order_by("-recorded_at")[:NEWEST])
    years = _years(period for one in newest for period in one.periods)
    found = resting.outdated(_held(queries.current_releases().filter(pk__in=_of_years(years))))
    return [pair for pair in found if people.may(person, P.FIGURE_RELEASE, region=pair[0].region)]


def _years(spoken: Iterable[str]) -> set[str]:
    """Return the years in which periods may begin that rest on a draw behind one of these periods.

    None of them is longer than a year, but an assessment year goes across two.
    """
    days = map(periods.parse, spoken)
    return {str(year) for one in days for year in range(one.first.year - 1, one.last.year + 1)}


def _of_years(years: Collection[str]) -> QuerySet[Any]:
    """Return the releases that speak of a period which begins in one of some years."""
    of_one = Q(pk__in=[])
    for year in years:
        of_one |= Q(period__startswith=year)
    return ReleasedPeriod.objects.filter(of_one).order_by().values("release")


def _held(found: QuerySet[Release]) -> list[Held]:
    names = ("pk", "series_id", "region", "periods", "recorded_at", "parameters__draw_data")
    return [
        Held(pk, series, region, tuple(periods), at, data or {})
        for pk, series, region, periods, at, data in found.values_list(*names)
    ]
