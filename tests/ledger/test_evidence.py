"""Evidence is kept once by its hash, whole or not at all, and checked whenever it is read."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from django.db import transaction

from zhiheng.errors import BadInput, CheckFailed, LimitExceeded, NotFound
from zhiheng.ledger import evidence, media
from zhiheng.ledger.models import Evidence

pytestmark = pytest.mark.django_db


def files(var):
    return sorted(path for path in var.rglob("*") if path.is_file())


def test_a_file_lies_under_its_hash_and_comes_back_as_it_was(var):
    kept = evidence.store("抽样单".encode(), name="sheet.txt")

    sha256 = hashlib.sha256("抽样单".encode()).hexdigest()
    assert kept.sha256 == sha256
    assert files(var) == [var / "evidence" / sha256[:2] / sha256[2:]]
    assert evidence.read(sha256) == "抽样单".encode()
    assert (kept.size, kept.media_type, kept.name) == (9, "text/plain", "sheet.txt")


def test_the_same_bytes_are_kept_once(var):
    first = evidence.store(b"same", name="a.txt")
    second = evidence.store(b"same", name="b.txt")

    assert first == second
    assert Evidence.objects.get().name == "a.txt"
    assert len(files(var)) == 1


def test_a_file_without_bytes_is_a_file(var):
    kept = evidence.store(b"", name="empty")

    assert evidence.read(kept.sha256) == b""


def test_a_name_loses_its_folders():
    assert evidence.store(b"x", name="../../etc/passwd").name == "passwd"


def test_an_altered_file_is_refused_at_reading():
    kept = evidence.store(b"as it was", name="a.txt")
    evidence.path(kept.sha256).write_bytes(b"as it is")

    with pytest.raises(CheckFailed) as caught:
        evidence.read(kept.sha256)

    assert caught.value.code == "evidence-altered"


def test_storing_again_mends_an_altered_file():
    kept = evidence.store(b"as it was", name="a.txt")
    evidence.path(kept.sha256).write_bytes(b"as it is")

    evidence.store(b"as it was", name="a.txt")

    assert evidence.read(kept.sha256) == b"as it was"


def test_a_missing_file_is_named_as_missing():
    with pytest.raises(NotFound):
        evidence.read("0" * 64)


@pytest.mark.parametrize("sha256", ["", "abc", "A" * 64, "../" * 21 + "x", "g" * 64, "0" * 63 + "\n"])
def test_what_is_no_hash_never_becomes_a_path(sha256):
    with pytest.raises(BadInput):
        evidence.path(sha256)


def test_a_file_beyond_the_bound_is_refused_and_leaves_nothing(var, settings):
    settings.EVIDENCE_MAX_BYTES = 10

    with pytest.raises(LimitExceeded):
        evidence.store(b"x" * 11, name="a.txt")

    assert files(var) == []
    assert not Evidence.objects.exists()


def test_a_large_file_is_read_as_a_stream(tmp_path, var):
    source = tmp_path / "rows"
    with source.open("wb") as file:
        for _ in range(5):
            file.write(os.urandom(evidence.BLOCK) + b"\n")

    kept = evidence.store(source, name="rows.bin")

    blocks = list(evidence.blocks(kept.sha256))
    assert max(map(len, blocks)) <= evidence.BLOCK
    assert b"".join(blocks) == source.read_bytes()


@pytest.mark.parametrize("step", ["fsync", "replace", "write"])
def test_a_fault_while_writing_leaves_no_half_file(var, monkeypatch, step):
    def fail(*_args, **_fields):
        raise OSError(28, "No space left on device")

    if step == "fsync":
        monkeypatch.setattr(evidence.os, "fsync", fail)
    elif step == "replace":
        monkeypatch.setattr(Path, "replace", fail)
    else:
        monkeypatch.setattr(evidence.os, "fdopen", fail)

    with pytest.raises(OSError, match="No space"):
        evidence.store(b"data", name="a.txt")

    assert files(var) == []
    assert not Evidence.objects.exists()


def test_a_source_that_changes_under_the_reader_is_refused(var, tmp_path, monkeypatch):
    source = tmp_path / "rows"
    source.write_bytes(b"one")
    seen = evidence._fingerprint(source)
    source.write_bytes(b"two")
    monkeypatch.setattr(evidence, "_fingerprint", lambda data: seen)

    with pytest.raises(CheckFailed):
        evidence.store(source, name="rows.txt")

    assert files(var) == []


def test_a_row_that_rolls_back_leaves_a_file_that_the_next_try_uses():
    with pytest.raises(RuntimeError), transaction.atomic():
        evidence.store(b"data", name="a.txt")
        raise RuntimeError
    assert not Evidence.objects.exists()

    kept = evidence.store(b"data", name="a.txt")

    assert evidence.read(kept.sha256) == b"data"


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"PK\x03\x04....", "application/zip"),
        (b"PAR1....", "application/vnd.apache.parquet"),
        (b"\x1f\x8b\x08", "application/gzip"),
        (b"a,b\n1,2\n", "text/plain"),
        ("编号\n".encode(), "text/plain"),
        (("检" * 2_000).encode()[: media.LOOK], "text/plain"),  # cut within a character
        ("编号".encode()[:-1], "application/octet-stream"),
        (b"\xd6\xd0\xce\xc4 GBK", "application/octet-stream"),
        (b"a\0b", "application/octet-stream"),
        (b" \n<!DOCTYPE HTML><script>", "text/html"),
        (b"\xef\xbb\xbf<svg onload=x>", "text/html"),
    ],
)
def test_the_first_bytes_say_what_a_file_is(start, kind):
    assert media.sniffed(start) == kind


@pytest.mark.parametrize(
    ("claimed", "data"),
    [
        ("image/png", b"<script>alert(1)</script>"),
        ("application/pdf", b"PK\x03\x04"),
        ("text/csv", b"\0\0"),
        ("application/json", b"<html>"),
        (media.XLSX, b"a,b\n"),
    ],
)
def test_a_claim_that_does_not_fit_the_bytes_is_refused(claimed, data):
    with pytest.raises(BadInput) as caught:
        evidence.store(data, name="x", media_type=claimed)

    assert caught.value.code == "media-type"


@pytest.mark.parametrize(
    ("claimed", "data"),
    [("text/csv", b"a,b\n"), (media.XLSX, b"PK\x03\x04"), ("application/octet-stream", b"a")],
)
def test_a_claim_may_be_more_exact_than_the_bytes(claimed, data):
    assert evidence.store(data, name="x", media_type=claimed).media_type == claimed
