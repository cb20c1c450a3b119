"""Writes and reads a million rows of one table at once, as plain tuples instead of objects.

Writing is COPY on PostgreSQL, one prepared statement elsewhere.
``bulk_create`` builds an object and a statement of at most 999 values for every few dozen rows; a million
rows take minutes that way. Here a row is a tuple. Constraints of the database still hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, models

CHUNK = 50_000
CACHE_KIB = 256 * 1024  # the indexes of a million rows fit; the default of 2 MiB thrashes


def insert(
    model: type[models.Model], columns: Mapping[str, Sequence[Any]], constants: Mapping[str, Any]
) -> None:
    """Insert rows given as columns by field name; ``constants`` fill the fields that are the same in all."""
    if not columns or not len(next(iter(columns.values()))):
        return
    fields = [model._meta.get_field(name) for name in (*columns, *constants)]
    names = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in _rows(fields, columns, constants):
                copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        cursor.executemany(
            f"INSERT INTO {table} ({names}) VALUES ({marks})",
            _rows(fields, columns, constants),
        )


def _rows(
    fields: Sequence[models.Field], columns: Mapping[str, Sequence[Any]], constants: Mapping[str, Any]
) -> Iterator[tuple]:
    prepared: list[Sequence[Any]] = []
    size = len(next(iter(columns.values())))
    for field in fields:
        if field.name in constants:
            prepared.append([field.get_db_prep_save(constants[field.name], connection)] * size)
        elif isinstance(field, models.UUIDField) and not connection.features.has_native_uuid_field:
            prepared.append([value.hex for value in columns[field.name]])
        else:
            prepared.append(columns[field.name])
    return zip(*prepared, strict=True)


def texts(query: models.QuerySet) -> list[tuple[str, ...]]:
    """Return all rows of a ``values_list`` of text columns, straight from the cursor."""
    statement, params = query.query.sql_with_params()
    rows: list[tuple[str, ...]] = []
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, params)
        while chunk := cursor.fetchmany(CHUNK):
            rows += chunk
    return rows
