"""A snapshot is reduced part by part, and what a part gave is kept: a lost engine goes on where it ended.

Kept tables carry the hash of their part and their own in their name. A part that did not change is never
counted again, in this snapshot or in a later one; since tallies are whole numbers, the answer has the same
bits as a run from nothing. A kept table must count the rows of its part. The folder ``work`` is no evidence:
who may write there may change answers, so a check of a published number starts without it.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from zhiheng.engine import snapshot, tally
from zhiheng.engine.reduction import SUMS, Fixed, Reduction
from zhiheng.engine.snapshot import Snapshot, Written
from zhiheng.engine.sources import reading
from zhiheng.errors import BadInput
from zhiheng.proof import canonical

if TYPE_CHECKING:
    from zhiheng.engine.running import Running


def reduced(engine: Running, source: Snapshot, want: Reduction) -> pl.DataFrame:
    """Return the answer over a whole snapshot; only parts that no run has counted yet are read."""
    work = source.folder / "work" / _name(engine, want)
    found = {part.sha256: _kept(work, part, want) for part in source.manifest.parts}
    lacking = [part for part in source.manifest.parts if found[part.sha256] is None]
    for start in range(0, len(lacking), engine.parts_at_once):
        batch = lacking[start : start + engine.parts_at_once]
        keys = source.manifest.partition_by if len(batch) > 1 else ()
        table = engine.partial(tuple(source.path(part) for part in batch), want, rest=keys)
        others = [name for name in keys if name not in want.by]
        for part in batch:
            piece = table.filter(*(pl.col(name) == part.key[name] for name in keys)).drop(others)
            snapshot.put(work, piece, partial(_place, work, part))
            found[part.sha256] = piece
    return tally.finish(want, [found[part.sha256] for part in source.manifest.parts])


def _name(engine: Running, want: Reduction) -> str:
    """Return the name of one question; sums that an engine adds up itself are kept for that engine alone."""
    asked = asdict(want) | {
        "where": [[name, _plain(value)] for name, value in want.where],
        "by": list(want.by),
    }
    return canonical.digest(asked)[:32] + ("" if want.kind == "counts" else f"-{engine.name}")


def _plain(value: Fixed) -> str | int | bool:
    return f"day {value.isoformat()}" if isinstance(value, date) else value


def _place(work: Path, part: Written, sha256: str) -> Path:
    return work / f"{part.sha256}-{sha256}.parquet"


def _kept(work: Path, part: Written, want: Reduction) -> pl.DataFrame | None:
    """Return what a part gave before; a file that is not what its name says, or of other rows, is removed."""
    for path in work.glob(_place(work, part, "*").name):
        if snapshot.is_what_it_says(path, path.stem.partition("-")[2]):
            with suppress(BadInput), reading():
                if _is_whole(found := pl.read_parquet(path), part, want):
                    return found
        path.unlink()
    return None


def _is_whole(table: pl.DataFrame, part: Written, want: Reduction) -> bool:
    """Tell whether a table counts every row of its part, or no more of them where only some are asked for."""
    counted = tally.ROWS if tally.ROWS in table.columns else "n"
    others = tally.columns(want)[len(want.by) :] if counted == tally.ROWS else (*SUMS[1:], tally.FAULTS)
    if set(table.columns) != {*want.by, *others, counted} or table[counted].dtype != pl.Int64:
        return False
    rows, is_counted = table[counted].sum(), bool((table[counted] > 0).all())
    return is_counted and (rows <= part.rows if want.where else rows == part.rows)
