"""Reads the frozen frame of a draw: the office's own list, and the one that everybody gets.

Both are one where ids are open. With salted ids the office reads codes, and whatever is announced, drawn and
published goes by the names of the published file (``proof.pseudonyms``).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Collection, Iterable, Mapping

from zhiheng.ledger import evidence
from zhiheng.proof import frame, joining
from zhiheng.stages.registry import names
from zhiheng.stages.registry.models import Frame

from .models import Draw


def data(frozen: Frame) -> bytes:
    """Return the bytes of the office's own list, checked against the hash that it was kept by."""
    return evidence.read(frozen.evidence_sha)


def published(frozen: Frame) -> bytes:
    """Return the bytes of the published file, checked against the hash that was published."""
    return evidence.read(frozen.sha256)


def namer(frozen: Frame) -> Callable[[str], str]:
    """Return how the published file names a unit."""
    return names.namer(frozen)


def behind(frozen: Frame, named: Iterable[str]) -> dict[str, str]:
    """Return the code behind each of these names of the published file."""
    wanted = set(named)
    called = names.of(frozen)
    if called is None:
        return {name: name for name in wanted}
    return called.behind(io.BytesIO(data(frozen)), wanted)


def openings(frozen: Frame, codes: Iterable[str]) -> list[dict[str, str]]:
    """Return what binds the published names of some units to them, by name; none where ids are open."""
    called = names.of(frozen)
    found = [called.opening(code) for code in codes] if called else []
    return sorted(found, key=lambda row: row["unit"])


def in_public(frozen: Frame, units: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Return the same reasons by the names of the published file."""
    name = namer(frozen)
    return {name(unit): ground for unit, ground in units.items()}


def rows(content: bytes) -> list[frame.FrameRow]:
    """Return the units of a frame file."""
    return list(frame.read(io.BytesIO(content)))


def summary(frozen: Frame) -> frame.FrameSummary:
    """Return what is announced of a frame."""
    strata = {name: count for name, count in sorted(frozen.strata.items()) if count}
    return frame.FrameSummary(frozen.sha256, frozen.unit_count, strata)


def held(content: bytes, codes: Collection[str]) -> set[str]:
    """Return those of the codes that stand in the frame file."""
    return {code for code in codes if row_of(content, code) is not None}


def drawn_from(of: Draw) -> list[frame.FrameRow]:
    """Return the units that a draw could choose, each in the stratum it had there."""
    gone = set(of.exclusions.values_list("unit_code", flat=True))
    names = joining.names(of.joined)
    return [
        row._replace(stratum=names.get(row.stratum, row.stratum))
        for row in rows(data(of.frame))
        if row.id not in gone
    ]


def stratum_of(of: Draw, code: str) -> str | None:
    """Return the stratum that a unit of the frame has in a draw; nothing where the frame does not hold it."""
    row = row_of(data(of.frame), code)
    return None if row is None else joining.names(of.joined).get(row.stratum, row.stratum)


def row_of(content: bytes, code: str) -> frame.FrameRow | None:
    """Return the row of one unit, found without reading the rest; the file itself is never altered.

    >>> row_of(b"A1\\t1\\tB\\t330100\\t13\\n", "A1").stratum
    'B'
    """
    wanted = code.encode() + b"\t"
    if not content.startswith(wanted):
        start = content.find(b"\n" + wanted) + 1
        if start == 0:
            return None
    else:
        start = 0
    line = content[start : content.index(b"\n", start) + 1]
    return next(frame.read(io.BytesIO(line)))
