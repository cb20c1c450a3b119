"""Three published ways to draw in public stand beside zh-draw-1, to compare and to check draws of others.

RFC 3797 and Rivest's sampler take a public seed: with a public frame, everybody knows the sample the moment
the seed is out, those to be inspected among them. The draft of Thomson adds a secret, but no commitment to
the frame. A draw of our own uses ``proof.lottery``.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable, Sequence
from typing import Any

from zhiheng.errors import BadInput, LimitExceeded
from zhiheng.proof.hashes import digest, hmac_digest

LARGEST_POOL = 65_535  # the number of a draw has two bytes (RFC 3797, 4)
MOST_CODES = 100_000
MOST_WITH_REPLACEMENT = 10_000  # tickets grow by about one digit in two draws of the same unit


# --- RFC 3797, Publicly Verifiable Nominations Committee Random Selection (Eastlake 2004) -------------


def rfc3797_key(sources: Sequence[Sequence[int]]) -> bytes:
    """Return the key of published whole numbers: each source sorted, a dot after each number, then a slash.

    Section 4. Numbers with a fraction and strings, which the RFC also allows, are refused.

    >>> rfc3797_key([[9319], [2, 5, 12, 8, 10]])
    b'9319./2.5.8.10.12./'
    """
    for source in _items(sources):
        if not _items(source) or any(
            type(number) is not int or not 0 <= number < 1 << 256 for number in source
        ):
            raise BadInput(
                "A source of RFC 3797 is a list of whole numbers from zero on.",
                "Give the published numbers, such as those of a lottery.",
            )
    return "".join("".join(f"{n}." for n in sorted(source)) + "/" for source in sources).encode()


def rfc3797_digest(key: bytes, draw: int) -> bytes:
    """Return MD5(i || key || i) with i, the number of the draw from 0 on, in two bytes (section 4)."""
    if type(draw) is not int or not 0 <= draw < LARGEST_POOL:
        raise BadInput("The number of a draw has two bytes in RFC 3797.", "Count the draws from zero on.")
    number = draw.to_bytes(2)
    return hashlib.md5(number + _bytes(key) + number, usedforsecurity=False).digest()


def rfc3797_select(key: bytes, pool_size: int, n: int) -> list[int]:
    """Return n places of a pool numbered from 1 on, in the order in which they are drawn (section 4).

    Draw i takes place (digest as a 128-bit number mod (pool - i)) of those that are left. The remainder
    favours low places by at most pool / 2^128. MD5 is broken for collisions, which nobody can profit from
    here as long as pool and sources are published before the numbers exist.
    """
    if type(pool_size) is not int or not 0 < pool_size <= LARGEST_POOL:
        raise BadInput("A pool of RFC 3797 holds 1 to 65,535 units.", "Number the units of the pool again.")
    if type(n) is not int or not 0 <= n <= pool_size:
        raise BadInput(f"A pool of {pool_size} units does not give this sample.", "Draw fewer units.")
    left = list(range(1, pool_size + 1))
    return [left.pop(int.from_bytes(rfc3797_digest(key, draw)) % len(left)) for draw in range(n)]


# --- draft-thomson-elegy-vrs-00, A Verifiable Random Selection Process (Thomson 2023) -------------------


def one_time_code(secret: bytes, times: int) -> bytes:
    """Return SHA-256 applied n times to a secret: the commitment; n - i times: the code of iteration i.

    Section "One-Time Codes". The secret itself is never a code, so ``times`` is at least 1.
    """
    if type(times) is not int or not 1 <= times <= MOST_CODES:
        raise BadInput(f"A code is hashed 1 to {MOST_CODES} times.", "State how often it was hashed.")
    code = _bytes(secret)
    for _ in range(times):
        code = digest(code)
    return code


def is_next_code(code: bytes, published: bytes) -> bool:
    """Tell whether a code is the one before the last published, or before the commitment."""
    return isinstance(code, bytes) and len(code) == 32 and digest(code) == published


def thomson_key(code: bytes, randomness: bytes) -> bytes:
    """Return HKDF-Extract(salt = one-time code, IKM = randomness) with SHA-256 (RFC 5869, 2.2)."""
    return hmac_digest(_bytes(code), _bytes(randomness))


def thomson_position(key: bytes, label: str) -> bytes:
    """Return HKDF-Expand(key, info = label in UTF-8, 32 bytes) with SHA-256 (RFC 5869, 2.3)."""
    return hmac_digest(_bytes(key), _label(label) + b"\x01")


def thomson_order(code: bytes, randomness: bytes, labels: Iterable[str]) -> list[tuple[str, str]]:
    """Return all labels with their positions in hexadecimal, the first to be selected first."""
    key = thomson_key(code, randomness)
    return sorted(
        ((label, thomson_position(key, label).hex()) for label in _distinct(labels)), key=lambda row: row[1]
    )


# --- consistent sampling (Rivest 2018, arXiv 1808.10016; consistent_sampler 1.0.10) ---------------------


def consistent_sample(
    ids: Iterable[str], seed: str, n: int, *, with_replacement: bool = False
) -> list[tuple[str, str, int]]:
    """Return the n smallest tickets as (ticket, id, how often this id was drawn by now).

    The first ticket of an id is the fraction 0.ddd of SHA-256(SHA-256(seed) in hexadecimal || id); see
    ``_fraction``. With replacement a drawn id comes back with a larger ticket; see ``_next_ticket``.
    """
    start = digest(_label(seed)).hex()
    tickets = [("0." + _fraction(start + unit), unit, 1) for unit in _distinct(ids)]
    if type(n) is not int or n < 0 or (n > len(tickets) and not (with_replacement and tickets)):
        raise BadInput(f"{len(tickets)} units do not give this sample.", "Draw fewer units.")
    if not with_replacement:
        return heapq.nsmallest(n, tickets)
    if n > MOST_WITH_REPLACEMENT:
        raise LimitExceeded(
            f"More than {MOST_WITH_REPLACEMENT} draws with replacement take too long.", "Draw fewer units."
        )
    heapq.heapify(tickets)
    drawn = []
    for _ in range(n):
        ticket, unit, times = tickets[0]
        drawn.append(heapq.heapreplace(tickets, (_next_ticket(ticket), unit, times + 1)))
    return drawn


def _fraction(text: str) -> str:
    """Return SHA-256 as decimal digits, at least 64, from the last to the first.

    The first digits of a number below 2^256 are not uniform, the last ones nearly are.
    """
    return f"{int.from_bytes(digest(text.encode())):064d}"[::-1]


def _next_ticket(ticket: str) -> str:
    """Return a ticket uniform between this one and 1: its leading nines stay, all after them is new.

    Attempt i = 1, 2, ... takes the digits of SHA-256(ticket || ":" || i); the first larger ticket counts.
    On average one of ten attempts or more succeeds.
    """
    nines = ticket[: len(ticket) - len(ticket[2:].lstrip("9"))]
    attempt = 1
    while (found := nines + _fraction(f"{ticket}:{attempt}")) <= ticket + "0":
        attempt += 1
    return found


# --- what all three ask of their input ------------------------------------------------------------------


def _bytes(value: Any) -> bytes:
    if not isinstance(value, bytes):
        raise BadInput("A key, a code or a secret is no bytes.", "Encode text as UTF-8, decode hexadecimal.")
    return value


def _label(text: Any) -> bytes:
    """Return a name in UTF-8; half a surrogate pair has none."""
    try:
        return text.encode()
    except (AttributeError, UnicodeEncodeError):
        raise BadInput(
            "A name in the list of units, or a seed, is no text.", "Give text that UTF-8 can hold."
        ) from None


def _items(values: Any) -> list[Any]:
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        raise BadInput("What should be a list is none.", "List the units or numbers one by one.")
    return list(values)


def _distinct(names: Iterable[str]) -> list[str]:
    """Return the names of the units; one that stands twice would have two chances."""
    found = _items(names)
    for name in found:
        _label(name)
    if len(set(found)) != len(found):
        raise BadInput("A unit stands twice in the list.", "List each unit once.")
    return found
