"""Receipts: the shape of the specification byte for byte, and nothing changed is ever taken for one."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput, CheckFailed, ZhihengError
from zhiheng.proof import checkpoint, merkle, note, receipt

PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = note.public("zhiheng.example/log", PRIVATE)
ENTRIES = [f"entry {number}".encode() for number in range(21)]
HASH = base64.b64encode(bytes(range(32))).decode()

# c2sp.org/tlog-proof, with the signatures that the text abbreviates left as they can be read
SPECIFIED = f"""c2sp.org/tlog-proof@v1
extra YWdlLXYxLjIuMS1kYXJ3aW4=
index 73894
gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=
B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=
EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=
RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=
AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=

example.com/fancylog
109482
sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=

— example.com/fancylog {HASH}
— witness1.example {HASH}
"""


def tree():
    grown = merkle.Tree()
    for entry in ENTRIES:
        grown.append(entry)
    return grown


def sealed(index, size=21, extra=b""):
    """Return the receipt of one entry in the log as it was at a size."""
    grown = tree()
    text = str(checkpoint.Checkpoint(KEY.name, size, grown.root(size)))
    signed = note.write(text, [note.sign(text, KEY.name, PRIVATE)])
    return receipt.Receipt(index, tuple(grown.inclusion(index, size)), signed, extra)


def test_the_shape_of_the_specification_is_read_and_written_byte_for_byte():
    found = receipt.read(SPECIFIED)

    assert (found.index, len(found.hashes), found.extra) == (73894, 5, b"age-v1.2.1-darwin")
    assert checkpoint.read(note.read(found.checkpoint).text).size == 109482
    assert receipt.write(found) == SPECIFIED
    assert receipt.read(SPECIFIED.encode()) == found


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 21])
def test_every_entry_of_a_log_of_any_size_opens_its_receipt(size):
    for index in range(size):
        read = receipt.read(receipt.write(sealed(index, size)))

        assert receipt.opened(read, ENTRIES[index], KEY).size == size


def test_another_entry_or_another_place_or_another_key_does_not():
    held = sealed(5)

    with pytest.raises(CheckFailed, match="does not hold this entry"):
        receipt.opened(held, ENTRIES[6], KEY)
    with pytest.raises(CheckFailed, match="does not hold this entry"):
        receipt.opened(receipt.Receipt(6, held.hashes, held.checkpoint), ENTRIES[5], KEY)
    with pytest.raises(CheckFailed, match="does not hold this entry"):
        receipt.opened(receipt.Receipt(21, held.hashes, held.checkpoint), ENTRIES[5], KEY)
    with pytest.raises(BadInput, match="no checkpoint"):
        receipt.opened(held, ENTRIES[5], note.public("elsewhere.example/log", PRIVATE))
    other = note.public(KEY.name, Ed25519PrivateKey.from_private_bytes(bytes(32)))
    with pytest.raises(BadInput, match="did not sign"):
        receipt.opened(held, ENTRIES[5], other)


def test_what_the_reader_asks_for_beyond_the_log_is_asked_of_the_checkpoint():
    def refuse(signed):
        raise CheckFailed(f"Nobody saw {signed.text.splitlines()[0]}.", "")

    with pytest.raises(CheckFailed, match=f"Nobody saw {KEY.name}"):
        receipt.opened(sealed(5), ENTRIES[5], KEY, refuse)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tlog-proof@v1", "tlog-proof@v2"),
        ("extra YWdl", "extra  YWdl"),
        ("extra YWdlLXYxLjIuMS1kYXJ3aW4=", "extra "),
        ("aW4=", "aW5="),
        ("index 73894", "index 073894"),
        ("index 73894", "index -1"),
        ("index 73894", "index ٧"),
        ("index 73894", "index 9223372036854775807"),
        ("index 73894\n", ""),
        ("index 73894\n", "index 73894\r\n"),
        ("PlQ=\n", "PlQ=\r\n"),
        ("PlQ=\n", "PlR=\n"),
        ("PlQ=\n", "PlQ= \n"),
        ("gSKyXoYZ", "gSKyXo"),
        ("gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=", "A" * 43 + "=\n" + "\n".join([HASH] * 63)),
        ("5vk=\n\nexample", "5vk=\nexample"),
        ("5vk=\n\nexample", "5vk=\n\n\nexample"),
        ("109482", "0109482"),
        ("\n\n— example", "\n— example"),
        (SPECIFIED, ""),
        (SPECIFIED, "x" * 2_000_000),
    ],
)
def test_what_is_no_receipt_is_refused(old, new):
    assert old in SPECIFIED

    with pytest.raises(BadInput, match="This is no"):
        receipt.read(SPECIFIED.replace(old, new))


def test_bytes_that_are_no_text_and_a_receipt_that_would_read_back_otherwise_are_refused():
    with pytest.raises(BadInput, match="UTF-8"):
        receipt.read(b"\xff" + SPECIFIED.encode())
    with pytest.raises(BadInput):
        receipt.write(receipt.Receipt(1, (b"short",), sealed(1).checkpoint))
    with pytest.raises(BadInput):
        receipt.write(receipt.Receipt(-1, (), sealed(1).checkpoint))


@given(st.data())
def test_no_single_bit_of_a_receipt_can_be_turned(data):
    index = data.draw(st.integers(0, 20))
    whole = bytearray(receipt.write(sealed(index)).encode())
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    whole[bit // 8] ^= 1 << bit % 8

    with pytest.raises(ZhihengError):
        receipt.opened(receipt.read(bytes(whole)), ENTRIES[index], KEY)


@given(st.binary(min_size=1, max_size=80))
def test_extra_data_is_carried_and_vouched_for_by_nobody(extra):
    carried = receipt.read(receipt.write(sealed(3, extra=extra)))

    assert carried.extra == extra
    assert receipt.opened(carried, ENTRIES[3], KEY).size == 21
