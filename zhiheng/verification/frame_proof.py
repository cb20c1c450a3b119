"""A stranger checks that a unit stands in a frozen frame, or that it does not, without the whole frame.

A frame proof is::

    {"type": "zhiheng/frame-proof/1",
     "data": "demonstration" or "operational",
     "frame": {"id", "sha256", "size", "root"},
     "ids": "open" or "salted",
     "asked": "91330106...",                               the unit that was asked for
     "answer": "listed" or "absent",
     "lines": [{"line": "...", "index", "path": [hex]}],   the unit's line with its neighbours, or the two
                                                           lines between which it would stand
     "opening": {"unit", "id", "salt"},                    with salted ids alone
     "ledger": [{"statement": {...}, "hash": hex}]}        the entry that froze the frame

The leaves of the tree are the lines with their line feeds (RFC 9162); its root stands as ``merkle_root`` in
the entry. That a unit stands there *once* follows as far as the file is sorted, which everybody sees who has
the whole file; with salted ids it does not follow that a unit has one salt alone, and absence cannot be shown
(``proof.pseudonyms``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any

from zhiheng.formats.shapes import fields
from zhiheng.proof import frame_index, merkle, pseudonyms
from zhiheng.proof.frame_index import Proved
from zhiheng.verification import bundles
from zhiheng.verification.report import Report, Steps, demand, ending

TYPE = bundles.FRAME_PROOF_TYPE
LISTED, ABSENT = "listed", "absent"
FROZEN = "registry.frame_frozen"
_KEYS = ("type", "data", "frame", "ids", "asked", "answer", "lines", "ledger")


def proof(
    *,
    asked: str,
    is_listed: bool,
    lines: Sequence[Proved],
    frame: Mapping[str, Any],
    data: str,
    entry: Mapping[str, Any],
    opening: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the file that shows that a unit stands in a frame, or that it does not."""
    return {
        "type": TYPE,
        "data": data,
        "frame": dict(frame),
        "ids": pseudonyms.SALTED if opening else pseudonyms.OPEN,
        "asked": asked,
        "answer": LISTED if is_listed else ABSENT,
        "lines": [{"line": one.line.decode(), "index": one.index, "path": one.path} for one in lines],
        **({"opening": dict(opening)} if opening else {}),
        "ledger": [dict(entry)],
    }


def check(file: Mapping[str, Any]) -> Report:
    """Check a frame proof against the root that its ledger entry published."""
    steps = Steps()
    if not steps.take("shape", lambda: _shape(file)):
        return Report("frame proof", "", tuple(steps.taken))
    steps.take("ledger", lambda: bundles.check_segment(file["ledger"]))
    steps.take("published", lambda: _published(file))
    if file["ids"] == pseudonyms.SALTED:
        steps.take("opening", lambda: _opening(file))
    steps.take("lines", lambda: _lines(file))
    steps.take("answer", lambda: _answer(file))
    held = ending(file["ledger"][-1])
    return Report("frame proof", file["asked"], tuple(steps.taken), data=file["data"], **held)


def _shape(file: Mapping[str, Any]) -> str:
    fields.mapping(file, "frame proof", _KEYS, ("opening", "log"))
    fields.one_of(file["type"], "type", (TYPE,))
    fields.one_of(file["data"], "data", fields.DATA)
    fields.one_of(file["ids"], "ids", (pseudonyms.OPEN, pseudonyms.SALTED))
    fields.one_of(file["answer"], "answer", (LISTED, ABSENT))
    fields.text(file["asked"], "asked", most=64)
    said = fields.mapping(file["frame"], "frame", ("id", "sha256", "size", "root"))
    fields.text(said["id"], "frame.id", most=64)
    fields.digest(said["sha256"], "frame.sha256")
    fields.digest(said["root"], "frame.root")
    fields.integer(said["size"], "frame.size", 1)
    lines = fields.items(file["lines"], "lines")
    demand(1 <= len(lines) <= 3, "a proof holds one to three lines")
    for row in lines:
        fields.mapping(row, "lines", ("line", "index", "path"))
        fields.integer(row["index"], "lines.index")
        demand(len(fields.items(row["path"], "lines.path")) <= 64, "a path is longer than any frame needs")
        demand(row["line"].endswith("\n") and "\t" in row["line"], "a line is not one of a frame file")
    is_salted = file["ids"] == pseudonyms.SALTED
    demand(is_salted == ("opening" in file), "salted ids come with an opening, open ones without")
    if is_salted:
        fields.mapping(file["opening"], "opening", ("unit", "id", "salt"))
    demand(len(fields.items(file["ledger"], "ledger")) == 1, "one ledger entry belongs here")
    return f"unit {file['asked']} in frame {said['id']}, {file['data']} data"


def _published(file: Mapping[str, Any]) -> str:
    """Compare what the proof says of the frame with the entry that froze it."""
    entry, said = file["ledger"][0], file["frame"]
    statement = entry["statement"]
    demand(statement["verb"] == FROZEN, "the ledger entry did not freeze a frame")
    demand(["frame", said["id"]] in statement["subjects"], "the ledger entry froze another frame")
    detail = statement["detail"]
    stated = (detail["sha256"], detail["units"], detail["merkle_root"], detail["ids"])
    same = stated == (said["sha256"], said["size"], said["root"], file["ids"])
    demand(same, "the ledger entry names another hash, size, root or kind of ids")
    return f"root {said['root']} over {said['size']} lines in entry {bundles.place(entry)}"


def _opening(file: Mapping[str, Any]) -> str:
    opening = file["opening"]
    demand(opening["id"] == file["asked"], "the opening is that of another unit")
    pseudonyms.opened([opening])
    return f"unit {file['asked']} stands under the name {opening['unit']}"


def _lines(file: Mapping[str, Any]) -> str:
    said = file["frame"]
    for row in file["lines"]:
        leaf = merkle.leaf_hash(row["line"].encode())
        holds = merkle.is_included(leaf, row["index"], said["size"], row["path"], said["root"])
        demand(holds, f"line {row['index']} does not stand under the root")
    for one, other in pairwise(file["lines"]):
        demand(other["index"] == one["index"] + 1, "the lines are no neighbours")
        demand(_id(one) < _id(other), "two neighbours are out of order")
    return f"{len(file['lines'])} line(s) lead to the root"


def _answer(file: Mapping[str, Any]) -> str:
    wanted = file["opening"]["unit"] if "opening" in file else file["asked"]
    at = [row["index"] for row in file["lines"] if _id(row) == wanted.encode()]
    if file["answer"] == LISTED:
        demand(len(at) == 1, "the unit stands in none of the lines")
        _beside(file, at[0] - 1, at[0] + 1)
        return f"listed, in line {at[0] + 1} of {file['frame']['size']}, and in neither neighbour"
    demand(file["ids"] == pseudonyms.OPEN, "with salted ids nobody can show that a unit is absent")
    demand(not at, "the unit stands in one of the lines")
    before = [row["index"] for row in file["lines"] if _id(row) < wanted.encode()]
    last = before[-1] if before else -1
    _beside(file, last, last + 1)
    return f"absent: it would stand between lines {last + 1} and {last + 2}"


def _beside(file: Mapping[str, Any], before: int, after: int) -> None:
    """Demand both neighbours of a place, as far as the file reaches."""
    held = {row["index"] for row in file["lines"]}
    for place in (before, after):
        demand(place in held or not 0 <= place < file["frame"]["size"], f"line {place} is missing beside it")


def _id(row: Mapping[str, Any]) -> bytes:
    return frame_index.id_of(row["line"].encode())
