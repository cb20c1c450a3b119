"""Writes a file whole or not at all: beside its place, synced, and renamed into it."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

PART = ".part-"
"""How the name of a file begins that is not yet whole."""


def write_whole(place: Path, data: bytes) -> Path:
    """Write the bytes under a name; a kill leaves what was there before, or a stray temporary file."""
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=place.parent, prefix=PART)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(0o644)  # mkstemp makes it private; what is published may be read by a web server
        Path(name).replace(place)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    sync_folder(place.parent)
    return place


def sync_folder(folder: Path) -> None:
    """Make a rename inside a folder last through a loss of power."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
