"""Whether results were handed in twice: files with the same rows, and tables in which each row repeats.

Without a number of each sample two equal rows may be two samples, so a repeat is told by all rows together:
in an honest table about half of the kinds of rows occur an even number of times, in a doubled one all do.
It is a sign and no proof: where two units are taken of each cell and all pass, every kind occurs twice too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

from zhiheng.engine.sources import reading, scan

TIMES = (2, 3)
CHANCE = 3e-4  # at least 12 kinds of rows are needed to tell a doubling, 8 to tell a threefold one
SLICE_ROWS = 1 << 17


def times(counts: Iterable[int]) -> int:
    """Return how many times a table seems to repeat, 2 or 3, or 1 where nothing says so.

    ``counts`` are the numbers of rows of each kind. In a table that repeats g times each of its d kinds
    occurs a multiple of g times; counts that vary freely all do so with a chance of about 1/g^d, and of less
    where they are small, so the table is said to repeat where all do and 1/g^d < 0.0003. The commonest count
    is left out where it is above 3: as many samples in each cell, all of which pass, are a design. Of designs
    that take 2 or 3 units of each cell the chance is another: that no cell holds a pass and a failure.

    >>> times([2, 4, 2, 6, 10, 2, 8, 2, 4, 2, 12, 2, 14]), times([2, 4, 2, 6, 10, 2, 8, 2, 4, 2, 12, 2, 13])
    (2, 1)
    """
    kinds = Counter(count for count in counts if count > 0)
    usual, _number = max(kinds.items(), key=lambda kind: (kind[1], -kind[0]), default=(0, 0))
    if usual > max(TIMES):
        del kinds[usual]
    whole = kinds.total()
    for many in TIMES:
        if many**-whole < CHANCE and all(count % many == 0 for count in kinds):
            return many
    return 1


def same_rows(files: Sequence[Path]) -> tuple[Path, Path] | None:
    """Return two Parquet files of the same columns and rows in one order, however written, or nothing."""
    with reading():
        seen: dict[tuple[tuple[str, ...], int, int], list[Path]] = {}
        for path in files:
            frame = scan((path,))
            names = sorted(frame.collect_schema())
            height = frame.select(pl.len()).collect().item()
            first = frame.select(names).head(1000).collect()
            key = (tuple(names), height, hash(tuple(first.hash_rows(seed=0))))
            for other in seen.get(key, []):
                if height and _are_equal(other, path, names, height):
                    return other, path
            seen.setdefault(key, []).append(path)
    return None


def _are_equal(one: Path, other: Path, names: Sequence[str], height: int) -> bool:
    plans = [scan((path,)).select(names) for path in (one, other)]
    for start in range(0, height, SLICE_ROWS):
        left, right = (plan.slice(start, SLICE_ROWS).collect() for plan in plans)
        if not left.equals(right):
            return False
    return True
