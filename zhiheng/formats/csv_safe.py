"""Exported cells cannot turn into formulas when somebody opens them in a spreadsheet program.

A text that begins with ``= + - @``, TAB, CR or LF, or with the full-width forms that East Asian editions of
spreadsheet programs also take for formulas, gets an apostrophe in front (OWASP ASVS 5.0.0, 1.2.10).
Numbers, and texts that are plain numbers, stay as they are.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars as pl

BOM = "\ufeff"
_DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?%?")


def columns() -> pl.Expr:
    """Return all columns of a table of texts as ``cell`` would write them."""
    import polars as pl

    text = pl.all()
    is_number = text.str.contains(f"^(?:{_NUMBER.pattern})$")
    is_dangerous = text.str.contains(f"^[{re.escape(''.join(_DANGEROUS))}]") & ~is_number
    return pl.when(is_dangerous).then(text.str.replace("^", "'")).otherwise(text)


def cell(value: Any) -> str:
    """Return the text of one cell.

    >>> cell("=HYPERLINK(A1)"), cell("-12.50"), cell(None)
    ("'=HYPERLINK(A1)", '-12.50', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float, Decimal)):
        return str(value)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    text = str(value)
    if text.startswith(_DANGEROUS) and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def typed(value: Any) -> Any:
    """Return the value of one cell for an xlsx writer: numbers and dates as they are, texts made safe."""
    return value if isinstance(value, (bool, int, float, Decimal, date)) or value is None else cell(value)


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]], *, bom: bool = True) -> Iterator[str]:
    """Yield a CSV file line by line, for streaming; the mark at the start lets Excel read Chinese."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    buffer.write(BOM if bom else "")
    writer.writerow([cell(name) for name in header])
    yield _drain(buffer)
    for row in rows:
        writer.writerow([cell(value) for value in row])
        yield _drain(buffer)


def dumps(header: Sequence[str], rows: Iterable[Sequence[Any]], *, bom: bool = True) -> bytes:
    """Return a whole CSV file as bytes."""
    return "".join(lines(header, rows, bom=bom)).encode()


def _drain(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
