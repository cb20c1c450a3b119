"""A verifiable random function: only the key's holder can compute a value, and everybody can check it.

This is ECVRF of RFC 9381 on edwards25519 with SHA-512, in both ways to turn the input into a point H: try and
increment (suite 03) and Elligator 2 (suite 04). With secret x, public key Y = x B and nonce k::

    Gamma = x H,  c = first 16 bytes of SHA-512(suite 02 Y H Gamma kB kH 00),  s = k + c x mod q    5.1, 5.4.3
    proof = Gamma || c || s  (32 + 16 + 32 bytes, c and s little-endian)                            5.1
    beta  = SHA-512(suite 03 8 Gamma 00)                                                            5.2
    a verifier forms U = s B - c Y and V = s H - c Gamma and asks that they give the same c         5.3

The section numbers are from memory and not yet checked against the text; the proofs of the RFC's appendix B
come out.

The challenge holds the public key, as the RFC has it. Drafts up to 09 left it out and their proofs still
circulate; they are refused. An encoding that is not the one of its point or number is refused too.
"""

from __future__ import annotations

import hashlib
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.proof import edwards25519 as curve

__all__ = ["ELLIGATOR", "TRY_AND_INCREMENT", "is_sound_key", "proof_to_hash", "prove", "public_key", "verify"]

TRY_AND_INCREMENT, ELLIGATOR = 3, 4  # suite_string of RFC 9381, 5.5
PROOF_SIZE = 80
_TAG = b"ECVRF_edwards25519_XMD:SHA-512_ELL2_NU_\x04"  # RFC 9381, 5.4.1.2

Proof = tuple[curve.Point, int, int]


def verify(
    public_key: bytes,
    alpha: bytes,
    proof: bytes,
    *,
    suite: int = TRY_AND_INCREMENT,
    validate_key: bool = True,
) -> bytes | None:
    """Return the 64 bytes beta that a proof gives the input alpha; None for a proof that does not hold (5.3).

    ``validate_key`` refuses keys of small order (5.4.5), under which a proof can be made without a secret.
    Leave it out only for a key that was checked when it was registered.
    """
    _check_suite(suite)
    key, parts = curve.decode(public_key), _decoded(proof)
    if key is None or parts is None or not isinstance(alpha, bytes):
        return None
    if validate_key and not _has_large_order(key):
        return None
    gamma, c, s = parts
    point = _input_point(public_key, alpha, suite)
    if point is None:
        return None
    u = curve.add(curve.multiply(s, curve.BASE), curve.negative(curve.multiply(c, key)))
    v = curve.add(curve.multiply(s, point), curve.negative(curve.multiply(c, gamma)))
    return _output(gamma, suite) if _challenge(suite, key, point, gamma, u, v) == c else None


def prove(secret: bytes, alpha: bytes, *, suite: int = TRY_AND_INCREMENT) -> bytes:
    """Return the proof for an input under a 32-byte secret key of RFC 8032 (5.1; nonce by 5.4.2.2).

    Do not use it where others can time the machine: Python takes longer for larger numbers.
    """
    _check_suite(suite)
    if not isinstance(alpha, bytes):
        raise BadInput("The input of the random function is no bytes.", "Encode the text first, as UTF-8.")
    x, prefix = _expanded(secret)
    key = curve.multiply(x, curve.BASE)
    point = _input_point(curve.encode(key), alpha, suite)
    if point is None:
        raise BadInput("No point is found for this input in 256 attempts.", "Prove another input.")
    k = int.from_bytes(hashlib.sha512(prefix + curve.encode(point)).digest(), "little") % curve.Q
    gamma = curve.multiply(x, point)
    u, v = curve.multiply(k, curve.BASE), curve.multiply(k, point)
    c = _challenge(suite, key, point, gamma, u, v)
    s = (k + c * x) % curve.Q
    return curve.encode(gamma) + c.to_bytes(16, "little") + s.to_bytes(32, "little")


def proof_to_hash(proof: bytes, *, suite: int = TRY_AND_INCREMENT) -> bytes | None:
    """Return beta of a proof that was verified or made here; None for a malformed one (5.2).

    It checks nothing but the form: a proof from elsewhere goes through ``verify``.
    """
    _check_suite(suite)
    parts = _decoded(proof)
    return None if parts is None else _output(parts[0], suite)


def public_key(secret: bytes) -> bytes:
    """Return the public key of a 32-byte secret key, the one that Ed25519 has (RFC 8032, 5.1.5)."""
    return curve.encode(curve.multiply(_expanded(secret)[0], curve.BASE))


def is_sound_key(key: bytes) -> bool:
    """Tell whether 32 bytes are the one encoding of a point that is not of small order (5.4.5)."""
    point = curve.decode(key)
    return point is not None and _has_large_order(point)


def _has_large_order(point: curve.Point) -> bool:
    return not curve.is_neutral(curve.multiply(curve.COFACTOR, point))


def _check_suite(suite: Any) -> None:
    if type(suite) is not int or suite not in (TRY_AND_INCREMENT, ELLIGATOR):
        raise BadInput(
            f"The suite {suite!r} of RFC 9381 is not known here.",
            "Name 3 (try and increment) or 4 (Elligator 2).",
        )


def _expanded(secret: Any) -> tuple[int, bytes]:
    """Return the secret number and the prefix of its nonces (RFC 8032, 5.1.5)."""
    if not isinstance(secret, bytes) or len(secret) != 32:
        raise BadInput(
            "The secret key of the random function has not 32 bytes.", "Give the 32 bytes of an Ed25519 key."
        )
    both = hashlib.sha512(secret).digest()
    number = int.from_bytes(both[:32], "little") & (1 << 254) - 8 | 1 << 254
    return number, both[32:]


def _decoded(proof: Any) -> Proof | None:
    """Return Gamma, c and s of a proof in its one form (5.4.4)."""
    if not isinstance(proof, bytes) or len(proof) != PROOF_SIZE:
        return None
    gamma = curve.decode(proof[:32])
    c, s = int.from_bytes(proof[32:48], "little"), int.from_bytes(proof[48:], "little")
    return None if gamma is None or s >= curve.Q else (gamma, c, s)


def _input_point(salt: bytes, alpha: bytes, suite: int) -> curve.Point | None:
    """Return H; the salt is the public key (5.4.1). One attempt in two succeeds, 256 fail once in 2^256."""
    if suite == ELLIGATOR:
        return curve.from_hash(salt + alpha, _TAG)
    start = hashlib.sha512(b"\x03\x01" + salt + alpha)
    for attempt in range(256):
        trial = start.copy()
        trial.update(bytes((attempt, 0)))
        point = curve.decode(trial.digest()[:32])
        if point is not None and _has_large_order(point):
            return curve.multiply(curve.COFACTOR, point)
    return None


def _challenge(suite: int, *points: curve.Point) -> int:
    """Return c over public key, H, Gamma, U and V, in this order (5.4.3)."""
    encoded = b"".join(map(curve.encode, points))
    return int.from_bytes(hashlib.sha512(bytes((suite, 2)) + encoded + b"\x00").digest()[:16], "little")


def _output(gamma: curve.Point, suite: int) -> bytes:
    cleared = curve.encode(curve.multiply(curve.COFACTOR, gamma))
    return hashlib.sha512(bytes((suite, 3)) + cleared + b"\x00").digest()
