"""Formulas over whole tables by Polars: columns instead of fractions, all cells at once.

``evaluating`` is the reference and explains; this one is for a million cells. Numbers agree to 1e-12 of the
largest number that goes in, and reasons word for word. A standard error goes up the tree node by node, which
is exact where each series stands once in the formula; where one stands twice the column is null, and the
reference knows better.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from zhiheng.engine.formula import arithmetic
from zhiheng.engine.formula.evaluating import NATION
from zhiheng.formats import periods
from zhiheng.formats.shapes import formula as shape

KEYS = ("region", "period", "breakdown")
COLUMNS = (*KEYS, "value", "standard_error", "missing")
_LEVELS = {
    "nation": r"^000000$",
    "province": r"^(?:[1-9]\d|0[1-9])0000$",
    "prefecture": r"^\d{2}(?:[1-9]\d|0[1-9])00$",
    "county": r"^\d{4}(?:[1-9]\d|0[1-9])$",
}


class _Words:
    """What rules of arithmetic are called in Polars."""

    constant = staticmethod(pl.lit)
    log = staticmethod(pl.Expr.log)
    exp = staticmethod(pl.Expr.exp)
    is_null = staticmethod(pl.Expr.is_null)

    def choice(self, condition: pl.Expr, then: pl.Expr, otherwise: pl.Expr) -> pl.Expr:
        """Return one column where a condition holds, else another."""
        return pl.when(condition).then(then).otherwise(otherwise)


WORDS = _Words()


@dataclass(frozen=True)
class _Grid:
    """Numbers of a node: keys, ``x``, ``v`` its variance, ``why`` it lacks; laid out ``by`` dimensions."""

    table: pl.DataFrame
    by: tuple[str, ...]


Node = _Grid | float


def evaluate(formula: shape.Formula, tables: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Return the result of a checked formula, one row a cell, sorted by its key.

    Each table holds region, period, breakdown, value and standard_error (null where unknown), and may hold
    ``missing``: why there is no value.
    """
    found = _node(formula.root, tables)
    assert isinstance(found, _Grid), "a formula that is evaluated reads a series"
    return said(formula, found.table)


def said(formula: shape.Formula, cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells of the root as a result, sorted; errors where no series stands twice."""
    series = [node.id for _path, node in shape.walk(formula.root) if isinstance(node, shape.Series)]
    error = pl.col("v").sqrt() if len(series) == len(set(series)) else pl.lit(None, pl.Float64)
    return cells.sort(KEYS).select(
        *KEYS,
        pl.col("x").alias("value"),
        pl.when(pl.col("x").is_not_null()).then(error).alias("standard_error"),
        pl.col("why").alias("missing"),
    )


def _node(node: shape.Node, tables: Mapping[str, pl.DataFrame]) -> Node:
    below = [_node(child, tables) for _place, child in node.children()]
    match node:
        case shape.Series():
            return _series(node, tables)
        case shape.Constant():
            return float(node.value)
        case shape.Sum() if node.over:
            return _collapsed(below, node.over, node.cells)
        case shape.WeightedMean():
            return _collapsed(below, node.over, node.cells)
        case shape.IndexLink():
            return _linked(node, *below)
    return _cellwise(node, below)


def _series(node: shape.Series, tables: Mapping[str, pl.DataFrame]) -> _Grid:
    table, fixed = tables[node.id], dict(node.where)
    names = sorted({*fixed, *node.by})
    pattern = ";".join(
        f"{name}=" + (re.escape(fixed[name]) if name in fixed else "([^;]*)") for name in names
    )
    rows = table.filter(pl.col("breakdown").str.contains(f"^{pattern}$"))
    if node.level:
        rows = rows.filter(pl.col("region").str.contains(_LEVELS[node.level]))
    left = ";".join(f"{name}=${{{place}}}" for place, name in enumerate(node.by, 1))
    said = pl.col("missing") if "missing" in table.columns else pl.lit("missing")
    return _Grid(
        rows.select(
            "region",
            "period",
            pl.col("breakdown").str.replace(f"^{pattern}$", left),
            pl.col("value").cast(pl.Float64).alias("x"),
            pl.col("standard_error").cast(pl.Float64).pow(2).alias("v"),
            pl.when(pl.col("value").is_null()).then(said).otherwise(pl.lit("")).alias("why"),
        ),
        node.by,
    )


def _joined(grids: Sequence[Node]) -> tuple[pl.DataFrame, list[tuple[pl.Expr, pl.Expr, pl.Expr]]]:
    """Lay grids side by side; what one of them lacks is missing, and a constant lies everywhere."""
    whole: pl.DataFrame | None = None
    columns = []
    for place, grid in enumerate(grids):
        if isinstance(grid, float):
            columns.append((pl.lit(grid), pl.lit(0.0), pl.lit("")))
            continue
        part = grid.table.rename({name: f"{name}{place}" for name in ("x", "v", "why")})
        whole = part if whole is None else whole.join(part, on=KEYS, how="full", coalesce=True)
        said = pl.col(f"why{place}").fill_null("lacking")
        columns.append((pl.col(f"x{place}"), pl.col(f"v{place}"), said))
    assert whole is not None, "a node that is evaluated reads a series"
    return whole, columns


def _cellwise(node: shape.Node, below: Sequence[Node]) -> Node:
    whole, columns = _joined(below)
    x, v, said = ([column[place] for column in columns] for place in range(3))
    number, slopes, fault = arithmetic.cellwise(WORDS, node, x)
    why = arithmetic.first_reason(WORDS, said, fault)
    return _Grid(_settled(whole, number, arithmetic.variance(WORDS, slopes, v), why), _dimensions(below))


def _settled(whole: pl.DataFrame, number: pl.Expr, variance: pl.Expr, why: pl.Expr) -> pl.DataFrame:
    """Return keys, number, variance and reason; what has a reason has no number."""
    done = whole.select(*KEYS, number.alias("x"), variance.alias("v"), why.alias("why"))
    is_there = pl.col("why") == ""
    return done.with_columns(pl.when(is_there).then(pl.col(name)).alias(name) for name in ("x", "v"))


def _dimensions(grids: Sequence[Node]) -> tuple[str, ...]:
    return next(grid.by for grid in grids if isinstance(grid, _Grid))


def _collapsed(below: Sequence[Node], over: Sequence[str], need: int) -> _Grid:
    """Add up over dimensions: one grid to its total, or a grid with its weights to their mean."""
    whole, columns = _joined(below)
    by = _dimensions(below)
    left = tuple(name for name in by if name not in over)
    key = ";".join(f"{name}=([^;]*)" for name in by)
    kept = ";".join(f"{name}=${{{by.index(name) + 1}}}" for name in left)
    rows = whole.sort(KEYS).with_columns(
        pl.lit(NATION).alias("region") if "region" in over else pl.col("region"),
        pl.col("breakdown").str.replace(f"^{key}$", kept) if by else pl.col("breakdown"),
        *(said.alias(f"why{place}") for place, (_x, _v, said) in enumerate(columns)),
    )
    (x, v, said), *weights = columns
    w = weights[0][0] if weights else pl.lit(1.0)
    # What weighs nothing is not read: neither its number nor its error need be known.
    rows = rows.with_columns(pl.when(w == 0).then(pl.lit("")).otherwise(said).alias("why0"))
    v = pl.when(w == 0).then(0.0).otherwise(v)
    faults = [
        pl.col(f"why{place}").filter(pl.col(f"why{place}") != "").first() for place in range(len(columns))
    ]
    total = w.sum() if weights else pl.lit(1.0)
    number, variance = (w * x).sum() / total, (w**2 * v).sum() / total**2
    negative = pl.when((w < 0).any()).then(pl.lit("outside")) if weights else pl.lit(None, pl.String)
    zero = pl.when(total == 0).then(pl.lit("zero")) if weights else pl.lit(None, pl.String)
    count = pl.when(pl.len() != need).then(pl.lit("cells")) if need else pl.lit(None, pl.String)
    table = rows.group_by(KEYS).agg(
        number.alias("x"),
        pl.when(v.is_null().any()).then(None).otherwise(variance).alias("v"),
        pl.coalesce(count, *faults, negative, zero, pl.lit("")).alias("why"),
    )
    return _Grid(_settled(table, pl.col("x"), pl.col("v"), pl.col("why")), left)


def _linked(node: shape.IndexLink, old: Node, new: Node) -> _Grid:
    """Lift the old numbers onto the footing of the new ones before ``at``; other kinds of period are left."""
    whole, ((x, v, said), (y, u, told)) = _joined([old, new])
    at = periods.parse(node.at)
    known = whole["period"].unique().to_list()
    alike = [text for text in known if periods.known(text) and periods.parse(text).kind == at.kind]
    later = [text for text in alike if periods.parse(text).order >= at.order]
    rows = whole.filter(pl.col("period").is_in(alike))
    is_new = pl.col("period").is_in(later)
    rows = rows.filter(is_new | pl.col("why0").is_not_null())
    if node.step:
        error = pl.lit(float(node.step_error) ** 2) if node.step_error else pl.lit(None, pl.Float64)
        values, variances, why = [x, pl.lit(float(node.step))], [v, error], pl.lit("")
    else:
        bridge = whole.filter(pl.col("period") == node.at).select(
            "region",
            "breakdown",
            x.alias("a"),
            v.alias("va"),
            pl.col("why0").alias("fault_a"),
            y.alias("b"),
            u.alias("vb"),
            pl.col("why1").alias("fault_b"),
        )
        rows = rows.join(bridge, on=("region", "breakdown"), how="left")
        a, b = pl.col("a"), pl.col("b")
        faults = [pl.col(name).fill_null("no-overlap") for name in ("fault_a", "fault_b")]
        values, variances = [x, a, b], [v, pl.col("va"), pl.col("vb")]
        why = pl.when(faults[0] != "").then(faults[0]).otherwise(faults[1])
    number, slopes, fault = arithmetic.linked(WORDS, node, values)
    variance = arithmetic.variance(WORDS, slopes, variances)
    why = arithmetic.first_reason(WORDS, [said, why], fault)
    return _Grid(
        _settled(
            rows,
            pl.when(is_new).then(y).otherwise(number),
            pl.when(is_new).then(u).otherwise(variance),
            pl.when(is_new).then(told).otherwise(why),
        ),
        _dimensions([old, new]),
    )
