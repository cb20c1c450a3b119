"""Many documents are bound by one hash, and each proves alone that it is among them (RFC 9162, 2.1).

A release holds thousands of figures; its ledger entry carries the root, each bundle its own path. A log grows
leaf by leaf: ``Tree`` proves that an older log is the beginning of a newer one. SM3 stands beside SHA-256 by
our own rule, since RFC 9162 knows no such profile.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from zhiheng.errors import BadInput
from zhiheng.proof import hashes

EMPTY_ROOT = hashlib.sha256(b"").hexdigest()
LARGEST = 2**63 - 1  # leaves of a tree, as in the formats of C2SP


def leaf_hash(data: bytes, algorithm: str = "sha256") -> bytes:
    """Return H(00 || data)."""
    return hashes.digest(b"\0" + data, algorithm)


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


def _node(left: bytes, right: bytes, algorithm: str = "sha256") -> bytes:
    return hashes.digest(b"\1" + left + right, algorithm)


# --- one tree inside another --------------------------------------------------------------------


def is_subtree(start: int, end: int, size: int) -> bool:
    """Tell whether the leaves [start, end) hang below one node of a tree, or are its ragged right edge.

    ``start`` is a multiple of the least power of two that holds end - start leaves
    (draft-ietf-plants-merkle-tree-certs, "Subtrees").
    """
    if not 0 <= start < end <= size <= LARGEST:
        return False
    return start % (1 << (end - start - 1).bit_length()) == 0


def is_consistent(old_size: int, old_root: bytes, size: int, root: bytes, proof: Sequence[bytes]) -> bool:
    """Tell whether the first ``old_size`` leaves of a tree are those of an older one (RFC 9162, 2.1.4.2).

    An empty older tree proves nothing and is refused; who accepts size 0 says so outside of this.
    """
    return old_size > 0 and is_subtree_consistent(0, old_size, old_root, size, root, proof)


def is_subtree_consistent(
    start: int,
    end: int,
    node: bytes,
    size: int,
    root: bytes,
    proof: Sequence[bytes],
    algorithm: str = "sha256",
) -> bool:
    """Tell whether ``node`` is the hash over the leaves [start, end) of the tree with this root.

    With start = 0 it is the consistency of two trees, with end = start + 1 the inclusion of a leaf hash. No
    leaf at all hangs below every tree.
    """
    if start == end:
        return 0 <= start <= size <= LARGEST and not proof and node == hashes.digest(b"", algorithm)
    if not is_subtree(start, end, size):
        return False
    if (start, end) == (0, size):
        return not proof and node == root
    if any(len(step) != 32 for step in (node, root, *proof)):
        return False
    steps = _steps(start, end, size)
    if len(proof) != len(steps):
        return False
    below, whole = node, node
    for step, sibling in zip(steps, proof, strict=True):
        if step == "known":
            below = whole = sibling
        elif step == "right":
            whole = _node(whole, sibling, algorithm)
        else:
            whole = _node(sibling, whole, algorithm)
            below = _node(sibling, below, algorithm) if step == "both" else below
    return below == node and whole == root


def is_in_subtree(leaf: bytes, index: int, start: int, end: int, path: Sequence[bytes], node: bytes) -> bool:
    """Tell whether a leaf hash stands at ``index`` of a tree, by the hash of the subtree [start, end)."""
    if not is_subtree(start, end, end) or not start <= index < end or len(leaf) != 32:
        return False
    return is_subtree_consistent(index - start, index - start + 1, leaf, end - start, node, path)


def _steps(start: int, end: int, size: int) -> list[str]:
    """Return what each hash of a proof is for, the lowest first.

    The subtree lies left of the split (its sibling stands "right"), right of it ("left"), or begins at 0 and
    crosses it: then both trees share the left half ("both"), and what is right of the split must be "known".
    """
    steps: list[str] = []
    is_whole = True
    while (start, end) != (0, size):
        half = 1 << (size - 1).bit_length() - 1
        if end <= half:
            steps.append("right")
            size = half
        elif start >= half:
            steps.append("left")
            start, end, size = start - half, end - half, size - half
        else:
            steps.append("both")
            start, end, size, is_whole = 0, end - half, size - half, False
    if not is_whole:
        steps.append("known")
    return steps[::-1]


class Tree:
    """A growing tree in memory that gives every root and proof of its past.

    ``_levels[k][i]`` is the hash over the leaves [i 2^k, (i + 1) 2^k); only full nodes are kept, about two
    hashes a leaf. Append, proof and root take O(log n).
    """

    def __init__(self, algorithm: str = "sha256") -> None:
        self.algorithm = algorithm
        self._levels: list[list[bytes]] = [[]]

    def __len__(self) -> int:
        return len(self._levels[0])

    def append(self, data: bytes) -> int:
        """Add one leaf and return its index."""
        return self.append_hash(leaf_hash(data, self.algorithm))

    def append_hash(self, leaf: bytes) -> int:
        """Add one leaf by its hash and return its index."""
        index = len(self)
        node, level = leaf, 0
        self._levels[0].append(node)
        while len(self._levels[level]) % 2 == 0:
            node = _node(self._levels[level][-2], node, self.algorithm)
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(node)
        return index

    def root(self, size: int | None = None) -> bytes:
        """Return the root of the first ``size`` leaves, all by default."""
        size = self._checked(size)
        return self._over(0, size) if size else hashes.digest(b"", self.algorithm)

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """Return the path from leaf ``index`` to the root of the first ``size`` leaves."""
        return self.consistency_of(index, index + 1, size)

    def consistency(self, old_size: int, size: int | None = None) -> list[bytes]:
        """Return the proof that the first ``old_size`` leaves stayed as they were."""
        return self.consistency_of(0, old_size, size)

    def consistency_of(self, start: int, end: int, size: int | None = None) -> list[bytes]:
        """Return the proof for ``is_subtree_consistent`` of the leaves [start, end)."""
        size = self._checked(size)
        if not is_subtree(start, end, size):
            raise BadInput(
                f"The leaves {start} to {end} are no subtree of a tree of {size} leaves.",
                "Ask for one leaf, or for the first leaves of the tree.",
            )
        proof, offset, is_whole = [], 0, True
        while (start, end) != (0, size):
            half = 1 << (size - 1).bit_length() - 1
            if end <= half:
                proof.append(self._over(offset + half, offset + size))
                size = half
                continue
            proof.append(self._over(offset, offset + half))
            is_whole = is_whole and start >= half
            start, end, size, offset = max(start - half, 0), end - half, size - half, offset + half
        if not is_whole:
            proof.append(self._over(offset, offset + size))
        return proof[::-1]

    def _checked(self, size: int | None) -> int:
        if size is None:
            return len(self)
        if not 0 <= size <= len(self):
            raise BadInput(
                f"A tree of {len(self)} leaves was never one of {size}.", "Ask for a size that it had."
            )
        return size

    def _over(self, low: int, high: int) -> bytes:
        """Return the hash over the leaves [low, high), where low is a multiple of the power of two below."""
        span = high - low
        level = span.bit_length() - 1
        if span == 1 << level:
            return self._levels[level][low >> level]
        half = low + (1 << level)
        return _node(self._levels[level][low >> level], self._over(half, high), self.algorithm)
