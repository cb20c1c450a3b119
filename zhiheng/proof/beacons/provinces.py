"""Several parties bind themselves to a secret each, and reveal them when all are bound: provinces, notaries.

::

    commitment = SHA-256("zh-beacon-1" 00 || context || 00 || party || 00 || 32 bytes of secret)
    DIGEST     = SHA-256 over the lines ``PARTY COMMITMENT`` LF, parties in the order of their bytes

The digest is announced; the context names the draw, so that a secret cannot serve twice. One honest party is
enough for the value to be random. The last one to reveal knows the value before others do and can hold its
secret back: then the beacon does not exist, the name is published, and the next in the announced order
serves. So such a party chooses between two values at most, and everybody sees that it did.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from zhiheng.errors import CheckFailed
from zhiheng.proof.beacons import reading

FEWEST, MOST = 2, 100
SECRET_BYTES = 32

_NAME = r"[^\s\x00]{1,80}"
_REFERENCE = re.compile(rf"({_NAME}) ([1-9][0-9]?[0-9]?) ([0-9a-f]{{64}}) on ([0-9-]{{10}})")
_LINE = re.compile(rf"({_NAME}) ([0-9a-f]{{64}})")


class Provinces:
    """Commitments first, secrets after; whoever holds the value recomputes the announced digest."""

    kind: ClassVar[str] = "commit-reveal"

    def reference(self, text: str) -> str:
        """Return context, number of parties, digest of their commitments, day of the reveals."""
        context, count, digest, day = _parts(text)
        return f"{context} {count} {digest} on {day.isoformat()}"

    def outcomes(self, reference: str) -> int:
        """Return the outcomes of one secret: of all parties, one is taken to be honest."""
        _parts(reference)
        return 1 << 8 * SECRET_BYTES

    def exists_from(self, reference: str) -> int:
        """Return when the day of the reveals begins."""
        return reading.start(_parts(reference)[3])

    def value(self, reference: str, evidence: str) -> str:
        """Return a line a party, ``PARTY SECRET`` in hexadecimal, in the order of their bytes."""
        _context, count, *_rest = _parts(reference)
        said = [" ".join(line.split()) for line in evidence.splitlines() if line.strip()]
        found = [_LINE.fullmatch(line) for line in said]
        if None in found or len({one[1] for one in found}) != len(found):
            raise reading.refused("a line is not one party and its secret in hexadecimal")
        if len(found) != count:
            raise reading.refused(f"{count} parties are bound and {len(found)} have revealed")
        return "\n".join(sorted(said, key=str.encode))

    def check(self, reference: str, value: str) -> tuple[str, str]:
        """Return that it is verified, or refuse a secret that nobody bound himself to."""
        context, _count, expected, _day = _parts(reference)
        secrets = [line.split(" ") for line in value.split("\n")]
        bound = {party: commitment(context, party, bytes.fromhex(secret)) for party, secret in secrets}
        if digest(bound) != expected:
            raise CheckFailed(
                "A party revealed another secret than the one that it was bound to.",
                "Compare each with the commitments as published, and use the next random text of the order.",
            )
        return "verified", "the secrets are those that the parties were bound to"


def commitment(context: str, party: str, secret: bytes) -> str:
    """Return what a party publishes before: the hash that binds it to its secret for this context."""
    if len(secret) != SECRET_BYTES or not all(re.fullmatch(_NAME, one) for one in (context, party)):
        raise reading.refused(f"a secret has {SECRET_BYTES} bytes, and names have no spaces")
    return hashlib.sha256(b"\0".join((b"zh-beacon-1", context.encode(), party.encode(), secret))).hexdigest()


def digest(commitments: Mapping[str, str]) -> str:
    """Return the digest of the commitments of all parties."""
    lines = (f"{party} {commitments[party]}\n" for party in sorted(commitments, key=str.encode))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def reference(context: str, commitments: Mapping[str, str], on: date) -> str:
    """Return what is announced once all commitments are published."""
    return Provinces().reference(f"{context} {len(commitments)} {digest(commitments)} on {on.isoformat()}")


def missing(context: str, commitments: Mapping[str, str], secrets: Mapping[str, bytes]) -> tuple[str, ...]:
    """Return the parties that did not reveal what they were bound to: the reason for the next beacon."""
    return tuple(
        party
        for party in sorted(commitments, key=str.encode)
        if len(secrets.get(party, b"")) != SECRET_BYTES
        or commitment(context, party, secrets[party]) != commitments[party]
    )


def _parts(text: str) -> tuple[str, int, str, date]:
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise reading.refused("parties are announced like CONTEXT 3 DIGEST on 2025-03-10")
    count = int(found[2])
    if not FEWEST <= count <= MOST:
        raise reading.refused(f"parties are {FEWEST} to {MOST}")
    return found[1], count, found[3], reading.day(found[4])
