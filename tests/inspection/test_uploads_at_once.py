"""Twenty laboratories' machines hand in at the same moment to a running site: nothing is lost, nothing twice.

A server and a database in a file (or PostgreSQL) are the only place where writers really meet.
"""

from __future__ import annotations

import pytest

from bench import lab_uploads

COUNT = 20


def kept(found):
    return {
        name: found[name] for name in ("sent", "requests", "refused", "stored", "lost", "twice", "entries")
    }


EXPECTED = {
    "sent": COUNT,
    "requests": 2 * COUNT,
    "refused": 0,
    "stored": COUNT,
    "lost": 0,
    "twice": 0,
    "entries": COUNT,
}


def test_on_sqlite_every_hand_in_is_stored_once(with_schema, tmp_path):
    file = with_schema(tmp_path) / "zhiheng.sqlite3"

    found = lab_uploads.measure(f"sqlite:///{file}", str(tmp_path), COUNT)

    assert kept(found) == EXPECTED


@pytest.mark.pg
def test_on_postgresql_every_hand_in_is_stored_once(postgres, tmp_path):
    found = lab_uploads.measure(postgres.new_database(migrated=True), str(tmp_path), COUNT)

    assert kept(found) == EXPECTED
