"""Rows of texts into a table at a stroke: COPY on PostgreSQL, one prepared statement elsewhere.

Django's bulk_create builds an object and a parameter for every field; for rows that a machine writes by the
thousand that costs more than the database does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection

_ESCAPES = str.maketrans(
    {"\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}
)


def write(model: Any, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> None:
    """Insert rows whose fields are texts, each made by ``field`` or ``keys`` or without any escape in it."""
    table, names = model._meta.db_table, ", ".join(f'"{column}"' for column in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # The copy goes past Django's cursor, so its errors have to be made Django's here.
            with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                copy.write("".join(["\t".join(row) + "\n" for row in rows]))
            return
        marks = ", ".join(["%s"] * len(columns))
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
