"""What changed between two frames of the same kind: who came, who went, who stands in another stratum.

Both files are sorted by the bytes of the id, so they are read side by side, line by line, in little memory.
A change file says it for everybody, one line a unit::

    added TAB name LF
    moved TAB name TAB old stratum TAB new stratum LF
    removed TAB name TAB reason LF

sorted by its bytes. A unit that went is named as the older frame names it, the others as the newer one does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from zhiheng.proof.frame import FrameRow

ADDED, MOVED, REMOVED = "added", "moved", "removed"


class Change(NamedTuple):
    """One unit that came, went, or changed its stratum."""

    kind: str
    unit: str
    before: str = ""
    after: str = ""


def compare(before: Iterable[FrameRow], after: Iterable[FrameRow]) -> Iterator[Change]:
    """Yield what changed from one frame to the next, in the order of the ids.

    >>> rows = [FrameRow("A", 1, "x"), FrameRow("B", 1, "x")], [FrameRow("B", 1, "y"), FrameRow("C", 1, "x")]
    >>> [tuple(change) for change in compare(*rows)]
    [('removed', 'A', 'x', ''), ('moved', 'B', 'x', 'y'), ('added', 'C', '', 'x')]
    """
    old, new = iter(before), iter(after)
    here, there = next(old, None), next(new, None)
    while here is not None or there is not None:
        if there is None or (here is not None and here.id.encode() < there.id.encode()):
            yield Change(REMOVED, here.id, before=here.stratum)
            here = next(old, None)
        elif here is None or here.id != there.id:
            yield Change(ADDED, there.id, after=there.stratum)
            there = next(new, None)
        else:
            if here.stratum != there.stratum:
                yield Change(MOVED, there.id, here.stratum, there.stratum)
            here, there = next(old, None), next(new, None)


def lines(rows: Iterable[tuple[str, ...]]) -> bytes:
    """Return a change file from its rows.

    >>> lines([("removed", "A", "closed"), ("added", "C")])
    b'added\\tC\\nremoved\\tA\\tclosed\\n'
    """
    return b"".join(sorted("\t".join(row).encode() + b"\n" for row in rows))
