"""The two hashes of zh-draw-1 and their HMAC: SHA-256 everywhere, SM3 where OpenSSL has it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any

from zhiheng.errors import BadInput, Missing

ALGORITHMS = ("sha256", "sm3")


def digest(data: bytes, algorithm: str = "sha256") -> bytes:
    """Return H(data) for one of the two hashes that zh-draw-1 knows."""
    return _context(algorithm)(data).digest()


def hmac_digest(key: bytes, message: bytes, algorithm: str = "sha256") -> bytes:
    """Return HMAC-H(key, message), RFC 2104."""
    return hmac_function(key, algorithm)(message)


def hmac_function(key: bytes, algorithm: str = "sha256") -> Callable[[bytes], bytes]:
    """Return HMAC-H under one key as a function; the padded key is hashed once, not once a unit."""
    inner, outer = _padded(key, algorithm)

    def authenticate(message: bytes) -> bytes:
        first = inner.copy()
        first.update(message)
        second = outer.copy()
        second.update(first.digest())
        return second.digest()

    return authenticate


def hmac_each(
    key: bytes, prefix: bytes = b"", algorithm: str = "sha256"
) -> Callable[[Iterable[bytes]], list[bytes]]:
    """Return HMAC-H(key, prefix || message) of many messages as a function, without a call for each.

    >>> hmac_each(b"key", b"unit")([b"1"]) == [hmac_digest(b"key", b"unit1")]
    True
    """
    inner, outer = _padded(key, algorithm)
    inner.update(prefix)
    within, without = inner.copy, outer.copy

    def authenticate(messages: Iterable[bytes]) -> list[bytes]:
        found = []
        for message in messages:
            first = within()
            first.update(message)
            second = without()
            second.update(first.digest())
            found.append(second.digest())
        return found

    return authenticate


def _padded(key: bytes, algorithm: str) -> tuple[Any, Any]:
    """Return the begun inner and outer hash of HMAC under a key."""
    start = _context(algorithm)
    block = (start(key).digest() if len(key) > 64 else key).ljust(64, b"\0")
    return start(bytes(byte ^ 0x36 for byte in block)), start(bytes(byte ^ 0x5C for byte in block))


def _context(algorithm: str) -> Callable[..., Any]:
    if algorithm == "sha256":
        return hashlib.sha256
    if algorithm != "sm3":
        raise BadInput(f"zh-draw-1 does not know the hash {algorithm!r}.", "Name sha256 or sm3.")
    if "sm3" not in hashlib.algorithms_available:
        raise Missing("The OpenSSL of this machine has no SM3.", "Check this draw on a machine that has it.")
    return lambda data=b"": hashlib.new("sm3", data)
