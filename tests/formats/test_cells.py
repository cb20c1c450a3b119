"""What offices type: days in their notations, amounts with units, full-width characters."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.formats import cells


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else sign for sign in text)


DAYS = st.dates(min_value=date(1955, 1, 1), max_value=date(2099, 12, 30))
NOTATIONS = (
    lambda day: f"{day.year}-{day.month}-{day.day}",
    lambda day: f"{day.year}/{day.month:02d}/{day.day:02d}",
    lambda day: f"{day.year}.{day.month}.{day.day}",
    lambda day: f"{day.year}年{day.month}月{day.day}日",
    lambda day: f"{day:%Y%m%d}",
    lambda day: str((day - date(1899, 12, 30)).days),
    lambda day: f"{day.isoformat()} 00:00:00",
    lambda day: "".join(
        chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in f"{day.year}年{day.month}月{day.day}日"
    ),
)


@given(DAYS, st.sampled_from(NOTATIONS))
def test_every_notation_of_a_day_is_the_same_day(day, notation):
    assert cells.day(notation(day)) == day


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("25-3-1", "day-short-year"),
        ("25年3月1日", "day-short-year"),
        ("3/1/25", "day-short-year"),
        ("3/4/2025", "day-order"),
        ("31-12-2025", "day-order"),
        ("2025-13-1", "not-a-day"),
        ("20250230", "not-a-day"),
        ("2025-3/1", "not-a-day"),
        ("长期", "not-a-day"),
        ("123", "not-a-day"),
        ("2025-03-01 10:30:00", "not-a-day"),
    ],
)
def test_what_is_no_certain_day_is_refused_with_what_to_write(text, code):
    with pytest.raises(BadInput) as refusal:
        cells.day(text)

    assert refusal.value.code == code
    assert refusal.value.remedy


@pytest.mark.parametrize(
    ("text", "stated", "wanted", "number"),
    [
        ("1,234.5万元", "元", "万元", "1234.5"),
        ("1234.5", "", "万元", "1234.5"),
        ("12345000", "元", "万元", "1234.5"),
        ("0.5亿", "", "万元", "5000"),
        ("￥1,000", "元", "万元", "0.1"),
        ("１２．５万元", "", "万元", "12.5"),
        ("12 人", "", "人", "12"),
        ("很多", "元", "万元", "很多"),
        ("1,23", "元", "万元", "1,23"),
    ],
)
def test_an_amount_is_brought_to_the_unit_of_its_column(text, stated, wanted, number):
    assert cells.in_unit(text, stated=stated, wanted=wanted) == number


@pytest.mark.parametrize(("text", "stated"), [("5吨", ""), ("5", "万美元"), ("5 万人", "")])
def test_a_unit_that_does_not_go_with_the_column_is_refused(text, stated):
    with pytest.raises(BadInput, match="does not go with"):
        cells.in_unit(text, stated=stated, wanted="万元")


@given(st.decimals(min_value=0, max_value=10**9, places=4), st.sampled_from(sorted(cells.MONEY)))
def test_units_of_money_lose_no_digit(number, unit):
    there = cells.in_unit(f"{number}{unit}", stated="", wanted="元")

    assert Decimal(there) == number * cells.MONEY[unit]


def test_a_unit_is_found_in_headers_and_in_title_rows():
    found = [
        cells.unit_in_header(text)
        for text in ("年产值(万元)", "销售额\n（元）", "产值,单位:亿元", "日期(2025)")
    ]

    assert found == ["万元", "元", "亿元", ""]
    assert cells.unit_in_title("填报单位：某局    单位：万元") == "万元"
    assert cells.unit_in_title("填报单位：某局") == ""


def test_a_name_keeps_its_form_and_yet_equals_its_other_spelling():
    assert cells.seen(" 甬江（宁波）\u200b有限公司\u3000") == "甬江（宁波）有限公司"
    assert cells.same("甬江（宁波）有限公司") == cells.same("甬江 (宁波) 有限公司")
    assert cells.plain("９１ＡＢ") == "91AB"
