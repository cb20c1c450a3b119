"""Takes indexes and keys away while tables are filled, and builds them once over the finished rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

_FOREIGN = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype = 'f' AND (conrelid::regclass::text = ANY(%s) OR confrelid::regclass::text = ANY(%s))
"""
_KEYS = """
SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE contype IN ('p', 'u') AND conrelid::regclass::text = ANY(%s) ORDER BY contype
"""
_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s)"


@contextmanager
def bare(cursor: Any, tables: list[str]) -> Iterator[None]:
    """Leave the tables without keys and indexes inside, with all of them, checked, afterwards."""
    foreign = _asked(cursor, _FOREIGN, tables, tables)
    keys = _asked(cursor, _KEYS, tables)
    for table, name, _definition in [*foreign, *keys]:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    indexes = _asked(cursor, _INDEXES, tables)
    for name, _definition in indexes:
        cursor.execute(f'DROP INDEX "{name}"')
    yield
    for table, name, definition in keys:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    for _name, definition in indexes:
        cursor.execute(definition)
    for table, name, definition in foreign:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')


def _asked(cursor: Any, query: str, *tables: list[str]) -> list[tuple[str, ...]]:
    cursor.execute(query, tables)
    return cursor.fetchall()
