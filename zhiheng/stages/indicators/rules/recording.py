"""Which numbers may be recorded: each once, in the kind of its series, and no two periods that overlap."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from zhiheng.formats.shapes.observation import Observation, number, overlapping

from ..formula_refusals import refuse

Key = tuple[str, ...]


def check_batch(rows: Sequence[Observation], kinds: Mapping[str, str], dimensions: Collection[str]) -> None:
    """Refuse an empty batch, a number that stands twice, another kind than the series', strange dimensions.

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
        for name in row.members:
            if name not in dimensions:
                raise refuse("observation-dimension", name=name, known=", ".join(sorted(dimensions)))


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
