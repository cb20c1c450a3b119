"""Real office lists are read as they are, whatever their layout, and nothing is done without being told."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.formats import spreadsheet
from zhiheng.formats.spreadsheet import Sheet
from zhiheng.stages.registry import lists
from zhiheng.web.imports import layout as layouts
from zhiheng.web.imports import matching, reading, told
from zhiheng.web.imports.spec import ImportColumn, nothing_to_check

from .conftest import code
from .layouts import Layout, workbook

SPEC = dataclasses.replace(lists.SUBJECTS, check_rows=nothing_to_check)
KEYS = ("code", "name", "region", "division", "size", "channel", "output_value")
HEADERS = {
    "code": "统一社会信用代码",
    "name": "企业名称",
    "region": "所在区县",
    "division": "行业大类",
    "size": "企业规模",
    "channel": "经营环节",
    "output_value": "年产值（万元）",
}
TRUTH = [
    {
        "code": code(number),
        "name": f"甬江（宁波）机械{number}厂",
        "region": "330106",
        "division": "34",
        "size": "small",
        "channel": "factory",
        "output_value": Decimal("1234.5"),
    }
    for number in range(1, 8)
]


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


def typed(truth, *, is_wide: bool = False):
    """Return a row as an office types it."""
    row = dict(truth) | {"region": "浙江省杭州市西湖区", "size": "小型", "channel": "生产"}
    row |= {"output_value": "1,234.5万元", "division": "34通用设备制造业"}
    return {key: wide(value) if is_wide and key == "code" else value for key, value in row.items()}


def read(data: bytes) -> Sheet:
    return spreadsheet.from_parsed(spreadsheet.parse(data))


def understood(sheet: Sheet, spec=SPEC) -> reading.Checked:
    found = matching.guess(spec, sheet)
    return reading.check(spec, sheet, found.header_row, found.mapping, None)


LAYOUTS = st.builds(
    Layout,
    order=st.permutations([*KEYS, ""]),
    titles=st.lists(
        st.sampled_from(["西湖区生产企业名录", "（2026年度）", "填报单位：某局  2026年3月"]),
        max_size=3,
        unique=True,
    ),
    grouped=st.booleans(),
    serial=st.booleans(),
    extra=st.booleans(),
    merge_region=st.booleans(),
    blank_every=st.sampled_from([0, 0, 2, 3]),
    total=st.booleans(),
    notes=st.sampled_from([(), ("注：本表由各所填报。",), ("制表人：某某", "说明：以上数据截至3月底。")]),
    headers=st.just(HEADERS),
)


@settings(max_examples=60)
@given(layout=LAYOUTS, is_wide=st.booleans(), size=st.integers(1, 7))
def test_whatever_the_layout_the_same_rows_are_understood(layout, is_wide, size):
    truth = TRUTH[:size]

    checked = understood(read(workbook(layout, [typed(row, is_wide=is_wide) for row in truth])))

    assert checked.faults == []
    assert [{key: row.values[key] for key in KEYS} for row in checked.rows] == truth


@settings(max_examples=40)
@given(layout=LAYOUTS, place=st.integers(0, 4), key=st.sampled_from(["code", "division", "output_value"]))
def test_whatever_the_layout_a_wrong_cell_is_named_where_it_stands(layout, place, key):
    rows = [typed(row) for row in TRUTH[:5]]
    rows[place][key] = "错误"
    data = workbook(layout, rows)

    sheet = read(data)
    faults = understood(sheet).faults

    assert [sheet.rows[fault.row - 1][fault.column - 1] for fault in faults] == ["错误"]


def test_groups_above_the_header_are_joined_also_without_merged_cells():
    rows = [
        ("序号", "基本情况", "", "", "经营情况", ""),
        ("", "企业名称", "信用代码", "地区", "规模", "环节"),
        ("1", "甲厂", code(1), "330106", "小型", "生产"),
    ]
    sheet = Sheet("s", tuple(rows))
    found = matching.guess(SPEC, sheet)

    assert found.header_row == 2
    assert found.mapping == {"name": 2, "code": 3, "region": 4, "size": 5, "channel": 6}
    assert [name.shown for name in layouts.names(sheet, 2)][:2] == ["序号", "基本情况 · 企业名称"]


def test_columns_that_no_header_tells_are_proposed_by_their_contents():
    rows = [("甲列", "乙列", "丙列", "丁列", "戊列", "己列")]
    rows += [(str(n), code(n), f"甲{n}有限公司", "330106", "34", "小型") for n in range(1, 9)]
    found = matching.guess(SPEC, Sheet("s", tuple(rows)))

    assert found.header_row == 1
    assert found.mapping == {"code": 2, "name": 3, "region": 4, "division": 5, "size": 6}
    assert found.named == 0


def test_an_optional_column_is_never_proposed_by_contents():
    rows = [("统一社会信用代码", "信用等级")] + [(code(n), "A") for n in range(1, 9)]

    assert "risk_class" not in matching.guess(SPEC, Sheet("s", tuple(rows))).mapping


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        (("合计", "", "3"), "total"),
        (("", "小 计：", "3"), "total"),
        (("总计（家）", "", ""), "total"),
        (("注：以上企业均已核实。", "", ""), "note"),
        (("制表人：某某", "审核人：某某", ""), "note"),
        (("统一社会信用代码", "企业名称", "地区"), "header"),
        (("以上名单截至二月底；如有变动另行通知", "", ""), "note"),
    ],
)
def test_a_row_that_is_no_row_is_left_out_and_told(cells, why):
    rows = (("统一社会信用代码", "企业名称", "地区"), (code(1), "甲厂", "330106"), cells)

    body = layouts.body(Sheet("s", rows), 1, (1, 2, 3))

    assert [(one.row, one.why) for one in body.left_out] == [(3, why)]
    assert len(body.rows) == 1


@pytest.mark.parametrize(
    "cells",
    [
        (code(2), "合计机械有限公司", "330106"),
        ("", "乙厂", ""),
        (code(2), "合计", "330106"),
        ("", "说明书厂", ""),
    ],
)
def test_a_row_that_may_be_one_is_never_left_out_silently(cells):
    rows = (("统一社会信用代码", "企业名称", "地区"), (code(1), "甲厂", "330106"), cells)

    assert len(layouts.body(Sheet("s", rows), 1, (1, 2, 3)).rows) == 2


def test_only_cells_merged_downward_are_repeated():
    rows = (("代码", "名称", "地区"), ("1", "甲", "330106"), ("2", "乙", ""), ("3", "", ""))
    sheet = Sheet("s", rows, merged=((2, 3, 4, 3), (4, 1, 4, 2)))

    body = layouts.body(sheet, 1, ())

    assert [list(texts) for _number, texts in body.rows] == [
        ["1", "甲", "330106"],
        ["2", "乙", "330106"],
        ["3", "", "330106"],
    ]
    assert body.filled == ((3, 2, 4),)


@pytest.mark.parametrize(
    ("title", "header", "cell", "value"),
    [
        ("名录", "年产值（元）", "12345000", "1234.5"),
        ("单位：元", "年产值", "12345000", "1234.5"),
        ("名录", "年产值", "0.5亿元", "5000"),
        ("名录", "年产值(万元)", "１，２３４．５", "1234.5"),
    ],
)
def test_an_amount_is_brought_to_the_unit_of_the_register(title, header, cell, value):
    row = [code(1), "甲厂", "330106", "34", "小型", "生产", cell]
    names = ["统一社会信用代码", "企业名称", "地区", "行业", "规模", "环节", header]
    sheet = Sheet("s", ((title,), tuple(names), tuple(row)))

    assert understood(sheet).rows[0].values["output_value"] == Decimal(value)


@pytest.mark.parametrize(("header", "cell"), [("年产值（万美元）", "12"), ("年产值", "12吨")])
def test_an_amount_in_a_unit_that_does_not_go_with_it_is_a_fault(header, cell):
    row = [code(1), "甲厂", "330106", "34", "小型", "生产", cell]
    names = ["统一社会信用代码", "企业名称", "地区", "行业", "规模", "环节", header]

    faults = understood(Sheet("s", (tuple(names), tuple(row)))).faults

    assert [(fault.row, fault.column) for fault in faults] == [(2, 7)]


def iso_day(text):
    """Parse as a plain column of days does: ISO alone."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise BadInput("no ISO day", "write one") from None


DATED = dataclasses.replace(
    SPEC,
    columns=(
        ImportColumn("name", "名称", "Name", (), True),
        ImportColumn("day", "发证日期", "Issued on", (), True, iso_day),
    ),
)


@pytest.mark.parametrize("text", ["2025-3-1", "2025/03/01", "2025.3.1", "2025年3月1日", "20250301", "45717"])
def test_a_column_of_days_takes_every_notation_whatever_its_parser(text):
    sheet = Sheet("s", (("名称", "发证日期"), ("甲厂", text)))

    assert understood(sheet, DATED).rows[0].values["day"] == date(2025, 3, 1)


@pytest.mark.parametrize(("text", "word"), [("25-3-1", "two digits"), ("3/4/2025", "not certain")])
def test_a_day_that_is_not_certain_is_a_fault_that_says_why(text, word):
    with translation.override("en"):
        faults = understood(Sheet("s", (("名称", "发证日期"), ("甲厂", text))), DATED).faults

    assert [(fault.row, fault.column) for fault in faults] == [(2, 2)]
    assert word in faults[0].rule


def test_what_is_done_to_a_list_is_said_in_sentences():
    layout = Layout(
        KEYS, ("名录",), grouped=True, merge_region=True, total=True, notes=("注：略。",), headers=HEADERS
    )
    sheet = read(workbook(layout, [typed(row) for row in TRUTH], more=lambda book: book.create_sheet("封面")))
    found = matching.guess(SPEC, sheet)

    with translation.override("en"):
        said = " ".join(told.sentences(SPEC, sheet, found.header_row, found.mapping))

    for words in ("封面", "two rows, 2 and 3", "Total rows are left out: row 11", "Notes below", "C4:C10"):
        assert words in said, said


def test_short_names_of_regions_are_known_where_one_place_alone_has_them():
    from zhiheng.stages.registry import reading as words

    assert words.region("杭州市西湖区") == "330106"
    assert words.region("西湖区") == "西湖区"
    assert words.region("萧山区") == "330109"
