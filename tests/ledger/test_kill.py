"""kill -9 in the middle of an action: it was done once or not at all, and what is owed is delivered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
UNDONE = ("before-file-is-in-place", "after-file-is-in-place", "before-entry", "before-commit")
OWED = ("after-commit", "in-handler", "before-mark")
POINTS = (*UNDONE, *OWED, "after-delivery", "never")


def killed_at(points, *, var, database=""):
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.ledger.victim", *points],
        cwd=ROOT,
        env={**os.environ, "ZHIHENG_VAR": str(var), "DATABASE_URL": database, "ZHIHENG_SECRET_KEY": "x" * 60},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def outcome(request, with_schema, tmp_path_factory):
    database = ""
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres").new_database(migrated=True)
    var = with_schema(tmp_path_factory.mktemp("killed"))
    return killed_at(POINTS, var=var, database=database)


@pytest.mark.parametrize("point", POINTS)
def test_every_point_but_the_last_ends_by_a_kill(outcome, point):
    assert outcome[point]["signal"] == (0 if point == "never" else signal.SIGKILL)


@pytest.mark.parametrize("point", UNDONE)
def test_a_kill_before_the_commit_leaves_nothing(outcome, point):
    killed = outcome[point]["killed"]

    assert (killed["people"], killed["entries"], killed["waiting"], killed["sent"]) == (0, 0, 0, 0)


@pytest.mark.parametrize("point", OWED)
def test_a_kill_after_the_commit_leaves_the_action_done_and_its_delivery_owed(outcome, point):
    killed = outcome[point]["killed"]

    assert (killed["people"], killed["entries"], killed["waiting"], killed["welcomed"]) == (1, 1, 1, 0)


@pytest.mark.parametrize("point", POINTS)
def test_after_the_next_try_all_is_done_exactly_once(outcome, point):
    resumed = outcome[point]["resumed"]

    assert (resumed["people"], resumed["entries"], resumed["welcomed"], resumed["waiting"]) == (1, 1, 1, 0)


@pytest.mark.parametrize("point", POINTS)
def test_what_a_handler_does_outside_the_database_happens_at_least_once(outcome, point):
    assert outcome[point]["resumed"]["sent"] == (2 if point in {"in-handler", "before-mark"} else 1)


@pytest.mark.parametrize("point", POINTS)
def test_the_chain_holds_at_every_point(outcome, point):
    for moment in ("killed", "resumed"):
        state = outcome[point][moment]
        assert state["chain"] == state["total"]
        assert state["orphans"] == 0
