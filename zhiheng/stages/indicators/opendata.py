"""What is open: every series with its vintages, and its observations as they stood at any time.

The one place where the open forms (SDMX, the catalogue, downloads, feeds) read numbers: estimates from
released figures, and what others published from the dated reference data, each as an ``Observation``. A
vintage is a day on which something of a series was recorded; it shows what stood at the end of that day, so
its number and its address stay the same for ever once the day is over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, NamedTuple

from django.utils import timezone

from zhiheng.errors import LimitExceeded, NotFound
from zhiheng.formats import periods
from zhiheng.formats.shapes import observation as shape
from zhiheng.formats.shapes.observation import Observation
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.reference import indicators
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series
from zhiheng.verification.figure import decimal_text
from zhiheng.web.tables import export

from . import queries, rules
from .models import Figure, Release, ReleasedPeriod

LEVEL = "0.95"
MOST_ROWS = 300_000  # of one series as of one moment: what a process of the site can hold at once
_FLAGS = {rules.THIN: ("thin",), rules.CENSUS: ("census",)}


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


def all_vintages() -> dict[str, tuple[Vintage, ...]]:
    """Return the vintages of every series that holds something, the oldest first, in two queries."""
    found: dict[str, dict[date, list[_Change]]] = defaultdict(lambda: defaultdict(list))
    adopted = _adopted_at()
    if adopted is not None:
        for known in filter(lambda one: indicators.observations(one.id), indicators.all()):
            found[known.id][timezone.localdate(adopted)].append(_Change(adopted))
    held = Release.objects.order_by("recorded_at", "id").values_list(
        "series_id", "recorded_at", "reason", "id"
    )
    for series, at, reason, root in held.iterator():
        found[series][timezone.localdate(at)].append(_Change(at, reason, root))
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
    releases = [one.release for one in changes if one.release]
    times = [one.at for one in changes]
    last = releases[-1] if releases else ""
    return Vintage(series, day, number, min(times), max(times), reasons, len(releases), last)


def vintages(series_id: str) -> tuple[Vintage, ...]:
    """Return the vintages of one series, or say that nothing of it is open."""
    found = all_vintages().get(series_id)
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
    """Return every series that holds something with its vintages, in the order of its id."""
    held = all_vintages()
    return [(found, held[found.pk]) for found in plan.all_series().order_by("id") if found.pk in held]


def newest(changes: int) -> list[Vintage]:
    """Return the newest vintages over all series, the newest first."""
    every = [one for held in all_vintages().values() for one in held]
    return sorted(every, key=lambda one: (one.recorded_at, one.series), reverse=True)[:changes]


def observations(series: Series, *, as_of: datetime | None = None) -> list[Observation]:
    """Return what stands of a series, or stood at a time: one row a key and origin, in the order of keys."""
    rows = [*_published(series, as_of), *_estimated(series, as_of)]
    return sorted(rows, key=lambda row: (row.region, row.breakdown, row.origin, row.period))


def _adopted_at() -> datetime | None:
    """Return when this site took the published numbers in: with the plan that names their series."""
    return (
        Entry.objects.filter(verb="plan.outline_adopted").order_by("seq").values_list("at", flat=True).first()
    )


def _published(series: Series, as_of: datetime | None) -> Iterator[Observation]:
    adopted = _adopted_at()
    if adopted is None or (as_of is not None and adopted > as_of):
        return
    if series.pk not in {known.id for known in indicators.all()}:
        return
    for row in indicators.observations(series.pk):
        yield from_reference(row, series, adopted)


def from_reference(row: indicators.Observation, series: Any, recorded_at: datetime) -> Observation:
    """Return a published number as an observation; what it does not say stays unsaid."""
    is_bound = "bound" in row.basis
    return Observation(
        series=row.series,
        region=row.geo_code,
        period=_period(row.period),
        breakdown=row.breakdown if "=" in row.breakdown else "",
        unit=series.unit,
        basis=series.basis,
        purpose=series.purpose,
        origin="derived" if row.basis == "derived" else "published",
        recorded_at=recorded_at,
        value=None if is_bound else row.value,
        lower=row.value if is_bound and "lower" in row.basis else None,
        upper=row.value if is_bound and "lower" not in row.basis else None,
        interval="bound" if is_bound else "none",
        n=row.n_total,
        said=row.text,
        evidence=row.evidence,
        source=f"{row.source_title} ({row.source_date})" if row.source_date else row.source_title,
        note=row.note,
    )


def _period(text: str) -> str:
    """Return the period of a published number; one that we have no notation for keeps its name.

    >>> [_period(text) for text in ("2024", "2013-H1", "2024-R1", "1993")]
    ['2024', '2013H1', '~2024-R1', '~1993']
    """
    plain = text.replace("-H", "H").replace("-Q", "Q")
    return plain if periods.known(plain) else f"~{text}"


def _estimated(series: Series, as_of: datetime | None) -> Iterable[Observation]:
    """Return released figures as observations: of two releases that hold one, the newer counts."""
    places = {
        (release, period): revision
        for release, period, revision in ReleasedPeriod.objects.filter(series=series).values_list(
            "release", "period", "revision"
        )
    }
    found: dict[tuple[str, str, str], Observation] = {}
    is_demo = export.is_demo()
    rows = queries.figures(series.pk, as_of=as_of).order_by("release__recorded_at", "release_id")
    if rows.count() > MOST_ROWS:
        raise LimitExceeded(
            f"The series {series.pk!r} holds more than {MOST_ROWS} figures; they are not sent as one file.",
            "Ask the office that publishes for its table of observations.",
            code="open-series-too-large",
        )
    for row in rows.iterator(chunk_size=5_000):
        made = from_figure(row, places.get((row.release_id, row.period), 0), is_demo=is_demo)
        found[made.region, made.period, made.breakdown] = made
    return found.values()


def from_figure(row: Figure, revision: int, *, is_demo: bool) -> Observation:
    """Return a released figure as an observation, its numbers with the digits of its bundle."""
    scale = 100 if row.series.unit == "%" else 1
    flags = sorted((*_FLAGS.get(row.status, ()), *(("demonstration",) if is_demo else ())))
    release = row.release
    numbers = {name: _number(getattr(row, name), scale) for name in ("lower", "upper", "standard_error")}
    shown = row.is_shown
    return Observation(
        series=row.series_id,
        region=row.region,
        period=row.period,
        breakdown=f"division={row.division}" if row.division else "",
        unit=row.series.unit,
        basis=row.basis,
        purpose=row.purpose,
        origin="estimated",
        recorded_at=release.recorded_at,
        value=_number(row.estimate, scale),
        **(numbers if shown else {}),
        interval="design" if shown else "none",
        level=LEVEL if shown else "",
        n=row.n,
        population=row.population,
        coverage=_number(row.coverage),
        design_effect=_number(row.design_effect) or None,
        status="suppressed" if not shown else "revised" if revision else "final",
        flags=tuple(flags),
        revision=revision,
        reason=(release.reason or "released again") if revision else "",
        inputs_sha=release.dataset_sha,
        bundle_sha=row.bundle_sha,
        release=str(release.pk),
    )


def _number(value: float | None, scale: int = 1) -> Decimal | None:
    """Return a number of a figure as the decimal that its bundle holds, in the unit of its series.

    >>> _number(0.9393), _number(0.93930000300000001, 100), _number(None)
    (Decimal('0.939300000000'), Decimal('93.930000300000'), None)
    """
    text = decimal_text(value)
    return None if text is None else Decimal(text) * scale
