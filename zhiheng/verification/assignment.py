"""Checks the receipt of an assignment: the inspector was drawn for this unit before anybody left.

The receipt holds one leaf, its path, and the public entry of the reveal, which names the root. The entry is
to be compared with the public ledger, which shows it to everybody. Where units go by salted names, the
``opening`` of the unit says who stands behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from zhiheng.formats.shapes import LedgerEntry, fields
from zhiheng.proof import chain, pseudonyms, release
from zhiheng.verification.report import Report, Steps, demand, ending

_LEAF = ("draw", "order", "unit", "inspectors", "salt")


def check(said: Mapping[str, Any]) -> Report:
    """Check the receipt of an assignment."""
    steps = Steps()
    if steps.take("shape", lambda: _shape(said)):
        steps.take("entry", lambda: _entry(said))
        steps.take("bound", lambda: _bound(said))
        if "opening" in said:
            steps.take("opening", lambda: _opening(said))
    leaf = said.get("leaf") if isinstance(said.get("leaf"), Mapping) else {}
    name = f"{leaf.get('draw', '')} {leaf.get('unit', '')}"
    return Report("assignment", name, tuple(steps.taken), **ending(said.get("entry")))


def _shape(said: Mapping[str, Any]) -> str:
    fields.mapping(said, "receipt", ("type", "leaf", "index", "size", "path", "entry"), ("opening",))
    fields.one_of(said["type"], "type", (release.TYPE,))
    leaf = fields.mapping(said["leaf"], "leaf", _LEAF)
    fields.integer(said["index"], "index")
    fields.integer(said["size"], "size", 1)
    for step in fields.items(said["path"], "path"):
        fields.digest(step, "path")
    fields.digest(leaf["salt"], "leaf.salt")
    return f"draw {leaf['draw']}, unit {leaf['unit']}, inspectors {', '.join(leaf['inspectors'])}"


def _entry(said: Mapping[str, Any]) -> str:
    LedgerEntry.from_dict(said["entry"])
    entry = said["entry"]["statement"]
    demand(chain.entry_hash(entry) == said["entry"]["hash"], "the entry does not have its hash")
    mine = entry["verb"] == "draw.revealed" and entry["detail"].get("serial") == said["leaf"]["draw"]
    demand(mine, "the entry is not the reveal of this draw")
    return f"the reveal stands in entry {entry['seq']} of {entry['at']}"


def _opening(said: Mapping[str, Any]) -> str:
    row = fields.mapping(said["opening"], "opening", ("unit", "id", "salt"))
    for name in ("unit", "id", "salt"):
        fields.text(row[name], f"opening.{name}", most=64)
    unit = pseudonyms.opened([row]).get(said["leaf"]["unit"])
    demand(unit is not None, "the opening is that of another unit")
    return f"the unit is {unit}"


def _bound(said: Mapping[str, Any]) -> str:
    root = said["entry"]["statement"]["detail"]["assignments_root"]
    demand(release.is_bound(said, root), "the assignment is not among those bound at the reveal")
    return f"assignment {said['index'] + 1} of {said['size']}"
