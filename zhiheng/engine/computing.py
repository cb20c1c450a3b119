"""A formula over whole tables of observations, by any engine: what is checked before, and what comes back.

The same tables are refused whichever the engine: a key twice or lacking, a number without end, an error below
zero. A result is a number, or missing with a reason; it is never endless.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import polars as pl

from zhiheng.engine.sources import Source, reading, scan, schema_of
from zhiheng.errors import BadInput
from zhiheng.formats.shapes.formula import Constant, Formula, Series, walk

if TYPE_CHECKING:
    from zhiheng.engine.running import Running

KEYS = ("region", "period", "breakdown")
NUMBERS = ("value", "standard_error")
COLUMNS = (*KEYS, *NUMBERS, "missing")


def evaluated(engine: Running, formula: Formula, tables: Mapping[str, Source]) -> pl.DataFrame:
    """Return region, period, breakdown, value, standard_error and missing (why there is no value), sorted."""
    for path, node in walk(formula.root):
        if not isinstance(node, Constant) and not any(isinstance(one, Series) for _at, one in walk(node)):
            raise BadInput(f"The node {path} rests on constants alone.", "Write its result as one constant.")
    if absent := [name for name in formula.inputs() if name not in tables]:
        raise BadInput(
            f"The formula reads {', '.join(absent)}, of which no table is given.",
            "Give a table for each series that it names.",
        )
    found = engine.computed(formula, {name: _sound(name, tables[name]) for name in formula.inputs()})
    if any(found[name].is_infinite().any() or found[name].is_nan().any() for name in NUMBERS):
        raise BadInput(
            "A result is beyond what a number of double precision holds.", "Write the inputs in larger units."
        )
    return found.select(COLUMNS).sort(KEYS)


def _sound(name: str, source: Source) -> Source:
    """Return a table of observations with all its columns, or refuse what no engine could honour."""
    schema, frame = schema_of(source), scan(source)
    if lacking := [column for column in (*KEYS, *NUMBERS) if column not in schema]:
        raise BadInput(
            f"The table of {name} has no column {lacking[0]!r}.", f"Its columns are: {', '.join(schema)}."
        )
    if not all(schema[column].is_numeric() or schema[column] == pl.Null for column in NUMBERS):
        raise BadInput(f"A value of {name} is no number.", "Write numbers, or nothing where there is none.")
    texts = [pl.col(column).cast(pl.String) for column in KEYS]
    numbers = [pl.col(column).cast(pl.Float64) for column in NUMBERS]
    said = (
        pl.col("missing").cast(pl.String).fill_null("missing") if "missing" in schema else pl.lit("missing")
    )
    frame = frame.select(*texts, *numbers, said.alias("missing"))
    _check(name, frame)
    return frame


def _check(name: str, frame: pl.LazyFrame) -> None:
    value, error = (pl.col(column) for column in NUMBERS)
    faults = {
        "no-key": pl.any_horizontal(pl.col(column).is_null() for column in KEYS).any(),
        "no-number": (value.is_infinite() | value.is_nan()).any(),
        "no-error": (error.is_infinite() | error.is_nan() | (error < 0)).any(),
    }
    with reading():
        found = frame.select(**faults).collect(engine="streaming")
        twice = frame.group_by(KEYS).len().filter(pl.col("len") > 1).sort(KEYS).head(1)
        again = twice.collect(engine="streaming")
    if found["no-key"].item():
        raise BadInput(f"A row of {name} has no region, period or breakdown.", "The whole is an empty text.")
    if found["no-number"].item() or found["no-error"].item():
        raise BadInput(
            f"A value or an error of {name} is endless or below zero.", "Leave out what is not known."
        )
    if again.height:
        place = " ".join(filter(None, again.row(0)[:3]))
        raise BadInput(f"{name} has two rows of {place}.", "Give the numbers of one vintage: each cell once.")
