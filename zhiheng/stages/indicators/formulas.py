"""Formulas of the office: which hold, what they read, and what they give from the numbers in force."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext

from zhiheng.engine import formula as engine
from zhiheng.engine.formula.evaluating import Key, Run
from zhiheng.engine.formula.exact import rounded
from zhiheng.errors import NotFound
from zhiheng.formats.shapes import observation as shape
from zhiheng.formats.shapes.formula import Formula as Tree
from zhiheng.formats.shapes.formula import Series as SeriesNode
from zhiheng.formats.shapes.formula import walk
from zhiheng.reference import dimensions
from zhiheng.stages.plan.models import Series
from zhiheng.verification import digests

from . import observations, rules
from .formula_refusals import refuse
from .models import Formula
from .rules import recording

EVIDENCE = ("A", "B", "C")


def catalogue() -> dict[str, engine.Meaning]:
    """Return what every series means; each may be cut by any registered dimension."""
    known = tuple(sorted(dimensions.all()))
    rows = Series.objects.values_list("id", "unit", "basis", "purpose")
    return {id: engine.Meaning(unit, basis, purpose, known) for id, unit, basis, purpose in rows}


def check(formula: Tree, series: Series, *, reason: str) -> None:
    """Refuse a formula that does not fit together, that is not of its series, or that goes in a circle."""
    engine.check(formula, catalogue())
    voices(formula)
    wanted, found = (recording.kind(one.unit, one.basis, one.purpose) for one in (series, formula))
    if wanted != found:
        raise refuse("formula-not-of-series", series=series.pk, wanted=wanted, found=found)
    held = in_force()
    if Formula.objects.filter(series=series, version=formula.version).exists():
        raise refuse("formula-standing", series=series.pk, version=formula.version)
    if series.pk in held and not reason.strip():
        raise refuse("formula-no-reason", series=series.pk)
    for id in formula.inputs():
        if series.pk in _rests_on(id, held):
            raise refuse("formula-circle", series=id)


def _rests_on(series: str, held: Mapping[str, Formula]) -> set[str]:
    """Return every series that one is computed from, through all formulas in force."""
    found: set[str] = set()
    waiting = [series]
    while waiting:
        row = held.get(waiting.pop())
        new = set(tree(row).inputs()) - found if row else set()
        found |= new
        waiting += sorted(new)
    return found


def in_force(series: str | None = None, *, as_of: datetime | None = None) -> dict[str, Formula]:
    """Return the newest formula of each series, or the newest by a time."""
    found = Formula.objects.select_related("series")
    if series is not None:
        found = found.filter(series=series)
    if as_of is not None:
        found = found.filter(recorded_at__lte=as_of)
    return {row.series_id: row for row in found.order_by("recorded_at", "id")}


def versions(series: str) -> list[Formula]:
    """Return every formula that a series had, the newest first."""
    return list(Formula.objects.filter(series=series).order_by("-recorded_at", "-id"))


def get(pk: Any) -> Formula:
    """Return a formula in force by its key, or say that there is none."""
    found = next((row for row in in_force().values() if str(row.pk) == str(pk)), None)
    if found is None:
        raise NotFound(gettext("There is no such formula in force."), gettext("Go back to the list."))
    return found


def by_sha(sha: str) -> Formula | None:
    """Return the formula of a digest; None where a number names none, or a method instead."""
    return by_shas({sha}).get(sha)


def by_shas(shas: Collection[str]) -> dict[str, Formula]:
    """Return the formulas of some digests; a digest of none, or of a method, is left out."""
    asked = sorted(filter(None, shas))
    found = Formula.objects.filter(sha__in=asked).select_related("series") if asked else ()
    return {row.sha: row for row in found}


def tree(row: Formula) -> Tree:
    """Return the tree of a stored formula."""
    return Tree.from_dict(row.body)


def depth(row: Formula, held: Mapping[str, Formula]) -> int:
    """Return how many series of other formulas in force stand below one: it is computed after all of them."""
    return len(_rests_on(row.series_id, held) & held.keys())


def downstream(series: str) -> list[Formula]:
    """Return the formulas in force that a series goes into, through others too, in the order of computing."""
    held = in_force()
    return sorted(
        (row for row in held.values() if series in _rests_on(row.series_id, held)),
        key=lambda row: (depth(row, held), row.series_id),
    )


def tables(
    formula: Tree,
    voice: str,
    *,
    as_of: datetime | None = None,
    at: Collection[Key] = (),
    period: str = "",
) -> dict[str, dict[Key, shape.Observation]]:
    """Return the observations in force of each series that a formula reads, by region, period, breakdown.

    ``at`` names the cells of the result that are asked for, all where it is empty: little is loaded then that
    they do not need.
    ``period`` narrows them to one. Of a series that is read ``own-first`` a cell holds our own number, and
    that of others where we have none to show.
    """
    narrowed = _needed(formula, at)
    within = Q(period=period) if period else Q()
    return {
        id: numbers(id, said or voice, narrowed.get(id, Q()) & within, as_of=as_of)
        for id, said in voices(formula).items()
    }


def numbers(
    id: str, voice: str, narrowed: Q, *, as_of: datetime | None = None
) -> dict[Key, shape.Observation]:
    """Return the numbers in force of one series by one voice, by region, period and breakdown."""
    rows = observations.current(id, as_of=as_of, voice=None if voice == "own-first" else voice)
    shapes = sorted(map(observations.shape_of, rows.filter(narrowed).order_by()), key=_rank)
    return {(row.region, row.period, row.breakdown): row for row in shapes}


def _rank(row: shape.Observation) -> tuple[bool, bool]:
    """Order the rows of a cell so that the last is read: one with a number, ours before those of others."""
    return row.value is not None, row.voice == "own"


def voices(formula: Tree) -> dict[str, str]:
    """Return by which voice each series is read, empty for that of the formula; two of one are refused."""
    found: dict[str, str] = {}
    for _path, node in walk(formula.root):
        if isinstance(node, SeriesNode) and found.setdefault(node.id, node.voice) != node.voice:
            raise refuse("formula-voices", series=node.id)
    return found


def _needed(formula: Tree, at: Collection[Key]) -> dict[str, Q]:
    """Return what the rows of each series fulfil that some cells of the result read.

    Reads that fix the same (region, breakdown, both or neither) are asked for as one, so that the condition
    stays short however many cells there are.
    """
    asked: dict[tuple[str, frozenset[str]], dict[str, set[str]]] = {}
    for one in (one for key in at for one in engine.reads(formula, key)):
        held = {"region": one.region, "breakdown": one.breakdown}
        fixed = {name: {value} for name, value in held.items() if value is not None}
        said = asked.setdefault((one.series, frozenset(fixed)), {})
        for name, values in {**fixed, "period": one.periods}.items():
            said.setdefault(name, set()).update(values)
    found: dict[str, Q] = {}
    for (series, _fixed), said in asked.items():
        part = Q(**{f"{name}__in": sorted(values) for name, values in said.items()})
        found[series] = found[series] | part if series in found else part
    return found


@dataclass(frozen=True)
class Computed:
    """A formula run over the numbers in force, with the observations that went in."""

    row: Formula
    run: Run
    inputs: Mapping[str, Mapping[Key, shape.Observation]]

    @cached_property
    def names(self) -> dict[str, tuple[str, str]]:
        """The names of the series that it reads, in Chinese and English."""
        rows = Series.objects.filter(pk__in=self.inputs).values_list("id", "zh", "en")
        return {id: (zh, en) for id, zh, en in rows}

    def shapes(self, at: datetime, *, flags: tuple[str, ...] = ()) -> list[shape.Observation]:
        """Return the results as observations; a cell that an input lacks altogether has none."""
        kept = [key for key in self.run.cells() if self.run.at("root", key).why != "lacking"]
        return [self._shape(key, at, flags) for key in kept]

    def inputs_sha(self, key: Key) -> str:
        """Return the digest of the observations that the result at a cell rests on."""
        return digests.inputs_sha(self.used(key))

    def explained(self, key: Key) -> engine.Explained:
        """Return the whole tree with its numbers at one cell."""
        return engine.explain(self.run, key, self.names)

    def used(self, key: Key) -> list[shape.Observation]:
        """Return the observations that the result at a cell rests on."""
        return [self.inputs[series][cell] for series, cell in self.run.inputs(key)]

    def _shape(self, key: Key, at: datetime, flags: tuple[str, ...]) -> shape.Observation:
        used = self.used(key)
        value, formula = self.run.value(key), self.run.formula
        why = self.run.at("root", key).why
        others = self.row.voice == "others"
        labelled = next((row for row in used if row.is_labelled), None)
        missing = () if value is not None else ("missing",)
        error = self.run.error(key)
        return shape.Observation(
            series=formula.id,
            region=key[0],
            period=key[1],
            breakdown=key[2],
            unit=formula.unit,
            basis=formula.basis,
            purpose=formula.purpose,
            origin="derived" if others else "computed",
            value=value,
            standard_error=error,
            flags=tuple(sorted({*flags, *missing})),
            note=_because(formula) if value is not None else " | ".join(engine.explaining.REASONS[why]),
            evidence=max((row.evidence for row in used), default="C") or "C" if others else "",
            source=f"{formula.id} {formula.version}" if others else "",
            valid_from=labelled.valid_from if labelled else None,
            valid_to=labelled.valid_to if labelled else None,
            formula_sha=self.row.sha,
            inputs_sha=digests.inputs_sha(used),
            recorded_at=at,
        )


def _because(formula: Tree) -> str:
    """Return why a composite brings its parts together, where it says so; it goes with every number of it."""
    return str(getattr(formula.root, "because", ""))


def width(row: shape.Observation) -> Decimal | None:
    """Return the error behind the interval of a sampled number whose own error is zero, if it is one."""
    if row.standard_error != 0 or row.lower is None or row.upper is None or row.lower == row.upper:
        return None
    return rounded(Fraction(row.upper - row.lower) / Fraction(2 * rules.Z_95))


def compute(
    row: Formula, *, as_of: datetime | None = None, at: Collection[Key] = (), period: str = ""
) -> Computed:
    """Run a formula over the numbers in force, now or as known then: all its cells, some, or a period's."""
    formula = tree(row)
    inputs = tables(formula, row.voice, as_of=as_of, at=at, period=period)
    cells = {id: {key: engine.cell_of(held) for key, held in rows.items()} for id, rows in inputs.items()}
    return Computed(row, engine.run(formula, cells), inputs)
