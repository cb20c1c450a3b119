"""Uploaded lists: the numbers of Excel, both Chinese encodings, and files made to harm."""

from __future__ import annotations

import io
import random
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from tests.formats import old_workbook
from zhiheng.errors import BadInput, LimitExceeded
from zhiheng.formats import spreadsheet, workbook_guard

SHEET = "xl/worksheets/sheet1.xml"


def workbook(fill) -> bytes:
    book = openpyxl.Workbook()
    fill(book)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def title_blank_and_merged(book):
    sheet = book.active
    sheet.title = "企业"
    sheet["A1"] = "浙江省企业名单"
    sheet.merge_cells("A1:C1")
    sheet.append([])
    sheet["A3"], sheet["B3"], sheet["C3"] = "代码", "产值", "日期"
    sheet["A5"], sheet["B5"], sheet["C5"] = "91140110B0681219X5", 12.5, date(2024, 3, 1)
    sheet["B6"], sheet["C6"], sheet["D6"] = 3.0, datetime(2024, 3, 1, 9, 30), True
    sheet["A9"].font = openpyxl.styles.Font(bold=True)
    book.create_sheet("产品")["B2"] = "x"


@pytest.fixture(scope="module")
def good() -> bytes:
    return workbook(title_blank_and_merged)


def test_rows_and_columns_have_the_numbers_of_excel(good):
    sheet = spreadsheet.read(good)

    assert sheet.name == "企业"
    assert sheet.rows[0][0] == "浙江省企业名单"
    assert not any(sheet.rows[1]) and not any(sheet.rows[3])
    assert sheet.rows[4] == ("91140110B0681219X5", "12.5", "2024-03-01", "")
    assert sheet.rows[5] == ("", "3", "2024-03-01T09:30:00", "TRUE")
    assert len(sheet.rows) == 6


def test_a_sheet_is_chosen_by_name_or_place(good):
    assert spreadsheet.parse(good, "产品")["rows"] == [["", ""], ["", "x"]]
    assert spreadsheet.parse(good, 1)["name"] == "产品"
    for wanted in ("没有", 2):
        with pytest.raises(BadInput, match="no sheet") as refusal:
            spreadsheet.parse(good, wanted)
        assert "企业" in refusal.value.remedy


def test_a_code_that_excel_has_cut_is_a_fault_with_its_place():
    def fill(book):
        book.active["B3"] = 913310224245426205
        book.active["C3"] = 123456789012345

    faults = spreadsheet.parse(workbook(fill))["faults"]

    assert [(fault["row"], fault["column"]) for fault in faults] == [(3, 2)]
    assert faults[0]["remedy"]


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        ('名称,代码\n甲,"1,2"\n'.encode(), "utf-8"),
        ('名称,代码\n甲,"1,2"\n'.encode("utf-8-sig"), "utf-8-sig"),
        ('名称,代码\n甲,"1,2"\n'.encode("gb18030"), "gb18030"),
        ('名称\t代码\r\n甲\t"1,2"\r\n'.encode("utf-16"), "utf-16"),
        ('名称;代码\n甲;"1,2"\n'.encode(), "utf-8"),
    ],
)
def test_a_csv_list_is_read_in_the_encodings_of_offices(data, encoding):
    answer = spreadsheet.parse(data)

    assert answer["encoding"] == encoding
    assert answer["rows"] == [["名称", "代码"], ["甲", "1,2"]]


def test_blank_lines_of_a_csv_keep_their_number():
    assert spreadsheet.parse(b"title\n\na,b\n\n\n")["rows"] == [["title"], [], ["a", "b"]]


def bomb_of_two_cells() -> bytes:
    """Return a workbook of about 1.4 KB whose two cells lie in opposite corners."""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return rebuilt(workbook(lambda book: None), {SHEET: sheet_xml(cells)})


def sheet_xml(rows: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return (
        f'<?xml version="1.0"?><worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'.encode()
    )


def rebuilt(data: bytes, parts: dict[str, bytes]) -> bytes:
    """Return the archive with some parts replaced or added, well compressed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in parts:
                new.writestr(name, old.read(name))
        for name, content in parts.items():
            new.writestr(name, content)
    return file.getvalue()


def test_two_cells_in_opposite_corners_are_refused_by_name():
    with pytest.raises(LimitExceeded, match="XFD1048576"):
        spreadsheet.read(bomb_of_two_cells())


def test_the_parent_survives_when_the_parser_dies_of_the_same_bomb():
    """The attacker hides the address from the guard by a character reference."""
    cells = '<row r="1"><c r="A1"><v>1</v></c></row><row><c r="&#88;FD1048576"><v>1</v></c></row>'
    masked = rebuilt(workbook(lambda book: None), {SHEET: sheet_xml(cells)})
    workbook_guard.check(masked, max_rows=spreadsheet.MAX_ROWS, max_columns=spreadsheet.MAX_COLUMNS)

    with pytest.raises(BadInput) as refusal:
        spreadsheet.read(masked)

    assert refusal.value.remedy


def test_an_archive_that_expands_too_far_is_refused():
    data = rebuilt(workbook(lambda book: None), {"xl/media/blank.bin": bytes(40_000_000)})

    with pytest.raises(LimitExceeded, match="expands"):
        spreadsheet.read(data)


def test_a_lying_size_is_found_while_inflating():
    data = bytearray(rebuilt(workbook(lambda book: None), {"xl/media/blank.bin": bytes(40_000_000)}))
    real = (40_000_000).to_bytes(4, "little")
    while (place := data.find(real)) >= 0:
        data[place : place + 4] = (1000).to_bytes(4, "little")

    with pytest.raises(BadInput):
        spreadsheet.parse(bytes(data))


def test_too_many_parts_and_a_part_twice_are_refused():
    many = {f"xl/media/{number}.bin": b"" for number in range(workbook_guard.MAX_PARTS)}
    with pytest.raises(LimitExceeded, match="parts"):
        spreadsheet.parse(rebuilt(workbook(lambda book: None), many))

    file = io.BytesIO(workbook(lambda book: None))
    with pytest.warns(UserWarning), zipfile.ZipFile(file, "a") as archive:
        archive.writestr(SHEET, b"")
    with pytest.raises(BadInput, match="twice"):
        spreadsheet.parse(file.getvalue())


@pytest.mark.parametrize(
    "data",
    [
        b"\x00\x01\x02",
        b"%PDF-1.7\n\x01\x02",
        b"PK\x03\x04 but no archive",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100),
        b"\x89PNG\r\n\x1a\n" + bytes(20),
        b"\xff\xff\xff",
    ],
    ids=["bytes", "pdf", "zip", "xls", "png", "ff"],
)
def test_what_is_no_list_is_refused_with_a_remedy(data):
    with pytest.raises(BadInput) as refusal:
        spreadsheet.read(data)

    assert refusal.value.remedy


def test_a_damaged_workbook_is_refused(good):
    for damaged in (good[: len(good) // 2], rebuilt(good, {SHEET: b"<worksheet><sheetData><row"})):
        with pytest.raises(BadInput):
            spreadsheet.parse(damaged)


def test_a_list_beyond_the_bounds_is_refused(monkeypatch):
    monkeypatch.setattr(spreadsheet, "MAX_ROWS", 3)
    with pytest.raises(LimitExceeded, match="4 rows"):
        spreadsheet.parse(b"a\nb\nc\nd\n")


def test_an_xml_entity_bomb_does_no_harm(good):
    entities = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    text = f'<!DOCTYPE x [<!ENTITY a0 "ha">{entities}]><worksheet><sheetData>&a9;</sheetData></worksheet>'

    try:
        rows = spreadsheet.read(rebuilt(good, {SHEET: text.encode()})).rows
    except BadInput:
        rows = ()
    assert not any("ha" in cell for row in rows for cell in row)


def test_an_old_workbook_is_read_with_its_merged_cells():
    rows = [["主体名单", None], ["代码", "产值"], ["91140110B0681219X5", 12.5], ["x", 913310224245426205.0]]
    sheet = spreadsheet.read(old_workbook.workbook(rows, merged=[(0, 0, 0, 1)]))

    assert sheet.encoding == "xls"
    assert sheet.rows[2] == ("91140110B0681219X5", "12.5")
    assert sheet.merged == ((1, 1, 1, 2),)
    assert [(fault.row, fault.column) for fault in sheet.faults] == [(4, 2)]


def test_merged_cells_hidden_rows_widths_and_other_sheets_are_told():
    def fill(book):
        sheet = book.active
        sheet.title = "名单"
        sheet["A1"], sheet["A2"], sheet["B3"] = "标题", "甲", "乙"
        sheet.merge_cells("A1:C1")
        sheet.merge_cells("A2:A3")
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["B"].width = 33
        book.create_sheet("空")
        hidden = book.create_sheet("底稿")
        hidden["A1"] = "x"
        hidden.sheet_state = "hidden"

    sheet = spreadsheet.read(workbook(fill))

    assert sheet.merged == ((1, 1, 1, 3), (2, 1, 3, 1))
    assert sheet.hidden_rows == (3,)
    assert sheet.widths == ((2, 33.0),)
    assert [(other.name, other.is_hidden, other.head) for other in sheet.others] == [
        ("空", False, ()),
        ("底稿", True, (("x",),)),
    ]


def test_the_first_sheet_in_sight_that_holds_anything_is_read():
    def fill(book):
        book.active["A1"] = "说明"
        book.active.sheet_state = "hidden"
        book.create_sheet("空")
        book.create_sheet("名单")["A1"] = "甲"

    assert spreadsheet.parse(workbook(fill))["name"] == "名单"


@pytest.mark.parametrize("seed", range(8))
def test_a_damaged_old_workbook_harms_nobody(seed):
    data = bytearray(old_workbook.workbook([["代码", "名称"]] + [[f"甲{n}", float(n)] for n in range(60)]))
    chance = random.Random(seed)
    for _count in range(40):
        data[chance.randrange(8, len(data))] = chance.randrange(256)

    try:
        rows = spreadsheet.read(bytes(data)).rows
    except BadInput as refusal:
        assert refusal.remedy
    else:
        assert all(isinstance(cell, str) for row in rows for cell in row)
