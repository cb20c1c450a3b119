"""A list leaves as CSV or XLSX, safe against cells that would turn into formulas, invented rows marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiheng.errors import LimitExceeded, Missing
from zhiheng.formats import csv_safe
from zhiheng.people import clock
from zhiheng.web.tables.columns import Column

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV_LIMIT = 1_000_000
XLSX_LIMIT = 50_000
CHUNK = 2_000
DEMO_MARK = "演示数据 · Demonstration data"  # in both languages: a file is read far from the page it left
DEMO_HEADER = "X-Zhiheng-Data"


def respond(kind: str, columns: Sequence[Column], queryset: QuerySet, name: str) -> HttpResponseBase:
    """Return the file of a narrowed and ordered list."""
    return WRITERS[kind](columns, queryset, marked(f"{name}-{clock.today():%Y%m%d}.{kind}"))


def is_demo() -> bool:
    """Whether everything on this site is invented."""
    return bool(getattr(settings, "DEMO", False))


def marked(filename: str) -> str:
    """Return the name of a file with the mark of the demonstration, where there is one.

    The part in Latin letters is for programs that drop the rest.
    """
    stem, dot, suffix = filename.rpartition(".")
    return f"{stem}-demo演示数据{dot}{suffix}" if is_demo() else filename


def mark(response: HttpResponseBase) -> HttpResponseBase:
    """Say in a header of the answer that its content is invented; for files whose bytes are hashed."""
    if is_demo():
        response[DEMO_HEADER] = "demonstration"
    return response


def _csv(columns: Sequence[Column], queryset: QuerySet, filename: str) -> HttpResponseBase:
    rows = _rows(columns, queryset[:CSV_LIMIT].iterator(chunk_size=CHUNK))
    lines = csv_safe.lines(_heads(columns), rows)
    response = StreamingHttpResponse(in_blocks(lines), content_type="text/csv; charset=utf-8")
    return attach(mark(response), filename)


def _xlsx(columns: Sequence[Column], queryset: QuerySet, filename: str) -> HttpResponseBase:
    rows = list(queryset[: XLSX_LIMIT + 1])
    if len(rows) > XLSX_LIMIT:
        raise LimitExceeded(
            _("This list has more than %(limit)s rows; a workbook would be too heavy to open.")
            % {"limit": f"{XLSX_LIMIT:,}"},
            _("Narrow the list, or take the CSV file."),
        )
    data = workbook(_heads(columns), _rows(columns, rows), title="data")
    return attach(mark(HttpResponse(data, content_type=XLSX)), filename)


WRITERS: dict[str, Callable[..., HttpResponseBase]] = {"csv": _csv, "xlsx": _xlsx}


def workbook(header: Sequence[Any], rows: Iterable[Sequence[Any]], *, title: str) -> bytes:
    """Return a workbook with one sheet; texts are made safe, the header stays in sight."""
    try:
        from openpyxl import Workbook
    except ImportError:
        raise Missing(_("This machine writes no workbooks."), _("Take the CSV file.")) from None
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.append([csv_safe.typed(name) for name in header])
    for row in rows:
        sheet.append([csv_safe.typed(naive(value)) for value in row])
    held = BytesIO()
    book.save(held)
    return held.getvalue()


def attach(response: HttpResponseBase, filename: str) -> HttpResponseBase:
    """Name the file of a download, in ASCII and in full."""
    ascii_name = filename.encode("ascii", "ignore").decode() or "download"
    response["Content-Disposition"] = (
        f"attachment; filename=\"{ascii_name}\"; filename*=UTF-8''{quote(filename)}"
    )
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _rows(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[list[Any]]:
    last = [DEMO_MARK] if is_demo() else []
    for row in rows:
        yield [*(column.exported(row) for column in columns), *last]


def _heads(columns: Sequence[Column]) -> list[str]:
    return [*(_head(column) for column in columns), *([_("Kind of data")] if is_demo() else [])]


def _head(column: Column) -> str:
    return f"{column.label} ({column.unit})" if column.unit else str(column.label)


def naive(value: Any) -> Any:
    """Excel knows no time zones: give the local time."""
    if hasattr(value, "tzinfo") and value.tzinfo is not None:
        return timezone.localtime(value).replace(tzinfo=None)
    return value


def in_blocks(lines: Iterable[str]) -> Iterator[bytes]:
    """Gather lines, so that a stream has few large pieces."""
    held: list[str] = []
    for line in lines:
        held.append(line)
        if len(held) >= 500:
            yield "".join(held).encode()
            held.clear()
    yield "".join(held).encode()
