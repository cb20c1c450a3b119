"""Times the streaming of 10^7 synthetic firms, beside plain NumPy that only draws the same columns.

Run as a script it is one measured process: ``python world.py WHO FIRMS``.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

import numpy as np

NAME = "world: 10^7 firms streamed, and their true pass rate"
GOAL = "< 60 s and < 2 GiB in a process of its own"

BATCH = 65_536


def run(quick: bool = False) -> dict:
    """Return seconds and peak memory; the peer is the generator's floor: no seed a block, no calibration."""
    firms = 200_000 if quick else 10_000_000
    result = {"firms": firms, "goal": GOAL} | _measure("zhiheng", firms)
    result["peers"] = {"plain NumPy": _measure("plain", firms)}
    result["peers"]["plain NumPy"]["ratio_to_ours"] = (
        result["peers"]["plain NumPy"]["seconds"] / result["seconds"]
    )
    bandwidth = _memory_bandwidth()
    written = firms * 20
    result["physical_limit"] = {"bytes_written": written, "floor_s": written / bandwidth}
    return result


def _measure(who: str, firms: int) -> dict:
    command = [sys.executable, __file__, who, str(firms)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def _memory_bandwidth() -> float:
    block = np.ones(16_000_000)
    began = time.perf_counter()
    block[:] = 2.0
    return block.nbytes / (time.perf_counter() - began)


def _zhiheng(firms: int) -> dict:
    from zhiheng.world import Population

    country = Population(seed=20230206, firms=firms)
    began = time.perf_counter()
    seen = sum(len(batch) for batch in country.batches(BATCH))
    streamed = time.perf_counter() - began
    began = time.perf_counter()
    truth = country.truth("2024Q1")
    return {
        "seconds": round(streamed, 3),
        "seen": seen,
        "truth_s": round(time.perf_counter() - began, 3),
        "output_weighted_pass_rate": round(truth.output_weighted, 5),
    }


def _plain(firms: int) -> dict:
    random = np.random.default_rng(20230206)
    began = time.perf_counter()
    seen = 0
    for start in range(0, firms, BATCH):
        count = min(BATCH, firms - start)
        batch = (
            np.arange(start, start + count, dtype=np.int32),
            random.choice(2_900, count).astype(np.int32),
            random.choice(29, count).astype(np.int8),
            random.choice(3, count, p=[0.019, 0.052, 0.929]).astype(np.int8),
            random.choice(4, count, p=[0.654, 0.253, 0.078, 0.015]).astype(np.int8),
            random.choice(3, count, p=[0.7, 0.2, 0.1]).astype(np.int8),
            random.lognormal(7.5, 0.8, count).astype(np.float32),
            random.random(count).astype(np.float32),
        )
        seen += batch[0].size
    return {"seconds": round(time.perf_counter() - began, 3), "seen": seen}


def _main(who: str, firms: str) -> None:
    found = {"zhiheng": _zhiheng, "plain": _plain}[who](int(firms))
    found["peak_gib"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 3)
    print(json.dumps(found))


if __name__ == "__main__":
    _main(*sys.argv[1:])
