"""One engine of each kind for all tests of the specification; starting Spark takes seconds."""

from __future__ import annotations

import importlib.util
import os
import shutil

import pytest

from zhiheng.engine import opening

# A session of seconds does not earn back what Java's second compiler takes: half of the time goes.
os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")


@pytest.fixture(scope="session")
def engines():
    opened = {}

    def engine(name: str):
        if name == "spark" and (importlib.util.find_spec("pyspark") is None or not shutil.which("java")):
            pytest.skip("pyspark or Java is not installed")
        if name not in opened:
            opened[name] = opening.open_engine(name, master="local[2]")
        return opened[name]

    yield engine
    for one in opened.values():
        one.close()


@pytest.fixture(params=opening.NAMES)
def engine(request, engines):
    return engines(request.param)
