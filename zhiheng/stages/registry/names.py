"""Opens the names of a salted frame: the key lies sealed, one unit at a time is told."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from zhiheng.ledger import locked
from zhiheng.proof.pseudonyms import KEY_BYTES, Names

from .models import Frame, FrameKey

USE = "frame key"


def of(frame: Frame) -> Names | None:
    """Return the names of a salted frame; an open one has none but the codes."""
    if not frame.is_salted:
        return None
    held = FrameKey.objects.get(frame=frame.names_from or frame)
    return Names(locked.unlock(held.token, USE))


def new_key() -> bytes:
    """Return a new key from the system's random source."""
    return secrets.token_bytes(KEY_BYTES)


def keep(frame: Frame, key: bytes) -> FrameKey:
    """Keep the key of a frame, sealed."""
    return FrameKey.objects.create(frame=frame, token=locked.lock(key, USE))


def namer(frame: Frame) -> Callable[[str], str]:
    """Return how a frame names its units in public."""
    names = of(frame)
    return names.of if names else str
