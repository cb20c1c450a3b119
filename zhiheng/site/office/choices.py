"""What a person settles before a list is read: which column holds what, and one answer for every row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.errors import BadInput
from zhiheng.formats.spreadsheet import Sheet
from zhiheng.web.imports import answers, flow, layout
from zhiheng.web.imports.spec import ImportSpec
from zhiheng.web.models import Upload


@dataclass(frozen=True)
class Choice:
    """``[KIND.]KEY=TEXT``; without a kind it holds for every list that has such a column."""

    kind: str
    key: str
    text: str


def parse(text: str) -> Choice:
    """Read a choice as it is written on the command line.

    >>> parse("subjects.region=D"), parse("销售渠道=生产")
    (Choice(kind='subjects', key='region', text='D'), Choice(kind='', key='销售渠道', text='生产'))
    """
    name, mark, value = text.partition("=")
    kind, point, key = name.strip().rpartition(".")
    if not mark or not key.strip() or not value.strip():
        raise BadInput(
            _("“%(text)s” does not say which column it is about.") % {"text": text},
            _("Write NAME=..., for instance region=D or channel=生产."),
        )
    return Choice(kind.strip() if point else "", key.strip(), value.strip())


def check(chosen: Sequence[Choice], lists: Sequence[tuple[str, ImportSpec]]) -> None:
    """Refuse a choice that is about no column of any list at hand."""
    for one in chosen:
        if not any(_key(one, kind, spec) for kind, spec in lists):
            keys = dict.fromkeys(column.key for _kind, spec in lists for column in spec.columns)
            raise BadInput(
                _("None of the lists has a column called %(name)s.") % {"name": one.key},
                _("The columns are: %(names)s.") % {"names": ", ".join(keys)},
                code="no-such-column",
            )


def take(
    columns: Sequence[Choice],
    every: Sequence[Choice],
    kind: str,
    spec: ImportSpec,
    sheet: Sheet,
    upload: Upload,
    officer: Any,
) -> None:
    """Change what was proposed for a list into what was chosen for it, and check the list again."""
    mapping, said = dict(upload.mapping), dict(upload.said)
    for one in columns:
        if key := _key(one, kind, spec):
            place = _place(one.text, sheet, upload)
            mapping = {held: at for held, at in mapping.items() if at != place or not place}
            mapping[key] = place
            said.pop(key, None)
    for one in every:
        if (key := _key(one, kind, spec)) and not mapping.get(key):
            said |= answers.accepted(spec, {key: one.text}, officer)
    if (mapping, said) != (upload.mapping, upload.said):
        flow.adjust(person=officer, upload=upload, mapping=mapping, said=said)


def _key(one: Choice, kind: str, spec: ImportSpec) -> str:
    """Return the key of the column that a choice is about; empty where the list has none."""
    if one.kind not in ("", kind):
        return ""
    wanted = layout.short(one.key)
    return next((c.key for c in spec.columns if wanted in {layout.short(name) for name in c.names}), "")


def _place(text: str, sheet: Sheet, upload: Upload) -> int:
    """Return the column of the sheet that is meant: by its header or by its letter; 0 for none."""
    if text in ("-", "—"):
        return 0
    names = layout.names(sheet, upload.header_row)
    wanted = layout.short(text)
    for place, name in enumerate(names, 1):
        if wanted in {layout.short(form) for form in name.forms}:
            return place
    if re.fullmatch("[A-Za-z]{1,2}", text):
        return letters(text)
    raise BadInput(
        _("%(file)s has no column “%(name)s”.") % {"file": upload.name, "name": text},
        _("Name it by its letter or its header: %(names)s.")
        % {"names": "、".join(name.shown for name in names if name.shown)},
        code="no-such-column",
    )


def letters(text: str) -> int:
    """Return the number of a column by its letters.

    >>> letters("B"), letters("aa")
    (2, 27)
    """
    return sum((ord(sign) - 64) * 26**place for place, sign in enumerate(reversed(text.upper())))
