"""Writes a file whole or not at all: beside its place, synced, and renamed into it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
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


def write_unsynced(place: Path, data: bytes) -> None:
    """Write whole, but leave it to a loss of power: for what its one writer can write again."""
    beside = f"{place.parent}/{PART}{place.name}"
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    except FileNotFoundError:
        place.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        write_all(handle, data)
    finally:
        os.close(handle)
    os.replace(beside, place)  # noqa: PTH105 - a tenth of the time, ten thousand times


def write_all(handle: int, data: bytes) -> None:
    """Write every byte, however many a call takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def sync_below(top: Path, places: Iterable[Path]) -> None:
    """Make files below a folder last through a loss of power, with the folders on the way to them."""
    folders, lowest = {top}, set()
    for place in places:
        sync_file(place)
        lowest.add(os.path.split(place)[0])
    for folder in map(Path, lowest):
        folders.update(one for one in (folder, *folder.parents) if one.is_relative_to(top))
    for folder in sorted(folders, reverse=True):
        sync_folder(folder)


def sync_folder(folder: Path) -> None:
    """Make a rename inside a folder last through a loss of power."""
    sync_file(folder)


def sync_file(place: Path) -> None:
    """Make the bytes of a file last through a loss of power."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
