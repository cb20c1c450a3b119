"""Receipts of the log: each proves, by the key that stands beside it, that the log holds one open entry.

A bundle may hold them for its own entries::

    "log": {"vkey": "name+hash+key", "receipts": [{"seq": 12, "proof": "c2sp.org/tlog-proof@v1..."}]}

and a firm, a laboratory or a complainant keeps one alone, as a file of its own::

    {"type": "zhiheng/receipt/1", "vkey": "name+hash+key", "statement": {...}, "proof": "..."}

The leaf of the log is the canonical text of the statement. The key in a file is what its giver says: whoever
holds the published one compares it, or gives it (``zhiheng verify FILE --vkey LINE``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from zhiheng.formats.shapes import LedgerEntry, fields
from zhiheng.proof import canonical, chain, note, receipt
from zhiheng.verification import bundles
from zhiheng.verification.report import NotChecked, Report, Steps, demand

TYPE = bundles.RECEIPT_TYPE
MOST_KEY = 400


def file(statement: Mapping[str, Any], *, vkey: str, proof: str) -> dict[str, Any]:
    """Return the file of a receipt that stands alone."""
    return {"type": TYPE, "vkey": vkey, "statement": dict(statement), "proof": proof}


def check(given: Mapping[str, Any]) -> Report:
    """Check a receipt that stands alone; its head is the hash of the entry in the ledger."""
    steps = Steps()
    if not steps.take("shape", lambda: _shape(given)):
        return Report("receipt", "", tuple(steps.taken))
    said = given["statement"]
    steps.take("log", lambda: _place(given["proof"], said, _key(given["vkey"])))
    head = chain.entry_hash(said) if steps.taken[-1].ok else ""
    return Report("receipt", f"{said['seq']} {said['verb']}", tuple(steps.taken), head, said["seq"])


def of_entries(log: Mapping[str, Any] | None, entries: Sequence[Mapping[str, Any]]) -> str:
    """Check that the log holds each entry for which a bundle gives a receipt, and say by which key."""
    if log is None:
        raise NotChecked("not sealed in a log")
    fields.mapping(log, "log", ("vkey", "receipts"))
    key = _key(log["vkey"])
    open_ = {bundles.place(entry): entry["statement"] for entry in entries if "statement" in entry}
    found = fields.items(log["receipts"], "log.receipts")
    demand(bool(found), "the file names a log and holds no receipt of it")
    for one in found:
        fields.mapping(one, "log.receipts", ("seq", "proof"))
        said = open_.pop(one["seq"], None)
        about = f"a receipt is for entry {one['seq']}, which is not open here, or is given twice"
        demand(said is not None, about)
        _place(one["proof"], said, key)
    return f"{len(found)} of {len(found) + len(open_)} entries sealed under {key}"


def pinned(report: Report, given: Mapping[str, Any], vkey: str) -> Report:
    """Return the report with one more step: the key is the one that the reader knows."""
    steps = Steps(list(report.steps))
    steps.take("key", lambda: _is_known(given, vkey))
    return replace(report, steps=tuple(steps.taken))


def _is_known(given: Mapping[str, Any], vkey: str) -> str:
    known = _key(vkey)
    log = given if given["type"] == TYPE else given.get("log")
    demand(isinstance(log, Mapping), f"the file is not sealed, and not by {known.name}")
    stated = _key(log.get("vkey"))
    demand(stated == known, f"the file is sealed under {stated}, not under the key that was given")
    return f"sealed under the key that was given, of {known.name}"


def _shape(given: Mapping[str, Any]) -> str:
    fields.mapping(given, "receipt", ("type", "vkey", "statement", "proof"))
    fields.one_of(given["type"], "type", (TYPE,))
    fields.text(given["proof"], "proof", most=note.MOST_BYTES)
    said = given["statement"]
    LedgerEntry.from_dict({"statement": said, "hash": chain.entry_hash(said)})
    return f"entry {said['seq']} of {said['at']}, {said['verb']}"


def _key(line: Any) -> note.Key:
    return note.key(fields.text(line, "vkey", most=MOST_KEY))


def _place(proof: Any, statement: Mapping[str, Any], key: note.Key) -> str:
    read = receipt.read(fields.text(proof, "proof", most=note.MOST_BYTES))
    found = receipt.opened(read, canonical.dumps(dict(statement)), key)
    return f"entry {read.index + 1} of {found.size} in the log, sealed under {key}"
