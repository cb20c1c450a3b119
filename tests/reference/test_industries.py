"""Manufacturing divisions: 31 in the standard, 29 in the pass rate."""

from __future__ import annotations

import pytest

from zhiheng.errors import UnknownCode
from zhiheng.reference import industries


def test_the_31_divisions_run_from_13_to_43():
    assert [division.code for division in industries.divisions()] == [str(n) for n in range(13, 44)]


def test_the_pass_rate_leaves_out_waste_and_repair():
    assert [division.code for division in industries.covered()] == [str(n) for n in range(13, 42)]


def test_only_division_25_changed_its_name_in_2017():
    changed = [(d.code, d.zh, d.zh_2011) for d in industries.divisions() if d.zh_2011]

    assert changed == [("25", "石油、煤炭及其他燃料加工业", "石油加工、炼焦和核燃料加工业")]


def test_names_are_no_better_than_secondary():
    assert {division.confidence for division in industries.divisions()} == {"secondary"}


@pytest.mark.parametrize("code", ["12", "44", "C13", "", None])
def test_a_code_outside_manufacturing_is_refused(code):
    with pytest.raises(UnknownCode, match="13 to 43"):
        industries.get(code)
