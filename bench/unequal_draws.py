"""Times draws with unequal chances: sequential pivotal of 10^7 units, cube of 10^6 with 3 balancing columns.

Peers run where their R package is installed; one that is not is named absent, and an R loop that needs
minutes runs on a smaller frame whose size stands beside it. Run as a script it is one measured process.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
import subprocess
import sys
import time

import numpy as np

NAME = "draws with unequal chances: sequential pivotal 10^7, cube 10^6 x 3 balancing columns"
GOAL = "pivotal <= 0.05 s with Numba, <= 3 s without; cube no slower than BalancedSampling"

# What R is asked for, by package and draw; it prints seconds.
SCRIPT = """
suppressMessages(library({package})); set.seed(7)
N <- {units}; size <- rlnorm(N); n <- N / 100
pik <- {pik}; x <- cbind(pik, runif(N), rnorm(N) + 5)
began <- proc.time()[[3]]; s <- {call}; cat(proc.time()[[3]] - began)
"""
PIK = {"sampling": "inclusionprobabilities(size, n)", "BalancedSampling": "size / sum(size) * n"}
CALLS = {
    ("pivotal", "sampling"): "UPpivotal(pik)",
    ("pivotal", "BalancedSampling"): "spm(pik)",
    ("cube", "sampling"): "samplecube(x, pik, order = 1, comment = FALSE, method = 2)",
    ("cube", "BalancedSampling"): "cube(pik, x)",
}
# An R loop over each unit would take an hour at full size.
MOST = {"sampling": 20_000, "BalancedSampling": 10_000_000}


def run(quick: bool = False) -> dict:
    """Return seconds of each draw and of its peers."""
    scale = 50 if quick else 1
    result: dict = {"goal": GOAL, "pivotal": {}, "cube": {}}
    for draw, units in (("pivotal", 10_000_000 // scale), ("cube", 1_000_000 // scale)):
        ways = ("compiled", "plain") if draw == "pivotal" else ("arrays",)
        result[draw] = {"units": units}
        result[draw] |= {way: _measure(draw, way, units) for way in ways}
        result[draw] |= {package: _in_r(draw, package, units) for package in PIK}
    if isinstance(result["pivotal"]["compiled"], dict) and "sample" in result["pivotal"]["compiled"]:
        ours = (result["pivotal"][way].pop("sample") for way in ("compiled", "plain"))
        result["pivotal"]["same_units_both_ways"] = len(set(ours)) == 1
    return result


def _measure(draw: str, way: str, units: int) -> dict | str:
    if way == "compiled" and importlib.util.find_spec("numba") is None:
        return "absent: numba is not installed"
    command = [sys.executable, __file__, draw, way, str(units)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _in_r(draw: str, package: str, units: int) -> dict | str:
    if shutil.which("Rscript") is None:
        return "absent: R is not installed"
    units = min(units, MOST[package])
    call = CALLS[draw, package]
    script = SCRIPT.format(package=package, units=units, pik=PIK[package], call=call)
    there = subprocess.run(["Rscript", "-e", f"library({package})"], capture_output=True, check=False)
    if there.returncode:
        return f"absent: the R package {package} is not installed"
    done = subprocess.run(["Rscript", "-e", script], capture_output=True, text=True, check=True)
    seconds = float(done.stdout.split()[-1])
    return {"units": units, "seconds": seconds, "microseconds_a_unit": round(1e6 * seconds / units, 3)}


def _main(draw: str, way: str, units: str) -> None:
    from zhiheng.methods import chances, compiled, cube, draws

    random = np.random.Generator(np.random.Philox(20230206))
    size = int(units)
    pi = chances.proportional(random.lognormal(0, 1, size), size // 100)
    u, times, drawn = random.random(size), [], np.zeros(0)
    columns = np.column_stack([pi, random.random(size), random.normal(5, 1, size)])
    if way == "plain":
        compiled.COMPILED_FROM = sys.maxsize
    for _round in range(3 if draw == "pivotal" else 1):
        began = time.perf_counter()
        drawn = draws.sequential_pivotal(pi, u) if draw == "pivotal" else cube.draw(pi, columns, random)
        times.append(time.perf_counter() - began)
    found = {"first_s": round(times[0], 4), "seconds": round(min(times), 4), "drawn": int(drawn.size)}
    found["microseconds_a_unit"] = round(1e6 * min(times) / size, 4)
    if draw == "pivotal":
        found["sample"] = hashlib.sha256(drawn.tobytes()).hexdigest()
    else:
        total, estimate = columns.sum(0), (columns[drawn] / pi[drawn, None]).sum(0)
        found["furthest_out_of_balance"] = float(np.abs(estimate / total - 1).max())
    print(json.dumps(found))


if __name__ == "__main__":
    _main(*sys.argv[1:])
