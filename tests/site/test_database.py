"""``DATABASE_URL`` is read strictly: a wrong one is refused without repeating the password in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from zhiheng.errors import BadInput
from zhiheng.site import database

VAR = Path("/srv/zhiheng")


def test_without_an_address_the_data_lie_in_the_folder_of_the_site():
    assert database.from_url("", var=VAR)["NAME"] == "/srv/zhiheng/zhiheng.sqlite3"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("sqlite:///here.sqlite3", "here.sqlite3"),
        ("sqlite:////srv/a%20b.sqlite3", "/srv/a b.sqlite3"),
        ("sqlite:///:memory:", ":memory:"),
    ],
)
def test_an_address_of_sqlite_names_a_file(url, name):
    found = database.from_url(url, var=VAR)

    assert found["ENGINE"].endswith("sqlite3")
    assert found["NAME"] == name
    assert found["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_an_address_of_postgresql_over_tcp():
    found = database.from_url("postgresql://zh:p%40ss@db.example:5433/quality?sslmode=verify-full", var=VAR)

    assert [found[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")] == [
        "zh",
        "p@ss",
        "db.example",
        "5433",
        "quality",
    ]
    assert found["OPTIONS"] == {"sslmode": "verify-full", "options": database.POSTGRESQL_SETTINGS}


def test_an_address_of_postgresql_over_a_socket():
    found = database.from_url("postgres://zh@/quality?host=/run/postgresql&port=5434", var=VAR)

    assert (found["HOST"], found["PORT"]) == ("/run/postgresql", "5434")


def test_an_address_of_postgresql_may_set_what_the_server_is_told():
    found = database.from_url("postgresql://zh@db.example/quality?options=-c%20work_mem%3D64MB", var=VAR)

    assert found["OPTIONS"] == {"options": "-c work_mem=64MB"}


@pytest.mark.parametrize(
    "url",
    [
        "quality",
        "mysql://zh:secret@db/quality",
        "sqlite://host/file",
        "sqlite:///",
        "postgresql://zh:secret@db",
        "postgresql://zh:secret@db/",
        "postgresql://zh:secret@db/a/b",
        "postgresql://zh:secret@db:99999/quality",
        "postgresql://zh:secret@db/quality?sslmode",
    ],
)
def test_a_wrong_address_is_refused_without_its_password(url):
    with pytest.raises(BadInput) as caught:
        database.from_url(url, var=VAR)

    assert "secret" not in str(caught.value)
    assert caught.value.remedy


@pytest.mark.django_db
def test_sqlite_runs_with_what_a_ledger_needs():
    if connection.vendor != "sqlite":
        assert connection.settings_dict["CONN_HEALTH_CHECKS"]
        return
    with connection.cursor() as cursor:
        pragmas = {}
        for name in ("foreign_keys", "synchronous"):
            cursor.execute(f"PRAGMA {name}")
            pragmas[name] = cursor.fetchone()[0]

    assert pragmas == {"foreign_keys": 1, "synchronous": 2}
    assert connection.transaction_mode == "IMMEDIATE"
