"""An SM2 signature is made and checked with whole numbers alone (GB/T 32918.2-2016, curve sm2p256v1).

The curve is y^2 = x^3 + a x + b over the integers modulo p, with a base point G of prime order n
(GB/T 32918.5-2017). For the signer with key d, public point P = d G and identity ID, with H the hash SM3::

    ZA = H(bit length of ID in 2 bytes || ID || a || b || xG || yG || xP || yP)        32918.2, 5.5
    e  = H(ZA || message)
    r  = e + x(k G),   s = (1 + d)^-1 (k - r d)   mod n                                  32918.2, 6.1
    a verifier asks that 0 < r, s < n, t = r + s is not 0, and e + x(s G + t P) = r mod n   32918.2, 7.1

The clause numbers of the standards are from memory and not yet checked against their texts; every number of
the example in 32918.5, Annex A, comes out.

A signature is r || s, 32 bytes each, big-endian; a public key is 04 || x || y, 65 bytes. Compressed keys and
DER signatures are refused: one signature has one form.
"""

from __future__ import annotations

from typing import Any

from zhiheng.errors import BadInput
from zhiheng.proof.hashes import digest, hmac_digest

__all__ = ["DEFAULT_USER_ID", "identity_hash", "is_public_key", "public_key", "sign", "verify"]

DEFAULT_USER_ID = b"1234567812345678"  # GM/T 0009-2012, 10
LONGEST_USER_ID = 8191  # bytes: its length in bits has two bytes (32918.2, 5.5)

P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)

Affine = tuple[int, int]
Jacobian = tuple[int, int, int]  # (X, Y, Z) stands for (X / Z^2, Y / Z^3); Z = 0 is the point at infinity
INFINITY: Jacobian = (1, 1, 0)


def verify(
    public_key: bytes,
    message: bytes,
    signature: bytes | tuple[int, int],
    user_id: bytes = DEFAULT_USER_ID,
) -> bool:
    """Tell whether the holder of a public key signed this message under this identity (32918.2, 7.1).

    Whatever is malformed - a point off the curve, a number out of range, a wrong type - is no signature.
    """
    point, pair = _point(public_key), _pair(signature)
    if point is None or pair is None or not isinstance(message, bytes) or not _is_user_id(user_id):
        return False
    r, s = pair
    t = (r + s) % N
    if not (0 < r < N and 0 < s < N and t):
        return False
    found = _affine(_sum_of_multiples(s, G, t, point))
    return found is not None and (_digest_number(public_key, message, user_id) + found[0]) % N == r


def sign(
    secret: bytes, message: bytes, user_id: bytes = DEFAULT_USER_ID, *, nonce: int | None = None
) -> bytes:
    """Return the signature r || s of a message (32918.2, 6.1).

    The standard draws k at random. Here k is derived from key and message by RFC 6979, 3.2, with HMAC-SM3 and
    e as the hashed message, so that the same message has the same signature. ``nonce`` is for the published
    example alone: two messages under one nonce give the key away.

    Do not use it where others can time the machine: Python takes longer for larger numbers.
    """
    d = _secret_number(secret)
    if not isinstance(message, bytes):
        raise BadInput("The message to sign is not a string of bytes.", "Encode the text first, as UTF-8.")
    e = _digest_number(public_key(secret), message, user_id)
    if nonce is not None:
        signature = _signature(d, e, nonce) if isinstance(nonce, int) and 0 < nonce < N else None
        if signature is None:
            raise BadInput(
                "The nonce gives no SM2 signature.", "Leave it out; it is derived from key and message."
            )
        return signature
    return _derived_signature(d, e)


def public_key(secret: bytes) -> bytes:
    """Return the public key 04 || x || y of a secret number from 1 to n - 2 in 32 bytes (32918.1, 6.1)."""
    x, y = _affine(_sum_of_multiples(_secret_number(secret), G, 0, G)) or G
    return b"\x04" + x.to_bytes(32) + y.to_bytes(32)


def is_public_key(key: bytes) -> bool:
    """Tell whether 65 bytes are a point of the curve (32918.1, 6.2); its order is prime."""
    return _point(key) is not None


def identity_hash(public_key: bytes, user_id: bytes = DEFAULT_USER_ID) -> bytes:
    """Return ZA, the 32 bytes that bind identity, curve and public key into what is signed (32918.2, 5.5)."""
    if not is_public_key(public_key):
        raise BadInput(
            "This is no SM2 public key.", "Give 65 bytes: 04 and the two coordinates of a point of the curve."
        )
    if not _is_user_id(user_id):
        raise BadInput(
            f"An SM2 identity has at most {LONGEST_USER_ID} bytes.", "Give the identity as it was registered."
        )
    curve = b"".join(number.to_bytes(32) for number in (A, B, *G))
    return digest((8 * len(user_id)).to_bytes(2) + user_id + curve + public_key[1:], "sm3")


def _digest_number(public_key: bytes, message: bytes, user_id: bytes) -> int:
    return int.from_bytes(digest(identity_hash(public_key, user_id) + message, "sm3"))


def _is_user_id(user_id: Any) -> bool:
    return isinstance(user_id, bytes) and len(user_id) <= LONGEST_USER_ID


def _secret_number(secret: Any) -> int:
    number = int.from_bytes(secret) if isinstance(secret, bytes) and len(secret) == 32 else 0
    if not 0 < number < N - 1:
        raise BadInput(
            "This is no SM2 secret key.", "Give 32 bytes that hold a number from 1 to n - 2, drawn at random."
        )
    return number


def _pair(signature: Any) -> tuple[int, int] | None:
    """Return (r, s) of a signature in either form, before their ranges are looked at."""
    if isinstance(signature, bytes):
        if len(signature) != 64:
            return None
        return int.from_bytes(signature[:32]), int.from_bytes(signature[32:])
    if not isinstance(signature, tuple) or len(signature) != 2:
        return None
    r, s = signature
    return (r, s) if type(r) is int and type(s) is int else None


def _point(key: Any) -> Affine | None:
    if not isinstance(key, bytes) or len(key) != 65 or key[0] != 4:
        return None
    x, y = int.from_bytes(key[1:33]), int.from_bytes(key[33:])
    is_on_curve = x < P and y < P and (y * y - (x * x + A) * x - B) % P == 0
    return (x, y) if is_on_curve else None


def _derived_signature(d: int, e: int) -> bytes:
    """Try the candidates of RFC 6979, 3.2, in their order; all but one first in 2^32 are good."""
    material = d.to_bytes(32) + (e % N).to_bytes(32)
    key, value = bytes(32), b"\x01" * 32
    for mark in (b"\x00", b"\x01"):
        key = hmac_digest(key, value + mark + material, "sm3")
        value = hmac_digest(key, value, "sm3")
    while True:
        value = hmac_digest(key, value, "sm3")
        k = int.from_bytes(value)
        signature = _signature(d, e, k) if 0 < k < N else None
        if signature is not None:
            return signature
        key = hmac_digest(key, value + b"\x00", "sm3")
        value = hmac_digest(key, value, "sm3")


def _signature(d: int, e: int, k: int) -> bytes | None:
    """Return r || s for one nonce; None where the standard asks for another one (32918.2, 6.1, A5 and A6)."""
    point = _affine(_sum_of_multiples(k, G, 0, G))
    if point is None:
        return None
    r = (e + point[0]) % N
    s = pow(1 + d, -1, N) * (k - r * d) % N
    if r == 0 or r + k == N or s == 0:
        return None
    return r.to_bytes(32) + s.to_bytes(32)


# --- the curve -------------------------------------------------------------------------------------


def _sum_of_multiples(s: int, g: Affine, t: int, point: Affine) -> Jacobian:
    """Return s g + t point; both multiples share the doublings (Straus)."""
    first, second = (*g, 1), (*point, 1)
    both = _add(first, second)
    total = INFINITY
    for bit in range(max(s.bit_length(), t.bit_length()) - 1, -1, -1):
        total = _double(total)
        has_first, has_second = s >> bit & 1, t >> bit & 1
        if has_first and has_second:
            total = _add(total, both)
        elif has_first or has_second:
            total = _add(total, first if has_first else second)
    return total


def _double(point: Jacobian) -> Jacobian:
    """Return 2 (X, Y, Z); with a = -3 the slope is 3 (X - Z^2)(X + Z^2)."""
    x, y, z = point
    if not z or not y:
        return INFINITY
    zz, yy = z * z % P, y * y % P
    slope = 3 * (x - zz) * (x + zz) % P
    middle = 4 * x * yy % P
    new_x = (slope * slope - 2 * middle) % P
    return new_x, (slope * (middle - new_x) - 8 * yy * yy) % P, 2 * y * z % P


def _add(one: Jacobian, other: Jacobian) -> Jacobian:
    """Return the sum of any two points, equal, opposite or infinite ones among them."""
    x1, y1, z1 = one
    x2, y2, z2 = other
    if not z1 or not z2:
        return other if not z1 else one
    zz1, zz2 = z1 * z1 % P, z2 * z2 % P
    u1, u2 = x1 * zz2 % P, x2 * zz1 % P
    s1, s2 = y1 * zz2 * z2 % P, y2 * zz1 * z1 % P
    if u1 == u2:
        return _double(one) if s1 == s2 else INFINITY
    run, rise = (u2 - u1) % P, (s2 - s1) % P
    run2 = run * run % P
    run3, middle = run2 * run % P, u1 * run2 % P
    x = (rise * rise - run3 - 2 * middle) % P
    return x, (rise * (middle - x) - s1 * run3) % P, z1 * z2 * run % P


def _affine(point: Jacobian) -> Affine | None:
    x, y, z = point
    if not z:
        return None
    inverse = pow(z, -1, P)
    return x * inverse**2 % P, y * inverse**3 % P
