"""National numbers of others as they stand: the reference, and over it what the office recorded since.

A recorded number that says what the reference says adds nothing: the reference is known from the date of its
source on. One that says something else stands in its place from the moment of its recording.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime
from functools import cache

from django.db.models import Q
from django.utils.translation import gettext as _

from zhiheng.formats.shapes import observation as shape
from zhiheng.reference import indicators
from zhiheng.web import as_of

from . import loading, observations

A_YEAR = r"^~?[0-9]{4}$"


def told(
    ids: Collection[str], dimensions: Collection[str], day: date | None
) -> Iterator[indicators.Observation]:
    """Yield the recorded numbers of some series that the reference does not hold, now or by a day.

    They are those of years, whole and along some dimensions; what a formula gave was published nowhere.
    """
    part = Q(breakdown="")
    for dimension in dimensions:
        part |= Q(breakdown__startswith=f"{dimension}=") & ~Q(breakdown__contains=";")
    rows = observations.current(region=indicators.NATION, voice="others", as_of=as_of.end_of(day)).filter(
        part, series__in=ids, period__regex=A_YEAR, formula_sha=""
    )
    for row in map(observations.shape_of, rows.order_by("recorded_at", "period")):
        held = _reference().get(row.key)
        if held is None or not observations.says_the_same(held[1], row):
            yield _published(row, None if held is None else held[0])


@cache
def _reference() -> dict[tuple[str, ...], tuple[indicators.Observation, shape.Observation]]:
    """Return the national numbers of the reference by key, each as it is shipped and as it is stored."""
    rows = (row for row in loading.known_rows() if row.geo_code == indicators.NATION)
    return {
        stored.key: (row, stored)
        for row in rows
        for stored in [loading.observation(row, datetime(2000, 1, 1, tzinfo=UTC))]
    }


def _published(row: shape.Observation, held: indicators.Observation | None) -> indicators.Observation:
    """Return a recorded number in the form of the reference; a bound stands there with its one end."""
    value, basis = row.value, row.origin
    if row.interval == "bound" and value is None:
        value = row.lower if row.lower is not None else row.upper
        basis = "published(lower bound)" if row.lower is not None else "published(upper bound)"
    source = row.source
    if "demonstration" in row.flags:
        source = _("%(source)s (demonstration)") % {"source": source}
    return indicators.Observation(
        series=row.series,
        period=row.period.removeprefix("~"),
        geo_code=row.region,
        geo_name="",
        breakdown=row.breakdown,
        text=row.said or shape.number(value) or "",
        value=value,
        unit=held.unit if held else row.unit,
        n_total=row.n,
        n_fail=None,
        basis=basis,
        evidence=row.evidence,
        source_title=source,
        source_date="",
        note=row.note,
    )
