"""Says in sentences how a list was understood: its sheet, header, merged cells, and the rows left out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.formats.spreadsheet import Sheet, column_letter
from zhiheng.web import wording
from zhiheng.web.imports import answers as answering
from zhiheng.web.imports import layout, matching, reading
from zhiheng.web.imports.known import Recalled
from zhiheng.web.imports.spec import ImportSpec

SHOWN = 8
_PERSONAL = re.compile(
    "身份证|电话|手机|联系方式|联系人|法定代表人|法人代表|法人姓名|负责人|出生|住址|邮箱|微信"
)


def sentences(
    spec: ImportSpec,
    sheet: Sheet,
    header_row: int,
    mapping: Mapping[str, int],
    recalled: Recalled | None = None,
    *,
    answers: Mapping[str, str] | None = None,
) -> list[str]:
    """Return what a person should know before confirming; nothing is done to a list without a sentence."""
    found = reading.body(spec, sheet, header_row, mapping)
    said = [*_of_sheets(sheet), *_of_header(spec, sheet, header_row, mapping, recalled)]
    for why, words in _LEFT_OUT.items():
        rows = [one for one in found.left_out if one.why == why]
        if rows:
            named = [_("row %(row)s “%(text)s”") % {"row": one.row, "text": one.text} for one in rows]
            said.append(str(words()) % {"rows": _listed(named)})
    if found.filled:
        ranges = _listed([_range(*area) for area in found.filled])
        said.append(_("Merged cells say the same of each row they cover: %(ranges)s.") % {"ranges": ranges})
    for column in spec.columns:
        if (text := (answers or {}).get(column.key)) and not mapping.get(column.key):
            words = _("The list has no column for “%(label)s”; every row is taken as %(value)s.")
            said.append(words % {"label": column.label, "value": text})
    said += _of_unread(sheet, header_row, mapping)
    said += _of_units(spec, sheet, header_row, mapping)
    return said + _of_hidden(sheet, header_row)


def _of_unread(sheet: Sheet, header_row: int, mapping: Mapping[str, int]) -> list[str]:
    left = answering.unread(sheet, header_row, mapping)
    said = []
    if left:
        named = _sign().join(map(str, left))
        said.append(_("Columns that are not read: %(columns)s.") % {"columns": named})
    if personal := [str(one) for one in left if _PERSONAL.search(one.header)]:
        words = _(
            "%(columns)s look like personal data. They do not enter the register; the file itself is kept as "
            "evidence, so delete these columns first if they are not to be kept at all."
        )
        said.append(words % {"columns": _sign().join(personal)})
    return said


def _of_hidden(sheet: Sheet, header_row: int) -> list[str]:
    said = []
    hidden = [row for row in sheet.hidden_rows if row > header_row]
    if hidden:
        said.append(
            _("Rows %(rows)s are hidden in the workbook; they are read like the others.")
            % {"rows": _listed(hidden)}
        )
    if sheet.hidden_columns:
        said.append(
            _("Columns %(columns)s are hidden in the workbook; they are read like the others.")
            % {"columns": _listed([column_letter(place) for place in sheet.hidden_columns])}
        )
    return said


def how(spec: ImportSpec, sheet: Sheet, header_row: int, mapping: Mapping[str, int]) -> set[str]:
    """Return the keys whose column was proposed by its contents or by hand, not by the name in the header."""
    named = matching.match(spec, layout.names(sheet, header_row))
    return {key for key, place in mapping.items() if place and named.get(key) != place}


def _of_sheets(sheet: Sheet) -> list[str]:
    if not sheet.others:
        return []
    hidden = _("hidden")
    names = [f"{other.name} ({hidden})" if other.is_hidden else other.name for other in sheet.others]
    said = [
        _("The sheet “%(name)s” is read. Not read: %(others)s.")
        % {"name": sheet.name, "others": _listed(names)}
    ]
    if sheet.is_hidden:
        said.append(_("This sheet is hidden in the workbook."))
    return said


def _of_header(
    spec: ImportSpec, sheet: Sheet, header_row: int, mapping: Mapping[str, int], recalled: Recalled | None
) -> list[str]:
    said = []
    if recalled and recalled.header_row == header_row and _same(recalled.known.mapping, mapping):
        day = wording.day(recalled.known.confirmed_at)
        said.append(
            _(
                "A list with this header was confirmed on %(day)s; its columns are taken as then. "
                "To change that, choose other columns under “Which column holds what”."
            )
            % {"day": day}
        )
    if layout.has_groups(sheet, header_row):
        said.append(
            _("The header has two rows, %(first)s and %(second)s; groups are joined with their columns.")
            % {"first": header_row - 1, "second": header_row}
        )
    elif header_row > 1:
        said.append(_("The header stands in row %(row)s.") % {"row": header_row})
    return said


def unit(name: str) -> str:
    """Return a unit of a Chinese list in the language of the page."""
    words = {
        "元": _("yuan"),
        "千元": _("1,000 yuan"),
        "万元": _("10,000 yuan"),
        "亿元": _("100 million yuan"),
    }
    return words.get(name, name)


def _same(first: Mapping[str, int], second: Mapping[str, int]) -> bool:
    return dict(first) == {key: place for key, place in second.items() if place}


def _of_units(spec: ImportSpec, sheet: Sheet, header_row: int, mapping: Mapping[str, int]) -> list[str]:
    found = reading.units(spec, sheet, header_row, mapping)
    return [
        _("“%(label)s” is in %(stated)s in this list and is kept in %(wanted)s.")
        % {
            "label": column.label,
            "stated": unit(found[column.key][0]),
            "wanted": unit(found[column.key][1]),
        }
        for column in spec.columns
        if column.key in found and found[column.key][0] != found[column.key][1]
    ]


_LEFT_OUT: dict[str, Any] = {
    layout.TOTAL: lambda: _("Total rows are left out: %(rows)s."),
    layout.NOTE: lambda: _("Notes below the table are left out: %(rows)s."),
    layout.REPEATED: lambda: _("The header printed again is left out: %(rows)s."),
}


def _range(place: int, first: int, last: int) -> str:
    letter = column_letter(place)
    return f"{letter}{first}:{letter}{last}"


def _listed(things: Sequence[Any]) -> str:
    more = "…" if len(things) > SHOWN else ""
    return _sign().join(map(str, things[:SHOWN])) + more


def _sign() -> str:
    return "、" if wording.is_chinese() else ", "
