"""``zhiheng compute FORMULA FILE...``: a formula over published observations, by any engine; needs no site.

FORMULA is the JSON of a formula, FILE the CSV or Parquet of a series as ``/data/`` offers it; several series
may stand in one file. Units, basis and purpose are checked against the files before anything is computed.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zhiheng.errors import BadInput
from zhiheng.site.cli import print_json, say
from zhiheng.site.commands import sources
from zhiheng.site.commands.estimate_files import ENGINES

if TYPE_CHECKING:
    import polars as pl

    from zhiheng.engine.formula import Meaning
    from zhiheng.formats.shapes.formula import Formula

MEANING = ("unit", "basis", "purpose")
KEYS = ("series", "region", "period")
NUMBERS = ("value", "standard_error")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("formula", type=Path, metavar="FORMULA", help="JSON of a formula")
    parser.add_argument("file", type=Path, nargs="+", metavar="FILE", help="observations: CSV or Parquet")
    parser.add_argument("--engine", choices=ENGINES, default="memory", help="computed by (memory)")
    parser.add_argument(
        "--where", action="append", default=[], metavar="COL=VALUE", help="only these rows: origin=published"
    )
    parser.add_argument(
        "--master", default=os.environ.get("ZHIHENG_SPARK_MASTER", "local[*]"), help="where Spark runs"
    )
    parser.add_argument("--memory", default="400MB", help="bound on DuckDB and Spark's driver (400MB)")
    sources.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Print each cell with its value or why it has none; what does not fit together becomes exit code 2."""
    from zhiheng.engine import formula as engine
    from zhiheng.engine.opening import open_engine
    from zhiheng.verification import digests

    tree = _formula(args.formula)
    named = sources.named(args.file, sources.expected(args.sha256, args.file))
    rows = _rows(args.file, args.where)
    tables = {name: _table(rows, name) for name in tree.inputs()}
    engine.check(tree, {name: _meaning(table, name) for name, table in tables.items()})
    with open_engine(args.engine, master=args.master, memory=args.memory) as opened:
        found = opened.evaluate(tree, tables)
    answer = {
        "engine": args.engine,
        "formula": {"id": tree.id, "version": tree.version, "sha256": digests.formula_sha(tree)},
        **{name: getattr(tree, name) for name in MEANING},
        "sources": named,
        "cells": found.to_dicts(),
        "warnings": sources.unchecked(named),
    }
    if args.json:
        print_json(answer)
    else:
        print("\n".join(_lines(answer)))
    for warning in answer["warnings"]:
        say(f"compute: {warning}")
    return 0


def _formula(path: Path) -> Formula:
    from zhiheng.formats.shapes.formula import Formula
    from zhiheng.proof import canonical

    try:
        body = path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.", "Check the path of the file.") from None
    return Formula.from_dict(canonical.loads(body))


def _rows(files: Sequence[Path], where: Sequence[str]) -> pl.DataFrame:
    """Return the rows of all files: texts, and numbers where there is one."""
    import polars as pl

    frames = []
    for path in files:
        try:
            is_csv = path.suffix.lower() == ".csv"
            frame = pl.read_csv(path, infer_schema=False) if is_csv else pl.read_parquet(path)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
            told = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
            raise BadInput(f"{path.name} cannot be read: {told}.", "Load it again.") from None
        needed = (*KEYS, "breakdown", *NUMBERS, *MEANING)
        if lacking := [name for name in needed if name not in frame.columns]:
            raise BadInput(
                f"{path.name} has no column {lacking[0]!r}.",
                "Give the CSV or Parquet of a series from /data/.",
            )
        frames.append(frame)
    try:
        whole = pl.concat(frames, how="diagonal_relaxed")
    except pl.exceptions.PolarsError:
        raise BadInput(
            "The files hold columns of other kinds.", "Give the files as they were published."
        ) from None
    for text in where:
        name, _, value = text.partition("=")
        if name not in whole.columns:
            raise BadInput(f"The files have no column {name!r}.", f"Theirs are: {', '.join(whole.columns)}.")
        try:
            whole = whole.filter(pl.col(name).cast(pl.String) == value)
        except pl.exceptions.PolarsError:
            raise BadInput(f"Nothing is told apart by the column {name!r}.", "Use another column.") from None
    try:
        numbers = [pl.col(name).cast(pl.Float64) for name in NUMBERS]
        texts = [pl.col(name).cast(pl.String) for name in (*KEYS, *MEANING)]
        told = (pl.col("breakdown").cast(pl.String).fill_null(""), _why(whole).alias("missing"))
        return whole.with_columns(*numbers, *texts, *told)
    except pl.exceptions.PolarsError:
        raise BadInput(
            "A value or an error is no number.", "Give the files as they were published."
        ) from None


def _why(rows: pl.DataFrame) -> pl.Expr:
    """Say why a row has no value, from its status, its kind of interval and its flags."""
    import polars as pl

    held = {name: pl.col(name) if name in rows.columns else pl.lit("") for name in ("status", "interval")}
    flags = pl.col("flags") if "flags" in rows.columns else pl.lit("missing")
    return (
        pl.when(held["status"] == "suppressed")
        .then(pl.lit("suppressed"))
        .when(held["interval"] == "bound")
        .then(pl.lit("bound"))
        .when(flags.fill_null("").str.contains("missing"))
        .then(pl.lit("missing"))
        .otherwise(pl.lit("grade"))
    )


def _table(rows: pl.DataFrame, series: str) -> pl.DataFrame:
    table = rows.filter(rows["series"] == series)
    if not table.height:
        raise BadInput(
            f"The formula reads {series}, of which no row is given.",
            "Add its file from /data/, or see --where.",
        )
    return table


def _meaning(table: pl.DataFrame, series: str) -> Meaning:
    """Return what the numbers of a series are; rows of two kinds are refused, never brought together."""
    from zhiheng.engine.formula import Meaning
    from zhiheng.reference import dimensions

    kinds = table.select(MEANING).unique().sort(MEANING).rows()
    if len(kinds) > 1:
        said = "; ".join(", ".join(map(str, kind)) for kind in kinds)
        raise BadInput(
            f"The rows of {series} have several units, bases or purposes: {said}.",
            "Choose one with --where, such as --where basis=probability.",
        )
    return Meaning(*kinds[0], tuple(sorted(dimensions.all())))


def _lines(answer: dict[str, Any]) -> list[str]:
    from zhiheng.engine.formula.explaining import REASONS
    from zhiheng.site.cli import language

    at = 0 if language() == "zh" else 1
    formula = answer["formula"]
    lines = [
        f"{formula['id']} {formula['version']} {formula['sha256']}; {answer['unit']}; {answer['engine']}"
    ]
    for cell in answer["cells"]:
        place = " ".join(filter(None, (cell["region"], cell["period"], cell["breakdown"])))
        error = "" if cell["standard_error"] is None else f" ± {cell['standard_error']:.6g}"
        value = REASONS[cell["missing"]][at] if cell["value"] is None else f"{cell['value']:.10g}{error}"
        lines.append(f"{place}\t{value}")
    return lines
