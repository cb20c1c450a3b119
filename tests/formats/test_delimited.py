"""CSV lists as offices have them: mixed encodings, damaged lines, quotation marks that nobody closed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.formats import delimited

NAMES = st.text("甲乙丙丁宁波杭州市机械有限公司轴承厂ABC123", min_size=1, max_size=12)
TABLE = st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=8)


def lines(*rows: str) -> list[bytes]:
    return [row.encode() for row in rows]


@given(TABLE, st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]))
def test_a_list_reads_back_in_every_encoding(table, encoding):
    text = "名称,地区名称\n" + "\n".join(",".join(row) for row in table)

    rows, faults, _found = delimited.parse(text.encode(encoding))

    assert rows[1:] == [list(row) for row in table]
    assert faults == []


def test_lines_of_another_encoding_are_read_as_what_they_are():
    mostly_utf8 = b"\n".join(
        [*lines("名称,地区", "甲机械厂,西湖区", "乙轴承厂,拱墅区"), "丙喆电器厂,上城区".encode("gb18030")]
    )
    mostly_gb = b"\n".join([row.encode("gb18030") for row in ("名称,地区", "甲厂,西湖区", "乙厂,拱墅区")])
    mostly_gb += b"\n" + "丙喆电器厂,上城区".encode()

    for data in (mostly_utf8, mostly_gb):
        rows, faults, _encoding = delimited.parse(data)
        assert rows[-1] == ["丙喆电器厂", "上城区"]
        assert faults == []


def test_a_damaged_line_is_a_fault_of_its_row_alone():
    damaged = "乙轴承厂".encode()[:-1] + b",330106"
    data = b"\n".join([*lines("名称,地区", "甲机械厂,330106"), damaged, *lines("丙电器厂,330106")])

    rows, faults, encoding = delimited.parse(data)

    assert encoding == "utf-8"
    assert [(fault["row"], fault["column"]) for fault in faults] == [(3, 1)]
    assert rows[3] == ["丙电器厂", "330106"]


def test_a_control_character_is_a_fault_of_its_row_alone():
    rows, faults, _encoding = delimited.parse("名称,地区,备注\n甲\x01厂,330106,浙江省杭州市西湖区\n".encode())

    assert [(fault["row"], fault["column"]) for fault in faults] == [(2, 1)]
    assert "\x01" not in rows[1][0]


def test_a_quotation_mark_that_is_not_closed_takes_no_other_row_with_it():
    data = '名称,地区\n"甲机械厂,330106\n乙厂,330106\n"丙,\n厂",330106\n'.encode()

    rows, faults, _encoding = delimited.parse(data.replace(b'"\xe4\xb8\x99,\n\xe5\x8e\x82"', "丙厂".encode()))

    assert [(fault["row"], fault["column"]) for fault in faults] == [(2, 1)]
    assert rows[2] == ["乙厂", "330106"]


def test_a_quoted_cell_may_hold_line_breaks_commas_and_quotation_marks():
    rows, faults, _encoding = delimited.parse(b'a,b\n"x\ny, ""z""",2\n3,4\n')

    assert rows[:3] == [["a", "b"], ['x\ny, "z"', "2"], ["3", "4"]]
    assert faults == []


def test_a_code_that_excel_has_shortened_is_a_fault():
    _rows, faults, _encoding = delimited.parse(b"code,value\n9.13302E+17,1.5E+05\n")

    assert [(fault["row"], fault["column"]) for fault in faults] == [(2, 1)]


def test_a_code_forced_to_text_is_the_code():
    assert delimited.parse(b'code\n="0123"\n')[0][1] == ["0123"]


@given(st.binary(max_size=300))
def test_no_bytes_break_the_reader(data):
    try:
        rows, _faults, _encoding = delimited.parse(data)
    except BadInput as refusal:
        assert refusal.remedy
    else:
        assert all(isinstance(cell, str) for row in rows for cell in row)


@pytest.mark.parametrize("data", [b"\xff\xff\xff", bytes(range(256)) * 4, b"%PDF-1.7\n\x01\x02"])
def test_what_is_no_text_is_refused(data):
    with pytest.raises(BadInput) as refusal:
        delimited.parse(data)

    assert refusal.value.code == "unknown-file"
