"""A sealed box opens for its receiver alone, and not at all when a byte of it was changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import sealedbox

keys = st.binary(min_size=32, max_size=32)


@given(st.binary(max_size=200), keys, keys)
def test_the_receiver_reads_what_was_sealed(message, private, ephemeral):
    box = sealedbox.seal(message, sealedbox.public_key(private), ephemeral)

    assert sealedbox.opened(box, private) == message
    assert len(box) == 32 + len(message) + 16


@given(st.integers(0, 54), st.integers(1, 255))
def test_a_changed_byte_closes_the_box(place, change):
    box = bytearray(sealedbox.seal(b"a share", sealedbox.public_key(bytes(range(32))), bytes(range(1, 33))))
    box[place] ^= change

    with pytest.raises((CheckFailed, BadInput)):
        sealedbox.opened(bytes(box), bytes(range(32)))


def test_another_key_does_not_open_it():
    box = sealedbox.seal(b"a share", sealedbox.public_key(bytes(range(32))), bytes(range(1, 33)))

    with pytest.raises(CheckFailed):
        sealedbox.opened(box, bytes(range(2, 34)))


@pytest.mark.parametrize("key", [b"", bytes(32), bytes(31)], ids=["empty", "of order one", "short"])
def test_what_is_no_public_key_is_refused(key):
    with pytest.raises(BadInput):
        sealedbox.seal(b"a share", key, bytes(range(1, 33)))
