"""Signed notes: a text, and below it lines by which keys vouch for it (c2sp.org/signed-note, byte for byte).

A key is named in one line, ``name+hash+base64(type, public key)``; the first four bytes of
SHA-256(name, LF, type, public key) go before each of its signatures, so that a reader knows whose it is. A
signature of a key that the reader does not know says nothing; a wrong one of a known key spoils the note.

The twin of a log, whose tree is under SM3, is signed by SM2. C2SP gives no number for it, so its keys have
the type ff and then the long mark ``SM2`` of this house, as the specification asks: ff, mark, 04, x, y. The
signature is r, s over the text, under the identity of GM/T 0009 (``proof.sm2``).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ed25519

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import sm2

ED25519 = 0x01  # the signature is over the text
COSIGNATURE = 0x04  # of a witness, with its time (c2sp.org/tlog-cosignature)
UNASSIGNED = 0xFF  # followed by a long mark that says what it is
SM2 = b"zhiheng/sm2-sm3/1:"
MOST_BYTES = 1_000_000
MOST_SIGNATURES = 100
DASH = "\u2014 "

_NAME = re.compile(r"[^\s+]+")
_KEY = re.compile(r"([^\s+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")


@dataclass(frozen=True)
class Key:
    """A public key with its name; ``str`` gives the line by which it is published."""

    name: str
    kind: int
    public: bytes

    @property
    def tree_hash(self) -> str:
        """The hash of the trees whose checkpoints this key signs."""
        return "sm3" if self.kind == UNASSIGNED else "sha256"

    @property
    def hash(self) -> bytes:
        """The four bytes that stand before a signature of this key."""
        return hashlib.sha256(self.name.encode() + b"\n" + self._body()).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.hash.hex()}+{base64.b64encode(self._body()).decode()}"

    def _body(self) -> bytes:
        return bytes([self.kind]) + self.public

    def holds(self, text: str, signature: bytes) -> bool:
        """Tell whether a signature of this key is over this text (at the time that it states)."""
        if len(signature) != (72 if self.kind == COSIGNATURE else 64):
            return False
        if self.kind == UNASSIGNED:
            return is_sm2(self.public) and sm2.verify(self.public[len(SM2) :], text.encode(), signature)
        message = text.encode()
        if self.kind == COSIGNATURE:
            message = cosigned(text, struct.unpack(">Q", signature[:8])[0])
        return is_ed25519(self.public, signature[-64:], message)


@dataclass(frozen=True)
class Signature:
    """One line below a note: who is said to have signed, and the bytes."""

    name: str
    hash: bytes
    value: bytes

    @property
    def time(self) -> int:
        """When a witness says that it saw the note, in seconds since 1970; for cosignatures alone."""
        return struct.unpack(">Q", self.value[:8])[0]

    def __str__(self) -> str:
        return f"{DASH}{self.name} {base64.b64encode(self.hash + self.value).decode()}\n"


@dataclass(frozen=True)
class Note:
    """A text that ends in a line feed, and its signatures."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(map(str, self.signatures))}"

    def by(self, key: Key) -> Signature | None:
        """Return the signature of a key; None if it did not sign. A wrong one is refused."""
        found = [one for one in self.signatures if (one.name, one.hash) == (key.name, key.hash)]
        if any(not key.holds(self.text, one.value) for one in found):
            raise CheckFailed(
                f"The signature of {key.name} does not hold.", "Ask for the note at its source again."
            )
        return found[0] if found else None


def is_ed25519(public: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether an Ed25519 signature holds (RFC 8032); keys and signatures of another length never do."""
    try:
        ed25519.Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def is_sm2(public: bytes) -> bool:
    """Tell whether this is the mark of SM2 and a point of its curve."""
    return public.startswith(SM2) and sm2.is_public_key(public[len(SM2) :])


def key(line: str) -> Key:
    """Return the key of a line ``name+hash+base64``, or refuse one that is not what it says."""
    found = _KEY.fullmatch(line)
    body = _decoded(found[3]) if found else None
    if found is None or body is None or not _is_name(found[1]):
        raise BadInput("This is no key of signed notes.", "Give the line name+hash+key as published.")
    is_known = len(body) == 33 if body[0] in (ED25519, COSIGNATURE) else is_sm2(body[1:])
    if not is_known or body[0] not in (ED25519, COSIGNATURE, UNASSIGNED):
        raise BadInput(
            f"The key of {found[1]} is of a kind that is not known here.",
            "Give a key of Ed25519 (type 1 or 4) or of SM2.",
        )
    result = Key(found[1], body[0], body[1:])
    if result.hash.hex() != found[2]:
        raise BadInput(f"The key of {found[1]} and its hash do not fit.", "Copy the line whole.")
    return result


def read(data: bytes | str) -> Note:
    """Return a note from its bytes, or refuse what is none; no signature is checked.

    The text ends at the last empty line. It is UTF-8 without control characters but the line feed.
    """
    text = _text(data)
    body, gap, below = text.rpartition("\n\n")
    lines = below.split("\n")
    if not gap or lines.pop() != "" or not lines:
        raise _refused("it has no signature below an empty line")
    if len(lines) > MOST_SIGNATURES:
        raise _refused(f"it has more than {MOST_SIGNATURES} signatures")
    return Note(body + "\n", tuple(_signature(line) for line in lines))


def verified(note: Note, keys: Iterable[Key]) -> list[tuple[Key, Signature]]:
    """Return which of the keys signed a note; one wrong signature of any of them refuses it whole."""
    return [(one, found) for one in keys if (found := note.by(one)) is not None]


def sign(text: str, name: str, private: ed25519.Ed25519PrivateKey, *, at: int | None = None) -> Signature:
    """Sign a text; with ``at`` as a witness that saw it then (seconds since 1970)."""
    held = public(name, private, COSIGNATURE if at is not None else ED25519)
    if at is None:
        return Signature(name, held.hash, private.sign(text.encode()))
    return Signature(name, held.hash, struct.pack(">Q", at) + private.sign(cosigned(text, at)))


def public(name: str, private: ed25519.Ed25519PrivateKey, kind: int = ED25519) -> Key:
    """Return the public key that belongs to a private one."""
    if not _is_name(name):
        raise BadInput(f"{name!r} is no name of a key.", "Use a name without spaces and plus signs.")
    return Key(name, kind, private.public_key().public_bytes_raw())


def cosigned(text: str, at: int) -> bytes:
    """Return what a witness signs: its time, and the text of the note whole."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def write(text: str, signatures: Sequence[Signature]) -> str:
    """Return a note with its signatures; it must read back as it was meant."""
    note = Note(text, tuple(signatures))
    if read(str(note)) != note:
        raise BadInput("This text cannot be signed.", "End it in a line feed, and use no control characters.")
    return str(note)


def _text(data: bytes | str) -> str:
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    if len(raw) > MOST_BYTES:
        raise _refused("it is too long")
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        raise _refused("it is not UTF-8") from None
    if any(character < " " and character != "\n" for character in text):
        raise _refused("it holds a control character")
    return text


def _signature(line: str) -> Signature:
    name, gap, value = line.removeprefix(DASH).partition(" ")
    decoded = _decoded(value)
    if not line.startswith(DASH) or not gap or not _is_name(name) or decoded is None or len(decoded) < 5:
        raise _refused("a line below it is no signature")
    return Signature(name, decoded[:4], decoded[4:])


def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None


def _decoded(text: str) -> bytes | None:
    """Return the bytes of standard base64 in its one form, None for anything else."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if found and base64.b64encode(found).decode() == text else None


def _refused(why: str) -> BadInput:
    return BadInput(f"This is no signed note: {why}.", "Take the file as it was published.")
