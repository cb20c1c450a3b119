"""Times 899 cells, their margins and the nation with errors from 10^8 results, beside bare group-bys.

Each way is a process of its own on the same ten Parquet files. ``counts`` is for draws whose strata have
known sizes, ``sums`` for results that carry weights. A bare group-by adds up the same statistics and gives no
rate. Ratios are medians over pairs timed one after the other in one process, by the clock and by processor
time: a machine that others use is faster in one second than in the next. Spark runs on a tenth.
"""

from __future__ import annotations

import atexit
import importlib.util
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

NAME = "large cells: 31 x 29 cells, margins and nation with errors from 10^8 results in Parquet"
GOAL = (
    "<= 3 s and <= 0.5 GiB from Parquet; <= 1.5 s in memory; <= 1.1 x the bare group-by of Polars and DuckDB"
)

PROVINCES, DIVISIONS, STRATA = 31, range(13, 42), 4
KEYS = ("province", "stratum", "division")
WEIGHTS = (25, 12, 6, 3)
FILES = 10
PAIRS = (("memory", "polars"), ("memory", "duckdb"), ("duckdb", "duckdb"))


def run(quick: bool = False) -> dict:
    """Return seconds, processor seconds and peak memory of each way, and the ratios of pairs."""
    rows, rounds = (1_000_000, 2) if quick else (100_000_000, 3)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _write(folder, rows)
        result = {"rows": rows, "goal": GOAL, "load": round(os.getloadavg()[0], 1)}
        result["file_bytes"] = sum(path.stat().st_size for path in folder.iterdir())
        for way in ("memory-counts", "memory-sums", "duckdb-counts", "duckdb-sums", "command"):
            result[way] = _measure(way, folder, rounds)
        for kind in ("counts", "sums"):
            result[f"frame-{kind}"] = _measure(f"frame-{kind}", folder, rounds)
            for bare in ("polars", "duckdb"):
                result[f"bare-{bare}-{kind}"] = _measure(f"bare-{bare}-{kind}", folder, rounds)
            for ours, bare in PAIRS:
                way = f"pairs-{ours}-{bare}-{kind}"
                result[way] = _measure(way, folder, rounds)
        result["spark"] = _beside_spark(folder)
        result["load_at_the_end"] = round(os.getloadavg()[0], 1)
    return result


def _write(folder: Path, rows: int) -> None:
    import polars as pl

    random = np.random.Generator(np.random.Philox(20230206))
    size = rows // FILES
    for number in range(FILES):
        stratum = random.integers(0, STRATA, size, dtype=np.int8)
        columns = {
            "province": random.integers(0, PROVINCES, size, dtype=np.int8),
            "stratum": stratum,
            "division": random.integers(DIVISIONS.start, DIVISIONS.stop, size, dtype=np.int8),
            "weight": np.array(WEIGHTS, dtype=np.float32)[stratum],
            "passed": random.random(size, dtype=np.float32) < 0.94,
        }
        pl.DataFrame(columns).write_parquet(folder / f"{number}.parquet")


def _beside_spark(folder: Path) -> dict:
    """Give Spark and memory one of the ten files; the session is started before the clock."""
    if not shutil.which("java") or importlib.util.find_spec("pyspark") is None:
        return {"absent": "pyspark or Java is not installed"}
    found = {way: _measure(way, folder, 3) for way in ("spark-sums", "tenth-sums")}
    ratio = found["spark-sums"]["seconds"] / found["tenth-sums"]["seconds"]
    return {"files": 1, **found, "spark_by_memory": round(ratio, 1)}


def _measure(way: str, folder: Path, rounds: int) -> dict:
    command = [sys.executable, __file__, way, str(folder), str(rounds)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout)


def _finished(table, kind: str) -> int:
    """Return how many rates have an error: cells, provinces, divisions and the nation."""
    from zhiheng.methods import cells

    province, stratum, division = (table[name].to_numpy().astype(np.int64) for name in KEYS)
    layer, cell = province * STRATA + stratum, province * len(DIVISIONS) + division - DIVISIONS.start
    answered = np.bincount(layer, table["n"].to_numpy(), PROVINCES * STRATA)
    population = np.round(answered * np.tile(WEIGHTS, PROVINCES))
    if kind == "counts":
        sums = cells.Sums.from_counts(population, layer, cell, table["n"].to_numpy(), table["k"].to_numpy())
    else:
        five = (table[name].to_numpy() for name in cells.SUMS)
        sums = cells.Sums(population, layer, cell, *five)
    number = np.arange(PROVINCES * len(DIVISIONS))
    groups = (number, number // len(DIVISIONS), number % len(DIVISIONS), number * 0)
    return sum(int(np.isfinite(cells.rates(sums, one).standard_error).sum()) for one in groups)


def _engine(name: str, kind: str, folder: Path) -> Callable[[], int]:
    from zhiheng.engine.opening import open_engine
    from zhiheng.engine.reduction import Reduction

    files = tuple(sorted(folder.glob("*.parquet")))
    source: object = files[:1] if name in ("spark", "tenth") else files
    if name == "frame":
        import polars as pl

        source = pl.read_parquet(files)
    engine = open_engine({"frame": "memory", "tenth": "memory"}.get(name, name))
    atexit.register(engine.close)
    return lambda: _finished(engine.reduce(source, Reduction(KEYS, kind)), kind)


def _bare_polars(kind: str, folder: Path) -> Callable[[], int]:
    import polars as pl

    w, y = pl.col("weight").cast(pl.Float64), pl.col("passed").cast(pl.Float64)
    five = {"n": pl.len(), "w": w.sum(), "wy": (w * y).sum(), "w2": (w * w).sum(), "w2y": (w * w * y).sum()}
    two = {"n": pl.len(), "k": pl.col("passed").sum()}
    results = pl.scan_parquet(folder / "*.parquet")
    plan = results.group_by(KEYS).agg(**(two if kind == "counts" else five))
    return lambda: plan.collect(engine="streaming").height


def _bare_duckdb(kind: str, folder: Path) -> Callable[[], int]:
    import duckdb

    keys = ", ".join(KEYS)
    two = "count(*), count_if(passed)"
    five = (
        "count(*), sum(weight::double), sum(weight::double * passed::int), sum(weight::double * weight), "
        "sum(weight::double * weight * passed::int)"
    )
    sql = f"select {keys}, {two if kind == 'counts' else five} from '{folder}/*.parquet' group by {keys}"
    return lambda: len(duckdb.sql(sql).fetchnumpy()["province"])


def _command(folder: Path) -> Callable[[], int]:
    """The whole command from the shell, the start of Python and the hashes of the files among it."""
    command = [sys.executable, "-m", "zhiheng.site.cli", "estimate", "--engine", "memory", str(folder)]
    command += ["--design", "outcome=passed,stratum=province+stratum,weight=weight", "--json"]

    def work() -> int:
        found = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
        return len(found["cells"]) + sum(map(len, found["margins"].values())) + 1

    return work


def _work(way: str, folder: Path) -> Callable[[], int]:
    if way == "command":
        return _command(folder)
    *first, kind = way.split("-")
    if first[0] == "bare":
        return {"polars": _bare_polars, "duckdb": _bare_duckdb}[first[1]](kind, folder)
    return _engine(first[0], kind, folder)


def _clocks() -> np.ndarray:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return np.array([time.perf_counter(), sum(one.ru_utime + one.ru_stime for one in used)])


def _pairs(ours: str, bare: str, kind: str, folder: Path, rounds: int) -> dict:
    """Return ours by theirs, the median over pairs; the first pair warms what both need."""
    work, theirs, ratios = _work(f"{ours}-{kind}", folder), _work(f"bare-{bare}-{kind}", folder), []
    for _round in range(rounds + 1):
        began = _clocks()
        work()
        between = _clocks()
        theirs()
        ratios.append((between - began) / (_clocks() - between))
    seconds, processor = (round(statistics.median(ratio[at] for ratio in ratios[1:]), 3) for at in (0, 1))
    return {"ours_by_the_bare_group_by": seconds, "by_processor_time": processor}


def _main(way: str, folder: str, rounds: str) -> None:
    if way.startswith("pairs-"):
        _name, ours, bare, kind = way.split("-")
        print(json.dumps(_pairs(ours, bare, kind, Path(folder), int(rounds))))
        return
    work, times, figures = _work(way, Path(folder)), [], 0
    for _round in range(int(rounds)):
        began = _clocks()
        figures = work()
        times.append(_clocks() - began)
    who = resource.RUSAGE_CHILDREN if way == "command" else resource.RUSAGE_SELF
    first, best = times[0][0], np.min(times, axis=0)
    measured = {"first_s": first, "seconds": best[0], "processor_s": best[1]}
    measured["peak_gib"] = resource.getrusage(who).ru_maxrss / 2**20
    print(
        json.dumps({name: round(float(value), 3) for name, value in measured.items()} | {"figures": figures})
    )


if __name__ == "__main__":
    _main(*sys.argv[1:])
