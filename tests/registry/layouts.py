"""Makes workbooks as offices keep them: titles, groups, merged cells, totals, notes, extra columns."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from openpyxl import Workbook

GROUPS = {"code": "基本情况", "name": "基本情况", "region": "基本情况", "output_value": "经营情况"}


@dataclass(frozen=True)
class Layout:
    """One way of laying out a list; ``order`` holds the keys, "" stands for a blank column."""

    order: Sequence[str]
    titles: Sequence[str] = ()
    grouped: bool = False
    serial: bool = False
    extra: bool = False
    merge_region: bool = False
    blank_every: int = 0
    total: bool = False
    notes: Sequence[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)


def workbook(layout: Layout, rows: Sequence[Mapping[str, Any]], *, more: Any = None) -> bytes:
    """Return the workbook; ``more(book)`` may add sheets."""
    book = Workbook()
    sheet = book.active
    sheet.title = "名录"
    keys = ([("serial")] if layout.serial else []) + list(layout.order) + (["remark"] if layout.extra else [])
    width = len(keys)
    for title in layout.titles:
        sheet.append([title])
        sheet.merge_cells(start_row=sheet.max_row, start_column=1, end_row=sheet.max_row, end_column=width)
    _header(sheet, layout, keys)
    first = sheet.max_row + 1
    for number, row in enumerate(rows, 1):
        if layout.blank_every and number % layout.blank_every == 0:
            sheet.append([None] * width)
            sheet.cell(sheet.max_row + 1, 1).value = ""
        cells = {"serial": number, "remark": "无", "": None, **row}
        place = max(sheet.max_row, first - 1) + 1
        for column, key in enumerate(keys, 1):
            sheet.cell(place, column, cells.get(key))
    if layout.merge_region and not layout.blank_every and "region" in keys and len(rows) > 1:
        column = keys.index("region") + 1
        for place in range(first + 1, first + len(rows)):
            sheet.cell(place, column).value = None
        sheet.merge_cells(
            start_row=first, start_column=column, end_row=first + len(rows) - 1, end_column=column
        )
    if layout.total:
        sheet.append(["合  计"] + [None] * (width - 2) + [len(rows)])
    for note in layout.notes:
        sheet.append([note])
    if more:
        more(book)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _header(sheet: Any, layout: Layout, keys: Sequence[str]) -> None:
    names = {"serial": "序号", "remark": "备注", "": None, **layout.headers}
    if not layout.grouped:
        sheet.append([names[key] for key in keys])
        return
    top = sheet.max_row + 1 if layout.titles else 1
    place = 0
    while place < len(keys):
        group = GROUPS.get(keys[place], "")
        end = place
        while group and end + 1 < len(keys) and GROUPS.get(keys[end + 1], "") == group:
            end += 1
        if group:
            sheet.cell(top, place + 1, group)
            for column in range(place, end + 1):
                sheet.cell(top + 1, column + 1, names[keys[column]])
            if end > place:
                sheet.merge_cells(start_row=top, start_column=place + 1, end_row=top, end_column=end + 1)
        else:
            sheet.cell(top, place + 1, names[keys[place]])
            sheet.merge_cells(start_row=top, start_column=place + 1, end_row=top + 1, end_column=place + 1)
        place = end + 1
