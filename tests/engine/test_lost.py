"""An engine that is lost half-way gives no number, and another one goes on from the parts it had counted."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from tests.engine import lost
from tests.engine.test_snapshot import country, write
from zhiheng.engine import opening, snapshot

HERE = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", ["memory", "duckdb", pytest.param("spark", marks=pytest.mark.prove)])
def test_after_a_kill_only_the_parts_that_were_not_counted_are_read(name, tmp_path, monkeypatch):
    if name == "spark" and not shutil.which("java"):
        pytest.skip("Java is not installed")
    write(tmp_path / "a", country())
    write(tmp_path / "b", country())
    running = subprocess.Popen(
        [sys.executable, "-m", "tests.engine.lost", "killed", name, str(tmp_path / "a")],
        cwd=HERE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with running:
        for _part in range(3):
            assert running.stdout.readline() == "counting\n"
        running.send_signal(signal.SIGKILL)
    kept = len(list((tmp_path / "a" / "work").rglob("*.parquet")))
    with opening.open_engine(name, master="local[1]") as engine:
        engine.parts_at_once, counted, partial = 1, [], engine.partial
        monkeypatch.setattr(
            engine, "partial", lambda source, *a, **k: counted.append(source) or partial(source, *a, **k)
        )

        resumed = engine.reduce(snapshot.read(tmp_path / "a"), lost.WANT)

    plain = opening.open_engine("memory").reduce(snapshot.read(tmp_path / "b"), lost.WANT)
    assert running.returncode == -signal.SIGKILL
    assert kept == 2 and len(counted) == 6 - kept
    assert resumed.equals(plain)


def test_a_writer_that_dies_leaves_the_newest_snapshot_as_it_was(tmp_path):
    before = write(tmp_path, country())

    def dies():
        raise KeyboardInterrupt

    key = {"period": 20253, "province": 9}
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, [*country(passed=False), snapshot.Part(key, "x", dies)])

    assert snapshot.read(tmp_path).manifest == before


@pytest.mark.prove  # a second Java; what Spark says of a file that breaks under it is in ``test_spec``
def test_spark_without_its_java_gives_no_number(tmp_path):
    if not shutil.which("java"):
        pytest.skip("Java is not installed")
    write(tmp_path, country())
    running = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "tests.engine.lost", "without-java", "spark", str(tmp_path)],
        cwd=HERE,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with running:
        assert running.stdout.readline() == "opened\n"
        os.kill(_java_below(running.pid), signal.SIGKILL)
        told, _ = running.communicate("go\n", timeout=60)

    assert (told, running.returncode) == ("check-failed\n", 0)


def _java_below(pid: int) -> int:
    """Return the Java process that a process started."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            name, fields = path.read_text().split("(", 1)[1].rsplit(")", 1)
            if name == "java" and int(fields.split()[1]) == pid:
                return int(path.parent.name)
    raise AssertionError("no Java process was started")
