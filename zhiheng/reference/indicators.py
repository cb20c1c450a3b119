"""The published real series: what each measures, its observations, and names that fit more than one."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Literal

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables

NATION = "000000"


@dataclass(frozen=True, slots=True)
class Series:
    """What a series measures, on which basis, for which purpose, and its warning.

    One that is estimated from draws on the items of a vertical names it, and the one channel where it is
    about that alone. ``lower`` and ``upper`` are the ends of its own scale; without them its unit has them.
    """

    id: str
    zh: str
    en: str
    unit: str
    basis: Literal["probability", "judgement", "census", "administrative", "survey"]
    purpose: Literal["evaluation", "enforcement", "risk-screening"]
    direction: Literal["higher", "lower"]
    article: int | None
    system: str
    definition_zh: str
    definition_en: str
    warning_zh: str
    warning_en: str
    vertical: str = ""
    channel: str = ""
    population_zh: str = ""
    population_en: str = ""
    frequency: Literal["", "year", "half", "quarter", "month"] = ""
    owner: str = ""
    lower: str = ""
    upper: str = ""


@dataclass(frozen=True, slots=True)
class Break:
    """Where a series does not go on as it was: from which period, why, and the bridge where one was measured.

    ``bridge`` and ``error`` are None where they are not known; ``dimension`` names the breakdown that breaks,
    nothing where the whole series does.
    """

    series: str
    at: str
    scale: Literal["difference", "ratio", "logit"]
    old: str
    new: str
    bridge: Decimal | None
    error: Decimal | None
    dimension: str
    reason_zh: str
    reason_en: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Observation:
    """One published number; ``text`` keeps it as printed, ``value`` is None for a grade.

    ``basis`` is published or derived; ``evidence`` A (official page), B (repost), C (reworded).
    """

    series: str
    period: str
    geo_code: str
    geo_name: str
    breakdown: str
    text: str
    value: Decimal | None
    unit: str
    n_total: int | None
    n_fail: int | None
    basis: str
    evidence: str
    source_title: str
    source_date: str
    note: str

    @property
    def known_on(self) -> date:
        """The last day that the date of its source may be, which may name a year or a month alone."""
        return _last_day(self.source_date)


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A name that fits several series, with the reason why it cannot be bound."""

    name: str
    zh: str
    candidates: tuple[str, ...]
    reason_zh: str
    reason_en: str
    remedy_zh: str
    remedy_en: str
    source: str


def _last_day(text: str) -> date:
    """Return the last day that a date may be of which the day, or the month, is not known.

    >>> _last_day("2025-07"), _last_day("2024"), _last_day("2025-01-22")
    (datetime.date(2025, 7, 31), datetime.date(2024, 12, 31), datetime.date(2025, 1, 22))
    """
    year, month, day = [*map(int, text.split("-")), 0, 0][:3]
    month = month or 12
    return date(year, month, day or calendar.monthrange(year, month)[1])


@cache
def _index() -> dict[str, Series]:
    return {row["id"]: Series(**row) for row in tables.document("series.yaml")["series"]}


def all() -> tuple[Series, ...]:
    """Return every published series."""
    return tuple(_index().values())


def series(id: str) -> Series:
    """Return the description of one series."""
    try:
        return _index()[id]
    except KeyError:
        known = ", ".join(_index())
        raise UnknownCode(f"There is no series {id!r}.", f"Known series: {known}.", series=str(id)) from None


@cache
def _observations() -> tuple[Observation, ...]:
    return tuple(
        Observation(
            series=row["series"],
            period=row["period"],
            geo_code=row["geo_code"],
            geo_name=row["geo_name"],
            breakdown=row["breakdown"],
            text=row["value"],
            value=None if row["unit"] == "grade" else Decimal(row["value"]),
            unit=row["unit"],
            n_total=int(row["n_total"]) if row["n_total"] else None,
            n_fail=int(row["n_fail"]) if row["n_fail"] else None,
            basis=row["basis"],
            evidence=row["evidence"],
            source_title=row["source_title"],
            source_date=row["source_date"],
            note=row["note"],
        )
        for row in tables.rows("observations.csv")
    )


def observations(
    id: str, *, geo_code: str | None = None, breakdown: str | None = None
) -> tuple[Observation, ...]:
    """Return the published numbers of a series, narrowed to a place or a breakdown ('' = the whole)."""
    known = series(id).id
    return tuple(
        seen
        for seen in _observations()
        if seen.series == known
        and (geo_code is None or seen.geo_code == geo_code)
        and (breakdown is None or seen.breakdown == breakdown)
    )


@cache
def breaks() -> tuple[Break, ...]:
    """Return every known break of a published series."""
    exact = ("bridge", "error")
    return tuple(
        Break(**{**row, **{name: None if row[name] is None else Decimal(row[name]) for name in exact}})
        for row in tables.document("breaks.yaml")["breaks"]
    )


@cache
def ambiguities() -> tuple[Ambiguity, ...]:
    """Return the names that fit more than one series."""
    return tuple(
        Ambiguity(**{**row, "candidates": tuple(row["candidates"])})
        for row in tables.document("series.yaml")["ambiguities"]
    )


def ambiguity(name: str) -> Ambiguity | None:
    """Return why an indicator's name cannot be bound, or None where it is not ambiguous."""
    return next((found for found in ambiguities() if found.name == name), None)
