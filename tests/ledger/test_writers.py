"""Writers queue for the head of the chain: no entry is lost or doubled, and a double submit is done once."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATABASES = ["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)]


@pytest.fixture(params=DATABASES)
def run(request, with_schema, tmp_path):
    with_schema(tmp_path)
    database = ""
    if request.param == "postgresql":
        database = request.getfixturevalue("postgres").new_database(migrated=True)

    def writers(*arguments, timeout=120):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "tests.ledger.writers", *map(str, arguments)],
            cwd=ROOT,
            env={
                **os.environ,
                "ZHIHENG_VAR": str(tmp_path),
                "DATABASE_URL": database,
                "ZHIHENG_SECRET_KEY": "x" * 60,
            },
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return writers


def test_writers_at_once_make_one_sound_chain(run):
    found = run("at-once", 6, 15)

    assert found["codes"] == [0] * 6
    assert found["things"] == len(found["written"]) == 90
    assert found["chain"] == found["total"] == 91
    assert sorted(found["winners"]) == [0, 0, 0, 0, 0, 1]


@pytest.mark.prove
def test_every_acknowledged_entry_outlives_random_kills(run):
    found = run("under-fire", 100, 20260302, timeout=600)

    assert len(found["acked"]) > 100
    assert set(found["acked"]) <= set(found["written"])
    assert len(set(found["written"])) == len(found["written"])
    assert len(found["written"]) - len(found["acked"]) <= 100, "at most one unanswered entry a kill"
    assert found["chain"] == found["total"]
