"""Which stored numbers do not follow what they rest on: an input got a newer vintage after they were made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from zhiheng.formats.shapes.observation import Observation, members
from zhiheng.reference.quality_index import SERIES
from zhiheng.verification import digests

from . import formulas, observations, resting, vintages
from .models import Figure, Formula, Vintage

MOST_INPUTS = 40
"""Inputs of a number that are looked into themselves; one that was restated is seen whatever their number."""
MOST_LEVELS = 4
MOST_READ = 200_000
"""Numbers that a formula may read and still be computed to see what would change; beyond, newer ones tell."""
_SHOWN = 12


def restated(rows: Iterable[Observation], *, as_of: datetime | None = None) -> datetime | None:
    """Return when something that numbers rest on was restated last after they were made, now or by a time.

    An estimate rests on its draws (``resting``), a computed number on its inputs and on what these rest on.
    Every level is read at once, and no number twice: what a page asks grows with the formulas below it, not
    with its numbers.
    """
    level, seen, found = list(rows), set(), []
    for depth in range(MOST_LEVELS + 1):
        new = {(*row.key, row.recorded_at): row for row in level}
        looked = [row for key, row in new.items() if key not in seen]
        seen |= new.keys()
        found += _of_estimates([row for row in looked if row.release], as_of)
        if depth == MOST_LEVELS or not looked:
            break
        level = []
        for row, used in _inputs([row for row in looked if not row.release], as_of):
            later = [one.recorded_at for one in used if one.recorded_at > row.recorded_at]
            if later and digests.inputs_sha(used) != row.inputs_sha:
                found.append(max(later))
            else:
                level += [one for one in used if one.release or one.formula_sha][:MOST_INPUTS]
    return max(found, default=None)


def _inputs(
    rows: Sequence[Observation], as_of: datetime | None
) -> Iterator[tuple[Observation, list[Observation]]]:
    """Return the computed ones of some numbers, each with what it rests on; each formula is run once."""
    known = formulas.by_shas({row.formula_sha for row in rows})
    for sha, formula in known.items():
        own = [row for row in rows if row.formula_sha == sha]
        run = formulas.compute(formula, as_of=as_of, at=[row.key[1:4] for row in own])
        cells = run.run.cells()
        yield from ((row, run.used(row.key[1:4])) for row in own if row.key[1:4] in cells)


def _of_estimates(rows: Sequence[Observation], as_of: datetime | None) -> list[datetime]:
    asked = {
        (row.release, row.region, row.period, members(row.breakdown).get("division", "")) for row in rows
    }
    if not asked:
        return []
    releases, places, periods, divisions = (set(names) for names in zip(*asked, strict=True))
    found = Figure.objects.filter(
        release__in=releases, region__in=places, period__in=periods, division__in=divisions
    )
    figures = [row for row in found if (str(row.release_id), row.region, row.period, row.division) in asked]
    return [by.recorded_at for by in resting.restated(figures, as_of=as_of) if by is not None]


def newest_restated(series: str, *, as_of: datetime | None = None) -> datetime | None:
    """Return when inputs of the newest numbers of a computed series were restated last, if they were."""
    if series not in formulas.in_force(series, as_of=as_of):
        return None
    rows = observations.newest_of_lines(series, most=_SHOWN, as_of=as_of)
    return restated(map(observations.shape_of, rows), as_of=as_of)


def waiting() -> list[tuple[Formula, datetime]]:
    """Return the formulas in force whose stored numbers do not follow their inputs, with the newest of these.

    Those that read from others come after them, in the order in which they are computed anew.
    """
    known = {one.series_id: one for one in vintages.newest_of_each()}
    held = formulas.in_force()
    found = [(row, last) for row in held.values() if (last := _waits(row, known)) is not None]
    return sorted(found, key=lambda pair: (formulas.depth(pair[0], held), pair[0].series_id))


def is_waiting(row: Formula) -> bool:
    """Say whether the stored numbers of one formula in force do not follow its inputs."""
    asked = {row.series_id, *formulas.tree(row).inputs()}
    return (
        _waits(row, {one.series_id: one for one in vintages.newest_of_each().filter(series__in=asked)})
        is not None
    )


def _waits(row: Formula, newest: Mapping[str, Vintage]) -> datetime | None:
    """Return when the newest input of a formula was recorded, where its stored numbers do not follow them."""
    reads = [newest[id] for id in formulas.tree(row).inputs() if id in newest]
    own = newest.get(row.series_id)
    if own is None or not reads:
        return None
    last = max(one.recorded_at for one in reads)
    is_large = sum(one.standing for one in (own, *reads)) > MOST_READ
    state = tuple(one.state_sha for one in (own, *reads))
    return last if (last > own.recorded_at if is_large else _differs(row.sha, state)) else None


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
        for *place, by, inputs in observations.current(row.series_id, voice=row.voice)
        .order_by()
        .values_list(*names)
    }
    given = [key for key in found.run.cells() if found.run.at("root", key).why != "lacking"]
    is_new = row.series_id != SERIES and any(key not in held for key in given)
    same = [key for key in given if key in held and held[key][0] == sha]
    return is_new or any(held[key][1] != found.inputs_sha(key) for key in same)
