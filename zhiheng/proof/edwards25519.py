"""Points of edwards25519 are added, encoded in one way, and made from bytes (RFC 8032, RFC 9380).

The curve is -x^2 + y^2 = 1 + d x^2 y^2 over the integers modulo p = 2^255 - 19. Its points form a group of
order 8 q, q prime; B generates the part of order q. A point is (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.

All here is for public values: Python's integers take longer for larger numbers, so a secret multiple
computed beside an onlooker with a clock is no longer a secret.

Section numbers are from memory, not yet checked against the texts.
"""

from __future__ import annotations

import hashlib

P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
COFACTOR = 8

Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)

_MINUS_ONE_ROOT = pow(2, (P - 1) // 4, P)
_MONTGOMERY_A = 486662  # of curve25519, v^2 = u^3 + A u^2 + u (RFC 7748)


def add(one: Point, other: Point) -> Point:
    """Return the sum of any two points; the formula of RFC 8032, 5.1.4, holds for equal ones too."""
    x1, y1, z1, t1 = one
    x2, y2, z2, t2 = other
    a, b = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    c, d = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def double(point: Point) -> Point:
    """Return twice a point (RFC 8032, 5.1.4)."""
    x, y, z, _ = point
    a, b = x * x % P, y * y % P
    h = a + b
    e, g = h - (x + y) * (x + y), a - b
    f = 2 * z * z + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def multiply(number: int, point: Point) -> Point:
    """Return a multiple of a point; the number is zero or more and is not reduced."""
    total = NEUTRAL
    for bit in range(number.bit_length() - 1, -1, -1):
        total = double(total)
        if number >> bit & 1:
            total = add(total, point)
    return total


def negative(point: Point) -> Point:
    """Return the point that adds to the neutral one."""
    x, y, z, t = point
    return -x % P, y, z, -t % P


def is_neutral(point: Point) -> bool:
    """Tell whether a point is (0, 1)."""
    x, y, z, _ = point
    return x == 0 and y == z


def encode(point: Point) -> bytes:
    """Return the 32 bytes of a point: y little-endian, the parity of x in the top bit (RFC 8032, 5.1.2)."""
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little")


def decode(data: bytes) -> Point | None:
    """Return the point of 32 bytes (RFC 8032, 5.1.3); None for no point and for a second encoding of one.

    A second encoding has y >= p, or the sign of a negative zero.
    """
    if not isinstance(data, bytes) or len(data) != 32:
        return None
    number = int.from_bytes(data, "little")
    y, is_odd = number & (1 << 255) - 1, number >> 255
    if y >= P:
        return None
    x = _root((y * y - 1) * pow(D * y * y + 1, -1, P) % P)
    if x is None or (x == 0 and is_odd):
        return None
    x = P - x if x & 1 != is_odd else x
    return x, y, 1, x * y % P


def from_hash(message: bytes, tag: bytes) -> Point:
    """Return the point of the prime-order part that Elligator 2 gives a message (RFC 9380, 3).

    The suite is edwards25519_XMD:SHA-512_ELL2_NU_: 48 bytes from expand_message_xmd modulo p, the map of
    6.8.2, times the cofactor. ``tag`` separates domains and has at most 255 bytes.
    """
    ending = tag + len(tag).to_bytes(1)
    first = hashlib.sha512(bytes(128) + message + (48).to_bytes(2) + b"\x00" + ending).digest()
    uniform = hashlib.sha512(first + b"\x01" + ending).digest()[:48]
    return multiply(COFACTOR, _elligator(int.from_bytes(uniform) % P))


def _elligator(u: int) -> Point:
    """Return the point of a field element: Elligator 2 on curve25519, carried over (RFC 9380, 6.8.2).

    The two candidates are s = -A / (1 + 2 u^2) and -s - A; the first counts where it lies on the curve, with
    an odd t, else the second with an even t. Then x = sqrt(-A - 2) s / t and y = (s - 1) / (s + 1).
    """
    s = -_MONTGOMERY_A * pow(1 + 2 * u * u, -1, P) % P
    t = _root(_montgomery(s))
    if t is not None:
        t = t if t & 1 else -t % P
    else:
        s = (-s - _MONTGOMERY_A) % P
        t = _root(_montgomery(s)) or 0
        t = -t % P if t & 1 else t
    if t == 0 or s == P - 1:
        return NEUTRAL
    x = _SCALE * s * pow(t, -1, P) % P
    y = (s - 1) * pow(s + 1, -1, P) % P
    return x, y, 1, x * y % P


def _montgomery(s: int) -> int:
    return ((s + _MONTGOMERY_A) * s + 1) * s % P


def _root(square: int) -> int | None:
    """Return a square root modulo p, p = 5 mod 8; None where there is none."""
    root = pow(square, (P + 3) // 8, P)
    if root * root % P == square:
        return root
    root = root * _MINUS_ONE_ROOT % P
    return root if root * root % P == square else None


def _even_root(square: int) -> int:
    root = _root(square % P) or 0
    return P - root if root & 1 else root


_SCALE = _even_root(-_MONTGOMERY_A - 2)  # the even root, by RFC 9380, G.2.2
_BASE_Y = 4 * pow(5, -1, P) % P
BASE: Point = decode(_BASE_Y.to_bytes(32, "little")) or NEUTRAL
