"""Every case of every file in ``data/vectors`` agrees with the program that made it."""

from __future__ import annotations

import pytest

from tests.methods.vectors import DATA
from zhiheng.methods.validation import cases, run

FILES = sorted((DATA / "vectors").glob("*.json"))


@pytest.mark.parametrize("case", [case for path in FILES for case in cases.read(path)], ids=lambda c: c.id)
def test_a_reference_case_is_met(case):
    found = run.judge(case)

    off = [finding for finding in found.findings if not finding.holds]
    assert (found.status, found.reason, off) == ("passed", "", [])
