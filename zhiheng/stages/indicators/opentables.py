"""Stored observations as tables: the columns of SDMX, and the plain ones of the CSV and Parquet downloads.

They were checked when they were recorded and nobody can have changed them, so a row is written as it lies
there: numbers as their one text, what is not known as an empty one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.utils import timezone

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
    """Return the status of an observation and whether its value may be published, in codes of SDMX."""
    flags = row.flags.split(",")
    if row.status == "suppressed":
        return "M", "N"
    if "missing" in flags:
        return "M", "F"
    if row.status == "preliminary":
        return "P", "F"
    if "borrowed" in flags:
        return "E", "F"
    return ("B" if "linked" in flags else "A"), "F"


def _whole(value: int | None) -> str | None:
    return None if value is None else str(value)


def header() -> list[str]:
    """Return the heads of the plain columns; the demonstration has one more, which says that it is one."""
    return [*PLAIN, *(("data",) if export.is_demo() else ())]


def lines(rows: Iterable[Observation]) -> Iterable[list[str]]:
    """Yield the plain columns of each observation as text: decimals as they were published."""
    last = [export.DEMO_MARK] if export.is_demo() else []
    for row in rows:
        yield [*(_text(row, name) for name in PLAIN), *last]


def parquet(rows: Sequence[Observation], about: dict[str, str]) -> bytes:
    """Return the plain columns as Parquet; numbers are doubles there, and the file says what it is."""
    import io

    import polars as pl

    kinds = {
        name: pl.Float64 if name in DECIMALS else pl.Int64 if name in INTEGERS else pl.String
        for name in header()
    }
    columns = dict.fromkeys(header())
    table = list(lines(rows))
    for place, name in enumerate(columns):
        columns[name] = [line[place] or None for line in table]
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).cast(kinds)
    held = io.BytesIO()
    frame.write_parquet(held, metadata=about)
    return held.getvalue()


def _text(row: Observation, name: str) -> str:
    value = getattr(row, _HELD.get(name, name))
    if value is None:
        return ""
    if name == "flags":
        return value.replace(",", " ")
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
