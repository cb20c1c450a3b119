"""Joins PDF files that one program wrote into one file, part by part, without holding them all.

It reads just what Typst writes: classic cross-reference tables, one revision, no encryption. Objects are
taken over byte for byte but for their numbers; the metadata and the output intent are those of the first
part. A file of another make is refused rather than guessed at.
"""

from __future__ import annotations

import hashlib
import re
from typing import BinaryIO

from zhiheng.errors import BadInput

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
ROOT, PAGES = 1, 2  # the numbers of the catalogue and of the top of the page tree; set down at the end

_REFERENCE = re.compile(rb"(?<![\w.])(\d+) 0 R\b")
_PAGE_COUNT = re.compile(rb"<xmpTPg:NPages>\d+</xmpTPg:NPages>")


class Joined:
    """A file in the making: parts are added in order, ``close`` sets the catalogue and the table down."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._places: dict[int, int] = {}
        self._at = 0
        self._next = PAGES + 1
        self._kids: list[tuple[int, int]] = []
        self._catalogue = b""
        self._info: int | None = None
        self._metadata: tuple[int, bytes] | None = None
        self._digest = hashlib.sha256()
        self._write(HEADER)

    def add(self, part: bytes) -> None:
        """Take over one file."""
        held, trailer = _objects(part)
        root, info = _named(trailer, b"Root"), _named(trailer, b"Info")
        catalogue = held.pop(root)
        shift = self._next - 1
        self._next += max(held, default=0) + 1
        pages = _named(catalogue, b"Pages")
        metadata = _named(catalogue, b"Metadata")
        is_first = not self._kids
        if is_first:
            self._catalogue = _shifted(catalogue, shift)
            self._info = info + shift
        for number, body in held.items():
            if number in (metadata, info):
                if is_first:
                    self._keep_about(number, body, shift, is_metadata=number == metadata)
                continue
            said = _shifted(body, shift)
            if number == pages:
                said = said.replace(b"<</Type/Pages", b"<</Type/Pages/Parent %d 0 R" % PAGES, 1)
                self._kids.append((number + shift, int(_after(body, b"/Count "))))
            self._object(number + shift, said)

    def _keep_about(self, number: int, body: bytes, shift: int, *, is_metadata: bool) -> None:
        """Keep what the first part says of itself: its metadata wait for the number of pages."""
        if is_metadata:
            self._metadata = (number + shift, body)
        else:
            self._object(number + shift, body)

    def close(self) -> None:
        """Write the top of the page tree, the metadata, the catalogue and the table of places."""
        if not self._kids or self._metadata is None:
            raise BadInput("There is no paper to set.", "Choose at least one.", code="no-paper")
        count = sum(pages for _number, pages in self._kids)
        kids = b" ".join(b"%d 0 R" % number for number, _pages in self._kids)
        self._object(PAGES, b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids))
        number, body = self._metadata
        self._object(number, _counted(body, count))
        self._object(ROOT, re.sub(rb"/Pages \d+ 0 R", b"/Pages %d 0 R" % PAGES, self._catalogue))
        start, last = self._at, max(self._places)
        table = [b"xref\n0 %d\n0000000000 65535 f \n" % (last + 1)]
        for one in range(1, last + 1):
            place = self._places.get(one)
            table.append(b"0000000000 65535 f \n" if place is None else b"%010d 00000 n \n" % place)
        self._write(b"".join(table))
        name = self._digest.hexdigest()[:32].encode()
        self._write(
            b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]>>\nstartxref\n%d\n%%%%EOF\n"
            % (last + 1, ROOT, self._info, name, name, start)
        )

    def _object(self, number: int, body: bytes) -> None:
        self._places[number] = self._at
        self._write(b"%d 0 obj\n%s\nendobj\n" % (number, body))

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self._digest.update(data)
        self._at += len(data)


def _objects(part: bytes) -> tuple[dict[int, bytes], bytes]:
    """Return the objects of a file by number, by the places that its own table names."""
    try:
        start = int(part[part.rindex(b"startxref") + 9 :].split()[0])
        if not part.startswith(b"%PDF-1.7") or part[start : start + 4] != b"xref":
            raise ValueError
        lines = part[start:].split(b"\n", 2)
        first, size = map(int, lines[1].split())
        table, trailer = lines[2][: 20 * size], lines[2][20 * size :]
        if first != 0 or not trailer.startswith(b"trailer"):
            raise ValueError
        rows = [table[20 * n : 20 * n + 20] for n in range(size)]
        places = {n: int(row[:10]) for n, row in enumerate(rows) if row[17:18] == b"n"}
        ends = dict(zip(sorted(places.values()), [*sorted(places.values())[1:], start], strict=True))
        return {n: _body(part[at : ends[at]], n) for n, at in places.items()}, trailer
    except (ValueError, IndexError, KeyError):
        raise BadInput("This PDF is of another make and cannot be joined.", "") from None


def _body(data: bytes, number: int) -> bytes:
    head = b"%d 0 obj" % number
    end = data.rindex(b"endobj")
    if not data.startswith(head):
        raise ValueError
    return data[len(head) : end].strip(b"\r\n")


def _shifted(body: bytes, shift: int) -> bytes:
    """Return an object with its references renumbered; the data of a stream stays as it is."""
    head, mark, data = body.partition(b"stream\n")
    said = _REFERENCE.sub(lambda found: b"%d 0 R" % (int(found[1]) + shift), head)
    return said + mark + data


def _named(body: bytes, name: bytes) -> int:
    found = re.search(rb"/" + name + rb" (\d+) 0 R", body)
    if found is None:
        raise BadInput("This PDF is of another make and cannot be joined.", "")
    return int(found[1])


def _after(body: bytes, mark: bytes) -> bytes:
    return re.match(rb"\d+", body[body.index(mark) + len(mark) :])[0]


def _counted(metadata: bytes, count: int) -> bytes:
    """Return the metadata with the number of pages of the whole file."""
    head, mark, data = metadata.partition(b"stream\n")
    text, end, rest = data.rpartition(b"\nendstream")
    said = _PAGE_COUNT.sub(b"<xmpTPg:NPages>%d</xmpTPg:NPages>" % count, text)
    return re.sub(rb"/Length \d+", b"/Length %d" % len(said), head) + mark + said + end + rest
