"""Batches of prepared entries into a log on disk, beside bare writing and the journal alone.

*Published* is the whole way of ``Log.append``: hashed, in the journal and synced, bundles and tiles written,
the checkpoint signed and put in its place. *Acknowledged* is that way up to the promise of a batch: hashed,
in the journal and synced, signed; the files that strangers read would still have to follow.
"""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from zhiheng.ledger.sealing import keys
from zhiheng.ledger.sealing.directory import Log
from zhiheng.ledger.sealing.journal import Journal, Record
from zhiheng.proof import checkpoint, note, tiled, tiles

BATCH, ENTRY_BYTES = 1_024, 300
BATCHES, QUICK_BATCHES = 200, 20
KEY = keys.made("bench.invalid/log", b"b" * 32)

Batch = Sequence[bytes]


def measure(quick: bool) -> dict[str, Any]:
    """Return the records a second of each way, all with the same batches on the same disk."""
    batches = prepared(QUICK_BATCHES if quick else BATCHES)
    ways: dict[str, Callable[[Path, list[Batch]], None]] = {
        "bare_write_and_sync": bare,
        "journal_alone": journal_alone,
        "hashes_and_signature_alone": hashed,
        "acknowledged": acknowledged,
        "published": published,
    }
    with tempfile.TemporaryDirectory(prefix="zhiheng-bench-", dir=Path.cwd()) as folder:
        return {f"{name}_per_s": _rate(way, Path(folder, name), batches) for name, way in ways.items()}


def prepared(count: int) -> list[Batch]:
    """Return batches of entries that are all different and of one length."""
    numbers = range(count * BATCH)
    entries = [b'{"seq":%d,"' % number + b"x" * ENTRY_BYTES for number in numbers]
    entries = [entry[:ENTRY_BYTES] for entry in entries]
    return [entries[start : start + BATCH] for start in range(0, len(entries), BATCH)]


def _rate(way: Callable[[Path, list[Batch]], None], folder: Path, batches: list[Batch]) -> float:
    folder.mkdir()
    os.sync()  # what an earlier way left for the disk is not this one's
    began = time.perf_counter()
    way(folder, batches)
    return len(batches) * BATCH / (time.perf_counter() - began)


def bare(folder: Path, batches: list[Batch]) -> None:
    """Write the bytes of each batch into one file and sync it: what the disk gives."""
    handle = os.open(folder / "file", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    try:
        for batch in batches:
            data = b"".join(batch)
            if os.write(handle, data) != len(data):
                raise OSError("the disk took less than a whole batch")
            os.fdatasync(handle)
    finally:
        os.close(handle)


def journal_alone(folder: Path, batches: list[Batch]) -> None:
    """Append each batch to the journal, with a root that costs nothing."""
    journal = _begun(folder)
    for number, batch in enumerate(batches, 1):
        journal.append(Record(number * BATCH, bytes(32), BATCH, _bundled(batch)))


def hashed(_folder: Path, batches: list[Batch]) -> None:
    """Grow the tree and sign it, and write nothing."""
    edge = tiled.Edge()
    for batch in batches:
        edge, _grown = edge.grown(tiled.leaf_hashes(batch))
        _signed(edge)


def acknowledged(folder: Path, batches: list[Batch]) -> None:
    """Do for each batch all that its promise needs."""
    journal, edge = _begun(folder), tiled.Edge()
    for batch in batches:
        edge, _grown = edge.grown(tiled.leaf_hashes(batch))
        journal.append(Record(edge.size, edge.root(), BATCH, _bundled(batch)))
        _signed(edge)


def published(folder: Path, batches: list[Batch]) -> None:
    """Append each batch as the sequencer does."""
    log = Log.open(folder / "log", folder / "journal", KEY.public, KEY.sign)
    for batch in batches:
        log.append(batch)


def _begun(folder: Path) -> Journal:
    journal = Journal(folder / "journal")
    journal.begin(Record(0, tiled.Edge().root()))
    return journal


def _bundled(batch: Batch) -> bytes:
    return b"".join(
        tiles.bundle(batch[start : start + tiles.WIDTH]) for start in range(0, BATCH, tiles.WIDTH)
    )


def _signed(edge: tiled.Edge) -> str:
    text = str(checkpoint.Checkpoint(KEY.name, edge.size, edge.root()))
    return note.write(text, [KEY.sign(text)])
