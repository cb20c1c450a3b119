"""How a sheet of a workbook looks, as far as a list needs it: hidden rows and the widths of its columns.

Runs in the child process of ``sandbox`` alone. What cannot be found out is left out: the look never stops the
reading of a list.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from typing import Any
from xml.etree import ElementTree

_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_COLUMN = re.compile(rb"<(?:\w+:)?col\s[^>]*>")
_ROW = re.compile(rb"<(?:\w+:)?row\s[^>]*hidden\s*=\s*[\"'](?:1|true)[\"'][^>]*>")
_NUMBER = rb"\s%s\s*=\s*[\"']([0-9.]{1,12})[\"']"
_CELL = re.compile(rb"<(?:\w+:)?c((\s[^>]*?[^/>])|\s)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_ADDRESS = re.compile(rb"""\sr\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
FORMULA, ERROR = "formula", "error"
_MOST_WIDTHS = 256
_MOST_HIDDEN = 10_000


def of_sheet(data: bytes, name: str) -> dict[str, Any]:
    """Return the hidden rows (from 1) and the widths by column (from 1) of one sheet of an .xlsx workbook."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            text = archive.read(_part(archive, name))
    except (KeyError, ValueError, OSError, ElementTree.ParseError, zipfile.BadZipFile, NotImplementedError):
        return {"hidden_rows": [], "hidden_columns": [], "widths": [], "unsaid": []}
    head = text.partition(b"<sheetData")[0]
    hidden = sorted({int(_value(found, b"r") or 0) for found in _ROW.findall(text)} - {0})
    return {
        "hidden_rows": hidden[:_MOST_HIDDEN],
        "hidden_columns": _hidden_columns(head),
        "widths": _widths(head),
        "unsaid": _unsaid(text),
    }


def _unsaid(text: bytes) -> list[tuple[int, str, str]]:
    """Return row, letters and kind of each cell whose value the file does not hold: formulas and errors."""
    found = []
    if b"<f" in text or b't="e"' in text or b":f>" in text:
        for tag, _more, body in _CELL.findall(text):
            address = _ADDRESS.search(tag)
            is_error = re.search(rb"\st=[\"']e[\"']", tag) is not None
            has_value = re.search(rb"<(?:\w+:)?(?:v|t)\b[^>]*>[^<]", body) is not None
            if address and (is_error or (re.search(rb"<(?:\w+:)?f[\s/>]", body) and not has_value)):
                found.append((int(address[2]), address[1].decode(), ERROR if is_error else FORMULA))
    return found[:_MOST_HIDDEN]


def _hidden_columns(head: bytes) -> list[int]:
    """Return the hidden columns, from 1."""
    found: list[int] = []
    for column in _COLUMN.findall(head):
        if re.search(rb"\shidden\s*=\s*[\"'](?:1|true)[\"']", column):
            first, last = (_value(column, key) for key in (b"min", b"max"))
            found += range(int(first or 0), min(int(last or 0), _MOST_WIDTHS) + 1)
    return sorted(set(found) - {0})


def _part(archive: zipfile.ZipFile, name: str) -> str:
    """Return the name of the part that holds a sheet."""
    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    wanted = next(
        node.get(_RELATION)
        for node in book.iter()
        if node.tag.endswith("}sheet") and node.get("name") == name
    )
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    target = next(node.get("Target", "") for node in relations if node.get("Id") == wanted)
    return posixpath.normpath(posixpath.join("/xl", target)).lstrip("/")


def _widths(head: bytes) -> list[list[float]]:
    found: dict[int, float] = {}
    for column in _COLUMN.findall(head):
        first, last, width = (_value(column, key) for key in (b"min", b"max", b"width"))
        for place in range(int(first or 0), min(int(last or 0), _MOST_WIDTHS) + 1):
            found[place] = min(width or 0.0, 120.0)
    return [[place, width] for place, width in sorted(found.items()) if place and width]


def _value(tag: bytes, key: bytes) -> float | None:
    found = re.search(_NUMBER % re.escape(key), tag)
    try:
        return float(found[1]) if found else None
    except ValueError:
        return None
