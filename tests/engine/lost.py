"""Reduces a snapshot in a process of which a test kills something: ``-m tests.engine.lost HOW FOLDER``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from zhiheng.engine import opening, snapshot
from zhiheng.engine.reduction import Reduction
from zhiheng.errors import ZhihengError

WANT = Reduction(("province", "division"))


def part_after_part(folder: Path) -> None:
    """Count part after part, and say so; each waits a little, so that a test can kill in between."""
    engine = opening.open_engine("memory")
    partial = engine.partial

    def slowly(*given, **named):
        found = partial(*given, **named)
        print("counted", flush=True)
        time.sleep(0.3)
        return found

    engine.partial = slowly
    engine.reduce(snapshot.read(folder), WANT)


def spark(folder: Path) -> None:
    """Open Spark, wait for a line while a test kills its Java, then ask; say what came of it."""
    with opening.open_engine("spark", master="local[1]") as engine:
        print("opened", flush=True)
        sys.stdin.readline()
        try:
            print(engine.reduce(snapshot.read(folder), WANT))
        except ZhihengError as error:
            print(error.code)


if __name__ == "__main__":
    {"memory": part_after_part, "spark": spark}[sys.argv[1]](Path(sys.argv[2]))
