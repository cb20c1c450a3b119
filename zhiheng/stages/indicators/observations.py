"""Observations between database and shape: which are current, which were at a time, and how they changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from dataclasses import fields as dataclass_fields
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from zhiheng.formats.shapes import observation as shape
from zhiheng.formats.shapes.observation import VOICES
from zhiheng.stages.plan.models import Series
from zhiheng.verification import digests

from . import vintages
from .models import Observation

NUMBERS = ("value", "lower", "upper", "standard_error", "coverage", "design_effect")
RELATED = ("series", "release")
"""Fields that stand as keys in the row: asking for the related rows would cost a statement each."""
SAME = ("series", "region", "period", "breakdown", "voice")
_PLAIN = tuple(field.name for field in dataclass_fields(shape.Observation) if field.name not in RELATED)
LATEST = F("valid_to").desc(nulls_last=True)
_BATCH = 500
_VINTAGE = ("recorded_at", "revision", "reason", "status", "release")
"""What two rows may differ in and still say the same; a final number and a revised one are both settled."""


class Bare(NamedTuple):
    """The columns of a number that a comparison over time or space reads, and that its address names."""

    series: str
    region: str
    period: str
    breakdown: str
    voice: str
    value: str
    lower: str
    upper: str
    standard_error: str
    interval: str
    population: int | None


def bare(found: QuerySet[Observation]) -> list[Bare]:
    """Return numbers with few columns, in the order asked: a row costs a tenth of one of the model."""
    return [Bare._make(row) for row in found.values_list(*Bare._fields)]


def current(
    series: str | None = None,
    region: str | None = None,
    *,
    as_of: datetime | None = None,
    voice: str | None = None,
) -> QuerySet[Observation]:
    """Return the rows in force, now or as known at a time: of each key the highest revision."""
    asked = {"series": series, "region": region, "voice": voice}
    found = Observation.objects.filter(**{name: value for name, value in asked.items() if value is not None})
    later = Observation.objects.filter(
        **{name: OuterRef(name) for name in SAME}, revision__gt=OuterRef("revision")
    )
    if as_of is not None:
        found, later = found.filter(recorded_at__lte=as_of), later.filter(recorded_at__lte=as_of)
    return found.filter(~Exists(later.order_by()))


def newest_of_widest(series: Collection[str], *, as_of: datetime | None = None) -> list[Observation]:
    """Return the newest number of each of some series and voices, over the whole of its widest region.

    Of one period the highest revision is the one in force, so that none of the earlier ones is looked at.
    """
    asked: dict[str, Subquery] = {}
    for voice in VOICES:
        asked[f"region_{voice}"] = vintages.edge(voice, as_of=as_of)
        asked[f"newest_{voice}"] = _newest(
            as_of, series=OuterRef("pk"), region=OuterRef(f"region_{voice}"), breakdown="", voice=voice
        )
    names = [f"newest_{voice}" for voice in VOICES]
    rows = Series.objects.filter(pk__in=series).annotate(**asked).values_list(*names)
    return list(Observation.objects.filter(pk__in=[pk for row in rows for pk in row if pk]))


def newest_of_lines(series: str, *, most: int, as_of: datetime | None = None) -> list[Observation]:
    """Return the newest numbers of a series, the whole before its parts.

    A series of many lines is told by the newest number of its first ones: what else it holds is not read.
    """
    lines = vintages.lines(series, as_of=as_of)
    if lines[most - 1 : most].exists():
        newest = _newest(as_of, **{name: OuterRef(name) for name in SAME if name != "period"})
        chosen = list(lines.annotate(newest=newest).values_list("newest", flat=True)[:most])
        return list(Observation.objects.filter(pk__in=chosen).order_by("breakdown", "region"))
    in_time = current(series, as_of=as_of).order_by("breakdown", LATEST, "region")
    return list(in_time[:most])


def _newest(as_of: datetime | None, **of: object) -> Subquery:
    """Return the key of the newest number of a line: of its last period the highest revision."""
    found = Observation.objects.filter(**of)
    if as_of is not None:
        found = found.filter(recorded_at__lte=as_of)
    return Subquery(found.order_by(LATEST, "-period", "-revision").values("pk")[:1])


def history(
    series: str, region: str, period: str, breakdown: str = "", *, voice: str = "others"
) -> list[Observation]:
    """Return every vintage of one number, the first one first."""
    key = {"series": series, "region": region, "period": period, "breakdown": breakdown, "voice": voice}
    return list(Observation.objects.filter(**key).order_by("revision"))


@dataclass(frozen=True)
class Triangle:
    """How the numbers of some periods changed: for each period its value at each vintage, None before it."""

    vintages: tuple[datetime, ...]
    rows: tuple[tuple[str, tuple[Observation | None, ...]], ...]

    @property
    def is_revised(self) -> bool:
        """Whether any number was ever restated."""
        return any(cell is not None and cell.revision for _period, cells in self.rows for cell in cells)


def triangle(
    series: str, region: str, breakdown: str = "", *, voice: str = "others", as_of: datetime | None = None
) -> Triangle:
    """Return the revision triangle of a series, as known at a time.

    Its rows are periods, its columns the times when anything changed.
    """
    found = Observation.objects.filter(series=series, region=region, breakdown=breakdown, voice=voice)
    if as_of is not None:
        found = found.filter(recorded_at__lte=as_of)
    by_period: dict[str, list[Observation]] = {}
    dated = F("valid_to").asc(nulls_last=True)
    for row in found.order_by(dated, "-valid_from", "period", "revision"):
        by_period.setdefault(row.period, []).append(row)
    vintages = tuple(sorted({row.recorded_at for rows in by_period.values() for row in rows}))
    return Triangle(
        vintages,
        tuple(
            (period, tuple(_known_at(rows, vintage) for vintage in vintages))
            for period, rows in by_period.items()
        ),
    )


def _known_at(rows: Sequence[Observation], at: datetime) -> Observation | None:
    return next((row for row in reversed(rows) if row.recorded_at <= at), None)


def shape_of(row: Observation) -> shape.Observation:
    """Return a stored row as the shape that travels."""
    held = {name: getattr(row, name) for name in _PLAIN}
    held |= {name: Decimal(held[name]) if held[name] else None for name in NUMBERS}
    held["series"] = row.series_id
    held["flags"] = tuple(row.flags.split(",")) if row.flags else ()
    held["release"] = str(row.release_id) if row.release_id else ""
    return shape.Observation(**held)


def row_of(said: shape.Observation) -> Observation:
    """Return a shape as a row to be stored, with its digest."""
    held = {field.name: getattr(said, field.name) for field in dataclass_fields(shape.Observation)}
    held |= {name: shape.number(held[name]) or "" for name in NUMBERS}
    held["flags"] = ",".join(said.flags)
    held["series_id"], held["release_id"] = held.pop("series"), held.pop("release") or None
    return Observation(**held, voice=said.voice, sha=digests.observation_sha(said))


def standing(rows: Iterable[shape.Observation]) -> dict[tuple[str, ...], shape.Observation]:
    """Return the current rows, by key, of the series and regions of these that meet them in time.

    Those are what they restate and what they may not overlap: rows of a period of theirs, and rows with a
    day between the first and the last of theirs.
    """
    given = list(rows)
    met = Q(period__in={row.period for row in given})
    if first := min((row.valid_from for row in given if row.valid_from), default=None):
        last = max(row.valid_to for row in given if row.valid_to)
        met |= Q(valid_from__lte=last, valid_to__gte=first)
    found = current().filter(
        met, series__in={row.series for row in given}, region__in={row.region for row in given}
    )
    return {held.key: held for held in map(shape_of, found)}


def says_the_same(one: shape.Observation, other: shape.Observation) -> bool:
    """Say whether two rows differ in their vintage alone."""
    blank = {name: getattr(other, name) for name in _VINTAGE}
    return _settled(one.status) == _settled(other.status) and replace(one, **blank) == other


def _settled(status: str) -> str:
    return "final" if status == "revised" else status


def next_vintage(
    row: shape.Observation, held: shape.Observation | None, *, at: datetime, reason: str
) -> shape.Observation:
    """Return a row as the next vintage of its key, recorded at a time; the first one revises nothing."""
    if held is None:
        return replace(row, recorded_at=at, revision=0, reason="")
    is_settled = row.status == "final" and held.status in ("final", "revised")
    status = "revised" if is_settled else row.status
    return replace(row, recorded_at=at, revision=held.revision + 1, reason=reason, status=status)


def store(rows: Collection[shape.Observation]) -> list[Observation]:
    """Write rows and return them as stored, in one transaction of the caller."""
    return Observation.objects.bulk_create([row_of(row) for row in rows], batch_size=_BATCH)
