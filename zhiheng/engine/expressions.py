"""Reductions as Ibis expressions, written as SQL once for each dialect and run by the engine's own client.

Ibis is used to write SQL alone: its backends would bring pandas and pyarrow along, and a small table of sums
needs neither.
"""

from __future__ import annotations

import tempfile
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from zhiheng.engine import tally
from zhiheng.engine.formula import frames, relations
from zhiheng.engine.reduction import Reduction
from zhiheng.engine.running import Running
from zhiheng.engine.sources import Source, reading, scan
from zhiheng.errors import BadInput
from zhiheng.formats.shapes.formula import Formula

if TYPE_CHECKING:
    from ibis.expr import types as ibis_types

PATTERNS = frozenset("*?[]{}\\")


class SqlEngine(Running):
    """An engine that takes SQL over Parquet files; what stands in memory is written to one for it."""

    dialect: str

    @abstractmethod
    def rows(self, sql: str, tables: Mapping[str, Sequence[Path]]) -> list[tuple]:
        """Run SQL over named tables, each of which is a list of Parquet files."""

    def run(self, expression: ibis_types.Table, tables: Mapping[str, Source]) -> pl.DataFrame:
        """Return what an Ibis expression over tables of these names gives."""
        import ibis

        sql = str(ibis.to_sql(expression, dialect=self.dialect))
        schema = expression.schema().to_polars()
        with ExitStack() as stack:
            files = {name: stack.enter_context(as_files(source)) for name, source in tables.items()}
            found = self.rows(sql, files)
        return pl.DataFrame(found, schema=schema, orient="row")

    def counted(self, source: Source, columns: Sequence[str], want: Reduction) -> pl.DataFrame:
        """Return each combination of the columns that occurs, with the number of its rows (Int64)."""
        from ibis import _

        kept = _kept(table("results", source), want)
        expression = kept.group_by(list(columns)).agg(**{tally.ROWS: _.count()})
        return self.run(expression, {"results": source})

    def totalled(self, source: Source, by: Sequence[str], want: Reduction) -> pl.DataFrame:
        """Return the five sums a cell, and the number of rows at fault in it (Int64)."""
        import ibis

        kept = _kept(table("results", source), want)
        w, verdict = kept[want.weight].cast("float64"), kept[want.passed]
        y = (verdict.cast("int32") if verdict.type().is_boolean() else verdict).cast("float64")
        is_fine = w.notnull() & verdict.notnull() & (w > 0) & ((y == 0) | (y == 1))
        faults = ibis.cases((is_fine, 0), else_=1).sum()
        five = {"n": kept.count(), "w": w.sum(), "wy": (w * y).sum(), "w2": (w * w).sum()}
        five |= {"w2y": (w * w * y).sum(), tally.FAULTS: faults}
        return self.run(kept.group_by(list(by)).agg(**five), {"results": source})

    def computed(self, formula: Formula, tables: Mapping[str, pl.LazyFrame]) -> pl.DataFrame:
        """Return the result of a formula from tables that were found sound."""
        names = {id: f"series_{place}" for place, id in enumerate(tables)}
        shown = {id: table(names[id], source) for id, source in tables.items()}
        periods = {text for source in tables.values() for text in periods_of(source)}
        found = relations.expression(formula.root, shown, sorted(periods))
        rows = self.run(found, {names[id]: source for id, source in tables.items()})
        return frames.said(formula, rows)


def periods_of(source: pl.LazyFrame) -> list[str]:
    """Return the periods that a table of observations holds."""
    with reading():
        return source.select(pl.col("period").unique()).collect(engine="streaming")["period"].to_list()


def table(name: str, source: Source) -> ibis_types.Table:
    """Return the table of this name as an expression knows it, with the columns of the source."""
    import ibis

    return ibis.table(ibis.Schema.from_polars(scan(source).collect_schema()), name=name)


@contextmanager
def as_files(source: Source) -> Iterator[tuple[Path, ...]]:
    """Give the Parquet files of a source; a table in memory is written to one that goes afterwards."""
    if isinstance(source, tuple):
        for path in source:
            if PATTERNS & set(str(path)):
                raise BadInput(
                    f"The path {path} holds a sign that stands for other signs.",
                    "Name folders and files with letters, digits, points and dashes.",
                )
        yield source
        return
    with tempfile.TemporaryDirectory(prefix="zhiheng-engine-") as folder:
        path = Path(folder) / "table.parquet"
        with reading():
            source.lazy().sink_parquet(path)
        yield (path,)


def _kept(results: ibis_types.Table, want: Reduction) -> ibis_types.Table:
    """Return the rows that are asked for."""
    return results.filter([results[name] == value for name, value in want.where]) if want.where else results
