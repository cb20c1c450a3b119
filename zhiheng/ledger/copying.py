"""Rows of texts into a table at a stroke: COPY on PostgreSQL, one prepared statement elsewhere.

Django's bulk_create builds an object and a parameter for every field; for rows that a machine writes by the
thousand that costs more than the database does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
)


def begun(rows: Iterable[tuple[str, ...]]) -> list[Any]:
    """Return the first fields of rows in the form that ``write`` ends quickest, for work before a lock."""
    return ["\t".join(row) for row in rows] if connection.vendor == "postgresql" else list(rows)


def write(
    model: Any,
    columns: Sequence[str],
    rows: Sequence[tuple[str, ...]],
    starts: Sequence[Any] | None = None,
) -> None:
    """Insert rows whose fields are texts, each made by ``field`` or ``keys`` or without any escape in it.

    Where ``begun`` made starts, the rows are the fields that follow.
    """
    if not rows:
        return
    table, names = model._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            ends = map("\t".join, rows)
            lines = ends if starts is None else map("\t".join, zip(starts, ends, strict=True))
            # The copy goes past Django's cursor, so its errors have to be made Django's here.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                copy.write("\n".join(lines) + "\n")
            return
        marks = ", ".join(["%s"] * len(columns))
        if starts is not None:
            rows = [(*start, *row) for start, row in zip(starts, rows, strict=True)]
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


def field() -> Callable[[str], str]:
    """Return what makes a text a field of a row in this database."""
    return _escaped if connection.vendor == "postgresql" else str


def keys(ids: Sequence[str | UUID]) -> list[str]:
    """Return ids as this database takes them."""
    is_native = connection.features.has_native_uuid_field
    return [str(one) if is_native else str(one).replace("-", "") for one in ids]


def _escaped(text: str) -> str:
    """Return a text as the text form of COPY holds it: what would end a field or a row is escaped."""
    return text if "\\" not in text and text.isprintable() else text.translate(_ESCAPES)
