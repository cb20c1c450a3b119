"""A CSV list in the encodings of offices becomes rows; a damaged line is a fault of its row, not of the file.

UTF-8 with or without a mark, UTF-16 with a mark, and GB 18030 are read, also mixed from line to line, as when
two programs wrote into one file. What cannot be read stands as U+FFFD and is named by its cell.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from typing import Any

from zhiheng.errors import BadInput

LOST = "\ufffd"
RECORD_LINES = 50  # a quoted cell with more line breaks than this is a quotation mark somebody forgot
_LOST_SHARE = 20
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
_BREAK = re.compile(r"\r\n|\n|\r")
_SHORTENED = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+(1[2-9]|[2-9][0-9])")
_FORCED = re.compile(r'="(.*)"')


def parse(data: bytes) -> tuple[list[list[str]], list[dict[str, Any]], str]:
    """Return the rows, the faults that stand in the file itself, and the encoding."""
    text, encoding = decode(data)
    lines = _BREAK.split(text)
    delimiter = _delimiter(lines)
    records, unclosed = _records(lines, delimiter)
    try:
        rows = list(csv.reader(records, delimiter=delimiter, strict=False))
    except csv.Error as error:
        raise BadInput(f"The CSV file cannot be read: {error}.", "Save it again as CSV or .xlsx.") from None
    rows = [[_unforced(cell) for cell in row] for row in rows]
    return rows, list(_faults(rows, unclosed)), encoding


def decode(data: bytes) -> tuple[str, str]:
    """Return the text of a CSV file and its main encoding; lines in the other one are read as such.

    >>> decode("名称\\n甲".encode("utf-8") + b"\\n" + "乙".encode("gb18030"))
    ('名称\\n甲\\n乙', 'utf-8')
    """
    marks = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    encoding = next((encoding for mark, encoding in marks if data.startswith(mark)), "")
    if encoding == "utf-16":
        text = data.decode("utf-16", errors="replace")
    else:
        text, main = _utf8_or_gb(data[3:] if encoding else data, marked=bool(encoding))
        encoding = encoding or main
    lost = len(_CONTROL.findall(text)) + text.count(LOST)
    if lost * _LOST_SHARE > len(text):
        raise BadInput(
            "The file is neither a workbook nor a text list.",
            "Upload an .xlsx workbook, or a CSV file in UTF-8 or GB 18030.",
            code="unknown-file",
        )
    return _CONTROL.sub(LOST, text) if lost else text, encoding


def _utf8_or_gb(data: bytes, *, marked: bool) -> tuple[str, str]:
    """Decode as a whole where that works, else line by line in the encoding that most lines have."""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        pass
    lines = data.split(b"\n")
    foreign = [line for line in lines if not line.isascii()]
    is_utf8 = marked or 2 * sum(map(_is_utf8, foreign)) > len(foreign)
    if not is_utf8:
        try:
            return _whole_gb(data, lines), "gb18030"
        except UnicodeDecodeError:
            pass
    read = _line_in_utf8 if is_utf8 else _line_in_gb
    return "\n".join(read(line) for line in lines), "utf-8" if is_utf8 else "gb18030"


def _whole_gb(data: bytes, lines: Sequence[bytes]) -> str:
    """Decode all as GB 18030, unless a line is plainly UTF-8: GB 18030 would read it as nonsense."""
    if any(
        _is_utf8(line) and max(line.decode(), default="") > "\u0800" for line in lines if not line.isascii()
    ):
        raise UnicodeDecodeError("gb18030", b"", 0, 1, "a line is UTF-8")
    return data.decode("gb18030")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _line_in_utf8(line: bytes) -> str:
    """Read a line of a UTF-8 file: in GB 18030 when hardly a character of it is UTF-8, else as damaged."""
    text = line.decode("utf-8", errors="replace")
    lost = text.count(LOST)
    right = sum(not sign.isascii() for sign in text) - lost
    if lost > right:
        try:
            return line.decode("gb18030")
        except UnicodeDecodeError:
            pass
    return text


def _line_in_gb(line: bytes) -> str:
    """Read a line of a GB 18030 file: as UTF-8 when it is that and holds Chinese, else as damaged."""
    if _is_utf8(line) and max(line.decode(), default="") > "\u0800":
        return line.decode()
    return line.decode("gb18030", errors="replace")


def _delimiter(lines: Sequence[str]) -> str:
    """Return the sign that most of the first lines hold most often."""
    head = "\n".join(lines[:30])[:8192]
    return max(",\t;", key=head.count) if head else ","


def _records(lines: Sequence[str], delimiter: str) -> tuple[list[str], set[int]]:
    """Join the lines of a quoted cell; a record whose quotation mark is never closed ends with its line."""
    records: list[str] = []
    unclosed: set[int] = set()
    place = 0
    while place < len(lines):
        line = lines[place]
        end = place + 1
        if '"' in line and _is_open(line, delimiter, inside=False):
            end = _closing(lines, place, delimiter)
            if end == 0:
                unclosed.add(len(records))
                line, end = _requoted(line, delimiter), place + 1
            else:
                line = "\n".join(lines[place:end])
        records.append(line)
        place = end
    return records, unclosed


def _closing(lines: Sequence[str], start: int, delimiter: str) -> int:
    """Return the place after the line that closes the quotation, or 0."""
    inside = True
    for place in range(start + 1, min(start + RECORD_LINES, len(lines))):
        inside = _is_open(lines[place], delimiter, inside=inside)
        if not inside:
            return place + 1
    return 0


def _is_open(line: str, delimiter: str, *, inside: bool) -> bool:
    """Say whether a quoted cell is still open at the end of a line."""
    at_start, just_closed = not inside, False
    for sign in line:
        if sign != '"':
            at_start, just_closed = sign == delimiter and not inside, False
        elif inside:
            inside, just_closed = False, True
        elif at_start or just_closed:  # a doubled quotation mark goes on with the cell
            inside, at_start, just_closed = True, False, False
    return inside


def _requoted(line: str, delimiter: str) -> str:
    cells = [cell.replace('"', '""') for cell in line.split(delimiter)]
    return delimiter.join(f'"{cell}"' for cell in cells)


def _unforced(cell: str) -> str:
    """Return what stands in ="0123", with which programs keep Excel from reading a code as a number."""
    found = _FORCED.fullmatch(cell)
    return found[1] if found else cell


def _faults(rows: Sequence[Sequence[str]], unclosed: set[int]) -> Iterator[dict[str, Any]]:
    for number, row in enumerate(rows):
        if number in unclosed:
            place = next((place for place, cell in enumerate(row) if '"' in cell), 0)
            yield _fault(
                number,
                place,
                row[place] if row else "",
                "A quotation mark in this row is not closed.",
                "Close it, or leave it out.",
            )
        for place, cell in enumerate(row):
            if LOST in cell:
                yield lost(number, place, cell)
            elif "E+" in cell and _SHORTENED.fullmatch(cell):
                yield _fault(
                    number,
                    place,
                    cell,
                    "Excel has shortened this number; its digits are lost.",
                    "Format the column as text in the workbook and save the list again.",
                )


def lost(number: int, place: int, cell: str, *, sheet: str = "") -> dict[str, Any]:
    """Return the fault of a cell in which characters are lost; row and column counted from 0."""
    rule = "Some characters of this cell cannot be read."
    return _fault(number, place, cell, rule, "Type the cell again.", sheet)


def _fault(number: int, place: int, cell: str, rule: str, remedy: str, sheet: str = "") -> dict[str, Any]:
    return {
        "sheet": sheet,
        "row": number + 1,
        "column": place + 1,
        "value": cell[:200],
        "rule": rule,
        "remedy": remedy,
    }
