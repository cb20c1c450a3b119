"""The twin holds the same entries under SM3 and SM2, follows the log, and never stands in its way."""

from __future__ import annotations

import pytest

from zhiheng.ledger.sealing import places, sequencer, twin
from zhiheng.proof import hashes, note, tiled
from zhiheng.verification import log as verification

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif("sm3" not in __import__("hashlib").algorithms_available, reason="no SM3 in OpenSSL"),
]


@pytest.fixture
def software(settings):
    settings.SM_PROVIDER = twin.SOFTWARE


def entries_of(folder, size):
    return places.LogFolder(folder).entries(0, size, size)


def test_the_twin_has_the_same_entries_under_other_hashes(publish, software):
    publish(300)
    sequencer.seal_now()

    log, other = places.public(), places.public() / "sm"
    checked = verification.check(other)
    assert checked.report.ok and checked.size == 300
    assert checked.report.subject == "unnamed.zhiheng.invalid/log/sm"
    assert entries_of(other, 300) == entries_of(log, 300)
    first = places.LogFolder(other).tile(tiled.Tile(0, 0))[:32]
    assert first == hashes.digest(b"\0" + entries_of(log, 300)[0], "sm3")
    assert note.key((other / "vkey").read_text().strip()).tree_hash == "sm3"


def test_the_twin_follows_what_was_sealed_before_it_began(publish, settings):
    publish(5)
    sequencer.seal_now()
    settings.SM_PROVIDER = twin.SOFTWARE
    publish(2)

    sequencer.seal_now()

    assert verification.check(places.public() / "sm").size == 7


def test_a_module_that_fails_holds_the_log_not_up(publish, settings, caplog):
    settings.SM_PROVIDER = "no.such:module"
    publish(2)

    assert sequencer.seal_now().size == 2
    assert "the twin of the log failed: missing" in caplog.text
    assert not (places.public() / "sm").exists()


def test_without_a_signer_there_is_no_twin(publish):
    publish(1)
    sequencer.seal_now()

    assert not (places.public() / "sm").exists()


def test_the_twin_is_served_beside_the_log(publish, software, client):
    publish(1)
    sequencer.seal_now()

    assert client.get("/log/sm/checkpoint").status_code == 200
    assert client.get("/log/sm/tile/0/000.p/1").status_code == 200


def test_a_twin_ends_with_its_log(publish, software, actor):
    from zhiheng.ledger.sealing import renewal

    publish(2)
    sequencer.seal_now()
    renewal.renew(by=actor, reason="key")

    assert verification.check(places.public() / "ended" / "1" / "sm").size == 2
    assert verification.check(places.public() / "sm").size == 1
