"""A secret that no single hand can lose or withhold: split so that any two of three shares give it back.

zh-share-1 is Shamir's scheme (1979) byte by byte over GF(2^8) with the polynomial x^8 + x^4 + x^3 + x + 1.
For every byte s of the secret one random polynomial of degree k - 1 with f(0) = s is taken; seat x holds
f(x). Fewer than k shares tell nothing at all: every secret is equally likely. Each share carries a salt, and
SHA-256("zh-share-1" 00 || seat || salt || share) stands in the announcement, so that a false share is known
for false by itself and the others are still enough.

What it cannot show beforehand: that the office split the secret that it committed. Shares of another secret
are found out when they are put together, against the commitment, and with them the office that made them.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import lottery

RULE = "zh-share-1"
THRESHOLD, SEATS = 2, 3
SALT_BYTES = 16
CHECK_BYTES = 4
OFFICES = ("regulator", "discipline", "notary")
_TEXT = re.compile(r"ZH1-([1-9])-([A-Z2-7]+)")


@dataclass(frozen=True)
class Share:
    """What one seat holds: its number, its bytes and the salt of its commitment."""

    seat: int
    value: bytes
    salt: bytes

    def __post_init__(self) -> None:
        if not 1 <= self.seat <= 255 or not self.value or len(self.salt) != SALT_BYTES:
            raise BadInput("This is no share of a secret.", "Bring the share as it was handed out.")

    @property
    def commitment(self) -> str:
        """Return the hash by which everybody knows this share for the one that was handed out."""
        stated = RULE.encode() + b"\0" + bytes([self.seat]) + self.salt + self.value
        return hashlib.sha256(stated).hexdigest()


def split(secret: bytes, randomness: bytes, *, threshold: int = THRESHOLD, seats: int = SEATS) -> list[Share]:
    """Split a secret; ``randomness`` is used up whole: (threshold - 1) x secret, and a salt for each seat.

    >>> made = split(b"\\x05" * 32, bytes(range(80)))
    >>> combine(made[1:]) == combine(made[:2]) == b"\\x05" * 32
    True
    """
    if not 2 <= threshold <= seats <= 255:
        raise BadInput(f"{threshold} of {seats} shares cannot be asked for.", "Ask for 2 of 3.")
    if len(randomness) != random_bytes(len(secret), threshold=threshold, seats=seats):
        raise BadInput("The random bytes are not as many as the shares need.", "Take them fresh each time.")
    size = len(secret)
    rows = [secret, *(randomness[at * size : (at + 1) * size] for at in range(threshold - 1))]
    salts = randomness[(threshold - 1) * size :]
    return [
        Share(seat, _evaluated(rows, seat), salts[(seat - 1) * SALT_BYTES : seat * SALT_BYTES])
        for seat in range(1, seats + 1)
    ]


def random_bytes(size: int, *, threshold: int = THRESHOLD, seats: int = SEATS) -> int:
    """Return how many random bytes a split of a secret of so many bytes takes.

    >>> random_bytes(32)
    80
    """
    return (threshold - 1) * size + seats * SALT_BYTES


def combine(held: Sequence[Share]) -> bytes:
    """Return the secret of which these are shares; one share more than are needed does no harm."""
    if len({one.seat for one in held}) != len(held) or len(held) < 2:
        raise BadInput("Two shares of different seats are needed.", "Bring the share of another custodian.")
    if len({len(one.value) for one in held}) != 1:
        raise BadInput("The shares differ in length.", "Bring shares of the same draw.")
    found = bytearray(len(held[0].value))
    for one in held:
        factor = 1
        for other in held:
            if other.seat != one.seat:  # Lagrange at 0: x_j / (x_j - x_i), where minus is exclusive or
                factor = _times(factor, _times(other.seat, _inverse(other.seat ^ one.seat)))
        for place, byte in enumerate(one.value):
            found[place] ^= _times(factor, byte)
    return bytes(found)


def terms(
    made: Sequence[Share], custodians: Sequence[tuple[str, str]], *, threshold: int = THRESHOLD
) -> dict[str, Any]:
    """Return what the announcement says of the shares: which office and body sits where, each commitment."""
    if len(custodians) != len(made):
        raise BadInput("The shares and the custodians differ in number.", "Name one custodian a seat.")
    return {
        "rule": RULE,
        "threshold": threshold,
        "custodians": [
            {"seat": one.seat, "office": office, "body": body, "commitment": one.commitment}
            for one, (office, body) in zip(made, custodians, strict=True)
        ],
    }


def check(share: Share, said: dict[str, Any]) -> Share:
    """Return the share when it is the announced one of its seat; a false one is refused."""
    announced = {row["seat"]: row["commitment"] for row in said["custodians"]}
    if announced.get(share.seat) != share.commitment:
        raise CheckFailed(
            f"This is not the share that was handed to seat {share.seat}.",
            "Compare it with the sheet, sign by sign.",
            code="false-share",
            seat=share.seat,
        )
    return share


def recover(held: Sequence[Share], announcement: dict[str, Any]) -> bytes:
    """Return the secret of an announced draw from its custodians' shares; each is checked, and the secret."""
    said = announcement.get("custody")
    if said is None:
        raise BadInput("The secret of this draw was not shared out.", "Ask the office for the secret.")
    good = [check(one, said) for one in held]
    if len(good) < said["threshold"]:
        raise BadInput(
            f"{said['threshold']} shares are needed, {len(good)} are here.", "Ask one custodian more."
        )
    secret = combine(good[: said["threshold"]])
    if lottery.commitment(secret) != announcement["commitment"]:
        raise CheckFailed(
            "The announced shares are those of another secret than the committed one.",
            "Keep the shares: together with the announcement they prove it.",
            code="shares-of-another-secret",
        )
    return secret


def text(share: Share) -> str:
    """Return a share as it stands on a sheet: letters and digits that nobody confuses, with a check sum."""
    content = share.salt + share.value
    return f"ZH1-{share.seat}-{base64.b32encode(content + _sum(share.seat, content)).decode().rstrip('=')}"


def read(written: str) -> Share:
    """Read a share from a sheet; blanks, dashes within and small letters do no harm, a slip is found."""
    plain = re.sub(r"\s+", "", written).upper()
    head, body = plain[:6], plain[6:].replace("-", "")
    found = _TEXT.fullmatch(head + body)
    if found is None:
        raise _unreadable()
    seat = int(found[1])
    try:
        data = base64.b32decode(body + "=" * (-len(body) % 8))
    except ValueError:
        raise _unreadable() from None
    content, check_sum = data[:-CHECK_BYTES], data[-CHECK_BYTES:]
    is_plain = len(content) > SALT_BYTES and check_sum == _sum(seat, content)
    if not is_plain or base64.b32encode(data).decode().rstrip("=") != body:
        raise _unreadable()
    return Share(seat, content[SALT_BYTES:], content[:SALT_BYTES])


def _sum(seat: int, content: bytes) -> bytes:
    return hashlib.sha256(b"zh-share-1 sheet\0" + bytes([seat]) + content).digest()[:CHECK_BYTES]


def _unreadable() -> BadInput:
    return BadInput(
        "A sign of this share is wrong or missing.",
        "Compare it with the sheet, sign by sign; the letter O and the digit 0, I and 1 are easily mistaken.",
        code="share-unreadable",
    )


def _evaluated(rows: Sequence[bytes], seat: int) -> bytes:
    """Return f(seat) for every byte, by Horner's rule from the highest coefficient."""
    found = bytes(len(rows[0]))
    for row in reversed(rows):
        found = bytes(_times(seat, above) ^ here for above, here in zip(found, row, strict=True))
    return found


def _times(one: int, other: int) -> int:
    """Return a product in GF(2^8) without a table, so that no memory access depends on the secret.

    >>> hex(_times(0x57, 0x83)), hex(_times(0x57, 0x13))
    ('0xc1', '0xfe')
    """
    found = 0
    for _ in range(8):
        found ^= one & -(other & 1)
        one = (one << 1) ^ (0x11B & -(one >> 7))
        other >>= 1
    return found


def _inverse(value: int) -> int:
    """Return 1 / value in GF(2^8): value to the power of 254."""
    found, power = 1, value
    for bit in (0, 1, 1, 1, 1, 1, 1, 1):
        found = _times(found, power) if bit else found
        power = _times(power, power)
    return found
