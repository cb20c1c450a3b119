"""Lets several processes write at once, or one after the other under random kills, and reports.

Run as ``python -m tests.ledger.writers at-once WRITERS EACH`` or ``... under-fire KILLS SEED``.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Any

from tests.ledger.victim import in_fork
from zhiheng.errors import Conflict
from zhiheng.site import setup


def write(number: int) -> str:
    """Write one entry about one thing, in a transaction of its own."""
    from django.db import transaction

    from zhiheng import ledger

    with transaction.atomic():
        entry = ledger.record(
            by=ledger.Actor("system:test", "system", "000000"),
            verb="test.written",
            subjects=[("thing", str(number))],
            detail={"n": number},
        )
    return str(entry.pk)


def open_the_same_account() -> bool:
    """Do what all others do too; only one of them may succeed."""
    from django.db import IntegrityError

    from zhiheng.people import actions
    from zhiheng.people.scope import System

    try:
        actions.create_person(by=System("test"), login="the-same", display_name="测试")
    except (Conflict, IntegrityError):
        return False
    return True


def forked(acts: list[Any]) -> list[int]:
    """Run all acts at once, each in a child; return their exit codes."""
    children = []
    for act in acts:
        child = os.fork()
        if child == 0:
            try:
                os._exit(int(act() or 0))
            except BaseException as error:
                os.write(2, f"{type(error).__name__}: {error}\n".encode())
                os._exit(70)
        children.append(child)
    return [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]


def at_once(writers: int, each: int) -> dict[str, Any]:
    """Several writers at once, and a double submit by all of them."""

    def writer(number: int) -> int:
        for step in range(each):
            write(number * each + step)
        return 0

    codes = forked([lambda number=number: writer(number) for number in range(writers)])
    winners = forked([open_the_same_account for _ in range(writers)])
    return {"codes": codes, "winners": winners, **in_fork(state)[1]}


def under_fire(kills: int, seed: int) -> dict[str, Any]:
    """One writer that acknowledges in a synced file what it wrote, killed at random moments."""
    from zhiheng.site.settings import VAR

    chance, acked = random.Random(seed), Path(VAR) / "acked"
    for round_number in range(kills):
        child = os.fork()
        if child == 0:
            with acked.open("a") as file:
                for step in range(1_000_000):
                    file.write(write(round_number * 1_000_000 + step) + "\n")
                    file.flush()
        time.sleep(chance.uniform(0.01, 0.25))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return {
        "acked": [line for line in acked.read_text().splitlines() if len(line) == 36],
        **in_fork(state)[1],
    }


def state() -> dict[str, Any]:
    """Say what is in the ledger, and that the chain holds."""
    from zhiheng import ledger
    from zhiheng.ledger.models import Entry, EntrySubject

    written = Entry.objects.filter(verb="test.written")
    return {
        "chain": ledger.check(),
        "total": Entry.objects.count(),
        "written": [str(key) for key in written.values_list("pk", flat=True)],
        "things": EntrySubject.objects.filter(kind="thing").count(),
    }


def main(arguments: list[str]) -> None:
    """Prepare the schema, then run what is asked."""
    setup.start()
    from zhiheng.site.commands import migrate

    in_fork(migrate.apply)
    kind, *numbers = arguments
    print(json.dumps({"at-once": at_once, "under-fire": under_fire}[kind](*map(int, numbers))))


if __name__ == "__main__":
    main(sys.argv[1:])
