"""Sends a small table as CSV or as a workbook, marked where everything is invented."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from zhiheng.formats import csv_safe
from zhiheng.people import clock
from zhiheng.web.tables import export


def table_file(kind: str, head: Sequence[Any], rows: Sequence[Sequence[Any]], name: str) -> HttpResponse:
    """Return rows as a file of a kind: csv or xlsx."""
    if export.is_demo():
        head = [*head, _("Kind of data")]
        rows = [[*row, export.DEMO_MARK] for row in rows]
    filename = export.marked(f"{name}-{clock.today():%Y%m%d}.{kind}")
    if kind == "xlsx":
        response = HttpResponse(export.workbook(head, rows, title="data"), content_type=export.XLSX)
    else:
        data = csv_safe.dumps([str(one) for one in head], rows)
        response = HttpResponse(data, content_type="text/csv; charset=utf-8")
    return export.attach(export.mark(response), filename)  # type: ignore[return-value]
