"""The plain reference of formulas: exact fractions cell by cell, and the error by the delta method.

An input cell is one variable, whoever reads it: slopes are carried along to the input cells, so a series
that stands twice in a formula is not taken for two independent ones. Variance = sum (slope x error)^2 over
input cells, which are taken as independent of each other. Where an input has no known error, the result has
none. What cannot be computed is missing with a reason: never zero, never infinite.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from zhiheng.engine.formula import exact
from zhiheng.engine.formula.exact import rounded
from zhiheng.formats import periods
from zhiheng.formats.shapes import formula as shape
from zhiheng.formats.shapes.observation import breakdown, members

Key = tuple[str, str, str]
"""Region, period and breakdown of a cell."""
Leaf = tuple[str, Key]
NATION = "000000"
WHOLE = {"%": 100, "‰": 1000, "1": 1}


@dataclass(frozen=True, slots=True)
class Cell:
    """One number of a series as a formula reads it; ``why`` says why there is none."""

    value: Decimal | None
    error: Decimal | None = None
    why: str = ""


Table = Mapping[Key, Cell]


@dataclass(frozen=True, slots=True)
class Value:
    """One number on the way: exact, or missing with a reason; and how it moves with each input cell."""

    number: Fraction | None
    why: str = ""
    slopes: Mapping[Leaf, Decimal] = field(default_factory=dict)


Grid = Mapping[Key, Value]


@dataclass(frozen=True)
class Run:
    """A formula that was computed: the numbers of every node, by the node's path."""

    formula: shape.Formula
    grids: Mapping[str, Grid | Value]
    tables: Mapping[str, Table]
    steps: Mapping[Leaf, Decimal | None]

    def cells(self) -> tuple[Key, ...]:
        """Return the cells of the result, sorted."""
        root = self.grids["root"]
        return tuple(sorted(root)) if isinstance(root, Mapping) else ()

    def at(self, path: str, key: Key) -> Value:
        """Return the number of a node at a cell; a constant is the same everywhere."""
        grid = self.grids[path]
        return grid if isinstance(grid, Value) else grid.get(key, LACKING)

    def value(self, key: Key) -> Decimal | None:
        """Return the result at a cell in 15 significant digits, or nothing where it is missing."""
        return rounded(self.at("root", key).number)

    def error(self, key: Key, path: str = "root") -> Decimal | None:
        """Return the standard error at a cell; nothing where an input has no known error."""
        value, parts = self.at(path, key), []
        if value.number is None:
            return None
        for leaf, slope in value.slopes.items():
            error = self.steps[leaf] if leaf in self.steps else self.tables[leaf[0]][leaf[1]].error
            if slope and error is None:
                return None
            parts.append((slope, error or Decimal(0)))
        return exact.error(parts)

    def inputs(self, key: Key) -> tuple[Leaf, ...]:
        """Return the input cells that the result at a cell rests on, sorted."""
        leaves = self.at("root", key).slopes
        return tuple(sorted(leaf for leaf in leaves if leaf not in self.steps))


LACKING = Value(None, "lacking")


def run(formula: shape.Formula, tables: Mapping[str, Table]) -> Run:
    """Compute a formula that was checked, from the cells of each series that it reads."""
    grids: dict[str, Grid | Value] = {}
    steps: dict[Leaf, Decimal | None] = {}
    _Evaluator(tables, grids, steps).node(formula.root, "root")
    return Run(formula, grids, tables, steps)


@dataclass(frozen=True)
class _Evaluator:
    tables: Mapping[str, Table]
    grids: dict[str, Grid | Value]
    steps: dict[Leaf, Decimal | None]

    def node(self, node: shape.Node, path: str) -> Grid | Value:
        """Compute a node after those below it, and keep its numbers under its path."""
        below = [self.node(child, f"{path}.{place}") for place, child in node.children()]
        match node:
            case shape.Series():
                found: Grid | Value = self._series(node)
            case shape.Constant():
                found = Value(Fraction(node.value))
            case shape.Sum() if node.over:
                found = _collapsed(below[0], node.over, node.cells, _total)
            case shape.WeightedMean():
                paired = _cellwise(below, _pair)
                found = _collapsed(paired, node.over, node.cells, _mean)
            case shape.IndexLink():
                found = self._linked(node, below, path)
            case _:
                found = _cellwise(below, _CELLWISE[type(node)](node))
        self.grids[path] = found
        return found

    def _series(self, node: shape.Series) -> Grid:
        where, names = dict(node.where), {*node.by, *(name for name, _member in node.where)}
        found: dict[Key, Value] = {}
        for key, cell in self.tables.get(node.id, {}).items():
            held = members(key[2])
            if set(held) != names or any(held[name] != member for name, member in where.items()):
                continue
            if node.level and level(key[0]) != node.level:
                continue
            leaf = (node.id, key)
            left = breakdown({name: held[name] for name in node.by})
            held_exactly = None if cell.value is None else Fraction(cell.value)
            found[key[0], key[1], left] = Value(held_exactly, cell.why, {leaf: Decimal(1)})
        return found

    def _linked(self, node: shape.IndexLink, below: Sequence[Grid | Value], path: str) -> Grid:
        old, new = below
        at = periods.parse(node.at)
        found: dict[Key, Value] = {}
        for key in sorted({*old, *new}):
            if not periods.known(key[1]) or (here := periods.parse(key[1])).kind != at.kind:
                continue
            if here.order >= at.order:
                found[key] = new.get(key, LACKING)
            elif key in old:
                found[key] = self._lifted(node, path, old[key], (old, new), (key[0], node.at, key[2]))
        return found

    def _lifted(
        self, node: shape.IndexLink, path: str, value: Value, pair: Sequence[Grid], overlap: Key
    ) -> Value:
        """Return an old number on the new footing."""
        if node.step:
            leaf = (f"{path}.step", ("", "", ""))
            self.steps[leaf] = Decimal(node.step_error) if node.step_error else None
            bridge = [Value(Fraction(node.step), slopes={leaf: Decimal(1)})]
            return _apply(_GIVEN[node.scale], [value, *bridge], Fraction(node.whole))
        before, after = (grid.get(overlap, NO_OVERLAP) for grid in pair)
        return _apply(_MEASURED[node.scale], [value, before, after], Fraction(node.whole))


NO_OVERLAP = Value(None, "no-overlap")
Made = tuple[Fraction, Sequence[int | Fraction]]


def _apply(rule: Callable[..., Made], values: Sequence[Value], *more: Any) -> Value:
    """Return what a rule makes of numbers: missing where one of them is, or where it has no answer."""
    for value in values:
        if value.number is None:
            return Value(None, value.why)
    try:
        number, partials = rule(*(value.number for value in values), *more)
    except ZeroDivisionError:
        return Value(None, "zero")
    except ValueError:
        return Value(None, "outside")
    if not exact.is_bounded(number):
        return Value(None, "outside")
    slopes: dict[Leaf, Decimal] = {}
    for value, partial in zip(values, map(exact.slope, partials), strict=True):
        for leaf, slope in value.slopes.items():
            slopes[leaf] = exact.along(partial, slope, slopes.get(leaf))
    return Value(number, slopes=slopes)


def _cellwise(grids: Sequence[Grid | Value], rule: Callable[[Sequence[Value]], Value]) -> Grid | Value:
    """Apply a rule cell by cell: what one grid lacks is missing, and a constant lies everywhere."""
    laid_out = [grid for grid in grids if not isinstance(grid, Value)]
    if not laid_out:
        return rule([grid for grid in grids if isinstance(grid, Value)])
    keys = sorted({key for grid in laid_out for key in grid})
    return {
        key: rule([grid if isinstance(grid, Value) else grid.get(key, LACKING) for grid in grids])
        for key in keys
    }


def _sum(_node: shape.Sum) -> Callable[[Sequence[Value]], Value]:
    return lambda values: _apply(lambda *x: (exact.total(x), [1] * len(x)), values)


def _difference(_node: shape.Difference) -> Callable[[Sequence[Value]], Value]:
    return lambda values: _apply(lambda a, b: (a - b, (1, -1)), values)


def _ratio(node: shape.Ratio) -> Callable[[Sequence[Value]], Value]:
    whole = WHOLE.get(node.unit, 1)
    return lambda values: _apply(lambda a, b: (whole * a / b, (whole / b, -whole * a / b**2)), values)


def _standardise(node: shape.Standardise) -> Callable[[Sequence[Value]], Value]:
    low, high, least, most = (Fraction(text) for text in (node.low, node.high, node.least, node.most))
    turn = 1 if node.direction == "higher" else -1

    def rule(x: Fraction) -> Made:
        place = (x - low) / (high - low)
        slope = turn * (most - least) / (high - low) if 0 <= place <= 1 else 0
        place = min(max(place, Fraction(0)), Fraction(1))
        return least + (most - least) * (place if turn > 0 else 1 - place), (slope,)

    return lambda values: _apply(rule, values)


def _linear(node: shape.Linear) -> Callable[[Sequence[Value]], Value]:
    weights, plus = [Fraction(text) for text in node.weights], Fraction(node.plus)

    def rule(*x: Fraction) -> Made:
        return exact.total([w * one for w, one in zip(weights, x, strict=True)]) + plus, weights

    return lambda values: _apply(rule, values)


_CELLWISE: dict[type, Callable[[Any], Callable[[Sequence[Value]], Value]]] = {
    shape.Sum: _sum,
    shape.Difference: _difference,
    shape.Ratio: _ratio,
    shape.Standardise: _standardise,
    shape.Linear: _linear,
}


def _pair(values: Sequence[Value]) -> Any:
    """Keep a number beside its weight until both are added up."""
    return tuple(values)


def _collapsed(grid: Any, over: Sequence[str], need: int, rule: Callable[[list[Any]], Value]) -> Grid:
    """Add the cells of a grid up over dimensions; a total over regions is that of the nation."""
    groups: dict[Key, list[Any]] = defaultdict(list)
    for key in sorted(grid):
        groups[above(key, over)].append(grid[key])
    return {
        key: Value(None, "cells") if need and len(cells) != need else rule(cells)
        for key, cells in groups.items()
    }


def above(key: Key, over: Sequence[str]) -> Key:
    """Return the cell into which a cell is added up."""
    region, period, text = key
    left = {name: member for name, member in members(text).items() if name not in over}
    return NATION if "region" in over else region, period, breakdown(left)


def _total(cells: list[Value]) -> Value:
    return _apply(lambda *x: (exact.total(x), [1] * len(x)), cells)


def _mean(cells: list[tuple[Value, Value]]) -> Value:
    """Return sum (w x) / sum (w); slopes go to the numbers alone, because weights are known.

    A number that weighs nothing is not read: it may be missing, and the result does not rest on it.
    """
    read = [value for value, weight in cells if weight.number != 0]
    weights = [weight for _value, weight in cells]
    for value in (*read, *weights):
        if value.number is None:
            return Value(None, value.why)
    fixed = [weight.number for weight in weights if weight.number]
    if any(weight < 0 for weight in fixed):
        return Value(None, "outside")

    def rule(*x: Fraction) -> Made:
        whole = exact.total(fixed)
        weighted = exact.total([w * v for w, v in zip(fixed, x, strict=True)])
        return weighted / whole, [w / whole for w in fixed]

    found = _apply(rule, read)
    if found.number is None:
        return found
    beside = {leaf: Decimal(0) for weight in weights for leaf in weight.slopes}
    return Value(found.number, found.why, {**beside, **found.slopes})


def level(region: str) -> str:
    """Return the level of government of a region code; a grouping of regions is of none.

    >>> [level(code) for code in ("000000", "330000", "330100", "330106", "EAST")]
    ['nation', 'province', 'prefecture', 'county', '']
    """
    if not region.isdecimal():
        return ""
    if region == NATION:
        return "nation"
    return "province" if region.endswith("0000") else "prefecture" if region.endswith("00") else "county"


def _given_logit(x: Fraction, step: Fraction, whole: Fraction) -> Made:
    """Lift a share by a step of logits: its odds are multiplied by e^step."""
    share = exact.share(x, whole)
    lifted = exact.odds(share) * exact.factor(step)
    found = lifted / (1 + lifted)
    turn = found * (1 - found)
    return found * whole, (turn / (share * (1 - share)), turn * whole)


def _measured_logit(x: Fraction, before: Fraction, after: Fraction, whole: Fraction) -> Made:
    """Lift a share by the step of logits that two measurements of one period show."""
    shares = [exact.share(one, whole) for one in (x, before, after)]
    one, old, new = map(exact.odds, shares)
    lifted = one * new / old
    found = lifted / (1 + lifted)
    slopes = [found * (1 - found) / (share * (1 - share)) for share in shares]
    return found * whole, (slopes[0], -slopes[1], slopes[2])


_GIVEN: dict[str, Callable[..., Made]] = {
    "difference": lambda x, step, _whole: (x + step, (1, 1)),
    "ratio": lambda x, step, _whole: (x * step, (step, x)),
    "logit": _given_logit,
}
_MEASURED: dict[str, Callable[..., Made]] = {
    "difference": lambda x, before, after, _whole: (x + after - before, (1, -1, 1)),
    "ratio": lambda x, before, after, _whole: (
        x * after / before,
        (after / before, -x * after / before**2, x / before),
    ),
    "logit": _measured_logit,
}
