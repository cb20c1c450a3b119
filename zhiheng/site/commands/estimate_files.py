"""``zhiheng estimate --engine NAME FILE...``: cells, margins and nation from many results, by any engine.

FILE is Parquet, a folder of Parquet files, the folder of a snapshot, or a plain CSV. An engine reduces;
errors and intervals come from the same methods whichever it was, so the answer is the same too.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhiheng.errors import BadInput
from zhiheng.site.cli import print_json, say
from zhiheng.site.commands import estimate
from zhiheng.site.commands import sources as files

if TYPE_CHECKING:
    import polars as pl

    from zhiheng.engine.reduction import Fixed
    from zhiheng.engine.snapshot import Snapshot
    from zhiheng.engine.sources import Source
    from zhiheng.methods.cells import Sums
    from zhiheng.methods.survey import Rates

ENGINES = ("memory", "duckdb", "spark")
CELLS = (("province", "region", "省份", "地区"), ("division", "industry", "行业大类", "行业"))
ONE_RATE = ("method", "version", "level")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments that an engine takes."""
    parser.add_argument(
        "--engine", choices=ENGINES, help="reduce by this engine: cells, margins and nation of many results"
    )
    parser.add_argument(
        "--where", action="append", default=[], metavar="COL=VALUE", help="with an engine: only these rows"
    )
    parser.add_argument(
        "--master",
        default=os.environ.get("ZHIHENG_SPARK_MASTER", "local[*]"),
        help="where Spark runs: local[*] or spark://host:port (setting ZHIHENG_SPARK_MASTER)",
    )
    parser.add_argument("--memory", default="400MB", help="bound on DuckDB and Spark's driver (400MB)")
    parser.add_argument("--threads", type=int, default=0, help="threads of DuckDB and Spark (0: all cores)")


def are_for_an_engine(args: argparse.Namespace) -> bool:
    """Tell whether these files ask for an engine: one is named, or they are no single CSV."""
    only = args.file[0]
    return bool(args.engine) or len(args.file) > 1 or only.is_dir() or only.suffix == ".parquet"


def run(args: argparse.Namespace) -> int:
    """Print the rates; files that cannot be honoured raise and become exit code 2, damaged ones 1."""
    from zhiheng.engine.opening import open_engine

    if args.mean or args.lonely != "adjust":
        raise BadInput("An engine gives shares by strata.", "Leave --mean and --lonely out, or --engine.")
    roles, cells, source, warnings = _asked(args)
    engine = open_engine(
        args.engine or "memory", master=args.master, memory=args.memory, threads=args.threads
    )
    with engine, ThreadPoolExecutor(1) as beside:
        sources = beside.submit(_named, args, source)
        table = engine.reduce(source, _reduction(_schema(source), roles, cells, args.where))
        answer = {"engine": engine.name, "sources": sources.result(), "rows": int(table["n"].sum())}
    answer |= {"design": roles, "by": cells, **_estimates(table, roles, cells, args.level)}
    answer["warnings"] = warnings + _repeats(table) + files.unchecked(answer["sources"])
    if args.json:
        print_json(answer)
    else:
        print("\n".join(_lines(answer)))
    for warning in answer["warnings"]:
        say(f"estimate: {warning}")
    return 0


def _asked(args: argparse.Namespace) -> tuple[dict[str, str], list[str], Source | Snapshot, list[str]]:
    """Return the roles of the columns, the columns of the cells, the source, and what is to be told."""
    source, warnings = _source(args.file)
    is_list = isinstance(source, list)
    names = source[0].names if is_list else _schema(source).names()
    roles = estimate.design_roles(names, args.design)
    if {"probability", "psu"} & set(roles):
        raise BadInput(
            "An engine reduces strata with sizes or weights, not clusters or probabilities.",
            "Give --design with population or weight; a CSV with clusters goes without --engine.",
        )
    if not {"population", "weight"} & set(roles):
        raise BadInput(
            "No population and no weight is given: nothing says whom a result stands for.",
            "Name one: --design population=COLUMN or weight=COLUMN.",
        )
    if {"population", "weight"} <= set(roles):
        raise BadInput("Both a population and a weight are given.", "Give one of them in --design.")
    cells = [name.strip() for name in args.by.split(",") if name.strip()]
    cells = cells or [next((n for n in names if n.lower() in known), "") for known in CELLS]
    cells = [name for name in dict.fromkeys(cells) if name]
    if not cells:
        raise BadInput("No column is known to make cells.", "Name them: --by province,division.")
    return roles, cells, _frame(source, roles, warnings) if is_list else source, warnings


def _source(named: Sequence[Path]) -> tuple[Any, list[str]]:
    """Return a snapshot, Parquet files, or the tables of CSV files; a mixture is refused."""
    from zhiheng.engine import snapshot
    from zhiheng.engine.repeats import same_rows
    from zhiheng.formats import columns

    if len(named) == 1 and snapshot.is_one(named[0]):
        return snapshot.read(named[0]), []
    found: list[Path] = []
    for path in named:
        found += sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    kinds = {path.suffix.lower() == ".parquet" for path in found}
    if len(kinds) != 1:
        raise BadInput(
            "The files are none, or of several kinds.", "Name Parquet files, CSV files, or one snapshot."
        )
    if len(set(map(Path.resolve, found))) != len(found):
        raise BadInput("A file is named twice.", "Name each once: its results would count twice.")
    if kinds == {True}:
        if twice := same_rows(found):
            raise _twice(*(path.name for path in twice))
        return tuple(found), []
    tables = [columns.read(path) for path in found]
    for place, table in enumerate(tables):
        for other in range(place):
            if tables[other].values == table.values:
                raise _twice(found[other].name, found[place].name)
    return tables, []


def _twice(one: str, other: str) -> BadInput:
    return BadInput(
        f"The files {one} and {other} hold the same results.",
        "Give one of them: results would count twice. If they are two lots of results that are alike, "
        "keep the column with the number of each sample.",
        code="file-twice",
    )


def _frame(tables: Sequence[Any], roles: dict[str, str], warnings: list[str]) -> pl.DataFrame:
    """Return the rows of CSV files with numbers for outcome and size; one without an outcome is left out."""
    import numpy as np
    import polars as pl

    frames = []
    for table in tables:
        frame = pl.DataFrame(table.values)
        if frame.columns != list(tables[0].names):
            raise BadInput("The CSV files have other columns.", "Give all files the same header.")
        size = next(role for role in ("population", "weight") if role in roles)
        sizes = estimate.numbers(table, roles[size], size)
        if size == "population":
            if (sizes != np.round(sizes)).any():
                raise BadInput("A population is no whole number.", "Count the units of each stratum.")
            sizes = sizes.astype(np.int64)
        outcome = estimate.outcomes(table, roles["outcome"], is_mean=False)
        values = {roles[size]: sizes, roles["outcome"]: outcome}
        frames.append(frame.with_columns(**{name: pl.Series(value) for name, value in values.items()}))
    whole = pl.concat(frames)
    answered = whole.filter(pl.col(roles["outcome"]).is_not_nan())
    if answered.height < whole.height:
        warnings.append(
            f"{whole.height - answered.height} of {whole.height} rows have no outcome and are left out."
        )
    return answered


def _schema(source: Source | Snapshot) -> pl.Schema:
    from zhiheng.engine.snapshot import Snapshot
    from zhiheng.engine.sources import scan

    return scan(source.paths[:1] if isinstance(source, Snapshot) else source).collect_schema()


def _reduction(schema: pl.Schema, roles: dict[str, str], cells: list[str], where: Sequence[str]) -> Any:
    """Return what the engine is asked: counts where sizes are known, sums where results have weights."""
    from zhiheng.engine.reduction import Reduction

    fixed: list[tuple[str, Fixed]] = []
    for text in where:
        name, _, value = text.partition("=")
        if name not in schema:
            raise BadInput(f"The file has no column {name!r}.", f"Its columns are: {', '.join(schema)}.")
        try:
            fixed.append((name, _read(value, schema[name])))
        except (ValueError, KeyError):
            raise BadInput(
                f"{value!r} is no value of the column {name}.",
                "Write a whole number, a day such as 2024-02-29, or true or false.",
            ) from None
    by = dict.fromkeys([*_strata(roles, schema.names()), *cells])
    if "population" in roles:
        by = dict.fromkeys([*by, roles["population"]])
        return Reduction(tuple(by), "counts", passed=roles["outcome"], where=tuple(fixed))
    return Reduction(tuple(by), "sums", passed=roles["outcome"], weight=roles["weight"], where=tuple(fixed))


def _read(value: str, kind: pl.DataType) -> Fixed:
    """Return a value as its column holds it; a text stays one."""
    import polars as pl

    if kind == pl.Boolean:
        return {"true": True, "1": True, "false": False, "0": False}[value.lower()]
    if kind == pl.Date:
        return date.fromisoformat(value)
    return int(value) if kind.is_integer() else value


def _repeats(table: pl.DataFrame) -> list[str]:
    """Return a warning where results seem to be counted twice: every kind of them occurs twice as often."""
    from zhiheng.engine.repeats import times

    kinds = [table["k"], table["n"] - table["k"]] if "k" in table.columns else [table["n"]]
    return estimate.repeated(times(count for kind in kinds for count in kind.to_list()))


def _strata(roles: dict[str, str], names: Sequence[str]) -> list[str]:
    """Return the columns that make the strata: one, several joined by a plus sign, or none."""
    stratum = roles.get("stratum", "")
    return [stratum] if stratum in names else [piece for piece in stratum.split("+") if piece]


def _estimates(table: pl.DataFrame, roles: dict[str, str], cells: list[str], level: float) -> dict[str, Any]:
    from zhiheng.methods import cells as method

    if not table.height:
        raise BadInput("There are no results to estimate from.", "Check the files and --where.")
    found = table.select(cells).unique().sort(cells)
    if found.height > estimate.MANY_DOMAINS:
        raise BadInput(
            f"{', '.join(cells)} makes {found.height} domains.",
            "Choose columns with fewer values, such as region and division.",
            code="many-domains",
        )
    sums = _sums(table, roles, _places(table, found, cells))
    each = method.rates(sums, level=level)
    margins = {}
    for name in cells if len(cells) > 1 else []:
        values = found.select(name).unique().sort(name)
        margins[name] = _rows(values, method.rates(sums, _places(found, values, [name]), level=level))
    nation = method.rates(sums, [0] * found.height, level=level)
    return {
        **{name: getattr(nation, name) for name in ONE_RATE},
        "interval": "Wilson on the composite error",
        "nation": _numbers(nation, 0),
        "margins": margins,
        "cells": _rows(found, each),
    }


def _sums(table: pl.DataFrame, roles: dict[str, str], cell: Any) -> Sums:
    """Return the sums by stratum and cell; N_h as given, or what the weights of a stratum stand for."""
    import numpy as np

    from zhiheng.methods.cells import SUMS, Sums

    strata = _strata(roles, table.columns)
    kinds = table.select(strata).unique().sort(strata) if strata else table.select([]).head(1)
    stratum = _places(table, kinds, strata) if strata else np.zeros(table.height, dtype=np.int64)
    number = max(kinds.height, 1)
    if "weight" in roles:
        population = np.bincount(stratum, table["w"].to_numpy(), number)
        return Sums(population, stratum, cell, **{name: table[name].to_numpy() for name in SUMS})
    given = table[roles["population"]].to_numpy().astype(float)
    population = np.zeros(number)
    population[stratum[::-1]] = given[::-1]
    if (differs := population[stratum] != given).any():
        place = int(stratum[differs.argmax()])
        name = "+".join(map(str, kinds.row(place))) if strata else "all rows"
        raise BadInput(f"Stratum {name!r} has two sizes.", "Give the same number of units in all its rows.")
    return Sums.from_counts(population, stratum, cell, table["n"].to_numpy(), table["k"].to_numpy())


def _places(table: pl.DataFrame, values: pl.DataFrame, names: list[str]) -> Any:
    """Return the place of each row among the values that its columns take."""
    numbered = values.select(names).with_row_index("_place")
    return (
        table.select(names).join(numbered, on=names, how="left", maintain_order="left")["_place"].to_numpy()
    )


def _rows(keys: pl.DataFrame, found: Rates) -> list[dict[str, Any]]:
    return [key | _numbers(found, place) for place, key in enumerate(keys.to_dicts())]


def _numbers(found: Rates, place: int) -> dict[str, Any]:
    return {name: value for name, value in asdict(found.at(place)).items() if name not in ONE_RATE}


def _named(args: argparse.Namespace, source: Source | Snapshot) -> list[dict[str, Any]]:
    """Return what the answer rests on: the root of a snapshot, or each file with its hash."""
    from zhiheng.engine.snapshot import Snapshot

    if isinstance(source, Snapshot):
        if args.sha256:
            raise BadInput("A snapshot has hashes of its own.", "Leave --sha256 out.")
        held = {"snapshot": source.manifest.root, "checked": "sha256"}
        return [held | {"parts": len(source.paths), "rows": source.manifest.rows}]
    given = source if isinstance(source, tuple) else args.file
    return files.named(given, files.expected(args.sha256, given))


def _lines(answer: dict[str, Any]) -> list[str]:
    roles = ", ".join(f"{role}={column}" for role, column in answer["design"].items())
    rows = [("(all)", answer["nation"])]
    for name, values in answer["margins"].items():
        rows += [(f"{name} {one[name]}", one) for one in values]
    rows += [(" ".join(str(one[name]) for name in answer["by"]), one) for one in answer["cells"]]
    return [
        f"{answer['rows']} results by {answer['engine']}; {roles}; "
        f"method {answer['method']}/{answer['version']}, level {answer['level']}",
        estimate.HEADER,
        *(estimate.line(name, one) for name, one in rows),
    ]
