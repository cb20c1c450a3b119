"""The reference of all reductions: one group-by that adds the five sums up, and refuses nothing."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def sums(results: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Return n, sum w, sum wy, sum w^2 and sum w^2 y of each cell, sorted by the cells."""
    w, y = pl.col("weight").cast(pl.Float64), pl.col("passed").cast(pl.Float64)
    five = {"w": w.sum(), "wy": (w * y).sum(), "w2": (w * w).sum(), "w2y": (w * w * y).sum()}
    return results.group_by(by).agg(pl.len().cast(pl.Int64).alias("n"), **five).sort(by)
