"""What an engine reads: a table in memory, a plan that reads nothing yet, or Parquet files."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from zhiheng.errors import BadInput

Source = pl.DataFrame | pl.LazyFrame | tuple[Path, ...]


def scan(source: Source) -> pl.LazyFrame:
    """Return a source as a plan that reads nothing yet; files that cannot be Parquet are refused."""
    if isinstance(source, pl.DataFrame):
        return source.lazy()
    if isinstance(source, pl.LazyFrame):
        return source
    if not source:
        raise BadInput("There is no file to read results from.", "Name one Parquet file or more.")
    for path in source:
        if not path.is_file():
            raise BadInput(f"There is no file {path.name} to read results from.", "Check the path.")
    try:
        frame = pl.scan_parquet(list(source), glob=False, hive_partitioning=False)
        frame.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise unreadable(error) from None
    return frame


def unreadable(error: Exception) -> BadInput:
    """Return the refusal of files that break while they are read."""
    told = str(error).strip().splitlines()
    return BadInput(
        f"The results cannot be read: {told[0][:200] if told else type(error).__name__}",
        "Write the Parquet files again from the results; nothing is given from a part of them.",
    )
