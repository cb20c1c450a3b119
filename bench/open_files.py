"""Times the open files of a series of a million observations, each sent whole by the page that serves it.

Each form is asked for in a process of its own, so that its peak of memory is its own. What is sent is counted
and forgotten. The bare SQL reads the same rows, in the same order, in one question.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.country import server

NAME = "open data: a whole series of 10^6 observations as CSV, Parquet, SDMX-ML and SDMX-CSV"
GOAL = "a peak below 600 MiB whatever the number of observations; > 10 000 of them a processor second"

ROWS, QUICK_ROWS = 1_000_000, 30_000
REGIONS, YEARS, BATCH = 250, 100, 10_000
SERIES = "bench_rate"
FORMS = {
    "start": "/data/",
    "csv": f"/data/{SERIES}/latest.csv",
    "parquet": f"/data/{SERIES}/latest.parquet",
    "sdmx-ml": f"/data/{SERIES}/latest.xml",
    "sdmx-csv": f"/sdmx/data/dataflow/ZH/DF_{SERIES.upper()}/*?format=csv",
}
COLUMNS = (
    *("id", "series_id", "region", "period", "breakdown", "voice", "revision", "origin", "unit", "basis"),
    *("purpose", "value", "lower", "upper", "standard_error", "interval", "level", "n", "population"),
    *("coverage", "design_effect", "status", "flags", "said", "evidence", "source", "note", "valid_from"),
    *("valid_to", "recorded_at", "reason", "formula_sha", "inputs_sha", "bundle_sha", "sha"),
)


def run(quick: bool = False) -> dict[str, Any]:
    """Return what each form takes on SQLite, and on PostgreSQL where its binaries are installed."""
    rows = QUICK_ROWS if quick else ROWS
    return {"rows": rows, "goal": GOAL} | server.on_each(lambda url, folder: _measured(url, folder, rows))


def _measured(url: str, folder: str, rows: int) -> dict[str, Any]:
    environment = {**os.environ, "DATABASE_URL": url, "ZHIHENG_VAR": f"{folder}/var", "ZHIHENG_DEMO": "1"}
    root = Path(__file__).resolve().parents[1]

    def asked(*words: str) -> Any:
        command = [sys.executable, "-m", "bench.open_files", *words]
        done = subprocess.run(
            command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout.splitlines()[-1])

    found = {"filled": asked("fill", str(rows))}
    return found | {form: asked("send", form) for form in FORMS} | {"bare sql": asked("bare")}


def fill(rows: int) -> dict[str, Any]:
    """Fill the configured database with one series in one vintage."""
    from django.core.management import call_command
    from django.db import connection, transaction
    from django.utils import timezone

    from zhiheng.stages.indicators.models import Vintage
    from zhiheng.stages.plan.models import Series

    call_command("migrate", verbosity=0)
    at = timezone.now()
    said = {"zh": "示范指标", "en": "invented series", "basis": "probability", "purpose": "evaluation"}
    series = Series.objects.create(id=SERIES, unit="%", **said)
    places = ", ".join(["%s"] * len(COLUMNS))
    began = time.perf_counter()
    with transaction.atomic(), connection.cursor() as cursor:
        held: list[tuple] = []
        for row in _rows(rows, at if connection.vendor == "postgresql" else at.replace(tzinfo=None)):
            held.append(row)
            if len(held) == BATCH:
                cursor.executemany(
                    f"INSERT INTO indicators_observation ({', '.join(COLUMNS)}) VALUES ({places})", held
                )
                held.clear()
    Vintage.objects.create(
        series=series, number=1, day=timezone.localdate(at), day_number=1, place=0, recorded_at=at,
        rows=rows, standing=rows, state_sha="0" * 64,
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return {"seconds": round(time.perf_counter() - began, 1)}


def _rows(count: int, at: Any) -> Iterator[tuple]:
    """Yield rows as long as those of a release: regions by years by divisions."""
    for number in range(count):
        rest, year = divmod(number, YEARS)
        region, division = rest % REGIONS, rest // REGIONS
        value, n = 880_000 + number * 7_919 % 105_000, 200 + number % 39_000
        key = (SERIES, f"{110_000 + region}", f"{1926 + year}", f"division={13 + division}")
        numbers = [f"{(value + shift) / 10_000}" for shift in (0, -4_000, 4_000)]
        days = (f"{1926 + year}-01-01", f"{1926 + year}-12-31")
        yield (
            f"{number:032x}", *key, "own", 0, "estimated", "%", "probability", "evaluation", *numbers,
            "0.204", "design", "0.95", n, 9 * n, "0.97", "1.82", "final", "demonstration",
            "", "", "", "", *days, at, "", "a" * 64, f"{number:064x}", f"{number + 7:064x}", f"{number:064x}",
        )  # fmt: skip


def send(form: str) -> dict[str, Any]:
    """Ask for one form once; return seconds, those until the first byte, size, and peak of memory."""
    from django.test import Client

    began = time.perf_counter()
    response = Client().get(FORMS[form])
    assert response.status_code == 200, response.content
    size, first = 0, 0.0
    for piece in response if not response.streaming else response.streaming_content:
        first = first or time.perf_counter() - began
        size += len(piece)
    response.close()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": round(time.perf_counter() - began, 1),
        "processor_s": round(used.ru_utime + used.ru_stime, 1),
        "first_byte_s": round(first, 2),
        "mib": round(size / 2**20, 1),
        "peak_mib": used.ru_maxrss >> 10,
    }


def bare() -> dict[str, Any]:
    """Read every row in the order of the key by bare SQL."""
    from django.db import connection

    began, count = time.perf_counter(), 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(COLUMNS)} FROM indicators_observation WHERE series_id = %s "
            "ORDER BY region, period, breakdown, voice",
            [SERIES],
        )
        while found := cursor.fetchmany(BATCH):
            count += len(found)
    return {"seconds": round(time.perf_counter() - began, 1), "rows": count}


def _main(what: str, *words: str) -> None:
    from zhiheng.site import setup

    setup.start()
    made = {"fill": lambda: fill(int(words[0])), "send": lambda: send(words[0]), "bare": bare}[what]()
    print(json.dumps(made))


if __name__ == "__main__":
    _main(*sys.argv[1:])
