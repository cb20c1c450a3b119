"""Runs the monitor on a copy of the log, beside checkpoints and receipts that somebody kept."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from zhiheng.errors import BadInput, CheckFailed, ZhihengError
from zhiheng.proof import canonical, checkpoint, note, receipt
from zhiheng.proof.tiles import WIDTH
from zhiheng.verification import bundles, framed, log, monitor
from zhiheng.verification.log_folder import VKEY, LogFolder
from zhiheng.verification.monitor import leaks
from zhiheng.verification.monitor.finding import BROKEN, Finding

RECEIPT_TYPE = "zhiheng/receipt/1"
_SHORT = 12


@dataclass(frozen=True)
class Looked:
    """What was looked at, and what was found."""

    checked: log.Checked
    found: tuple[Finding, ...]


def look(
    path: Path,
    *,
    today: date,
    vkey: str = "",
    kept: Sequence[Path] = (),
    receipts: Sequence[Path] = (),
    files: Path | None = None,
) -> Looked:
    """Check a log as a whole, and watch it; ``files`` is a folder of bundles.

    A log whose files do not hold is refused before anything is watched: there is nothing to go by then.
    """
    checked = log.check(path, vkey=vkey)
    if not checked.report.ok or checked.size is None:
        raise CheckFailed(checked.report.refusal, "Take the log from a mirror, and compare.")
    folder = LogFolder(path)
    key = note.key((vkey or (folder.text(VKEY) or b"").decode()).strip())
    found = [
        *monitor.watch(statements(folder, checked.size), today=today),
        *_altered(folder, checked.size, key, kept),
        *_missing(folder, checked.size, key, receipts),
        *(leaks.watch(*_files(files), _opened(files)) if files is not None else ()),
    ]
    return Looked(checked, tuple(found))


def statements(folder: LogFolder, size: int) -> Iterator[Mapping[str, Any]]:
    """Yield the statements of a log; an entry that is none comes as an empty one, which the rules report."""
    for start in range(0, size, WIDTH):
        for entry in folder.entries(start, start + WIDTH, size):
            try:
                said = canonical.loads(entry)
            except BadInput:
                said = {}
            yield said if isinstance(said, dict) else {}


def _altered(folder: LogFolder, size: int, key: note.Key, kept: Sequence[Path]) -> Iterator[Finding]:
    """Compare with each kept checkpoint the tree of its size, as the log has it now."""
    tree = folder.tree(size, key.tree_hash)
    for path in kept:
        said, _signed = checkpoint.opened(_read(path), key)
        if said.size > size or tree.root(said.size) != said.root:
            facts = {"size": said.size, "checkpoint": said.root.hex()[:_SHORT]}
            yield Finding("log-altered", BROKEN, path.name, facts)


def _missing(folder: LogFolder, size: int, key: note.Key, receipts: Sequence[Path]) -> Iterator[Finding]:
    """Look for the entry of each receipt at its place; a receipt that proves nothing is refused."""
    for path in receipts:
        value = bundles.read_json(path)
        if not isinstance(value, dict) or value.get("type") != RECEIPT_TYPE:
            raise BadInput(f"{path.name} is no receipt.", "Name the file receipt-*.json as it was given.")
        leaf, proof = canonical.dumps(value["statement"]), receipt.read(str(value["proof"]))
        receipt.opened(proof, leaf, key)
        there = folder.entries(proof.index, proof.index + 1, size) if proof.index < size else []
        if there != [leaf]:
            yield Finding("receipt-missing", BROKEN, path.name, {"name": path.name, "index": proof.index})


def _files(folder: Path) -> tuple[list[Mapping[str, Any]], list[Mapping[str, Any]]]:
    """Return the closing records and the figures of a folder that hold by themselves."""
    held: dict[str, list[Mapping[str, Any]]] = {bundles.CLOSING_TYPE: [], bundles.FIGURE_TYPE: []}
    for path in sorted(folder.glob("*.json")):
        if path.name.startswith(("closing-", "figure-")):
            value = bundles.load(path)
            if value["type"] in held and bundles.check(value).ok:
                held[value["type"]].append(value)
    return held[bundles.CLOSING_TYPE], held[bundles.FIGURE_TYPE]


def _opened(folder: Path) -> dict[str, str]:
    """Return the units behind the salted names that the certificates of a folder open, each by its salt."""
    found: dict[str, str] = {}
    for path in sorted(folder.glob("draw-*.json")):
        value = bundles.load(path)
        if value["type"] == bundles.DRAW_TYPE:
            with suppress(ZhihengError, LookupError, TypeError):  # what opens nothing says nothing
                found |= framed.units_behind(value["certificate"])
    return found


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(
            f"{path} cannot be read: {error.strerror}.", "Name a checkpoint that you kept."
        ) from None
