"""Database triggers for tables whose rows are written once: no program changes or drops one, by whatever way.

SQLite also refuses an insert onto an existing key, because ``INSERT OR REPLACE`` drops the old row without
firing its delete trigger. What the ledger itself needs beyond that stands in ``guards``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.backends.base.base import BaseDatabaseWrapper

MESSAGE = "this table is insert-only"
_ACTS = {"sqlite": ("insert", "update", "delete"), "postgresql": ("change", "truncate")}


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

    def install(self, connection: BaseDatabaseWrapper) -> None:
        """Create the triggers; safe to run twice."""
        self.remove(connection)
        with connection.cursor() as cursor:
            for statement in self._installation(connection.vendor):
                cursor.execute(statement)

    def remove(self, connection: BaseDatabaseWrapper) -> None:
        """Drop the triggers: for a reverse migration, and for tests that empty the tables."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                # Deferred foreign keys of this transaction are checked now, else no table may be altered.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            for table in self.tables:
                suffix = f" ON {table}" if connection.vendor == "postgresql" else ""
                for act in _ACTS[connection.vendor]:
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
        return {self._name(table, act) for table in self.tables for act in _ACTS[vendor]}

    def _name(self, table: str, act: str) -> str:
        return f"{self.app}_guard_{table.removeprefix(self.app + '_')}_{act}"

    def _installation(self, vendor: str) -> Iterator[str]:
        if vendor == "sqlite":
            refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            for table in self.tables:
                for act in ("update", "delete"):
                    yield f"CREATE TRIGGER {self._name(table, act)} BEFORE {act} ON {table} {refuse}"
                yield (
                    f"CREATE TRIGGER {self._name(table, 'insert')} BEFORE INSERT ON {table} "
                    f"WHEN EXISTS (SELECT 1 FROM {table} WHERE id = NEW.id) {refuse}"
                )
            return
        yield _FUNCTION.replace("APP", self.app)
        refuse = f"EXECUTE FUNCTION {self.app}_refuse_change()"
        for table in self.tables:
            change, truncate = self._name(table, "change"), self._name(table, "truncate")
            yield f"CREATE TRIGGER {change} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}"
            yield f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"
            yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {change}"
            yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {truncate}"
