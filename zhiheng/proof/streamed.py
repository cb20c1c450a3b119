"""Draws from a frame of ten million units block by block, in the memory of one block and of the drawn units.

The plain way (``lottery.select_within_strata`` over all ids) is the reference; this one gives the same units
in the same order. A block is checked as a whole (tabs, control characters, order, weights) and read line by
line by ``frame.read`` only where something is wrong, so that the refusal names its line.
"""

from __future__ import annotations

import io
import operator
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from zhiheng.errors import BadInput
from zhiheng.proof import frame, joining, lottery
from zhiheng.proof.frame import FrameRow
from zhiheng.proof.hashes import hmac_each

LINES, FIELDS = 16_384, 5
Kept = list[tuple[bytes, bytes, bytes]]


class Block(NamedTuple):
    """Consecutive lines of a frame, whole and in columns of bytes."""

    lines: list[bytes]
    ids: list[bytes]
    strata: list[bytes]
    divisions: list[bytes]


class Frame:
    """A five-column frame file read in blocks, as often as needed; it is checked at its first whole reading.

    The file must not change while it is open here.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._is_checked = False

    @classmethod
    def of(cls, data: bytes) -> Frame:
        """Return the frame that these bytes are."""
        return cls(io.BytesIO(data))

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks from the first line on; a line that breaks a rule is refused by its number."""
        self._file.seek(0)
        before = b""
        while lines := list(islice(self._file, LINES)):
            columns = _split(b"".join(lines)) if self._is_checked else _columns(lines, before)
            if columns is None:
                for _row in self.rows():
                    pass
                raise BadInput(
                    "Frame file: a line breaks a rule.", "Freeze the frame again.", code="bad-frame"
                )
            yield Block(lines, columns[0], columns[2], columns[4])
            before = columns[0][-1]
        self._is_checked = True

    def rows(self) -> Iterator[FrameRow]:
        """Yield the units one by one, the plain way."""
        self._file.seek(0)
        return frame.read(self._file)

    def lines(self) -> Iterator[bytes]:
        """Yield the lines of the file."""
        self._file.seek(0)
        return iter(self._file)

    def summary(self) -> tuple[int, dict[str, int]]:
        """Return the number of units and of those in each stratum, after checking every line."""
        counts: Counter[bytes] = Counter()
        for block in self.blocks():
            counts.update(block.strata)
        return counts.total(), {name.decode(): count for name, count in sorted(counts.items())}


def _columns(lines: list[bytes], before: bytes) -> list[list[bytes]] | None:
    """Return the five columns of a block, or nothing where a line is not as it should be."""
    whole = b"".join(lines)
    if not whole.endswith(b"\n") or frame.CONTROL_IN_FILE.search(whole):
        return None
    if {line.count(b"\t") for line in lines} != {4}:
        return None
    columns = _split(whole)
    ids = columns[0]
    in_order = before < ids[0] and all(map(operator.lt, ids, islice(ids, 1, None)))
    no_gap = all(b"" not in set(column) for column in columns)
    weights = all(map(frame.WEIGHT.fullmatch, set(columns[1])))
    return columns if in_order and no_gap and weights and _is_text(whole) else None


def _split(whole: bytes) -> list[list[bytes]]:
    """Return the columns of whole lines of five fields each."""
    fields = whole.replace(b"\n", b"\t").split(b"\t")
    del fields[-1]  # behind the last line feed
    return [fields[place::FIELDS] for place in range(FIELDS)]


def _is_text(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


class Chosen(NamedTuple):
    """The drawn units and reserves of every stratum, the divisions of these, and the populations."""

    drawn: dict[str, lottery.StratumDraw]
    divisions: dict[str, str]
    population: dict[str, int]


def select(
    announcement: Mapping[str, Any],
    key: bytes,
    start: int,
    framed: Frame,
    exclusions: Iterable[Mapping[str, str]] = (),
) -> Chosen:
    """Draw within strata by the tickets under ``key``, counted from ``start`` (``proof.draw.numbers_of``)."""
    gone = {row["unit"].encode() for row in exclusions}
    names = {old.encode(): new.encode() for old, new in joining.names(announcement.get("joined")).items()}
    sizes = {row["stratum"].encode(): row["sample"] for row in announcement["strata"]}
    most = {name: size + announcement["reserves"] for name, size in sizes.items()}
    kept: dict[bytes, Kept] = {name: [] for name in sizes}
    limit = dict.fromkeys(sizes, b"\xff" * 33)
    population: Counter[bytes] = Counter()
    ticket_each, left = hmac_each(key, b"unit\0"), len(gone)
    for block in framed.blocks():
        strata = [names.get(name, name) for name in block.strata] if names else block.strata
        tickets = ticket_each(block.ids)
        if start:
            tickets = [lottery.turned(one, start) for one in tickets]
        found = zip(tickets, block.ids, block.divisions, strata, strict=True)
        if gone:
            found = [row for row in found if row[1] not in gone]
            left -= len(block.ids) - len(found)
            population.update(row[3] for row in found)
        else:
            population.update(strata)
        _check_strata(population, sizes)
        for one, unit, division, stratum in found:
            if one <= limit[stratum]:
                kept[stratum].append((one, unit, division))
        for stratum, rows in kept.items():
            if len(rows) > 2 * most[stratum] + LINES:
                limit[stratum] = _cut(rows, most[stratum])
    if left:
        raise BadInput(
            "An excluded unit does not stand in the frame.", "Exclude units of this frame alone, each once."
        )
    return _chosen(kept, sizes, most, population)


def strata_of(framed: Frame, units: Collection[bytes]) -> list[str]:
    """Return the stratum of each of these units that the frame holds, or refuse one that it does not hold."""
    wanted = set(units)
    if not wanted:
        return []
    found = [
        stratum.decode()
        for block in framed.blocks()
        for unit, stratum in zip(block.ids, block.strata, strict=True)
        if unit in wanted
    ]
    if len(found) != len(wanted):
        raise BadInput(
            "An excluded unit does not stand in the frame.", "Exclude units of this frame alone, each once."
        )
    return found


def _check_strata(population: Collection[bytes], sizes: Mapping[bytes, int]) -> None:
    odd = set(population) - set(sizes)
    if odd:
        raise _other_strata(odd)


def _other_strata(odd: set[bytes]) -> BadInput:
    named = ", ".join(sorted(name.decode() for name in odd))
    return BadInput(
        f"The strata of the frame and of the announcement differ: {named}.",
        "State one sample size for every stratum of the frame, and none for others.",
    )


def _cut(rows: Kept, most: int) -> bytes:
    """Keep the rows with the smallest tickets, and return the largest of these."""
    rows.sort()
    del rows[most:]
    return rows[-1][0] if rows else b""


def _chosen(
    kept: Mapping[bytes, Kept],
    sizes: Mapping[bytes, int],
    most: Mapping[bytes, int],
    population: Counter[bytes],
) -> Chosen:
    lacking = set(sizes) - set(population)
    if lacking:
        raise _other_strata(lacking)
    drawn, divisions = {}, {}
    for name in sorted(kept):
        rows, size, count = kept[name], sizes[name], population[name]
        if not 0 <= size <= count:
            raise BadInput(
                f"Stratum {name.decode()} holds {count} units; {size} cannot be drawn.",
                "Lower the sample size or merge the stratum before the frame is frozen.",
            )
        _cut(rows, most[name])
        units = [unit.decode() for _ticket, unit, _division in rows]
        divisions.update(zip(units, (division.decode() for _t, _u, division in rows), strict=True))
        stratum = name.decode()
        drawn[stratum] = lottery.StratumDraw(stratum, count, tuple(units[:size]), tuple(units[size:]))
    return Chosen(drawn, divisions, {name.decode(): count for name, count in sorted(population.items())})
