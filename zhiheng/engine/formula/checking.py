"""A formula is refused when defined, not when computed: units, basis, purpose and dimensions must agree.

Each refusal names the node by its path, such as ``root.of[1]``, and has a code of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from zhiheng.errors import BadInput
from zhiheng.formats.shapes import formula as shape

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
        raise _refuse("root", "formula-without-series", "it reads no series", "Name at least one series.")
    if formula.id in formula.inputs():
        raise _refuse("root", "formula-reads-itself", f"it reads {formula.id}, which it defines", _OTHER)
    found = _Checker(catalogue).meaning(formula.root, "root")
    for name in ("unit", "basis", "purpose"):
        said, is_so = getattr(formula, name), getattr(found, name)
        if said != is_so:
            why = f"it gives the {name} {is_so}, and the formula says {said}"
            raise _refuse("root", f"formula-{name}", why, "Correct the formula or what it says of itself.")
    return found


_OTHER = "Read other series, or give the result a name of its own."


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
                over = node.over if isinstance(node, shape.Sum) else ()
                return self._collapsed(node, whole, over, path)
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
                    why = f"a logit is taken of shares of {node.whole}, not of {whole.unit}"
                    raise _refuse(
                        path,
                        "formula-unit",
                        why,
                        "Link by difference or ratio, or give the whole of the unit.",
                    )
                return whole
        raise TypeError(f"no rule for {node.op}")

    def _series(self, node: shape.Series, path: str) -> Meaning:
        known = self.catalogue.get(node.id)
        if known is None:
            raise _refuse(path, "formula-series-unknown", f"there is no series {node.id}", "Define it first.")
        asked = {*node.by, *(name for name, _member in node.where)}
        if strange := sorted(asked - set(known.dimensions)):
            why = f"{node.id} is not cut by {', '.join(strange)}"
            have = ", ".join(known.dimensions) or "none"
            raise _refuse(path, "formula-dimension", why, f"Its dimensions: {have}.")
        return _numeric(path, replace(known, dimensions=("region", *node.by)))

    def _weighted_mean(self, node: shape.WeightedMean, parts: Sequence, path: str) -> Meaning:
        (_place, value), (where, weight) = parts
        _numeric(where, weight)
        if weight.basis not in KNOWN_WEIGHTS:
            why = f"weights rest on {weight.basis or 'a constant'}, not on a census or records"
            raise _refuse(where, "formula-basis", why, "Weigh by a quantity that is known, not estimated.")
        _same_dimensions([value.dimensions, weight.dimensions], path)
        return self._collapsed(node, _numeric(*parts[0]), node.over, path)

    def _collapsed(self, node: shape.Node, whole: Meaning, over: Sequence[str], path: str) -> Meaning:
        if lacking := sorted(set(over) - set(whole.dimensions)):
            why = f"what it adds up is not laid out by {', '.join(lacking)}"
            raise _refuse(path, "formula-dimension", why, "Lay the series out with “by” first.")
        if "region" in over:
            for where, child in shape.walk(node, path):
                if isinstance(child, shape.Series) and not child.level:
                    why = f"{child.id} holds regions of every level, and a total would count them twice"
                    raise _refuse(where, "formula-level", why, "Give the level of its regions.")
        return replace(whole, dimensions=tuple(name for name in whole.dimensions if name not in over))


def _alike(parts: Sequence[tuple[str, Meaning]], path: str) -> Meaning:
    """Return the one meaning that nodes share; constants take part by their unit alone."""
    for where, part in parts:
        _numeric(where, part)
    first = parts[0][1]
    for where, part in parts[1:]:
        if part.unit != first.unit:
            why = f"{part.unit} does not go together with {first.unit}"
            raise _refuse(where, "formula-unit", why, "Bring both to one unit first.")
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
                why = f"the {name} {one} is mixed with {other}"
                raise _refuse(where, f"formula-{name}", why, "Keep figures of each basis and purpose apart.")
    _same_dimensions([part.dimensions for _where, part in measured], path)
    return Meaning(unit, as_basis or first.basis, first.purpose, first.dimensions)


def _same_dimensions(laid_out: Sequence[tuple[str, ...]], path: str) -> None:
    for other in laid_out[1:]:
        if other != laid_out[0]:
            one, two = (", ".join(names) or "nothing" for names in (laid_out[0], other))
            why = f"numbers laid out by {one} meet numbers laid out by {two}"
            raise _refuse(path, "formula-dimension", why, "Lay them out alike, or add one up first.")


def _ratio(node: shape.Ratio, parts: Sequence[tuple[str, Meaning]], path: str) -> Meaning:
    above, below = (_numeric(*part) for part in parts)
    if above.unit == below.unit:
        return _same_kind(parts, path, node.unit or "1")
    if node.unit:
        why = f"{above.unit} by {below.unit} is no share"
        raise _refuse(path, "formula-unit", why, "Leave the unit out, or divide like by like.")
    return _same_kind(parts, path, f"{above.unit}/{below.unit}")


def _linear(node: shape.Linear, parts: Sequence[tuple[str, Meaning]], path: str) -> Meaning:
    for where, part in parts:
        _numeric(where, part)
        if part.unit != parts[0][1].unit:
            why = f"{part.unit} does not go together with {parts[0][1].unit}"
            raise _refuse(where, "formula-unit", why, "Standardise the parts first.")
    return _same_kind(parts, path, parts[0][1].unit, node.as_basis)


def _numeric(where: str, part: Meaning) -> Meaning:
    if part.unit in NO_NUMBER:
        raise _refuse(where, "formula-unit", "a grade is no number", "Compute with the scores behind it.")
    return part


def _refuse(path: str, code: str, why: str, remedy: str) -> BadInput:
    return BadInput(f"{path}: {why}.", remedy, code=code, path=path, why=why)
