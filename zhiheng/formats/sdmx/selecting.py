"""Keeps the observations that a question asks for, in the order of their keys and of time.

A table has the columns of ``structures.COLUMNS`` as text, and beside them the first and the last day of each
period and when the row was recorded (``FIRST``, ``LAST``, ``RECORDED``).
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from zhiheng.formats.sdmx import periods
from zhiheng.formats.sdmx.asking import Choice, Condition, Question
from zhiheng.formats.sdmx.structures import BY_ID, IN_KEY

if TYPE_CHECKING:
    import polars as pl

FIRST, LAST, RECORDED = "_first", "_last", "_recorded"


def keep(table: pl.DataFrame, asked: Question) -> pl.DataFrame:
    """Return the rows of a table that are asked for, without the columns that help alone."""
    import polars as pl

    wanted = []
    if asked.keys:
        wanted.append(reduce(lambda one, other: one | other, (_of_key(key) for key in asked.keys)))
    wanted += [_choice(name, choice) for name, choice in asked.conditions.items()]
    if asked.updated_after is not None:
        wanted.append(pl.col(RECORDED) > asked.updated_after)
    found = table.filter(*wanted) if wanted else table
    found = found.sort(*IN_KEY, LAST, FIRST, "TIME_PERIOD", maintain_order=True)
    if asked.first is not None:
        found = found.group_by(*IN_KEY, maintain_order=True).head(asked.first)
    if asked.last is not None:
        found = found.group_by(*IN_KEY, maintain_order=True).tail(asked.last)
    return found.slice(asked.offset, asked.limit).select(list(asked.columns))


def _of_key(key: tuple[frozenset[str], ...]) -> pl.Expr:
    import polars as pl

    places = [pl.col(name).is_in(sorted(values)) for name, values in zip(IN_KEY, key, strict=False) if values]
    return reduce(lambda one, other: one & other, places, pl.lit(True))


def _choice(name: str, choice: Choice) -> pl.Expr:
    groups = [
        reduce(lambda one, other: one & other, (_holds(name, condition) for condition in group))
        for group in choice
    ]
    return reduce(lambda one, other: one | other, groups)


def _holds(name: str, condition: Condition) -> pl.Expr:
    kind = BY_ID[name].kind
    if condition.operator in ("co", "nc", "sw", "ew"):
        return _holds_text(name, condition)
    if kind == "period":
        return _holds_period(condition)
    if kind in ("decimal", "integer"):
        return _holds_number(name, condition)
    import polars as pl

    text = pl.col(name).fill_null("")
    return _compared(text, condition.operator, condition.value)


def _holds_text(name: str, condition: Condition) -> pl.Expr:
    import polars as pl

    text = pl.col(name).fill_null("")
    if condition.operator == "sw":
        return text.str.starts_with(condition.value)
    if condition.operator == "ew":
        return text.str.ends_with(condition.value)
    found = text.str.contains(condition.value, literal=True)
    return found if condition.operator == "co" else ~found


def _holds_period(condition: Condition) -> pl.Expr:
    """Compare periods by their days: what begins in or after one, what ends in or before one."""
    import polars as pl

    first, last = periods.span(condition.value)
    begins, ends = pl.col(FIRST), pl.col(LAST)
    if condition.operator in ("eq", "ne"):
        same = (begins == first) & (ends == last)
        return same if condition.operator == "eq" else ~same
    return {"ge": begins >= first, "gt": begins > last, "le": ends <= last, "lt": ends < first}[
        condition.operator
    ]


def _holds_number(name: str, condition: Condition) -> pl.Expr:
    import polars as pl

    number = pl.col(name).cast(pl.Float64, strict=False)
    return _compared(number, condition.operator, float(condition.value)).fill_null(condition.operator == "ne")


def _compared(left: pl.Expr, operator: str, right: object) -> pl.Expr:
    import polars as pl

    value = pl.lit(right)
    if operator == "eq":
        return left == value
    if operator == "ne":
        return left != value
    if operator == "lt":
        return left < value
    if operator == "le":
        return left <= value
    return left > value if operator == "gt" else left >= value
