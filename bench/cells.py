"""Times the Hajek rate and its error of 899 cells, their margins and the nation, beside a bare group-by.

Ten million rows stand in memory; all read the same. The bare group-by adds up the same five sums and gives
no rate and no error. Survey programs give both and run on a tenth, cell by cell. Run as a script it is one
measured process. The ratio to the bare group-by is the median over pairs, each timed one after the other by
the same process: a machine that others use is faster in one second than in the next.
"""

from __future__ import annotations

import importlib.util
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

NAME = "cells: Hajek rate and error of 31 x 29 cells, margins and nation from one scan of 10^7 rows"
GOAL = "<= 1.1 x a bare group-by at 10^7 rows; >= 150 x svy, cell by cell, at 10^6"

PROVINCES, DIVISIONS, STRATA = 31, range(13, 42), 4
KEYS = ("province", "stratum", "division")
R_SCRIPT = """
suppressMessages(library(survey)); options(survey.lonely.psu = "adjust")
d <- read.csv("{path}"); d$cell <- d$province * 100 + d$division; began <- proc.time()[[3]]
s <- svydesign(id = ~1, strata = ~province + stratum, weights = ~weight, data = d)
got <- svyby(~passed, ~cell, s, svymean); cat(proc.time()[[3]] - began)
"""


def run(quick: bool = False) -> dict:
    """Return seconds of the whole from rows to rates, and of the peers, in processes of their own."""
    rows, rounds = (300_000, 2) if quick else (10_000_000, 5)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "results.parquet"
        _write(path, rows)
        result = {"rows": rows, "goal": GOAL} | _measure("zhiheng", path, rounds)
        for peer in ("polars", "duckdb"):
            result[peer] = _measure(peer, path, rounds)
            if "seconds" in result[peer]:
                result[peer] |= _measure(f"pairs-{peer}", path, 3 * rounds)
        tenth = Path(folder) / "tenth.parquet"
        _write(tenth, rows // 10)
        result["tenth"] = {"rows": rows // 10, "zhiheng": _measure("zhiheng", tenth, rounds)}
        result["tenth"] |= {"svy": _measure("svy", tenth, 1), "R survey": _in_r(tenth, 1_000_000 // 50)}
    return result


def _write(path: Path, rows: int) -> None:
    import polars as pl

    random = np.random.Generator(np.random.Philox(20230206))
    stratum = random.integers(0, STRATA, rows, dtype=np.int8)
    columns = {
        "province": random.integers(0, PROVINCES, rows, dtype=np.int8),
        "stratum": stratum,
        "division": random.integers(DIVISIONS.start, DIVISIONS.stop, rows, dtype=np.int8),
        "weight": np.array([25, 12, 6, 3], dtype=np.float32)[stratum],
        "passed": random.random(rows, dtype=np.float32) < 0.94,
    }
    pl.DataFrame(columns).write_parquet(path)


def _measure(who: str, path: Path, rounds: int) -> dict:
    package = {"zhiheng": "polars"}.get(who, who.removeprefix("pairs-"))
    if importlib.util.find_spec(package) is None:
        return {"absent": f"{package} is not installed"}
    command = [sys.executable, __file__, who, str(path), str(rounds)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _in_r(path: Path, rows: int) -> dict:
    """Give R survey a fiftieth of a million rows: its covariances of cells grow with rows times cells."""
    import polars as pl

    there = (
        shutil.which("Rscript")
        and not subprocess.run(
            ["Rscript", "-e", "library(survey)"], capture_output=True, check=False
        ).returncode
    )
    if not there:
        return {"absent": "the R package survey is not installed"}
    table = pl.read_parquet(path).head(rows).with_columns(pl.col("passed").cast(pl.Int8))
    table.write_csv(path.with_suffix(".csv"))
    script = R_SCRIPT.format(path=path.with_suffix(".csv"))
    done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True)
    return {"rows": table.height, "seconds": round(float(done.stdout.split()[-1]), 2)}


def _zhiheng(frame) -> int:
    from zhiheng.engine import Reduction, memory
    from zhiheng.methods import survey

    axes = {"province": range(PROVINCES), "stratum": range(STRATA), "division": DIVISIONS}
    table = memory.Memory().reduce(frame, Reduction(KEYS))
    sample = memory.sample(table, axes, memory.represented(table, axes), classes=range(STRATA))
    whole = sample.flatten(1)
    figures = [survey.hajek(one) for one in (sample, sample.merge(), whole, whole.merge())]
    return sum(int(np.isfinite(one.standard_error).sum()) for one in figures)


def _polars(frame) -> int:
    import polars as pl

    w, y = pl.col("weight").cast(pl.Float64), pl.col("passed").cast(pl.Float64)
    five = [pl.len().alias("n"), w.sum(), (w * y).sum().alias("wy")]
    five += [(w * w).sum().alias("w2"), (w * w * y).sum().alias("w2y")]
    return frame.lazy().group_by(KEYS).agg(five).collect(engine="streaming").height


def _duckdb(table) -> int:
    keys = ", ".join(KEYS)
    rows = table.query(
        "results",
        f"select {keys}, count(*), sum(weight::double), sum(weight::double * passed::int), "
        f"sum(weight::double * weight), sum(weight::double * weight * passed::int) from results "
        f"group by {keys}",
    ).fetchnumpy()
    return len(rows["province"])


def _in_memory(who: str, path: str):
    """Load the rows before the clock starts, each program into its own memory."""
    if who == "duckdb":
        import duckdb

        duckdb.sql(f"create table held as select * from '{path}'")
        return duckdb.table("held")
    import polars as pl

    return pl.read_parquet(path)


def _svy(frame) -> int:
    import polars as pl
    import svy

    cells = (pl.col("province").cast(pl.Int64) * 100 + pl.col("division")).alias("cell")
    strata = (pl.col("province").cast(pl.Int64) * 10 + pl.col("stratum")).alias("layer")
    table = frame.with_columns(
        cells, strata, pl.col("passed").cast(pl.Float64), pl.col("weight").cast(pl.Float64)
    )
    sample = svy.Sample(table, svy.Design(stratum="layer", wgt="weight"))
    return len(sample.estimation.mean("passed", by="cell").to_polars())


def _pairs(peer: str, path: str, rounds: int) -> dict:
    """Return our time by that of the bare group-by, as the median and the quartiles over pairs."""
    bare = {"polars": _polars, "duckdb": _duckdb}[peer]
    frame, theirs = _in_memory("zhiheng", path), _in_memory(peer, path)
    ratios = []
    for _round in range(rounds + 1):
        began = time.perf_counter()
        _zhiheng(frame)
        between = time.perf_counter()
        bare(theirs)
        ratios.append((between - began) / (time.perf_counter() - between))
    quarters = statistics.quantiles(ratios[1:], n=4)  # the first pair warms what both need
    return {"pairs": rounds, "ours_by_the_bare_group_by": [round(ratio, 3) for ratio in quarters]}


def _main(who: str, path: str, rounds: str) -> None:
    if who.startswith("pairs-"):
        print(json.dumps(_pairs(who.removeprefix("pairs-"), path, int(rounds))))
        return
    work = {"zhiheng": _zhiheng, "polars": _polars, "duckdb": _duckdb, "svy": _svy}[who]
    frame, times, figures = _in_memory(who, path), [], 0
    for _round in range(int(rounds)):
        began = time.perf_counter()
        figures = work(frame)
        times.append(time.perf_counter() - began)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        json.dumps(
            {
                "first_s": round(times[0], 3),
                "seconds": round(min(times), 3),
                "peak_gib": round(peak, 3),
                "figures": figures,
            }
        )
    )


if __name__ == "__main__":
    _main(*sys.argv[1:])
