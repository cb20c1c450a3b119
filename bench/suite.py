"""Times the whole test suite as a developer waits for it, and how fast the machine was at that moment."""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import time
from pathlib import Path

NAME = "make test: the whole suite in two processes"
GOAL = "<= 300 s on two cores once installed"

ROOT = Path(__file__).resolve().parents[1]
SUITE = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadfile"]
YARDSTICK = 30_000_000


def run(quick: bool = False) -> dict:
    """Return seconds, tests and processor time; the yardstick says how fast the machine was just before.

    Processor time leaves out Chromium's and PostgreSQL's own processes, which outlive who started them.
    """
    result = {"yardstick_s": _yardstick()}
    began = time.perf_counter()
    command = SUITE + (["tests/proof", "tests/procedure"] if quick else [])
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    result["seconds"] = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    result["processor_s"] = used.ru_utime + used.ru_stime
    result["cores"] = os.cpu_count()
    result |= {what: int(count) for count, what in re.findall(r"(\d+) (passed|failed|skipped)", done.stdout)}
    result["ended_with"] = done.returncode
    return result


def _yardstick() -> float:
    """Return the seconds of a plain loop: what else runs on the host changes it, and the suite with it."""
    began, total = time.perf_counter(), 0
    for number in range(YARDSTICK):
        total += number * number % 7
    return time.perf_counter() - began
