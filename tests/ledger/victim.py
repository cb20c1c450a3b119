"""Performs an action in a child process that is killed at a named point, then resumes and reports.

Run as ``python -m tests.ledger.victim POINT...`` with ``DATABASE_URL`` and ``ZHIHENG_VAR``; prints one JSON
object ``{point: report}``. Django is imported once; every step runs in a fork with its own connection.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zhiheng.site import setup

HANDLED = "test.welcomed"


def die(*_args: Any, **_fields: Any) -> None:
    """Go as if the power failed: nothing is cleaned up."""
    os.kill(os.getpid(), signal.SIGKILL)


def in_fork(act: Callable[[], Any]) -> tuple[int, Any]:
    """Run in a child; return the signal that ended it and what it answered."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, json.dumps(act()).encode())
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode())
            os._exit(70)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        answer = pipe.read()
    _pid, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit(f"a step failed with {os.WEXITSTATUS(status)}")
    return (os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0), (json.loads(answer) if answer else None)


def welcome(entry_id: str) -> None:
    """Stand for a later room: one write to the database, one effect outside of it."""
    from zhiheng import ledger

    with outside().open("a") as file:
        file.write(f"{entry_id}\n")
    ledger.record(
        by=ledger.Actor("system:test", "system", "000000"),
        verb=HANDLED,
        subjects=[("entry", entry_id)],
        detail={},
    )
    if os.environ.get("POINT") == "in-handler":
        die()


def outside() -> Path:
    """The file that stands for mail that was sent."""
    return Path(os.environ["ZHIHENG_VAR"]) / "sent"


def act(point: str) -> None:
    """Open an account with a file, being killed where the point says; then deliver."""
    from django.db import transaction

    from zhiheng import ledger
    from zhiheng.ledger import delivery, entries, evidence
    from zhiheng.ledger.models import Delivery
    from zhiheng.people import actions
    from zhiheng.people.scope import System

    os.environ["POINT"] = point
    places = {
        "before-file-is-in-place": (Path, "replace"),
        "after-file-is-in-place": (evidence, "_sync_folder"),
        "before-entry": (entries, "_store"),
        "before-commit": (delivery, "queue"),
        "after-delivery": (Delivery, "__str__"),
        "before-mark": (Delivery, "save"),
    }
    if point in places:
        setattr(*places[point], die)
    if point == "after-commit":
        object.__setattr__(delivery, "deliver", type("Dead", (), {"enqueue": staticmethod(die)}))
    with transaction.atomic():
        evidence.store(f"contract of {point}".encode(), name="contract.txt")
        actions.create_person(by=System("test"), login=f"someone-{point}", display_name="测试")
    ledger.deliver_waiting()
    str(Delivery.objects.first())


def report(point: str) -> dict[str, Any]:
    """Say what is there for this point, and that the chain holds."""
    from zhiheng import ledger
    from zhiheng.ledger import delivery
    from zhiheng.ledger.models import Entry
    from zhiheng.people.models import Person

    people = [
        str(key) for key in Person.objects.filter(login=f"someone-{point}").values_list("pk", flat=True)
    ]
    created = Entry.objects.filter(verb="people.created", subjects__kind="person", subjects__key__in=people)
    keys = [str(key) for key in created.values_list("pk", flat=True)]
    sent = outside().read_text().split() if outside().exists() else []
    return {
        "people": len(people),
        "entries": len(keys),
        "orphans": Entry.objects.filter(verb="people.created").count() - Person.objects.count(),
        "welcomed": Entry.objects.filter(verb=HANDLED, subjects__key__in=keys).count(),
        "sent": sum(line in keys for line in sent),
        "waiting": delivery.waiting().count(),
        "chain": ledger.check(),
        "total": Entry.objects.count(),
    }


def resume(point: str) -> dict[str, Any]:
    """Do again what a person or the schedule would do after the kill."""
    from django.db import transaction

    from zhiheng import ledger
    from zhiheng.errors import Conflict
    from zhiheng.ledger import evidence
    from zhiheng.people import actions
    from zhiheng.people.scope import System

    ledger.deliver_waiting()
    try:
        with transaction.atomic():
            kept = evidence.store(f"contract of {point}".encode(), name="contract.txt")
            actions.create_person(by=System("test"), login=f"someone-{point}", display_name="测试")
    except Conflict:
        kept = evidence.store(f"contract of {point}".encode(), name="contract.txt")
    evidence.read(kept.sha256)
    ledger.deliver_waiting()
    return report(point)


def main(points: list[str]) -> None:
    """Kill, look, resume and look again at each point in turn."""
    setup.start()
    from zhiheng import ledger
    from zhiheng.site.commands import migrate

    ledger.on("people.created", welcome)
    in_fork(migrate.apply)
    found = {}
    for point in points:
        ended_by, _answer = in_fork(lambda point=point: act(point))
        _ended, killed = in_fork(lambda point=point: report(point))
        _ended, resumed = in_fork(lambda point=point: resume(point))
        found[point] = {"signal": ended_by, "killed": killed, "resumed": resumed}
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
