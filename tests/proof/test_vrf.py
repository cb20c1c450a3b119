"""The verifiable random function: the cases of RFC 9381, and every proof that must not hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.proof import edwards25519 as curve
from zhiheng.proof import vrf

DATA = json.loads((Path(__file__).parent / "data/vrf_rfc9381.json").read_text())
EXAMPLES = DATA["rfc_examples"]
SECRET, PUBLIC = bytes.fromhex(EXAMPLES[1]["sk"]), bytes.fromhex(EXAMPLES[1]["pk"])
ALPHA, PROOF = bytes.fromhex(EXAMPLES[1]["alpha"]), bytes.fromhex(EXAMPLES[1]["pi_tai"])
SUITES = (vrf.TRY_AND_INCREMENT, vrf.ELLIGATOR)


def with_y(y: int, sign: int = 0) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


def order_eight() -> curve.Point:
    """Return a point of order 8: q times a point of the whole group."""
    for y in range(2, 50):
        point = curve.decode(with_y(y))
        if point and not curve.is_neutral(curve.multiply(4 * curve.Q, point)):
            return curve.multiply(curve.Q, point)
    raise AssertionError


SMALL = [curve.encode(curve.multiply(number, order_eight())) for number in range(8)]


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case["pk"][:8])
def test_an_example_of_the_rfc_is_reproduced_by_try_and_increment(case):
    secret, public, alpha = (bytes.fromhex(case[name]) for name in ("sk", "pk", "alpha"))
    proof = bytes.fromhex(case["pi_tai"])

    assert vrf.public_key(secret) == public
    assert vrf.prove(secret, alpha) == proof
    assert vrf.verify(public, alpha, proof).hex() == case["beta_tai"]
    assert vrf.proof_to_hash(proof).hex() == case["beta_tai"]


@pytest.mark.parametrize("case", EXAMPLES, ids=lambda case: case["pk"][:8])
def test_an_example_of_the_rfc_is_reproduced_by_elligator_2(case):
    secret, public, alpha = (bytes.fromhex(case[name]) for name in ("sk", "pk", "alpha"))
    proof = bytes.fromhex(case["pi_ell2"])

    assert vrf.prove(secret, alpha, suite=vrf.ELLIGATOR) == proof
    beta = vrf.verify(public, alpha, proof, suite=vrf.ELLIGATOR)
    assert beta is not None
    assert beta == vrf.proof_to_hash(proof, suite=vrf.ELLIGATOR)
    assert vrf.verify(public, alpha, proof) is None


@pytest.mark.parametrize("case", DATA["computed_tai"], ids=lambda case: case["pk"][:8])
def test_a_computed_case_is_reproduced(case):
    secret, public, alpha = (bytes.fromhex(case[name]) for name in ("sk", "pk", "alpha"))
    proof = bytes.fromhex(case["pi"])

    beta = vrf.verify(public, alpha, proof)

    assert vrf.prove(secret, alpha) == proof
    assert case["valid"] and beta.hex() == case["beta"]


@pytest.mark.parametrize("case", DATA["must_reject"], ids=lambda case: case["why"])
def test_a_proof_whose_challenge_leaves_out_the_key_is_refused(case):
    public, alpha, proof = (bytes.fromhex(case[name]) for name in ("pk", "alpha", "pi"))

    assert vrf.proof_to_hash(proof) is not None
    assert vrf.verify(public, alpha, proof) is None
    assert vrf.verify(public, alpha, proof, validate_key=False) is None


@settings(max_examples=12)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=60), st.sampled_from(SUITES))
def test_what_is_proved_verifies_and_for_no_other_input(secret, alpha, suite):
    public, proof = vrf.public_key(secret), vrf.prove(secret, alpha, suite=suite)

    assert vrf.verify(public, alpha, proof, suite=suite) == vrf.proof_to_hash(proof, suite=suite)
    assert vrf.verify(public, alpha + b"!", proof, suite=suite) is None
    assert vrf.verify(PUBLIC, alpha, proof, suite=suite) is None


@given(st.binary(min_size=32, max_size=32))
def test_the_public_key_is_the_one_of_ed25519(secret):
    theirs = Ed25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()

    assert vrf.public_key(secret) == theirs


@given(st.integers(0, 8 * vrf.PROOF_SIZE - 1))
def test_one_flipped_bit_spoils_a_proof(bit):
    spoilt = bytearray(PROOF)
    spoilt[bit // 8] ^= 1 << bit % 8

    assert vrf.verify(PUBLIC, ALPHA, bytes(spoilt)) is None


def test_a_number_that_is_not_reduced_is_refused():
    s = int.from_bytes(PROOF[48:], "little") + curve.Q

    assert vrf.verify(PUBLIC, ALPHA, PROOF[:48] + s.to_bytes(32, "little")) is None


@pytest.mark.parametrize(
    "point", [with_y(curve.P), with_y(curve.P + 1), with_y(1, 1), with_y(curve.P - 1, 1)]
)
def test_a_second_encoding_of_a_point_is_none(point):
    assert curve.decode(point) is None
    assert not vrf.is_sound_key(point)
    assert vrf.verify(point, ALPHA, PROOF, validate_key=False) is None
    assert vrf.proof_to_hash(point + PROOF[32:]) is None


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize("key", SMALL, ids=lambda key: key.hex()[:8])
def test_a_key_of_small_order_under_which_anybody_could_prove_is_refused(key, suite):
    forged = forged_proof(key, suite)

    assert vrf.verify(key, b"any", forged, suite=suite, validate_key=False) is not None
    assert vrf.verify(key, b"any", forged, suite=suite) is None
    assert not vrf.is_sound_key(key)


def forged_proof(key: bytes, suite: int) -> bytes:
    """Prove without a secret: where c is a multiple of the order of the key, c Y vanishes."""
    point, gamma = vrf._input_point(key, b"any", suite), curve.NEUTRAL
    for k in range(1, 200):
        u, v = curve.multiply(k, curve.BASE), curve.multiply(k, point)
        c = vrf._challenge(suite, curve.decode(key), point, gamma, u, v)
        if c % 8 == 0:
            return curve.encode(gamma) + c.to_bytes(16, "little") + k.to_bytes(32, "little")
    raise AssertionError


def test_there_are_eight_points_of_small_order():
    assert len(set(SMALL)) == 8
    assert SMALL[0] == curve.encode(curve.NEUTRAL)


@pytest.mark.parametrize("bad", [None, "", b"", PROOF[:-1], PROOF + b"\0", PROOF.hex(), 5, [PROOF]])
def test_what_is_not_of_the_form_is_no_proof_key_or_input(bad):
    assert vrf.verify(PUBLIC, ALPHA, bad) is None
    assert vrf.verify(bad, ALPHA, PROOF) is None
    assert vrf.verify(PUBLIC, bad, PROOF) is None
    assert vrf.proof_to_hash(bad) is None
    assert vrf.is_sound_key(bad) is False


@pytest.mark.parametrize("suite", [0, 5, 3.0, True, "3", None, [3]])
def test_an_unknown_suite_is_refused(suite):
    for call in (
        lambda: vrf.verify(PUBLIC, ALPHA, PROOF, suite=suite),
        lambda: vrf.prove(SECRET, ALPHA, suite=suite),
        lambda: vrf.proof_to_hash(PROOF, suite=suite),
    ):
        with pytest.raises(BadInput, match="not known"):
            call()


def test_a_secret_or_an_input_of_the_wrong_kind_is_refused():
    for secret in (b"", bytes(31), "0" * 32, None):
        with pytest.raises(BadInput, match="32 bytes"):
            vrf.prove(secret, ALPHA)
    with pytest.raises(BadInput, match="no bytes"):
        vrf.prove(SECRET, "alpha")


def test_the_base_point_has_order_q_and_sums_agree_with_multiples():
    one, two = curve.multiply(1, curve.BASE), curve.multiply(2, curve.BASE)

    assert curve.encode(curve.BASE).hex() == "58" + "66" * 31
    assert curve.is_neutral(curve.multiply(curve.Q, curve.BASE))
    assert curve.encode(curve.add(one, two)) == curve.encode(curve.multiply(3, curve.BASE))
    assert curve.encode(curve.add(one, one)) == curve.encode(two)
    assert curve.is_neutral(curve.add(two, curve.negative(two)))


@given(st.binary(max_size=80))
def test_a_message_is_carried_to_a_point_of_the_prime_order_part(message):
    point = curve.from_hash(message, b"tag")

    assert curve.decode(curve.encode(point)) is not None
    assert curve.is_neutral(curve.multiply(curve.Q, point))
    assert curve.encode(point) != curve.encode(curve.from_hash(message, b"other tag"))


def test_the_exceptional_element_of_elligator_gives_the_neutral_point():
    assert curve.is_neutral(curve._elligator(0))
