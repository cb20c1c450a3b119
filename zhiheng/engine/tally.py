"""Equal rows are counted, nothing else: the tally from which every engine's counts and sums are made alike.

A tally holds each combination of cell, weight and verdict that occurs, with the number of its rows. Those are
whole numbers, so engines agree on them to the last bit, parts add up in any order, and each fault (no cell,
no verdict, a weight that is not above zero) stands in the small table for all to see. Sums are then added up
from the tally in one fixed order. Only where nearly each result has a weight of its own does a tally not get
small: there the engine adds up itself (``totals``), and engines agree to 1e-12.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl

from zhiheng.engine.reduction import SUMS, Fixed, Reduction
from zhiheng.errors import BadInput

ROWS = "rows_alike"
FAULTS = "rows_at_fault"
KEYS = (pl.String, pl.Boolean, pl.Date, pl.Categorical, pl.Enum)


def columns(want: Reduction) -> tuple[str, ...]:
    """Return the columns of a tally before the number of rows."""
    return (*want.by, *([want.weight] if want.kind == "sums" else []), want.passed)


def check(schema: pl.Schema, want: Reduction, rest: Sequence[str] = ()) -> None:
    """Refuse a question that this table cannot answer, before any row is read.

    >>> check(pl.Schema({"d": pl.Int8, "passed": pl.Boolean}), Reduction(("d",), "counts"))
    """
    for name in (*columns(want), *(name for name, _value in want.where), *rest):
        if name not in schema:
            raise BadInput(
                f"The results have no column {name!r}.", f"Their columns are: {', '.join(schema.names())}."
            )
    for name in (*want.by, *rest):
        if not (schema[name].is_integer() or isinstance(schema[name], KEYS) or schema[name] in KEYS):
            raise BadInput(
                f"The column {name!r} holds {schema[name]}, which makes no cells.",
                "Cut by whole numbers, texts or dates.",
            )
    for name, value in want.where:
        if not is_of(schema[name], value):
            raise BadInput(
                f"The column {name!r} holds {schema[name]}, not {value!r}.",
                "Keep rows by whole numbers, texts, days, or true and false.",
            )
    is_number = schema[want.passed].is_numeric() or schema[want.passed] == pl.Boolean
    if not is_number or (want.kind == "sums" and not schema[want.weight].is_numeric()):
        raise BadInput(
            "The verdict or the weight is no number.",
            "Write 1 or 0 (true or false) for the verdict, plain numbers for the weight.",
        )


def is_of(kind: pl.DataType, value: Fixed) -> bool:
    """Tell whether rows may be kept by this value of a column: not by measured ones, which engines round.

    >>> is_of(pl.Date(), date(2024, 2, 29)), is_of(pl.Date(), "2024-02-29"), is_of(pl.Int8(), 300)
    (True, False, False)
    """
    if kind.is_integer():
        least, most = (pl.select(bound).item() for bound in (kind.min(), kind.max()))
        return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
    if kind == pl.Boolean:
        return isinstance(value, bool)
    if kind == pl.Date:
        return type(value) is date
    return isinstance(value, str) and (kind in KEYS or isinstance(kind, KEYS))


def finish(want: Reduction, tables: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Return the answer from tallies and totals of parts; any fault in one of them is refused."""
    tallies = [table for table in tables if ROWS in table.columns]
    totals = [table for table in tables if ROWS not in table.columns]
    found = [_counted(want, pl.concat(tallies))] if tallies else []
    found += [_totalled(table) for table in totals]
    if len(found) == 1:
        return found[0].select(want.columns)
    whole = pl.concat([table.select(want.columns) for table in found])
    return _in_order(whole, want.by, [pl.col(name) for name in want.statistics]).select(want.columns)


def refused() -> BadInput:
    """Return the refusal of results that are at fault, the same on every engine."""
    return BadInput(
        "Some results have no cell, no verdict, or a weight that is not above zero.",
        "Leave out visits without an answer; give every result its stratum, domain and weight.",
    )


def _counted(want: Reduction, tally: pl.DataFrame) -> pl.DataFrame:
    """Return counts or sums a cell from a tally, added up in the order of cell, weight and verdict."""
    names = list(columns(want))
    tally = tally.group_by(names).agg(pl.col(ROWS).sum()).sort(names)
    verdict = tally[want.passed].cast(pl.Float64)
    is_fault = sum(tally[name].null_count() for name in names) or not verdict.is_in([0.0, 1.0]).all()
    if want.kind == "sums" and not is_fault:
        weight = tally[want.weight].cast(pl.Float64)
        is_fault = not (weight.is_finite() & (weight > 0)).all()
    if is_fault:
        raise refused()
    rows, passes = pl.col(ROWS), pl.col(ROWS) * verdict.cast(pl.Int64)
    if want.kind == "counts":
        return _in_order(tally, want.by, [rows.alias("n"), passes.alias("k")])
    w = pl.col(want.weight).cast(pl.Float64)
    five = [rows.alias("n"), (rows * w).alias("w"), (passes * w).alias("wy")]
    five += [(rows * (w * w)).alias("w2"), (passes * (w * w)).alias("w2y")]
    return _in_order(tally, want.by, five)


def _totalled(table: pl.DataFrame) -> pl.DataFrame:
    """Return totals of a part that an engine added up, or refuse what it found at fault on the way."""
    if table[FAULTS].sum() or not np.isfinite(table.select(SUMS[1:]).to_numpy()).all():
        raise refused()
    keys = [name for name in table.columns if name not in (*SUMS, FAULTS)]
    if sum(table[name].null_count() for name in keys):
        raise refused()
    return table.drop(FAULTS).sort(keys)


def _in_order(table: pl.DataFrame, by: Sequence[str], values: Sequence[pl.Expr]) -> pl.DataFrame:
    """Return sums of values a cell, added from the first row to the last: the same bits each time."""
    table = table.select(*by, *values).sort(by, maintain_order=True)
    if not table.height:
        return table
    is_first = table.select(pl.struct(by).rle_id().diff().fill_null(1) > 0).to_series().to_numpy()
    starts, place = np.flatnonzero(is_first), np.cumsum(is_first) - 1
    sums = {}
    for name in (name for name in table.columns if name not in by):
        column = table[name].to_numpy()
        # Whole numbers stay whole; NumPy adds floats up in pairs there, and one after the other here.
        is_whole = table[name].dtype.is_integer()
        sums[name] = np.add.reduceat(column, starts) if is_whole else np.bincount(place, column)
    return table[starts].select(by).with_columns(pl.Series(name, value) for name, value in sums.items())
