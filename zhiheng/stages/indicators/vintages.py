"""Vintages of series: what each act of recording made of one, kept small so that no page counts numbers.

A vintage is written in the transaction of its observations. Its moment lies after the one before, whatever
the clock says, so that what a version names, and what was known at any moment, stays the same for ever.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.utils import timezone

from zhiheng.people import clock

from .models import Line, Observation, Vintage

STEP = timedelta(microseconds=1)
_BATCH = 500


def of(series: str) -> QuerySet[Vintage]:
    """Return every vintage of a series, the oldest first."""
    return Vintage.objects.filter(series=series).order_by("number")


def newest(series: str, *, as_of: datetime | None = None) -> Vintage | None:
    """Return the vintage in force, now or at a time; None where nothing was recorded by then."""
    found = of(series) if as_of is None else of(series).filter(recorded_at__lte=as_of)
    return found.last()


def exact(series: str, day_number: int, place: int) -> Vintage | None:
    """Return the vintage that a version names, or None."""
    return of(series).filter(day_number=day_number, place=place).first()


def newest_of_each() -> QuerySet[Vintage]:
    """Return the vintage in force of every series that holds something, in the order of their ids."""
    later = Vintage.objects.filter(series=OuterRef("series"), number__gt=OuterRef("number"))
    return Vintage.objects.filter(~Exists(later.order_by())).order_by("series_id")


def of_all(series: Collection[str], *, most: int) -> list[Vintage]:
    """Return the vintages of some series in the order of series and number, at most so many."""
    return list(Vintage.objects.filter(series__in=series).order_by("series_id", "number")[:most])


def count() -> int:
    """Return how many observations are recorded, with all their vintages, without counting them."""
    return Vintage.objects.aggregate(rows=Sum("rows"))["rows"] or 0


def last_of_days(*, before: tuple[datetime, str] | None = None) -> QuerySet[Vintage]:
    """Return the last vintage of each day of every series, the newest first, those of one moment by series.

    ``before`` names the moment and series of one of them, and only what comes after it in this order is
    given: a reader who goes on from there misses nothing, whatever is recorded meanwhile.
    """
    later = Vintage.objects.filter(
        series=OuterRef("series"), day_number=OuterRef("day_number"), place__gt=OuterRef("place")
    )
    found = Vintage.objects.filter(~Exists(later.order_by())).order_by("-day", "-recorded_at", "-series_id")
    if before is None:
        return found
    at, series = before
    earlier = Q(recorded_at__lt=at) | Q(recorded_at=at, series_id__lt=series)
    return found.filter(earlier, day__lte=timezone.localdate(at))


def lines(series: str, *, as_of: datetime | None = None) -> QuerySet[Line]:
    """Return the lines that a series has, or had at a time: the whole before its parts."""
    return all_lines(as_of=as_of).filter(series=series).order_by("breakdown", "-voice", "region")


def all_lines(*, as_of: datetime | None = None) -> QuerySet[Line]:
    """Return the lines of all series, now or at a time."""
    return Line.objects.all() if as_of is None else Line.objects.filter(recorded_at__lte=as_of)


def edge(voice: str, *, order_by: str = "region", after: str = "", as_of: datetime | None = None) -> Subquery:
    """Return the first region, in an order, in which a voice has a series as a whole: one step into an index.

    It stands in a query over series. Regions up to ``after`` are passed over; the widest come first.
    """
    found = all_lines(as_of=as_of).filter(series=OuterRef("pk"), breakdown="", voice=voice)
    if after:
        found = found.filter(region__gt=after)
    return Subquery(found.order_by(order_by).values("region")[:1])


def moment(series: Collection[str], *, reads: Collection[str] = ()) -> datetime:
    """Return when something of some series is recorded: now, yet after all that was recorded of them.

    What it ``reads`` was recorded by then. The series are locked by who asks, so that no other comes between.
    """
    held = Vintage.objects.filter(series__in={*series, *reads}).order_by()
    last = dict(held.values_list("series").annotate(last=Max("recorded_at")))
    after = [at + STEP for id, at in last.items() if id in series]
    return max(clock.now(), *after, *last.values()) if last else clock.now()


def add(made: Sequence[Observation]) -> None:
    """Write the vintage of each series of some rows stored together, and the lines that begin with them."""
    rows = sorted(made, key=lambda row: row.series_id)
    last = {one.series_id: one for one in newest_of_each().filter(series__in={row.series_id for row in rows})}
    Vintage.objects.bulk_create(
        _vintage(id, list(group), last.get(id)) for id, group in groupby(rows, key=lambda row: row.series_id)
    )
    held = Line.objects.filter(
        series__in={row.series_id for row in rows}, region__in={row.region for row in rows}
    )
    before = set(held.order_by().values_list("series", "region", "breakdown", "voice"))
    new = {(row.series_id, row.region, row.breakdown, row.voice): row.recorded_at for row in rows}
    begun = [
        Line(series_id=series, region=region, breakdown=breakdown, voice=voice, recorded_at=at)
        for (series, region, breakdown, voice), at in new.items()
        if (series, region, breakdown, voice) not in before
    ]
    Line.objects.bulk_create(begun, batch_size=_BATCH)


def _vintage(series: str, rows: Sequence[Observation], last: Vintage | None) -> Vintage:
    at = rows[0].recorded_at
    day = timezone.localdate(at)
    is_same_day = last is not None and last.day == day
    return Vintage(
        series_id=series,
        number=1 if last is None else last.number + 1,
        day=day,
        day_number=1 if last is None else last.day_number + (not is_same_day),
        place=last.place + 1 if last is not None and is_same_day else 0,
        recorded_at=at,
        rows=len(rows),
        standing=(0 if last is None else last.standing) + sum(row.revision == 0 for row in rows),
        reason=next((row.reason for row in rows if row.reason), ""),
        release_id=next((row.release_id for row in rows if row.release_id), None),
        state_sha=state_sha("" if last is None else last.state_sha, [row.sha for row in rows]),
    )


def state_sha(before: str, rows: Iterable[str]) -> str:
    """Return the digest of a state: that of the one before, and of the digests of what was recorded.

    >>> state_sha("", ["b", "a"]) == state_sha("", ["a", "b"]) != state_sha("x", ["a", "b"])
    True
    """
    return hashlib.sha256("\n".join([before, *sorted(rows)]).encode()).hexdigest()
