"""An older database was restored: the log ends with a leaf that says so, and a new one goes on."""

from __future__ import annotations

import pytest

from tests.ledger.sealing.conftest import restore
from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, Missing
from zhiheng.ledger import evidence
from zhiheng.ledger.models import Entry
from zhiheng.ledger.sealing import places, receipts, renewal, sequencer, turn
from zhiheng.proof import canonical, checkpoint, note, receipt
from zhiheng.verification import log as verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def restored(publish):
    """Seven entries were sealed, then a database of the first four was put back, and two more recorded."""
    made = publish(7)
    sequencer.seal_now()
    leaves = [turn.leaf(entry) for entry in made]
    restore(made[3])
    new = publish(2)
    with pytest.raises(Conflict):
        sequencer.seal_now()
    return made[:4], leaves, new


def test_the_ended_log_says_why_it_ends_and_stays_readable(restored, actor):
    said = renewal.renew(by=actor, reason="restored")

    ended = places.public() / "ended" / "1"
    checked = verification.check(ended)
    last = canonical.loads(places.LogFolder(ended).entries(7, 8, 8)[0])
    assert (said.size, said.lost) == (7, 3)
    assert checked.report.ok and checked.size == 8
    assert last["verb"] == "ledger.log_ended"
    assert (last["detail"]["size"], last["detail"]["reason"]) == (7, "restored")
    assert last["detail"]["successor"] == said.successor == "unnamed.zhiheng.invalid/log/2"


def test_what_the_database_lost_is_kept_as_evidence(restored, actor):
    _kept, leaves, _new = restored

    renewal.renew(by=actor, reason="restored")

    entry = Entry.objects.get(verb=renewal.VERB)
    lost = evidence.read(entry.detail["rows_sha256"]).splitlines()
    assert lost == leaves[4:]


def test_the_new_log_has_its_own_name_and_key_and_goes_on(restored, actor):
    _kept, _leaves, new = restored

    said = renewal.renew(by=actor, reason="restored")

    checked = verification.check(places.public())
    folder = next(places.folders())
    assert checked.report.ok and checked.report.subject == said.successor
    verbs = [canonical.loads(leaf)["verb"] for leaf in folder.entries(0, checked.size, checked.size)]
    assert verbs == ["draw.planned", "draw.planned", renewal.VERB]
    keys = [(one.text("vkey") or b"").decode().strip() for one in places.folders()]
    assert note.key(keys[0]).public != note.key(keys[1]).public
    assert receipts.of(new[0]).key.name == said.successor


def test_receipts_of_the_ended_log_hold_on(restored, actor):
    kept, _leaves, _new = restored
    before = receipts.of(kept[1])

    renewal.renew(by=actor, reason="restored")

    after = receipts.of(kept[1])
    assert after.key == before.key
    said = receipt.opened(receipt.read(after.proof()), turn.leaf(kept[1]), before.key)
    assert said.size == 8
    tree = places.folder_of(before.key.name).tree(said.size)
    old, _signed = checkpoint.opened(before.receipt.checkpoint, before.key)
    assert tree.root(old.size) == old.root


def test_the_log_goes_on_being_sealed(restored, actor, publish):
    renewal.renew(by=actor, reason="restored")
    publish(3)

    assert sequencer.seal_now().size == 6
    assert ledger.check() == Entry.objects.count()


def test_a_key_is_replaced_without_any_loss(publish, actor):
    publish(3)
    sequencer.seal_now()

    said = renewal.renew(by=actor, reason="key")

    assert (said.size, said.lost) == (3, 0)
    assert verification.check(places.public()).size == 1


def test_a_log_whose_memory_is_lost_ends_as_it_is(publish, actor, var):
    publish(3)
    sequencer.seal_now()
    (var / "log-state" / "log.journal").unlink()
    sequencer.forget()

    renewal.renew(by=actor, reason="damaged")

    assert verification.check(places.public() / "ended" / "1").size == 3
    assert verification.check(places.public()).size == 1


@pytest.mark.parametrize("name", ["checkpoint", "vkey", "tile"])
def test_a_kill_while_files_are_moved_is_finished_by_the_next_call(publish, actor, monkeypatch, name):
    publish(3)
    sequencer.seal_now()
    rename = type(places.public()).rename

    def die(self, target):
        if self.name == name:
            raise KeyboardInterrupt
        return rename(self, target)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(type(places.public()), "rename", die)
        renewal.renew(by=actor, reason="key")
    assert renewal.renew(by=actor, reason="key") is None
    sequencer.seal_now()

    assert verification.check(places.public() / "ended" / "1").size == 4
    assert verification.check(places.public()).size == 1
    assert Entry.objects.filter(verb=renewal.VERB).count() == 1


def test_a_second_log_can_be_ended_too(publish, actor):
    publish(1)
    sequencer.seal_now()
    renewal.renew(by=actor, reason="key")

    assert renewal.renew(by=actor, reason="key").successor.endswith("/log/3")
    assert len(list(places.folders())) == 3


def test_there_must_be_a_log_and_a_reason(db, actor):
    with pytest.raises(Missing):
        renewal.renew(by=actor, reason="key")
    with pytest.raises(BadInput):
        renewal.renew(by=actor, reason="boredom")
