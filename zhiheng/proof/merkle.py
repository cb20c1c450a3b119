"""Many documents are bound by one hash, and each proves alone that it is among them (RFC 9162, 2.1).

A release holds thousands of figures; its ledger entry carries the root, each bundle its own path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").hexdigest()


def leaf_hash(data: bytes) -> bytes:
    """Return SHA-256(00 || data)."""
    return hashlib.sha256(b"\0" + data).digest()


def root(leaves: Sequence[bytes]) -> str:
    """Return the root over leaf data, in hexadecimal."""
    return _levels(leaves)[-1][0].hex() if leaves else EMPTY_ROOT


def paths(leaves: Sequence[bytes]) -> list[list[str]]:
    """Return the inclusion path of every leaf, lowest sibling first, in hexadecimal."""
    levels = _levels(leaves) if leaves else []
    result = []
    for index in range(len(leaves)):
        path, place = [], index
        for level in levels[:-1]:
            sibling = place ^ 1
            if sibling < len(level):
                path.append(level[sibling].hex())
            place //= 2
        result.append(path)
    return result


def is_included(leaf: bytes, index: int, size: int, path: Sequence[str], expected_root: str) -> bool:
    """Tell whether a path leads from this leaf hash at this place to the root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or len(leaf) != 32:
        return False
    place, last, node = index, size - 1, leaf
    for step in path:
        try:
            sibling = bytes.fromhex(step)
        except ValueError:
            return False
        if last == 0 or len(sibling) != 32:
            return False
        if place & 1 or place == last:
            node = _node(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = _node(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node.hex() == expected_root


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Return all levels from the leaves up; an odd node at the end is carried up unchanged."""
    levels = [[leaf_hash(data) for data in leaves]]
    while len(levels[-1]) > 1:
        below = levels[-1]
        pairs = [_node(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)]
        levels.append(pairs + below[len(below) - len(below) % 2 :])
    return levels


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\1" + left + right).digest()
