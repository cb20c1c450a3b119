"""The dated page that says what each public action left when it was killed in its middle."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from .deeds import DEEDS
from .victim import POINTS

HEAD = """# Kill in the middle of any action / 操作中途强制终止

Made by `make prove` on {on}. {deeds} deeds reach all {actions} public actions of the house; {kills}
processes were ended by SIGKILL, each on a copy of one story, which was looked at twice: as the kill left it,
and after a person tried again twice and the schedule came round. Tests: tests/loop/test_kill.py; what each
deed does: tests/loop/deeds.

- at-file: where a file of evidence is put in place; before-entry: before the first entry of the ledger;
  between-entries: before the second, of several; before-commit: after the last, before the transaction ends;
  after-commit: before anything that follows it; at-bundle: where a public bundle is put in place.
- undone: every row of every table was as before. done: every row was as when nobody killed it. HALF: neither.
- signed in: who changes the own password signs in with the old one first, in a transaction of its own; that
  entry stands. The job that ends clocks takes each in a transaction of its own; here one clock had run out.
- A dash: the action does not pass this point.
- again: what a second try was told once all was done; "done" means that it changed nothing and said so.
- holds: in the end every table, the chain of the ledger, the files and the bundles were as if nobody had
  killed it.

| deed | {points} | again | holds |
|---|{rules}---|---|
"""


def rows(found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return one row a deed: how it stood at each point, what a second try was told, whether all holds."""
    return [_row(name, found[name], found["before"]) for name in found if name != "before"]


def _row(name: str, points: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    whole = points["never"]
    kills = {point: report for point, report in points.items() if point != "never"}
    return {
        "deed": name,
        "actions": list(DEEDS[name].actions),
        "points": {point: _stood(name, report, whole, before) for point, report in kills.items()},
        "again": whole["resumed"]["again"][0],
        "holds": all(_holds(name, report["resumed"], whole["resumed"]) for report in kills.values()),
    }


def _stood(name: str, report: Mapping[str, Any], whole: Mapping[str, Any], before: Mapping[str, Any]) -> str:
    left = report["killed"]
    if not differing(left["exact"], before["exact"]):
        return "undone"
    if not differing(left["shape"], whole["killed"]["shape"], besides=("ledger_sealed",)):  # sealed later
        return "done"
    if DEEDS[name].signs_in and not differing(left["exact"], before["exact"], besides=("ledger_",)):
        return "undone, signed in"
    return "HALF"


def _holds(name: str, left: Mapping[str, Any], whole: Mapping[str, Any]) -> bool:
    besides = ("ledger_",) if DEEDS[name].signs_in else ()
    faults = [left["half"], left["lost"], left["refused"], differing(left["shape"], whole["shape"], besides)]
    return not any(faults) and left["chain"] == left["total"] and left["bundles"] == whole["bundles"]


def differing(one: Mapping[str, str], other: Mapping[str, str], besides: tuple[str, ...] = ()) -> list[str]:
    """Return the names of the tables in which two states differ; ``besides`` begins those left aside."""
    return sorted(
        name for name in one | other if one.get(name) != other.get(name) and not name.startswith(besides)
    )


def write(path: Path, found: Mapping[str, Any], *, on: date) -> None:
    """Write the page and, beside it, the same rows as JSON."""
    made = rows(found)
    head = HEAD.format(
        on=on.isoformat(),
        deeds=len(made),
        actions=len({name for row in made for name in row["actions"]}),
        kills=sum(len(row["points"]) for row in made),
        points=" | ".join(POINTS),
        rules="---|" * len(POINTS),
    )
    lines = [
        " | ".join(
            [
                f"| {row['deed']}",
                *(row["points"].get(point, "–") for point in POINTS),
                row["again"],
                f"{'yes' if row['holds'] else 'NO'} |",
            ]
        )
        for row in made
    ]
    path.write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
    record = {"made_on": on.isoformat(), "rows": made}
    path.with_suffix(".json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", "utf-8")
