"""What is open: every series with its editions, and its observations as they stood at any time.

The one place where the open forms (SDMX, the catalogue, downloads, feeds) read numbers. An edition is a day
on which something of a series was recorded; it shows what stood at the end of that day. Each vintage of the
day is a version of its own, so that a version names one content also while the day is not over.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import CharField, F, Func, Q, QuerySet, Value
from django.db.models.lookups import GreaterThan

from zhiheng.errors import LimitExceeded, NotFound
from zhiheng.people import clock
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series

from . import observations as stored
from . import opentables
from . import vintages as held
from .models import Observation, Vintage

if TYPE_CHECKING:
    import polars as pl

MOST_ROWS = 300_000  # of one series as of one moment: what a process of the site holds to sort and to count
BATCH = 10_000  # read, written and forgotten together where a whole vintage leaves
PLACE = ("region", "period", "breakdown", "voice")
"""The order in which observations of a vintage leave: that of the key of their table."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One day of a series: the vintages that were recorded on it, the oldest first."""

    series: str
    day: date
    vintages: tuple[Vintage, ...]

    @property
    def last(self) -> Vintage:
        """The vintage that stood at the end of the day, or stands while it is not over."""
        return self.vintages[-1]

    @property
    def version(self) -> str:
        """The version of the dataflow that it shows."""
        return self.last.version

    @property
    def number(self) -> int:
        """Its place among the editions of its series, from 1."""
        return self.last.day_number

    @property
    def recorded_at(self) -> datetime:
        """When its last vintage was recorded."""
        return self.last.recorded_at

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reasons that were given, each once."""
        return tuple(dict.fromkeys(one.reason for one in self.vintages if one.reason))

    @property
    def releases(self) -> int:
        """How many releases of figures it holds."""
        return len({one.release_id for one in self.vintages if one.release_id})

    @property
    def is_open(self) -> bool:
        """Whether its day is not over, so that more may still come into it."""
        return self.day >= clock.today()


def _editions(rows: Iterable[Vintage]) -> list[Edition]:
    """Return vintages in the order of series and number as editions."""
    days = groupby(rows, key=lambda one: (one.series_id, one.day))
    return [Edition(series, day, tuple(found)) for (series, day), found in days]


def editions(series_id: str) -> tuple[Edition, ...]:
    """Return the editions of one series, the oldest first, in one query, or say that nothing is open."""
    found = tuple(_editions(held.of(series_id)))
    if not found:
        raise nothing_open(series_id)
    return found


def edition(series_id: str, day: date | None = None) -> Edition:
    """Return the edition of a day, the newest one without a day, or say that there is none."""
    found = held.of(series_id)
    last = found.last()
    if last is None:
        raise nothing_open(series_id)
    rows = tuple(found.filter(day=last.day if day is None else day))
    if not rows:
        raise NotFound(
            f"The series {series_id[:64]!r} has no vintage of {day.isoformat()}.",
            "Open the catalogue of data; it lists every series with its vintages.",
            code="no-open-vintage",
        )
    return Edition(series_id, rows[0].day, rows)


def nothing_open(series_id: str) -> NotFound:
    """Return the refusal of a series of which nothing is open."""
    return NotFound(
        f"Nothing of the series {series_id[:64]!r} is open.",
        "Open the catalogue of data; it lists every series with its vintages.",
        code="no-open-series",
    )


def all_series() -> list[tuple[Series, tuple[Edition, ...]]]:
    """Return every series that holds something with its editions, in the order of its id, in two queries."""
    found: dict[str, list[Edition]] = {}
    for one in _editions(Vintage.objects.order_by("series_id", "number")):
        found.setdefault(one.series, []).append(one)
    return [(row, tuple(found[row.pk])) for row in plan.all_series().order_by("id") if row.pk in found]


def newest_of_each() -> list[tuple[Series, Vintage]]:
    """Return every series that holds something with its newest vintage, in the order of its id."""
    return [(one.series, one) for one in held.newest_of_each().select_related("series")]


def newest(changes: int, *, before: tuple[datetime, str] | None = None) -> list[Edition]:
    """Return the newest editions over all series, the newest first, or those that come before one of them.

    An edition is named by the moment of its last vintage and its series. In two queries.
    """
    last = list(held.last_of_days(before=before)[:changes])
    if not last:
        return []
    days = Vintage.objects.filter(series__in={one.series_id for one in last})
    days = days.filter(day__gte=last[-1].day, day__lte=last[0].day).order_by("series_id", "number")
    found = {(one.series, one.day): one for one in _editions(days)}
    return [found[one.series_id, one.day] for one in last]


def batches(vintage: Vintage, *, narrowed: Q | None = None) -> Iterator[pl.DataFrame]:
    """Yield what stood in a vintage, whole or narrowed, in batches: one row a key and voice, in their order.

    Each batch is a question of its own that begins after the row before it. Rows are never changed and the
    moment is fixed, so the answer is that of one question, and no transaction stays open for a slow reader.
    The first one comes in any case, empty where nothing stood.
    """
    rows = _standing(vintage, narrowed).order_by(*PLACE)
    found = opentables.read(rows[:BATCH])
    yield found
    while found.height == BATCH:
        last = found.select(PLACE).row(-1)
        after = rows.filter(GreaterThan(_row(map(F, PLACE)), _row(map(Value, last))))
        found = opentables.read(after.filter(region__gte=last[0])[:BATCH])
        if found.height:
            yield found


def _row(parts: Iterable[F | Value]) -> Func:
    """Return some expressions as one value of SQL that is compared whole, from the left."""
    return Func(*parts, function="", output_field=CharField())


def _standing(vintage: Vintage, narrowed: Q | None) -> QuerySet[Observation]:
    rows = stored.current(vintage.series_id, as_of=vintage.recorded_at)
    return rows if narrowed is None else rows.filter(narrowed)


def is_large(vintage: Vintage, narrowed: Q | None = None) -> bool:
    """Whether a vintage, whole or narrowed, holds more rows than a process of the site holds at once."""
    if vintage.standing <= MOST_ROWS:
        return False
    return narrowed is None or _standing(vintage, narrowed).order_by()[: MOST_ROWS + 1].count() > MOST_ROWS


def too_many(series_id: str) -> LimitExceeded:
    """Return the refusal of more rows than a process of the site holds at once."""
    return LimitExceeded(
        f"More than {MOST_ROWS} figures of the series {series_id!r} would have to be sorted at once.",
        "Ask without firstNObservations, lastNObservations, limit and offset, or name regions in the key.",
        code="open-series-too-large",
    )
