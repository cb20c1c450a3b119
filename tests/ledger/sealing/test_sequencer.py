"""Public entries are sealed in their order, once, and never over what an older database has forgotten."""

from __future__ import annotations

import shutil

import pytest
from django.db import connection

from tests.ledger.sealing.conftest import restore
from zhiheng import ledger
from zhiheng.errors import CheckFailed, Conflict
from zhiheng.ledger import guards, statement
from zhiheng.ledger.models import Entry, Sealed
from zhiheng.ledger.sealing import places, receipts, sequencer, turn
from zhiheng.proof import canonical, note, receipt
from zhiheng.verification import log as verification

pytestmark = pytest.mark.django_db


def logged():
    folder = next(places.folders())
    said = verification.check(folder.path)
    assert said.report.ok, said.report.refusal
    return folder.entries(0, said.size, said.size)


def test_public_entries_stand_in_the_log_in_their_order(publish):
    made = publish(5)

    outcome = sequencer.seal_now()

    assert (outcome.sealed, outcome.size) == (5, 5)
    assert logged() == [canonical.dumps(ledger.statement_of(entry)) for entry in made]


def test_internal_entries_stay_out(publish):
    publish(3)

    sequencer.seal_now()

    assert b"draw.noted" not in b"".join(logged())


def test_sealing_again_changes_nothing(publish):
    publish(3)
    first = sequencer.seal_now()

    assert sequencer.seal_now() == sequencer.Outcome(0, 3, first.root)
    assert not sequencer.is_behind()


def test_later_entries_follow_the_earlier_ones(publish):
    publish(3)
    sequencer.seal_now()
    publish(2)
    assert sequencer.is_behind() and sequencer.waiting() == 2

    assert sequencer.seal_now().size == 5
    assert [row.place for row in Sealed.objects.order_by("seq")] == [0, 1, 2, 3, 4]


def test_many_entries_are_sealed_in_batches(publish, monkeypatch):
    monkeypatch.setattr(turn, "BATCH", 4)
    publish(11)

    assert sequencer.seal_now().sealed == 11
    assert len(logged()) == 11


def test_another_process_goes_on_where_the_first_was(publish):
    publish(2)
    sequencer.seal_now()
    sequencer.forget()
    publish(2)

    assert sequencer.seal_now().size == 4


def test_the_table_catches_up_with_files_that_lead(publish):
    publish(3)
    outcome = sequencer.seal_now()
    with guards.lifted(connection):
        Sealed.objects.filter(place__gte=1).delete()

    again = sequencer.seal_now()

    assert (again.sealed, again.size, again.root) == (2, 3, outcome.root)
    assert Sealed.objects.count() == 3


# --- refusing --------------------------------------------------------------------------------------


def test_an_older_database_is_noticed_and_nothing_is_signed(publish):
    made = publish(5)
    before = sequencer.seal_now()
    restore(made[2])

    with pytest.raises(Conflict, match="an older copy was restored") as refused:
        sequencer.seal_now()

    assert refused.value.code == "log-ahead" and "zhiheng log renew" in refused.value.remedy
    assert verification.check(places.public()).root == before.root


def test_what_is_recorded_after_the_restoration_is_not_sealed_over(publish):
    made = publish(5)
    before = sequencer.seal_now()
    restore(made[2])
    publish(9)

    with pytest.raises(Conflict, match="at place 3"):
        sequencer.seal_now()

    assert verification.check(places.public()).root == before.root


def test_a_changed_entry_in_the_database_is_noticed_where_it_is_the_last(publish):
    made = publish(2)
    sequencer.seal_now()
    with guards.lifted(connection):
        Entry.objects.filter(pk=made[1].pk).update(region="330000")

    with pytest.raises(Conflict, match="at place 1"):
        sequencer.seal_now()


def test_a_log_behind_the_table_is_refused(publish, var):
    publish(2)
    sequencer.seal_now()
    shutil.rmtree(var / "log")
    shutil.rmtree(var / "log-state")

    with pytest.raises(Conflict, match="knows 2 sealed entries, and the log on disk has 0"):
        sequencer.seal_now()


def test_a_process_rereads_every_entry_before_it_signs(publish, var):
    publish(300)
    sequencer.seal_now()
    sequencer.present().lay_down()
    place = var / "log" / "tile" / "entries" / "000"
    place.write_bytes(place.read_bytes().replace(b'"number":7}', b'"number":8}'))
    sequencer.forget()
    publish(1)

    with pytest.raises(CheckFailed, match=r"tile/0/000"):
        sequencer.seal_now()


def test_another_origin_needs_another_log(publish, settings):
    publish(1)
    sequencer.seal_now()
    settings.LOG_ORIGIN = "other.invalid/log"

    with pytest.raises(Conflict, match=r"signs for the log unnamed\.zhiheng\.invalid/log"):
        sequencer.seal_now()


def test_the_key_is_read_by_its_owner_alone(publish, var):
    publish(1)
    sequencer.seal_now()

    assert (var / "keys" / "log.key").stat().st_mode & 0o777 == 0o600
    assert not (var / "log" / "log.key").exists()


# --- receipts --------------------------------------------------------------------------------------


def test_every_sealed_entry_has_a_receipt_that_opens(publish):
    made = publish(300)
    sequencer.seal_now()

    for entry in (made[0], made[255], made[256], made[299]):
        held = receipts.of(entry)
        document = canonical.loads(held.document())
        key = note.key(document["vkey"])
        said = receipt.opened(receipt.read(document["proof"]), canonical.dumps(document["statement"]), key)
        assert document["type"] == "zhiheng/receipt/1"
        assert (said.origin, said.size) == (key.name, 300)


def test_an_entry_that_waits_has_no_receipt_yet(publish):
    (entry,) = publish(1)

    assert receipts.of(entry) is None


def test_the_mark_for_a_paper_names_log_place_and_leaf(publish):
    made = publish(2)
    sequencer.seal_now()

    held = receipts.of(made[1])

    name, place, leaf = held.mark().split()
    assert (name, place, len(leaf)) == (held.key.name, "1", 64)
    assert held.qr().startswith("<svg") and held.mark() in held.qr()


def test_the_field_of_a_bundle_holds_one_receipt_an_entry(publish):
    made = publish(4)
    sequencer.seal_now()
    late = publish(1)

    found = receipts.field_of(made[1:3] + late)

    assert [row["seq"] for row in found["receipts"]] == [made[1].seq, made[2].seq]
    assert receipts.field_of(late) is None


def test_a_turn_of_many_batches_reads_each_entry_once(publish, monkeypatch):
    monkeypatch.setattr(turn, "BATCH", 5)
    publish(20)
    read, compose = [], statement.compose
    monkeypatch.setattr(statement, "compose", lambda **parts: read.append(parts["seq"]) or compose(**parts))

    outcome = sequencer.seal_now()

    assert (outcome.sealed, len(read)) == (20, 20)
