"""An uploaded list becomes plain rows whose numbers are the ones that Excel shows.

``read`` parses xlsx, xls and CSV in a child process (``formats.sandbox``) and returns every cell as text: row
i and column j of the answer are row i+1 and column j+1 of the sheet, blank, merged and title rows kept.
Numbers lose no digit that the file holds; dates become ISO dates; an empty cell is an empty text.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from zhiheng.errors import BadInput, LimitExceeded, Missing
from zhiheng.formats import delimited, sandbox, workbook_guard, workbook_look

MAX_ROWS = 200_000
MAX_COLUMNS = 256
MAX_CELLS = 1_500_000
MAX_OTHERS = 12  # sheets beside the one that is read, of which the first rows are looked at
HEAD_ROWS = 40
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True)
class CellFault:
    """What is wrong with one cell, in the numbers that the spreadsheet program shows (both from 1)."""

    sheet: str
    row: int
    column: int
    value: str
    rule: str
    remedy: str


@dataclass(frozen=True)
class OtherSheet:
    """A sheet that was not read: its name, whether it is hidden, and its first rows."""

    name: str
    is_hidden: bool
    head: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Sheet:
    """One sheet as plain texts, the faults that stand in the file itself, and how the sheet looks.

    ``merged`` holds first row, first column, last row and last column of each merged range, from 1;
    ``widths`` pairs of column and width; ``others`` the remaining sheets of the workbook.
    """

    name: str
    rows: tuple[tuple[str, ...], ...]
    faults: tuple[CellFault, ...] = ()
    encoding: str = ""
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    widths: tuple[tuple[int, float], ...] = ()
    is_hidden: bool = False
    others: tuple[OtherSheet, ...] = ()


def read(
    data: bytes, *, name: str = "", sheet: str | int | None = None, limits: sandbox.Limits | None = None
) -> Sheet:
    """Parse an uploaded file in a child process and return one of its sheets.

    Unless a sheet is named it is the first one in sight that holds anything. The kind of file is told by its
    bytes, never by its name. Refuses what is no list with a remedy.
    """
    answer = sandbox.run("zhiheng.formats.spreadsheet:parse", data, limits=limits, sheet=sheet)
    return from_parsed({**answer, "name": answer["name"] or name})


def from_parsed(answer: dict[str, Any]) -> Sheet:
    """Return the sheet of a parsed answer, also of one that was kept as JSON."""
    return Sheet(
        answer["name"],
        tuple(map(tuple, answer["rows"])),
        tuple(CellFault(**fault) for fault in answer["faults"]),
        answer["encoding"],
        merged=tuple(map(tuple, answer.get("merged", ()))),
        hidden_rows=tuple(answer.get("hidden_rows", ())),
        hidden_columns=tuple(answer.get("hidden_columns", ())),
        widths=tuple((int(place), float(width)) for place, width in answer.get("widths", ())),
        is_hidden=answer.get("is_hidden", False),
        others=tuple(
            OtherSheet(other["name"], other["is_hidden"], tuple(map(tuple, other["head"])))
            for other in answer.get("others", ())
        ),
    )


def column_letter(column: int) -> str:
    """Return the letters of a column counted from 1.

    >>> column_letter(1), column_letter(28), column_letter(16384)
    ('A', 'AB', 'XFD')
    """
    letters = ""
    while column > 0:
        column, place = divmod(column - 1, 26)
        letters = chr(65 + place) + letters
    return letters


def parse(data: bytes, sheet: str | int | None = None) -> dict[str, Any]:
    """Parse the bytes here and now; only the child process of ``sandbox`` may call this on an upload."""
    if data.startswith(b"PK\x03\x04"):
        workbook_guard.check(data, max_rows=MAX_ROWS, max_columns=MAX_COLUMNS)
        answer = _parse_workbook(data, sheet, "xlsx")
        look = workbook_look.of_sheet(data, answer["name"])
        answer["faults"] += [_unsaid(answer["name"], *one) for one in look.pop("unsaid")]
        return answer | look
    if data.startswith(_OLE):
        return _parse_workbook(data, sheet, "xls")
    rows, faults, encoding = delimited.parse(data)
    return _finished("", rows, faults, encoding)


def _parse_workbook(data: bytes, sheet: str | int | None, kind: str) -> dict[str, Any]:
    try:
        from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetVisibleEnum
    except ImportError:
        raise Missing("This machine reads no workbooks.", "Install python-calamine, or use CSV.") from None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        hidden = {about.name for about in book.sheets_metadata if about.visible != SheetVisibleEnum.Visible}
        name = _sheet_name(book, hidden, sheet)
        faults: list[dict[str, Any]] = []
        rows, merged = _cells(book, name, faults)
        others = [
            {"name": other, "is_hidden": other in hidden, "head": _cells(book, other, [], rows=HEAD_ROWS)[0]}
            for other in [known for known in book.sheet_names if known != name][:MAX_OTHERS]
        ]
    except PasswordError:
        raise _locked() from None
    except CalamineError as error:
        raise _damaged(str(error), kind) from None
    answer = _finished(name, rows, faults, kind)
    return answer | {"merged": merged, "is_hidden": name in hidden, "others": others}


def _cells(
    book: Any, name: str, faults: list[dict[str, Any]], *, rows: int | None = None
) -> tuple[list[list[str]], list[list[int]]]:
    """Return the cells of a sheet as texts and its merged ranges, counted from 1."""
    found = book.get_sheet_by_name(name)
    _check_size(found.total_height, found.total_width)
    table = found.to_python(skip_empty_area=False, nrows=rows)
    texts = [
        [_text(value, name, row, column, faults) for column, value in enumerate(cells, 1)]
        for row, cells in enumerate(table, 1)
    ]
    ranges = [
        [first[0] + 1, first[1] + 1, last[0] + 1, last[1] + 1]
        for first, last in found.merged_cell_ranges or ()
    ]
    return texts, ranges


def _sheet_name(book: Any, hidden: set[str], wanted: str | int | None) -> str:
    names = book.sheet_names
    if wanted is None:
        in_sight = [name for name in names if name not in hidden] or names
        return next((name for name in in_sight if book.get_sheet_by_name(name).height), in_sight[0])
    if isinstance(wanted, int) and wanted < len(names):
        return names[wanted]
    if wanted in names:
        return str(wanted)
    listed = "、".join(names)[:200]
    raise BadInput(
        f"The workbook has no sheet {wanted!r}.", f"Its sheets are: {listed}.", code="no-such-sheet"
    )


def _locked() -> BadInput:
    return BadInput(
        "This workbook is locked with a password.",
        "Open it, remove the password, save it and upload that.",
        code="locked-workbook",
    )


def _damaged(error: str, kind: str) -> BadInput:
    if kind == "xls":
        return BadInput(
            f"This old .xls workbook is damaged, or locked with a password: {error[:120]}.",
            "Open it, remove the password, save it as .xlsx and upload that.",
            code="old-workbook",
        )
    return BadInput(
        f"The workbook is damaged: {error[:120]}.",
        "Open it in a spreadsheet program, save it again as .xlsx and upload that.",
        code="damaged-workbook",
    )


def _text(value: Any, sheet: str, row: int, column: int, faults: list[dict[str, Any]]) -> str:
    """Return a cell as text; note a long number, whose last digits Excel has already replaced by zeros."""
    if isinstance(value, str):
        if delimited.LOST in value:
            faults.append(delimited.lost(row - 1, column - 1, value, sheet=sheet))
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        whole = isinstance(value, int) or (value.is_integer() and abs(value) < 1e20)
        text = str(int(value)) if whole else repr(value)
        if whole and abs(value) >= 1e15:
            faults.append(
                {
                    "sheet": sheet,
                    "row": row,
                    "column": column,
                    "value": text,
                    "rule": "Excel keeps 15 digits of a number; the last digits of this one are lost.",
                    "remedy": "Format the column as text and type the code again.",
                }
            )
        return text
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, (date, datetime, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return ""


def _unsaid(sheet: str, row: int, letters: str, kind: str) -> dict[str, Any]:
    """Return the fault of a cell whose value the file does not hold."""
    column = sum((ord(sign) - 64) * 26**place for place, sign in enumerate(reversed(letters)))
    error = "This cell holds an error of the spreadsheet program."
    rule = error if kind == workbook_look.ERROR else "This formula has no stored result."
    remedy = "Open the workbook in a spreadsheet program and save it again, or type the value."
    return {"sheet": sheet, "row": row, "column": column, "value": "", "rule": rule, "remedy": remedy}


def _finished(
    name: str, rows: list[list[str]], faults: list[dict[str, Any]], encoding: str
) -> dict[str, Any]:
    """Drop empty rows at the end, which formatting leaves behind, and bound the size."""
    while rows and not any(text.strip() for text in rows[-1]):
        rows.pop()
    widest = max(map(len, rows), default=0)
    _check_size(len(rows), widest, sum(map(len, rows)))
    return {"name": name, "rows": rows, "faults": faults, "encoding": encoding}


def _check_size(rows: int, columns: int, cells: int = 0) -> None:
    if rows > MAX_ROWS or columns > MAX_COLUMNS or cells > MAX_CELLS:
        raise LimitExceeded(
            f"The list has {rows} rows and {columns} columns.",
            f"At most {MAX_ROWS} rows, {MAX_COLUMNS} columns and {MAX_CELLS} cells are read: split the list.",
            code="list-too-long",
        )
