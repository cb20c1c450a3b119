"""The plain engine: one scan over a table of results, in memory or on disk, to five mergeable sums a cell.

n, sum w, sum wy, sum w^2 and sum w^2 y are all that a rate and its linearised error need (docs/methods). Sums
of parts add up to the sums of the whole, so files and machines may share the work in any way.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from zhiheng.engine import tally
from zhiheng.engine.formula import frames
from zhiheng.engine.reduction import SUMS, Reduction
from zhiheng.engine.running import Running
from zhiheng.engine.sources import Source, reading, scan
from zhiheng.errors import BadInput
from zhiheng.formats.shapes.formula import Formula
from zhiheng.methods.sample import Sample

NARROW = {
    pl.Boolean: (0, 2),
    **{kind: (-(2 ** (bits - 1)), bits) for kind, bits in ((pl.Int8, 8), (pl.Int16, 16), (pl.Int32, 32))},
    **{kind: (0, bits) for kind, bits in ((pl.UInt8, 8), (pl.UInt16, 16), (pl.UInt32, 32))},
    pl.Float32: (0, 32),  # by its bits, which two equal weights share
}


@dataclass(frozen=True)
class Packed:
    """Narrow columns as one whole number, which is grouped by in half the time; an unknown makes it unknown.

    ``columns`` gives each its lowest value and its bits, a flag two: false, true, unknown.
    """

    columns: Mapping[str, tuple[pl.DataType, int, int]]

    @classmethod
    def of(cls, schema: pl.Schema, names: Sequence[str]) -> Packed:
        """Choose the columns that fit into 62 bits together; a single one stays as it is."""
        chosen: dict[str, tuple[pl.DataType, int, int]] = {}
        left = 62
        for name in names:
            low, bits = NARROW.get(schema[name], (0, 99))
            if bits <= left:
                chosen[name], left = (schema[name], low, bits), left - bits
        return cls(chosen if len(chosen) > 1 else {})

    def together(self) -> pl.Expr:
        """Return the columns as one number; the first stands highest."""
        is_small = sum(bits for _kind, _low, bits in self.columns.values()) < 31
        kind = pl.Int32 if is_small else pl.Int64
        whole = pl.lit(0, kind)
        for name, (own, low, bits) in self.columns.items():
            column = pl.col(name).reinterpret(dtype=pl.UInt32) if own == pl.Float32 else pl.col(name)
            value = column.cast(kind) - pl.lit(low, kind)
            whole = whole * 2**bits + (value.fill_null(2) if own == pl.Boolean else value)
        return whole

    def apart(self, whole: pl.Expr) -> list[pl.Expr]:
        """Return the columns again."""
        found, below = [], 0
        for name, (own, low, bits) in reversed(self.columns.items()):
            value = (whole.cast(pl.Int64) // 2**below) % 2**bits + low
            if own == pl.Boolean:
                value = pl.when(value < 2).then(value)
            is_bits = own == pl.Float32
            value = value.cast(pl.UInt32).reinterpret(dtype=own) if is_bits else value.cast(own)
            found.append(value.alias(name))
            below += bits
        return found


class Memory(Running):
    """The plain reference of all engines: Polars in this process, files scanned piece by piece."""

    name = "memory"

    def counted(self, source: Source, columns: Sequence[str], want: Reduction) -> pl.DataFrame:
        """Return each combination of the columns that occurs, with the number of its rows (Int64)."""
        frame = _kept(source, want)
        packed = Packed.of(frame.collect_schema(), columns)
        others = [name for name in columns if name not in packed.columns]
        keys = [packed.together().alias("_packed")] if packed.columns else []
        found = _collected(frame.group_by(*keys, *others).agg(pl.len().cast(pl.Int64).alias(tally.ROWS)))
        return found.with_columns(packed.apart(pl.col("_packed"))).select(*columns, tally.ROWS)

    def totalled(self, source: Source, by: Sequence[str], want: Reduction) -> pl.DataFrame:
        """Return the five sums a cell, and the number of rows at fault in it (Int64)."""
        verdict, w, wy = pl.col(want.passed).cast(pl.Float64), pl.col("_w"), pl.col("_wy")
        is_fine = (w > 0) & ((verdict == 0) | (verdict == 1))
        five = {"w": w.sum(), "wy": wy.sum(), "w2": (w * w).sum(), "w2y": (w * wy).sum()}
        cells = (
            _kept(source, want)
            .with_columns(pl.col(want.weight).cast(pl.Float64).alias("_w"))
            .with_columns((w * verdict).alias("_wy"), (~is_fine).fill_null(True).alias("_fault"))
            .group_by(list(by))
            .agg(
                pl.len().cast(pl.Int64).alias("n"),
                *(column.alias(name) for name, column in five.items()),
                pl.col("_fault").sum().cast(pl.Int64).alias(tally.FAULTS),
            )
        )
        return _collected(cells)

    def computed(self, formula: Formula, tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
        """Return the result of a formula from tables that were found sound."""
        return frames.evaluate(formula, {name: _collected(table) for name, table in tables.items()})


def sample(
    table: pl.DataFrame,
    axes: Mapping[str, Sequence],
    population: np.ndarray,
    *,
    frame: np.ndarray | None = None,
    classes: Sequence | None = None,
) -> Sample:
    """Lay sums out on a grid: the last of ``axes`` is the domain, the one before it the stratum.

    ``axes`` maps each key column to its values in order; ``population`` has the shape of all axes but the
    last, ``frame`` that of all. A cell outside the axes is refused; one without results holds zeros.
    """
    shape = tuple(len(values) for values in axes.values())
    cell = _cells(table, axes)
    if np.bincount(cell, minlength=1).max() > 1:
        raise BadInput("Some cells stand twice in the table.", "Merge parts; name every key as an axis.")
    grids = {}
    for name in SUMS:
        grid = np.zeros(int(np.prod(shape)))
        grid[cell] = table[name].to_numpy()
        grids[name] = grid.reshape(shape)
    return Sample(population, frame=frame, classes=None if classes is None else np.asarray(classes), **grids)


def represented(table: pl.DataFrame, axes: Mapping[str, Sequence]) -> np.ndarray:
    """Return the units that the weights of each stratum stand for, on a grid of ``axes`` without the domain.

    Where every weight is N_h / r_h these are the N_h; elsewhere give the counts of the frame instead.
    """
    strata = dict(list(axes.items())[:-1])
    shape = [len(values) for values in strata.values()]
    weight = np.bincount(_cells(table, strata), table["w"].to_numpy(), int(np.prod(shape)))
    return weight.reshape(shape)


def _cells(table: pl.DataFrame, axes: Mapping[str, Sequence]) -> np.ndarray:
    """Return the place of each row on a grid of axes, the last of them running fastest."""
    cell = np.zeros(table.height, dtype=np.int64)
    for name, values in axes.items():
        places = _places(table[name], values)
        if (places < 0).any():
            stranger = table[name].to_list()[int(np.argmax(places < 0))]
            raise BadInput(f"{name} holds {stranger!r}, not on its axis.", "Check it against the frame.")
        cell = cell * len(values) + places
    return cell


def _places(column: pl.Series, values: Sequence) -> np.ndarray:
    """Return the place of each value on its axis, -1 for a stranger; whole numbers go the short way."""
    axis = np.asarray(values)
    if not (column.dtype.is_integer() and axis.dtype.kind in "iu" and axis.size and not column.null_count()):
        order = {value: place for place, value in enumerate(values)}
        return column.replace_strict(order, default=-1, return_dtype=pl.Int64).to_numpy()
    order, held = np.argsort(axis), column.to_numpy()
    found = order[np.minimum(np.searchsorted(axis, held, sorter=order), axis.size - 1)]
    return np.where(axis[found] == held, found, -1)


def _kept(source: Source, want: Reduction) -> pl.LazyFrame:
    """Return the rows that are asked for."""
    return scan(source).filter(*(pl.col(name) == value for name, value in want.where))


def _collected(plan: pl.LazyFrame) -> pl.DataFrame:
    with reading():
        return plan.collect(engine="streaming")
