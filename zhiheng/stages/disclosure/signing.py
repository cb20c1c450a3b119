"""The key by which the office signs its notices: made once, kept in a file that its owner alone reads."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ed25519
from django.conf import settings

from zhiheng.ledger.files import sync_folder
from zhiheng.proof import note
from zhiheng.verification import notice as published

FILE = "notice_key"
NAME = "zhiheng/notices"


def name() -> str:
    """Return the name of the key; an installation gives its own, such as the address of its site."""
    return os.environ.get("ZHIHENG_NOTICE_KEY_NAME", NAME)


def vkey() -> str:
    """Return the line by which the public key is published."""
    return str(note.public(name(), _private()))


def sign(number: str, version: int, act: str, sha256: str) -> str:
    """Return the signed note over one version."""
    text = published.note_text(number, version, act, sha256)
    return note.write(text, [note.sign(text, name(), _private())])


def _private() -> ed25519.Ed25519PrivateKey:
    place = Path(settings.VAR) / FILE
    if not place.exists():
        _make(place)
    return ed25519.Ed25519PrivateKey.from_private_bytes(bytes.fromhex(place.read_text("ascii").strip()))


def _make(place: Path) -> None:
    """Write the whole file aside and link it into place: of two first notices at once, one key wins."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=place.parent, prefix=".notice_key-")  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(ed25519.Ed25519PrivateKey.generate().private_bytes_raw().hex() + "\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(aside, place)
    finally:
        Path(aside).unlink()
    sync_folder(place.parent)
