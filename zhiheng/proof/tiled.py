"""A tree that lies in tiles: what it takes to grow it, and its roots and proofs read from a few of its tiles.

To grow, a log needs the last tile of each level alone (``Edge``): at most 255 hashes a level. Any root or
proof of its past needs the tiles on the way (``Stored``): for ten million leaves three, and the edge.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from zhiheng.errors import CheckFailed
from zhiheng.proof import hashes, merkle, tiles
from zhiheng.proof.tiles import WIDTH, Tile

LENGTH = 32
_TILE = WIDTH * LENGTH
_HEIGHT = 8  # binary levels of the tree in one tile

MOST_TILES = 4_096
"""How many tiles a reader keeps: 32 MiB."""

ReadTile = Callable[[Tile], bytes]


def leaf_hashes(entries: Iterable[bytes], algorithm: str = "sha256") -> list[bytes]:
    """Return H(00 || entry) of each entry."""
    if algorithm == "sha256":
        return _sha256_each(b"\0", entries)
    return [merkle.leaf_hash(entry, algorithm) for entry in entries]


def fold(nodes: bytes, algorithm: str = "sha256") -> bytes:
    """Return the hash over nodes of 32 bytes each; an odd one at the end is carried up unchanged."""
    level, length = nodes, len(nodes)
    while length > LENGTH:
        odd = length % (2 * LENGTH)
        starts = range(0, length - odd, 2 * LENGTH)
        if algorithm == "sha256":
            pairs = _sha256_each(b"\1", [level[start : start + 2 * LENGTH] for start in starts])
        else:
            pairs = [hashes.digest(b"\1" + level[start : start + 64], algorithm) for start in starts]
        level = b"".join(pairs) + level[length - odd :]
        length = len(level)
    return level


def _sha256_each(prefix: bytes, messages: Iterable[bytes]) -> list[bytes]:
    """Return SHA-256 of prefix and message, for each message; to copy a begun hash beats a new one."""
    begun, found = hashlib.sha256(prefix).copy, []
    for message in messages:
        one = begun()
        one.update(message)
        found.append(one.digest())
    return found


@dataclass(frozen=True)
class Edge:
    """Size of a tree, and the hashes of the tile of each level that is not full yet, lowest level first."""

    size: int = 0
    levels: tuple[bytes, ...] = ()
    algorithm: str = "sha256"

    def grown(self, leaves: Sequence[bytes]) -> tuple[Edge, dict[Tile, bytes]]:
        """Return the edge after some more leaf hashes, and the tiles that must be written for it."""
        written: dict[Tile, bytes] = {}
        levels, above = list(self.levels), list(leaves)
        level = 0
        while above:
            if level == len(levels):
                levels.append(b"")
            first = self.size >> _HEIGHT * (level + 1)
            known, above = b"".join([levels[level], *above]), []
            full, rest = divmod(len(known), _TILE)
            for number in range(full):
                some = known[number * _TILE : (number + 1) * _TILE]
                written[Tile(level, first + number)] = some
                above.append(fold(some, self.algorithm))
            levels[level] = known[full * _TILE :]
            if rest:
                written[Tile(level, first + full, rest // LENGTH)] = levels[level]
            level += 1
        return Edge(self.size + len(leaves), tuple(levels), self.algorithm), written

    def root(self) -> bytes:
        """Return the root of the tree."""
        return self._root

    @cached_property
    def _root(self) -> bytes:
        rest = b""
        for level in self.levels:
            rest = fold(level + rest, self.algorithm)
        return rest or hashes.digest(b"", self.algorithm)


def edge(size: int, read: ReadTile, algorithm: str = "sha256") -> Edge:
    """Return the edge of a tree of this size from its tiles."""
    levels = []
    for level, (full, width) in enumerate(tiles.levels(size)):
        levels.append(read(Tile(level, full, width)) if width else b"")
    return Edge(size, tuple(levels), algorithm)


def of_size(size: int) -> Iterator[Tile]:
    """Yield every tile that belongs to a tree of this size."""
    yield from tiles.added(0, size)


class Stored(merkle.Tree):
    """A tree of a known size whose hashes are read from tiles when they are needed; it does not grow."""

    def __init__(self, size: int, read: ReadTile, algorithm: str = "sha256") -> None:
        super().__init__(algorithm)
        self._size, self._read = size, read
        self._tiles: dict[Tile, bytes] = {}
        self._ragged: dict[tuple[int, int], bytes] = {}

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
        half = low + (1 << level)
        if half == high:
            return self._full(level, low >> level)
        if (low, high) not in self._ragged:
            both = self._full(level, low >> level) + self._over(half, high)
            self._ragged[low, high] = hashes.digest(b"\1" + both, self.algorithm)
        return self._ragged[low, high]

    def _full(self, level: int, number: int) -> bytes:
        """Return the hash over the leaves [number 2^level, (number + 1) 2^level)."""
        of_tile, below = divmod(level, _HEIGHT)
        first = number << below
        start = first % WIDTH * LENGTH
        return fold(self._tile(of_tile, first // WIDTH)[start : start + (LENGTH << below)], self.algorithm)

    def _tile(self, level: int, number: int) -> bytes:
        width = min(WIDTH, (self._size >> _HEIGHT * level) - number * WIDTH)
        tile = Tile(level, number, width)
        if tile not in self._tiles:
            if len(self._tiles) >= MOST_TILES:
                self._tiles.clear()
            self._tiles[tile] = self._read(tile)
        return self._tiles[tile]
