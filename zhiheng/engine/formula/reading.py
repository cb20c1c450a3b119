"""Observations as a formula reads them: a number with its error, or why there is none."""

from __future__ import annotations

from collections.abc import Iterable

from zhiheng.engine.formula.evaluating import Cell, Key
from zhiheng.formats.shapes.observation import Observation


def cell_of(row: Observation) -> Cell:
    """Return an observation as a formula reads it; what is no number says why."""
    if row.value is not None:
        return Cell(row.value, row.standard_error)
    if row.status == "suppressed":
        return Cell(None, None, "suppressed")
    if row.interval == "bound":
        return Cell(None, None, "bound")
    return Cell(None, None, "missing" if "missing" in row.flags else "grade")


def tables_of(rows: Iterable[Observation]) -> dict[str, dict[Key, Cell]]:
    """Return observations as the tables of their series."""
    found: dict[str, dict[Key, Cell]] = {}
    for row in rows:
        found.setdefault(row.series, {})[row.region, row.period, row.breakdown] = cell_of(row)
    return found
