"""A tree that lies in tiles: what it takes to grow it, and its roots and proofs read from a few of its tiles.

To grow, a log needs the last tile of each level alone (``Edge``): at most 255 hashes a level. Any root or
proof of its past needs the tiles on the way (``Stored``): for ten million leaves three, and the edge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from zhiheng.errors import CheckFailed
from zhiheng.proof import hashes, merkle, tiles
from zhiheng.proof.tiles import WIDTH, Tile

LENGTH = 32
_HEIGHT = 8  # binary levels of the tree in one tile

ReadTile = Callable[[Tile], bytes]


def leaf_hashes(entries: Iterable[bytes], algorithm: str = "sha256") -> list[bytes]:
    """Return H(00 || entry) of each entry."""
    if algorithm == "sha256":
        sha256 = hashlib.sha256
        return [sha256(b"\0" + entry).digest() for entry in entries]
    return [merkle.leaf_hash(entry, algorithm) for entry in entries]


def fold(nodes: Sequence[bytes], algorithm: str = "sha256") -> bytes:
    """Return the hash over some nodes side by side; an odd one at the end is carried up unchanged."""
    level = list(nodes)
    while len(level) > 1:
        odd = level[len(level) & ~1 :]
        pairs = zip(level[::2], level[1::2], strict=False)
        if algorithm == "sha256":
            sha256 = hashlib.sha256
            level = [sha256(b"\1" + left + right).digest() for left, right in pairs]
        else:
            level = [hashes.digest(b"\1" + left + right, algorithm) for left, right in pairs]
        level += odd
    return level[0]


def split(data: bytes) -> tuple[bytes, ...]:
    """Return the hashes of a tile one by one."""
    return tuple(data[start : start + LENGTH] for start in range(0, len(data), LENGTH))


@dataclass(frozen=True)
class Edge:
    """Size of a tree, and the hashes of the tile of each level that is not full yet, lowest level first."""

    size: int = 0
    levels: tuple[tuple[bytes, ...], ...] = ()
    algorithm: str = "sha256"

    def grown(self, leaves: Sequence[bytes]) -> tuple[Edge, dict[Tile, bytes]]:
        """Return the edge after some more leaf hashes, and the tiles that must be written for it."""
        written: dict[Tile, bytes] = {}
        levels, above = list(self.levels), list(leaves)
        level = 0
        while above:
            if level == len(levels):
                levels.append(())
            first = self.size >> _HEIGHT * (level + 1)
            known, above = [*levels[level], *above], []
            full = len(known) // WIDTH
            for number in range(full):
                some = known[number * WIDTH : (number + 1) * WIDTH]
                written[Tile(level, first + number)] = b"".join(some)
                above.append(fold(some, self.algorithm))
            levels[level] = tuple(known[full * WIDTH :])
            if levels[level]:
                written[Tile(level, first + full, len(levels[level]))] = b"".join(levels[level])
            level += 1
        return Edge(self.size + len(leaves), tuple(levels), self.algorithm), written

    def root(self) -> bytes:
        """Return the root of the tree."""
        rest: list[bytes] = []
        for level in self.levels:
            nodes = [*level, *rest]
            rest = [fold(nodes, self.algorithm)] if nodes else []
        return rest[0] if rest else hashes.digest(b"", self.algorithm)


def edge(size: int, read: ReadTile, algorithm: str = "sha256") -> Edge:
    """Return the edge of a tree of this size from its tiles."""
    levels = []
    for level, (full, width) in enumerate(tiles.levels(size)):
        levels.append(split(read(Tile(level, full, width))) if width else ())
    return Edge(size, tuple(levels), algorithm)


def of_size(size: int) -> Iterator[Tile]:
    """Yield every tile that belongs to a tree of this size."""
    yield from tiles.added(0, size)


class Stored(merkle.Tree):
    """A tree of a known size whose hashes are read from tiles when they are needed; it does not grow."""

    def __init__(self, size: int, read: ReadTile, algorithm: str = "sha256") -> None:
        super().__init__(algorithm)
        self._size, self._read = size, read
        self._tiles: dict[tuple[int, int], bytes] = {}

    def __len__(self) -> int:
        return self._size

    def append_hash(self, leaf: bytes) -> int:
        """Refuse to grow: what lies in tiles grows by its edge."""
        raise CheckFailed("A tree that is read from tiles does not grow.", "Use its edge.")

    def leaf(self, index: int) -> bytes:
        """Return the hash of one leaf."""
        return self._full(0, index)

    def _over(self, low: int, high: int) -> bytes:
        level = (high - low).bit_length() - 1
        whole = self._full(level, low >> level)
        half = low + (1 << level)
        if half == high:
            return whole
        return hashes.digest(b"\1" + whole + self._over(half, high), self.algorithm)

    def _full(self, level: int, number: int) -> bytes:
        """Return the hash over the leaves [number 2^level, (number + 1) 2^level)."""
        of_tile, below = divmod(level, _HEIGHT)
        first = number << below
        held = self._tile(of_tile, first // WIDTH)
        start = first % WIDTH * LENGTH
        return fold(split(held[start : start + (LENGTH << below)]), self.algorithm)

    def _tile(self, level: int, number: int) -> bytes:
        data = self._tiles.get((level, number))
        if data is None:
            width = min(WIDTH, (self._size >> _HEIGHT * level) - number * WIDTH)
            data = self._tiles[level, number] = self._read(Tile(level, number, width))
        return data
