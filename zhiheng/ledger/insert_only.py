"""Database triggers for tables whose rows are written once: no program changes or drops one, by whatever way.

SQLite also refuses an insert onto an existing key, the primary or any other unique one, because ``INSERT OR
REPLACE`` drops the old row without firing its delete trigger. What the ledger itself needs beyond that stands
in ``guards``.

Some columns of a table may be ``erasable``: what says something of a person, which may change to the mark of
what was erased and to nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper

MESSAGE = "this table is insert-only"
_ACTS = {"sqlite": ("insert", "update", "delete"), "postgresql": ("change", "truncate")}
_ERASE = "erase"
ERASED = "已抹除 / Erased"
"""Stands where a record showed words that were erased, in both languages, since a row knows no reader."""


_FUNCTION = f"""
CREATE OR REPLACE FUNCTION APP_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{MESSAGE}: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""


@dataclass(frozen=True)
class Guards:
    """The guards of the insert-only tables of one app."""

    app: str
    tables: tuple[str, ...]
    erasable: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def install(self, connection: BaseDatabaseWrapper) -> None:
        """Create the triggers; safe to run twice."""
        self.remove(connection)
        with connection.cursor() as cursor:
            kept = {
                table: [one.name for one in connection.introspection.get_table_description(cursor, table)]
                for table in self.erasable
            }
            taken = {}
            if connection.vendor == "sqlite":
                taken = {table: " OR ".join(_collisions(cursor, table)) for table in self.tables}
            for statement in self._installation(connection.vendor, kept, taken):
                cursor.execute(statement)

    def remove(self, connection: BaseDatabaseWrapper) -> None:
        """Drop the triggers: for a reverse migration, and for tests that empty the tables."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # Deferred foreign keys of this transaction are checked now, else no table may be altered.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in self.tables:
                suffix = f" ON {table}" if connection.vendor == "postgresql" else ""
                for act in (*_ACTS[connection.vendor], _ERASE):
                    cursor.execute(f"DROP TRIGGER IF EXISTS {self._name(table, act)}{suffix}")

    @contextmanager
    def lifted(self, connection: BaseDatabaseWrapper) -> Iterator[None]:
        """Take the triggers away for a moment; only tests do so."""
        self.remove(connection)
        try:
            yield
        finally:
            self.install(connection)

    def standing(self, connection: BaseDatabaseWrapper) -> set[str]:
        """Return the names of the guard triggers that the database holds."""
        query = {
            "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
            "postgresql": "SELECT tgname FROM pg_trigger WHERE tgenabled = 'A'",
        }[connection.vendor]
        with connection.cursor() as cursor:
            cursor.execute(query)
            return {row[0] for row in cursor.fetchall() if row[0].startswith(f"{self.app}_guard_")}

    def expected(self, vendor: str) -> set[str]:
        """Return the names of the triggers that must stand."""
        acts = _ACTS[vendor]
        return {self._name(table, act) for table in self.tables for act in acts} | {
            self._name(table, _ERASE) for table in self.erasable
        }

    def _name(self, table: str, act: str) -> str:
        return f"{self.app}_guard_{table.removeprefix(self.app + '_')}_{act}"

    def _installation(
        self, vendor: str, columns: Mapping[str, list[str]], taken: Mapping[str, str]
    ) -> Iterator[str]:
        if vendor == "sqlite":
            refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            for table in self.tables:
                yield f"CREATE TRIGGER {self._name(table, 'delete')} BEFORE DELETE ON {table} {refuse}"
                update = self._update(table, columns)
                yield f"CREATE TRIGGER {self._name(table, 'update')} BEFORE {update} ON {table} {refuse}"
                yield from self._erasing(table, refuse)
                yield (
                    f"CREATE TRIGGER {self._name(table, 'insert')} BEFORE INSERT ON {table} "
                    f"WHEN {taken[table]} {refuse}"
                )
            return
        yield _FUNCTION.replace("APP", self.app)
        refuse = f"EXECUTE FUNCTION {self.app}_refuse_change()"
        for table in self.tables:
            change, truncate = self._name(table, "change"), self._name(table, "truncate")
            update = self._update(table, columns)
            yield f"CREATE TRIGGER {change} BEFORE {update} OR DELETE ON {table} FOR EACH ROW {refuse}"
            for erasing in self._erasing(table, refuse):
                yield erasing
                yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {self._name(table, _ERASE)}"
            yield f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"
            yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {change}"
            yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {truncate}"

    def _update(self, table: str, columns: Mapping[str, list[str]]) -> str:
        """Return which updates are refused whatever they write: all, or those of any column but the words."""
        if table not in self.erasable:
            return "UPDATE"
        kept = [f'"{name}"' for name in columns[table] if name not in self.erasable[table]]
        return f"UPDATE OF {', '.join(kept)}"

    def _erasing(self, table: str, refuse: str) -> Iterator[str]:
        """Yield what refuses to write into the words of a table anything but the mark of erased ones."""
        if table in self.erasable:
            columns = self.erasable[table]
            names = ", ".join(f'"{name}"' for name in columns)
            changed = " OR ".join(
                f"""(NEW."{name}" <> OLD."{name}" AND NEW."{name}" <> '{ERASED}')""" for name in columns
            )
            yield (
                f"CREATE TRIGGER {self._name(table, _ERASE)} BEFORE UPDATE OF {names} ON {table} "
                f"FOR EACH ROW WHEN ({changed}) {refuse}"
            )


def _collisions(cursor: CursorWrapper, table: str) -> Iterator[str]:
    """Yield for each unique key of a table of SQLite what says that a new row shares it with an old one.

    Two NULLs are not equal, here as in a unique key. The condition of a partial key is asked of the old row
    and of the new one, which is a table of one row for that.
    """
    yield f"EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id)"
    cursor.execute(f"SELECT name FROM pragma_table_info('{table}')")
    new = ", ".join(f'NEW."{name}" AS "{name}"' for (name,) in cursor.fetchall())
    cursor.execute(
        "SELECT i.name, m.sql FROM pragma_index_list(%s) AS i "
        "LEFT JOIN sqlite_master AS m ON m.type = 'index' AND m.name = i.name "
        """WHERE i."unique" AND i.origin <> 'pk' ORDER BY i.name""",
        [table],
    )
    for index, sql in cursor.fetchall():
        cursor.execute("SELECT name FROM pragma_index_info(%s) ORDER BY seqno", [index])
        same = " AND ".join(f'"{name}" = NEW."{name}"' for (name,) in cursor.fetchall())
        condition = (sql or "").partition(" WHERE ")[2]
        if condition:
            yield (
                f"(EXISTS (SELECT 1 FROM (SELECT {new}) WHERE {condition}) "
                f"AND EXISTS (SELECT 1 FROM {table} WHERE {same} AND ({condition})))"
            )
        else:
            yield f"EXISTS (SELECT 1 FROM {table} WHERE {same})"
