"""Rows of text become rows of values, and every fault is named by its cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.errors import ZhihengError
from zhiheng.formats import cells
from zhiheng.formats.spreadsheet import CellFault, Sheet
from zhiheng.web import said
from zhiheng.web.imports import layout
from zhiheng.web.imports.matching import accepts, guess, match
from zhiheng.web.imports.spec import ImportColumn, ImportRow, ImportSpec

DAY_CODES = ("day-order", "day-short-year")

__all__ = ["Checked", "check", "grouped", "guess", "match", "unmapped"]


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


def unmapped(
    spec: ImportSpec, mapping: Mapping[str, int], answers: Mapping[str, str] | None = None
) -> list[ImportColumn]:
    """Return the required columns that no column of the sheet was chosen for, and that no answer fills."""
    return [
        column
        for column in spec.columns
        if column.required and not mapping.get(column.key) and not (answers or {}).get(column.key)
    ]


def required_places(spec: ImportSpec, mapping: Mapping[str, int]) -> list[int]:
    """Return the columns of the sheet that every row must fill."""
    return [mapping[column.key] for column in spec.columns if column.required and mapping.get(column.key)]


def body(spec: ImportSpec, sheet: Sheet, header_row: int, mapping: Mapping[str, int]) -> layout.Body:
    """Return the rows of the list below its header, and what was left out."""
    return layout.body(sheet, header_row, required_places(spec, mapping))


def check(
    spec: ImportSpec,
    sheet: Sheet,
    header_row: int,
    mapping: Mapping[str, int],
    person: Any,
    answers: Mapping[str, str] | None = None,
) -> Checked:
    """Parse and check every row below the header; every fault is named by its cell.

    ``answers`` hold for every row, by the key of a column that the list lacks.
    """
    spec = spec.near(person)
    columns = _places(spec, sheet, header_row, mapping)
    fixed = _fixed(spec, {key: text for key, text in (answers or {}).items() if not mapping.get(key)})
    faults: list[CellFault] = []
    rows: list[ImportRow] = []
    damaged = {
        (fault.row, fault.column): said.of_cell(replace(fault, sheet=sheet.name)) for fault in sheet.faults
    }
    found = body(spec, sheet, header_row, mapping)
    for number, texts in found.rows:
        row, wrong = _row(fixed, columns, sheet.name, number, texts, damaged)
        faults += wrong
        if row is not None:
            rows.append(row)
    for one in spec.check_rows(person, rows):
        faults.append(_placed(one, mapping, sheet, header_row))
    faults.sort(key=lambda fault: (fault.row, fault.column))
    return Checked(rows, faults, len(found.rows), frozenset(fault.row for fault in faults))


@dataclass(frozen=True)
class _Place:
    """A column of the sheet: what it holds, the unit of the list and the unit of the register."""

    column: ImportColumn
    place: int
    stated: str
    wanted: str


def units(
    spec: ImportSpec, sheet: Sheet, header_row: int, mapping: Mapping[str, int]
) -> dict[str, tuple[str, str]]:
    """Return for each key whose numbers have a unit: the unit of the list, that of the register."""
    names = layout.names(sheet, header_row)
    whole = layout.stated_unit(sheet, header_row)
    found = {}
    for column in spec.columns:
        wanted, place = cells.unit_in_header(column.label_zh), mapping.get(column.key, 0)
        if wanted and place:
            shown = names[place - 1].shown if place <= len(names) else ""
            found[column.key] = (cells.unit_in_header(shown) or whole or wanted, wanted)
    return found


def _places(spec: ImportSpec, sheet: Sheet, header_row: int, mapping: Mapping[str, int]) -> list[_Place]:
    known = units(spec, sheet, header_row, mapping)
    return [
        _Place(column, mapping[column.key], *known.get(column.key, ("", "")))
        for column in spec.columns
        if mapping.get(column.key)
    ]


def _fixed(spec: ImportSpec, said: Mapping[str, str]) -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values and texts with which every row begins: defaults, and what is assumed of all."""
    values = {column.key: column.default for column in spec.columns}
    values |= {column.key: column.parse(said[column.key]) for column in spec.columns if column.key in said}
    return values, dict(said)


def _row(
    fixed: tuple[Mapping[str, Any], Mapping[str, str]],
    columns: Sequence[_Place],
    sheet: str,
    number: int,
    row: Sequence[str],
    damaged: Mapping[tuple[int, int], CellFault],
) -> tuple[ImportRow | None, list[CellFault]]:
    """Return the parsed row, or None with its faults."""
    values, texts = dict(fixed[0]), dict(fixed[1])
    faults: list[CellFault] = []
    for at in columns:
        column, place = at.column, at.place
        text = cells.seen(row[place - 1]) if place <= len(row) else ""
        texts[column.key] = text
        if damaged and (number, place) in damaged:
            faults.append(damaged[number, place])
            continue
        if not text:
            if column.required:
                faults.append(_empty(column, sheet, number, place))
            continue
        try:
            values[column.key] = _value(at, text)
        except ZhihengError as error:
            words = said.of(error)
            remedy = str(words.remedy or column.hint) if at.stated == at.wanted else _in_unit_of_list(at)
            faults.append(CellFault(sheet, number, place, text[:200], str(words.cause), remedy))
    return (None if faults else ImportRow(number, values, texts)), faults


def _value(at: _Place, text: str) -> Any:
    """Return what a cell says: as written, else in another form that means the same."""
    if at.wanted:
        text = cells.in_unit(text, stated=at.stated, wanted=at.wanted)
    try:
        return at.column.parse(text)
    except ZhihengError as error:
        first = error
    for form in cells.other_forms(text):
        try:
            return at.column.parse(form)
        except ZhihengError:
            continue
    raise _about_day(at.column, text) or first


def _in_unit_of_list(at: _Place) -> str:
    """Return the remedy where the list uses another unit than the register: in that of the list."""
    return _("Give a number in %(unit)s, the unit of this list.") % {"unit": at.stated}


def as_stored(
    spec: ImportSpec, sheet: Sheet, header_row: int, mapping: Mapping[str, int], row: Sequence[str]
) -> list[str]:
    """Return the cells of a row in the order of the columns, numbers in the unit of the register."""
    shown = []
    for at in _places(spec, sheet, header_row, mapping):
        text = cells.seen(row[at.place - 1]) if at.place <= len(row) else ""
        try:
            shown.append(cells.in_unit(text, stated=at.stated, wanted=at.wanted) if at.wanted else text)
        except ZhihengError:
            shown.append(text)
    return shown


def _about_day(column: ImportColumn, text: str) -> ZhihengError | None:
    """Return what is wrong with a day whose year is short or whose order is unsure, in a column of days."""
    try:
        cells.day(text)
    except ZhihengError as error:
        if error.code in DAY_CODES and accepts(column, "2025-03-01") and not accepts(column, "某某"):
            return error
    return None


def _empty(column: ImportColumn, sheet: str, number: int, place: int) -> CellFault:
    rule = _("“%(label)s” must be filled in.") % {"label": column.label}
    return CellFault(sheet, number, place, "", rule, str(column.hint) or _("Fill in the cell."))


def _placed(found: Any, places: Mapping[str, int], sheet: Sheet, header_row: int) -> CellFault:
    """Name a fault of ``check_rows`` by its cell in the sheet."""
    place = places.get(found.column) or 1
    texts = sheet.rows[found.row - 1] if header_row < found.row <= len(sheet.rows) else ()
    value = texts[place - 1] if place <= len(texts) else ""
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
