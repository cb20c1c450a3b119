"""DuckDB: SQL over Parquet in this process, on all cores; what exceeds its bound on memory spills to disk."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from zhiheng.engine.expressions import SqlEngine
from zhiheng.engine.sources import unreadable
from zhiheng.errors import LimitExceeded


class Duck(SqlEngine):
    """A connection of its own, without extensions: it reads Parquet and nothing from the network."""

    name = "duckdb"
    dialect = "duckdb"

    def __init__(self, *, memory: str, threads: int) -> None:
        self._spill = tempfile.TemporaryDirectory(prefix="zhiheng-duckdb-")
        settings: dict[str, str | int | bool] = {
            "memory_limit": memory,
            "temp_directory": self._spill.name,
            "preserve_insertion_order": False,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
        if threads:
            settings["threads"] = threads
        self._connection = duckdb.connect(":memory:", config=settings)

    def close(self) -> None:
        """End the connection and remove what it spilled."""
        self._connection.close()
        self._spill.cleanup()

    def rows(self, sql: str, tables: Mapping[str, Sequence[Path]]) -> list[tuple]:
        """Run SQL over named tables, each of which is a list of Parquet files."""
        try:
            for name, files in tables.items():
                found = self._connection.read_parquet(list(map(str, files)), hive_partitioning=False)
                found.create_view(name, replace=True)
            return self._connection.execute(sql).fetchall()
        except duckdb.OutOfMemoryException:
            raise LimitExceeded(
                "The engine duckdb has not enough memory for so many cells.",
                "Give it more (--memory 4GB), or cut by fewer columns.",
            ) from None
        except (duckdb.Error, OSError, UnicodeDecodeError) as error:
            raise unreadable(error) from None
