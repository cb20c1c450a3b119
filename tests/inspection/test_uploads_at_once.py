"""Laboratories' machines hand in at the same moment to a running site: nothing is lost, nothing twice.

A server and a database in a file (or PostgreSQL) are the only place where writers really meet. The fast lane
takes eight of them on PostgreSQL, where transactions run side by side; the slow lane twenty on either.
"""

from __future__ import annotations

import pytest

from bench import lab_uploads

FEW, MANY = 8, 20


def is_kept(found, count) -> bool:
    expected = {"sent": count, "requests": 2 * count, "stored": count, "entries": count}
    expected |= {"refused": 0, "lost": 0, "twice": 0}
    return {name: found[name] for name in expected} == expected


@pytest.mark.prove
def test_on_sqlite_every_hand_in_is_stored_once(with_schema, tmp_path):
    file = with_schema(tmp_path) / "zhiheng.sqlite3"

    assert is_kept(lab_uploads.measure(f"sqlite:///{file}", str(tmp_path), MANY), MANY)


@pytest.mark.pg
@pytest.mark.parametrize("count", [FEW, pytest.param(MANY, marks=pytest.mark.prove)])
def test_on_postgresql_every_hand_in_is_stored_once(postgres, tmp_path, count):
    found = lab_uploads.measure(postgres.new_database(migrated=True), str(tmp_path), count)

    assert is_kept(found, count)
