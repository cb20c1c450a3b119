"""Everybody reads the log as files, and takes a receipt of a public entry away."""

from __future__ import annotations

import json
import re

import pytest
from django.db import transaction

from zhiheng import ledger
from zhiheng.ledger.sealing import places, sequencer
from zhiheng.proof import canonical, note, receipt
from zhiheng.verification import log as verification

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(actor):
    sequencer.forget()
    with transaction.atomic():
        made = [
            ledger.record(by=actor, verb="draw.planned", subjects=[], detail={"n": n}, visibility="public")
            for n in range(300)
        ]
        made.append(ledger.record(by=actor, verb="draw.noted", subjects=[], detail={}))
    return made


@pytest.fixture(autouse=True)
def english(client):
    client.cookies["language"] = "en"


def test_a_stranger_copies_the_log_file_by_file_and_it_holds(client, entries, tmp_path):
    sequencer.seal_now()
    names = [str(path.relative_to(places.public())) for path in places.public().rglob("*") if path.is_file()]

    for name in names:
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(client.get(f"/log/{name}").content)

    assert verification.check(tmp_path).report.ok
    assert verification.check(tmp_path).size == 300


@pytest.mark.parametrize(
    ("name", "kind", "cache"),
    [
        ("checkpoint", "text/plain; charset=utf-8", "no-cache"),
        ("vkey", "text/plain; charset=utf-8", "no-cache"),
        ("tile/0/000", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("tile/0/001.p/44", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("tile/entries/000", "application/octet-stream", "public, max-age=31536000, immutable"),
    ],
)
def test_tiles_may_be_kept_and_the_checkpoint_is_asked_for_anew(client, entries, name, kind, cache):
    sequencer.seal_now()

    answer = client.get(f"/log/{name}")

    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (200, kind, cache)


@pytest.mark.parametrize(
    "name",
    [
        "../keys/log.key",
        "..%2fkeys%2flog.key",
        "%2e%2e/keys/log.key",
        "tile/../../keys/log.key",
        "tile/0/../../../log-state/log.journal",
        "/etc/passwd",
        "tile/0",
        "tile",
        "tile/0/.part-000",
        "tile/0/002",
        "tile/99/000",
        "checkpoint/",
        "ended/1/checkpoint",
        "shard/../../keys",
    ],
)
def test_nothing_but_the_files_of_the_log_has_an_address(client, entries, name):
    sequencer.seal_now()
    (places.public() / "tile" / "0" / ".part-000").write_bytes(b"half")

    assert client.get(f"/log/{name}").status_code in (301, 404)
    assert client.get(f"/log/{name}", follow=True).status_code == 404


def test_the_page_says_where_the_log_stands(client, entries):
    assert b"Nothing has been sealed yet" in client.get("/log/").content
    said = sequencer.seal_now()

    page = client.get("/log/").content.decode()

    assert said.root in page and "300" in page and "zhiheng log verify log --vkey" in page
    assert f"/ledger/{entries[299].seq}/receipt.json" in page


def test_a_receipt_stands_alone(client, entries):
    sequencer.seal_now()

    answer = client.get(f"/ledger/{entries[7].seq}/receipt.json")

    document = canonical.loads(answer.content)
    assert f"receipt-{entries[7].pk}.json" in answer["Content-Disposition"]
    assert document["statement"]["detail"] == {"n": 7}
    leaf = canonical.dumps(document["statement"])
    said = receipt.opened(receipt.read(document["proof"]), leaf, note.key(document["vkey"]))
    assert said.size == 300


def test_the_bare_proof_is_that_of_the_document(client, entries):
    sequencer.seal_now()
    seq = entries[7].seq

    bare = client.get(f"/ledger/{seq}/receipt.tlog-proof")

    assert bare.content.decode() == json.loads(client.get(f"/ledger/{seq}/receipt.json").content)["proof"]
    assert f"receipt-{entries[7].pk}.tlog-proof" in bare["Content-Disposition"]


def test_the_page_of_an_entry_offers_its_receipt(client, entries):
    seq = entries[299].seq
    assert "waits to be sealed" in client.get(f"/ledger/{seq}/").content.decode()
    sequencer.seal_now()

    page = client.get(f"/ledger/{seq}/").content.decode()

    assert re.search(r"Sealed at place 299 of the log, which has 300 entries", page)
    assert f"/ledger/{seq}/receipt.json" in page and f"/ledger/{seq}/receipt.tlog-proof" in page
    assert "<svg" in page


def test_an_entry_that_waits_or_is_not_public_has_no_receipt(client, entries):
    waiting = client.get(f"/ledger/{entries[0].seq}/receipt.json")
    sequencer.seal_now()

    assert waiting.status_code == 404
    assert client.get(f"/ledger/{entries[300].seq}/receipt.json").status_code == 404


def test_a_damaged_log_leaves_the_entry_readable(client, entries):
    sequencer.seal_now()
    (places.public() / "tile" / "0" / "000").write_bytes(b"")

    answer = client.get(f"/ledger/{entries[3].seq}/")

    assert answer.status_code == 200
    assert b"The log cannot be read at the moment" in answer.content
