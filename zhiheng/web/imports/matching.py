"""Finds which column of a list holds what: by the names of its header, then by what stands below.

Names go first: equal ones, then names without what stands in brackets, then names inside longer ones. A
required column that no name tells is proposed by its contents when its parser is telling, as that of a code
with a check character is: it accepts nearly all cells there, and refuses any odd text. Optional columns are
never proposed by contents: a column of letters A to D may be any class at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from zhiheng.errors import ZhihengError
from zhiheng.formats import cells
from zhiheng.formats.spreadsheet import Sheet
from zhiheng.web.imports import layout
from zhiheng.web.imports.layout import Name
from zhiheng.web.imports.spec import ImportColumn, ImportSpec

HEADER_WITHIN = 20
SAMPLE_ROWS = 40
ACCEPTED_SHARE = 0.8
PROBES = ("某某某某", "7", "1234")
_BRACKET = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")
_INSIDE_LATIN, _INSIDE_CHINESE = 6, 3


@dataclass(frozen=True)
class Guess:
    """Where the header stands (from 1), and which column of the sheet (from 1) holds which key."""

    header_row: int
    mapping: Mapping[str, int]
    named: int = 0

    @property
    def proposed(self) -> int:
        """How many columns are proposed by their contents alone."""
        return len(self.mapping) - self.named


def guess(spec: ImportSpec, sheet: Sheet) -> Guess:
    """Find the header below any title rows, of the first twenty the row in which most columns are known."""
    best = Guess(1, {})
    for number in range(1, min(HEADER_WITHIN, len(sheet.rows)) + 1):
        mapping = match(spec, layout.names(sheet, number))
        if len(mapping) > best.named:
            best = Guess(number, mapping, len(mapping))
    if not best.mapping:
        best = Guess(_above_data(spec, sheet), {})
    named = _without_finer(spec, sheet, best)
    proposed = by_contents(spec, sheet, best.header_row, named)
    return Guess(best.header_row, {**named, **proposed}, len(named))


def _without_finer(spec: ImportSpec, sheet: Sheet, found: Guess) -> dict[str, int]:
    """Leave out a column whose header would do while its cells tell something finer, as 属地 with streets."""
    rows, header = sample(sheet, found.header_row), layout.names(sheet, found.header_row)
    kept = {}
    for key, place in found.mapping.items():
        column, texts = spec.column(key), filled(rows, place)
        is_sure = column is None or not (column.looks and column.might) or not texts
        if is_sure or column.might(header[place - 1].shown, texts):
            kept[key] = place
    return kept


def match(spec: ImportSpec, header: Sequence[str | Name]) -> dict[str, int]:
    """Return which column of the sheet holds which key, each used at most once."""
    known = [name if isinstance(name, Name) else Name(name, (name,)) for name in header]
    exact = [{layout.short(form) for form in name.forms} for name in known]
    loose = [{layout.short(_BRACKET.sub("", form)) for form in name.forms} for name in known]
    found: dict[str, int] = {}
    for texts in (exact, loose):
        for column in spec.columns:
            known_by = [layout.short(name) for name in column.names]
            places = [
                (known_by.index(name), place)
                for place, forms in enumerate(texts, 1)
                for name in forms & set(known_by)
                if place not in found.values()
            ]
            if places and column.key not in found:
                found[column.key] = min(places)[1]
    _match_inside(spec, loose, found)
    return found


def _match_inside(spec: ImportSpec, texts: Sequence[set[str]], found: dict[str, int]) -> None:
    """Take names that stand inside longer headers, the longest name first."""
    pairs = sorted(
        (
            (-len(name), order, place, column.key)
            for order, column in enumerate(spec.columns)
            for name in {layout.short(name) for name in column.names}
            for place, forms in enumerate(texts, 1)
            if len(name) >= (_INSIDE_LATIN if name.isascii() else _INSIDE_CHINESE)
            and any(name in form for form in forms)
        )
    )
    for _length, _order, place, key in pairs:
        if key not in found and place not in found.values():
            found[key] = place


def by_contents(
    spec: ImportSpec, sheet: Sheet, header_row: int, mapping: Mapping[str, int]
) -> dict[str, int]:
    """Propose the required columns that no header told, by the cells below it; nothing where two would do."""
    open_columns = [column for column in spec.columns if column.required and column.key not in mapping]
    rows = sample(sheet, header_row)
    width = max(map(len, rows), default=0)
    found: dict[str, list[int]] = {}
    for place in range(1, width + 1):
        if place in mapping.values():
            continue
        texts = filled(rows, place)
        fitting = [column for column in open_columns if _fits(column, texts)]
        if len(fitting) == 1 and 2 * len(texts) >= len(rows):
            found.setdefault(fitting[0].key, []).append(place)
    return {key: places[0] for key, places in found.items() if len(places) == 1}


def filled(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    """Return the filled cells of a column, trimmed."""
    return [row[place - 1].strip() for row in rows if place <= len(row) and row[place - 1].strip()]


def sample(sheet: Sheet, header_row: int) -> list[Sequence[str]]:
    """Return the first rows that hold anything below the header."""
    rows = (row for row in sheet.rows[header_row : header_row + 4 * SAMPLE_ROWS] if any(map(str.strip, row)))
    return [row for _count, row in zip(range(SAMPLE_ROWS), rows, strict=False)]


def _fits(column: ImportColumn, texts: Sequence[str]) -> bool:
    if not texts or not (column.looks or is_telling(column)):
        return False
    right = sum(column.looks(text) if column.looks else accepts(column, text) for text in texts)
    return right >= ACCEPTED_SHARE * len(texts)


def is_telling(column: ImportColumn) -> bool:
    """Say whether the parser of a column refuses whatever does not belong there."""
    return not any(accepts(column, probe) for probe in PROBES)


def accepts(column: ImportColumn, text: str) -> bool:
    """Say whether a column takes this text, in the form as written or in another that means the same."""
    for form in (cells.seen(text), *cells.other_forms(text)):
        try:
            column.parse(form)
        except ZhihengError:
            continue
        return True
    return False


def _above_data(spec: ImportSpec, sheet: Sheet) -> int:
    """Return the row above the first row in which a telling column would take a cell."""
    telling = [column for column in spec.columns if column.required and is_telling(column)]
    for number, row in enumerate(sheet.rows[:HEADER_WITHIN], 1):
        if any(accepts(column, text) for column in telling for text in row if text.strip()):
            return max(number - 1, 1)
    return 1


def fit(spec: ImportSpec, sheet: Sheet) -> tuple[int, int]:
    """Return how well a sheet fits a kind of list: required columns found less twice the missing, and all."""
    found = guess(spec, sheet)
    required = [column.key in found.mapping for column in spec.columns if column.required]
    return sum(required) - 2 * required.count(False), len(found.mapping)
