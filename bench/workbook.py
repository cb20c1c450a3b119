"""Times an upload of 50 000 rows from the file to the marked sheet, every error named."""

from __future__ import annotations

import io
import os
import tempfile
import time
from datetime import date
from typing import Any

NAME = "a workbook of 50 000 rows x 10 columns, every error named"
GOAL = "from the upload to the marked sheet <= 20 s"

ROWS, QUICK_ROWS = 50_000, 5_000
HEADER = (
    "序号",
    "统一社会信用代码",
    "名称",
    "地区",
    "行业",
    "规模",
    "环节",
    "年产值",
    "风险等级",
    "备注",
)


def run(quick: bool = False) -> dict[str, Any]:
    """Return the seconds of each step; the peer only reads the cells, with openpyxl in read-only mode."""
    rows = QUICK_ROWS if quick else ROWS
    with tempfile.TemporaryDirectory(prefix="zhiheng-bench-") as folder:
        os.environ |= {"ZHIHENG_VAR": folder, "DATABASE_URL": "", "ZHIHENG_DEMO": "1"}
        return _measured(rows)


def _measured(rows: int) -> dict[str, Any]:
    from django.core.management import call_command

    from zhiheng.site import setup

    setup.start()
    call_command("migrate", verbosity=0)
    from zhiheng.web import imports
    from zhiheng.web.imports import flow, held, marked

    data = _workbook(rows)
    person = _officer()
    spec = imports.get("registry-subjects")
    began = time.perf_counter()
    upload = flow.receive(person=person, spec=spec, data=data, name="list.xlsx")
    checked = time.perf_counter()
    sheet = marked.sheet_bytes(held.sheet(upload.pk), upload.header_row, held.faults(upload.pk))
    done = time.perf_counter()
    stored = flow.confirm(person=person, upload=upload, good_rows_only=True)
    stored_at = time.perf_counter()
    peer = _peer(data)
    return {
        "rows": rows,
        "workbook_mib": len(data) / 2**20,
        "faults_named": upload.summary["faults"],
        "faulty_rows": upload.summary["faulty"],
        "read_and_checked_s": checked - began,
        "marked_sheet_s": done - checked,
        "total_s": done - began,
        "marked_sheet_mib": len(sheet) / 2**20,
        "store_good_rows_s": stored_at - done,
        "stored": stored["stored"],
        "peer": {"openpyxl reads the cells_s": peer},
        "ratio_to_peer": (done - began) / peer,
    }


def _workbook(rows: int) -> bytes:
    """Return a list in which every fourth row has a fault of one of five kinds."""
    from openpyxl import Workbook

    from zhiheng.formats import identifiers
    from zhiheng.reference import regions

    book = Workbook(write_only=True)
    page = book.create_sheet("主体")
    page.append(["主体名单"])
    page.append(HEADER)
    counties = [r.code for r in regions.all() if r.level == "county" and not r.placeholder]
    for n in range(rows):
        county = counties[n % len(counties)]
        cells: list[Any] = [n + 1, identifiers.demo_uscc(n, county), f"示范企业{n}", county, "38"]
        cells += ["小型", "工厂", n % 900 + 0.5, "B", "无"]
        if n % 4 == 0:
            place, wrong = ((1, "X1BAD"), (2, None), (3, "999999"), (4, "99"), (7, "many"))[n // 4 % 5]
            cells[place] = wrong
        page.append(cells)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def _peer(data: bytes) -> float:
    from openpyxl import load_workbook

    began = time.perf_counter()
    for _row in load_workbook(io.BytesIO(data), read_only=True).active.iter_rows(values_only=True):
        pass
    return time.perf_counter() - began


def _officer() -> Any:
    from zhiheng.people import clock
    from zhiheng.people.models import Appointment, Person

    person = Person(login="bench", display_name="bench", created_at=clock.now())
    person.set_unusable_password()
    person.save()
    Appointment.objects.create(person=person, role="officer", region="000000", valid_from=date(2000, 1, 1))
    return person
