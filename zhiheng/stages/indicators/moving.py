"""How a number of a place moved since the one before, with its split or why there is none, and its breaks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from zhiheng.formats.shapes.observation import members

from . import comparing, promises
from .models import Figure, Observation
from .observations import Bare
from .rules import Z_95, attainment, published
from .rules import headline as headlines
from .rules.contribution import Group
from .rules.headline import NO_GROUPS, Break, Headline, Side


@dataclass(frozen=True)
class Behind:
    """What lies behind the changes of a place: released figures, parts of published numbers, breaks."""

    figures: Mapping[tuple[str, str], list[Figure]]
    parts: Mapping[tuple[str, ...], Mapping[str, list[Observation]]]
    breaks: Mapping[str, Sequence[Break]]


def behind(
    pairs: Iterable[Sequence[Observation]], found: Iterable[Observation], as_of: datetime | None
) -> Behind:
    """Return what is told beside the changes of some pairs, ``found`` being all numbers of their periods."""
    held = list(pairs)
    series = sorted({row.series_id for rows in held for row in rows})
    return Behind(_figures(held), _parts(found), promises.declared_of(series, as_of))


def _figures(held: Iterable[Sequence[Observation]]) -> dict[tuple[str, str], list[Figure]]:
    """Return the released figures behind the two newest numbers of each line, their divisions behind them."""
    wanted = [row for rows in held for row in rows if row.release_id]
    if not wanted:
        return {}
    found = Figure.objects.filter(
        release__in={row.release_id for row in wanted},
        region__in={row.region for row in wanted},
        period__in={row.period for row in wanted},
    )
    kept: dict[tuple[str, str], list[Figure]] = {}
    for one in found.select_related("release", "series").order_by("division"):
        kept.setdefault((str(one.release_id), one.period), []).append(one)
    return kept


def _parts(found: Iterable[Observation]) -> dict[tuple[str, ...], dict[str, list[Observation]]]:
    """Return the published numbers that are parts along one dimension, by what they are parts of."""
    held: dict[tuple[str, ...], dict[str, list[Observation]]] = {}
    for row in found:
        if row.voice == "others" and row.unit == "%" and len(names := members(row.breakdown)) == 1:
            whole = held.setdefault((row.series_id, row.period), {})
            whole.setdefault(next(iter(names)), []).append(row)
    return held


def moved(before: Observation, after: Observation, behind: Behind) -> Headline | None:
    """Return the change from one number to the next of its line; None where a grade or a bound has none."""
    breaks = behind.breaks[after.series_id]
    pair = [behind.figures.get((str(row.release_id), row.period), []) for row in (before, after)]
    if not after.breakdown and all(rows and not rows[0].division for rows in pair):
        divisions = pair[0][1:], pair[1][1:]
        return comparing.compare(pair[0][0], pair[1][0], divisions=divisions, breaks=breaks)
    if any(not row.value and row.status != "suppressed" for row in (before, after)):
        return None
    plain = headlines.headline(
        side(before), side(after), breaks=breaks, why=headlines.ONE_PART if after.breakdown else NO_GROUPS
    )
    return _split(plain, before, after, behind) if not after.breakdown and after.voice == "others" else plain


def _split(plain: Headline, before: Observation, after: Observation, behind: Behind) -> Headline:
    """Return a published change, split along the first dimension whose parts have sizes and add up."""
    held = [behind.parts.get((row.series_id, row.period), {}) for row in (before, after)]
    found = plain
    for dimension in sorted(held[0].keys() & held[1].keys()):
        groups = tuple(_sized(one[dimension]) for one in held)
        if not all(groups) or {one.name for one in groups[0]} != {one.name for one in groups[1]}:
            continue
        found = headlines.headline(
            side(before),
            side(after),
            groups=groups,
            along=dimension,
            breaks=behind.breaks[after.series_id],
            tolerance=published.ROUNDING,
        )
        if found.split is not None:
            break
    return found


def _sized(rows: Sequence[Observation]) -> tuple[Group, ...]:
    held = [(row, next(iter(members(row.breakdown).values()))) for row in rows]
    return published.by_size([(name, row.n, float(row.value) / 100) for row, name in held if row.value])


def error_of(row: Observation | Bare) -> float | None:
    """Return the standard error behind the published interval of a number, in its unit; None without one."""
    if row.interval in ("design", "model") and row.lower and row.upper:
        return (float(row.upper) - float(row.lower)) / 2 / Z_95
    return float(row.standard_error) if row.standard_error else None


def side(row: Observation) -> Side:
    """Return a number as one side of a change, with the error that is assumed where none was published."""
    value = float(row.value) / 100 if row.value else None
    error, assumption = error_of(row), ""
    if error is not None:
        error /= 100
    elif row.unit == "%" and row.n and value is not None and 0 < value < 1:
        is_drawn = row.basis == "probability"
        assumption = attainment.DESIGN_EFFECT if is_drawn else published.AS_IF_RANDOM
        drawn = attainment.assumed_error(value, row.n)
        error = drawn if is_drawn else (value * (1 - value) / row.n) ** 0.5
    parts = members(row.breakdown)
    return Side(
        period=row.period,
        value=value,
        standard_error=error,
        basis=row.basis,
        purpose=row.purpose,
        scope=parts.get("scope", ""),
        assumption=assumption,
        dimensions=tuple(parts),
    )
