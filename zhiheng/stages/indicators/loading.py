"""Published numbers as observations: as the source says them, and what it does not say stays unknown."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

from zhiheng.formats import periods
from zhiheng.formats.shapes import observation as shape
from zhiheng.reference import indicators

WHOLE = ("province", "city", "region")
"""Breakdowns of the source that only repeat of which kind the region is."""
BOUND = "published(lower bound)"
_DASHED = re.compile(r"(20\d\d)-([HQ][1-4])")
_OLD_YEAR = re.compile(r"19\d\d")


def published(at: datetime) -> list[shape.Observation]:
    """Return every published number of the reference as an observation recorded at a time."""
    return [observation(row, at) for row in known_rows()]


def known_rows() -> list[indicators.Observation]:
    """Return the published rows of all series, in the order of the reference."""
    return [row for series in indicators.all() for row in indicators.observations(series.id)]


def known_by() -> date:
    """Return the day after which every published number was known: no source of one is younger."""
    return max(row.known_on for row in known_rows()) + timedelta(days=1)


def observation(row: indicators.Observation, at: datetime) -> shape.Observation:
    """Return one published row in our form; a grade has no number, a lower bound no value."""
    series, (period, first, last) = indicators.series(row.series), days(row.period)
    is_bound = row.basis == BOUND
    return shape.Observation(
        series=row.series,
        region=row.geo_code,
        period=period,
        breakdown="" if row.breakdown in WHOLE else row.breakdown,
        unit=series.unit,
        basis=series.basis,
        purpose=series.purpose,
        origin="derived" if row.basis == "derived" else "published",
        value=None if is_bound else row.value,
        lower=row.value if is_bound else None,
        interval="bound" if is_bound else "none",
        n=row.n_total,
        said=row.text,
        evidence=row.evidence,
        source=f"{row.source_title} ({row.source_date})" if row.source_date else row.source_title,
        note=row.note,
        valid_from=first,
        valid_to=last,
        recorded_at=at,
    )


def days(text: str) -> tuple[str, date | None, date | None]:
    """Return a period of a source as ours, with its days; a name whose days are unknown stays a label.

    >>> days("2016-Q1")[0], days("2024-R1"), days("1993")[1:]
    ('2016Q1', ('~2024-R1', None, None), (datetime.date(1993, 1, 1), datetime.date(1993, 12, 31)))
    """
    plain = _DASHED.sub(r"\1\2", text)
    if periods.known(plain):
        found = periods.parse(plain)
        return plain, found.first, found.last
    if _OLD_YEAR.fullmatch(text):
        return f"~{text}", date(int(text), 1, 1), date(int(text), 12, 31)
    return f"~{text}", None, None
