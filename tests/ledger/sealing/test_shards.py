"""Each province has a whole log of its own, and the national log proves which state of it was published."""

from __future__ import annotations

import json
import shutil

import pytest
from django.db import connection

from tests.ledger.sealing.conftest import restore
from zhiheng.errors import Conflict
from zhiheng.ledger import guards
from zhiheng.ledger.models import Anchor, Entry, Sealed
from zhiheng.ledger.sealing import keys, places, receipts, renewal, sequencer, turn
from zhiheng.ledger.sealing.directory import Log
from zhiheng.proof import canonical, checkpoint, note, receipt
from zhiheng.site import cli
from zhiheng.verification import log as verification

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def by_province(settings):
    settings.LOG_SHARDS = "province"


def leaves(folder):
    checked = verification.check(folder)
    assert checked.report.ok, checked.report.refusal
    return places.LogFolder(folder).entries(0, checked.size, checked.size)


def key_of(folder):
    return note.key((folder / "vkey").read_text().strip())


def test_each_province_has_its_own_log_and_the_nation_takes_their_checkpoints(publish):
    zhejiang = publish(5, region="330100")
    fujian = publish(3, region="350000")
    nation = publish(2)

    said = sequencer.seal_now()

    log = places.public()
    assert said.sealed == 10
    assert leaves(log / "shard" / "33") == [turn.leaf(entry) for entry in zhejiang]
    assert leaves(log / "shard" / "35") == [turn.leaf(entry) for entry in fujian]
    national = leaves(log)
    assert national[:2] == [turn.leaf(entry) for entry in nation]
    assert [checkpoint.opened(one, key_of(log / "shard" / name))[0].size
            for name, one in zip(("33", "35"), national[2:], strict=True)] == [5, 3]  # fmt: skip


def test_a_receipt_of_a_province_carries_two_proofs(publish):
    made = publish(300, region="330100")
    sequencer.seal_now()

    held = receipts.of(made[7])

    opened = receipt.read(held.proof())
    receipt.opened(opened, turn.leaf(made[7]), key_of(places.public() / "shard" / "33"))
    national = receipt.read(opened.extra)
    said = receipt.opened(national, opened.checkpoint.encode(), key_of(places.public()))
    assert (said.origin, said.size) == ("unnamed.zhiheng.invalid/log", 1)


def test_a_receipt_of_the_nation_carries_one(publish):
    (entry,) = publish(1)
    sequencer.seal_now()

    assert receipts.of(entry).receipt.extra == b""


def test_a_quiet_turn_adds_nothing(publish):
    publish(2, region="330000")
    first = sequencer.seal_now()

    assert sequencer.seal_now() == sequencer.Outcome(0, 1, first.root)


def test_only_a_shard_that_grew_is_anchored_again(publish):
    publish(2, region="330000")
    publish(2, region="350000")
    sequencer.seal_now()
    publish(1, region="350000")

    sequencer.seal_now()

    assert sorted((row.log[-2:], row.size) for row in Anchor.objects.all()) == [
        ("33", 2),
        ("35", 2),
        ("35", 3),
    ]


def test_shards_may_begin_after_a_log_was_whole(publish, settings):
    settings.LOG_SHARDS = ""
    before = publish(2, region="330000")
    sequencer.seal_now()
    settings.LOG_SHARDS = "province"
    after = publish(1, region="330000")

    sequencer.seal_now()

    assert leaves(places.public())[:2] == [turn.leaf(entry) for entry in before]
    assert receipts.of(before[0]).receipt.extra == b""
    assert receipts.of(after[0]).receipt.extra


@pytest.mark.parametrize("lost", ["anchors", "anchors and rows"])
def test_the_tables_catch_up_with_files_that_lead(publish, lost):
    publish(3, region="330000")
    publish(2)
    sequencer.seal_now()
    publish(1)
    publish(4, region="330000")
    said = sequencer.seal_now()
    with guards.lifted(connection):
        if "rows" in lost:
            Sealed.objects.filter(seq__gt=Sealed.objects.order_by("seq")[4].seq).delete()
        Anchor.objects.order_by("-place")[:1].get().delete()

    again = sequencer.seal_now()

    assert (again.size, again.root) == (said.size, said.root)
    assert Sealed.objects.count() == 10 and Anchor.objects.count() == 2
    for entry in Entry.objects.filter(visibility="public"):
        assert receipts.of(entry)


def test_an_older_database_is_noticed_in_a_shard_too(publish):
    made = publish(5, region="330000")
    sequencer.seal_now()
    restore(made[1])

    with pytest.raises(Conflict, match="an older copy was restored"):
        sequencer.seal_now()


def test_all_shards_end_with_their_national_log(publish, actor):
    made = publish(5, region="330000")
    publish(1, region="350000")
    sequencer.seal_now()
    restore(made[1])

    said = renewal.renew(by=actor, reason="restored")

    ended = places.public() / "ended" / "1"
    assert said.lost == 4
    last = canonical.loads(leaves(ended)[-1])
    assert [one["size"] for one in last["detail"]["shards"]] == [5, 1]
    assert len(leaves(ended / "shard" / "33")) == 5
    assert receipts.of(made[0]).receipt.extra
    publish(1, region="330000")
    sequencer.seal_now()
    assert key_of(places.public() / "shard" / "33").name == "unnamed.zhiheng.invalid/log/2/shard/33"


def test_the_logs_of_provinces_are_served(publish, client):
    publish(1, region="330000")
    sequencer.seal_now()

    assert client.get("/log/shard/33/checkpoint").status_code == 200
    assert client.get("/log/shard/33/tile/0/000.p/1").status_code == 200


# --- the whole folder as a stranger rereads it -----------------------------------------------------


@pytest.fixture
def sealed(publish, settings, monkeypatch):
    """Return the public folder of two provinces that grew twice, with the twins of all logs."""
    settings.SM_PROVIDER = "software"
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    for region in ("330100", "350000", "330100"):
        publish(3, region=region)
        sequencer.seal_now()
    return places.public()


def verified(folder, capsys, *more):
    answer = cli.main(["log", "verify", str(folder), *more])
    return answer, capsys.readouterr()


def test_every_log_below_the_folder_is_named_and_holds(sealed, capsys):
    answer, said = verified(sealed, capsys, "--json")

    found = json.loads(said.out)
    assert answer == 0 and found["ok"]
    assert {one["folder"]: one["size"] for one in found["logs"]} == {
        ".": 3,
        "sm": 3,
        "shard/33": 6,
        "shard/33/sm": 6,
        "shard/35": 3,
        "shard/35/sm": 3,
    }
    national = {step["name"]: step["detail"] for step in found["logs"][0]["steps"]}
    assert national["anchors"] == "3 checkpoints of 2 logs are of their past"


def test_one_changed_byte_in_a_province_is_refused_by_its_name(sealed, capsys):
    file = sealed / "shard" / "35" / "tile" / "entries" / "000.p" / "3"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(data)

    answer, said = verified(sealed, capsys)

    assert answer == 1
    assert "拒绝: shard/35: " in said.err and "请" in said.err
    assert "verified: log unnamed.zhiheng.invalid/log/shard/33," in said.out


def test_a_province_that_the_nation_names_and_that_is_gone_is_refused(sealed, capsys):
    shutil.rmtree(sealed / "shard" / "35")

    answer, said = verified(sealed, capsys)

    assert answer == 1 and "shard/35的检查点，而该日志不在此处。请把该日志的文件夹一并取来。" in said.err


def test_a_province_that_began_anew_is_refused_by_the_checkpoints_that_the_nation_holds(sealed, capsys):
    key = places.present("33").key
    shutil.rmtree(sealed / "shard" / "33")
    other = Log.open(sealed / "shard" / "33", sealed.parent / "other.journal", key.public, key.sign)
    other.append([b'{"another":"history"}'] * 6)

    answer, said = verified(sealed, capsys)

    assert answer == 1 and "不属于unnamed.zhiheng.invalid/log/shard/33的历史。" in said.err


def test_a_twin_with_another_entry_is_refused(sealed, capsys):
    log = Log.open(sealed / "again", sealed.parent / "again.journal", *_signer("again"))
    log.append([b'{"n":1}', b'{"n":2}'])
    twin = Log.open(sealed / "again" / "sm", sealed.parent / "sm.journal", *_signer("again/sm"))
    twin.append([b'{"n":1}', b'{"n":3}'])

    answer, said = verified(sealed, capsys)

    assert answer == 1
    assert "拒绝: again/sm: entries of the log: 孪生日志第1号位置的条目与日志不同。" in said.err


def _signer(name):
    key = keys.made(f"test.invalid/{name}", b"v" * 32)
    return key.public, key.sign
