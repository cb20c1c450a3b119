"""Records into PostgreSQL on durable settings, beside Django's bulk_create and a bare COPY of the same rows.

Each measurement is a process of its own on a database of its own, since Django takes one default database.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.country import server

BATCH, WRITERS = 512, 2
BATCHES, QUICK_BATCHES = 300, 10  # of each writer
SINGLE, QUICK_SINGLE = 1_000, 100
ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = "bench_template"
WAYS = ("record_many", "sealing_after", "record_many_and_sealing", "single", "bulk_create", "bare_copy")


def measure(quick: bool) -> dict[str, Any]:
    """Return the records a second of each way."""
    programs = server.binaries()
    if programs is None:
        return {"not_measured": "the server binaries are not installed"}
    numbers = [str(QUICK_BATCHES if quick else BATCHES), str(QUICK_SINGLE if quick else SINGLE)]
    with server.running(programs, settings=server.DURABLE) as url:
        _prepare(url)
        return {way: _child(url, way, *numbers) for way in WAYS}


def _prepare(url: str) -> None:
    """Migrate one database, of which each way gets a copy."""
    _statement(url, f"CREATE DATABASE {TEMPLATE}")
    _run(url, TEMPLATE, "migrate")


def _child(url: str, way: str, *numbers: str) -> Any:
    name = f"bench_{way}"
    _statement(url, f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    found = json.loads(_run(url, name, way, *numbers).splitlines()[-1])
    _statement(url, f"DROP DATABASE {name}")
    return found


def _statement(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as line:
        line.execute(statement)


def _run(url: str, name: str, *arguments: str) -> str:
    address = url.replace("/postgres?", f"/{name}?")
    with tempfile.TemporaryDirectory(prefix="zhiheng-bench-", dir=ROOT) as var:
        done = subprocess.run(
            [sys.executable, "-m", "bench.log.database", *arguments],
            cwd=ROOT,
            env={**os.environ, "DATABASE_URL": address, "ZHIHENG_VAR": var, "ZHIHENG_DEMO": "1"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    return done.stdout


# In a process of its own -------------------------------------------------------------------------


def happened(writer: int, batch: int) -> list[Any]:
    """Return what one batch reports: a subject and three short texts each."""
    first = (writer * 1_000_000 + batch) * BATCH
    return [
        (
            [("sample", f"S-{number:012d}")],
            {"item": f"item {number % 40}", "method": "DEMO-T 1-2023", "value": f"0.{number % 1000:03d}"},
        )
        for number in range(first, first + BATCH)
    ]


def record_batches(said_of: list[list[Any]]) -> None:
    """Record batch after batch, each in a transaction of its own."""
    from django.db import transaction

    from zhiheng import ledger

    by = ledger.Actor("system:bench", "system", "330000")
    for said in said_of:
        with transaction.atomic():
            ledger.record_many(
                by=by, verb="report.drafted", happened=said, visibility="public", region="330000"
            )


def all_happened(batches: int) -> list[list[list[Any]]]:
    """Return what each writer has to report, made before any clock runs."""
    return [[happened(writer, batch) for batch in range(batches)] for writer in range(WRITERS)]


def record_many(batches: int, _single: int) -> dict[str, Any]:
    """Let the writers record at once."""
    said = all_happened(batches)
    seconds = at_once([lambda one=one: record_batches(one) for one in said])
    return {"per_s": WRITERS * batches * BATCH / seconds}


def sealing_after(batches: int, _single: int) -> dict[str, Any]:
    """Seal what was recorded before."""
    at_once([lambda: record_batches(all_happened(batches)[0])])
    seconds = at_once([lambda: sealed_up_to(batches * BATCH)])
    return {"per_s": batches * BATCH / seconds}


def record_many_and_sealing(batches: int, _single: int) -> dict[str, Any]:
    """Let the writers record while the sequencer follows, and say when each was done."""
    count, said = WRITERS * batches * BATCH, all_happened(batches)
    began = time.perf_counter()
    children = [fork(lambda one=one: record_batches(one)) for one in said]
    sequencer = fork(lambda: sealed_up_to(count))
    wait(children)
    recorded_s = time.perf_counter() - began
    wait([sequencer])
    return {"recorded_per_s": count / recorded_s, "sealed_per_s": count / (time.perf_counter() - began)}


def sealed_up_to(count: int) -> None:
    """Seal turn after turn until so many entries are in the log."""
    from zhiheng.ledger.sealing import sequencer

    while sequencer.seal_now().size < count:
        pass


def single(_batches: int, count: int) -> dict[str, Any]:
    """Record one by one, each in a transaction of its own."""
    from django.db import transaction

    from zhiheng import ledger

    by, took = ledger.Actor("system:bench", "system", "330000"), []
    for number in range(count):
        began = time.perf_counter()
        with transaction.atomic():
            ledger.record(
                by=by,
                verb="report.drafted",
                subjects=[("sample", f"S-{number}")],
                detail={"item": "item 1", "value": "0.1"},
                visibility="public",
                region="330000",
            )
        took.append(1_000 * (time.perf_counter() - began))
    return {"p50_ms": statistics.median(took), "p99_ms": sorted(took)[-(-99 * count // 100) - 1]}


def bulk_create(batches: int, _single: int) -> dict[str, Any]:
    """Let Django insert the same rows, taken from the ledger beforehand, into the emptied tables."""
    from django.db import transaction

    from zhiheng.ledger.models import Entry, EntrySubject, Head

    record_batches(all_happened(batches)[0])
    kept = list(Entry.objects.order_by("seq").prefetch_related("subjects"))
    empty()

    def insert() -> None:
        for start in range(0, len(kept), BATCH):
            some = kept[start : start + BATCH]
            with transaction.atomic():
                Head.objects.select_for_update().get()
                Entry.objects.bulk_create(some)
                EntrySubject.objects.bulk_create(row for one in some for row in one.subjects.all())

    return {"per_s": len(kept) / at_once([insert])}


def bare_copy(batches: int, _single: int) -> dict[str, Any]:
    """Copy the same rows as ready text into the emptied tables: the most that the database takes."""
    from django.db import connection, transaction

    record_batches(all_happened(batches)[0])
    wanted = {"ledger_entry": "seq", "ledger_entrysubject": "entry_id"}
    lines = {}
    for table, order in wanted.items():
        query = f"COPY (SELECT * FROM {table} ORDER BY {order}) TO STDOUT"
        with connection.cursor() as cursor, cursor.copy(query) as copy:
            lines[table] = b"".join(map(bytes, copy)).splitlines(keepends=True)
    empty()

    def insert(writer: int) -> None:
        for batch in range(writer, batches, WRITERS):
            with transaction.atomic(), connection.cursor() as cursor:
                for table, rows in lines.items():
                    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
                        copy.write(b"".join(rows[batch * BATCH : (batch + 1) * BATCH]))

    seconds = at_once([lambda writer=writer: insert(writer) for writer in range(WRITERS)])
    return {"per_s": batches * BATCH / seconds}


def empty() -> None:
    """Empty the ledger, which nobody but a bench or a test may do."""
    from django.db import connection

    from zhiheng.ledger import guards
    from zhiheng.ledger.models import Head

    with guards.lifted(connection), connection.cursor() as cursor:
        cursor.execute("TRUNCATE ledger_entrysubject, ledger_entry CASCADE")
    Head.objects.update(seq=0)


def at_once(acts: list[Callable[[], None]]) -> float:
    """Run all acts at the same time, each in a child; return the seconds until the last was done."""
    began = time.perf_counter()
    wait([fork(act) for act in acts])
    return time.perf_counter() - began


def fork(act: Callable[[], None]) -> int:
    """Run an act in a child with a connection of its own, and return the child's number."""
    from django.db import connections

    connections.close_all()
    gc.freeze()  # else a child counts through what the parent made ready, and copies its pages
    child = os.fork()
    if child:
        return child
    try:
        act()
        os._exit(0)
    except BaseException as error:
        os.write(2, f"{type(error).__name__}: {error}\n".encode())
        os._exit(70)


def wait(children: list[int]) -> None:
    """Wait for children, all of which must end well."""
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    if any(codes):
        raise RuntimeError(f"writers ended with {codes}")


def main(way: str, *numbers: str) -> None:
    """Prepare the schema, or measure one way."""
    from zhiheng.site import setup

    setup.start()
    if way == "migrate":
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        return
    print(json.dumps(globals()[way](*map(int, numbers))))


if __name__ == "__main__":
    main(*sys.argv[1:])
