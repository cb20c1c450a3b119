"""Spark: the same SQL on ``local[*]`` or on the machines of a cluster (``spark://host:port``).

Files must stand where the driver and all executors see them under the same path.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from py4j.protocol import Py4JError
from pyspark.errors import AnalysisException, PySparkException
from pyspark.sql import SparkSession

from zhiheng.engine.expressions import SqlEngine
from zhiheng.engine.sources import unreadable
from zhiheng.errors import BadInput, CheckFailed, Missing

LOCAL_ADDRESS = "127.0.0.1"


class Spark(SqlEngine):
    """A session; one that was open before is used as it is and stays open."""

    name = "spark"
    dialect = "databricks"  # how Ibis calls the SQL of Spark where Spark itself is not to be loaded
    parts_at_once = 64

    def __init__(self, *, master: str, memory: str, threads: int) -> None:
        self._is_mine = SparkSession.getActiveSession() is None
        self._scratch = tempfile.TemporaryDirectory(prefix="zhiheng-spark-")
        self._session = _session(master, memory, threads, self._scratch.name)

    def close(self) -> None:
        """End the session and the Java process behind it, and remove what they wrote."""
        if self._is_mine:
            _end(self._session)
        self._scratch.cleanup()

    def rows(self, sql: str, tables: Mapping[str, Sequence[Path]]) -> list[tuple]:
        """Run SQL over named tables, each of which is a list of Parquet files."""
        try:
            for name, files in tables.items():
                paths = [path.resolve().as_uri() for path in files]
                self._session.read.parquet(*paths).createOrReplaceTempView(name)
            return [tuple(row) for row in self._session.sql(sql).collect()]
        except AnalysisException as error:
            raise unreadable(error) from None
        except (Py4JError, PySparkException, OSError) as error:
            raise CheckFailed(
                f"The engine spark was lost before it had counted all results: {_told(error)}",
                "No number is given. Run it again: parts of a snapshot counted before are kept.",
            ) from None


def _session(master: str, memory: str, threads: int, scratch: str) -> SparkSession:
    if threads and master == "local[*]":
        master = f"local[{threads}]"
    builder = SparkSession.builder.master(master).appName("zhiheng")
    settings = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.driver.memory": _java_size(memory),
        "spark.local.dir": scratch,
        "spark.sql.warehouse.dir": str(Path(scratch) / "warehouse"),
        "spark.sql.session.timeZone": "UTC",
        "spark.log.level": "ERROR",
    }
    if master.startswith("local"):
        settings |= {"spark.driver.bindAddress": LOCAL_ADDRESS, "spark.driver.host": LOCAL_ADDRESS}
        settings |= {"spark.sql.shuffle.partitions": "4"}
        os.environ.setdefault("SPARK_LOCAL_IP", LOCAL_ADDRESS)
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        with _standard_output_kept_clean():
            return builder.getOrCreate()
    except FileNotFoundError:
        raise _no_java() from None
    except (Py4JError, PySparkException, OSError) as error:
        if "JAVA" in str(error):
            raise _no_java() from None
        raise BadInput(
            f"Spark cannot be reached at {master}: {_told(error)}", "Check the address of the master."
        ) from None


def _no_java() -> Missing:
    return Missing("The Spark engine needs Java, which is not here.", "apt install default-jre-headless")


def _end(session: SparkSession) -> None:
    """Stop a session; the gateway goes too, or a dead process would be found by the next one."""
    context = session.sparkContext
    gateway = context._gateway
    with suppress(Py4JError, OSError):
        session.stop()
    gateway.shutdown()
    gateway.proc.stdin.close()
    gateway.proc.wait(timeout=30)
    type(context)._gateway = type(context)._jvm = None


@contextmanager
def _standard_output_kept_clean() -> Iterator[None]:
    """Let a process that starts now write to standard error alone: standard output is for one JSON object."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _java_size(memory: str) -> str:
    """Return a size as Java writes it; Spark does not start with less than about half a gigabyte.

    >>> _java_size("4GB"), _java_size("400MB")
    ('4g', '512m')
    """
    number, unit = int("".join(filter(str.isdigit, memory)) or 0), memory.strip().upper()
    if "G" in unit:
        return f"{number}g"
    return f"{max(number, 512)}m"


def _told(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0][:200] if lines else type(error).__name__
