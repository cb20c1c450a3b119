"""Formulas over whole tables by any engine of SQL: the same tree as one Ibis expression.

Grids are laid side by side by stacking and grouping, so that a node with twelve children is one pass and no
chain of joins. The arithmetic is that of ``frames``; numbers agree with it and with the reference to 1e-12
of the largest number that goes in, and reasons word for word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, Any

from zhiheng.engine.formula import arithmetic
from zhiheng.engine.formula.evaluating import NATION
from zhiheng.formats import periods
from zhiheng.formats.shapes import formula as shape

if TYPE_CHECKING:
    from ibis.expr import types as ibis_types

KEYS = ("region", "period", "breakdown")
_LEVELS = {  # a code of six digits, and what must stand at its end
    "nation": "^000000$",
    "province": "^([1-9][0-9]|0[1-9])0000$",
    "prefecture": "^[0-9]{2}([1-9][0-9]|0[1-9])00$",
    "county": "^[0-9]{4}([1-9][0-9]|0[1-9])$",
}


class _Words:
    """What rules of arithmetic are called in Ibis."""

    def constant(self, value: float | str | None) -> Any:
        """Return a number or a text that stands everywhere."""
        import ibis

        return ibis.null("float64") if value is None else ibis.literal(value)

    def choice(self, condition: Any, then: Any, otherwise: Any) -> Any:
        """Return one column where a condition holds, else another."""
        import ibis

        return ibis.cases((condition, then), else_=otherwise)

    def log(self, column: Any) -> Any:
        """Return the natural logarithm."""
        return column.ln()

    def exp(self, column: Any) -> Any:
        """Return the exponential."""
        return column.exp()

    def is_null(self, column: Any) -> Any:
        """Tell where a column has nothing."""
        return column.isnull()


WORDS = _Words()


@dataclass(frozen=True)
class _Grid:
    """Numbers of a node: keys, ``x``, ``v`` its variance, ``why`` it lacks; laid out ``by`` dimensions."""

    table: ibis_types.Table
    by: tuple[str, ...]


Node = _Grid | float
Column = tuple[Any, Any, Any]


def expression(
    root: shape.Node, tables: Mapping[str, ibis_types.Table], known: Sequence[str]
) -> ibis_types.Table:
    """Return region, period, breakdown, x, v and why of a formula that was checked.

    ``tables`` hold the columns of the same names as for ``frames``, ``missing`` among them; ``known`` are the
    periods that occur in them, because SQL cannot tell which of two is the later.
    """
    found = _Builder(tables, known).node(root)
    assert isinstance(found, _Grid), "a formula that is evaluated reads a series"
    return found.table


@dataclass(frozen=True)
class _Builder:
    tables: Mapping[str, ibis_types.Table]
    known: Sequence[str]

    def node(self, node: shape.Node) -> Node:
        """Return the grid of a node, or the number that a constant is."""
        if isinstance(node, shape.Series):
            return _series(node, self.tables[node.id])
        if isinstance(node, shape.Constant):
            return float(node.value)
        below = [self.node(child) for _place, child in node.children()]
        if isinstance(node, shape.WeightedMean) or (isinstance(node, shape.Sum) and node.over):
            return _collapsed(below, node.over, node.cells)
        if isinstance(node, shape.IndexLink):
            return _linked(node, below, self.known)
        return _cellwise(node, below)


def _series(node: shape.Series, table: ibis_types.Table) -> _Grid:
    import ibis

    fixed = dict(node.where)
    names = sorted({*fixed, *node.by})
    kept = [table.breakdown.re_search(_pattern(names))]
    kept += [_member(table.breakdown, names, name) == member for name, member in fixed.items()]
    if node.level:
        kept.append(table.region.re_search(_LEVELS[node.level]))
    value, error = table.value.cast("float64"), table.standard_error.cast("float64")
    columns = {
        "region": table.region,
        "period": table.period,
        "breakdown": _breakdown(table.breakdown, names, node.by),
        "x": value,
        "v": error * error,
        "why": ibis.cases((value.isnull(), table.missing), else_=""),
    }
    return _Grid(table.filter(reduce(and_, kept)).select(**columns), node.by)


def _pattern(names: Sequence[str]) -> str:
    return "^" + ";".join(f"{name}=([^;]*)" for name in names) + "$"


def _member(text: Any, names: Sequence[str], name: str) -> Any:
    return text.re_extract(_pattern(names), names.index(name) + 1)


def _breakdown(text: Any, names: Sequence[str], left: Sequence[str]) -> Any:
    """Return a breakdown with the dimensions that are left, of those that it has."""
    import ibis

    made = ibis.literal("")
    for place, name in enumerate(left):
        made = made + ibis.literal((";" if place else "") + f"{name}=") + _member(text, names, name)
    return made


def _beside(grids: Sequence[Node]) -> tuple[ibis_types.Table, list[Column]]:
    """Lay grids side by side; what one of them lacks is missing, and a constant lies everywhere."""
    import ibis

    laid_out = [(place, grid) for place, grid in enumerate(grids) if isinstance(grid, _Grid)]
    parts = [grid.table.mutate(place=ibis.literal(place, "int32")) for place, grid in laid_out]
    stack = ibis.union(*parts, distinct=False) if len(parts) > 1 else parts[0]
    values = {
        f"{name}{place}": stack[name].max(where=stack.place == place)
        for place, _grid in laid_out
        for name in ("x", "v", "why")
    }
    whole = stack.group_by(list(KEYS)).agg(**values)
    columns = [
        (whole[f"x{place}"], whole[f"v{place}"], whole[f"why{place}"].fill_null("lacking"))
        if isinstance(grid, _Grid)
        else (ibis.literal(grid), ibis.literal(0.0), ibis.literal(""))
        for place, grid in enumerate(grids)
    ]
    return whole, columns


def _dimensions(grids: Sequence[Node]) -> tuple[str, ...]:
    return next(grid.by for grid in grids if isinstance(grid, _Grid))


def _settled(whole: ibis_types.Table, number: Any, variance: Any, why: Any) -> ibis_types.Table:
    """Return keys, number, variance and reason; what has a reason has no number."""
    import ibis

    done = whole.select(*KEYS, x=number, v=variance, why=why)
    is_there = done.why == ""
    nothing = ibis.null("float64")
    return done.mutate(
        x=ibis.cases((is_there, done.x), else_=nothing), v=ibis.cases((is_there, done.v), else_=nothing)
    )


def _cellwise(node: shape.Node, below: Sequence[Node]) -> _Grid:
    whole, columns = _beside(below)
    x, v, said = ([column[place] for column in columns] for place in range(3))
    number, slopes, fault = arithmetic.cellwise(WORDS, node, x)
    why = arithmetic.first_reason(WORDS, said, fault)
    return _Grid(_settled(whole, number, arithmetic.variance(WORDS, slopes, v), why), _dimensions(below))


def _collapsed(below: Sequence[Node], over: Sequence[str], need: int) -> _Grid:
    """Add up over dimensions: one grid to its total, or a grid with its weights to their mean."""
    import ibis

    whole, ((x, v, said), *weights) = _beside(below)
    by = _dimensions(below)
    left = tuple(name for name in by if name not in over)
    w, told = (weights[0][0], weights[0][2]) if weights else (ibis.literal(1.0), ibis.literal(""))
    is_nothing = w.fill_null(1.0) == 0.0  # what weighs nothing is not read
    rows = whole.select(
        region=ibis.literal(NATION) if "region" in over else whole.region,
        period=whole.period,
        breakdown=_breakdown(whole.breakdown, by, left),
        at=whole.region + " " + whole.period + " " + whole.breakdown,
        w=w,
        wx=w * x,
        v=ibis.cases((is_nothing, 0.0), else_=w * w * v),
        why=ibis.cases((is_nothing, ""), else_=said),
        told=told,
    )
    found = rows.group_by(list(KEYS)).agg(
        cells=rows.count(),
        w=rows.w.sum(),
        wx=rows.wx.sum(),
        v=rows.v.sum(),
        unknown=ibis.cases((rows.v.isnull(), 1), else_=0).sum(),
        negative=ibis.cases((rows.w < 0, 1), else_=0).sum(),
        why=rows.why.argmin(rows["at"], where=rows.why != ""),
        told=rows.told.argmin(rows["at"], where=rows.told != ""),
    )
    total = arithmetic.divisible(WORDS, found.w) if weights else ibis.literal(1.0)
    reasons = [(found.cells != need, ibis.literal("cells"))] if need else []
    reasons += [(found.why.notnull(), found.why), (found.told.notnull(), found.told)]
    if weights:
        reasons += [(found.negative > 0, ibis.literal("outside")), (found.w == 0, ibis.literal("zero"))]
    variance = ibis.cases((found.unknown > 0, ibis.null("float64")), else_=found.v / total / total)
    return _Grid(_settled(found, found.wx / total, variance, ibis.cases(*reasons, else_="")), left)


def _linked(node: shape.IndexLink, below: Sequence[Node], known: Sequence[str]) -> _Grid:
    """Lift the old numbers onto the footing of the new ones before ``at``; other kinds of period are left."""
    import ibis

    whole, ((x, v, said), (y, u, told)) = _beside(below)
    alike, later = periods_from(node.at, known)
    rows = whole.mutate(_x=x, _v=v, _said=said, _y=y, _u=u, _told=told, _is_new=whole.period.isin(later))
    rows = rows.filter(rows.period.isin(alike) & (rows._is_new | rows.why0.notnull()))
    if node.step:
        error = ibis.literal(float(node.step_error) ** 2) if node.step_error else ibis.null("float64")
        values, variances = [rows._x, ibis.literal(float(node.step))], [rows._v, error]
        reasons = [rows._said]
    else:
        here = whole.mutate(_x=x, _v=v, _said=said, _y=y, _u=u, _told=told)
        here = here.filter(here.period == node.at)
        bridge = here.select(
            at_region=here.region,
            at_breakdown=here.breakdown,
            a=here._x,
            va=here._v,
            fault_a=here.why0,
            b=here._y,
            vb=here._u,
            fault_b=here.why1,
        )
        is_same = [rows.region == bridge.at_region, rows.breakdown == bridge.at_breakdown]
        rows = rows.left_join(bridge, is_same)
        values, variances = [rows._x, rows.a, rows.b], [rows._v, rows.va, rows.vb]
        reasons = [rows._said, *(rows[name].fill_null("no-overlap") for name in ("fault_a", "fault_b"))]
    number, slopes, fault = arithmetic.linked(WORDS, node, values)
    found = (number, arithmetic.variance(WORDS, slopes, variances))
    why = arithmetic.first_reason(WORDS, reasons, fault)
    new = (rows._y, rows._u, rows._told)
    both = [ibis.cases((rows._is_new, a), else_=b) for a, b in zip(new, (*found, why), strict=True)]
    return _Grid(_settled(rows, *both), _dimensions(below))


def periods_from(at: str, known: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the periods of the kind of one, and those of them that are not before it.

    >>> periods_from("2024", ["2023", "2024", "2024Q1", "2025", "announced"])
    (['2023', '2024', '2025'], ['2024', '2025'])
    """
    first = periods.parse(at)
    alike = [text for text in known if periods.known(text) and periods.parse(text).kind == first.kind]
    return alike, [text for text in alike if periods.parse(text).order >= first.order]
