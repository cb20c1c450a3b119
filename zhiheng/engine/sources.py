"""What an engine reads: a table in memory, a plan that reads nothing yet, or Parquet files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
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
    with reading():
        frame = pl.scan_parquet(list(source), glob=False, hive_partitioning=False)
        frame.collect_schema()
    return frame


def schema_of(source: Source) -> pl.Schema:
    """Return the columns of a source, or refuse those that engines would not read alike.

    SQL takes ``Passed`` and ``passed`` for one name, and DuckDB casts the columns of a second file to the
    kinds of the first: a verdict of 0.4 would count as 0.

    >>> schema_of(pl.DataFrame({"division": [13]})).names()
    ['division']
    """
    files = [(path,) for path in source] if isinstance(source, tuple) else []
    found = scan(source).collect_schema()
    tell_apart(found.names())
    for one in files[1:]:
        other = scan(one).collect_schema()
        if dict(other) != dict(found):
            wrong = min(name for name in {**found, **other} if found.get(name) != other.get(name))
            raise BadInput(
                f"The files {files[0][0].name} and {one[0].name} differ in the column {wrong!r}.",
                "Give all files the same columns, of the same kinds.",
            )
    return found


def tell_apart(names: Sequence[str]) -> None:
    """Refuse names of columns that differ in nothing but capitals: engines would not read the same one.

    >>> tell_apart(["a", "b"])
    """
    seen: dict[str, str] = {}
    for name in names:
        if (other := seen.setdefault(name.casefold(), name)) != name:
            raise BadInput(
                f"The columns {other!r} and {name!r} differ in capitals alone.",
                "Rename one of them, or leave it out.",
            )


@contextmanager
def reading() -> Iterator[None]:
    """Refuse files that break while Polars reads them; a damaged page may also make its reader panic."""
    try:
        yield
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise unreadable(error) from None


def unreadable(error: BaseException) -> BadInput:
    """Return the refusal of files that break while they are read."""
    told = str(error).strip().splitlines()
    return BadInput(
        f"The results cannot be read: {told[0][:200] if told else type(error).__name__}",
        "Write the Parquet files again from the results; nothing is given from a part of them.",
    )
