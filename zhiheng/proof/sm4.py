"""The block cipher SM4 (GB/T 32907) and two ways to seal with it: GCM and CCM (NIST SP 800-38D and 38C).

The block itself comes from OpenSSL. No library that is kept up offers CCM with it, nor GCM with nonces of any
length, so both are written here on single blocks, for checking what certified modules give. They are slow,
and their time depends on the key: nothing of the house is encrypted with them.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext, algorithms, modes

from zhiheng.errors import BadInput, CheckFailed, Missing

BLOCK = 16
GCM_TAGS = (4, 8, 12, 13, 14, 15, 16)  # SP 800-38D, 5.2.1.2
CCM_TAGS = (4, 6, 8, 10, 12, 14, 16)  # SP 800-38C, A.1
CCM_NONCES = range(7, 14)
REDUCTION = 0xE1 << 120  # x^128 = 1 + x + x^2 + x^7, bits in the order of GCM


def encrypt(key: bytes, blocks: bytes) -> bytes:
    """Return whole blocks encrypted one by one."""
    return _whole(_cipher(key).encryptor(), blocks)


def decrypt(key: bytes, blocks: bytes) -> bytes:
    """Return whole blocks decrypted one by one."""
    return _whole(_cipher(key).decryptor(), blocks)


def repeated(key: bytes, block: bytes, times: int) -> bytes:
    """Return a block encrypted again and again; CBC over zeros is this chain."""
    if len(block) != BLOCK or times < 1:
        raise BadInput("Only one block can be encrypted again and again.", "Give 16 bytes and how often.")
    chain = _cipher(key, modes.CBC(block)).encryptor()
    return chain.update(bytes(BLOCK * times))[-BLOCK:]


def gcm_seal(
    key: bytes, nonce: bytes, data: bytes, message: bytes, tag_size: int = 16
) -> tuple[bytes, bytes]:
    """Return the encrypted message and the tag over it and the additional data."""
    _check(tag_size in GCM_TAGS and len(nonce) > 0)
    one = _cipher(key).encryptor()
    first = _gcm_counter(one, nonce)
    sealed = _streamed(one, (_plus(first, 1 + place) for place in range(_count(message))), message)
    return sealed, _gcm_tag(one, first, data, sealed)[:tag_size]


def gcm_open(key: bytes, nonce: bytes, data: bytes, sealed: bytes, tag: bytes, tag_size: int = 16) -> bytes:
    """Return the message, or refuse what was not sealed with this key, nonce and data."""
    _check(tag_size in GCM_TAGS and len(nonce) > 0)
    one = _cipher(key).encryptor()
    first = _gcm_counter(one, nonce)
    if not hmac.compare_digest(_gcm_tag(one, first, data, sealed)[:tag_size], tag):
        raise _not_sealed()
    return _streamed(one, (_plus(first, 1 + place) for place in range(_count(sealed))), sealed)


def ccm_seal(
    key: bytes, nonce: bytes, data: bytes, message: bytes, tag_size: int = 16
) -> tuple[bytes, bytes]:
    """Return the encrypted message and the tag over it and the additional data."""
    one = _ccm(key, nonce, message, tag_size)
    tag = _mac(one, nonce, data, message, tag_size)
    first, *stream = _ccm_counters(nonce, _count(message) + 1)
    return _streamed(one, iter(stream), message), _xor(tag, one.update(first))[:tag_size]


def ccm_open(key: bytes, nonce: bytes, data: bytes, sealed: bytes, tag: bytes, tag_size: int = 16) -> bytes:
    """Return the message, or refuse what was not sealed with this key, nonce and data."""
    one = _ccm(key, nonce, sealed, tag_size)
    first, *stream = _ccm_counters(nonce, _count(sealed) + 1)
    message = _streamed(one, iter(stream), sealed)
    expected = _xor(_mac(one, nonce, data, message, tag_size), one.update(first))[:tag_size]
    if not hmac.compare_digest(expected, tag):
        raise _not_sealed()
    return message


# --- GCM ------------------------------------------------------------------------------------------


def _gcm_counter(one: CipherContext, nonce: bytes) -> bytes:
    """Return the first counter: a nonce of 12 bytes and 1, any other one hashed (SP 800-38D, 7.1)."""
    if len(nonce) == 12:
        return nonce + b"\0\0\0\1"
    return _ghash(one, _padded(nonce) + (8 * len(nonce)).to_bytes(16))


def _gcm_tag(one: CipherContext, first: bytes, data: bytes, sealed: bytes) -> bytes:
    sizes = (8 * len(data)).to_bytes(8) + (8 * len(sealed)).to_bytes(8)
    return _xor(_ghash(one, _padded(data) + _padded(sealed) + sizes), one.update(first))


def _ghash(one: CipherContext, data: bytes) -> bytes:
    key, found = int.from_bytes(one.update(bytes(BLOCK))), 0
    for block in _blocks(data):
        found = _product(found ^ int.from_bytes(block), key)
    return found.to_bytes(BLOCK)


def _product(one: int, other: int) -> int:
    """Return the product in the field of 2^128 elements (SP 800-38D, 6.3)."""
    found = 0
    for bit in range(127, -1, -1):
        if one >> bit & 1:
            found ^= other
        other = other >> 1 ^ (REDUCTION if other & 1 else 0)
    return found


def _plus(counter: bytes, steps: int) -> bytes:
    """Return a counter some steps on; only its last four bytes count, and they go round."""
    return counter[:12] + ((int.from_bytes(counter[12:]) + steps) % 2**32).to_bytes(4)


# --- CCM ------------------------------------------------------------------------------------------


def _ccm(key: bytes, nonce: bytes, message: bytes, tag_size: int) -> CipherContext:
    _check(tag_size in CCM_TAGS and len(nonce) in CCM_NONCES)
    _check(len(message) < 1 << 8 * (15 - len(nonce)))
    return _cipher(key).encryptor()


def _mac(one: CipherContext, nonce: bytes, data: bytes, message: bytes, tag_size: int) -> bytes:
    """Return the chain over flags, nonce, length, data and message (RFC 3610, 2.2)."""
    width = 15 - len(nonce)
    flags = 64 * bool(data) + 8 * ((tag_size - 2) // 2) + width - 1
    head = bytes([flags]) + nonce + len(message).to_bytes(width)
    found = bytes(BLOCK)
    for block in _blocks(head + _padded(_length(data) + data) + _padded(message)):
        found = one.update(_xor(found, block))
    return found


def _length(data: bytes) -> bytes:
    """Return the length of the additional data in its one form; nothing where there is none."""
    if len(data) < 0xFF00:
        return len(data).to_bytes(2) if data else b""
    return b"\xff\xfe" + len(data).to_bytes(4) if len(data) < 1 << 32 else b"\xff\xff" + len(data).to_bytes(8)


def _ccm_counters(nonce: bytes, count: int) -> list[bytes]:
    width = 15 - len(nonce)
    return [bytes([width - 1]) + nonce + place.to_bytes(width) for place in range(count)]


# --- both -----------------------------------------------------------------------------------------


def _cipher(key: bytes, mode: modes.Mode | None = None) -> Cipher:
    if len(key) != BLOCK:
        raise BadInput("A key of SM4 has 16 bytes.", "Give the key whole.")
    try:
        cipher = Cipher(algorithms.SM4(key), mode or modes.ECB())
        cipher.encryptor()
    except UnsupportedAlgorithm:
        raise Missing(
            "The OpenSSL of this machine has no SM4.", "Check this on a machine that has it."
        ) from None
    return cipher


def _whole(context: CipherContext, blocks: bytes) -> bytes:
    if len(blocks) % BLOCK:
        raise BadInput("Only whole blocks of 16 bytes can be encrypted one by one.", "Pad them first.")
    return context.update(blocks) + context.finalize()


def _streamed(one: CipherContext, counters: Iterator[bytes], message: bytes) -> bytes:
    return _xor(message, one.update(b"".join(counters)))


def _blocks(data: bytes) -> Iterator[bytes]:
    return (data[at : at + BLOCK] for at in range(0, len(data), BLOCK))


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % BLOCK)


def _count(message: bytes) -> int:
    return -(-len(message) // BLOCK)


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(left ^ right for left, right in zip(one, other, strict=False))


def _check(is_allowed: bool) -> None:
    if not is_allowed:
        raise BadInput("Nonce, tag or message have no length that this mode allows.", "Give them as it asks.")


def _not_sealed() -> CheckFailed:
    return CheckFailed("This was not sealed with this key, nonce and data.", "Take the file as it was sent.")
