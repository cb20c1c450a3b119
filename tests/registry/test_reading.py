"""What offices type is understood in the ways they type it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zhiheng.errors import BadInput
from zhiheng.stages.registry import reading


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("330106", "330106"),
        ("浙江省杭州市西湖区", "330106"),
        ("浙江省 杭州市 西湖区", "330106"),
        ("北京市东城区", "110101"),
        ("浙江省", "330000"),
        ("西湖区", "西湖区"),
    ],
)
def test_a_region_is_read_by_code_or_by_its_full_name(text, expected):
    assert reading.region(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [("34", "34"), ("C34", "34"), ("34 通用设备制造业", "34"), ("通用设备制造业", "34"), ("机械", "机械")],
)
def test_a_division_is_read_by_number_or_name(text, expected):
    assert reading.division(text) == expected


def test_lists_may_be_broken_by_chinese_or_plain_signs():
    assert reading.codes("a\u3001b\uff0cc\uff1bd;a e") == ["A", "B", "C", "D", "E"]
    assert reading.divisions("34\uff0cC13\u300129 橡胶和塑料制品业") == ["34", "13", "29"]


@pytest.mark.parametrize("text", ["1,250.5", "1\uff0c250.5", " 1250.5 "])
def test_an_amount_is_read_with_or_without_separators(text):
    assert reading.amount(text) == Decimal("1250.5")


@pytest.mark.parametrize("text", ["很多", "1.2.3", ""])
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(BadInput):
        reading.amount(text)


def test_yes_and_no_are_read_and_nothing_else():
    assert (reading.active("是"), reading.active("No")) == (True, False)
    with pytest.raises(BadInput):
        reading.active("也许")
