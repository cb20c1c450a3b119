"""The database itself refuses to change or drop what the ledger holds, whoever asks and by whatever way."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from zhiheng import ledger
from zhiheng.errors import CheckFailed
from zhiheng.ledger import guards
from zhiheng.ledger.models import Delivery, Entry, EntrySubject, Evidence, Head

ROWS = (Entry, EntrySubject, Evidence)


@pytest.fixture
def written(actor, db):
    with transaction.atomic():
        return ledger.record_rows(
            by=actor, verb="draw.committed", subjects=[("draw", "d-1")], detail={}, rows=b"{}\n", row_count=1
        )


def refused(act):
    with pytest.raises(DatabaseError, match=guards.MESSAGE), transaction.atomic():
        act()


def execute(query, *values):
    with connection.cursor() as cursor:
        cursor.execute(query, values)


def test_every_guard_stands_after_the_migrations(db):
    assert guards.standing(connection) == guards.expected(connection.vendor)


def test_setting_the_guards_up_twice_changes_nothing(db):
    guards.install(connection)

    assert guards.standing(connection) == guards.expected(connection.vendor)


@pytest.mark.parametrize("model", ROWS)
def test_rows_cannot_be_dropped(written, model):
    before = model.objects.count()

    refused(lambda: model.objects.all()._raw_delete("default"))
    refused(lambda: execute(f"DELETE FROM {model._meta.db_table}"))

    assert model.objects.count() == before == 1


@pytest.mark.parametrize(
    ("model", "change"),
    [(Entry, {"region": "330000"}), (EntrySubject, {"key": "d-2"}), (Evidence, {"name": "other"})],
)
def test_rows_cannot_be_changed(written, model, change):
    row = model.objects.get()

    refused(lambda: model.objects.update(**change))
    refused(lambda: model.objects.bulk_update([row], list(change)))
    refused(row.save)

    (column, value) = next(iter(change.items()))
    assert getattr(model.objects.get(), column) != value


def test_a_row_cannot_be_replaced_under_its_key(written):
    columns = "sha256, name, size, media_type, stored_at"
    again = "SELECT sha256, 'other', size, media_type, stored_at FROM ledger_evidence"
    if connection.vendor == "sqlite":
        query = f"INSERT OR REPLACE INTO ledger_evidence ({columns}) {again}"
    else:
        conflict = "ON CONFLICT (sha256) DO UPDATE SET name = 'other'"
        query = f"INSERT INTO ledger_evidence ({columns}) {again} {conflict}"

    refused(lambda: execute(query))

    assert Evidence.objects.get().name == "draw.committed.ndjson"


def test_a_subject_cannot_be_replaced_under_its_place(written):
    columns = "entry_id, position, kind, key"
    again = "SELECT entry_id, position, kind, 'd-2' FROM ledger_entrysubject"
    if connection.vendor == "sqlite":
        query = f"INSERT OR REPLACE INTO ledger_entrysubject ({columns}) {again}"
    else:
        conflict = "ON CONFLICT (entry_id, position) DO UPDATE SET key = 'd-2'"
        query = f"INSERT INTO ledger_entrysubject ({columns}) {again} {conflict}"

    refused(lambda: execute(query))

    assert EntrySubject.objects.get().key == "d-1"


def test_no_subject_is_added_to_an_entry_once_a_later_one_stands(written, actor):
    with transaction.atomic():
        ledger.record(by=actor, verb="draw.revealed", subjects=[("draw", "d-1")], detail={})

    refused(lambda: EntrySubject.objects.create(entry=written, position=7, kind="draw", key="d-9"))

    assert written.subjects.count() == 1


def test_an_entry_cannot_be_put_in_the_place_of_another(written):
    twin = Entry.objects.get()
    twin.pk = ledger.ids.uuid7()

    with pytest.raises(DatabaseError), transaction.atomic():
        twin.save(force_insert=True)

    assert Entry.objects.count() == 1


def test_tables_cannot_be_emptied_at_once(written):
    if connection.vendor == "sqlite":
        refused(lambda: execute("DELETE FROM ledger_entrysubject WHERE 1"))
        return
    connection.check_constraints()
    for model in ROWS:
        refused(lambda model=model: execute(f"TRUNCATE {model._meta.db_table} CASCADE"))
    execute("SET LOCAL session_replication_role = replica")
    refused(lambda: execute("DELETE FROM ledger_evidence"))


def test_what_moves_on_can_still_be_changed(written):
    Head.objects.update(seq=1)
    Delivery.objects.create(entry=written, handler="x", next_attempt_at=written.at)

    assert Delivery.objects.update(attempts=2) == 1


def test_a_subject_of_no_entry_is_found_by_the_check_of_the_chain(written):
    EntrySubject.objects.create(entry_id=ledger.ids.uuid7(), position=0, kind="draw", key="d-7")

    with pytest.raises(CheckFailed) as found:
        ledger.check()

    assert found.value.code == "chain-subject"
