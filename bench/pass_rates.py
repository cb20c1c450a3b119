"""Times pass rates with intervals of 31 x 29 x 12 cells from 10^7 results, beside DuckDB and pandas.

Run as a script it is one measured process: ``python pass_rates.py ENGINE FILE ROUNDS``.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

NAME = "pass rates: 31 provinces x 29 divisions x 12 quarters from 10^7 results, with intervals"
GOAL = "<= 1.5 s and <= 0.5 GiB in a process of its own"

PROVINCES, QUARTERS, STRATA = 31, 12, 4
DIVISIONS = range(13, 42)
KEYS = ("quarter", "province", "stratum", "division")
ROW_BYTES = 4 * 1 + 4 + 1


def run(quick: bool = False) -> dict:
    """Return seconds and peak memory of each engine, every one in a process of its own on the same file."""
    rows, rounds = (300_000, 2) if quick else (10_000_000, 3)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.parquet"
        _write_results(path, rows)
        size = path.stat().st_size
        result = {"rows": rows, "goal": GOAL} | _measure("zhiheng", path, rounds)
        result["peers"] = {name: _measure(name, path, rounds) for name in ("duckdb", "pandas")}
    bandwidth = _memory_bandwidth()
    result["peers_do"] = "the same five sums a cell; no interval"
    result["physical_limit"] = {
        "bytes_read": rows * ROW_BYTES,
        "file_bytes": size,
        "memory_bytes_per_s": bandwidth,
        "floor_s": rows * ROW_BYTES / bandwidth,
    }
    for peer in result["peers"].values():
        if "seconds" in peer:
            peer["ratio_to_ours"] = peer["seconds"] / result["seconds"]
    return result


def _write_results(path: Path, rows: int) -> None:
    import polars as pl

    random = np.random.Generator(np.random.Philox(20230206))
    stratum = random.integers(0, STRATA, rows, dtype=np.int8)
    columns = {
        "province": random.integers(0, PROVINCES, rows, dtype=np.int8),
        "division": random.integers(DIVISIONS.start, DIVISIONS.stop, rows, dtype=np.int8),
        "quarter": random.integers(0, QUARTERS, rows, dtype=np.int8),
        "stratum": stratum,
        "weight": np.array([25, 12, 6, 3], dtype=np.float32)[stratum],
        "passed": random.random(rows, dtype=np.float32) < 0.94,
    }
    pl.DataFrame(columns).write_parquet(path)


def _measure(engine: str, path: Path, rounds: int) -> dict:
    if engine != "zhiheng" and importlib.util.find_spec(engine) is None:
        return {"absent": f"{engine} is not installed"}
    command = [sys.executable, __file__, engine, str(path), str(rounds)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _memory_bandwidth() -> float:
    block = np.ones(16_000_000)
    times = []
    for _ in range(5):
        began = time.perf_counter()
        block.sum()
        times.append(time.perf_counter() - began)
    return block.nbytes / min(times)


def _zhiheng(path: str) -> int:
    from zhiheng.engine import Reduction, memory
    from zhiheng.methods import survey

    table = memory.Memory().reduce((Path(path),), Reduction(KEYS))
    axes = {
        "quarter": range(QUARTERS),
        "province": range(PROVINCES),
        "stratum": range(STRATA),
        "division": DIVISIONS,
    }
    # Each weight is N_h / r_h, so the weights of a stratum add up to its units.
    sample = memory.sample(table, axes, memory.represented(table, axes), classes=range(STRATA))
    rates = survey.hajek(sample)
    survey.hajek(sample.merge())
    survey.hajek(sample.flatten(1))
    return int(np.isfinite(rates.upper).sum())


def _duckdb(path: str) -> int:
    import duckdb

    keys = ", ".join(KEYS)
    rows = duckdb.sql(
        f"select {keys}, count(*), sum(weight::double), sum(weight::double * passed::int), "
        "sum(weight::double * weight), sum(weight::double * weight * passed::int) "
        f"from '{path}' group by {keys}"
    ).fetchnumpy()
    return len(rows["quarter"])


def _pandas(path: str) -> int:
    import pandas as pd
    import polars as pl

    frame = pl.read_parquet(path)
    data = pd.DataFrame({name: frame[name].to_numpy() for name in frame.columns})
    del frame
    weight = data["weight"].astype("float64")
    passed = data["passed"].astype("float64")
    data = data.assign(w=weight, wy=weight * passed, w2=weight**2, w2y=weight**2 * passed)
    table = data.groupby(list(KEYS)).agg(
        n=("w", "size"), w=("w", "sum"), wy=("wy", "sum"), w2=("w2", "sum"), w2y=("w2y", "sum")
    )
    return len(table)


def _main(engine: str, path: str, rounds: str) -> None:
    work = {"zhiheng": _zhiheng, "duckdb": _duckdb, "pandas": _pandas}[engine]
    times, cells = [], 0
    for _ in range(int(rounds)):
        began = time.perf_counter()
        cells = work(path)
        times.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        json.dumps(
            {
                "first_s": round(times[0], 3),
                "seconds": round(min(times), 3),
                "peak_gib": round(peak, 3),
                "cells": cells,
            }
        )
    )


if __name__ == "__main__":
    _main(*sys.argv[1:])
