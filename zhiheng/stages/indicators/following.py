"""Which stored numbers do not follow what they rest on: an input got a newer vintage after they were made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

from zhiheng.formats.shapes.observation import Observation, members
from zhiheng.reference.quality_index import SERIES
from zhiheng.verification import digests

from . import formulas, observations, resting, vintages
from .models import Figure, Formula

MOST_INPUTS = 40
"""Inputs of a number that are looked into themselves; one that was restated is seen whatever their number."""
MOST_LEVELS = 4
MOST_READ = 200_000
"""Numbers that a formula may read and still be computed to see what would change; beyond, newer ones tell."""
_SHOWN = 12


def restated(
    row: Observation, *, as_of: datetime | None = None, levels: int = MOST_LEVELS
) -> datetime | None:
    """Return when something that a number rests on was restated last after it was made, now or by a time.

    An estimate rests on its draws (``resting``), a computed number on its inputs and on what these rest on.
    """
    if row.release:
        return _of_estimate(row, as_of)
    formula = formulas.by_sha(row.formula_sha)
    if formula is None or levels == 0:
        return None
    found = formulas.compute(formula, as_of=as_of, at=row.key[1:4])
    if row.key[1:4] not in found.run.cells():
        return None
    used = found.used(row.key[1:4])
    later = [one.recorded_at for one in used if one.recorded_at > row.recorded_at]
    if later and digests.inputs_sha(used) != row.inputs_sha:
        return max(later)
    made = [one for one in used if one.release or one.formula_sha][:MOST_INPUTS]
    below = (restated(one, as_of=as_of, levels=levels - 1) for one in made)
    return max((at for at in below if at is not None), default=None)


def _of_estimate(row: Observation, as_of: datetime | None) -> datetime | None:
    division = members(row.breakdown).get("division", "")
    figure = Figure.objects.filter(
        release=row.release, region=row.region, period=row.period, division=division
    ).first()
    by = None if figure is None else resting.restated(figure, as_of=as_of)
    return None if by is None else by.recorded_at


def newest_restated(series: str, *, as_of: datetime | None = None) -> datetime | None:
    """Return when inputs of the newest numbers of a computed series were restated last, if they were."""
    if series not in formulas.in_force(series, as_of=as_of):
        return None
    rows = observations.newest_of_lines(series, most=_SHOWN, as_of=as_of)
    found = (restated(observations.shape_of(row), as_of=as_of) for row in rows)
    return max((at for at in found if at is not None), default=None)


def waiting() -> list[tuple[Formula, datetime]]:
    """Return the formulas in force whose stored numbers do not follow their inputs, with the newest of these.

    Those that read from others come after them, in the order in which they are computed anew.
    """
    newest = {one.series_id: one for one in vintages.newest_of_each()}
    found = []
    for row in formulas.in_force().values():
        reads = [newest[id] for id in formulas.tree(row).inputs() if id in newest]
        own = newest.get(row.series_id)
        if own is None or not reads:
            continue
        last = max(one.recorded_at for one in reads)
        is_large = sum(one.standing for one in (own, *reads)) > MOST_READ
        state = tuple(one.state_sha for one in (own, *reads))
        if last > own.recorded_at if is_large else _differs(row.sha, state):
            found.append((row, last))
    return sorted(found, key=lambda pair: (formulas.depth(pair[0]), pair[0].series_id))


@lru_cache(maxsize=512)
def _differs(sha: str, _state: Sequence[str]) -> bool:
    """Say whether a formula would give a number anew, or one more; kept for one state of all that it reads.

    The index of an office is published by period, so that further periods of it wait for nothing.
    """
    row = formulas.by_sha(sha)
    found = formulas.compute(row)
    names = ("region", "period", "breakdown", "formula_sha", "inputs_sha")
    held = {
        tuple(place): (by, inputs)
        for *place, by, inputs in observations.current(row.series_id).order_by().values_list(*names)
    }
    given = [key for key in found.run.cells() if found.run.at("root", key).why != "lacking"]
    is_new = row.series_id != SERIES and any(key not in held for key in given)
    same = [key for key in given if key in held and held[key][0] == sha]
    return is_new or any(held[key][1] != found.inputs_sha(key) for key in same)
