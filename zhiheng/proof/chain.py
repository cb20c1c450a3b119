"""Ledger entries hang on one another by hash, so that none can be changed or dropped unseen.

The hash of an entry has two steps::

    body  = SHA-256(JCS(statement without "seq" and "previous"))
    entry = SHA-256(JCS({"body": body, "previous": previous, "seq": seq}))

so that an entry which may not be shown can stand in a published segment as a bare link
``{"seq", "previous", "body", "hash"}``: the chain is checked right through it, and nothing is disclosed
(every body holds a random id, hence its hash cannot be guessed back).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import canonical

GENESIS = "0" * 64
"""What the first entry names as its previous hash."""


def body_hash(statement: Mapping[str, Any]) -> str:
    """Return the hash of what an entry says, apart from its place in the chain."""
    return canonical.digest(
        {key: value for key, value in statement.items() if key not in ("seq", "previous")}
    )


def link_hash(seq: int, previous: str, body: str) -> str:
    """Return the hash of a link: a body at a place in the chain."""
    return canonical.digest({"body": body, "previous": previous, "seq": seq})


def entry_hash(statement: Mapping[str, Any]) -> str:
    """Return the hash of a whole entry; the statement must name ``seq`` and ``previous``."""
    if "seq" not in statement or "previous" not in statement:
        raise BadInput(
            "The statement names no place in the chain.",
            "Set seq and previous before hashing; the first entry names GENESIS as previous.",
        )
    return link_hash(statement["seq"], statement["previous"], body_hash(statement))


def withheld(statement: Mapping[str, Any]) -> dict[str, Any]:
    """Return the bare link that stands in public for an entry which may not be shown."""
    return {
        "seq": statement["seq"],
        "previous": statement["previous"],
        "body": body_hash(statement),
        "hash": entry_hash(statement),
    }


def check(entries: Iterable[Mapping[str, Any]], *, gaps: bool = False) -> None:
    """Check a segment of the chain and name its first broken link.

    An entry is ``{"statement": {...}, "hash": hex}`` or a bare link. Numbers must rise by one, unless
    ``gaps`` says that the segment is an excerpt: then neighbours in number must still hang together.
    """
    before_seq, before_hash = None, None
    for entry in entries:
        seq, previous, computed = _place(entry)
        if entry.get("hash") != computed:
            raise _broken(seq, "its content does not have the hash that it carries")
        if seq == 1 and previous != GENESIS:
            raise _broken(seq, "it is the first entry but names one before it")
        if before_seq is None:
            before_seq, before_hash = seq, computed
            continue
        if seq <= before_seq or (seq != before_seq + 1 and not gaps):
            raise _broken(seq, f"it follows entry {before_seq}")
        if seq == before_seq + 1 and previous != before_hash:
            raise _broken(seq, f"it does not name the hash of entry {before_seq}")
        before_seq, before_hash = seq, computed


def _place(entry: Mapping[str, Any]) -> tuple[int, str, str]:
    statement = entry.get("statement")
    source = statement if isinstance(statement, Mapping) else entry
    try:
        seq, previous = source["seq"], source["previous"]
        body = body_hash(statement) if isinstance(statement, Mapping) else entry["body"]
    except KeyError as error:
        raise BadInput(f"A ledger entry has no {error.args[0]}.", "Ask for the segment again.") from None
    if type(seq) is not int or seq < 1:
        raise BadInput(f"A ledger entry has the number {seq!r}.", "Numbers are integers from 1.")
    return seq, previous, link_hash(seq, previous, body)


def _broken(seq: int, why: str) -> CheckFailed:
    return CheckFailed(
        f"The chain breaks at entry {seq}: {why}.",
        "Compare this entry with the public ledger; the copy or the ledger was altered.",
        code="chain-broken",
        seq=seq,
    )
