"""Exported cells stay text: no formula survives, numbers stay numbers."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.formats import csv_safe

FORMULAS = [
    "=1+1",
    "+cmd|' /C calc'!A0",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    "＋1",
    "－1a",
    "＠a",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_becomes_text(text):
    assert csv_safe.cell(text) == "'" + text
    assert csv_safe.typed(text) == "'" + text


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("-12.50", "-12.50"),
        ("+3", "+3"),
        ("93.65%", "93.65%"),
        (-5, "-5"),
        (Decimal("-0.10"), "-0.10"),
        (1.5, "1.5"),
        (True, "TRUE"),
        (None, ""),
        (date(2025, 3, 1), "2025-03-01"),
        (datetime(2025, 3, 1, 9, 0), "2025-03-01T09:00:00"),
        ("浙江", "浙江"),
        ("a=b", "a=b"),
    ],
)
def test_a_harmless_value_stays_as_it_is(value, expected):
    assert csv_safe.cell(value) == expected


@given(st.text())
def test_no_text_begins_like_a_formula(text):
    safe = csv_safe.cell(text)

    assert not safe.startswith(("=", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    if safe.startswith(("+", "-")):
        float(safe.rstrip("%"))


@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=5)
)
def test_a_file_reads_back_cell_by_cell(rows):
    data = csv_safe.dumps(["名称", "=code"], rows)

    assert data.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read == [["名称", "'=code"], *[[csv_safe.cell(cell) for cell in row] for row in rows]]


ODD = st.text(st.sampled_from("=+-@\t\r\n＝＋－＠019.%a,\" '\u2028甲"), min_size=1, max_size=8)


@given(st.lists(st.tuples(ODD, ODD | st.none()), min_size=1, max_size=6))
def test_a_table_is_written_as_its_rows_would_be_one_by_one(rows):
    table = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.String}, orient="row")

    written = table.with_columns(csv_safe.columns()).write_csv(include_header=False, line_terminator="\r\n")

    assert written == "".join(list(csv_safe.lines(["a"], rows, bom=False))[1:])
