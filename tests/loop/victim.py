"""Performs deeds in a child that is killed at a named point, looks, and goes on.

Run as ``python -m tests.loop.victim FOLDER DEED...`` in the environment of a copied story, whose data it
changes; copies of that go below FOLDER. Prints one JSON object ``{deed: {point: report}}``. Django is
imported once; the kill and what follows it run in forks with connections of their own, at one moment.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import json
import marshal
import re
import shutil
import sqlite3
import sys
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from tests.country import without_syncing
from tests.house.test_actions_recorded import public_actions
from tests.ledger.victim import die, in_fork
from tests.loop import deeds
from zhiheng.site import setup

NOTICED = "test.noticed"
LEFT_OUT = ("django_", "ledger_turn", "sqlite_")  # jobs, sessions and turns say when, not what
BOOKKEEPING = {"ledger_evidence"}  # a file may be kept before the transaction that names it
# What was there before any action, and its rows; filled once, before the first fork.
BEFORE: dict[str, Any] = {}
ROWS: dict[str, frozenset[tuple[Any, ...]]] = {}
MASKS = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<hash>"),
    (re.compile(r"\b[0-9a-f]{8}(-?)[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}\b"), "<id>"),
    (re.compile(r"gAAAA[\w=-]+"), "<sealed>"),
    (re.compile(r"argon2\$[^']+"), "<password>"),
    (re.compile(r"(?<=')[0-9a-f]{8}(?=')"), "<mark of a code>"),
)


POINTS = ("at-file", "before-entry", "between-entries", "before-commit", "after-commit", "at-bundle")


def noticed(entry_id: str) -> None:
    """Stand for a later room that waits for the entry: what it writes must be written exactly once."""
    from zhiheng import ledger

    ledger.record(
        by=ledger.Actor("system:test", "system", "000000"),
        verb=NOTICED,
        subjects=[("entry", entry_id)],
        detail={},
    )


# --- the kill -------------------------------------------------------------------------------------


def arm(point: str, entries: int) -> None:
    """Let this process die at a point; ``entries`` is how many the whole action records."""
    from django.db import connection

    from zhiheng.ledger.models import Entry

    seen, save, end, replace = 0, Entry.save, connection._commit, Path.replace

    def counted(self: Any, *args: Any, **fields: Any) -> None:
        nonlocal seen
        if point == "before-entry" or (point == "between-entries" and seen):
            die()
        save(self, *args, **fields)
        seen += 1

    def committed() -> None:
        if point == "before-commit" and seen == entries:
            die()
        end()
        if point == "after-commit" and seen == entries:
            die()

    def replaced(self: Path, target: Any) -> Path:
        if {"at-file": "evidence", "at-bundle": "bundles"}.get(point) in Path(target).parts:
            die()
        return replace(self, target)

    Entry.save, connection._commit, Path.replace = counted, committed, replaced


def act(deed: str, point: str, entries: int) -> list[str]:
    """Perform a deed, being killed where the point says, or else saying which public actions it reached."""
    arm(point, entries)
    if point != "never":
        deeds.DEEDS[deed].act()
    return reached(deed) if point == "never" else []


def reached(deed: str) -> list[str]:
    """Perform a deed and return the public actions that ran on the way."""
    known, found = {f"{module}.{name}" for module, name in public_actions()}, set()

    def entered(frame: Any, event: str, _argument: Any) -> None:
        if event == "call":
            found.add(f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}")

    sys.setprofile(entered)
    try:
        deeds.DEEDS[deed].act()
    finally:
        sys.setprofile(None)
    return sorted(found & known)


def resume(deed: str) -> dict[str, Any]:
    """Look, do what a person (even twice) and the schedule would do after the kill, and look again.

    The schedule comes round twice: the second time it delivers what its own first round recorded.
    """
    from zhiheng.errors import ZhihengError
    from zhiheng.site import schedule

    killed, answers = look(), []
    for _attempt in range(2):
        try:
            deeds.DEEDS[deed].act()
            answers.append("done")
        except ZhihengError as error:
            answers.append(error.code)
    ticked = schedule.tick()
    schedule.tick()
    return {"killed": killed, "resumed": {"again": answers, "tick": ticked, **look()}}


# --- what is there --------------------------------------------------------------------------------


def look() -> dict[str, Any]:
    """Say what the database and the folders hold, and what of it does not hold together."""
    from zhiheng import ledger
    from zhiheng.ledger import delivery
    from zhiheng.ledger.models import Entry

    exact, shape = _tables()
    return {
        "exact": {name: kept for name, kept in exact.items() if name not in BOOKKEEPING},
        "shape": shape,
        "chain": ledger.check(),
        "total": Entry.objects.count(),
        "verbs": Counter(Entry.objects.values_list("verb", flat=True)),
        "waiting": delivery.waiting().count(),
        **_files(),
    }


def _tables() -> tuple[dict[str, str], dict[str, str]]:
    """Return a digest of each table as it is, and one of its changes that two runs of an action share."""
    exact, shape = {}, {}
    for name, rows in _rows().items():
        exact[name] = shape[name] = _digest(len(rows), marshal.dumps(rows, 2))  # 2: equal rows, equal bytes
        if BEFORE and exact[name] != BEFORE["exact"].get(name):
            stood, stands = ROWS.get(name, frozenset()), set(rows)
            changed = [f"+{row!r}" for row in stands - stood] + [f"-{row!r}" for row in stood - stands]
            masked = sorted(_masked(row) for row in changed)
            shape[name] = _digest(len(rows), "\n".join(masked).encode())
    return exact, shape


def _rows() -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows of every table; Django would make dates and keys of some thousand texts each time."""
    from django.db import connection

    with closing(sqlite3.connect(connection.settings_dict["NAME"])) as raw:
        names = [name for (name,) in raw.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
        kept = sorted(name for name in names if not name.startswith(LEFT_OUT))
        return {name: raw.execute(f'SELECT * FROM "{name}"').fetchall() for name in kept}


def _masked(row: str) -> str:
    for pattern, word in MASKS:
        row = pattern.sub(word, row)
    return row


def _digest(count: int, content: bytes) -> str:
    return f"{count} rows, {hashlib.sha256(content).hexdigest()[:16]}"


def _files() -> dict[str, Any]:
    from django.conf import settings

    from zhiheng.ledger.models import Evidence

    kept = [path for path in (settings.VAR / "evidence").glob("*/*") if not path.name.startswith(".")]
    names = {path.parent.name + path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in kept}
    bundles = sorted(path.name for path in (settings.VAR / "bundles").iterdir() if path.name[0] != ".")
    return {
        "files": len(names),
        "half": [name for name, sha256 in names.items() if name != sha256],
        "lost": sorted(set(Evidence.objects.values_list("sha256", flat=True)) - set(names)),
        "bundles": bundles,
        "refused": [fault for name in bundles if (fault := _refusal(settings.VAR / "bundles" / name))],
        "uploads": len([path for path in (settings.VAR / "uploads").rglob("*") if path.is_file()]),
    }


def _refusal(path: Path) -> str:
    """Say why a stranger would refuse a bundle; those that stood before are known."""
    from zhiheng.site.commands import verify
    from zhiheng.verification import bundles

    if path.suffix != ".json" or path.name in BEFORE.get("bundles", ()):
        return ""
    report = verify.report_of(bundles.load(path), path)
    return "" if report.ok else f"{path.name}: {report.refusal}"


# --- the run --------------------------------------------------------------------------------------


def run(source: Path, var: Path, deed: str, point: str, entries: int) -> dict[str, Any]:
    """Kill one deed at one point in a copy of the prepared data; look, resume, and look again."""
    from django.conf import settings
    from django.db import connections

    shutil.copytree(source, var)
    settings.VAR = var
    connections["default"].settings_dict["NAME"] = str(var / "zhiheng.sqlite3")
    ended_by, passed = in_fork(partial(act, deed, point, entries))
    _signal, found = in_fork(partial(resume, deed))
    shutil.rmtree(var)
    return {"signal": ended_by, "reached": passed, **found}


def points(whole: dict[str, Any], entries: int) -> list[str]:
    """Return the points that a deed passes, seen from how it went when nobody killed it."""
    done = whole["killed"]
    absent = {"at-file"} if done["files"] == BEFORE["files"] else set()
    absent |= {"between-entries"} if entries < 2 else set()
    absent |= {"at-bundle"} if done["bundles"] == BEFORE["bundles"] else set()
    return [point for point in POINTS if point not in absent]


def main(folder: Path, wanted: list[str]) -> None:
    """Do every wanted deed whole once, then kill it at every point, and print what was found."""
    setup.start()
    from django.conf import settings
    from django.db import connections

    from zhiheng import ledger
    from zhiheng.people import clock

    source = settings.VAR
    importlib.import_module("zhiheng.stages.indicators.jobs")  # heavy: once here, not in every fork
    public_actions()  # likewise: it parses every module, and the forks find it done
    without_syncing()
    with clock.at(deeds.prepare()):
        deeds.prepare_for_now(deeds.rooms_for(wanted))
        for verb in sorted({deed.verb for deed in deeds.DEEDS.values()}):
            ledger.on(verb, noticed)
        BEFORE.update(look())
        ROWS.update({name: frozenset(rows) for name, rows in _rows().items()})
        connections.close_all()
        gc.freeze()  # no fork looks through what all of them share
        found: dict[str, Any] = {"before": BEFORE}
        for deed in wanted:
            go = partial(run, source, folder / "killed", deed)
            whole = go("never", -1)
            entries = whole["killed"]["total"] - BEFORE["total"]
            found[deed] = {"never": whole, **{at: go(at, entries) for at in points(whole, entries)}}
    print(json.dumps(found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
