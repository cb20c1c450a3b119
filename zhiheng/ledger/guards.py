"""Database triggers that refuse to change or drop what was once written to the ledger.

They stand in the database, not in Python, so a bulk update, a shell or another program meets them too.
SQLite also refuses an insert onto an existing key, because ``INSERT OR REPLACE`` drops the old row
without firing its delete trigger (https://www.sqlite.org/lang_conflict.html, REPLACE).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db.backends.base.base import BaseDatabaseWrapper

# table -> what makes a new row collide with an old one (SQLite only)
TABLES = {
    "ledger_entry": "id = NEW.id OR seq = NEW.seq",
    "ledger_entrysubject": (
        "entry_id = NEW.entry_id AND (position = NEW.position OR (kind = NEW.kind AND key = NEW.key))"
    ),
    "ledger_evidence": "sha256 = NEW.sha256",
    "ledger_anchor": "id = NEW.id OR (national = NEW.national AND place = NEW.place)",
    "ledger_sealed": "entry_id = NEW.entry_id OR seq = NEW.seq OR (log = NEW.log AND place = NEW.place)",
}
MESSAGE = "the ledger is append-only"
# A subject is written with its entry, before or after it: none may be added once the head of the chain has
# reached that entry.
REACHED = "e.seq <= COALESCE((SELECT seq FROM ledger_head WHERE id = 1), 0)"
LATE = f"EXISTS (SELECT 1 FROM ledger_entry e WHERE e.id = NEW.entry_id AND {REACHED})"
LATE_AMONG = f"EXISTS (SELECT FROM added JOIN ledger_entry e ON e.id = added.entry_id WHERE {REACHED})"

_FUNCTION = f"""
CREATE OR REPLACE FUNCTION ledger_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '{MESSAGE}: % on %', TG_OP, TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$
"""
_LATE_FUNCTION = f"""
CREATE OR REPLACE FUNCTION ledger_refuse_late_subject() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
  IF {LATE_AMONG} THEN
    RAISE EXCEPTION '{MESSAGE}: late %', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NULL;
END $$
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers; safe to run twice."""
    remove(connection)
    with connection.cursor() as cursor:
        for statement in _installation(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers: for a reverse migration, and for tests that empty the tables."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Deferred foreign keys of this transaction are checked now, else the table may not be altered.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in _removal(connection.vendor):
            cursor.execute(statement)


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Take the triggers away for a moment; only tests do so."""
    remove(connection)
    try:
        yield
    finally:
        install(connection)


def standing(connection: BaseDatabaseWrapper) -> set[str]:
    """Return the names of the guard triggers that the database holds."""
    query = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'ledger_guard_%%'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'ledger_guard_%%' AND tgenabled = 'A'",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(query.replace("%%", "%"))
        return {row[0] for row in cursor.fetchall()}


def expected(vendor: str) -> set[str]:
    """Return the names of the triggers that must stand."""
    acts = {"sqlite": ("insert", "update", "delete"), "postgresql": ("change", "truncate")}[vendor]
    return {f"ledger_guard_{table}_{act}" for table in TABLES for act in acts} | {
        "ledger_guard_ledger_entrysubject_late"
    }


def _installation(vendor: str) -> Iterator[str]:
    if vendor == "sqlite":
        for table, collides in TABLES.items():
            refuse = f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
            for act in ("update", "delete"):
                yield f"CREATE TRIGGER ledger_guard_{table}_{act} BEFORE {act} ON {table} {refuse}"
            yield (
                f"CREATE TRIGGER ledger_guard_{table}_insert BEFORE INSERT ON {table} "
                f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {collides}) {refuse}"
            )
        yield (
            "CREATE TRIGGER ledger_guard_ledger_entrysubject_late BEFORE INSERT ON ledger_entrysubject "
            f"WHEN {LATE} {refuse}"
        )
        return
    yield _FUNCTION
    yield _LATE_FUNCTION
    late = "ledger_guard_ledger_entrysubject_late"
    yield (
        f"CREATE TRIGGER {late} AFTER INSERT ON ledger_entrysubject REFERENCING NEW TABLE AS added "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse_late_subject()"
    )
    yield f"ALTER TABLE ledger_entrysubject ENABLE ALWAYS TRIGGER {late}"
    for table in TABLES:
        change, truncate = f"ledger_guard_{table}_change", f"ledger_guard_{table}_truncate"
        refuse = "EXECUTE FUNCTION ledger_refuse_change()"
        yield f"CREATE TRIGGER {change} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW {refuse}"
        yield f"CREATE TRIGGER {truncate} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT {refuse}"
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {change}"
        yield f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {truncate}"


def _removal(vendor: str) -> Iterator[str]:
    for name in sorted(expected(vendor)):
        table = next(table for table in sorted(TABLES, key=len, reverse=True) if table in name)
        suffix = f" ON {table}" if vendor == "postgresql" else ""
        yield f"DROP TRIGGER IF EXISTS {name}{suffix}"
