"""A receipt proves offline that one entry stands in a log (c2sp.org/tlog-proof@v1, byte for byte).

A header line, if wanted a line ``extra`` with bytes that nobody vouches for, the line ``index``, the hashes
of the path from the leaf to the root, an empty line, and the signed checkpoint as the log gave it. Whoever
holds the entry, the receipt and the key of the log needs nobody else. In the twin of the log the path is
under SM3; which of the two it is follows from the key.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import checkpoint, merkle, note

HEADER = "c2sp.org/tlog-proof@v1"
SUFFIX = ".tlog-proof"
MOST_HASHES = 63
LONGEST_EXTRA = 65_535

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class Receipt:
    """Place of an entry, its path, and the signed checkpoint; ``str`` gives the file."""

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def __str__(self) -> str:
        lines = [HEADER]
        if self.extra:
            lines.append(f"extra {base64.b64encode(self.extra).decode()}")
        lines.append(f"index {self.index}")
        lines += [base64.b64encode(step).decode() for step in self.hashes]
        return "\n".join(lines) + f"\n\n{self.checkpoint}"


def read(data: bytes | str) -> Receipt:
    """Return the receipt that a file holds, or refuse what is none; nothing is proved by it yet."""
    head, gap, signed = _text(data).partition("\n\n")
    lines = head.split("\n")
    if not gap or lines.pop(0) != HEADER:
        raise _refused("it does not begin as one")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = decoded(lines.pop(0).removeprefix("extra "))
        if not 0 < len(extra) <= LONGEST_EXTRA:
            raise _refused("its extra data is no base64 or too long")
    found = _INDEX.fullmatch(lines.pop(0)) if lines else None
    if found is None or int(found[1]) >= merkle.LARGEST:
        raise _refused("it does not say the index of the entry")
    hashes = tuple(map(decoded, lines))
    if len(hashes) > MOST_HASHES or any(len(step) != 32 for step in hashes):
        raise _refused("a line of its path is no hash of 32 bytes")
    checkpoint.read(note.read(signed).text)
    return Receipt(int(found[1]), hashes, signed, extra)


def write(receipt: Receipt) -> str:
    """Return the file of a receipt; it must read back as it was meant."""
    if read(str(receipt)) != receipt:
        raise BadInput("This receipt cannot be written.", "Give an index, hashes of 32 bytes, a checkpoint.")
    return str(receipt)


def opened(
    receipt: Receipt,
    leaf: bytes,
    key: note.Key,
    accepts: Callable[[note.Note], object] | None = None,
) -> checkpoint.Checkpoint:
    """Return the checkpoint that proves an entry, or refuse; ``leaf`` is the entry itself, not its hash.

    The log must have signed the checkpoint by this key, and the path must lead from the entry to its root.
    ``accepts`` asks for more of the checkpoint, such as ``policy.Policy.check`` for its witnesses.
    """
    found, signed = checkpoint.opened(receipt.checkpoint, key)
    place = receipt.index, receipt.index + 1, merkle.leaf_hash(leaf, key.tree_hash)
    if not merkle.is_subtree_consistent(*place, found.size, found.root, receipt.hashes, key.tree_hash):
        raise CheckFailed(
            f"The log {found.origin} does not hold this entry at place {receipt.index}.",
            "Ask who gave the receipt for the entry as it was sealed.",
        )
    if accepts is not None:
        accepts(signed)
    return found


def _text(data: bytes | str) -> str:
    """Return the text of a file of bounded length."""
    if len(data) > note.MOST_BYTES + 8 * LONGEST_EXTRA:
        raise _refused("it is too long")
    try:
        return data if isinstance(data, str) else data.decode("utf-8")
    except UnicodeDecodeError:
        raise _refused("it is not UTF-8") from None


def decoded(text: str) -> bytes:
    """Return the bytes of standard base64 in its one form, none for anything else."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
    return found if base64.b64encode(found).decode() == text else b""


def _refused(why: str) -> BadInput:
    return BadInput(f"This is no receipt of a log: {why}.", "Take the file as it was given.")
