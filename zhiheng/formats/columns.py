"""A plain CSV file becomes named columns of text, a million rows in about a second, with its faulty rows.

Only for files a person feeds to a command on the own machine; an upload goes through ``spreadsheet``, which
parses in a child process.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from zhiheng.errors import BadInput
from zhiheng.formats import spreadsheet


@dataclass(frozen=True)
class Columns:
    """The columns of a file by name, row by row, and the number that each row has in the file (from 1)."""

    names: tuple[str, ...]
    values: dict[str, list[str]]
    numbers: Sequence[int]
    encoding: str

    def __len__(self) -> int:
        return len(self.numbers)

    def column(self, name: str) -> list[str]:
        """Return a column by its name, or say which names there are."""
        if name not in self.values:
            raise BadInput(
                f"The file has no column {name!r}.",
                f"Its columns are: {', '.join(self.names)}.",
                code="no-such-column",
                column=name,
            )
        return self.values[name]


def read(path: Path) -> Columns:
    """Read a CSV file with one header row: comma, semicolon or tab; UTF-8, UTF-16 or GB 18030.

    Empty lines are passed over. A row with more or fewer cells than the header is refused with its number,
    for a shifted row would be counted under another name.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Check the path of the file.") from None
    text, encoding = spreadsheet.decode(data)
    head = text.partition("\n")[0]
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",\t;", key=head.count))
    names = tuple(name.strip() for name in next(lines, ()))
    _check_names(path, names)
    rows, numbers = [], []
    for row in lines:
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            raise BadInput(
                f"Row {lines.line_num} of {path.name} has {len(row)} cells, the header has {len(names)}.",
                "Mend that row: quote a cell that holds the separator, or add the missing cells.",
                code="ragged-row",
                row=lines.line_num,
            )
        rows.append(row)
        numbers.append(lines.line_num)
    if not rows:
        raise BadInput(f"{path.name} has a header and no rows.", "Give one row for each unit.")
    cells = zip(*rows, strict=True)
    values = {name: [cell.strip() for cell in column] for name, column in zip(names, cells, strict=True)}
    return Columns(names, values, numbers, encoding)


def _check_names(path: Path, names: tuple[str, ...]) -> None:
    if not any(names):
        raise BadInput(f"{path.name} is empty.", "The first row names the columns.", code="no-header")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise BadInput(
            f"The column {twice[0]!r} stands twice in {path.name}.",
            "Give every column a name of its own.",
            code="column-twice",
        )
