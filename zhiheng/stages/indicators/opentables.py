"""Stored observations as tables: the columns of SDMX, and the plain ones of the CSV and Parquet downloads.

They were checked when they were recorded and nobody can have changed them, so a row is written as it lies
there: numbers as their one text, what is not known as an empty one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Sequence
from operator import attrgetter
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.utils import timezone

from zhiheng.engine.formula import explaining
from zhiheng.formats.sdmx import periods, selecting, structures
from zhiheng.web.tables import export

from .models import Observation

if TYPE_CHECKING:
    import polars as pl

PLAIN = (
    *("series", "region", "period", "breakdown", "origin", "unit", "basis", "purpose", "value", "lower"),
    *("upper", "standard_error", "interval", "level", "n", "population", "coverage", "design_effect"),
    *("status", "flags", "said", "evidence", "source", "note", "valid_from", "valid_to", "recorded_at"),
    *("revision", "reason", "formula_sha", "inputs_sha", "bundle_sha", "release"),
)
DECIMALS = ("value", "lower", "upper", "standard_error", "level", "coverage", "design_effect")
INTEGERS = ("n", "population", "revision")
WHOLE = "_T"
GROUP = 100_000  # rows of a group in a Parquet file
_HELD = {"series": "series_id", "release": "release_id"}


def sdmx(rows: Sequence[Observation]) -> tuple[pl.DataFrame, int]:
    """Return the table of SDMX, and how many rows have no year and so no place in it."""
    import polars as pl

    made: dict[str, list[Any]] = {name: [] for name in (*structures.COLUMNS, *_BESIDE)}
    left_out = 0
    for row in rows:
        when = periods.written(row.period)
        if when is None:
            left_out += 1
            continue
        first, last = periods.span(when.text)
        cells = _cells(row, when) | {
            selecting.FIRST: row.valid_from or first,
            selecting.LAST: row.valid_to or last,
            selecting.RECORDED: row.recorded_at,
        }
        for name, column in made.items():
            column.append(cells.get(name) or None)
    kinds = dict.fromkeys(structures.COLUMNS, pl.String) | {
        selecting.FIRST: pl.Date,
        selecting.LAST: pl.Date,
        selecting.RECORDED: pl.Datetime("us", "UTC"),
    }
    return pl.DataFrame(made, schema=kinds), left_out


_BESIDE = (selecting.FIRST, selecting.LAST, selecting.RECORDED)


def _cells(row: Observation, when: periods.Time) -> dict[str, Any]:
    breakdown = ";".join(filter(None, (row.breakdown, when.round and f"round={when.round}")))
    status, confidence = _status(row)
    return {
        "FREQ": when.frequency,
        "REF_AREA": row.region,
        "INDICATOR": row.series_id,
        "PURPOSE": row.purpose,
        "BASIS": row.basis,
        "ORIGIN": row.origin,
        "BREAKDOWN": breakdown or WHOLE,
        "TIME_PERIOD": when.text,
        "OBS_VALUE": row.value,
        "OBS_STATUS": status,
        "CONF_STATUS": confidence,
        "UNIT_MEASURE": row.unit,
        "CI_LOWER": row.lower,
        "CI_UPPER": row.upper,
        "STD_ERROR": row.standard_error,
        "INTERVAL": row.interval,
        "CI_LEVEL": row.level,
        "N_OBS": _whole(row.n),
        "POPULATION": _whole(row.population),
        "COVERAGE": row.coverage,
        "DEFF": row.design_effect,
        "VINTAGE": timezone.localdate(row.recorded_at).isoformat(),
        "REVISION": str(row.revision),
        "SAID": row.said,
        "EVIDENCE": row.evidence,
        "SOURCE": row.source,
        "FORMULA": row.formula_sha,
        "INPUTS": row.inputs_sha,
        "BUNDLE": row.bundle_sha,
        "FLAGS": row.flags.replace(",", " "),
        "NOTE": row.note,
    }


def _status(row: Observation) -> tuple[str, str]:
    """Return the status of an observation and whether its value may be published, in codes of SDMX.

    Where several codes hold, the first in the order of SDMX stands ("Possible ways of implementing the
    observation status concept", 2019); FLAGS names all. A code of a value never stands beside none.
    """
    if row.status == "suppressed":
        return "Q", "N"
    if not row.value:
        return _why_empty(row), "F"
    held = {*row.flags.split(","), row.status}
    return next((code for mark, code in _OF_VALUES if mark in held), "A"), "F"


_OF_VALUES = (("linked", "B"), ("imputed", "I"), ("borrowed", "E"), ("preliminary", "P"), ("thin", "U"))
_OF_REASONS = dict.fromkeys(("zero", "outside", "grade", "cells", "no-overlap"), "M")
_OF_REASONS |= {"bound": "L", "suppressed": "Q", "lacking": "L"}
_OF_NOTES = {text: _OF_REASONS.get(why, "O") for why, said in explaining.REASONS.items() for text in said}


def _why_empty(row: Observation) -> str:
    """Return why there is no number: its source gave a bound, or a grade, or the note says it."""
    if "missing" in row.flags.split(","):
        return _OF_NOTES.get(row.note.partition(" | ")[0], "O")
    return "L" if row.interval == "bound" else "M"


def _whole(value: int | None) -> str | None:
    return None if value is None else str(value)


def header() -> list[str]:
    """Return the heads of the plain columns; the demonstration has one more, which says that it is one."""
    return [*PLAIN, *(("data",) if export.is_demo() else ())]


def lines(rows: Iterable[Observation]) -> Iterable[list[str]]:
    """Yield the plain columns of each observation as text: decimals as they were published."""
    last = [export.DEMO_MARK] if export.is_demo() else []
    held = attrgetter(*(_HELD.get(name, name) for name in PLAIN))
    flags = PLAIN.index("flags")
    for row in rows:
        cells = [_text(value) for value in held(row)]
        cells[flags] = cells[flags].replace(",", " ")
        yield cells + last


def parquet(batches: Iterable[Sequence[Observation]], about: dict[str, str]) -> IO[bytes]:
    """Return the plain columns as a Parquet file without a name, which goes when it is closed.

    Numbers are doubles there, and the file says what it is. Batches wait on the disk until Polars gathers
    them into groups of rows: its threads must not read the database, which knows the thread of the request.
    """
    import polars as pl

    held = tempfile.TemporaryFile()  # noqa: SIM115 - who sends it closes it
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for number, rows in enumerate(batches):
            parts.append(Path(folder) / f"{number}.parquet")
            _frame(rows).write_parquet(parts[-1], compression="lz4")
        whole = pl.scan_parquet(parts, glob=False) if parts else _frame([]).lazy()
        whole.sink_parquet(held, metadata=about, row_group_size=GROUP, maintain_order=True)
    held.seek(0)
    return held


def _frame(rows: Sequence[Observation]) -> pl.DataFrame:
    import polars as pl

    columns = list(zip(*lines(rows), strict=True)) or [()] * len(header())
    texts = {name: [cell or None for cell in cells] for name, cells in zip(header(), columns, strict=True)}
    kinds = dict.fromkeys(DECIMALS, pl.Float64) | dict.fromkeys(INTEGERS, pl.Int64)
    return pl.DataFrame(texts, schema=dict.fromkeys(texts, pl.String)).cast(kinds)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
