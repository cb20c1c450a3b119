"""Which numbers may be recorded: each once, in the kind and on the scale of its series, of places that are.

A number of a period that has not begun is refused, and so is one of two periods that overlap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from zhiheng.formats import periods
from zhiheng.formats.sdmx import periods as sdmx_periods
from zhiheng.formats.shapes.observation import Observation, number, overlapping
from zhiheng.reference import groupings, regions
from zhiheng.reference.dimensions import Dimension
from zhiheng.reference.units import Range, range_of

from ..formula_refusals import refuse

Key = tuple[str, ...]


def check_batch(
    rows: Sequence[Observation], kinds: Mapping[str, str], dimensions: Mapping[str, Dimension]
) -> None:
    """Refuse an empty batch, a number that stands twice, another kind than the series', strange places.

    ``kinds`` holds unit, basis and purpose of each series as one text.
    """
    if not rows:
        raise refuse("observations-none")
    seen: set[Key] = set()
    for row in rows:
        if row.key in seen:
            raise refuse("observation-twice", **_place(row))
        seen.add(row.key)
        found = kind(row.unit, row.basis, row.purpose)
        if found != kinds[row.series]:
            raise refuse("observation-kind", series=row.series, wanted=kinds[row.series], found=found)
        if not (regions.known(row.region) or groupings.known(row.region)):
            raise refuse("observation-region", region=row.region)
        _check_parts(row, dimensions)
        if row.is_labelled and (written := _one_notation(row.period)) != row.period:
            raise refuse("observation-label", period=row.period, written=written, field="period")


def _check_parts(row: Observation, dimensions: Mapping[str, Dimension]) -> None:
    for name, member in row.members.items():
        if name not in dimensions:
            raise refuse("observation-dimension", name=name, known=", ".join(sorted(dimensions)))
        if not dimensions[name].holds(member):
            known = ", ".join(sorted(dimensions[name].members or ()))
            raise refuse("observation-member", name=name, member=member, known=known, field="breakdown")


def _one_notation(label: str) -> str:
    """Return how a labelled period is written, so that a period has one name here and one key in SDMX.

    >>> [_one_notation(text) for text in ("~2023", "~2013-H1", "~2024R1", "~1993", "~announced-2021-09")]
    ['2023', '2013H1', '~2024-R1', '~1993', '~announced-2021-09']
    """
    found = sdmx_periods.written(label)
    if found is None:
        return label
    text = sdmx_periods.read(found.text, found.round)
    return text if periods.known(text) else f"~{text.removeprefix('~')}"


def check_scale(rows: Sequence[Observation], own: Mapping[str, Range]) -> None:
    """Refuse a number outside the scale of its series, and a published one of which nothing was tested.

    A scale that the series states holds for every number of it. That of its unit holds for what is measured;
    a formula may well give a difference of two shares, so what is computed is not held to it.
    """
    for row in rows:
        scale = own.get(row.series)
        if scale is None:
            scale = Range() if row.origin in ("computed", "derived") else range_of(row.unit)
        if fault := outside(scale, _said(row)):
            place = {**_place(row), "field": "said"}
            raise refuse("observation-scale", value=fault, scale=str(scale), unit=row.unit, **place)
        if row.voice == "others" and row.n == 0 and row.value is not None:
            raise refuse("observation-of-none", **_place(row), field="n")


def outside(scale: Range, values: Sequence[Decimal | None]) -> str:
    """Return the first of some numbers that a scale does not hold, or nothing.

    >>> outside(range_of("%"), [None, Decimal("193.0")]), outside(range_of("%"), [Decimal(0), Decimal(100)])
    ('193', '')
    """
    return next((number(one) or "" for one in values if one is not None and not scale.holds(one)), "")


def _said(row: Observation) -> list[Decimal | None]:
    """Return what a row states of its series; the ends of an interval of ours are no statement."""
    return [row.value, row.lower, row.upper] if row.voice == "others" else [row.value]


def check_begun(period: str, today: date) -> None:
    """Refuse a period that has not begun; one that runs may have numbers, such as preliminary ones.

    A label tells its year at least, where it names one.

    >>> check_begun("2025Q2", date(2025, 4, 1)), check_begun("~announced-2021-09", date(2020, 1, 1))
    (None, None)
    """
    written = sdmx_periods.written(period)
    if written is not None and sdmx_periods.span(written.text)[0] > today:
        raise refuse("period-not-begun", period=period, field="period")


def kind(unit: str, basis: str, purpose: str) -> str:
    """Return unit, basis and purpose as one text.

    >>> kind("%", "survey", "evaluation")
    '%, survey, evaluation'
    """
    return f"{unit}, {basis}, {purpose}"


def check_new(rows: Sequence[Observation], held: Mapping[Key, Observation], *, reason: str) -> None:
    """Refuse to restate a number without a reason, and a period that overlaps with a standing one."""
    for row in rows:
        if row.key in held and not reason.strip():
            value = held[row.key].said or number(held[row.key].value) or held[row.key].status
            raise refuse("observation-standing", value=value, **_place(row))
    given = {row.key for row in rows}
    pair = overlapping([*(row for key, row in held.items() if key not in given), *rows])
    if pair:
        raise refuse("observation-overlaps", period=pair[1].period, other=pair[0].period)


def _place(row: Observation) -> dict[str, str]:
    return {
        "series": row.series,
        "region": row.region,
        "period": row.period,
        "breakdown": row.breakdown,
    }
