"""Points and the pairing of BLS12-381, by py_ecc; the module cannot be imported where that is missing.

Compressed points (draft-irtf-cfrg-pairing-friendly-curves, appendix C): three bits of flags, then x with the
imaginary part first on G2. py_ecc reads them; whether a point is of prime order is asked here.

py_ecc lifts Python's limit on recursion to 100 000 for the whole process while it is imported. A hostile
document of deep brackets would then end the process instead of being refused, so the limit is put back; the
pairing needs no more than the usual one.
"""

from __future__ import annotations

import hashlib
import sys
from typing import Any

_LIMIT = sys.getrecursionlimit()
try:
    from py_ecc import optimized_bls12_381 as bls
    from py_ecc.bls.hash_to_curve import hash_to_G1
    from py_ecc.bls.point_compression import compress_G1, compress_G2, decompress_G1, decompress_G2
finally:
    sys.setrecursionlimit(_LIMIT)


def g1(data: bytes) -> Any:
    """Return a point of G1 from its 48 bytes; ValueError for anything else."""
    if len(data) != 48:
        raise ValueError("a point of G1 has 48 bytes")
    point = decompress_G1(int.from_bytes(data))
    if compress_G1(point).to_bytes(48) != data:
        raise ValueError("the point is not in its one form")
    return _of_prime_order(point)


def g2(data: bytes) -> Any:
    """Return a point of G2 from its 96 bytes; ValueError for anything else."""
    if len(data) != 96:
        raise ValueError("a point of G2 has 96 bytes")
    point = decompress_G2((int.from_bytes(data[:48]), int.from_bytes(data[48:])))
    if b"".join(half.to_bytes(48) for half in compress_G2(point)) != data:
        raise ValueError("the point is not in its one form")
    return _of_prime_order(point)


def hashed(message: bytes, domain: bytes) -> Any:
    """Return the point of G1 to which a message hashes (RFC 9380)."""
    return hash_to_G1(message, domain, hashlib.sha256)


def is_pairing(signature: Any, message: Any, key: Any) -> bool:
    """Tell whether e(signature, g2) = e(message, key), by one final exponentiation."""
    left = bls.pairing(bls.G2, signature, final_exponentiate=False)
    right = bls.pairing(key, bls.neg(message), final_exponentiate=False)
    return bls.final_exponentiate(left * right) == bls.FQ12.one()


def _of_prime_order(point: Any) -> Any:
    if bls.is_inf(point) or not bls.is_inf(bls.multiply(point, bls.curve_order)):
        raise ValueError("the point is not of the group of prime order")
    return point
