"""An uploaded list becomes plain rows whose numbers are the ones that Excel shows.

``read`` parses xlsx and CSV in a child process (``formats.sandbox``) and returns every cell as text: row i
and column j of the answer are row i+1 and column j+1 of the sheet, blank, merged and title rows kept.
Numbers lose no digit that the file holds; dates become ISO dates; an empty cell is an empty text.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from zhiheng.errors import BadInput, LimitExceeded, Missing
from zhiheng.formats import sandbox, workbook_guard

MAX_ROWS = 200_000
MAX_COLUMNS = 256
MAX_CELLS = 1_500_000
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
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
class Sheet:
    """One sheet as plain texts, and the faults that stand in the file itself."""

    name: str
    rows: tuple[tuple[str, ...], ...]
    faults: tuple[CellFault, ...] = ()
    encoding: str = ""


def read(data: bytes, *, name: str = "", sheet: str | int = 0, limits: sandbox.Limits | None = None) -> Sheet:
    """Parse an uploaded file in a child process and return one of its sheets (the first unless named).

    The kind of file is told by its bytes, never by its name. Refuses what is no list with a remedy.
    """
    answer = sandbox.run("zhiheng.formats.spreadsheet:parse", data, limits=limits, sheet=sheet)
    faults = tuple(CellFault(**fault) for fault in answer["faults"])
    rows = tuple(map(tuple, answer["rows"]))
    return Sheet(answer["name"] or name, rows, faults, answer["encoding"])


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


def parse(data: bytes, sheet: str | int = 0) -> dict[str, Any]:
    """Parse the bytes here and now; only the child process of ``sandbox`` may call this on an upload."""
    if data.startswith(b"PK\x03\x04"):
        return _parse_xlsx(data, sheet)
    if data.startswith(_OLE):
        raise BadInput(
            "This is an old .xls workbook, or one that is locked with a password.",
            "Open it, remove the password, save it as .xlsx and upload that.",
            code="old-workbook",
        )
    return _parse_csv(data)


def _parse_xlsx(data: bytes, sheet: str | int) -> dict[str, Any]:
    workbook_guard.check(data, max_rows=MAX_ROWS, max_columns=MAX_COLUMNS)
    try:
        from python_calamine import CalamineError, CalamineWorkbook
    except ImportError:
        raise Missing("This machine reads no workbooks.", "Install python-calamine, or use CSV.") from None
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        name = _sheet_name(book.sheet_names, sheet)
        table = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise BadInput(
            f"The workbook is damaged: {str(error)[:120]}.",
            "Open it in a spreadsheet program, save it again as .xlsx and upload that.",
            code="damaged-workbook",
        ) from None
    faults: list[dict[str, Any]] = []
    rows = [
        [_text(value, name, row, column, faults) for column, value in enumerate(cells, 1)]
        for row, cells in enumerate(table, 1)
    ]
    return _finished(name, rows, faults, "xlsx")


def _sheet_name(names: list[str], wanted: str | int) -> str:
    if isinstance(wanted, int) and wanted < len(names):
        return names[wanted]
    if wanted in names:
        return str(wanted)
    listed = "、".join(names)[:200]
    raise BadInput(
        f"The workbook has no sheet {wanted!r}.", f"Its sheets are: {listed}.", code="no-such-sheet"
    )


def _text(value: Any, sheet: str, row: int, column: int, faults: list[dict[str, Any]]) -> str:
    """Return a cell as text; note a long number, whose last digits Excel has already replaced by zeros."""
    if isinstance(value, str):
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


def _parse_csv(data: bytes) -> dict[str, Any]:
    text, encoding = decode(data)
    head = text[:4096].splitlines()[:1]
    delimiter = max(",\t;", key=head[0].count) if head else ","
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False))
    except csv.Error as error:
        raise BadInput(f"The CSV file cannot be read: {error}.", "Save it again as CSV or .xlsx.") from None
    return _finished("", rows, [], encoding)


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a CSV file and its encoding: by its mark, else UTF-8, else GB 18030."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            candidates = [encoding]
            break
    else:
        candidates = ["utf-8", "gb18030"]
    for encoding in candidates:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _CONTROL.search(text):
            return text, encoding
    raise BadInput(
        "The file is neither a workbook nor a text list.",
        "Upload an .xlsx workbook, or a CSV file in UTF-8 or GB 18030.",
        code="unknown-file",
    )


def _finished(
    name: str, rows: list[list[str]], faults: list[dict[str, Any]], encoding: str
) -> dict[str, Any]:
    """Drop empty rows at the end, which formatting leaves behind, and bound the size."""
    while rows and not any(text.strip() for text in rows[-1]):
        rows.pop()
    widest = max(map(len, rows), default=0)
    if len(rows) > MAX_ROWS or widest > MAX_COLUMNS or sum(map(len, rows)) > MAX_CELLS:
        raise LimitExceeded(
            f"The list has {len(rows)} rows and {widest} columns.",
            f"At most {MAX_ROWS} rows, {MAX_COLUMNS} columns and {MAX_CELLS} cells are read: split the list.",
            code="list-too-long",
        )
    return {"name": name, "rows": rows, "faults": faults, "encoding": encoding}
