"""Reads published numbers as sides, breaks and histories; what was not published is assumed and said.

A number printed without its error gets one from its number of records and an assumed design effect; one of a
sample that nobody drew by chance is taken as if at random, and both are named wherever the number is used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from zhiheng.methods import intervals
from zhiheng.reference import indicators, parameters
from zhiheng.reference.indicators import Observation, Series

from . import footing
from .attainment import (
    DESIGN_EFFECT,
    EXACT,
    LOWER_BOUND,
    NO_SIZE,
    NO_STEP,
    RECORDS,
    SMALLEST_N,
    Attainment,
    Point,
    assumed_error,
    of,
    refusal,
)
from .contribution import Group
from .footing import Break
from .headline import Side
from .showing import AT_LEAST

AS_IF_RANDOM = "as-if-random"
EXACT_ERROR = 1e-3
"""A tenth of the last printed digit of a score: no error at all would leave the model without a scale."""
ROUNDING = 0.001
"""Rates printed in per cent with one digit add up to the total within a tenth of a point."""


def side(seen: Observation, series: Series) -> Side:
    """Return a published value as one side of a change, with the error that may be assumed for it.

    A rate of a probability sample has the assumed design effect; one of units that nobody drew by chance the
    error of as many drawn at random. Scores and rates without a number of records have none.
    """
    share = rate(seen)
    error, assumption = None, ""
    if share is not None and seen.unit != "%":
        share /= 100
    elif share is not None and seen.n_total and 0 < share < 1:
        is_drawn = series.basis == "probability"
        assumption = DESIGN_EFFECT if is_drawn else AS_IF_RANDOM
        error = assumed_error(share, seen.n_total)
        if not is_drawn:
            error = math.sqrt(share * (1 - share) / seen.n_total)
    return Side(
        seen.period, share, error, series.basis, series.purpose, scope=scope(seen), assumption=assumption
    )


def sides(found: Sequence[Observation], series: Series, declared: Sequence[Break] = ()) -> list[Side]:
    """Return the values of a series in order of time, each on the footing that held in its year."""
    known = breaks(found, declared)
    rows = [seen for seen in found if seen.value is not None]
    named = [replace(side(seen, series), scope=scope(seen) or _name(seen.period, known)) for seen in rows]
    return sorted(named, key=lambda one: (*footing.order(one.period), _place(known, one)))


def _place(known: Sequence[Break], one: Side) -> tuple[int, str]:
    place = footing.of(known, one.period, one.scope)
    return (place if isinstance(place, int) else -1), one.scope


def _name(period: str, known: Sequence[Break]) -> str:
    """Return the name of the footing of a value that names none; empty where its days do not tell."""
    place = footing.of(known, period)
    if not known or not isinstance(place, int):
        return ""
    return known[place - 1].new if place else known[0].old


def rate(seen: Observation) -> float | None:
    """Return the share: from the counts where both were published, else as printed; none for a bound."""
    if seen.value is None or is_bound(seen):
        return None
    if seen.n_total and seen.n_fail is not None and seen.unit == "%":
        return seen.n_fail / seen.n_total
    return float(seen.value) / 100 if seen.unit == "%" else float(seen.value)


def is_bound(seen: Observation) -> bool:
    """Say whether a number is printed as "above": a bound is no value."""
    return "bound" in seen.basis


def scope(seen: Observation) -> str:
    """Return the footing that a number names, or nothing."""
    return seen.breakdown.removeprefix("scope=") if seen.breakdown.startswith("scope=") else ""


def breaks(found: Sequence[Observation], declared: Sequence[Break] = ()) -> tuple[Break, ...]:
    """Return where the footing of a whole series changes: as its numbers show, and as was declared of it.

    A declared break stands in the place of one that the numbers show from the same day on.
    """
    whole = footing.chain(declared)
    stated = {footing.first_day(one.at) or one.at: one for one in (*_seen_breaks(found, whole), *whole)}
    return footing.chain(stated.values())


def reference_breaks(series: str) -> tuple[Break, ...]:
    """Return the breaks of a published series as the reference states them, steps as shares or scores."""
    return tuple(as_break(row, row.reason_zh) for row in indicators.breaks() if row.series == series)


def as_break(row: Any, note: str) -> Break:
    """Return a break of the reference or of the plan as the rules of change read it.

    A bridge by ratio or logit moves every value by another step, so it is not carried over as one here.
    """
    is_step = row.scale == "difference"
    held = [
        float(text) / 100 if is_step and text not in ("", None) else None for text in (row.bridge, row.error)
    ]
    return Break(row.at, row.old, row.new, held[0], held[1], note, row.dimension)


def _seen_breaks(found: Sequence[Observation], declared: Sequence[Break]) -> tuple[Break, ...]:
    """Return the breaks that the numbers show, with the bridge where one period was told on both footings.

    Two numbers of one period under two scopes are the bridge: step = new - old. Which of them is the old one
    is told by what was declared, else by an earlier number on one of them; where neither tells, there is no
    bridge. Without sample sizes its error is unknown, and stays so.
    """
    by_period: dict[str, list[Observation]] = {}
    for seen in found:
        if seen.value is not None and (not seen.breakdown or scope(seen)):
            by_period.setdefault(seen.period, []).append(seen)
    known, held = [], ""
    for period in sorted(by_period, key=footing.order):
        scopes = [seen for seen in by_period[period] if scope(seen)]
        if len(scopes) > 1:
            known += (pair := [_bridge(period, *two) for two in _old_and_new(scopes, held, declared)])
            held = pair[-1].new if pair else ""
            continue
        named = scope(scopes[0]) if scopes else ""
        if named and held and named != held:
            known.append(Break(period, held, named, note=scopes[0].note))
        held = named or held
    return tuple(known)


def _old_and_new(
    scopes: Sequence[Observation], held: str, declared: Sequence[Break]
) -> list[tuple[Observation, Observation]]:
    """Return the pairs of one period of which it is known which footing came first."""
    by_name = {scope(seen): seen for seen in scopes}
    stated = [(one.old, one.new) for one in declared if one.old in by_name and one.new in by_name]
    if not stated and len(by_name) == 2 and held in by_name:
        stated = [(held, next(name for name in by_name if name != held))]
    return [(by_name[old], by_name[new]) for old, new in stated if old != new]


def _bridge(period: str, old: Observation, new: Observation) -> Break:
    error = None
    if old.n_total and new.n_total:
        sides = ((rate(seen) or 0.0, seen.n_total) for seen in (old, new))
        error = math.hypot(*(assumed_error(share, n) for share, n in sides))
    step = (rate(new) or 0.0) - (rate(old) or 0.0)
    return Break(period, scope(old), scope(new), step, error, new.note or old.note)


def groups(found: Sequence[Observation], dimension: str) -> tuple[Group, ...]:
    """Return the parts of a whole by the records in each; empty where their sizes were not published."""
    parts = [seen for seen in found if seen.breakdown.startswith(f"{dimension}=")]
    return by_size([(seen.breakdown.partition("=")[2], seen.n_total, rate(seen)) for seen in parts])


def by_size(parts: Sequence[tuple[str, int | None, float | None]]) -> tuple[Group, ...]:
    """Return the parts that have a size, given as name, number of records and rate, by their shares in all.

    >>> [(one.name, one.share) for one in by_size([("shop", 300, 0.9), ("factory", 100, 0.95)])]
    [('shop', 0.75), ('factory', 0.25)]
    >>> by_size([("shop", 300, 0.9), ("factory", None, 0.95)])
    ()
    """
    sized = [(name, n, share) for name, n, share in parts if n]
    whole = sum(n for _name, n, _share in sized)
    if len({name for name, _n, _share in sized}) < 2:
        return ()
    return tuple(
        Group(name, n / whole, share, math.sqrt(share * (1 - share) / n))
        for name, n, share in sized
        if share is not None
    )


def interval(share: float, n: float) -> tuple[float, float]:
    """Return the Wilson interval of a share of ``n`` records taken as drawn at random.

    >>> low, high = interval(0.98, 23398)
    >>> round(100 * low, 2), round(100 * high, 2)
    (97.81, 98.17)
    """
    low, high = intervals.wilson(share, n)
    return float(low), float(high)


def assumed_interval(
    found: Sequence[Observation], declared: Sequence[Break] = ()
) -> tuple[float, float] | None:
    """Return the interval of the newest rate under the assumed design effect, if one can be given."""
    rows = [seen for seen in _newest_footing(found, declared) if rate(seen) is not None]
    if not rows or rows[-1].unit != "%":
        return None
    sizes, _assumptions = _sizes(rows)
    effect = float(parameters.value("assumed_design_effect"))
    return interval(rate(rows[-1]) or 0.0, sizes[-1] / effect) if sizes else None


def attainment(
    found: Sequence[Observation],
    target: float,
    due: int,
    *,
    declared: Sequence[Break] = (),
    operator: str = AT_LEAST,
) -> Attainment:
    """Return the chance of a target from the published yearly numbers of one series, on the newest footing.

    Rates are shares; their errors come from the number of records and the assumed design effect. Where a
    number lacks its records, the yearly number known for the series is taken, else the smallest published.
    Scores without any error are taken as exact: the model then knows only how they move. A declared break
    without a bridge inside the window is taken as no step, which is said too.
    """
    rows = _newest_footing(found, declared)
    stepless = _stepless(rows, declared)
    if any(is_bound(seen) for seen in rows):
        return refusal(target, due, LOWER_BOUND)
    if not rows:
        return of((), target, due)
    if rows[0].unit != "%":
        points = [Point(int(seen.period), float(seen.value or 0), EXACT_ERROR) for seen in rows]
        said = (EXACT, *stepless)
        return of(points, target, due, scale="identity", assumptions=said, operator=operator)
    sizes, assumptions = _sizes(rows)
    if not sizes:
        return refusal(target, due, NO_SIZE)
    points = [
        Point(int(seen.period), share, assumed_error(share, n))
        for seen, n in zip(rows, sizes, strict=True)
        if (share := rate(seen)) is not None
    ]
    said = (DESIGN_EFFECT, *assumptions, *stepless)
    return of(points, target, due, assumptions=said, operator=operator)


def _stepless(rows: Sequence[Observation], declared: Sequence[Break]) -> tuple[str, ...]:
    inside = footing.between(footing.chain(declared), rows[0].period, rows[-1].period) if rows else ()
    return (NO_STEP,) if any(one.step is None for one in inside) else ()


def _newest_footing(found: Sequence[Observation], declared: Sequence[Break]) -> list[Observation]:
    """Return the yearly national numbers after the last break that they show, and the one on its new footing.

    Where a year has numbers on several footings and nobody said which is the new one, those after it remain.
    """
    kept = [seen for seen in found if seen.period.isdigit() and seen.value is not None]
    kept = sorted((seen for seen in kept if not seen.breakdown or scope(seen)), key=lambda seen: seen.period)
    if last := _seen_breaks(kept, footing.chain(declared))[-1:]:
        one = last[0]
        kept = [seen for seen in kept if seen.period >= one.at and scope(seen) in ("", one.new)]
    years = [seen.period for seen in kept]
    doubtful = max((year for year in years if years.count(year) > 1), default="")
    return [seen for seen in kept if seen.period > doubtful]


def _sizes(rows: Sequence[Observation]) -> tuple[list[float], tuple[str, ...]]:
    records = parameters.value("records_a_year").get(rows[0].series)
    known = [seen.n_total for seen in rows if seen.n_total]
    if len(known) == len(rows):
        return [float(n or 0) for n in known], ()
    if records is None and not known:
        return [], ()
    other = float(records if records is not None else min(known))
    assumption = RECORDS if records is not None else SMALLEST_N
    return [float(seen.n_total or other) for seen in rows], (assumption,)
