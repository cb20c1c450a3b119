"""A bundle is a JSON file that a stranger can keep; here it is read, and its ledger entries are looked up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.formats.shapes import LedgerEntry, fields
from zhiheng.proof import canonical, chain
from zhiheng.verification.report import Report, demand

MAX_BYTES = 256 * 1024 * 1024
DRAW_TYPE = "zhiheng/draw-bundle/1"
FIGURE_TYPE = "zhiheng/figure-bundle/1"
NOTICE_TYPE = "zhiheng/notice/1"
CLOSING_TYPE = "zhiheng/draw-closing/1"
ASSIGNMENT_TYPE = "zhiheng/assignment/1"
FRAME_PROOF_TYPE = "zhiheng/frame-proof/1"
RECEIPT_TYPE = "zhiheng/receipt/1"
OBSERVATION_TYPE = "zhiheng/observation-bundle/1"
CHECKS = {
    DRAW_TYPE: "draw",
    FIGURE_TYPE: "figure",
    CLOSING_TYPE: "closing",
    ASSIGNMENT_TYPE: "assignment",
    NOTICE_TYPE: "notice",
    FRAME_PROOF_TYPE: "frame_proof",
    RECEIPT_TYPE: "sealed",
    OBSERVATION_TYPE: "observation",
}
"""The module of this room that checks each kind of file."""

LOOK_BESIDE = (DRAW_TYPE, FIGURE_TYPE)
"""Kinds of which other files may lie beside them."""

TYPES = tuple(CHECKS)
_REMEDY = "Name a file as it was downloaded: draw-, figure-, number-, notice-*.json or a proof."


def check(
    value: Mapping[str, Any], *, beside: Path | None = None, given: Mapping[str, Path] | None = None
) -> Report:
    """Check a file by its kind; only the check that fits is loaded. ``given`` names other files at hand."""
    module = import_module(f"zhiheng.verification.{CHECKS[value['type']]}")
    if value["type"] == OBSERVATION_TYPE:
        return module.check(value, beside=beside, given=given)
    if value["type"] in LOOK_BESIDE:
        return module.check(value, beside=beside)
    return module.check(value)


def load(path: Path) -> dict[str, Any]:
    """Read a bundle file, or refuse what is not one."""
    value = read_json(path)
    if not isinstance(value, dict) or value.get("type") not in TYPES:
        raise BadInput(f"{path.name} is no bundle.", _REMEDY)
    return value


def read_json(path: Path) -> Any:
    """Read a canonical file of at most the size of a bundle."""
    try:
        if path.stat().st_size > MAX_BYTES:
            raise BadInput(f"{path.name} is too large for a bundle.", _REMEDY)
        data = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", _REMEDY) from None
    return canonical.loads(data)


def check_segment(entries: Any) -> str:
    """Check the shapes and links of the ledger entries in a bundle; return what was found."""
    listed = fields.items(entries, "ledger")
    demand(bool(listed), "the bundle holds no ledger entry")
    chain.check(listed, gaps=True)
    for entry in listed:
        if "statement" in entry:
            LedgerEntry.from_dict(entry)
        else:
            fields.mapping(entry, "ledger", ("seq", "previous", "body", "hash"))
    places = [place(entry) for entry in listed]
    gaps = sum(after != before + 1 for before, after in pairwise(places))
    found = f"{len(listed)} entries, {places[0]} to {places[-1]}"
    return f"{found}, unbroken" if not gaps else f"{found}, an excerpt with {gaps} gap(s); each hash holds"


def with_receipts(log: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return the field of a bundle that holds receipts of its entries, nothing where there are none."""
    return {} if log is None else {"log": dict(log)}


def included(
    kind: str,
    body: Mapping[str, Any],
    *,
    inclusion: Mapping[str, Any],
    entries: Sequence[Mapping[str, Any]],
    log: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """Return a bundle whose body has a place under a root that one of the ledger entries names."""
    return with_receipts(log) | {
        "type": kind,
        "body": dict(body),
        "digest": canonical.digest(dict(body)),
        "inclusion": dict(inclusion),
        "ledger": [dict(entry) for entry in entries],
    }


def place(entry: Mapping[str, Any]) -> int:
    """Return the number of an entry or of a bare link."""
    return entry["statement"]["seq"] if "statement" in entry else entry["seq"]


def opened(entries: Sequence[Mapping[str, Any]], verb: str) -> Iterator[Mapping[str, Any]]:
    """Yield the open entries of one verb, in their order."""
    for entry in entries:
        statement = entry.get("statement")
        if isinstance(statement, Mapping) and statement.get("verb") == verb:
            yield entry


def find(entries: Sequence[Mapping[str, Any]], key: str, value: str) -> Mapping[str, Any] | None:
    """Return the first open entry whose detail says ``key: value``."""
    for entry in entries:
        statement = entry.get("statement")
        if isinstance(statement, Mapping) and statement.get("detail", {}).get(key) == value:
            return entry
    return None
