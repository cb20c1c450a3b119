"""The database itself refuses to change or drop what the register writes once, whoever asks."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from zhiheng.ledger.ids import uuid7
from zhiheng.ledger.insert_only import MESSAGE
from zhiheng.stages.registry import actions
from zhiheng.stages.registry.guards import GUARDS
from zhiheng.stages.registry.models import Licence
from zhiheng.stages.registry.models.kept import InsertOnly

from .conftest import (
    inspector_row,
    lab_row,
    licence_row,
    qualification_row,
    scope_row,
)

ROOT = Path(__file__).resolve().parents[2]
MODELS = [model for model in apps.get_app_config("registry").get_models() if issubclass(model, InsertOnly)]


def test_every_insert_only_table_of_the_register_is_guarded(db):
    assert {model._meta.db_table for model in MODELS} == set(GUARDS.tables)
    assert GUARDS.standing(connection) == GUARDS.expected(connection.vendor)

    GUARDS.install(connection)

    assert GUARDS.standing(connection) == GUARDS.expected(connection.vendor)


@pytest.fixture
def filled(officer, subject):
    """Rows in five of the guarded tables."""
    actions.register_licence(by=officer, row=licence_row())
    actions.register_qualification(by=officer, row=qualification_row())
    actions.import_inspectors(by=officer, rows=[inspector_row(1)], source="人员")
    lab = actions.register_lab(by=officer, row=lab_row())
    actions.import_scopes(by=officer, rows=[scope_row()], source="表")
    actions.import_labs(by=officer, rows=[lab_row(name="新名")], source="表")
    actions.update_subject(by=officer, subject=subject, changes={"name": "新厂名"})
    return lab


def values(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def refused(query):
    with pytest.raises(DatabaseError, match=MESSAGE), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(query)


@pytest.mark.parametrize("table", ["licence", "qualification", "labscope", "labversion", "subjectversion"])
def test_a_raw_change_or_removal_is_refused(filled, table):
    name = f"registry_{table}"
    model = next(one for one in MODELS if one._meta.db_table == name)
    before = list(model.objects.order_by("pk").values())
    assert before

    refused(f"UPDATE {name} SET recorded_at = '2001-01-01 00:00:00+00:00'")
    refused(f"DELETE FROM {name}")
    with pytest.raises(DatabaseError, match=MESSAGE), transaction.atomic():
        model.objects.update(recorded_at="2001-01-01T00:00:00+00:00")
    if connection.vendor == "sqlite":
        columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
        refused(f"INSERT OR REPLACE INTO {name} ({columns}) SELECT {columns} FROM {name}")
    else:
        connection.check_constraints()
        refused(f"TRUNCATE {name} CASCADE")

    assert list(model.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("table", ["licence", "subjectversion"])
def test_no_row_is_replaced_by_one_with_a_fresh_id_and_an_old_key(filled, table):
    name = f"registry_{table}"
    model = next(one for one in MODELS if one._meta.db_table == name)
    before = list(model.objects.order_by("pk").values())
    others = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields if not field.primary_key)
    asked = f"INTO {name} (id, {others}) SELECT '{uuid7().hex}', {others} FROM {name} ORDER BY id LIMIT 1"

    if connection.vendor == "sqlite":
        refused(f"INSERT OR REPLACE {asked}")
    else:
        unique = pytest.raises(DatabaseError, match="unique constraint")
        with unique, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"INSERT {asked}")

    assert list(model.objects.order_by("pk").values()) == before


def test_a_key_that_is_unique_under_a_condition_stays_free_beyond_it(officer, subject):
    first = actions.register_licence(by=officer, row=licence_row())

    second = Licence(**{**values(first), "id": uuid7(), "replaces_id": first.pk})
    second.save(force_insert=True)

    assert [row.replaces_id for row in Licence.objects.order_by("pk")] == [None, first.pk]


@pytest.mark.pg
def test_the_register_keeps_its_promise_on_postgresql_too(postgres):
    asked = ["tests/registry/test_guards.py", "-p", "no:cacheprovider", "-p", "no:xdist", "-m", "not pg"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *asked],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgres.new_database()},
        capture_output=True,
        text=True,
        timeout=300,
    )

    assert done.returncode == 0, done.stdout[-4_000:]
    assert " passed" in done.stdout
