"""A message that its receiver alone can open: sealed to a public key of X25519, by whoever knows that key.

box = ephemeral public key (32) || ChaCha20-Poly1305(key, nonce 0, message), key = HKDF-SHA-256 of the shared
secret over both public keys. Every box has a key of its own, so the nonce is never used twice. The ephemeral
key comes in from outside, so that nothing here is random.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from zhiheng.errors import BadInput, CheckFailed

_INFO = b"zhiheng sealed box 1"
_NONCE = bytes(12)


def public_key(private: bytes) -> bytes:
    """Return the public key that belongs to a private one of 32 bytes."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def seal(message: bytes, to: bytes, ephemeral: bytes) -> bytes:
    """Return the box for the owner of a public key; ``ephemeral`` is 32 fresh random bytes.

    >>> private = bytes(range(32))
    >>> opened(seal(b"a share", public_key(private), bytes(range(1, 33))), private)
    b'a share'
    """
    mine = public_key(ephemeral)
    return mine + ChaCha20Poly1305(_key(ephemeral, to, mine + to)).encrypt(_NONCE, message, b"")


def opened(box: bytes, private: bytes) -> bytes:
    """Return the message in a box, or refuse a box of somebody else or one that was altered."""
    mine, theirs = public_key(private), box[:32]
    try:
        return ChaCha20Poly1305(_key(private, theirs, theirs + mine)).decrypt(_NONCE, box[32:], b"")
    except InvalidTag:
        raise CheckFailed("The box does not open with this key.", "Take the key of its receiver.") from None


def _key(private: bytes, public: bytes, both: bytes) -> bytes:
    try:
        shared = X25519PrivateKey.from_private_bytes(private).exchange(
            X25519PublicKey.from_public_bytes(public)
        )
    except ValueError:
        raise BadInput("This is no public key of X25519.", "Give 32 bytes in hexadecimal.") from None
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO + both).derive(shared)
