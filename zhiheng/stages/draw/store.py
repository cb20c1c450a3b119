"""Writes many rows of a table by one prepared statement.

``bulk_create`` composes a statement for every few dozen rows and ``bulk_update`` a CASE of every row; here a
row is a tuple of prepared values. Constraints of the database still hold; no signal is sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def insert(model: type[models.Model], rows: Iterable[models.Model]) -> None:
    """Insert new rows whose keys are set already."""
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    names = ", ".join(quote(field.column) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    prepare = [(field.attname, field.get_db_prep_save) for field in fields]
    values = ([save(getattr(row, name), connection) for name, save in prepare] for row in rows)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({marks})",
            values,
        )


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
