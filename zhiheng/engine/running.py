"""What engines have in common: how a source is looked at, which way a reduction goes, what is refused."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import polars as pl

from zhiheng.engine import tally
from zhiheng.engine.computing import evaluated
from zhiheng.engine.reduction import Reduction
from zhiheng.engine.resuming import reduced
from zhiheng.engine.snapshot import Snapshot
from zhiheng.engine.sources import Source, reading, scan, schema_of
from zhiheng.errors import CheckFailed

if TYPE_CHECKING:
    from zhiheng.formats.shapes.formula import Formula

# A tally by weight stays small while strata share their weights. Slices from all over the source tell: where
# they hold more different weights than this, each result has about one of its own.
SLICES, SLICE_ROWS, MANY_WEIGHTS = 8, 4096, 1024


class Running(ABC):
    """One way to run reductions; a family member says how equal rows are counted and values added up."""

    name: str
    parts_at_once = 1

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:  # noqa: B027 - the plain one holds nothing
        """Let go of what the engine holds."""

    @abstractmethod
    def counted(self, source: Source, columns: Sequence[str], want: Reduction) -> pl.DataFrame:
        """Return each combination of the columns that occurs, with the number of its rows (Int64)."""

    @abstractmethod
    def totalled(self, source: Source, by: Sequence[str], want: Reduction) -> pl.DataFrame:
        """Return the five sums a cell, and the number of rows at fault in it (Int64)."""

    @abstractmethod
    def computed(self, formula: Formula, tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
        """Return the result of a formula from tables that were found sound (``computing.COLUMNS``)."""

    def evaluate(self, formula: Formula, tables: Mapping[str, Source]) -> pl.DataFrame:
        """Return the result of a checked formula, one row a cell: a value, or why there is none.

        ``tables`` hold the observations of each series, one vintage: region, period, breakdown, value,
        standard_error, and ``missing`` where it is known why a value lacks. Engines agree to 1e-12 of the
        largest number that goes in, and on reasons word for word.
        """
        return evaluated(self, formula, tables)

    def reduce(self, source: Source | Snapshot, want: Reduction) -> pl.DataFrame:
        """Return ``want.columns``, sorted by ``want.by``; faulty rows are refused, never left out."""
        if isinstance(source, Snapshot):
            return reduced(self, source, want)
        return tally.finish(want, [self.partial(source, want)])

    def repeatable(self, source: Source, want: Reduction) -> pl.DataFrame:
        """Return an answer of the same bits in every order of rows and on every engine.

        Equal rows are counted however many weights there are, so that no thread adds anything up: for what
        is published, not for 10^8 results that each have a weight of their own.
        """
        keys = _keys(source, want)
        table = self.counted(source, tally.columns(want), want)
        return tally.finish(want, [self._whole(table, keys, source, want)])

    def partial(self, source: Source, want: Reduction, *, rest: Sequence[str] = ()) -> pl.DataFrame:
        """Return a table that adds up with those of other parts, which columns ``rest`` tell apart."""
        keys = _keys(source, want, rest)
        if want.kind == "sums" and has_many_weights(scan(source), want):
            return self._whole(self.totalled(source, tuple(keys), want), keys, source, want)
        others = tally.columns(want)[len(want.by) :]
        return self._whole(self.counted(source, (*keys, *others), want), keys, source, want)

    def _whole(
        self, table: pl.DataFrame, keys: Mapping[str, pl.DataType], source: Source, want: Reduction
    ) -> pl.DataFrame:
        """Return a table in which every row of the source was counted: no part is passed over."""
        if not want.where:
            with reading():
                height = scan(source).select(pl.len()).collect().item()
            counted = table[tally.ROWS if tally.ROWS in table.columns else "n"].sum()
            if counted != height:
                raise CheckFailed(
                    f"The engine {self.name} counted {counted} of {height} results.",
                    "Nothing is given from a part of them; run it again.",
                )
        texts = {name: pl.String for name, kind in keys.items() if kind in (pl.Categorical, pl.Enum)}
        return table.cast({**keys, **texts})


def _keys(source: Source, want: Reduction, rest: Sequence[str] = ()) -> dict[str, pl.DataType]:
    """Return the columns that tell cells and parts apart, or refuse what the source cannot answer."""
    schema = schema_of(source)
    tally.check(schema, want, rest)
    return {name: schema[name] for name in (*(name for name in rest if name not in want.by), *want.by)}


def has_many_weights(frame: pl.LazyFrame, want: Reduction) -> bool:
    """Tell from slices all over the source whether about each result has a weight of its own."""
    with reading():
        height = frame.select(pl.len()).collect().item()
        step = max(height // SLICES, SLICE_ROWS)
        # One by one: plans collected together share a scan, which then reads the column whole.
        column = frame.select(want.weight)
        slices = [column.slice(at, SLICE_ROWS).collect() for at in range(0, height, step)]
        seen = pl.concat(slices) if slices else pl.DataFrame({want.weight: []})
    return seen.n_unique() > MANY_WEIGHTS
