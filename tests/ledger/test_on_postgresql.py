"""The tests of guards, chain and delivery also run on PostgreSQL, whatever database the suite itself uses."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = (
    *("test_guards.py", "test_chain.py", "test_entries.py", "test_batches.py", "test_delivery.py"),
    *("sealing/test_sequencer.py", "sealing/test_renewal.py", "sealing/test_shards.py"),
)


@pytest.mark.pg
def test_the_ledger_keeps_its_promises_on_postgresql_too(postgres):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist"]
        + [str(Path("tests/ledger") / name) for name in FILES],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgres.new_database()},
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout[-4_000:]
    assert " passed" in done.stdout
