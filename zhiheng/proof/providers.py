"""What signs and hashes can be software here or a module in a locked box: both stand behind these protocols.

A certified module (密码模块) is plugged in by an object with the attributes of ``Signer``; its secret never
enters this process. ``checked`` asks each for one signature before it is used and compares it with the
public key, so that a module that signs something else is found at the start and not by a stranger.
"""

from __future__ import annotations

import importlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from cryptography.hazmat.primitives.asymmetric import ed25519

from zhiheng.errors import BadInput, CheckFailed, Missing
from zhiheng.proof import hashes, note, sm2

PROBE = "zhiheng/self-test\n"


@runtime_checkable
class Signer(Protocol):
    """Whoever signs notes: name and kind as in ``note.Key``, its public key, and the act itself."""

    @property
    def name(self) -> str:
        """The name of the key, for a log its origin."""

    @property
    def kind(self) -> int:
        """The type of its signatures: ``note.ED25519``, ``note.COSIGNATURE`` or ``note.UNASSIGNED``."""

    @property
    def public(self) -> bytes:
        """The public key in the form of its kind."""

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of a signature."""


@runtime_checkable
class Provider(Protocol):
    """A source of signers by name and of hashes by name."""

    def signer(self, name: str) -> Signer:
        """Return the signer of this name, or refuse."""

    def digest(self, algorithm: str, data: bytes) -> bytes:
        """Return the hash of some bytes: ``sha256`` or ``sm3``."""


@dataclass(frozen=True)
class Ed25519:
    """Signs by Ed25519 with the library of this machine; as a witness with ``kind=note.COSIGNATURE``."""

    name: str
    private: ed25519.Ed25519PrivateKey
    kind: int = note.ED25519

    @property
    def public(self) -> bytes:
        """Return the 32 bytes of the public key."""
        return self.private.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """Return the signature of RFC 8032."""
        return self.private.sign(message)


@dataclass(frozen=True)
class Sm2:
    """Signs by SM2 with whole numbers of Python: for demonstrations and tests alone.

    The time it takes depends on the secret, so whoever can measure it may learn the key; and it is no
    certified module. Where the twin of a log is to count, plug in one that is.
    """

    name: str
    secret: bytes
    kind: int = note.UNASSIGNED

    def __repr__(self) -> str:
        return f"Sm2(name={self.name!r})"

    @property
    def public(self) -> bytes:
        """Return the mark of SM2 and the 65 bytes of the public key."""
        return note.SM2 + sm2.public_key(self.secret)

    def sign(self, message: bytes) -> bytes:
        """Return r and s under the identity of GM/T 0009."""
        return sm2.sign(self.secret, message)


@dataclass(frozen=True)
class Software:
    """The default provider: signers held in this process, hashes of OpenSSL."""

    signers: Mapping[str, Signer]

    def signer(self, name: str) -> Signer:
        """Return the signer of this name, or refuse."""
        if name not in self.signers:
            raise Missing(f"No key named {name} is held here.", "Name a key that the provider holds.")
        return self.signers[name]

    def digest(self, algorithm: str, data: bytes) -> bytes:
        """Return the hash of some bytes."""
        return hashes.digest(data, algorithm)


def key(signer: Signer) -> note.Key:
    """Return the public key of a signer as it is published."""
    return note.Key(signer.name, signer.kind, signer.public)


def signature(text: str, signer: Signer, *, at: int | None = None) -> note.Signature:
    """Return a signer's line below a note; a witness says the time in seconds since 1970, others none."""
    held = key(signer)
    if (held.kind == note.COSIGNATURE) != (at is not None):
        raise BadInput("A witness signs with the time, a log without.", "Give the time to witnesses alone.")
    if at is None:
        return note.Signature(held.name, held.hash, signer.sign(text.encode()))
    value = struct.pack(">Q", at) + signer.sign(note.cosigned(text, at))
    return note.Signature(held.name, held.hash, value)


def checked(signer: Signer) -> Signer:
    """Return a signer whose signature over a known text holds by its own public key, or refuse it."""
    held = note.key(str(key(signer)))
    line = signature(PROBE, signer, at=1 if held.kind == note.COSIGNATURE else None)
    if not held.holds(PROBE, line.value):
        raise CheckFailed(
            f"The signatures of {held.name} do not hold by its own public key.",
            "Look which key the module signs with.",
        )
    return signer


def named(reference: str) -> Any:
    """Return the provider that ``package.module:object`` names, for the settings of a site."""
    module, _gap, attribute = reference.partition(":")
    try:
        found = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError):
        raise Missing(
            f"There is no provider {reference}.", "Install it, or name it package.module:object."
        ) from None
    if not isinstance(found, Provider):
        raise BadInput(f"{reference} is no provider.", "It needs signer(name) and digest(algorithm, data).")
    return found
