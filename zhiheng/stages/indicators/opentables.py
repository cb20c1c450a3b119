"""Stored observations as tables: the columns of SDMX, and the plain ones of the CSV and Parquet downloads.

They were checked when they were recorded and nobody can have changed them, so a row is written as it lies
there: numbers as their one text, what is not known as an empty one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from django.db.models import QuerySet
from django.utils import timezone

from zhiheng.engine.formula import explaining
from zhiheng.formats import csv_safe
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
_KINDS = {"n": int, "population": int, "revision": int, "valid_from": date, "valid_to": date}


def read(found: QuerySet[Observation]) -> pl.DataFrame:
    """Return stored rows as a table of the plain columns, and ``voice``, in the order asked.

    No row of the model is made of them: that takes three times as long as to read what it holds.
    """
    import polars as pl

    kinds = {int: pl.Int64, date: pl.Date}
    rows = found.values_list(*PLAIN, "voice")
    columns = list(zip(*rows, strict=True)) or [()] * (len(PLAIN) + 1)
    held = dict(zip((*PLAIN, "voice"), columns, strict=True))
    held["release"] = tuple(None if id is None else str(id) for id in held["release"])
    schema = {name: kinds.get(_KINDS.get(name), pl.String) for name in held}
    return pl.DataFrame(held, schema=schema | {"recorded_at": pl.Datetime("us", "UTC")})


def sdmx(rows: pl.DataFrame) -> tuple[pl.DataFrame, int]:
    """Return the table of SDMX of rows that were read, and how many have no year and so no place in it.

    What follows from few different things (a period, a state with its flags) is worked out once for each.
    """
    import polars as pl

    times = {text: when for text in rows["period"].unique() if (when := periods.written(text))}
    kept = rows.filter(pl.col("period").is_in(list(times)))
    if not kept.height:
        return pl.DataFrame(schema=dict.fromkeys(structures.COLUMNS, pl.String) | _beside()), rows.height
    spans = {text: periods.span(when.text) for text, when in times.items()}

    def by_period(values: dict[str, Any], kind: Any = pl.String) -> pl.Expr:
        return pl.col("period").replace_strict(values, return_dtype=kind)

    rounds = by_period({text: when.round and f"round={when.round}" for text, when in times.items()})
    parts = [_filled(pl.col("breakdown")), _filled(rounds)]
    kept = kept.with_columns(
        (pl.col("value") != "").alias("has_value"),
        pl.when(pl.col("flags").str.contains("missing")).then("note").otherwise(pl.lit("")).alias("told"),
    )
    states = {one: _status(Standing(*one)) for one in kept.select(_STANDING).unique().iter_rows()}
    standing = pl.DataFrame(
        [(*one, *codes) for one, codes in states.items()],
        schema=dict.fromkeys([*_STANDING, "OBS_STATUS", "CONF_STATUS"], pl.String)
        | {"has_value": pl.Boolean},
        orient="row",
    )
    local = pl.col("recorded_at").dt.convert_time_zone(timezone.get_current_timezone_name())
    made = {
        "FREQ": by_period({text: when.frequency for text, when in times.items()}),
        "BREAKDOWN": _filled(pl.concat_str(parts, separator=";", ignore_nulls=True)).fill_null(WHOLE),
        "TIME_PERIOD": by_period({text: when.text for text, when in times.items()}),
        "VINTAGE": local.dt.date().cast(pl.String),
        "FLAGS": _filled(pl.col("flags").str.replace_all(",", " ", literal=True)),
        selecting.FIRST: pl.col("valid_from").fill_null(
            by_period({text: first for text, (first, _last) in spans.items()}, pl.Date)
        ),
        selecting.LAST: pl.col("valid_to").fill_null(
            by_period({text: last for text, (_first, last) in spans.items()}, pl.Date)
        ),
        selecting.RECORDED: pl.col("recorded_at"),
        **{name: pl.col(plain).cast(pl.String) for name, plain in _COUNTS.items()},
        **{name: _filled(pl.col(plain)) for name, plain in _TEXTS.items()},
    }
    whole = kept.join(standing, on=_STANDING, how="left", maintain_order="left")
    table = whole.with_columns(**made).select(*structures.COLUMNS, *_beside())
    return table, rows.height - kept.height


_TEXTS = {
    "REF_AREA": "region",
    "INDICATOR": "series",
    "PURPOSE": "purpose",
    "BASIS": "basis",
    "ORIGIN": "origin",
    "OBS_VALUE": "value",
    "UNIT_MEASURE": "unit",
    "CI_LOWER": "lower",
    "CI_UPPER": "upper",
    "STD_ERROR": "standard_error",
    "INTERVAL": "interval",
    "CI_LEVEL": "level",
    "COVERAGE": "coverage",
    "DEFF": "design_effect",
    "SAID": "said",
    "EVIDENCE": "evidence",
    "SOURCE": "source",
    "FORMULA": "formula_sha",
    "INPUTS": "inputs_sha",
    "BUNDLE": "bundle_sha",
    "NOTE": "note",
}
_COUNTS = {"N_OBS": "n", "POPULATION": "population", "REVISION": "revision"}


def _filled(text: pl.Expr) -> pl.Expr:
    """Return a text, or nothing where it is empty."""
    import polars as pl

    return pl.when(text != "").then(text)


class Standing(NamedTuple):
    """What the codes of a status follow from; ``note`` is there where it says why a number is missing."""

    status: str
    flags: str
    interval: str
    has_value: bool
    note: str


_STANDING = ["status", "flags", "interval", "has_value", "told"]


def _beside() -> dict[str, Any]:
    """Return the columns that a question is answered by and no message shows."""
    import polars as pl

    return {
        selecting.FIRST: pl.Date,
        selecting.LAST: pl.Date,
        selecting.RECORDED: pl.Datetime("us", "UTC"),
    }


def _status(one: Standing) -> tuple[str, str]:
    """Return the status of an observation and whether its value may be published, in codes of SDMX.

    Where several codes hold, the first in the order of SDMX stands ("Possible ways of implementing the
    observation status concept", 2019); FLAGS names all. A code of a value never stands beside none.
    """
    if one.status == "suppressed":
        return "Q", "N"
    if not one.has_value:
        return _why_empty(one), "F"
    held = {*one.flags.split(","), one.status}
    return next((code for mark, code in _OF_VALUES if mark in held), "A"), "F"


_OF_VALUES = (("linked", "B"), ("imputed", "I"), ("borrowed", "E"), ("preliminary", "P"), ("thin", "U"))
_OF_REASONS = dict.fromkeys(("zero", "outside", "grade", "cells", "no-overlap"), "M")
_OF_REASONS |= {"bound": "L", "suppressed": "Q", "lacking": "L"}
_OF_NOTES = {text: _OF_REASONS.get(why, "O") for why, said in explaining.REASONS.items() for text in said}


def _why_empty(one: Standing) -> str:
    """Return why there is no number: its source gave a bound, or a grade, or the note says it."""
    if "missing" in one.flags.split(","):
        return _OF_NOTES.get(one.note.partition(" | ")[0], "O")
    return "L" if one.interval == "bound" else "M"


def header() -> list[str]:
    """Return the heads of the plain columns; the demonstration has one more, which says that it is one."""
    return [*PLAIN, *(("data",) if export.is_demo() else ())]


def plain(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the plain columns as text: decimals as they were published, nothing where nothing is known."""
    import polars as pl

    told = {moment: moment.isoformat() for moment in rows["recorded_at"].unique()}
    made = {
        "recorded_at": pl.col("recorded_at").replace_strict(told, return_dtype=pl.String),
        "flags": pl.col("flags").str.replace_all(",", " ", literal=True),
    }
    texts = rows.with_columns(**made).select(_filled(pl.col(name).cast(pl.String)) for name in PLAIN)
    return texts.with_columns(pl.lit(export.DEMO_MARK).alias("data")) if export.is_demo() else texts


def csv(batches: Iterable[pl.DataFrame]) -> Iterator[bytes]:
    """Yield the plain columns as CSV, batch by batch; no cell turns into a formula."""
    yield from (line.encode() for line in csv_safe.lines(header(), ()))
    for rows in batches:
        safe = plain(rows).with_columns(csv_safe.columns())
        yield safe.write_csv(include_header=False, line_terminator="\r\n").encode()


def parquet(batches: Iterable[pl.DataFrame], about: dict[str, str]) -> IO[bytes]:
    """Return the plain columns as a Parquet file without a name, which goes when it is closed.

    Numbers are doubles there, and the file says what it is. Batches wait on the disk until Polars gathers
    them into groups of rows: its threads must not read the database, which knows the thread of the request.
    """
    import polars as pl

    kinds = dict.fromkeys(DECIMALS, pl.Float64) | dict.fromkeys(INTEGERS, pl.Int64)
    held = tempfile.TemporaryFile()  # noqa: SIM115 - who sends it closes it
    with tempfile.TemporaryDirectory() as folder:
        parts = []
        for number, rows in enumerate(batches):
            parts.append(Path(folder) / f"{number}.parquet")
            plain(rows).cast(kinds).write_parquet(parts[-1], compression="lz4")
        whole = pl.scan_parquet(parts, glob=False)
        whole.sink_parquet(held, metadata=about, row_group_size=GROUP, maintain_order=True)
    held.seek(0)
    return held
