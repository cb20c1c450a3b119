"""What a log has promised and not yet laid down for good: one file, one write and one sync for each batch.

Before a checkpoint is signed, its batch of entries with its size and root stands here, outside of the public
folder. The files of the log are written after it without a sync of their own; when the journal has grown,
they are synced once and it begins anew. So a loss of power costs nothing that was promised, a batch costs one
sync, and no smaller or other tree is ever signed.

A record is a line ``SHA-256 length`` and that many bytes: a line of JSON, then the entries as in a bundle. A
last record that is torn was never signed and is dropped.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from zhiheng.errors import CheckFailed
from zhiheng.ledger import files

_HEAD = re.compile(rb"([0-9a-f]{64}) ([0-9]{1,12})\n")
_HEAD_LONGEST = 64 + 1 + 12 + 1


@dataclass(frozen=True)
class Record:
    """Size and root of a log after a batch, and the batch: entries one after the other, as in a bundle."""

    size: int
    root: bytes
    count: int = 0
    entries: bytes = b""

    def encoded(self) -> bytes:
        """Return the bytes of the record."""
        said = json.dumps({"size": self.size, "root": self.root.hex(), "count": self.count}).encode()
        body = said + b"\n" + self.entries
        return hashlib.sha256(body).hexdigest().encode() + b" %d\n" % len(body) + body


class Journal:
    """The journal of one log; whoever uses it holds the lock of the sequencer."""

    def __init__(self, place: Path) -> None:
        self.place = place

    def read(self) -> list[Record]:
        """Return the records, the first of which says what is laid down for good; none without a file."""
        try:
            data = self.place.read_bytes()
        except FileNotFoundError:
            return []
        found, at = [], 0
        while at < len(data):
            record, end = _record(data, at)
            if record is None:
                break
            found.append(record)
            at = end
        if not found:
            raise CheckFailed(
                f"The memory of the log, {self.place.name}, cannot be read.",
                "Restore it from the backup of the same moment as the log; sign nothing before.",
                code="log-memory",
            )
        if at < len(data):
            os.truncate(self.place, at)
        return found

    def append(self, record: Record) -> None:
        """Add a record; when this returns it outlives a loss of power, when it fails it is taken back."""
        handle = os.open(self.place, os.O_WRONLY | os.O_APPEND)
        try:
            before = os.fstat(handle).st_size
            try:
                files.write_all(handle, record.encoded())
                os.fdatasync(handle)
            except OSError:
                os.ftruncate(handle, before)  # a later sync of what one failed to sync proves nothing
                raise
        finally:
            os.close(handle)

    def sync(self) -> None:
        """Make what can be read here outlive a loss of power, before anything is signed over it."""
        files.sync_file(self.place)

    def begin(self, record: Record) -> None:
        """Begin anew from what is laid down for good."""
        files.write_whole(self.place, Record(record.size, record.root).encoded())

    def stamp(self) -> tuple[int, int, int] | None:
        """Return what changes whenever somebody writes the journal."""
        try:
            found = self.place.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns


def _record(data: bytes, at: int) -> tuple[Record | None, int]:
    head = _HEAD.match(data, at, at + _HEAD_LONGEST)
    if head is None:
        return None, at
    end = head.end() + int(head[2])
    body = data[head.end() : end]
    if len(body) != int(head[2]) or hashlib.sha256(body).hexdigest().encode() != head[1]:
        return None, at
    said, _, entries = body.partition(b"\n")
    value = json.loads(said)
    return Record(value["size"], bytes.fromhex(value["root"]), value["count"], entries), end
