"""Lists as offices really keep them: each file with what the start of an office must make of it."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from tests.site.offices import real_code

HEAD = ("企业名称", "统一社会信用代码", "所在区县", "行业", "规模", "环节")


def firm(number: int, **changes: Any) -> list[Any]:
    """Return a row of the plain list of firms; a change is named by the letter of its column."""
    row: list[Any] = [f"杭州甲{number}有限公司", real_code(number), "西湖区", "34", "小型", "生产"]
    for letter, value in changes.items():
        row["ABCDEF".index(letter)] = value
    return row


def book(rows: Sequence[Sequence[Any]], *, more: Callable[[Any, Any], None] | None = None) -> bytes:
    """Return a workbook of one sheet; ``more(book, sheet)`` changes it."""
    made = Workbook()
    sheet = made.active
    sheet.title = "名录"
    for row in rows:
        sheet.append(list(row))
    if more:
        more(made, sheet)
    held = io.BytesIO()
    made.save(held)
    return held.getvalue()


def csv(rows: Sequence[Sequence[Any]], encoding: str = "utf-8") -> bytes:
    """Return a CSV file."""
    return "\r\n".join(",".join(map(str, row)) for row in rows).encode(encoding)


def wide(text: str) -> str:
    """Return a text in full-width characters."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


@dataclass(frozen=True)
class List:
    """A file, and what becomes of it: rows stored, or each fault by row, letter and a word of its rule."""

    name: str
    data: bytes
    stored: int = 0
    faults: Sequence[tuple[int, str, str]] = ()
    unread: Sequence[str] = ()
    told: Sequence[str] = ()
    options: Sequence[str] = field(default_factory=tuple)
    refused: str = ""

    def write(self, folder: Path) -> Path:
        """Write the file."""
        path = folder / self.name
        path.write_bytes(self.data)
        return path


def _hide(_book: Any, sheet: Any) -> None:
    sheet.row_dimensions[3].hidden = True
    sheet.column_dimensions["B"].hidden = True


def _sheets(made: Any, _sheet: Any) -> None:
    other = made.create_sheet("汇总")
    other.append(["区县", "企业数"])
    other.append(["西湖区", 2])
    draft = made.create_sheet("旧底稿")
    draft.append(list(HEAD))
    draft.append(firm(99))
    draft.sheet_state = "hidden"


def _three_rows(_book: Any, sheet: Any) -> None:
    for area in ("A1:F1", "A2:B2", "C2:F2", "A3:A4", "B3:B4", "C3:D3", "E3:F3"):
        sheet.merge_cells(area)


def _two_rows(_book: Any, sheet: Any) -> None:
    for area in ("A1:B1", "C1:F1"):
        sheet.merge_cells(area)


def _merge_groups(_book: Any, sheet: Any) -> None:
    sheet.merge_cells("C2:C4")
    sheet.merge_cells("D2:D3")


def formula_in_row_3(_book: Any, sheet: Any) -> None:
    """Put a formula without its result into a cell."""
    sheet["A3"] = '="杭州"&"乙有限公司"'


def _error(_book: Any, sheet: Any) -> None:
    sheet["D3"] = "=1/0"
    sheet["D3"].data_type = "e"
    sheet["D3"].value = "#N/A"


WRONG = real_code(2)[:17] + ("0" if real_code(2)[17] != "0" else "1")

FIRMS = {
    "titles and a signature": List(
        "名录.xlsx",
        book(
            [
                ["西湖区工业产品生产企业名录"],
                ["（2026年第一季度）", "", "", "", "填表日期：2026年3月5日"],
                HEAD,
                firm(1),
                [],
                firm(2),
                ["合计", "2家"],
                ["填报说明:无"],
                ["制表人：某某", "", "审核人：某某"],
                ["西湖区市场监督管理局（盖章）"],
                ["2026年3月5日"],
            ]
        ),
        stored=2,
        told=["Total rows", "Notes below"],
    ),
    "two header rows": List(
        "名录.xlsx",
        book(
            [["基本情况", "", "经营情况", "", "", ""], HEAD, firm(1), firm(2)],
            more=_two_rows,
        ),
        stored=2,
    ),
    "three header rows": List(
        "名录.xlsx",
        book(
            [
                ["企业底册"],
                ["主体", "", "情况", "", "", ""],
                ["企业名称", "统一社会信用代码", "地点", "", "生产", ""],
                ["", "", "所属区", "行业", "规模", "环节"],
                firm(1),
                firm(2),
            ],
            more=_three_rows,
        ),
        stored=2,
    ),
    "merged group cells": List(
        "名录.xlsx",
        book([HEAD, firm(1), firm(2, C=None, D=None), firm(3, C=None)], more=_merge_groups),
        stored=3,
        told=["Merged cells"],
    ),
    "an apostrophe before the code": List(
        "名录.csv", csv([HEAD, firm(1, B=f"'{real_code(1)}"), firm(2, B=f'="{real_code(2)}"')]), stored=2
    ),
    "hidden row and column": List(
        "名录.xlsx", book([HEAD, firm(1), firm(2)], more=_hide), stored=2, told=["hidden"]
    ),
    "several sheets": List(
        "名录.xlsx", book([HEAD, firm(1), firm(2)], more=_sheets), stored=2, told=["汇总", "旧底稿"]
    ),
    "a formula without its result": List(
        "名录.xlsx", book([HEAD, firm(1), firm(2)], more=formula_in_row_3), faults=[(3, "A", "formula")]
    ),
    "an error of the spreadsheet": List(
        "名录.xlsx", book([HEAD, firm(1), firm(2)], more=_error), faults=[(3, "D", "error")]
    ),
    "GB 18030": List("名录.csv", csv([HEAD, firm(1), firm(2)], "gb18030"), stored=2),
    "UTF-8 with a mark": List("名录.csv", csv([HEAD, firm(1), firm(2)], "utf-8-sig"), stored=2),
    "UTF-16": List("名录.csv", csv([HEAD, firm(1), firm(2)], "utf-16"), stored=2),
    "UTF-16 with tabs": List(
        "名录.txt",
        "\r\n".join("\t".join(map(str, row)) for row in (HEAD, firm(1))).encode("utf-16"),
        stored=1,
    ),
    "mixed encodings": List("名录.csv", csv([HEAD, firm(1)]) + b"\r\n" + csv([firm(2)], "gb18030"), stored=2),
    "numbers as text and as numbers": List(
        "名录.xlsx",
        book(
            [HEAD, firm(1, D=34), firm(2, D="34.0"), firm(3, D="C34"), firm(4, D="3411"), firm(5, C=330106)]
        ),
        stored=5,
    ),
    "codes with blanks, small letters, full width": List(
        "名录.xlsx",
        book(
            [
                HEAD,
                firm(1, B=f" {real_code(1)[:8]} {real_code(1)[8:]}\u3000"),
                firm(2, B=real_code(2).lower()),
                firm(3, B=wide(real_code(3))),
                firm(4, B=f"\u200b{real_code(4)[:4]}-{real_code(4)[4:]}"),
            ]
        ),
        stored=4,
    ),
    "a code in scientific notation": List(
        "名录.csv",
        csv([HEAD, firm(1), firm(2, B="9.13301E+17")]),
        faults=[(3, "B", "shortened")],
    ),
    "a code that is a number": List(
        "名录.xlsx", book([HEAD, firm(1), firm(2, B=913301060000000123)]), faults=[(3, "B", "15 digits")]
    ),
    "full-width names and brackets": List(
        "名录.xlsx", book([HEAD, firm(1, A="ＡＢＣ（杭州）有限公司"), firm(2, A="甲[杭州]厂")]), stored=2
    ),
    "one code, two names": List(
        "名录.xlsx", book([HEAD, firm(1), firm(1, A="另一家有限公司")]), faults=[(3, "B", "row 2")]
    ),
    "a wrong check character": List(
        "名录.xlsx", book([HEAD, firm(1), firm(2, B=WRONG)]), faults=[(3, "B", "check")]
    ),
    "a region nobody knows": List(
        "名录.xlsx", book([HEAD, firm(1), firm(2, C="天上区")]), faults=[(3, "C", "天上区")]
    ),
    "a region outside": List(
        "名录.xlsx",
        book([[*HEAD[:2], "所属区", *HEAD[3:]], firm(1), firm(2, C="海淀区"), firm(3, C="330106")]),
        faults=[(3, "C", "outside")],
    ),
    "regions of the same name": List(
        "名录.xlsx",
        book([[*HEAD[:2], "属地", *HEAD[3:]], firm(1, C="朝阳区"), firm(2, C="鼓楼区"), firm(3, C="市辖区")]),
        faults=[(2, "C", "110105"), (3, "C", "320106"), (4, "C", "市辖区")],
    ),
    "personal columns": List(
        "名录.xlsx",
        book(
            [
                [*HEAD, "法定代表人", "联系电话", "身份证号"],
                [*firm(1), "某某甲", "13800000000", "330106199001011234"],
            ]
        ),
        stored=1,
        unread=["G 法定代表人", "H 联系电话", "I 身份证号"],
        told=["personal data"],
    ),
    "other words in the header": List(
        "名录.xlsx",
        book(
            [
                ["序号", "生产单位", "社会信用代码", "生产地址", "所属县（市、区）", "所属行业", "企业规模"],
                [1, "杭州甲有限公司", real_code(1), "文三路1号", "西湖区", "通用设备制造业", "微型"],
            ]
        ),
        stored=1,
        unread=["D 生产地址"],
        told=["生产"],
    ),
    "still other words": List(
        "获证企业.xlsx",
        book(
            [
                ["主体名称", "代码", "辖区", "行业代码", "规模", "住所"],
                ["甲厂", real_code(1), "西湖", "34", "小", "文一路"],
            ]
        ),
        stored=1,
        unread=["F 住所"],
    ),
    "a licence number for the code": List(
        "名录.xlsx",
        book(
            [
                ["名称", "执照号", "区县", "行业", "规模", "经营地址"],
                ["甲厂", real_code(1), "西湖区", "34", "小", "文一路"],
            ]
        ),
        stored=1,
    ),
    "streets instead of counties": List(
        "名录.xlsx",
        book([[*HEAD[:2], "属地", *HEAD[3:]], firm(1, C="文新街道"), firm(2, C="古荡街道")]),
        stored=2,
        unread=["C 属地"],
        told=["every row is taken as 浙江省杭州市西湖区"],
    ),
    "a column that may be the county": List(
        "名录.xlsx",
        book([[*HEAD[:2], "监管区域", *HEAD[3:]], firm(1, C="第一片"), firm(2, C="第二片")]),
        faults=[(1, "C", "not certain")],
    ),
    "a column that may be the county, settled": List(
        "名录.xlsx",
        book([[*HEAD[:2], "监管区域", *HEAD[3:]], firm(1, C="第一片"), firm(2, C="第二片")]),
        options=["--every", "region=西湖区"],
        stored=2,
        unread=["C 监管区域"],
    ),
    "two columns that would do": List(
        "名录.xlsx",
        book([[*HEAD[:2], "甲列", *HEAD[3:], "乙列"], [*firm(1), "上城区"], [*firm(2), "西湖区"]]),
        faults=[(1, "C", "not certain")],
    ),
    "two columns that would do, settled": List(
        "名录.xlsx",
        book([[*HEAD[:2], "甲列", *HEAD[3:], "乙列"], [*firm(1), "上城区"], [*firm(2), "西湖区"]]),
        options=["--column", "region=C"],
        stored=2,
        unread=["G 乙列"],
    ),
    "a list of shops says no channel": List(
        "商户.xlsx",
        book([["流通领域经营者名单"], HEAD[:5], firm(1)[:5]]),
        faults=[(2, "", "no column")],
    ),
    "columns that nothing tells": List(
        "名录.xlsx",
        book([HEAD[:3], firm(1)[:3]]),
        faults=[(1, "", "Division"), (1, "", "Size"), (1, "", "Channel")],
    ),
    "a unit that cannot be converted": List(
        "名录.xlsx",
        book([[*HEAD, "年产值（万元）"], [*firm(1), "12千克"], [*firm(2), "1.2e3"], [*firm(3), "1,250.5"]]),
        faults=[(2, "G", "千克"), (3, "G", "number")],
    ),
    "damaged": List("名录.xlsx", book([HEAD, firm(1)])[:900], refused="damaged-workbook"),
    "a picture": List("名录.xlsx", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20, refused="unknown-file"),
    "empty": List("名录.xlsx", b"", refused="empty-list"),
    "a header alone": List("名录.xlsx", book([HEAD]), refused="bad-input"),
}

PEOPLE = ("姓名", "执法证号", "所属区县", "专业领域", "证件有效期", "所属单位")


def person(number: int, until: Any = "2027-03-05", **changes: Any) -> list[Any]:
    """Return a row of the list of inspectors."""
    row: list[Any] = [f"检查员{number}", f"ZF{number:04d}", "西湖区", "34", until, "西湖区市场监管局"]
    for letter, value in changes.items():
        row["ABCDEF".index(letter)] = value
    return row


DAYS = (
    "2027年3月5日", "2027/3/5", "2027.3.5", "20270305", 20270305, date(2027, 3, 5), "2027-03-05", 46451,
    "2024.3.5-2027.3.5", "2024年3月5日至2027年3月5日", "2024-03-05～2027-03-05",
)  # fmt: skip

INSPECTORS = {
    "days in many notations": List(
        "执法人员.xlsx",
        book([PEOPLE, *(person(number, day) for number, day in enumerate(DAYS, 1))]),
        stored=len(DAYS),
    ),
    "days that cannot be": List(
        "执法人员.xlsx",
        book([PEOPLE, person(1, "27/3/5"), person(2, "3/5/2027"), person(3, "2027-02-30"), person(4)]),
        faults=[(2, "E", "two digits"), (3, "E", "which number"), (4, "E", "2027-02-30")],
    ),
    "days in the wrong order": List(
        "执法人员.xlsx",
        book([PEOPLE, person(1, "2027-03-05至2024-03-05")]),
        faults=[(2, "E", "before the first")],
    ),
    "running numbers beside the certificate": List(
        "执法人员.xlsx",
        book([["编号", *PEOPLE], [1, *person(1)], [2, *person(2)]]),
        stored=2,
        unread=["A 编号"],
    ),
    "nobody says the unit": List(
        "执法人员.xlsx",
        book([PEOPLE[:3], person(1)[:3]]),
        stored=1,
        told=["西湖区市场监督管理局"],
    ),
}
