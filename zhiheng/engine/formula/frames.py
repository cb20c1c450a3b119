"""The same trees over big tables, in Polars: Float64 columns instead of fractions, all cells at once.

``evaluating`` is the reference and explains; this one is for a million cells. Numbers agree to 1e-12 and
reasons word for word. A standard error goes up the tree node by node, which is exact where each series
stands once in the formula; where one stands twice the column is null, and the reference knows better.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from zhiheng.engine.formula.evaluating import NATION, WHOLE
from zhiheng.errors import BadInput
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
    series = [node.id for _path, node in shape.walk(formula.root) if isinstance(node, shape.Series)]
    found = _node(formula.root, tables)
    if isinstance(found, float):
        raise BadInput("The formula reads no series.", "Name at least one series.")
    error = pl.col("v").sqrt() if len(series) == len(set(series)) else pl.lit(None, pl.Float64)
    return found.table.sort(KEYS).select(
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
    if whole is None:
        raise BadInput("A node of the formula rests on constants alone.", "Write its result as one constant.")
    return whole, columns


def _cellwise(node: shape.Node, below: Sequence[Node]) -> Node:
    whole, columns = _joined(below)
    x, v = [column[0] for column in columns], [column[1] for column in columns]
    number, slopes, why = _RULES[type(node)](node, x)
    for said in reversed([column[2] for column in columns]):
        why = pl.when(said != "").then(said).otherwise(why)
    return _Grid(_settled(whole, number, _variance(slopes, v), why), _dimensions(below))


def _variance(slopes: Sequence[pl.Expr], variances: Sequence[pl.Expr]) -> pl.Expr:
    """Return sum (slope^2 variance): unknown where one that the number moves with is unknown."""
    parts = zip(slopes, variances, strict=True)
    return sum((pl.when(slope == 0).then(0.0).otherwise(slope**2 * one) for slope, one in parts), pl.lit(0.0))


def _settled(whole: pl.DataFrame, number: pl.Expr, variance: pl.Expr, why: pl.Expr) -> pl.DataFrame:
    """Return keys, number, variance and reason; what has a reason has no number."""
    done = whole.select(*KEYS, number.alias("x"), variance.alias("v"), why.alias("why"))
    is_there = pl.col("why") == ""
    return done.with_columns(pl.when(is_there).then(pl.col(name)).alias(name) for name in ("x", "v"))


def _dimensions(grids: Sequence[Node]) -> tuple[str, ...]:
    return next(grid.by for grid in grids if isinstance(grid, _Grid))


Rule = tuple[pl.Expr, Sequence[pl.Expr], pl.Expr]
NO_FAULT = pl.lit("")


def _sum(_node: shape.Sum, x: Sequence[pl.Expr]) -> Rule:
    return sum(x[1:], x[0]), [pl.lit(1.0)] * len(x), NO_FAULT


def _difference(_node: shape.Difference, x: Sequence[pl.Expr]) -> Rule:
    return x[0] - x[1], [pl.lit(1.0), pl.lit(-1.0)], NO_FAULT


def _ratio(node: shape.Ratio, x: Sequence[pl.Expr]) -> Rule:
    whole = WHOLE.get(node.unit, 1)
    why = pl.when(x[1] == 0).then(pl.lit("zero")).otherwise(NO_FAULT)
    return whole * x[0] / x[1], [whole / x[1], -whole * x[0] / x[1] ** 2], why


def _standardise(node: shape.Standardise, x: Sequence[pl.Expr]) -> Rule:
    low, high, least, most = (float(text) for text in (node.low, node.high, node.least, node.most))
    place = (x[0] - low) / (high - low)
    inside = pl.when(place.is_between(0, 1)).then((most - least) / (high - low)).otherwise(0.0)
    cut = place.clip(0, 1)
    return least + (most - least) * (cut if node.direction == "higher" else 1 - cut), [inside], NO_FAULT


def _linear(node: shape.Linear, x: Sequence[pl.Expr]) -> Rule:
    weights = [float(text) for text in node.weights]
    number = sum((w * one for w, one in zip(weights, x, strict=True)), pl.lit(float(node.plus)))
    return number, [pl.lit(w) for w in weights], NO_FAULT


_RULES = {
    shape.Sum: _sum,
    shape.Difference: _difference,
    shape.Ratio: _ratio,
    shape.Standardise: _standardise,
    shape.Linear: _linear,
}


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
    (x, v, _said), *weights = columns
    w = weights[0][0] if weights else pl.lit(1.0)
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
        values, variances, why = [x, pl.lit(float(node.step))], [v, error], NO_FAULT
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
    number, slopes, fault = _LINKS[node.scale](values, float(node.whole))
    variance = _variance(slopes, variances)
    why = pl.when(said != "").then(said).when(why != "").then(why).otherwise(fault)
    return _Grid(
        _settled(
            rows,
            pl.when(is_new).then(y).otherwise(number),
            pl.when(is_new).then(u).otherwise(variance),
            pl.when(is_new).then(told).otherwise(why),
        ),
        _dimensions([old, new]),
    )


def _by_difference(x: Sequence[pl.Expr], _whole: float) -> Rule:
    one = pl.lit(1.0)
    if len(x) == 2:
        return x[0] + x[1], [one, one], NO_FAULT
    return x[0] + x[2] - x[1], [one, -one, one], NO_FAULT


def _by_ratio(x: Sequence[pl.Expr], _whole: float) -> Rule:
    if len(x) == 2:
        return x[0] * x[1], [x[1], x[0]], NO_FAULT
    why = pl.when(x[1] == 0).then(pl.lit("zero")).otherwise(NO_FAULT)
    return x[0] * x[2] / x[1], [x[2] / x[1], -x[0] * x[2] / x[1] ** 2, x[0] / x[1]], why


def _by_logit(x: Sequence[pl.Expr], whole: float) -> Rule:
    shares = [one / whole for one in (x[:1] if len(x) == 2 else x)]
    places = [(share / (1 - share)).log() for share in shares]
    turns = [1 / (share * (1 - share)) / whole for share in shares]
    outside = pl.any_horizontal(*(~share.is_between(0, 1, closed="none") for share in shares))
    why = pl.when(outside).then(pl.lit("outside")).otherwise(NO_FAULT)
    place = places[0] + (x[1] if len(x) == 2 else places[2] - places[1])
    back = 1 / (1 + (-place).exp())
    turn = back * (1 - back) * whole
    if len(x) == 2:
        return back * whole, [turn * turns[0], turn], why
    return back * whole, [turn * turns[0], -turn * turns[1], turn * turns[2]], why


_LINKS = {"difference": _by_difference, "ratio": _by_ratio, "logit": _by_logit}
