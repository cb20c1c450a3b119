"""Writes and reads a million rows of one table at once, as plain tuples instead of objects.

Writing is COPY on PostgreSQL, one prepared statement elsewhere.
``bulk_create`` builds an object and a statement of at most 999 values for every few dozen rows, and
``bulk_update`` a CASE of every row; a million rows take minutes that way. Here a row is a tuple of prepared
values. Constraints of the database still hold; no signal is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection, models

CHUNK = 50_000
CACHE_KIB = 256 * 1024  # the indexes of a million rows fit; the default of 2 MiB thrashes


def insert(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Insert new rows whose keys are set already."""
    fields = model._meta.concrete_fields
    prepare = [(field.attname, field.get_db_prep_save) for field in fields]
    _write(model, fields, ([save(getattr(row, name), connection) for name, save in prepare] for row in rows))


def insert_columns(
    model: type[models.Model], columns: Mapping[str, Sequence[Any]], constants: Mapping[str, Any]
) -> None:
    """Insert rows given as columns by field name; ``constants`` fill the fields that are the same in all."""
    if not columns or not len(next(iter(columns.values()))):
        return
    fields = [model._meta.get_field(name) for name in (*columns, *constants)]
    _write(model, fields, _rows(fields, columns, constants))


def update(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Set the named fields of each row, given as (primary key, value, value ...)."""
    fields = [model._meta.get_field(name) for name in names]
    key, quote = model._meta.pk, connection.ops.quote_name
    settings = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    values = (
        (
            *(field.get_db_prep_save(value, connection) for field, value in zip(fields, new, strict=True)),
            key.get_db_prep_save(pk, connection),
        )
        for pk, *new in rows
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {quote(model._meta.db_table)} SET {settings} WHERE {quote(key.column)} = %s", values
        )


def _write(model: type[models.Model], fields: Sequence[Any], rows: Iterable[Sequence[Any]]) -> None:
    quote = connection.ops.quote_name
    table = quote(model._meta.db_table)
    names = ", ".join(quote(field.column) for field in fields)
    if connection.vendor == "postgresql":
        statement = f"COPY {table} ({names}) FROM STDIN"
        # The copy goes past Django's cursor, so its errors have to be made Django's here.
        with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join(["%s"] * len(fields))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
        cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)


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


def plain(query: models.QuerySet) -> list[tuple[Any, ...]]:
    """Return all rows of a ``values_list`` of plain columns, straight from the cursor.

    Numbers come as the database gives them: a decimal of SQLite is a float or an integer.
    """
    statement, params = query.query.sql_with_params()
    rows: list[tuple[Any, ...]] = []
    with connection.chunked_cursor() as cursor:
        cursor.execute(statement, params)
        while chunk := cursor.fetchmany(CHUNK):
            rows += chunk
    return rows
