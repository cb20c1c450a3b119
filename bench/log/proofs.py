"""Inclusion proofs of a large tree, from its tiles on disk and from a tree in memory.

Each proof from disk opens its tiles anew, as a request for one receipt does; the files themselves are in the
cache of the operating system, as they are after they were written.
"""

from __future__ import annotations

import hashlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zhiheng.ledger import files
from zhiheng.proof import merkle, tiled
from zhiheng.verification.log_folder import LogFolder

LEAVES, QUICK_LEAVES = 10_000_000, 1_000_000
PROOFS = 1_000
CHUNK = 65_536
SEED = 20261127

Prove = Callable[[int], list[bytes]]


def measure(quick: bool) -> dict[str, Any]:
    """Return how long a proof takes from tiles and from memory; every proof is checked against the root."""
    size = QUICK_LEAVES if quick else LEAVES
    with tempfile.TemporaryDirectory(prefix="zhiheng-bench-", dir=Path.cwd()) as folder:
        log = LogFolder(Path(folder))
        began = time.perf_counter()
        root = build(log, size)
        built_s = time.perf_counter() - began
        chosen = random.Random(SEED).sample(range(size), PROOFS)
        on_disk = timed(lambda index: log.tree(size).inclusion(index), chosen, size, root)
    tree = merkle.Tree()
    for index in range(size):
        tree.append_hash(leaf(index))
    in_memory = timed(tree.inclusion, chosen, size, root)
    return {"leaves": size, "built_s": built_s, "from_tiles": on_disk, "from_memory": in_memory}


def leaf(index: int) -> bytes:
    """Return the hash that stands for a leaf."""
    return hashlib.sha256(index.to_bytes(8)).digest()


def build(log: LogFolder, size: int) -> bytes:
    """Write the tiles of a tree and return its root; there are no entries, only their hashes."""
    edge = tiled.Edge()
    for start in range(0, size, CHUNK):
        edge, grown = edge.grown([leaf(index) for index in range(start, min(start + CHUNK, size))])
        for tile, data in grown.items():
            files.write_unsynced(log.path / tile.path, data)
    return edge.root()


def timed(prove: Prove, chosen: list[int], size: int, root: bytes) -> dict[str, float]:
    """Return the milliseconds of a proof."""
    took = []
    for index in chosen:
        began = time.perf_counter()
        path = prove(index)
        took.append(1_000 * (time.perf_counter() - began))
        if not merkle.is_included(leaf(index), index, size, [step.hex() for step in path], root.hex()):
            raise RuntimeError(f"the proof of leaf {index} does not hold")
    return {"p50_ms": statistics.median(took), "p99_ms": sorted(took)[-(-99 * len(took) // 100) - 1]}
