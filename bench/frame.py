"""Freezes a frame of a million units: sorted, checked, written and hashed."""

from __future__ import annotations

import hashlib
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from zhiheng.formats.identifiers import demo_uscc_array
from zhiheng.proof import frame, lottery

NAME = "frame of 10^6 units frozen and hashed, and a draw from it"
GOAL = "sorted, written and hashed in <= 6 s"


def run(quick: bool = False) -> dict:
    """Measure the fast way beside a plain loop and beside hashing alone; then the lottery over all units."""
    size = 100_000 if quick else 1_000_000
    columns = _columns(size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.tsv"
        fast, (data, summary) = _timed(lambda: _fast(columns, path))
        plain, plain_hash = _timed(lambda: _plain(columns, Path(folder) / "plain.tsv"))
        limit, _ = _timed(lambda: hashlib.sha256(data).hexdigest())
        reading, read = _timed(lambda: _read(path))
    strata = {name: columns[0][columns[2] == name].tolist() for name in "ABCD"}
    sizes = {name: len(ids) // 100 for name, ids in strata.items()}
    drawing, _ = _timed(lambda: lottery.select_within_strata(bytes(32), strata, sizes, 20))
    return {
        "units": size,
        "bytes": len(data),
        "frozen_seconds": fast,
        "plain_loop_seconds": plain,
        "sha256_alone_seconds": limit,
        "times_faster_than_the_plain_loop": plain / fast,
        "times_slower_than_sha256_alone": fast / limit,
        "read_and_checked_again_seconds": reading,
        "draw_within_strata_seconds": drawing,
        "same_hash_all_ways": summary.sha256 == plain_hash == read,
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _columns(size: int) -> tuple[np.ndarray, int, np.ndarray, np.ndarray, np.ndarray]:
    """Return shuffled columns as a register gives them: not sorted."""
    random = np.random.default_rng(20240101)
    regions = random.choice([330106, 330203, 440106, 510104, 650102], size)
    ids = demo_uscc_array(random.permutation(size), regions)
    strata = random.choice(np.array(list("ABCD")), size, p=[0.654, 0.253, 0.077, 0.016])
    divisions = random.integers(13, 42, size).astype("U2")
    return ids, 1, strata, regions.astype("U6"), divisions


def _fast(columns: tuple, path: Path) -> tuple[bytes, frame.FrameSummary]:
    data, summary = frame.from_columns(*columns)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return data, summary


def _plain(columns: tuple, path: Path) -> str:
    """Write the same file as a first version would: tuples, sorted, joined and hashed line by line."""
    ids, weight, *others = columns
    rows = sorted(
        (unit.encode(), *rest)
        for unit, *rest in zip(ids.tolist(), *(column.tolist() for column in others), strict=True)
    )
    sha = hashlib.sha256()
    with path.open("wb") as file:
        for unit, stratum, region, division in rows:
            line = f"{unit.decode()}\t{weight}\t{stratum}\t{region}\t{division}\n".encode()
            sha.update(line)
            file.write(line)
        file.flush()
        os.fsync(file.fileno())
    return sha.hexdigest()


def _read(path: Path) -> str:
    with path.open("rb") as file:
        return frame.summarise(file).sha256


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result
