"""The key by which a log signs: made at first use, in the form that other programs for such logs read.

The file holds one line ``PRIVATE+KEY+name+hash+base64`` (type and seed), as Go's ``sumdb/note`` writes it,
and is read by its owner alone. The name is the origin of the log: who wants another name or key ends the log
and opens a new one (``zhiheng log renew``).
"""

from __future__ import annotations

import base64
import contextlib
import os
import secrets
import tempfile
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519

from zhiheng.errors import BadInput, Conflict
from zhiheng.ledger import files
from zhiheng.proof import note

_PREFIX = "PRIVATE+KEY+"


@dataclass(frozen=True)
class LogKey:
    """The private key of a log with its name, which is the origin of the log."""

    name: str
    private: ed25519.Ed25519PrivateKey

    @property
    def public(self) -> note.Key:
        """The key by which anybody checks."""
        return note.public(self.name, self.private)

    def sign(self, text: str) -> note.Signature:
        """Sign the text of a note."""
        return note.sign(text, self.name, self.private)

    def __str__(self) -> str:
        body = bytes([note.ED25519]) + self.private.private_bytes_raw()
        return f"{_PREFIX}{self.name}+{self.public.hash.hex()}+{base64.b64encode(body).decode()}"


def made(name: str, seed: bytes | None = None) -> LogKey:
    """Return a new key for a log of this name."""
    private = ed25519.Ed25519PrivateKey.from_private_bytes(secrets.token_bytes(32) if seed is None else seed)
    key = LogKey(name, private)
    str(key)
    return key


def read(place: Path) -> LogKey:
    """Return the key in a file, or refuse one that is damaged."""
    line = place.read_text(encoding="utf-8").strip()
    name, _, rest = line.removeprefix(_PREFIX).partition("+")
    try:
        body = base64.b64decode(rest.partition("+")[2], validate=True)
        key = made(name, body[1:]) if len(body) == 33 else None
    except ValueError:
        key = None
    if key is None or str(key) != line:
        raise BadInput(
            f"The file {place.name} holds no signing key of a log.",
            "Restore it from the backup of the keys; without it the log ends: zhiheng log renew.",
            code="log-key",
        )
    return key


def read_or_make(place: Path, name: str) -> LogKey:
    """Return the key in a file, making it (mode 0600) at the first use; its name must be the log's."""
    if not place.exists():
        write_private(place, str(made(name)))
    key = read(place)
    if key.name != name:
        raise Conflict(
            f"The key in {place.name} signs for the log {key.name}, not for {name}.",
            "Set ZHIHENG_LOG_ORIGIN back; a new name needs a new log: zhiheng log renew.",
            code="log-origin",
        )
    return key


def write_private(place: Path, text: str) -> None:
    """Write the whole file aside and link it into place: of two first uses at once, one key wins."""
    place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=files.PART)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f"{text}\n")
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(name, place)
    finally:
        Path(name).unlink()
    files.sync_folder(place.parent)
