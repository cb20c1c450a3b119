"""What is open: every series with its vintages, and its observations as they stood at any time.

The one place where the open forms (SDMX, the catalogue, downloads, feeds) read numbers. A vintage is a day on
which something of a series was recorded; it shows what stood at the end of that day, so its number and its
address stay the same for ever once the day is over.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NamedTuple

from django.utils import timezone

from zhiheng.errors import LimitExceeded, NotFound
from zhiheng.formats.shapes import observation as shape
from zhiheng.people import clock
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series

from . import observations as stored
from .models import Observation

MOST_ROWS = 300_000  # of one series as of one moment: what a process of the site can hold at once


@dataclass(frozen=True, slots=True)
class Vintage:
    """One state of a series: its day, its place among the vintages from 1, and why it came about."""

    series: str
    day: date
    number: int
    began_at: datetime
    recorded_at: datetime
    reasons: tuple[str, ...] = ()
    releases: int = 0
    last: str = ""

    @property
    def stamp(self) -> str:
        """What changes with all that is recorded: number, moment, and the digest of the last release."""
        return f"{self.number} {self.recorded_at.isoformat()} {self.last}"

    @property
    def version(self) -> str:
        """The version of the dataflow that this vintage is."""
        return f"1.{self.number}.0"

    @property
    def moment(self) -> datetime:
        """The end of its day, as of which it is shown."""
        return timezone.make_aware(datetime.combine(self.day, time.max))

    @property
    def is_open(self) -> bool:
        """Whether its day is not over, so that more may still come into it."""
        return self.day >= clock.today()


def all_vintages(series_id: str | None = None) -> dict[str, tuple[Vintage, ...]]:
    """Return the vintages of every series that holds something, or of one, the oldest first, in one query."""
    found: dict[str, dict[date, list[_Change]]] = defaultdict(lambda: defaultdict(list))
    held = Observation.objects.order_by("recorded_at", "series_id").values_list(
        "series_id", "recorded_at", "reason", "release__figures_root"
    )
    if series_id is not None:
        held = held.filter(series=series_id)
    for series, at, reason, root in held.distinct():
        found[series][timezone.localdate(at)].append(_Change(at, reason, root or ""))
    return {
        series: tuple(_vintage(series, day, number, days[day]) for number, day in enumerate(sorted(days), 1))
        for series, days in found.items()
        if shape.SERIES.fullmatch(series)
    }


class _Change(NamedTuple):
    """One thing that was recorded of a series: when, why, and the digest of its release where it is one."""

    at: datetime
    reason: str = ""
    release: str = ""


def _vintage(series: str, day: date, number: int, changes: list[_Change]) -> Vintage:
    reasons = tuple(dict.fromkeys(one.reason for one in changes if one.reason))
    releases = list(dict.fromkeys(one.release for one in changes if one.release))
    times = [one.at for one in changes]
    last = releases[-1] if releases else ""
    return Vintage(series, day, number, min(times), max(times), reasons, len(releases), last)


def vintages(series_id: str) -> tuple[Vintage, ...]:
    """Return the vintages of one series, in one query, or say that nothing of it is open."""
    found = all_vintages(series_id).get(series_id)
    if not found:
        raise NotFound(
            f"Nothing of the series {series_id[:64]!r} is open.",
            "Open the catalogue of data; it lists every series with its vintages.",
            code="no-open-series",
        )
    return found


def vintage(series_id: str, day: date) -> Vintage:
    """Return the vintage of a day, or say that there is none."""
    for found in vintages(series_id):
        if found.day == day:
            return found
    raise NotFound(
        f"The series {series_id[:64]!r} has no vintage of {day.isoformat()}.",
        "Open the catalogue of data; it lists every series with its vintages.",
        code="no-open-vintage",
    )


def all_series() -> list[tuple[Series, tuple[Vintage, ...]]]:
    """Return every series that holds something with its vintages, in the order of its id, in two queries."""
    held = all_vintages()
    return [(found, held[found.pk]) for found in plan.all_series().order_by("id") if found.pk in held]


def newest(changes: int) -> list[Vintage]:
    """Return the newest vintages over all series, the newest first."""
    every = [one for held in all_vintages().values() for one in held]
    return sorted(every, key=lambda one: (one.recorded_at, one.series), reverse=True)[:changes]


def observations(series: Series, *, as_of: datetime | None = None) -> list[shape.Observation]:
    """Return what stands of a series, or stood at a time: one row a key and origin, in the order of keys."""
    rows = stored.current(series.pk, as_of=as_of).select_related("series", "release")
    if rows.count() > MOST_ROWS:
        raise LimitExceeded(
            f"The series {series.pk!r} holds more than {MOST_ROWS} figures; they are not sent as one file.",
            "Ask the office that publishes for its table of observations.",
            code="open-series-too-large",
        )
    said = [stored.shape_of(row) for row in rows.iterator(chunk_size=5_000)]
    return sorted(said, key=lambda row: (row.region, row.breakdown, row.origin, row.period))
