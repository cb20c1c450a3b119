"""One answer for every row of a list that lacks a column, and the columns of a list that nobody reads.

An answer is taken from what is certain (the county of a county office, production in a list of makers), or
given by a person; it is told, and remembered with the mapping. While a column that is not read might hold
what is missing, nothing is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zhiheng.errors import ZhihengError
from zhiheng.formats import cells
from zhiheng.formats.spreadsheet import Sheet, column_letter
from zhiheng.web.imports import layout, matching
from zhiheng.web.imports.spec import About, ImportColumn, ImportSpec

TITLE_ROWS = 6


@dataclass(frozen=True)
class Unread:
    """A column of the sheet that holds something and that no column of the kind of list was chosen for."""

    place: int
    header: str

    def __str__(self) -> str:
        return f"{column_letter(self.place)} {self.header}".strip()


def assumed(
    spec: ImportSpec, sheet: Sheet, header_row: int, mapping: Mapping[str, int], person: Any, file: str = ""
) -> dict[str, str]:
    """Return what holds for every row, by the key of a required column that the list surely lacks."""
    if person is None:
        return {}
    names = [name.shown for name in layout.names(sheet, header_row)]
    titles = [text for row in sheet.rows[: header_row - 1][-TITLE_ROWS:] for text in row if text.strip()]
    about = About(" ".join([file, sheet.name, *titles]), " ".join(names))
    found = {}
    for column in spec.columns:
        if column.required and column.assumed and not mapping.get(column.key):
            in_doubt = doubtful(column, sheet, header_row, mapping)
            found[column.key] = "" if in_doubt else column.assumed(person, about)
    return {key: text for key, text in found.items() if text}


def doubtful(column: ImportColumn, sheet: Sheet, header_row: int, mapping: Mapping[str, int]) -> list[Unread]:
    """Return the columns that are not read and might hold this one, by their header or by their cells."""
    if column.might is None:
        return []
    sample = matching.sample(sheet, header_row)
    return [
        one
        for one in unread(sheet, header_row, mapping)
        if column.might(one.header, matching.filled(sample, one.place))
    ]


def unread(sheet: Sheet, header_row: int, mapping: Mapping[str, int]) -> list[Unread]:
    """Return the columns that hold something and are not read; running numbers are no loss and not named."""
    names = [name.shown for name in layout.names(sheet, header_row)]
    width = max(map(len, sheet.rows), default=0)
    held = set(range(1, len(names) + 1)) & {place for place, name in enumerate(names, 1) if name}
    for row in sheet.rows[header_row:]:
        if len(held) == width:
            break
        held |= {place for place, text in enumerate(row, 1) if text and place not in held and text.strip()}
    read = set(mapping.values())
    found = [Unread(place, names[place - 1] if place <= len(names) else "") for place in sorted(held - read)]
    return [one for one in found if not layout.is_serial(one.header)]


def accepted(spec: ImportSpec, said: Mapping[str, str], person: Any) -> dict[str, str]:
    """Return the answers of a person as a cell would hold them; refuse one that the column refuses."""
    near, kept = spec.near(person), {}
    for key, text in said.items():
        column = near.column(key)
        plain = cells.seen(text)
        if column is None or not plain:
            continue
        try:
            column.parse(plain)
        except ZhihengError as error:
            raise type(error)(f"{column.label}: {error.cause}", error.remedy, code=error.code) from None
        kept[key] = plain
    return kept


def names(columns: Sequence[ImportColumn]) -> str:
    """Return the labels of columns in one line."""
    return "、".join(column.label for column in columns)
