"""Officers who publish at the same moment: of one draft one publication, of many drafts no number twice."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITERS = 4


@pytest.mark.parametrize("vendor", ["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def test_one_wins_and_numbers_are_given_without_a_gap(request, vendor, with_schema, tmp_path):
    database = ""
    if vendor == "postgresql":
        database = request.getfixturevalue("postgres").new_database(migrated=True)
    with_schema(tmp_path)

    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.disclosure.twins", str(WRITERS)],
        cwd=ROOT,
        env={
            **os.environ,
            "ZHIHENG_VAR": str(tmp_path),
            "DATABASE_URL": database,
            "ZHIHENG_DEMO": "1",
            "ZHIHENG_SECRET_KEY": "x" * 60,
        },
        capture_output=True,
        text=True,
        timeout=240,
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["same"] == [0] + [3] * (WRITERS - 1)
    assert found["each"] == [0] * WRITERS
    assert [number[-5:] for number in found["numbers"]] == [f"N{n:04d}" for n in range(1, WRITERS + 2)]
    assert found["versions"] == found["entries"] == WRITERS + 1
