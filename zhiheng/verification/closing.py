"""Checks the closing record of a draw: every step opens the number that bound it, every unit has its outcome.

A closing record is::

    {"type": "zhiheng/draw-closing/1", "serial": ..., "data": ...,
     "results": [{"unit", "stratum", "order", "outcome", "is_reserve"}, ...],
     "executions": [{"entry": {"statement", "hash"}, "salt": hex, "deed": {...}}, ...],
     "openings": [{"unit", "id", "salt"}, ...]}       with salted ids: the reserves that stepped in

Units are named as in the frozen list; those that were drawn are opened by the certificate. The entry
``draw.closed`` names its digest. A step whose salt was destroyed (erasure) stands without salt and deed; how
many these are is said.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from zhiheng.formats.shapes import LedgerEntry, fields
from zhiheng.proof import canonical, chain, execution, pseudonyms
from zhiheng.verification.report import Report, Steps, demand

TYPE = "zhiheng/draw-closing/1"
OUTCOMES = ("sampled", "refused", "closed", "not_found", "no_stock", "void")


def record(
    *,
    serial: str,
    data: str,
    results: Sequence[Mapping[str, Any]],
    executions: Sequence[Mapping[str, Any]],
    openings: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Return the closing record of a draw."""
    return {
        "type": TYPE,
        "serial": serial,
        "data": data,
        "results": [dict(row) for row in results],
        "executions": [dict(row) for row in executions],
        **({"openings": [dict(row) for row in openings]} if openings else {}),
    }


def check(said: Mapping[str, Any]) -> Report:
    """Check a closing record by itself; whether all drawn units stand in it needs the bundle of the draw."""
    steps = Steps()
    if steps.take("shape", lambda: _shape(said)):
        steps.take("executions", lambda: _executions(said))
        steps.take("results", lambda: _results(said))
        if "openings" in said:
            steps.take("openings", lambda: _openings(said))
    serial = str(said.get("serial", ""))
    return Report(
        "closing", serial, tuple(steps.taken), canonical.digest(dict(said)), data=str(said.get("data"))
    )


def belongs(said: Mapping[str, Any], certificate: Mapping[str, Any], digest: str, used: int) -> str:
    """Check that a closing record is the bound one and names every drawn unit and used reserve once."""
    demand(canonical.digest(dict(said)) == digest, "the closing record beside it is not the bound one")
    report = check(said)
    demand(report.ok, f"the closing record does not hold: {report.refusal}")
    drawn = {(row["unit"], row["stratum"], row["order"]) for row in certificate["selected"]}
    spare = {(row["unit"], row["stratum"], row["order"]) for row in certificate["reserves"]}
    named = Counter((row["unit"], row["stratum"], row["order"]) for row in said["results"])
    demand(set(named) >= drawn, "a drawn unit has no outcome in the closing record")
    demand(set(named) - drawn <= spare, "the closing record names a unit that was not drawn")
    demand(len(named) == len(drawn) + used, "the closing record names reserves that did not step in")
    return f"all {len(drawn)} drawn units have an outcome, {used} reserves"


def _shape(said: Mapping[str, Any]) -> str:
    fields.mapping(said, "closing record", ("type", "serial", "data", "results", "executions"), ("openings",))
    fields.one_of(said["type"], "type", (TYPE,))
    fields.text(said["serial"], "serial", most=64)
    fields.one_of(said["data"], "data", fields.DATA)
    for row in fields.items(said["results"], "results"):
        fields.mapping(row, "results", ("unit", "stratum", "order", "outcome", "is_reserve"))
        fields.one_of(row["outcome"], "results.outcome", OUTCOMES)
    for row in fields.items(said["executions"], "executions"):
        fields.mapping(row, "executions", ("entry",), ("salt", "deed"))
    for row in fields.items(said.get("openings", []), "openings"):
        fields.mapping(row, "openings", ("unit", "id", "salt"))
        for name in ("unit", "id", "salt"):
            fields.text(row[name], f"openings.{name}", most=64)
    return f"draw {said['serial']}, {len(said['results'])} units, {len(said['executions'])} steps"


def _openings(said: Mapping[str, Any]) -> str:
    """Open the salted names of the reserves that stepped in; no other unit is opened here."""
    reserves = {row["unit"] for row in said["results"] if row["is_reserve"]}
    found = pseudonyms.opened(said["openings"])
    demand(len(found) == len(said["openings"]), "a reserve is opened twice")
    demand(found.keys() == reserves, "the openings are not those of the reserves that stepped in")
    return f"{len(found)} reserves opened, each by its own salt"


def _executions(said: Mapping[str, Any]) -> str:
    units = {row["unit"] for row in said["results"]}
    closed, seen = 0, set()
    for row in said["executions"]:
        entry = LedgerEntry.from_dict(row["entry"]).statement()
        whole = chain.entry_hash(entry) == row["entry"]["hash"]
        demand(whole, f"entry {entry['seq']} does not have its hash")
        mine = entry["verb"] == "draw.execution" and ["draw", said["serial"]] in entry["subjects"]
        demand(mine and entry["seq"] not in seen, f"entry {entry['seq']} is no step of this draw, or twice")
        seen.add(entry["seq"])
        if "salt" not in row:
            closed += 1
            continue
        opens = execution.holds(row, entry["detail"]["commitment"])
        demand(opens, f"entry {entry['seq']} bound another step")
        deed = row["deed"]
        demand(deed["draw"] == said["serial"] and deed["unit"] in units, "a step is of a unit not listed")
    return f"{len(seen) - closed} of {len(seen)} steps open what bound them, {closed} were erased"


def _results(said: Mapping[str, Any]) -> str:
    """Compare the outcomes with the last word of the steps, as far as steps were bound one by one."""
    last = {
        row["deed"]["unit"]: row["deed"]["outcome"]
        for row in said["executions"]
        if "outcome" in row.get("deed", {})
    }
    for row in said["results"]:
        bound = last.get(row["unit"], row["outcome"])
        same = bound == row["outcome"] or (bound == "sampled" and row["outcome"] == "void")
        demand(same, f"unit {row['unit']} ended as {bound} at the visit, and as {row['outcome']} here")
    counts = Counter(row["outcome"] for row in said["results"])
    return ", ".join(f"{count} {name}" for name, count in sorted(counts.items()))
