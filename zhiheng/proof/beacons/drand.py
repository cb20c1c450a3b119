"""A round of the public network drand: a signature that a threshold of its members makes every few seconds.

Of the chain quicknet: message = SHA-256(round in 8 bytes, the higher first), signature on G1 of BLS12-381
with the hash to the curve of RFC 9380, public key on G2; round r appears at genesis + (r - 1) period. Nobody
can choose the signature, for it is the only one that holds; its SHA-256 is the published randomness.

The pairing is checked with py_ecc where the extra ``beacon`` is installed (a second or two for a round).
Where it is not, the value is said to be unverified and anybody else can verify it.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, ClassVar

from zhiheng.errors import CheckFailed, Missing
from zhiheng.proof.beacons import reading
from zhiheng.proof.beacons.pinned import PINNED

CHAINS: dict[str, dict[str, Any]] = PINNED["drand"]
SCHEME = "bls-unchained-g1-rfc9380"
DOMAIN = b"BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_"

_REFERENCE = re.compile(r"([a-z]+) ([1-9][0-9]{0,14})")
_SIGNATURE = re.compile(r"[0-9a-f]{96}")


class Drand:
    """A named round of a pinned chain."""

    kind: ClassVar[str] = "drand"

    def reference(self, text: str) -> str:
        """Return ``quicknet ROUND``."""
        name, number = _parts(text)
        return f"{name} {number}"

    def outcomes(self, reference: str) -> int:
        """Return how many values the randomness, a hash, can take."""
        _parts(reference)
        return 1 << 256

    def exists_from(self, reference: str) -> int:
        """Return when the round appears."""
        return time_of(*_parts(reference))

    def value(self, reference: str, evidence: str) -> str:
        """Return ``drand quicknet ROUND SIGNATURE`` from the signature or the published JSON."""
        name, number = _parts(reference)
        head = f"drand {name} {number} "
        text = evidence.strip()
        signature = _published(text, number) if text.startswith("{") else text.removeprefix(head)
        if _SIGNATURE.fullmatch(signature.lower()) is None:
            raise reading.refused("a signature of drand has 48 bytes in hexadecimal")
        return head + signature.lower()

    def check(self, reference: str, value: str) -> tuple[str, str]:
        """Verify the signature by the pinned key, or say that this machine cannot."""
        name, number = _parts(reference)
        signature = bytes.fromhex(value.rsplit(" ", 1)[1])
        try:
            held = is_signed(bytes.fromhex(CHAINS[name]["public_key"]), number, signature)
        except Missing as error:
            return "unverified", str(error)
        if not held:
            raise CheckFailed(
                f"This is not the signature of round {number} of {name}.",
                "Take the round that was announced from drand again.",
            )
        return "verified", "the signature holds by the key of the network"


def randomness(signature: bytes) -> bytes:
    """Return the randomness that the network publishes with a signature."""
    return hashlib.sha256(signature).digest()


def time_of(name: str, number: int) -> int:
    """Return when a round appears, in seconds since 1970.

    >>> time_of("quicknet", 1000)
    1692806364
    """
    chain = _chain(name)
    return chain["genesis"] + (number - 1) * chain["period"]


def round_at(name: str, at: int) -> int:
    """Return the first round that appears at a moment or after it.

    >>> round_at("quicknet", 1692806364), round_at("quicknet", 1692806365), round_at("quicknet", 0)
    (1000, 1001, 1)
    """
    chain = _chain(name)
    return max(1, -(-(at - chain["genesis"]) // chain["period"]) + 1)


def is_signed(public_key: bytes, number: int, signature: bytes) -> bool:
    """Tell whether e(signature, g2) = e(H(message), public key), all points in their groups of prime order.

    A point in another form, off the curve, at infinity or out of its group is no signature.
    """
    curve = _curve()
    if not 0 <= number < 1 << 64:
        return False
    message = hashlib.sha256(number.to_bytes(8)).digest()
    try:
        point, key = curve.g1(signature), curve.g2(public_key)
    except ValueError:
        return False
    return curve.is_pairing(point, curve.hashed(message, DOMAIN), key)


def _curve() -> Any:
    try:
        from zhiheng.proof.beacons import curve
    except ImportError:
        raise Missing(
            "Signatures of drand cannot be checked without py_ecc.", "Install the extra: zhiheng[beacon]."
        ) from None
    return curve


def _published(text: str, number: int) -> str:
    """Return the signature of the JSON that drand publishes; round and randomness must go with it."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise reading.refused("the JSON of the round cannot be read") from None
    signature, random = str(said.get("signature")), said.get("randomness")
    if said.get("round") != number or _SIGNATURE.fullmatch(signature) is None:
        raise reading.refused(f"it is not round {number} with its signature")
    if random is not None and random != randomness(bytes.fromhex(signature)).hex():
        raise reading.refused("its randomness is not the hash of its signature")
    return signature


def _chain(name: str) -> dict[str, Any]:
    if name not in CHAINS:
        raise reading.refused(f"the chain {name} of drand is not pinned here")
    return CHAINS[name]


def _parts(text: str) -> tuple[str, int]:
    found = _REFERENCE.fullmatch(text)
    if found is None:
        raise reading.refused("a round of drand is announced like quicknet 12345678")
    _chain(found[1])
    return found[1], int(found[2])
