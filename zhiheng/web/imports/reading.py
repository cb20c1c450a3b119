"""Rows of text become rows of values: the header is found, its columns guessed, every fault named."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.errors import ZhihengError
from zhiheng.formats.spreadsheet import CellFault, Sheet
from zhiheng.web import said
from zhiheng.web.imports.spec import ImportColumn, ImportRow, ImportSpec

HEADER_WITHIN = 20
_NOISE = re.compile(r"[\s_\-*：:（）()\[\]【】/、.。]+")
_BRACKET = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")


@dataclass(frozen=True)
class Guess:
    """Where the header stands (from 1), and which column of the sheet (from 1) holds which key."""

    header_row: int
    mapping: Mapping[str, int]


@dataclass(frozen=True)
class Checked:
    """All rows of a list after parsing and checking."""

    rows: Sequence[ImportRow]
    faults: Sequence[CellFault]
    total: int
    faulty_rows: frozenset[int]

    @property
    def good(self) -> list[ImportRow]:
        """The rows in which nothing is wrong."""
        return [row for row in self.rows if row.number not in self.faulty_rows]


def guess(spec: ImportSpec, rows: Sequence[Sequence[str]]) -> Guess:
    """Find the header below any title rows: the row of the first twenty in which most columns are known."""
    best = Guess(1, {})
    for number, cells in enumerate(rows[:HEADER_WITHIN], 1):
        mapping = match(spec, cells)
        if len(mapping) > len(best.mapping):
            best = Guess(number, mapping)
    return best


def match(spec: ImportSpec, header: Sequence[str]) -> dict[str, int]:
    """Return which column of the sheet holds which key, each used at most once; exact names go first."""
    exact = [_plain(cell) for cell in header]
    loose = [_plain(_BRACKET.sub("", cell)) for cell in header]
    found: dict[str, int] = {}
    for cells in (exact, loose):
        for column in spec.columns:
            names = {_plain(name) for name in column.names}
            for place, cell in enumerate(cells, 1):
                if column.key not in found and cell in names and place not in found.values():
                    found[column.key] = place
    return found


def _plain(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).casefold()


def unmapped(spec: ImportSpec, mapping: Mapping[str, int]) -> list[ImportColumn]:
    """Return the required columns that no column of the sheet was chosen for."""
    return [column for column in spec.columns if column.required and not mapping.get(column.key)]


def check(
    spec: ImportSpec, sheet: Sheet, header_row: int, mapping: Mapping[str, int], person: Any
) -> Checked:
    """Parse and check every row below the header; every fault is named by its cell."""
    columns = [(column, mapping[column.key]) for column in spec.columns if mapping.get(column.key)]
    faults: list[CellFault] = []
    rows: list[ImportRow] = []
    total = 0
    damaged = {(fault.row, fault.column): fault for fault in sheet.faults}
    for number, cells in enumerate(sheet.rows[header_row:], header_row + 1):
        if not any(cell.strip() for cell in cells):
            continue
        total += 1
        row, wrong = _row(spec, columns, sheet.name, number, cells, damaged)
        faults += wrong
        if row is not None:
            rows.append(row)
    places = dict(mapping)
    for found in spec.check_rows(person, rows):
        faults.append(_placed(found, places, sheet, header_row))
    faults.sort(key=lambda fault: (fault.row, fault.column))
    return Checked(rows, faults, total, frozenset(fault.row for fault in faults))


def _row(
    spec: ImportSpec,
    columns: Sequence[tuple[ImportColumn, int]],
    sheet: str,
    number: int,
    cells: Sequence[str],
    damaged: Mapping[tuple[int, int], CellFault],
) -> tuple[ImportRow | None, list[CellFault]]:
    """Return the parsed row, or None with its faults."""
    values: dict[str, Any] = {column.key: column.default for column in spec.columns}
    texts: dict[str, str] = {}
    faults: list[CellFault] = []
    for column, place in columns:
        text = cells[place - 1].strip() if place <= len(cells) else ""
        texts[column.key] = text
        if damaged and (number, place) in damaged:
            faults.append(damaged[number, place])
            continue
        if not text:
            if column.required:
                faults.append(_empty(column, sheet, number, place))
            continue
        try:
            values[column.key] = column.parse(text)
        except ZhihengError as error:
            words = said.of(error)
            remedy = str(words.remedy or column.hint)
            faults.append(CellFault(sheet, number, place, text[:200], str(words.cause), remedy))
    return (None if faults else ImportRow(number, values, texts)), faults


def _empty(column: ImportColumn, sheet: str, number: int, place: int) -> CellFault:
    rule = _("“%(label)s” must be filled in.") % {"label": column.label}
    return CellFault(sheet, number, place, "", rule, str(column.hint) or _("Fill in the cell."))


def _placed(found: Any, places: Mapping[str, int], sheet: Sheet, header_row: int) -> CellFault:
    """Name a fault of ``check_rows`` by its cell in the sheet."""
    place = places.get(found.column) or 1
    cells = sheet.rows[found.row - 1] if header_row < found.row <= len(sheet.rows) else ()
    value = cells[place - 1] if place <= len(cells) else ""
    return CellFault(sheet.name, found.row, place, value[:200], str(found.rule), str(found.remedy))


@dataclass(frozen=True)
class FaultGroup:
    """Faults of one kind in one column: how many, and the first of them."""

    column: int
    rule: str
    remedy: str
    count: int
    first: Sequence[CellFault]


def grouped(faults: Sequence[CellFault], *, examples: int = 5) -> list[FaultGroup]:
    """Group faults by column and rule, the most frequent first; digits in a rule do not make a new group."""
    counts: Counter[tuple[int, str]] = Counter()
    first: dict[tuple[int, str], list[CellFault]] = {}
    for fault in faults:
        key = (fault.column, _pattern(fault))
        counts[key] += 1
        held = first.setdefault(key, [])
        if len(held) < examples:
            held.append(fault)
    return [
        FaultGroup(key[0], first[key][0].rule, first[key][0].remedy, count, first[key])
        for key, count in counts.most_common()
    ]


def _pattern(fault: CellFault) -> str:
    return fault.rule.replace(fault.value, "…") if fault.value else fault.rule
