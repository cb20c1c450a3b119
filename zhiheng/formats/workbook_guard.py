"""A workbook is looked over as a zip archive before any parser opens it.

Declared sizes, ratios and the number of parts are bounded first; then every part that a parser will read is
inflated piece by piece and counted, since declared sizes can lie, and the addresses of its cells are looked
at: two cells at opposite corners of a sheet make a file of 1.4 KB into a table of 17 thousand million
cells.
"""

from __future__ import annotations

import io
import re
import zipfile

from zhiheng.errors import BadInput, LimitExceeded

MAX_PARTS = 2_000
MAX_INFLATED = 256 * 1024 * 1024
MAX_RATIO = 200
RATIO_FREE = 8 * 1024 * 1024  # small parts of white space compress by more than 200 without any harm
_PIECE = 256 * 1024
_ADDRESS = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,9})["']""")
_TAIL = 64


def check(data: bytes, *, max_rows: int, max_columns: int) -> None:
    """Refuse an archive that is damaged, expands too far, or whose sheets reach too far out."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            _check_declared(parts, len(data))
            _inflate(archive, parts, len(data), max_rows, max_columns)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise BadInput(
            f"The workbook is damaged: {str(error)[:120]}.",
            "Open it in a spreadsheet program, save it again as .xlsx and upload that.",
            code="damaged-workbook",
        ) from None
    except Exception as error:
        if type(error).__module__ != "zlib":
            raise
        raise BadInput(
            "The workbook is damaged: one of its parts does not inflate.",
            "Open it in a spreadsheet program, save it again as .xlsx and upload that.",
            code="damaged-workbook",
        ) from None


def _check_declared(parts: list[zipfile.ZipInfo], size: int) -> None:
    if len(parts) > MAX_PARTS:
        raise _too_far(f"holds {len(parts)} parts")
    names = [part.filename for part in parts]
    if len(set(names)) != len(names):
        raise BadInput(
            "The workbook holds one part twice.", "Save it again as .xlsx.", code="damaged-workbook"
        )
    _check_size(sum(part.file_size for part in parts), size)


def _check_size(inflated: int, size: int) -> None:
    if inflated > MAX_INFLATED or inflated > max(RATIO_FREE, MAX_RATIO * size):
        raise _too_far(f"expands from {size} to at least {inflated} bytes")


def _inflate(
    archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], size: int, max_rows: int, max_columns: int
) -> None:
    """Inflate every part in pieces, count the bytes of all, and look at the cell addresses of sheets."""
    inflated = 0
    for part in parts:
        is_sheet = "worksheets/" in part.filename
        tail = b""
        with archive.open(part) as stream:
            while piece := stream.read(_PIECE):
                inflated += len(piece)
                _check_size(inflated, size)
                if is_sheet:
                    _check_addresses(tail + piece, max_rows, max_columns)
                    tail = piece[-_TAIL:]


def _check_addresses(text: bytes, max_rows: int, max_columns: int) -> None:
    for letters, row in set(_ADDRESS.findall(text)):
        if int(row) > max_rows or _column(letters) > max_columns:
            raise LimitExceeded(
                f"The sheet has a cell at {letters.decode()}{row.decode()}, far outside a list.",
                f"Delete what stands beyond row {max_rows} or column {max_columns}, or copy the list alone "
                "into a new workbook.",
                code="cell-far-out",
            )


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _too_far(what: str) -> LimitExceeded:
    return LimitExceeded(
        f"The workbook {what}.",
        "Copy the filled cells alone into a new workbook, save it as .xlsx and upload that.",
        code="expands-too-far",
    )
