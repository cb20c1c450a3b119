"""Checkpoints: what a log says of itself, as the text of a signed note (c2sp.org/tlog-checkpoint).

Three lines: the origin, a name of the log without a scheme; the size in decimal; the root in base64. Lines
below them are extensions; this house writes none and keeps those that it reads.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from zhiheng.errors import BadInput
from zhiheng.proof import note
from zhiheng.proof.merkle import LARGEST

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


@dataclass(frozen=True)
class Checkpoint:
    """Size and root of a log; ``str`` gives the text that is signed."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        lines = (self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def read(text: str) -> Checkpoint:
    """Return the checkpoint that the text of a note states, or refuse one that is none."""
    lines = text.split("\n")
    if lines.pop() != "" or len(lines) < 3 or "" in lines:
        raise _refused("it has not three lines or more, all filled")
    origin, size, root, *extensions = lines
    if _SIZE.fullmatch(size) is None or int(size) > LARGEST:
        raise _refused("its second line is no size")
    try:
        found = base64.b64decode(root, validate=True)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != 32 or base64.b64encode(found).decode() != root:
        raise _refused("its third line is no root of 32 bytes")
    return Checkpoint(origin, int(size), found, tuple(extensions))


def opened(data: bytes | str, key: note.Key) -> tuple[Checkpoint, note.Note]:
    """Return the checkpoint that a log signed; the key's name must be the origin, as the format asks."""
    signed = note.read(data)
    found = read(signed.text)
    if found.origin != key.name:
        raise _refused(f"it is of the log {found.origin}, not of {key.name}")
    if signed.by(key) is None:
        raise _refused(f"{key.name} did not sign it")
    return found, signed


def _refused(why: str) -> BadInput:
    return BadInput(f"This is no checkpoint of the log: {why}.", "Take the file as it was published.")
