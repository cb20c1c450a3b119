"""Puts back what fixtures build again and again: the rows, files and waiting calls of a step.

A step is known by its name and by the steps before it. The first test of a process that takes it builds it;
for the others its rows are put back as they were written, ids and times included. That is done only where
nothing else stands in the database: before the first step it is empty, and SQLite counts every changed row,
so that a row written between two steps is noticed and what follows is built. On another database, and outside
of the transaction that ends with the test, every step is built. What a step takes from chance follows from
its name and those before it, so that it is the same in every process and whichever test builds it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Model

from tests import chance

Rows = dict[int, tuple[Any, ...]]
OF_MIGRATIONS = ("django_", "auth_", "sqlite_")
ENTRIES, SUBJECTS = '"ledger_entry"', '"ledger_entrysubject"'


@dataclass(frozen=True)
class Step:
    """What a step left: rows by table, files by name, calls that wait for the commit, and the answer."""

    rows: dict[str, Rows]
    files: dict[str, bytes]
    calls: tuple[tuple[Callable[[], Any], bool], ...]
    answer: Any

    def put_back(self) -> None:
        """Write everything again."""
        for table in (ENTRIES, SUBJECTS):  # before the head: a guard refuses a late subject
            _write(table, self.rows.get(table, {}))
        for table, rows in self.rows.items():
            if table not in (ENTRIES, SUBJECTS):
                _write(table, rows)
        for name, data in self.files.items():
            file = settings.VAR / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(data)
        within = set(connection.savepoint_ids)
        connection.run_on_commit.extend((within, call, robust) for call, robust in self.calls)

    def answered(self) -> Any:
        """Return what the step answered; a row is read anew."""
        is_row = isinstance(self.answer, Model)
        return type(self.answer)._base_manager.get(pk=self.answer.pk) if is_row else self.answer


_SHELF: dict[tuple[str, ...], Step | None] = {}


class Kept:
    """The steps of one test."""

    def __init__(self) -> None:
        is_new = connection.vendor == "sqlite" and connection.in_atomic_block and _is_empty()
        self._mark = _changes() if is_new else None
        self._taken: tuple[str, ...] = ()

    def step(self, name: str, build: Callable[[], Any]) -> Any:
        """Take a step: build it, or put back what it left when it was built."""
        self._taken = (*self._taken, name)
        place = len(self._taken)
        with chance.named(" / ".join(self._taken), place):
            answer = self._step(build)
        chance.pass_by(place)
        return answer

    def _step(self, build: Callable[[], Any]) -> Any:
        if self._mark is None or self._mark != _changes():
            self._mark = None
            return build()
        step = _SHELF.get(self._taken)
        if step is not None:
            step.put_back()
            answer = step.answered()
        else:
            answer = build() if self._taken in _SHELF else self._recorded(build)
        self._mark = _changes()
        return answer

    def _recorded(self, build: Callable[[], Any]) -> Any:
        rows, files, calls = _all_rows(), _all_files(), len(connection.run_on_commit)
        answer = build()
        now = _all_rows()
        if any(rows[table].keys() - now[table].keys() for table in now):
            _SHELF[self._taken] = None  # it took rows away, which is not put back
            return answer
        _SHELF[self._taken] = Step(
            rows={
                table: left
                for table in now
                if (left := {id: row for id, row in now[table].items() if rows[table].get(id) != row})
            },
            files={name: data for name, data in _all_files().items() if files.get(name) != data},
            calls=tuple((call, robust) for _within, call, robust in connection.run_on_commit[calls:]),
            answer=answer,
        )
        return answer


def _write(table: str, rows: Rows) -> None:
    names = ("rowid", *_columns(table))
    connection.connection.executemany(
        f"REPLACE INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})",
        [(rowid, *row) for rowid, row in rows.items()],
    )


def _changes() -> int:
    return connection.connection.total_changes


_TABLES: dict[str, tuple[str, ...]] = {}


def _columns(table: str) -> tuple[str, ...]:
    return _tables()[table]


def _tables() -> dict[str, tuple[str, ...]]:
    """Return the columns of each table that the house fills."""
    if not _TABLES:
        ask = connection.connection.execute
        names = [name for (name,) in ask("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in names:
            if not name.startswith(OF_MIGRATIONS):
                found = ask(f'PRAGMA table_info("{name}")').fetchall()
                _TABLES[f'"{name}"'] = tuple(f'"{column[1]}"' for column in found)
    return _TABLES


def _is_empty() -> bool:
    held = " + ".join(f"EXISTS(SELECT 1 FROM {table})" for table in _tables())
    return connection.connection.execute(f"SELECT {held}").fetchone()[0] == 0


def _all_rows() -> dict[str, Rows]:
    """Return every row as it is stored: the sign before a column keeps Django from reading it as a value."""
    found = {}
    for table, columns in _tables().items():
        stored = ", ".join(f"+{column}" for column in columns)
        rows = connection.connection.execute(f"SELECT rowid, {stored} FROM {table}")
        found[table] = {rowid: row for rowid, *row in map(tuple, rows)}
    return found


def _all_files() -> dict[str, bytes]:
    var = Path(settings.VAR)
    return {str(file.relative_to(var)): file.read_bytes() for file in var.rglob("*") if file.is_file()}
