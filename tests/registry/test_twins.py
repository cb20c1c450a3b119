"""Two offices that enter the same qualification at the same moment leave one row, on either database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITERS = 6


@pytest.mark.parametrize("vendor", ["sqlite", pytest.param("postgresql", marks=pytest.mark.pg)])
def test_a_qualification_entered_by_many_at_once_stands_once(request, vendor, with_schema, tmp_path):
    database = ""
    if vendor == "postgresql":
        database = request.getfixturevalue("postgres").new_database(migrated=True)
    with_schema(tmp_path)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "tests.registry.twins", str(WRITERS)],
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
    assert json.loads(done.stdout) == {"codes": [0] + [3] * (WRITERS - 1), "rows": 1, "entries": 1}
