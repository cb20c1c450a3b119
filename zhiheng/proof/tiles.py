"""Where the hashes and entries of a log lie as static files (c2sp.org/tlog-tiles).

A tile of level L holds up to 256 hashes of the tree's level 8 L, 32 bytes each; a full one never changes. Its
number is written in groups of three digits, ``x`` before all but the last, so that no folder grows beyond
1 000. A tile that is not full yet says how wide it is: ``.p/W``. Bundles of 256 entries lie beside them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from zhiheng.errors import BadInput
from zhiheng.proof.merkle import LARGEST

WIDTH = 256
LONGEST_ENTRY = 65_535
LAST_LEVEL = 63

_LENGTH = struct.Struct(">H")


@dataclass(frozen=True)
class Tile:
    """One tile by level and number; ``width`` is 256 once it is full."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Where its hashes lie below the root of the log."""
        return f"tile/{self.level}/{place(self.number, self.width)}"

    @property
    def entries_path(self) -> str:
        """Where the entries lie whose leaf hashes it holds."""
        if self.level:
            raise BadInput(f"A tile of level {self.level} holds no entries.", "Ask for one of level 0.")
        return f"tile/entries/{place(self.number, self.width)}"


def place(number: int, width: int = WIDTH) -> str:
    """Return the number of a tile in groups of three digits, with its width where it is not full."""
    if not 0 <= number <= LARGEST or not 1 <= width <= WIDTH:
        raise BadInput("There is no such tile.", f"Give a number from 0 and a width of 1 to {WIDTH}.")
    digits = str(number)
    digits = digits.rjust(-(-len(digits) // 3) * 3, "0")
    groups = [digits[start : start + 3] for start in range(0, len(digits), 3)]
    path = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
    return path if width == WIDTH else f"{path}.p/{width}"


def levels(size: int) -> list[tuple[int, int]]:
    """Return, for each level of tiles, how many are full and how wide the last one is (0: there is none)."""
    if not 0 <= size <= LARGEST:
        raise BadInput(f"No log has {size} entries.", f"Give a size of 0 to {LARGEST}.")
    found = []
    while size:
        found.append(divmod(size, WIDTH))
        size //= WIDTH
    return found


def of_leaf(index: int, size: int) -> Tile:
    """Return the tile of level 0 that holds a leaf in a log of this size."""
    if not 0 <= index < size <= LARGEST:
        raise BadInput(f"A log of {size} entries has no entry {index}.", "Count the entries from 0.")
    number = index // WIDTH
    return Tile(0, number, min(WIDTH, size - number * WIDTH))


def added(old_size: int, size: int) -> Iterator[Tile]:
    """Yield the tiles to write when a log grows: those that became full, and the last of each level."""
    before = levels(old_size)
    for level, (full, width) in enumerate(levels(size)):
        first, had = before[level] if level < len(before) else (0, 0)
        for number in range(first, full):
            yield Tile(level, number)
        if width and (full, width) != (first, had):
            yield Tile(level, full, width)


def bundle(entries: Sequence[bytes]) -> bytes:
    """Return entries one after the other, each after its length in two bytes, the higher first."""
    lengths = list(map(len, entries))
    if len(entries) > WIDTH or max(lengths, default=0) > LONGEST_ENTRY:
        raise BadInput(
            f"A bundle holds {WIDTH} entries of at most {LONGEST_ENTRY} bytes.", "Keep large bodies outside."
        )
    return b"".join(chain.from_iterable(zip(map(_LENGTH.pack, lengths), entries, strict=True)))


def unbundled(data: bytes, width: int) -> list[bytes]:
    """Return the entries of a bundle of known width; anything too short, too long or torn is refused."""
    found, at = [], 0
    while at + 2 <= len(data) and len(found) < width:
        end = at + 2 + struct.unpack_from(">H", data, at)[0]
        if end > len(data):
            break
        found.append(data[at + 2 : end])
        at = end
    if at != len(data) or len(found) != width:
        raise BadInput(f"This is no bundle of {width} entries.", "Take the file as it was published.")
    return found
