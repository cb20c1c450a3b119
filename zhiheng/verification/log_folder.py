"""The files of a log in a folder, as anybody may hold a copy of them (c2sp.org/tlog-tiles)."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from zhiheng.errors import BadInput, CheckFailed, Missing
from zhiheng.proof import tiled, tiles
from zhiheng.proof.tiles import WIDTH, Tile

CHECKPOINT, VKEY = "checkpoint", "vkey"
MOST_BYTES = WIDTH * (tiles.LONGEST_ENTRY + 2)


@dataclass(frozen=True)
class LogFolder:
    """One log on disk; a tile that is not full any more is read from the full one."""

    path: Path

    def tile(self, tile: Tile) -> bytes:
        """Return the hashes of a tile, as many as it is wide."""
        data = self._read(tile.path, tiles.place(tile.number), f"tile/{tile.level}")
        length = tile.width * tiled.LENGTH
        if len(data) < length or (len(data) != length and len(data) != WIDTH * tiled.LENGTH):
            raise damaged(tile.path, f"it has {len(data)} bytes, not {length}")
        return data[:length]

    def bundle(self, number: int, width: int = WIDTH) -> list[bytes]:
        """Return the entries of a bundle, as many as it is wide."""
        tile = Tile(0, number, width)
        data = self._read(tile.entries_path, tiles.place(number), "tile/entries")
        try:
            return tiles.unbundled(data, width)
        except BadInput:
            if width == WIDTH or (self.path / tile.entries_path).exists():
                raise damaged(tile.entries_path, f"it does not hold {width} entries") from None
            return tiles.unbundled(data, WIDTH)[:width]

    def entries(self, start: int, end: int, size: int) -> list[bytes]:
        """Return the entries from one index up to another, of a log of some size."""
        found: list[bytes] = []
        for number in range(start // WIDTH, -(-min(end, size) // WIDTH)):
            first = number * WIDTH
            held = self.bundle(number, min(WIDTH, size - first))
            found += held[max(start - first, 0) : end - first]
        return found

    def text(self, name: str) -> bytes | None:
        """Return one of the two small files, None where there is none."""
        try:
            return _bytes(f"{self.path}/{name}")
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise damaged(name, error.strerror or "it cannot be read") from None

    def tree(self, size: int, algorithm: str = "sha256") -> tiled.Stored:
        """Return the tree of some size, read from its tiles when asked."""
        return tiled.Stored(size, self.tile, algorithm)

    def _read(self, name: str, whole: str, below: str) -> bytes:
        for path in dict.fromkeys((name, f"{below}/{whole}")):
            try:
                return _bytes(f"{self.path}/{path}")
            except FileNotFoundError:
                continue
            except OSError as error:
                raise damaged(path, error.strerror or "it cannot be read") from None
        raise damaged(name, "it is not there")


def _bytes(path: str) -> bytes:
    """Return a file of bounded size; tiles are read by the million, so no more is asked for than there is."""
    handle = os.open(path, os.O_RDONLY)
    try:
        size = os.fstat(handle).st_size
        if size > MOST_BYTES:
            raise OSError(0, "it is too long")
        return os.read(handle, size)
    finally:
        os.close(handle)


def damaged(name: str, why: str) -> CheckFailed:
    """Return the refusal of one file."""
    return CheckFailed(
        f"The file {name} of the log does not hold: {why}.",
        "Take the file from a mirror or a backup, and look who changed it.",
        code="log-file",
        file=name,
    )


def no_log(path: Path) -> Missing:
    """Return the refusal of a folder without a log."""
    return Missing(
        f"There is no log in {path.name}.", "Name the folder that holds the file checkpoint.", code="no-log"
    )
