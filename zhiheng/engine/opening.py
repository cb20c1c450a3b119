"""An engine by its name: memory, duckdb or spark; packages that are not here are named with their remedy."""

from __future__ import annotations

import importlib.util
from typing import Literal, get_args

from zhiheng.engine.running import Running
from zhiheng.errors import BadInput, Missing

Name = Literal["memory", "duckdb", "spark"]
NAMES: tuple[str, ...] = get_args(Name)
PACKAGES = {"duckdb": ("engine", ("duckdb", "ibis")), "spark": ("engine,spark", ("pyspark", "ibis"))}


def open_engine(name: str, *, master: str = "local[*]", memory: str = "400MB", threads: int = 0) -> Running:
    """Return an engine, to be used as a context.

    ``memory`` bounds DuckDB and the driver of Spark; ``threads`` of zero is all cores; ``master`` is where
    Spark runs: ``local[*]``, or ``spark://host:port`` for the machines of a cluster.
    """
    if name not in NAMES:
        raise BadInput(f"There is no engine {name!r}.", f"Choose one of: {', '.join(NAMES)}.")
    extra, packages = PACKAGES.get(name, ("", ()))
    if lacking := [package for package in packages if importlib.util.find_spec(package) is None]:
        raise Missing(
            f"The engine {name} needs {' and '.join(lacking)}, not installed here.",
            f"pip install 'zhiheng[{extra}]'",
        )
    if name == "duckdb":
        from zhiheng.engine.duck import Duck

        return Duck(memory=memory, threads=threads)
    if name == "spark":
        from zhiheng.engine.spark import Spark

        return Spark(master=master, memory=memory, threads=threads)
    from zhiheng.engine.memory import Memory

    return Memory()
