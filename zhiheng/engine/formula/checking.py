"""A formula is refused when defined, not when computed: units, basis, purpose and dimensions must agree.

Each refusal names the node by its path, such as ``root.of[1]``, and has a code of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from zhiheng.engine.formula import evaluating
from zhiheng.engine.formula.units import adds_up
from zhiheng.errors import BadInput
from zhiheng.formats.shapes import formula as shape
from zhiheng.reference import regions

WHOLES = {"1": "1", "%": "100", "‰": "1000"}
NO_NUMBER = ("grade",)
INDEX = "index"
KNOWN_WEIGHTS = ("census", "administrative")
"""What weights may rest on: those that are estimates themselves would add an error that nobody counts."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a number is: its unit, basis and purpose, and the dimensions along which it is laid out.

    A constant has neither basis nor purpose (both are empty) and lies along no dimension.
    """

    unit: str
    basis: str = ""
    purpose: str = ""
    dimensions: tuple[str, ...] = ()


def check(formula: shape.Formula, catalogue: Mapping[str, Meaning]) -> Meaning:
    """Return the meaning of a formula's result, or refuse the formula with the path of the faulty node.

    ``catalogue`` holds each series that exists, with every dimension by which its numbers may be cut.
    """
    if not formula.inputs():
        raise _refuse("without-series", "root")
    if formula.id in formula.inputs():
        raise _refuse("reads-itself", "root", series=formula.id)
    found = _Checker(catalogue).meaning(formula.root, "root")
    for name in ("unit", "basis", "purpose"):
        said, is_so = getattr(formula, name), getattr(found, name)
        if said != is_so:
            raise _refuse(f"says-{name}", "root", one=is_so or "-", other=said)
    return found


@dataclass(frozen=True)
class _Checker:
    catalogue: Mapping[str, Meaning]

    def meaning(self, node: shape.Node, path: str) -> Meaning:
        """Return the meaning of one node; those below are checked first."""
        below = [(f"{path}.{place}", child) for place, child in node.children()]
        parts = [(where, self.meaning(child, where)) for where, child in below]
        match node:
            case shape.Series():
                return self._series(node, path)
            case shape.Constant():
                return Meaning(node.unit)
            case shape.Sum() | shape.Difference():
                whole = _alike(parts, path)
                if not isinstance(node, shape.Sum):
                    return whole
                if node.over and not adds_up(whole.unit):
                    raise _refuse("total", path, one=whole.unit)
                _never_totalled(node.of, ["1"] * len(node.of), whole.unit, path)
                return self._collapsed(node, whole, path)
            case shape.Ratio():
                return _ratio(node, parts, path)
            case shape.WeightedMean():
                return self._weighted_mean(node, parts, path)
            case shape.Standardise():
                usual = (node.least, node.most) == ("60", "100")
                unit = INDEX if usual else f"{INDEX}({node.least}-{node.most})"
                return replace(_numeric(*parts[0]), unit=unit)
            case shape.Linear():
                return _linear(node, parts, path)
            case shape.IndexLink():
                whole = _alike(parts, path)
                if node.scale == "logit" and WHOLES.get(whole.unit) != node.whole:
                    raise _refuse("logit", path, one=whole.unit, other=node.whole)
                return whole
        raise TypeError(f"no rule for {node.op}")

    def _series(self, node: shape.Series, path: str) -> Meaning:
        known = self.catalogue.get(node.id)
        if known is None:
            raise _refuse("series-unknown", path, series=node.id)
        asked = {*node.by, *(name for name, _member in node.where)}
        if strange := sorted(asked - set(known.dimensions)):
            raise _refuse(
                "dimension-unknown",
                path,
                series=node.id,
                one=", ".join(strange),
                other=_list(known.dimensions),
            )
        return _numeric(path, replace(known, dimensions=("region", *node.by)))

    def _weighted_mean(self, node: shape.WeightedMean, parts: Sequence, path: str) -> Meaning:
        (_place, value), (where, weight) = parts
        _numeric(where, weight)
        if weight.basis not in KNOWN_WEIGHTS:
            raise _refuse("weights", where, one=weight.basis or "-")
        _same_dimensions([value.dimensions, weight.dimensions], path)
        return self._collapsed(node, _numeric(*parts[0]), path)

    def _collapsed(self, node: shape.Sum | shape.WeightedMean, whole: Meaning, path: str) -> Meaning:
        over = node.over
        if lacking := sorted(set(over) - set(whole.dimensions)):
            raise _refuse("dimension-over", path, one=", ".join(lacking))
        if "region" in over:
            for where, child in shape.walk(node, path):
                if isinstance(child, shape.Series) and not child.level:
                    raise _refuse("level", where, series=child.id)
                if isinstance(child, shape.Series) and node.cells < (need := regions_of(child.level)):
                    raise _refuse("cells", path, one=str(need), other=child.level)
        return replace(whole, dimensions=tuple(name for name in whole.dimensions if name not in over))


def regions_of(level: str) -> int:
    """Return how many regions of a level make up the nation, of those that report under the Outline.

    >>> [regions_of(level) for level in ("nation", "province", "prefecture")]
    [1, 31, 342]
    """
    outside = tuple(code[:2] for code in regions.OUTSIDE_REPORTING)
    codes = (region.code for region in regions.all() if not region.code.startswith(outside))
    return sum(evaluating.level(code) == level for code in codes)


def _never_totalled(of: Sequence[shape.Node], weights: Sequence[str], unit: str, path: str) -> None:
    """Refuse a total written out cell by cell: rates of one series that weigh above 1 or below -1."""
    if adds_up(unit):
        return
    held: dict[str, list[Decimal]] = {}
    for node, weight in zip(of, weights, strict=True):
        if isinstance(node, shape.Series):
            held.setdefault(node.id, []).append(Decimal(weight))
    if any(len(found) > 1 and abs(sum(found)) > 1 for found in held.values()):
        raise _refuse("total", path, one=unit)


def _alike(parts: Sequence[tuple[str, Meaning]], path: str) -> Meaning:
    """Return the one meaning that nodes share; constants take part by their unit alone."""
    for where, part in parts:
        _numeric(where, part)
    first = parts[0][1]
    for where, part in parts[1:]:
        if part.unit != first.unit:
            raise _refuse("unit", where, one=part.unit, other=first.unit)
    return _same_kind(parts, path, first.unit)


def _same_kind(parts: Sequence[tuple[str, Meaning]], path: str, unit: str, as_basis: str = "") -> Meaning:
    measured = [(where, part) for where, part in parts if part.basis]
    if not measured:
        return Meaning(unit)
    first = measured[0][1]
    for where, part in measured[1:]:
        for name in ("purpose", "basis"):
            if name == "basis" and as_basis:
                continue
            one, other = getattr(part, name), getattr(first, name)
            if one != other:
                raise _refuse(name, where, one=one, other=other)
    _same_dimensions([part.dimensions for _where, part in measured], path)
    return Meaning(unit, as_basis or first.basis, first.purpose, first.dimensions)


def _same_dimensions(laid_out: Sequence[tuple[str, ...]], path: str) -> None:
    for other in laid_out[1:]:
        if other != laid_out[0]:
            raise _refuse("dimension", path, one=_list(laid_out[0]), other=_list(other))


def _ratio(node: shape.Ratio, parts: Sequence[tuple[str, Meaning]], path: str) -> Meaning:
    above, below = (_numeric(*part) for part in parts)
    if above.unit == below.unit:
        return _same_kind(parts, path, node.unit or "1")
    if node.unit:
        raise _refuse("share", path, one=above.unit, other=below.unit)
    return _same_kind(parts, path, f"{above.unit}/{below.unit}")


def _linear(node: shape.Linear, parts: Sequence[tuple[str, Meaning]], path: str) -> Meaning:
    for where, part in parts:
        _numeric(where, part)
        if part.unit != parts[0][1].unit:
            raise _refuse("unit", where, one=part.unit, other=parts[0][1].unit)
    _never_totalled(node.of, node.weights, parts[0][1].unit, path)
    return _same_kind(parts, path, parts[0][1].unit, node.as_basis)


def _numeric(where: str, part: Meaning) -> Meaning:
    if part.unit in NO_NUMBER:
        raise _refuse("grade", where)
    return part


def _list(names: Sequence[str]) -> str:
    return ", ".join(names) or "-"


SENTENCES: dict[str, tuple[str, str]] = {
    "without-series": ("the formula reads no series", "Name at least one series."),
    "reads-itself": ("it reads {series}, which it defines", "Read others, or give the result its own name."),
    "series-unknown": ("there is no series {series}", "Define it first."),
    "dimension-unknown": ("{series} is not cut by {one}", "Its dimensions: {other}."),
    "dimension-over": ("what it adds up is not laid out by {one}", "Lay the series out with “by” first."),
    "dimension": (
        "numbers laid out by {one} meet numbers laid out by {other}",
        "Lay them out alike, or add one up first.",
    ),
    "level": (
        "{series} holds regions of every level, counted twice in a total",
        "Give the level of regions.",
    ),
    "total": (
        "numbers in {one} do not add up to a total",
        "Take their weighted mean, or divide totals of what they are made of.",
    ),
    "cells": (
        "a result for the nation says how many cells it needs: {one} or more ({other})",
        "Give “cells”: with fewer of them on record there is no number for the nation.",
    ),
    "unit": ("{one} does not go together with {other}", "Bring both to one unit, or standardise them first."),
    "share": ("{one} by {other} is no share", "Leave the unit out, or divide like by like."),
    "logit": ("a logit is taken of shares of {other}, not of {one}", "Give the whole of the unit."),
    "grade": ("a grade is no number", "Compute with the scores behind it."),
    "basis": ("the basis {one} is mixed with {other}", "Keep figures of each basis apart."),
    "purpose": ("the purpose {one} is mixed with {other}", "Keep figures of each purpose apart."),
    "weights": (
        "weights rest on {one}, not on a census or records",
        "Weigh by what is known, not estimated.",
    ),
    "says-unit": ("it gives the unit {one}, and says {other}", "Correct the formula or what it says."),
    "says-basis": ("it gives the basis {one}, and says {other}", "Correct the formula or what it says."),
    "says-purpose": ("it gives the purpose {one}, and says {other}", "Correct the formula or what it says."),
}


def _refuse(code: str, path: str, **facts: str) -> BadInput:
    why, remedy = (text.format_map(facts) for text in SENTENCES[code])
    return BadInput(f"{path}: {why}.", remedy, code=f"formula-{code}", path=path, **facts)
