"""SM2: the published example, cases made by other programs, and all that must not pass for a signature."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.proof import hashes, sm2

DATA = json.loads((Path(__file__).parent / "data/sm2_sm3_sm4.json").read_text())
ANNEX = DATA["sm2_gbt32918_5_annexA"]
PUBLIC, SECRET = bytes.fromhex(ANNEX["pub"]), bytes.fromhex(ANNEX["d"])
MESSAGE, SIGNATURE = ANNEX["msg"].encode(), bytes.fromhex(ANNEX["r"] + ANNEX["s"])
R, S = int(ANNEX["r"], 16), int(ANNEX["s"], 16)


def test_the_example_of_the_standard_is_reproduced_in_every_number():
    assert ANNEX["uid"].encode() == sm2.DEFAULT_USER_ID
    assert sm2.public_key(SECRET) == PUBLIC
    assert sm2.identity_hash(PUBLIC).hex() == ANNEX["za"]
    assert sm2.sign(SECRET, MESSAGE, nonce=int(ANNEX["k"], 16)) == SIGNATURE
    assert sm2.verify(PUBLIC, MESSAGE, SIGNATURE)
    assert sm2.verify(PUBLIC, MESSAGE, (R, S))


@pytest.mark.parametrize("case", DATA["sm2_computed"], ids=lambda case: case["za"][:8])
def test_a_case_of_another_program_is_accepted_or_refused_as_it_says(case):
    public, user_id = bytes.fromhex(case["pub"]), bytes.fromhex(case["uid_hex"])

    held = sm2.verify(public, bytes.fromhex(case["msg_hex"]), bytes.fromhex(case["r"] + case["s"]), user_id)

    assert held == case["valid"]
    assert sm2.public_key(bytes.fromhex(case["d"])) == public
    assert sm2.identity_hash(public, user_id).hex() == case["za"]


@pytest.mark.parametrize(
    "case", DATA["sm3_gbt32905"] + DATA["sm3_computed"], ids=lambda case: case["sm3"][:8]
)
def test_the_hash_beneath_gives_the_published_digests(case):
    message = bytes.fromhex(case["msg_hex"])

    assert hashes.digest(message, "sm3").hex() == case["sm3"]
    if "hmac_sm3" in case:
        key = bytes.fromhex(case["hmac_key_hex"])
        assert hashes.hmac_digest(key, message, "sm3").hex() == case["hmac_sm3"]


@settings(max_examples=20)
@given(st.integers(1, sm2.N - 2), st.binary(max_size=80), st.binary(max_size=40))
def test_what_is_signed_verifies_and_the_same_message_has_the_same_signature(number, message, user_id):
    secret = number.to_bytes(32)

    signature = sm2.sign(secret, message, user_id)

    assert sm2.verify(sm2.public_key(secret), message, signature, user_id)
    assert sm2.sign(secret, message, user_id) == signature
    assert not sm2.verify(sm2.public_key(secret), message + b"!", signature, user_id)
    assert not sm2.verify(sm2.public_key(secret), message, signature, user_id + b"!")


@given(st.integers(0, 8 * 64 - 1))
def test_one_flipped_bit_spoils_a_signature(bit):
    spoilt = bytearray(SIGNATURE)
    spoilt[bit // 8] ^= 1 << bit % 8

    assert not sm2.verify(PUBLIC, MESSAGE, bytes(spoilt))


@given(st.integers(0, 8 * 65 - 1))
def test_one_flipped_bit_spoils_a_key(bit):
    spoilt = bytearray(PUBLIC)
    spoilt[bit // 8] ^= 1 << bit % 8

    assert not sm2.verify(bytes(spoilt), MESSAGE, SIGNATURE)


@pytest.mark.parametrize(
    "signature",
    [
        *((0, S), (R, 0), (R + sm2.N, S), (R, S + sm2.N), (-R, S), (R, sm2.N - R), (1 << 100_000, S)),
        *((S, R), (True, S), (float(R), S), (str(R), S), (R, None), (R,), (R, S, 0), [R, S], None, R),
        *(SIGNATURE[:-1], SIGNATURE + b"\0", b"", bytes(64), SIGNATURE.hex()),
    ],
    ids=lambda signature: str(signature)[:20] if not isinstance(signature, tuple) else None,
)
def test_numbers_out_of_range_and_other_forms_are_no_signature(signature):
    assert sm2.verify(PUBLIC, MESSAGE, signature) is False


@pytest.mark.parametrize(
    "key",
    [
        *(b"", PUBLIC[1:], b"\x03" + PUBLIC[1:33], b"\x04" + bytes(64), PUBLIC + b"\0", PUBLIC.hex(), None),
        b"\x04" + (int.from_bytes(PUBLIC[1:33]) + sm2.P).to_bytes(33)[-32:] + PUBLIC[33:],
        b"\x04" + b"\xff" * 64,
    ],
    ids=["empty", "bare", "compressed", "zero", "long", "text", "none", "wrapped", "beyond-p"],
)
def test_what_is_no_point_of_the_curve_is_no_key(key):
    assert sm2.verify(key, MESSAGE, SIGNATURE) is False
    assert sm2.is_public_key(key) is False
    with pytest.raises(BadInput, match="no SM2 public key"):
        sm2.identity_hash(key)


def test_an_identity_or_a_message_of_the_wrong_kind_is_refused():
    longest = bytes(sm2.LONGEST_USER_ID)

    assert sm2.verify(PUBLIC, MESSAGE, sm2.sign(SECRET, MESSAGE, longest), longest)
    for user_id in (bytes(sm2.LONGEST_USER_ID + 1), "1234567812345678", None):
        assert sm2.verify(PUBLIC, MESSAGE, SIGNATURE, user_id) is False
        with pytest.raises(BadInput, match="8191 bytes"):
            sm2.sign(SECRET, MESSAGE, user_id)
    assert sm2.verify(PUBLIC, "message digest", SIGNATURE) is False
    with pytest.raises(BadInput, match="bytes"):
        sm2.sign(SECRET, "message digest")


@pytest.mark.parametrize(
    "secret",
    [bytes(32), (sm2.N - 1).to_bytes(32), sm2.N.to_bytes(32), b"\xff" * 32, b"\1", 1, None, "1" * 32],
    ids=["zero", "n-1", "n", "beyond", "short", "number", "none", "text"],
)
def test_a_secret_out_of_range_is_refused(secret):
    with pytest.raises(BadInput, match="no SM2 secret"):
        sm2.sign(secret, MESSAGE)


@pytest.mark.parametrize("nonce", [0, -1, sm2.N, 1.5, "1"])
def test_a_nonce_out_of_range_is_refused(nonce):
    with pytest.raises(BadInput, match="nonce"):
        sm2.sign(SECRET, MESSAGE, nonce=nonce)


def test_the_base_point_has_order_n_and_the_sums_of_special_points_hold():
    minus_g = (sm2.G[0], sm2.P - sm2.G[1])

    assert sm2._affine(sm2._sum_of_multiples(sm2.N, sm2.G, 0, sm2.G)) is None
    assert sm2._affine(sm2._sum_of_multiples(5, sm2.G, 5, minus_g)) is None
    assert sm2._affine(sm2._sum_of_multiples(sm2.N - 1, sm2.G, 0, sm2.G)) == minus_g
    assert sm2._affine(sm2._sum_of_multiples(2, sm2.G, 3, sm2.G)) == sm2._affine(
        sm2._sum_of_multiples(5, sm2.G, 0, sm2.G)
    )
