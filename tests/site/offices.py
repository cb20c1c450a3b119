"""Real-looking lists of an office: codes that no demonstration has, in workbooks as offices keep them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from openpyxl import Workbook

from zhiheng.formats import identifiers

REGION = "330106"


def real_code(number: int) -> str:
    """Return a well-formed social credit code outside of the demonstration."""
    head = f"91330106MA{number:07d}"
    return head + identifiers.uscc_check_character(head)


def real_gtin(number: int) -> str:
    """Return a well-formed GTIN-13 outside of the demonstration."""
    head = f"690{number:09d}"
    total = sum(int(sign) * (3 if place % 2 else 1) for place, sign in enumerate(head))
    return head + str(-total % 10)


def subjects(path: Path, count: int = 40, **changes: dict[int, Any]) -> Path:
    """Write the list of firms: a title, a grouped header, the region merged downward, a total, a note."""
    book = Workbook()
    cover = book.active
    cover.title = "封面"
    cover.append(["西湖区市场监督管理局"])
    sheet = book.create_sheet("企业名录")
    sheet.append(["西湖区工业产品生产企业名录（2026年度）"])
    sheet.merge_cells("A1:I1")
    sheet.append(["填报单位：质量科", None, None, None, None, None, None, "单位：元"])
    sheet.append(["序号", "基本情况", None, None, "经营情况", None, None, None, "联系电话"])
    sheet.append([None, "企业名称", "统一社会信用代码", "所在区县", "行业大类", "规模", "环节", "年产值"])
    for area in ("A3:A4", "B3:D3", "E3:H3", "I3:I4"):
        sheet.merge_cells(area)
    for number in range(1, count + 1):
        row = [
            number,
            f"西湖机械（{number}）有限公司",
            real_code(number),
            "杭州市西湖区" if number == 1 else None,
            34 if number % 2 else "通用设备制造业",
            ("大型", "中型", "小型")[number % 3],
            "生产",
            12_500_000 + number,
            "0571-00000000",
        ]
        for column, changed in changes.items():
            if number in changed:
                row["ABCDEFGHI".index(column)] = changed[number]
        sheet.append(row)
    sheet.merge_cells(start_row=5, start_column=4, end_row=4 + count, end_column=4)
    sheet.append(["合计", None, None, None, None, None, None, 12_500_000 * count])
    sheet.append(["注：本表由各市场监管所填报。"])
    sheet.column_dimensions["B"].width = 34
    book.save(path)
    return path


def products(path: Path, count: int = 20) -> Path:
    """Write the list of products as CSV in GB 18030, its codes in full-width characters."""
    rows = ["企业信用代码,产品,行业,型号,执行标准,条码"]
    for number in range(1, count + 1):
        wide = "".join(chr(ord(sign) + 0xFEE0) for sign in real_code(number))
        rows.append(f"{wide},滚动轴承,34,620{number},GB/T 276,{real_gtin(number)}")
    path.write_bytes("\r\n".join(rows).encode("gb18030"))
    return path


def inspectors(path: Path, count: int = 12) -> Path:
    """Write the list of inspectors, its second sheet a hidden draft."""
    book = Workbook()
    sheet = book.active
    sheet.title = "执法人员"
    sheet.append(["执法证号", "姓名", "所在地区", "所属单位", "是否在岗"])
    for number in range(1, count + 1):
        unit = ("质量科", "稽查队", "西溪所")[number % 3]
        sheet.append([f"ＺＪ-{number:04d}", f"检查员{number}", "330106", unit, "√"])
    draft = book.create_sheet("底稿")
    draft.append(["执法证号", "姓名", "所在地区", "所属单位"])
    draft.sheet_state = "hidden"
    book.save(path)
    return path
