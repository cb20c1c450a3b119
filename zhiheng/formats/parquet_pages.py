"""The checksums of a Parquet file: each page that has one is what it says, or the file is refused.

A page may carry the CRC-32 of its bytes as they stand in the file (Apache Parquet, ``parquet.thrift``,
``PageHeader.crc``); many writers leave it out, and most readers do not look. Only the frame of the file is
read here (Thrift's compact protocol), no value. The footer has no checksum: a damaged one is found by a hash
of the whole file alone.
"""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from zhiheng.errors import CheckFailed

MAGIC = b"PAR1"
DEEPEST = 24


@dataclass(frozen=True)
class Pages:
    """How many pages a file has, and how many of them were found to be what their checksum says."""

    pages: int
    checked: int

    @property
    def is_checked(self) -> bool:
        """Whether every page had a checksum."""
        return 0 < self.pages == self.checked


def check(path: Path) -> Pages:
    """Return what the checksums of a file tell, or refuse it: a page is damaged, or has lost its own.

    A file whose frame cannot be followed and that showed no checksum counts as one without any: readers say
    themselves what they cannot read.
    """
    pages = checked = 0
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            for start, header, end in _pages(data):
                pages += 1
                if header.get(4) is None:
                    continue
                checked += 1
                if zlib.crc32(data[start:end]) != header[4] & 0xFFFFFFFF:
                    raise _damaged(path)
    except (ValueError, IndexError, KeyError, TypeError, AttributeError):
        if checked:
            raise _damaged(path) from None
        return Pages(pages, 0)
    if 0 < checked < pages:
        raise _damaged(path)
    return Pages(pages, checked)


def _damaged(path: Path) -> CheckFailed:
    return CheckFailed(
        f"The file {path.name} is damaged: a page is not what its checksum says.",
        "Fetch it again from where it was written; no number is given from it.",
    )


def _pages(data: mmap.mmap) -> Iterator[tuple[int, dict[int, Any], int]]:
    """Yield where the bytes of each page start, its header, and where they end."""
    if data[:4] != MAGIC or data[-4:] != MAGIC:
        raise ValueError("no Parquet file")
    length = int.from_bytes(data[-8:-4], "little")
    footer, _end = _struct(data[-8 - length : -8], 0)
    for group in footer[4]:
        for chunk in group[1]:
            column = chunk[3]
            at = min(offset for offset in (column[9], column.get(11, 0)) if offset > 0)
            last = at + column[7]
            values = 0
            while at < last:
                header, start = _struct(data, at)
                at = start + header[3]
                if at > last or header[3] < 0:
                    raise ValueError("a page is longer than its column")
                values += (header.get(5) or header.get(8) or {}).get(1, 0)
                yield start, header, at
            if values != column[5]:
                raise ValueError("a column lacks a page")


def _struct(data: Any, at: int, depth: int = 0) -> tuple[dict[int, Any], int]:
    """Return the fields of a struct by their numbers, and where it ends."""
    if depth > DEEPEST:
        raise ValueError("too deep")
    found: dict[int, Any] = {}
    name = 0
    while head := data[at]:
        at += 1
        if step := head >> 4:
            name += step
        else:
            name, at = _signed(data, at)
        kind = head & 15
        found[name], at = (kind == 1, at) if kind in (1, 2) else _value(data, at, kind, depth)
    return found, at + 1


def _value(data: Any, at: int, kind: int, depth: int) -> tuple[Any, int]:
    if kind in (1, 2, 3):
        return data[at], at + 1
    if kind in (4, 5, 6):
        return _signed(data, at)
    if kind == 7:
        return None, at + 8
    if kind == 8:
        length, at = _unsigned(data, at)
        return None, at + length
    if kind in (9, 10):
        return _list(data, at, depth)
    if kind == 12:
        return _struct(data, at, depth + 1)
    raise ValueError("no kind of value that a Parquet file holds")


def _list(data: Any, at: int, depth: int) -> tuple[list[Any], int]:
    head, at = data[at], at + 1
    size = head >> 4
    if size == 15:
        size, at = _unsigned(data, at)
    found = []
    for _item in range(size):
        if at >= len(data):
            raise ValueError("a list that does not end")
        value, at = _value(data, at, head & 15, depth)
        found.append(value)
    return found, at


def _unsigned(data: Any, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte, at = data[at], at + 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at
        if shift > 63:
            raise ValueError("a number that does not end")


def _signed(data: Any, at: int) -> tuple[int, int]:
    value, at = _unsigned(data, at)
    return (value >> 1) ^ -(value & 1), at
