"""The marked sheet: the rows as uploaded, what is wrong in a column of its own, the faulty cells coloured."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.errors import Missing
from zhiheng.formats import csv_safe
from zhiheng.formats.spreadsheet import CellFault, Sheet, column_letter
from zhiheng.web.imports.spec import ImportSpec

FILL = "FFF4CCCC"
WIDTH = 18
FAULT_WIDTH = 80


def sheet_bytes(sheet: Sheet, header_row: int, faults: Sequence[CellFault]) -> bytes:
    """Return the workbook; the added column stands at the right, so it can be uploaded again as it is."""
    book, page = _book(sheet.name or "data")
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font, PatternFill

    fill = PatternFill("solid", fgColor=FILL)
    bold = Font(bold=True)
    by_row = _by_row(faults)
    width = max(map(len, sheet.rows), default=0)
    _widths(page, width)
    page.freeze_panes = f"A{header_row + 1}"

    def coloured(value: Any, **style: Any) -> Any:
        cell = WriteOnlyCell(page, value=csv_safe.cell(value))
        for name, look in style.items():
            setattr(cell, name, look)
        return cell

    for number, texts in enumerate(sheet.rows, 1):
        wrong = by_row.get(number)
        if number == header_row:
            cells: list[Any] = [coloured(text, font=bold) for text in texts]
            cells += [None] * (width - len(texts)) + [coloured(_("What is wrong"), font=bold)]
        elif wrong is None:
            cells = [csv_safe.cell(text) if text else None for text in texts]
        else:
            cells = [csv_safe.cell(text) if text else None for text in texts] + [None] * (width - len(texts))
            for fault in wrong:
                if fault.column <= width:
                    cells[fault.column - 1] = coloured(fault.value, fill=fill)
            cells.append(coloured(_sentence(wrong), fill=fill))
        page.append(cells)
    return _saved(book)


def template_bytes(spec: ImportSpec, rows: Iterable[Mapping[str, str]] | None = None) -> bytes:
    """Return a workbook with the header of a kind of list, its hints in a second sheet.

    ``rows`` are filled in by key; without them the examples stand there. Every cell is text, so that a
    spreadsheet program drops no digit of what is typed.
    """
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Font

    book, page = _book(str(spec.title)[:31])
    _widths(page, len(spec.columns))
    page.freeze_panes = "A2"
    bold = Font(bold=True)
    header = []
    for column in spec.columns:
        cell = WriteOnlyCell(page, value=column.label)
        cell.font = bold
        header.append(cell)
    page.append(header)
    for filled in spec.examples if rows is None else rows:
        page.append([_as_text(page, filled.get(column.key, "")) for column in spec.columns])
    notes = book.create_sheet(_("How to fill in"))
    notes.append([_("Column"), _("Required"), _("How to fill it in")])
    for column in spec.columns:
        needed = _("yes") if column.required else _("no")
        notes.append([column.label, needed, str(column.hint)])
    return _saved(book)


def _as_text(page: Any, value: str) -> Any:
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(page, value=csv_safe.cell(value) or None)
    cell.number_format = "@"
    return cell


def _book(title: str) -> tuple[Any, Any]:
    try:
        from openpyxl import Workbook
    except ImportError:
        raise Missing(_("This machine writes no workbooks."), _("Read the faults on the page.")) from None
    book = Workbook(write_only=True)
    allowed = "".join(sign for sign in title if sign not in "[]:*?/\\'")[:31]
    return book, book.create_sheet(allowed or "data")


def _widths(page: Any, width: int) -> None:
    for column in range(1, width + 1):
        page.column_dimensions[column_letter(column)].width = WIDTH
    page.column_dimensions[column_letter(width + 1)].width = FAULT_WIDTH


def _saved(book: Any) -> bytes:
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def _by_row(faults: Sequence[CellFault]) -> Mapping[int, list[CellFault]]:
    found: dict[int, list[CellFault]] = {}
    for fault in faults:
        found.setdefault(fault.row, []).append(fault)
    return found


def _sentence(faults: Sequence[CellFault]) -> str:
    """Return all faults of a row, each with the letter of its column."""
    return "\n".join(f"{column_letter(f.column)}: {f.rule} {f.remedy}".strip() for f in faults)
