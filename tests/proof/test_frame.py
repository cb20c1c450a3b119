"""Frame files: the fast way writes what the plain way writes; every broken line is refused by number."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import polars
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.proof import frame, lottery

TEXT = st.text(
    st.characters(min_codepoint=32, exclude_characters="\x7f", exclude_categories=["Cs"]), min_size=1
)
ROWS = st.lists(
    st.builds(frame.FrameRow, TEXT, st.integers(1, 10**9), TEXT, TEXT, TEXT), unique_by=lambda row: row.id
)
GOOD = b"X1\t1\tA\t330106\t13\nX2\t1\tB\t330106\t14\n"


def written(rows) -> tuple[bytes, frame.FrameSummary]:
    file = io.BytesIO()
    summary = frame.write(file, sorted(rows, key=lambda row: row.id.encode()))
    return file.getvalue(), summary


@given(ROWS)
def test_the_fast_way_and_the_plain_way_give_the_same_bytes(rows):
    columns = [list(column) for column in zip(*rows, strict=True)] or [[]] * 5

    assert frame.from_columns(*columns) == written(rows)


@given(ROWS)
def test_what_is_written_is_read_back(rows):
    data, summary = written(rows)

    assert list(frame.read(io.BytesIO(data))) == sorted(rows, key=lambda row: row.id.encode())
    assert frame.summarise(io.BytesIO(data)) == summary
    assert summary.sha256 == hashlib.sha256(data).hexdigest()


def test_numpy_polars_and_lists_give_the_same_file():
    ids, strata = ["X2", "X10", "X1"], ["A", "B", "A"]

    lists = frame.from_columns(ids, 1, strata, strata, strata)
    arrays = frame.from_columns(np.array(ids), np.array([1, 1, 1]), *[np.array(strata)] * 3)
    series = frame.from_columns(polars.Series(ids), polars.Series([1, 1, 1]), *[polars.Series(strata)] * 3)

    assert lists == arrays == series
    assert lists[0].startswith(b"X1\t1\tA\tA\tA\nX10\t")
    assert lists[1].strata == {"A": 2, "B": 1}


def test_the_two_column_frame_of_zh_draw_1_is_read():
    data = lottery.frame_line("甲", 3) + lottery.frame_line("电", 1)
    rows = sorted(data.splitlines(keepends=True))

    read = list(frame.read(io.BytesIO(b"".join(rows))))

    assert {row.id: row.weight for row in read} == {"甲": 3, "电": 1}


@pytest.mark.parametrize(
    ("data", "line"),
    [
        (GOOD + b"X2\t1\tB\t330106\t14\n", 3),
        (b"X2\t1\tB\t330106\t14\nX1\t1\tA\t330106\t13\n", 2),
        (GOOD[:-1], 2),
        (GOOD + b"\n", 3),
        (GOOD + b"X3\t0\tA\t330106\t13\n", 3),
        (GOOD + b"X3\t-1\tA\t330106\t13\n", 3),
        (GOOD + b"X3\t01\tA\t330106\t13\n", 3),
        (GOOD + b"X3\t1.0\tA\t330106\t13\n", 3),
        (GOOD + b"X3\t1\tA\t330106\n", 3),
        (GOOD + b"X3\t1\n", 3),
        (GOOD + b"X3\t1\tA\t\t13\n", 3),
        (GOOD + b"\t1\tA\t330106\t13\n", 3),
        (GOOD + b"X3\t1\tA\t330106\t13\r\n", 3),
        (GOOD + b"X3\xff\t1\tA\t330106\t13\n", 3),
        (b"X1\t1\tA\n", 1),
    ],
)
def test_a_broken_line_is_refused_by_its_number(data, line):
    with pytest.raises(BadInput, match=f"Line {line}") as refusal:
        frame.summarise(io.BytesIO(data))

    assert refusal.value.facts["line"] == line


@pytest.mark.parametrize(
    "columns",
    [
        (["a", "a"], 1, ["s"] * 2, ["r"] * 2, ["d"] * 2),
        (["a", "b"], [1, 0], ["s"] * 2, ["r"] * 2, ["d"] * 2),
        (["a", "b"], [1, 1.5], ["s"] * 2, ["r"] * 2, ["d"] * 2),
        (["a", "b"], 0, ["s"] * 2, ["r"] * 2, ["d"] * 2),
        (["a", "b"], [1], ["s"] * 2, ["r"] * 2, ["d"] * 2),
        (["a\tb", "c"], 1, ["s"] * 2, ["r"] * 2, ["d"] * 2),
        (["a\nb", "c"], 1, ["s"] * 2, ["r"] * 2, ["d"] * 2),
        (["a", ""], 1, ["s"] * 2, ["r"] * 2, ["d"] * 2),
        (["a", "b"], 1, ["s", ""], ["r"] * 2, ["d"] * 2),
        (["a", "b"], 1, ["s", "s\x00"], ["r"] * 2, ["d"] * 2),
        (["a", None], 1, ["s"] * 2, ["r"] * 2, ["d"] * 2),
        ([1, 2], 1, ["s"] * 2, ["r"] * 2, ["d"] * 2),
    ],
)
def test_a_bad_column_is_refused(columns):
    with pytest.raises(BadInput) as refusal:
        frame.from_columns(*columns)

    assert refusal.value.code == "bad-frame"


@pytest.mark.parametrize(
    "row",
    [
        frame.FrameRow("a", True, "s", "r", "d"),
        frame.FrameRow("a", 1, "s", "r", ""),
        frame.FrameRow("a\x7f", 1, "s", "r", "d"),
    ],
)
def test_the_plain_way_refuses_a_bad_row(row):
    with pytest.raises(BadInput):
        frame.write(io.BytesIO(), [row])


def test_the_plain_way_refuses_rows_out_of_order():
    rows = [frame.FrameRow("b", 1, "s", "r", "d"), frame.FrameRow("a", 1, "s", "r", "d")]

    with pytest.raises(BadInput, match="Line 2"):
        frame.write(io.BytesIO(), rows)


def test_an_empty_frame_has_the_empty_hash():
    assert frame.from_columns([], [], [], [], [])[1] == frame.FrameSummary(
        hashlib.sha256(b"").hexdigest(), 0, {}
    )
