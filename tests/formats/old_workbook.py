"""Writes the old .xls workbook (BIFF8 in a compound file) as far as a list needs it, for the tests alone.

After [MS-XLS] and [MS-CFB]: no program here writes .xls, and offices still keep lists in it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

SECTOR = 512
FREE, END, FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def workbook(
    rows: Sequence[Sequence[str | float | None]],
    *,
    name: str = "名单",
    merged: Sequence[tuple[int, int, int, int]] = (),
) -> bytes:
    """Return a workbook with one sheet; ``merged``: first row, last row, first and last column, from 0."""
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    head += _record(0x0042, struct.pack("<H", 1200))
    sheet = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    width = max(map(len, rows), default=0)
    sheet += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for row, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if isinstance(value, str):
                text = value.encode("utf-16-le")
                body = struct.pack("<HHHHB", row, column, 0, len(value), 1) + text
                sheet += _record(0x0204, body)
            elif value is not None:
                sheet += _record(0x0203, struct.pack("<HHHd", row, column, 0, value))
    if merged:
        ranges = b"".join(struct.pack("<HHHH", *area) for area in merged)
        sheet += _record(0x00E5, struct.pack("<H", len(merged)) + ranges)
    sheet += _record(0x000A, b"")
    title = name.encode("utf-16-le")
    size = 4 + 6 + 2 + len(title)
    start = len(head) + size + 4
    head += _record(0x0085, struct.pack("<IBBBB", start, 0, 0, len(name), 1) + title)
    return _compound(head + _record(0x000A, b"") + sheet)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _compound(stream: bytes) -> bytes:
    """Return a compound file whose only stream is Workbook; padded beyond the cutoff of small streams."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // SECTOR)
    fat_sectors = -(-(sectors + 2) // (SECTOR // 4 - 1)) + 1
    chain = [*range(1, sectors), END]  # the stream first, then the folder, then the table of sectors
    chain += [END, *[FAT] * fat_sectors]
    chain += [FREE] * (fat_sectors * SECTOR // 4 - len(chain))
    places = list(range(sectors + 1, sectors + 1 + fat_sectors))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    header += struct.pack("<IIIIIIIII", 0, fat_sectors, sectors, 0, 4096, END, 0, END, 0)
    header += struct.pack("<109I", *places, *[FREE] * (109 - fat_sectors))
    folder = _entry("Root Entry", 5, child=1, start=END, size=0)
    folder += _entry("Workbook", 2, child=FREE, start=0, size=len(stream))
    folder += _entry("", 0, child=FREE, start=0, size=0) * 2
    table = struct.pack(f"<{len(chain)}I", *chain)
    return header + stream.ljust(sectors * SECTOR, b"\0") + folder + table


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0" if name else b""
    entry = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, FREE, FREE, child)
    return entry + bytes(16 + 4 + 16) + struct.pack("<IQ", start, size)
