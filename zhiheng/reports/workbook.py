"""Sets the tables of a paper as a workbook, safe against cells that would turn into formulas."""

from __future__ import annotations

import io
from datetime import datetime

from zhiheng.formats import csv_safe

from . import archive
from .paper import Grid, Paper

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 48


def render(paper: Paper) -> bytes:
    """Return a workbook with a sheet for each table: the title, the number, the mark, then head and rows."""
    from openpyxl import Workbook
    from openpyxl.utils import get_column_letter

    book = Workbook()
    book.remove(book.active)
    grids = [block for block in paper.blocks if isinstance(block, Grid)]
    for n, grid in enumerate(grids, 1):
        sheet = book.create_sheet((grid.caption or paper.title)[:28] + (f" {n}" if len(grids) > 1 else ""))
        above = [paper.title, paper.number, paper.mark, *paper.foot]
        for words in filter(None, above):
            sheet.append([csv_safe.typed(words)])
        sheet.append([csv_safe.typed(cell) for cell in grid.head])
        sheet.freeze_panes = f"A{sheet.max_row + 1}"
        sheet.print_title_rows = f"{sheet.max_row}:{sheet.max_row}"
        for row in grid.rows:
            sheet.append([csv_safe.typed(cell) for cell in row])
        for column, _name in enumerate(grid.head):
            longest = max(len(row[column]) for row in (grid.head, *grid.rows))
            sheet.column_dimensions[get_column_letter(column + 1)].width = min(2 * longest + 2, WIDEST)
        sheet.page_setup.orientation, sheet.page_setup.paperSize = paper.orientation, 9  # 9 is A4
        sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage = 0, True
    day = datetime(paper.dated.year, paper.dated.month, paper.dated.day)
    book.properties.title, book.properties.creator = paper.title, ""
    book.properties.created = book.properties.modified = day
    held = io.BytesIO()
    book.save(held)
    return archive.settled(held.getvalue(), changed=day)
