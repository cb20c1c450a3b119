"""Big tables to small tables of sufficient statistics, and formulas over tables of observations.

An engine is one way to run both: in memory (the plain reference), by DuckDB, by Spark. All give the same
answer, and the tests of ``tests/engine`` are one specification that every engine meets.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from zhiheng.engine.reduction import Reduction

if TYPE_CHECKING:
    import polars as pl

    from zhiheng.formats.shapes.formula import Formula

    Source = pl.DataFrame | pl.LazyFrame | tuple[Path, ...]
    """A table in memory, one that is scanned when asked, or the Parquet files that hold it."""

__all__ = ["TABLE", "Engine", "Reduction"]

TABLE = ("region", "period", "breakdown", "value", "standard_error")
"""The columns of a table of observations that formulas read: texts, and two Float64 that may be null."""


class Engine(Protocol):
    """One way to run reductions and formulas; used as a context, so that sessions end with it."""

    name: str

    def __enter__(self) -> Engine:
        """Begin."""

    def __exit__(self, *_exception: object) -> None:
        """Let go of what the engine holds."""

    def reduce(self, source: Source, want: Reduction) -> pl.DataFrame:
        """Return ``want.columns``, sorted by ``want.by``: keys as they are, Int64 counts, Float64 sums."""

    def evaluate(self, formula: Formula, tables: Mapping[str, Source]) -> pl.DataFrame:
        """Return region, period, the dimensions, value, standard_error and missing, sorted by the keys.

        ``tables`` holds for each series its current observations in the columns ``TABLE``.
        """
