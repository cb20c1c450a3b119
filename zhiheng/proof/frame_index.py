"""A small index beside a frame file proves that one line stands in it, without reading the whole file.

The leaves of the tree (RFC 9162) are the lines of the file with their line feeds. The index holds, for every
block of 256 lines, where it begins and the hash over it, and the nodes above; a proof reads one block. It is
derived from the file and holds nothing of its own: whoever does not trust it makes it again.

Layout: ``MAGIC``, lines and bytes of the file as two 64-bit numbers (big-endian), the first byte of each
block as 64-bit numbers, then the hashes of each level from the blocks up to the root.
"""

from __future__ import annotations

import hashlib
import io
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import BinaryIO, NamedTuple

from zhiheng.errors import BadInput
from zhiheng.proof import merkle

MAGIC = b"zhiheng/frame-index/1\n"
BLOCK = 256
_HEAD = struct.Struct(">QQ")
_PLACE = struct.Struct(">Q")


@dataclass(frozen=True)
class Index:
    """What stands in an index: the size of the file, where its blocks begin, and the nodes above them."""

    lines: int
    length: int
    starts: tuple[int, ...]
    levels: tuple[tuple[bytes, ...], ...]

    @property
    def root(self) -> str:
        """The root over all lines, in hexadecimal."""
        return self.levels[-1][0].hex() if self.lines else merkle.EMPTY_ROOT

    def dump(self) -> bytes:
        """Return the bytes of the index file."""
        starts = struct.pack(f">{len(self.starts)}Q", *self.starts)
        nodes = (node for level in self.levels for node in level)
        return b"".join((MAGIC, _HEAD.pack(self.lines, self.length), starts, *nodes))


class Proved(NamedTuple):
    """One line of the file with its place and its path to the root, lowest sibling first."""

    line: bytes
    index: int
    path: list[str]


def build(file: Iterable[bytes]) -> Index:
    """Read a frame file once, or its lines, and return its index; ``frame.read`` checks the lines.

    >>> import io
    >>> build(io.BytesIO(b"A\\t1\\nB\\t1\\n")).root == merkle.root([b"A\\t1\\n", b"B\\t1\\n"])
    True
    """
    sha, lines, place = hashlib.sha256, 0, 0
    starts: list[int] = []
    nodes: list[bytes] = []
    each = iter(file)
    while block := list(islice(each, BLOCK)):
        starts.append(place)
        place += sum(map(len, block))
        lines += len(block)
        nodes.append(_over([sha(b"\0" + line).digest() for line in block]))
    return Index(lines, place, tuple(starts), tuple(map(tuple, _levels(nodes))) if nodes else ())


def _levels(nodes: list[bytes]) -> list[list[bytes]]:
    """Return all levels from these nodes up; an odd node at the end is carried up unchanged."""
    levels = [nodes]
    while len(levels[-1]) > 1:
        levels.append(_above(levels[-1]))
    return levels


def _above(below: list[bytes]) -> list[bytes]:
    sha = hashlib.sha256
    pairs = zip(below[::2], below[1::2], strict=False)
    above = [sha(b"\1" + left + right).digest() for left, right in pairs]
    return above + below[len(below) & ~1 :]


def _over(leaves: list[bytes]) -> bytes:
    while len(leaves) > 1:
        leaves = _above(leaves)
    return leaves[0]


class Prover:
    """Finds lines of a frame file and proves them, by seeking in the file and in its index.

    Both files are opened by the caller. What the index says is checked by the caller against the published
    root (``merkle.is_included``): an index that was altered gives proofs that do not hold.
    """

    def __init__(self, frame: BinaryIO, index: BinaryIO) -> None:
        self.frame, self.index = frame, index
        index.seek(0)
        head = index.read(len(MAGIC) + _HEAD.size)
        if not head.startswith(MAGIC) or len(head) != len(MAGIC) + _HEAD.size:
            raise BadInput("This is no index of a frame file.", "Make it again from the frame file.")
        self.lines, self.length = _HEAD.unpack(head[len(MAGIC) :])
        self.blocks = -(-self.lines // BLOCK)

    def find(self, unit: str) -> tuple[int, bool]:
        """Return the place of a unit and that it stands there, or the place where it would stand."""
        wanted, low, high = unit.encode(), 0, self.blocks
        while low < high:
            middle = (low + high) // 2
            if self._first(middle) <= wanted:
                low = middle + 1
            else:
                high = middle
        if low == 0:
            return 0, False
        block = low - 1
        for offset, line in enumerate(self._block(block)):
            if id_of(line) >= wanted:
                return block * BLOCK + offset, id_of(line) == wanted
        return min((block + 1) * BLOCK, self.lines), False

    def prove(self, place: int) -> Proved:
        """Return one line with its path to the root."""
        if not 0 <= place < self.lines:
            raise BadInput(f"The frame has no line {place}.", f"It has {self.lines} lines, counted from 0.")
        block, offset = divmod(place, BLOCK)
        lines = self._block(block)
        if offset >= len(lines):
            raise BadInput("The index does not fit the frame file.", "Make it again from the frame file.")
        nodes = [merkle.leaf_hash(line) for line in lines]
        path, at = [], offset
        for level in _levels(nodes)[:-1]:
            if at ^ 1 < len(level):
                path.append(level[at ^ 1].hex())
            at //= 2
        return Proved(lines[offset], place, path + list(self._above_block(block)))

    def around(self, place: int, *, is_there: bool) -> list[Proved]:
        """Return a line with its neighbours, or the two lines between which a unit would stand."""
        last = place + 1 if is_there else place
        return [self.prove(at) for at in range(place - 1, last + 1) if 0 <= at < self.lines]

    def _above_block(self, block: int) -> Iterator[str]:
        """Yield the siblings on the way from a block to the root."""
        start = len(MAGIC) + _HEAD.size + self.blocks * _PLACE.size
        width = self.blocks
        while width > 1:
            if block ^ 1 < width:
                self.index.seek(start + 32 * (block ^ 1))
                yield self.index.read(32).hex()
            start += 32 * width
            block, width = block // 2, -(-width // 2)

    def _start(self, block: int) -> int:
        if block >= self.blocks:
            return self.length
        self.index.seek(len(MAGIC) + _HEAD.size + block * _PLACE.size)
        return _PLACE.unpack(self.index.read(_PLACE.size))[0]

    def _first(self, block: int) -> bytes:
        self.frame.seek(self._start(block))
        return id_of(self.frame.readline())

    def _block(self, block: int) -> list[bytes]:
        start, end = self._start(block), self._start(block + 1)
        self.frame.seek(start)
        return io.BytesIO(self.frame.read(end - start)).readlines()


def id_of(line: bytes) -> bytes:
    """Return the id with which a line begins.

    >>> id_of(b"A1\\t1\\n")
    b'A1'
    """
    return line.partition(b"\t")[0]
