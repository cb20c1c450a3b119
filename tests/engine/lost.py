"""Reduces a snapshot while a test kills something: ``-m tests.engine.lost HOW ENGINE FOLDER``."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from zhiheng.engine import opening, snapshot
from zhiheng.engine.reduction import Reduction
from zhiheng.errors import ZhihengError

WANT = Reduction(("province", "division"))


def part_after_part(folder: Path, name: str) -> None:
    """Count part after part, and say so before each; a test kills in the middle of one."""
    with opening.open_engine(name, master="local[1]") as engine:
        partial = engine.partial
        engine.parts_at_once = 1

        def slowly(*given, **named):
            print("counting", flush=True)
            found = partial(*given, **named)
            time.sleep(0.3)
            return found

        engine.partial = slowly
        engine.reduce(snapshot.read(folder), WANT)


def without_java(folder: Path, name: str) -> None:
    """Open Spark, wait for a line while a test kills its Java, then ask; say what came of it."""
    with opening.open_engine(name, master="local[1]") as engine:
        print("opened", flush=True)
        sys.stdin.readline()
        try:
            print(engine.reduce(snapshot.read(folder), WANT))
        except ZhihengError as error:
            print(error.code)


if __name__ == "__main__":
    how, engine_name, place = sys.argv[1:]
    {"killed": part_after_part, "without-java": without_java}[how](Path(place), engine_name)
