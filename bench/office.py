"""Times an office's day at full size on PostgreSQL: lists, a firm's time line and the leaders' board.

The country is made by the database itself: subjects as in ``bench.list_page``, then what ``bench.country``
adds. ``python -m bench.office --keep DIR`` keeps it, so that the next run only measures.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import list_page
from bench.country import server

NAME = "an office's lists, time lines and board over 10^6 subjects and 10^7 results"
GOAL = "on PostgreSQL: any list p95 <= 150 ms, a subject's time line <= 150 ms, leaders' board <= 500 ms"

SUBJECTS, QUICK_SUBJECTS, ROUNDS = 1_000_000, 20_000, 5
FIRMS = 20
LISTS = (
    *("/office/subjects/", "/office/subjects/?region=330000&sort=name", "/office/subjects/?risk_class=D"),
    *("/office/visits/", "/office/visits/?period=2024Q2", "/office/visits/?region=330100&state=failed"),
    *("/office/visits/?division=34&region=440000", "/office/visits/?period=2025Q4&state=assigned"),
    *("/office/visits/?draw=330000-2025Q4-001", "/office/visits/?page=40", "/office/visits/?sort=region"),
    *("/office/cases/", "/office/cases/?state=notified", "/office/cases/?region=330000&state=closed"),
    *("/office/cases/?sort=opened_on", "/office/samples/", "/office/draws/", "/office/", "/inspections/"),
    *("/inspections/?region=330100&verdict=fail", "/inspections/?division=34&period=2024Q2"),
    *("/inspections/?outcome=sampled&region=440000", "/office/visits/?region=110000"),
)
SEARCHES = (
    *("/office/visits/?q=浙江省杭州", "/office/cases/?q=浙江", "/inspections/?q=浙江省杭州"),
    *(
        "/office/visits/?q=浙江",
        "/inspections/?q=广东省",
        "/office/cases/?q=广东",
        "/office/subjects/?q=浙江",
    ),
)
SEARCHES_NARROWED = (
    *("/office/visits/?q=浙江&state=failed", "/office/visits/?q=浙江&region=330100"),
    *("/inspections/?q=浙江&verdict=fail", "/office/cases/?q=浙江&state=notified"),
)
BOARDS = (
    "",
    "?period=2025Q3",
    "?period=2025Q3&region=330000",
    "?period=2025Q3&region=330100",
    "?region=330106",
)


def run(quick: bool = False, keep: Path | None = None) -> dict[str, Any]:
    """Return the times where PostgreSQL's binaries are installed; a kept country is filled once."""
    programs = server.binaries()
    if programs is None:
        return {"postgresql": "not measured: the server binaries are not installed"}
    rows = QUICK_SUBJECTS if quick else SUBJECTS
    with (
        server.running(programs, keep=keep, settings=server.LOADED) as url,
        tempfile.TemporaryDirectory(prefix="zhiheng-") as folder,
    ):
        environment = {**os.environ, "DATABASE_URL": url, "ZHIHENG_VAR": f"{folder}/v", "ZHIHENG_DEMO": "1"}
        command = [sys.executable, "-c", f"from bench import office; office.show({rows})"]
        root = Path(__file__).resolve().parents[1]
        done = subprocess.run(
            command, cwd=root, env=environment, stdout=subprocess.PIPE, text=True, check=True
        )
        return json.loads(done.stdout.splitlines()[-1])


def show(rows: int) -> None:
    """Measure in a process of its own, since Django takes one default database."""
    print(json.dumps(measure(rows)))


def measure(rows: int) -> dict[str, Any]:
    """Build the country in the configured database and time every page beside its bare SQL."""
    from django.core.management import call_command
    from django.test import Client

    from zhiheng.site import setup

    setup.start()
    call_command("migrate", verbosity=0)
    counts = _made(rows)
    client = Client()
    client.force_login(_officer(), backend="zhiheng.people.sign_in.Backend")
    firms = _firms()
    groups = {
        "lists": LISTS,
        "lists searched by a name of thousands": SEARCHES,
        "the same, narrowed by a filter besides": SEARCHES_NARROWED,
        "a firm's time line": [f"/office/subjects/{code}/timeline/" for code in firms],
        "a firm's page": [f"/office/subjects/{code}/" for code in firms],
        "board": [f"/office/board/{address}" for address in BOARDS],
    }
    return {
        **counts,
        **{name: _times(client, addresses) for name, addresses in groups.items()},
    }


def _made(rows: int) -> dict[str, Any]:
    """Fill the database where it is empty; return what it holds."""
    from django.db import connection

    from bench.country import rows as country
    from zhiheng.stages.registry.models import Subject

    if Subject.objects.exists():
        with connection.cursor() as cursor:
            return {"subjects": Subject.objects.count(), **country.counted(cursor)}
    began = time.perf_counter()
    list_page._fill(rows)
    counts = country.make()
    return {"subjects": rows, **counts, "fill_s": time.perf_counter() - began}


def _officer() -> Any:
    from zhiheng.people.models import Person

    return Person.objects.filter(login="bench").first() or list_page._officer()


def _times(client: Any, addresses: Any) -> dict[str, Any]:
    asked = {address: _statements(client, address) for address in addresses}
    page = {one: [list_page._timed(lambda a=one: _get(client, a)) for _ in range(ROUNDS)] for one in asked}
    bare = {
        one: [list_page._timed(lambda s=sql: _bare(s)) for _ in range(ROUNDS)] for one, sql in asked.items()
    }
    slowest = sorted(page, key=lambda address: -sorted(page[address])[ROUNDS // 2])[:3]
    return {
        **list_page._percentiles(page),
        "peer, bare SQL": list_page._percentiles(bare),
        "slowest_ms": {one: sorted(page[one])[ROUNDS // 2] * 1000 for one in slowest},
    }


def _get(client: Any, address: str) -> None:
    response = client.get(address)
    if response.status_code != 200:
        raise RuntimeError(f"{address}: {response.status_code}")


def _statements(client: Any, address: str) -> list[str]:
    """Return the statements that a page asks, and warm what it warms."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        _get(client, address)
    return [query["sql"] for query in asked if query["sql"].lstrip().startswith("SELECT")]


def _bare(statements: list[str]) -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        for sql in statements:
            cursor.cursor.execute(sql)
            cursor.cursor.fetchall()


def _firms() -> list[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT unit_code FROM draw_selection GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT %s", [FIRMS]
        )
        return [row[0] for row in cursor.fetchall()]


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=NAME)
    asked.add_argument("--quick", action="store_true", help="a fiftieth of the size")
    asked.add_argument("--keep", type=Path, help="a folder that keeps the country for the next run")
    print(json.dumps(run(**vars(asked.parse_args())), indent=1))
