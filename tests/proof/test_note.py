"""Signed notes and checkpoints: the published examples, computed cases, and everything that is none."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput, CheckFailed, ZhihengError
from zhiheng.proof import checkpoint, note

CASES = json.loads((Path(__file__).parent / "data/signed_note.json").read_text("utf-8"))
CHECKPOINTS = CASES["computed_checkpoints"]
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TEXT = "zhiheng.example/log\n1\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n"


def signs(key, signed):
    """Whether a key signed; None where its signature does not hold."""
    try:
        return signed.by(key) is not None
    except CheckFailed:
        return None


@pytest.mark.parametrize("name", ["c2sp_example", "go_sumdb_example"])
def test_a_published_note_reads_holds_and_is_written_byte_for_byte(name):
    case = CASES[name]
    key, signed = note.key(case["vkey"]), note.read(case["note"])

    assert str(key) == case["vkey"]
    assert str(signed) == case["note"]
    assert [held for held, _signature in note.verified(signed, [key])] == [key]


@pytest.mark.parametrize("case", CHECKPOINTS, ids=lambda case: f"{case['origin']} {case['why']}")
def test_a_computed_checkpoint_comes_out_as_it_says(case):
    log, signed = note.key(case["log_vkey"]), note.read(case["note"])
    witness = note.key(case["witness_vkey"])

    expected = {
        "valid": (True, None if "unknown" in case["why"] else True),
        "invalid": (None, None),
        "log-valid,witness-invalid": (True, None),
    }[case["expect"]]
    held = signs(log, signed), signs(witness, signed) or None
    assert held == expected
    if held == (True, True):
        assert signed.by(witness).time == case["witness_time"]
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(case["log_seed_hex"]))
        assert note.sign(signed.text, case["origin"], private) == signed.by(log)
        found, _note = checkpoint.opened(case["note"], log)
        assert (found.origin, found.size, str(found)) == (case["origin"], case["size"], signed.text)


def test_the_published_shape_of_a_checkpoint_is_read_and_written():
    found = checkpoint.read(CASES["c2sp_checkpoint_shape"])

    assert (found.origin, found.size) == ("example.com/behind-the-sofa", 20852163)
    assert str(found) == CASES["c2sp_checkpoint_shape"]


def test_a_log_signs_and_a_witness_adds_its_time():
    log, witness = note.public("zhiheng.example/log", PRIVATE), note.public("w", PRIVATE, note.COSIGNATURE)
    written = note.write(TEXT, [note.sign(TEXT, log.name, PRIVATE), note.sign(TEXT, "w", PRIVATE, at=9)])
    signed = note.read(written.encode())

    assert [key for key, _signature in note.verified(signed, [log, witness])] == [log, witness]
    assert signed.by(witness).time == 9
    assert checkpoint.opened(written, note.key(str(log)))[0].size == 1


def test_one_wrong_signature_of_a_known_key_refuses_the_note_and_an_unknown_key_says_nothing():
    log, other = note.public("zhiheng.example/log", PRIVATE), note.public("other", PRIVATE)
    good = note.sign(TEXT, log.name, PRIVATE)
    wrong = note.Signature(log.name, log.hash, bytes(64))
    short = note.Signature(log.name, log.hash, bytes(9))

    for one in (wrong, short):
        with pytest.raises(CheckFailed):
            note.verified(note.Note(TEXT, (good, one)), [log])
    assert note.verified(note.Note(TEXT, (good, wrong)), [other]) == []


@pytest.mark.parametrize(
    "data",
    [
        "",
        "text\n",
        "text\n\n",
        "text\n\n\n",
        "text\n\n- name AAAAAAA=\n",
        "text\n\n— name\n",
        "text\n\n— na me AAAAAAAA\n",
        "text\n\n— na+me AAAAAAAA\n",
        "text\n\n— name AAAA\n",
        "text\n\n— name AAAAAAAB=\n",
        "text\n\n— name AAAAAAAA",
        "te\rxt\n\n— name AAAAAAAA\n",
        "te\0xt\n\n— name AAAAAAAA\n",
        b"te\xffxt\n\n\xe2\x80\x94 name AAAAAAAA\n",
        "te\ud800xt\n\n— name AAAAAAAA\n",
        "text\n\n" + "— name AAAAAAAA\n" * 101,
        "x" * 1_000_001,
    ],
)
def test_what_is_no_note_is_refused(data):
    with pytest.raises(BadInput, match="no signed note"):
        note.read(data)


def test_a_text_that_would_read_back_otherwise_is_not_signed():
    for text in ("no line feed", "a\rb\n", ""):
        with pytest.raises(BadInput):
            note.write(text, [note.sign(text, "name", PRIVATE)])


@pytest.mark.parametrize(
    "change", ["", "x", "example.com/foo+530d903a", "+530d903a+Aaaa", "a b+530d903a+AA=="]
)
def test_what_is_no_key_is_refused(change):
    with pytest.raises(BadInput):
        note.key(change)


def test_a_key_whose_hash_kind_or_length_does_not_fit_is_refused():
    line = str(note.public("example.com/foo", PRIVATE))
    for wrong in (
        line.replace("foo", "bar"),
        str(note.Key("n", 0x06, bytes(32))),
        str(note.Key("n", 1, b"")),
    ):
        with pytest.raises(BadInput):
            note.key(wrong)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n1\n",
        TEXT.removesuffix("\n"),
        TEXT.replace("\n1\n", "\n01\n"),
        TEXT.replace("\n1\n", "\n-1\n"),
        TEXT.replace("\n1\n", "\n9223372036854775808\n"),
        TEXT.replace("\n1\n", "\n١\n"),
        TEXT.replace("bjQL", "bjQ"),
        TEXT.replace("oB0=", "oB1="),
        "origin\n1\nAAAA\n",
        TEXT + "\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text):
    with pytest.raises(BadInput, match="no checkpoint"):
        checkpoint.read(text)


def test_a_checkpoint_of_another_log_or_without_its_signature_is_refused():
    log, other = note.public("zhiheng.example/log", PRIVATE), note.public("elsewhere", PRIVATE)
    written = note.write(TEXT, [note.sign(TEXT, "elsewhere", PRIVATE)])

    for key in (log, other):
        with pytest.raises(BadInput, match="no checkpoint"):
            checkpoint.opened(written, key)


@given(st.binary(max_size=60), st.data())
def test_a_changed_note_is_never_taken_for_the_signed_one(noise, data):
    key = note.public("zhiheng.example/log", PRIVATE)
    whole = note.write(TEXT, [note.sign(TEXT, key.name, PRIVATE)]).encode()
    start = data.draw(st.integers(0, len(whole)))
    changed = whole[:start] + noise + whole[data.draw(st.integers(start, len(whole))) :]

    try:
        found = note.verified(note.read(changed), [key])
    except ZhihengError:
        found = []
    assert not found or note.read(changed).text == TEXT
