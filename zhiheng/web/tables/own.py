"""A list leaves in the office's own form: its titles, header, order of columns and widths, filled anew.

The form is what was remembered of the list that the office brought in; no file of a stranger is opened for
it. Columns of the form that the register does not keep stay empty, and what the form lacks is appended at
the right. Every text is made safe against formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from zhiheng.errors import LimitExceeded, Missing, NotFound
from zhiheng.formats import cells, csv_safe
from zhiheng.formats.spreadsheet import column_letter
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.web.imports import known
from zhiheng.web.models import KnownList
from zhiheng.web.tables import export
from zhiheng.web.tables.columns import Column

DEFAULT_WIDTH = 18


@dataclass(frozen=True)
class OwnCell:
    """What stands in one column of the form: a value, and the word for it where the office writes words."""

    value: Callable[[Any], Any]
    word: Callable[[Any], Any] | None = None


@dataclass(frozen=True)
class OwnForm:
    """How the rows of a table are written into the form of one kind of list.

    ``cells`` holds the keys of the import; ``more`` are columns that only this file has; ``related`` are
    the relations that both follow.
    """

    spec: str
    cells: Mapping[str, OwnCell]
    more: Sequence[Column] = ()
    related: Sequence[str] = ()
    permission: str = P.REGISTRY_IMPORT
    known_as: Mapping[str, str] = field(default_factory=dict)

    def find(self, person: Any) -> KnownList | None:
        """Return the list of this kind that the person's office confirmed last."""
        return known.newest(self.spec, known.home(person, self.permission))

    def respond(self, person: Any, columns: Sequence[Column], queryset: QuerySet) -> HttpResponseBase:
        """Return the filled form, or refuse when the office never brought such a list in."""
        found = self.find(person)
        if found is None:
            raise NotFound(
                _("Your office has not brought in a list of this kind yet."),
                _("Import your own list once; its form is remembered."),
            )
        rows = list(queryset.select_related(*self.related)[: export.XLSX_LIMIT + 1])
        if len(rows) > export.XLSX_LIMIT:
            raise LimitExceeded(
                _("This list has more than %(limit)s rows; a workbook would be too heavy to open.")
                % {"limit": f"{export.XLSX_LIMIT:,}"},
                _("Narrow the list, or take the CSV file."),
            )
        name = export.marked(f"{found.look['sheet'] or 'list'}-{clock.today():%Y%m%d}.xlsx")
        data = filled(self, found, self._appended(found, columns), rows)
        return export.attach(export.mark(HttpResponse(data, content_type=export.XLSX)), name)

    def _appended(self, found: KnownList, columns: Sequence[Column]) -> list[Column]:
        """Return the columns of the table that the form does not have."""
        return [
            column
            for column in (*columns, *self.more)
            if self.known_as.get(column.key, column.key) not in found.mapping
        ]


def filled(form: OwnForm, found: KnownList, appended: Sequence[Column], rows: Iterable[Any]) -> bytes:
    """Return the workbook: what stands above, the rows in the office's order, the notes below."""
    try:
        from openpyxl import Workbook
    except ImportError:
        raise Missing(_("This machine writes no workbooks."), _("Take the CSV file.")) from None
    look = found.look
    width = max([*map(len, look["top"]), *found.mapping.values()], default=0)
    last = [_("Kind of data")] if export.is_demo() else []
    book = Workbook(write_only=True)
    page = book.create_sheet(_title(look["sheet"]))
    _dress(page, look, width, len(appended) + len(last))
    for line in _top(page, look, width, [*(str(column.label) for column in appended), *last]):
        page.append(line)
    for number, row in enumerate(rows, 1):
        line = _line(form, found, row, width, number)
        line += [csv_safe.typed(export.naive(column.exported(row))) for column in appended]
        page.append([*line, *([export.DEMO_MARK] if last else [])])
    for note in look["foot"]:
        page.append([csv_safe.cell(note)])
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def _line(form: OwnForm, found: KnownList, row: Any, width: int, number: int) -> list[Any]:
    line: list[Any] = [None] * width
    if found.look["serial"]:
        line[found.look["serial"] - 1] = number
    for key, place in found.mapping.items():
        if key in form.cells:
            line[place - 1] = csv_safe.typed(_value(form.cells[key], found.look, key, row))
    return line


def _value(cell: OwnCell, look: Mapping[str, Any], key: str, row: Any) -> Any:
    """Return a value as the office writes it: as digits or as a word, and in its unit."""
    value = cell.value(row)
    if key in look["units"]:
        stated, wanted = look["units"][key]
        times = cells.factor(wanted, stated)
        return None if value is None or times is None else _short(Decimal(value) * times)
    if isinstance(value, Decimal):
        return _short(value)
    return cell.word(value) if cell.word is not None and key not in look["digits"] else value


def _short(value: Decimal) -> Decimal:
    return Decimal(f"{value.normalize():f}")


def _dress(page: Any, look: Mapping[str, Any], width: int, more: int) -> None:
    """Set widths, merged ranges of the head, and keep the head in sight."""
    known_widths = {int(place): float(size) for place, size in look["widths"]}
    for place in range(1, width + more + 1):
        page.column_dimensions[column_letter(place)].width = known_widths.get(place, DEFAULT_WIDTH)
    for first_row, first, last_row, last in look["merged"]:
        area = f"{column_letter(first)}{first_row}:{column_letter(last)}{last_row}"
        page.merged_cells.add(area)
    page.freeze_panes = f"A{len(look['top']) + 1}"


def _top(page: Any, look: Mapping[str, Any], width: int, more: Sequence[str]) -> Iterable[list[Any]]:
    """Yield the rows above the list; the last of them is its header, with the appended columns."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    middle = Alignment(horizontal="center", vertical="center", wrap_text=True)
    titles = {area[0] for area in look["merged"] if area[1] == 1 and area[3] - area[1] >= width // 2}
    for number, texts in enumerate(look["top"], 1):
        is_header = number == len(look["top"])
        line = [*texts, *[""] * (width - len(texts)), *(more if is_header else ())]
        dressed = []
        for text in line:
            cell = WriteOnlyCell(page, value=csv_safe.cell(text) if text else None)
            cell.font = Font(bold=is_header or number in titles, size=16 if number in titles else 11)
            if is_header or number in titles:
                cell.alignment = middle
            dressed.append(cell)
        yield dressed


def _title(name: str) -> str:
    return "".join(sign for sign in name if sign not in "[]:*?/\\'")[:31] or "data"
