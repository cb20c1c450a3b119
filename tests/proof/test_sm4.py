"""SM4: the example of the standard, GCM beside OpenSSL, and all that was not sealed like this."""

from __future__ import annotations

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import sm4

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")
PLACES = [(sm4.gcm_seal, sm4.gcm_open), (sm4.ccm_seal, sm4.ccm_open)]


def test_the_example_of_the_standard_comes_out_once_and_a_million_times():
    sealed = sm4.encrypt(KEY, KEY)

    assert sealed.hex() == "681edf34d206965e86b3e94f536e4246"
    assert sm4.decrypt(KEY, sealed) == KEY
    assert sm4.repeated(KEY, KEY, 1) == sealed
    assert sm4.repeated(KEY, KEY, 10**6).hex() == "595298c7c6fd271f0402f804c33d3f66"


@given(st.binary(min_size=8, max_size=40), st.binary(max_size=40), st.binary(max_size=50))
def test_gcm_is_that_of_openssl_where_it_takes_the_nonce(nonce, data, message):
    one = Cipher(algorithms.SM4(KEY), modes.GCM(nonce)).encryptor()
    one.authenticate_additional_data(data)
    expected = one.update(message) + one.finalize()

    assert sm4.gcm_seal(KEY, nonce, data, message) == (expected, one.tag)
    assert sm4.gcm_open(KEY, nonce, data, expected, one.tag) == message


@pytest.mark.parametrize("pair", PLACES, ids=["gcm", "ccm"])
@given(st.binary(max_size=40), st.binary(max_size=40), st.data())
def test_no_bit_of_what_was_sealed_can_be_turned(pair, data, message, draw):
    seal, unseal = pair
    nonce = bytes(range(12))
    parts = [nonce, data, *seal(KEY, nonce, data, message)]
    assert unseal(KEY, *parts) == message
    which = draw.draw(st.sampled_from([place for place, part in enumerate(parts) if part]))
    bit = draw.draw(st.integers(0, 8 * len(parts[which]) - 1))
    turned = bytearray(parts[which])
    turned[bit // 8] ^= 1 << bit % 8

    with pytest.raises(CheckFailed):
        unseal(KEY, *parts[:which], bytes(turned), *parts[which + 1 :])


@pytest.mark.parametrize("size", [0, 1, 14, 15, 16, 17, 65_279, 65_280])
def test_additional_data_of_every_length_is_told_from_its_neighbour(size):
    nonce = bytes(7)
    sealed, tag = sm4.ccm_seal(KEY, nonce, bytes(size), b"message")

    assert sm4.ccm_open(KEY, nonce, bytes(size), sealed, tag) == b"message"
    with pytest.raises(CheckFailed):
        sm4.ccm_open(KEY, nonce, bytes(size + 1), sealed, tag)


@pytest.mark.parametrize(
    ("act", "said"),
    [
        (sm4.encrypt, (KEY[1:], KEY)),
        (sm4.encrypt, (KEY, KEY[1:])),
        (sm4.repeated, (KEY, KEY, 0)),
        (sm4.repeated, (KEY, b"", 1)),
        (sm4.gcm_seal, (KEY, b"", b"", b"")),
        (sm4.gcm_open, (KEY, bytes(12), b"", b"", bytes(16), 5)),
        (sm4.ccm_seal, (KEY, bytes(6), b"", b"")),
        (sm4.ccm_seal, (KEY, bytes(14), b"", b"")),
        (sm4.ccm_seal, (KEY, bytes(13), b"", bytes(65_536))),
        (sm4.ccm_open, (KEY, bytes(12), b"", b"", bytes(2), 2)),
    ],
)
def test_lengths_that_a_mode_does_not_allow_are_refused(act, said):
    with pytest.raises(BadInput):
        act(*said)


def test_a_tag_cut_short_is_no_tag():
    for (seal, unseal), size in zip(PLACES, (12, 4), strict=True):
        sealed, tag = seal(KEY, bytes(12), b"", b"message")

        with pytest.raises(CheckFailed):
            unseal(KEY, bytes(12), b"", sealed, tag[:size])
