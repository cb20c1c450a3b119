"""What the suite promises: a skip is a failure where all must be there, and the slow lane stays out."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TESTS = """
import pytest

def test_that_skips():
    pytest.skip("no such program here")

@pytest.mark.skip(reason="marked so")
def test_that_is_marked():
    pass

@pytest.mark.xfail(reason="to come", strict=True)
def test_that_is_to_come():
    raise AssertionError

@pytest.mark.prove
def test_that_is_slow():
    raise AssertionError("the slow lane ran")
"""
QUIETLY = ("-p", "no:cacheprovider", "-p", "no:xdist", "--continue-on-collection-errors")
WHOLE_MODULE = "import pytest; pytest.skip('nothing of this here', allow_module_level=True)"


def outcome(folder, **environment):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "-p", "conftest", *QUIETLY, folder],
        cwd=ROOT,
        env={**os.environ, "REQUIRE_ALL": "", "ZHIHENG_PROVE": "", "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "test_some.py").write_text(TESTS)
    return tmp_path


def test_a_skip_passes_on_a_machine_that_lacks_things(folder):
    code, said = outcome(folder)

    assert code == 0
    assert "2 skipped, 1 deselected, 1 xfailed" in said


def test_every_kind_of_skip_fails_where_everything_must_be_there(folder):
    (folder / "test_whole.py").write_text(WHOLE_MODULE)

    code, said = outcome(folder, REQUIRE_ALL="1")

    assert code == 1
    for reason in ("no such program here", "marked so", "nothing of this here"):
        assert f"REQUIRE_ALL=1 and this was skipped: {reason}" in said
    assert "1 deselected, 1 xfailed" in said
    assert " skipped" not in said.splitlines()[-1]


def test_the_slow_lane_runs_when_it_is_asked_for(folder):
    code, said = outcome(folder, ZHIHENG_PROVE="1")

    assert code == 1
    assert "the slow lane ran" in said


def test_what_is_handed_out_first_is_there():
    import conftest

    named = {*conftest.LONGEST, *conftest.TOGETHER, *conftest.ON_POSTGRESQL}

    assert [name for name in named - {"postgresql"} if not (ROOT / name).exists()] == []
