"""Seals in a child process that is killed at a named point, then in another that finds what is left.

Run as ``python -m tests.ledger.sealing.victim POINT...`` with ``DATABASE_URL`` and ``ZHIHENG_VAR``; prints
one JSON object ``{point: report}``. With ``at-once`` many processes seal together instead.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from tests.ledger.victim import die, in_fork
from zhiheng.site import setup

ENTRIES = 300


def publish(count: int = ENTRIES) -> None:
    """Record public entries, an internal one beside each tenth."""
    from django.db import transaction

    from zhiheng import ledger

    by = ledger.Actor("system:test", "system", "000000")
    with transaction.atomic():
        for number in range(count):
            shown = {"visibility": "public"} if number % 10 else {}
            ledger.record(by=by, verb="draw.planned", subjects=[], detail={"n": number}, **shown)


def half_written(handle: int, data: bytes) -> None:
    """Write the first half and go."""
    os.write(handle, data[: len(data) // 2])
    die()


def seal_at(point: str) -> None:
    """Publish, then seal and be killed at the point."""
    from zhiheng.ledger import files
    from zhiheng.ledger.sealing import directory, journal, sequencer, turn

    publish()
    places = {
        "in-journal": (journal.files, "write_all", half_written),
        "after-journal": (directory.Log, "_write", die),
        "in-files": (files.os, "replace", die),
        "before-checkpoint": (directory.Log, "publish", die),
        "before-rows": (turn.copying, "write", die),
        "in-lay-down": (files, "sync_below", die),
        "after-lay-down": (directory.Log, "_tidy", die),
    }
    if "lay-down" in point:
        directory.LAID_DOWN_EVERY = 1
    if point in places:
        owner, name, instead = places[point]
        setattr(owner, name, instead)
    sequencer.seal_now()


def report() -> dict[str, Any]:
    """Say what a stranger and the table see."""
    from zhiheng.ledger.models import Entry, Sealed
    from zhiheng.ledger.sealing import places, turn
    from zhiheng.verification import log

    public = Entry.objects.filter(visibility="public").order_by("seq").prefetch_related("subjects")
    leaves = [turn.leaf(entry) for entry in public]
    if not (places.public() / "checkpoint").exists():
        return {"size": 0, "public": len(leaves), "rows": Sealed.objects.count(), "ok": True, "same": True}
    checked = log.check(places.public())
    there = places.LogFolder(places.public()).entries(0, checked.size, checked.size)
    return {
        "size": checked.size,
        "ok": checked.report.ok,
        "refusal": checked.report.refusal,
        "same": there == leaves[: checked.size],
        "public": len(leaves),
        "rows": Sealed.objects.count(),
        "in_order": list(Sealed.objects.order_by("seq").values_list("place", flat=True))
        == list(range(Sealed.objects.count())),
    }


def again() -> dict[str, Any]:
    """Go on as the schedule does, with some more entries."""
    from zhiheng.ledger.sealing import sequencer

    publish(20)
    sequencer.seal_now()
    return report()


def seal_together(processes: int = 4) -> dict[str, Any]:
    """Let several processes publish and seal at the same time."""
    from zhiheng.ledger.sealing import sequencer

    children = []
    for _number in range(processes):
        child = os.fork()
        if child == 0:
            for _turn in range(6):
                publish(30)
                sequencer.seal_now()
            os._exit(0)
        children.append(child)
    ended = [os.waitpid(child, 0)[1] for child in children]
    return {**report(), "ended": ended}


def main(points: list[str]) -> None:
    """Kill, look, go on and look again at each point in turn."""
    setup.start()
    from zhiheng.site.commands import migrate

    in_fork(migrate.apply)
    found = {}
    for point in points:
        if point == "at-once":
            found[point] = in_fork(seal_together)[1]
            continue
        ended_by, _answer = in_fork(lambda point=point: seal_at(point))
        killed, resumed = in_fork(report)[1], in_fork(again)[1]
        found[point] = {"signal": ended_by, "killed": killed, "resumed": resumed}
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1:])
