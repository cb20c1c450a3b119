"""Times whole commands as a person waits for them: the help page and the small demo."""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

NAME = "whole commands: zhiheng --help, zhiheng due, the small demo"
GOAL = "--help <= 0.5 s; demo --scale small <= 60 s once installed"

ZHIHENG = str(Path(sys.executable).parent / "zhiheng")
DEMO = [ZHIHENG, "demo", "--scale", "small", "--no-serve", "--json"]


def run(quick: bool = False) -> dict:
    """Return medians in seconds; the peer of a start is the bare interpreter's."""
    rounds = 3 if quick else 9
    result = {
        "help_s": _median([ZHIHENG, "--help"], rounds),
        "due_s": _median([ZHIHENG, "due", "spotcheck.rectify", "--from", "2025-03-03", "--json"], rounds),
        "peer": {"bare interpreter_s": _median([sys.executable, "-c", "pass"], rounds)},
    }
    if quick:
        return result
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        done = subprocess.run(DEMO, cwd=folder, capture_output=True, text=True, check=True)
        result["demo_small_s"] = time.perf_counter() - began
    result["demo_stages"] = len(json.loads(done.stdout)["stages"])
    result["demo_peak_mib"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    result["demo_peer"] = "none known: no open platform runs this loop"
    return result


def _median(command: list[str], rounds: int) -> float:
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        subprocess.run(command, capture_output=True, check=True)
        times.append(time.perf_counter() - began)
    return statistics.median(times)
