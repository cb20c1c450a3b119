"""Times the list of subjects over a million rows, through the whole page and as its bare SQL."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from bench.country import server

NAME = "list page over 10^6 subjects, a mix of filters, sorts and pages"
GOAL = "p95 <= 150 ms on PostgreSQL, <= 300 ms on SQLite"

ROWS, QUICK_ROWS, ROUNDS = 1_000_000, 50_000, 5
LIST = "/office/subjects/"
MIX = (
    "",
    "?page=2",
    "?page=40",
    "?page=190",
    "?sort=name",
    "?sort=-name&page=7",
    "?sort=-region",
    "?sort=code",
    "?sort=division&page=3",
    "?region=330000",
    "?region=330100&sort=name",
    "?region=330106",
    "?region=650000&sort=code",
    "?region=440000&sort=-name",
    "?division=38",
    "?division=38&region=440000",
    "?division=16&risk_class=D",
    "?risk_class=D",
    "?risk_class=D&region=510000",
    "?size=large",
    "?size=large&region=110000&sort=name",
    "?is_active=False",
    "?is_active=False&region=320000",
    "?region=370000&division=26&risk_class=B",
    "?q=X1330106",
    "?q=X1330106&region=330100",
    "?q=浙江省杭州",
    "?q=四川&sort=name",
    "?q=没有这样的名称",
    "?q=X1&sort=name",
)


def run(quick: bool = False) -> dict[str, Any]:
    """Return the percentiles on SQLite, and on PostgreSQL where its binaries are installed."""
    rows = QUICK_ROWS if quick else ROWS
    return {"rows": rows} | server.on_each(lambda url, folder: _measured(url, folder, rows))


def _measured(url: str, folder: str, rows: int) -> dict[str, Any]:
    """Measure in a process of its own, since Django takes one default database."""
    environment = {**os.environ, "DATABASE_URL": url, "ZHIHENG_VAR": f"{folder}/var", "ZHIHENG_DEMO": "1"}
    command = [sys.executable, "-m", "bench.list_page", str(rows)]
    root = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def measure(rows: int) -> dict[str, Any]:
    """Build the register in the configured database and time every address of the mix."""
    from django.core.management import call_command
    from django.test import Client

    from zhiheng.site import setup

    setup.start()
    call_command("migrate", verbosity=0)
    began = time.perf_counter()
    _fill(rows)
    filled = time.perf_counter() - began
    client = Client()
    client.force_login(_officer(), backend="zhiheng.people.sign_in.Backend")
    asked = {address: _statements(client, address) for address in MIX}
    page = {address: [_timed(lambda a=address: _get(client, a)) for _ in range(ROUNDS)] for address in MIX}
    bare = {address: [_timed(lambda a=address: _bare(asked[a])) for _ in range(ROUNDS)] for address in MIX}
    slowest = sorted(MIX, key=lambda address: -float(np.median(page[address])))[:3]
    return {
        "fill_s": filled,
        "page": _percentiles(page),
        "peer": {"bare SQL through the driver": _percentiles(bare)},
        "slowest_ms": {
            address or "(no filter)": float(np.median(page[address])) * 1000 for address in slowest
        },
    }


def _percentiles(times: dict[str, list[float]]) -> dict[str, float]:
    every = np.array([seconds for each in times.values() for seconds in each]) * 1000
    return {"p50_ms": float(np.percentile(every, 50)), "p95_ms": float(np.percentile(every, 95))}


def _get(client: Any, address: str) -> None:
    response = client.get(LIST + address)
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")


def _statements(client: Any, address: str) -> list[str]:
    """Return the statements over subjects that the page at an address asks; this also warms the caches."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        _get(client, address)
    return [query["sql"] for query in asked if "registry_subject" in query["sql"]]


def _bare(statements: list[str]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        raw = cursor.cursor
        for sql in statements:
            raw.execute(sql)
            raw.fetchall()


def _timed(function: Any) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


def _officer() -> Any:
    from datetime import date

    from zhiheng.people import clock
    from zhiheng.people.models import Appointment, Person

    person = Person(login="bench", display_name="bench", created_at=clock.now())
    person.set_unusable_password()
    person.save()
    Appointment.objects.create(person=person, role="officer", region="000000", valid_from=date(2000, 1, 1))
    return person


def _columns(rows: int) -> Iterator[tuple[Any, ...]]:
    """Yield rows of subjects with the shares of the world's card: sizes, classes, counties, divisions."""
    from zhiheng.formats import identifiers
    from zhiheng.ledger.ids import uuid7
    from zhiheng.people import clock
    from zhiheng.reference import industries, regions

    random = np.random.default_rng(20260302)
    counties = [region for region in regions.all() if region.level == "county"]
    place = random.integers(0, len(counties), rows)
    division = random.integers(0, 29, rows)
    size = random.choice(3, rows, p=[0.019, 0.052, 0.929])
    risk = random.choice(4, rows, p=[0.654, 0.253, 0.077, 0.016])
    divisions = [found.code for found in industries.covered()]
    names = ["".join(step.zh for step in regions.path(county.code)[1:3]) for county in counties]
    now = clock.now()
    for n in range(rows):
        county = counties[place[n]]
        yield (
            uuid7(),
            identifiers.demo_uscc(n, county.code),
            f"{names[place[n]]}示范{n}有限公司",
            county.code,
            divisions[division[n]],
            ("large", "medium", "small")[size[n]],
            "factory",
            "ABCD"[risk[n]],
            "",
            int(1000 / (1 + n % 97)),
            n % 50 != 0,
            now,
        )


FIELDS = (
    *("id", "code", "name", "region", "division", "size", "channel"),
    *("risk_class", "credit_class", "output_value", "is_active", "recorded_at"),
)


def _fill(rows: int) -> None:
    """Insert in the quickest way each database has, then let it look at its columns."""
    from django.db import connection

    from zhiheng.stages.registry.models import Subject

    table, names = Subject._meta.db_table, ", ".join(FIELDS)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            with cursor.cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in _columns(rows):
                    copy.write_row(row)
            cursor.execute(f"VACUUM ANALYZE {table}")
        return
    connection.ensure_connection()
    raw = connection.connection
    marks = ", ".join("?" * len(FIELDS))
    plain = ((row[0].hex, *row[1:-1], row[-1].isoformat(" ")) for row in _columns(rows))
    raw.execute("BEGIN IMMEDIATE")
    raw.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", plain)
    raw.execute("COMMIT")


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]))))
