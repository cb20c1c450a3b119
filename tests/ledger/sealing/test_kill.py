"""kill -9 while sealing: what was promised stays, and the next turn seals each entry once."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
POINTS = (
    "in-journal",
    "after-journal",
    "in-files",
    "before-checkpoint",
    "before-rows",
    "in-lay-down",
    "after-lay-down",
    "never",
)


def run(command, *, var, database=""):
    environment = {
        **os.environ,
        "ZHIHENG_VAR": str(var),
        "DATABASE_URL": database,
        "ZHIHENG_SECRET_KEY": "x" * 60,
    }
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=240,
    )


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def outcome(request, with_schema, tmp_path_factory):
    database = ""
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres").new_database(migrated=True)
    var = with_schema(tmp_path_factory.mktemp("sealing"))
    done = run(["tests.ledger.sealing.victim", *POINTS, "at-once"], var=var, database=database)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("point", POINTS)
def test_every_point_but_the_last_ends_by_a_kill(outcome, point):
    assert outcome[point]["signal"] == (0 if point == "never" else signal.SIGKILL)


@pytest.mark.parametrize("point", POINTS)
def test_the_published_log_holds_at_every_moment(outcome, point):
    killed = outcome[point]["killed"]

    assert killed["ok"] and killed["same"], killed


@pytest.mark.parametrize("point", POINTS)
def test_the_next_turn_has_sealed_every_entry_once(outcome, point):
    resumed = outcome[point]["resumed"]

    assert resumed["ok"] and resumed["same"] and resumed["in_order"], resumed
    assert resumed["size"] == resumed["rows"] == resumed["public"]


def test_processes_that_seal_at_once_seal_every_entry_once(outcome):
    found = outcome["at-once"]

    assert found["ended"] == [0, 0, 0, 0]
    assert found["ok"] and found["same"] and found["in_order"], found
    assert found["size"] == found["rows"] == found["public"]


def test_a_restored_copy_of_the_database_is_refused_by_the_command(with_schema, tmp_path):
    var = with_schema(tmp_path / "var")
    assert run(["tests.ledger.sealing.victim", "never"], var=var).returncode == 0
    file = var / "zhiheng.sqlite3"
    with closing(sqlite3.connect(file)) as now, closing(sqlite3.connect(tmp_path / "backup")) as backup:
        now.backup(backup)
    assert run(["tests.ledger.sealing.victim", "never"], var=var).returncode == 0
    for stray in var.glob("zhiheng.sqlite3*"):
        stray.unlink()
    shutil.copy(tmp_path / "backup", file)

    refused = run(["zhiheng.site.cli", "log", "seal"], var=var)
    renewed = run(["zhiheng.site.cli", "log", "renew", "--because", "restored", "--json"], var=var)
    sealed = run(["zhiheng.site.cli", "log", "seal", "--json"], var=var)

    assert refused.returncode == 2 and "an older copy was restored" in refused.stderr
    assert "zhiheng log renew" in refused.stderr
    assert json.loads(renewed.stdout)["lost"] > 0
    assert json.loads(sealed.stdout)["size"] == 1
    for folder in (var / "log", var / "log" / "ended" / "1"):
        assert run(["zhiheng.site.cli", "log", "verify", str(folder)], var=var).returncode == 0
