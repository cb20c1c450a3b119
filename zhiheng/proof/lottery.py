"""Who is inspected is decided by zh-draw-1: a committed secret and a public beacon, neither alone enough.

Before the beacon exists the office publishes the announcement A: frame hash, sample sizes, and the hash of
its secret. Afterwards anybody recomputes (H is SHA-256 or SM3, JCS is ``proof.canonical``)::

    seed      = HMAC-H(secret, "zh-draw-1" 00 || H(JCS(A)) || H(beacon))
    ticket(i) = HMAC-H(seed, "unit" 00 || id(i))

and the n units with the smallest tickets are drawn; equal tickets are ordered by the bytes of the id.

*Stratified use.* One announcement holds a table ``strata`` of {stratum, population, sample}; one seed and one
ticket a unit serve all strata; within each stratum the n_h units with the smallest tickets are drawn, and the
next ones in the same order are its reserves, who step in only for a logged reason. Every unit of stratum h is
drawn with probability n_h / N_h exactly.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from zhiheng.errors import BadInput
from zhiheng.proof import canonical
from zhiheng.proof.hashes import digest, hmac_digest, hmac_function
from zhiheng.proof.pairing import Pair, pair, pair_all

__all__ = [
    "ALGORITHM",
    "Pair",
    "StratumDraw",
    "announcement_hash",
    "commitment",
    "frame_hash",
    "frame_line",
    "pair",
    "pair_all",
    "seed",
    "select",
    "select_within_strata",
    "ticket",
]

ALGORITHM = "zh-draw-1"


@dataclass(frozen=True)
class StratumDraw:
    """The units of one stratum in the order of their tickets: first the sample, then the reserves."""

    stratum: str
    population: int
    selected: tuple[str, ...]
    reserves: tuple[str, ...]

    @property
    def probability(self) -> tuple[int, int]:
        """Return the exact inclusion probability of every unit of the stratum as (n, N)."""
        return len(self.selected), self.population


def commitment(secret: bytes, algorithm: str = "sha256") -> str:
    """Return the hash that binds the office to its secret; the secret has at least 32 bytes."""
    if len(secret) < 32:
        raise BadInput(
            f"The secret has {len(secret)} bytes; a shorter one than 32 could be guessed.",
            "Take 32 bytes from the operating system's random source.",
        )
    return digest(secret, algorithm).hex()


def announcement_hash(announcement: Mapping[str, object]) -> str:
    """Return H(JCS(A)) in hexadecimal, by the hash that the announcement names."""
    return digest(canonical.dumps(dict(announcement)), str(announcement.get("hash", "sha256"))).hex()


def seed(secret: bytes, announcement: Mapping[str, object], beacon: bytes) -> bytes:
    """Return the seed: neither the secret's owner nor the beacon's operator can choose it alone."""
    algorithm = str(announcement.get("hash", "sha256"))
    stated = bytes.fromhex(announcement_hash(announcement))
    return hmac_digest(secret, b"zh-draw-1\0" + stated + digest(beacon, algorithm), algorithm)


def ticket(seed: bytes, unit_id: str, algorithm: str = "sha256") -> bytes:
    """Return the lottery ticket of one unit, a 256-bit number in big-endian bytes."""
    return hmac_digest(seed, b"unit\0" + unit_id.encode(), algorithm)


def select(
    seed: bytes, ids: Iterable[str], n: int, algorithm: str = "sha256", *, start: int = 0
) -> list[str]:
    """Return the n ids with the smallest tickets, in ticket order; ties go by the bytes of the id.

    ``start`` turns the circle of tickets: the smallest is then the next one from that ticket on. It serves
    panels that rotate over the years and is zero in a lottery of its own.
    """
    if n < 0:
        raise BadInput(f"A sample of {n} units cannot be drawn.", "State a sample size of zero or more.")
    encoded = [unit_id.encode() for unit_id in ids]
    draw = hmac_function(seed, algorithm)
    found = map(draw, map(b"unit\0".__add__, encoded))
    tickets = zip((turned(one, start) for one in found) if start else found, encoded, strict=True)
    if n > len(encoded) // 8:
        first = sorted(tickets)[:n]
    else:
        first = heapq.nsmallest(n, tickets)
    return [unit_id.decode() for _, unit_id in first]


def turned(ticket: bytes, start: int) -> bytes:
    """Return how far a ticket lies beyond a starting point of the circle, as a ticket.

    >>> turned(bytes(31) + b"\\x05", 3)[-1], turned(bytes(32), 1) == b"\\xff" * 32
    (2, True)
    """
    size = len(ticket)
    return ((int.from_bytes(ticket) - start) % (1 << 8 * size)).to_bytes(size)


def select_within_strata(
    seed: bytes,
    ids_by_stratum: Mapping[str, Sequence[str]],
    n_by_stratum: Mapping[str, int],
    reserves: int = 0,
    algorithm: str = "sha256",
    *,
    start: int = 0,
) -> dict[str, StratumDraw]:
    """Draw n_h units and up to ``reserves`` reserves within each stratum, with one seed for all.

    Refuses a stratum without a stated size, a sample larger than its stratum, and a unit in two places:
    each would make the stated probability n_h / N_h false.
    """
    if set(ids_by_stratum) != set(n_by_stratum):
        odd = sorted(set(ids_by_stratum) ^ set(n_by_stratum))
        raise BadInput(
            f"The strata of the frame and of the announcement differ: {', '.join(odd)}.",
            "State one sample size for every stratum of the frame, and none for others.",
        )
    _refuse_doubles(ids_by_stratum)
    drawn = {}
    for stratum in sorted(ids_by_stratum):
        ids, n = ids_by_stratum[stratum], n_by_stratum[stratum]
        if not 0 <= n <= len(ids):
            raise BadInput(
                f"Stratum {stratum} holds {len(ids)} units; {n} cannot be drawn.",
                "Lower the sample size or merge the stratum before the frame is frozen.",
            )
        order = select(seed, ids, min(n + reserves, len(ids)), algorithm, start=start)
        drawn[stratum] = StratumDraw(stratum, len(ids), tuple(order[:n]), tuple(order[n:]))
    return drawn


def frame_line(unit_id: str, weight: int = 1) -> bytes:
    """Return one line of zh-draw-1's own two-column frame file: ``id TAB weight LF``."""
    return f"{unit_id}\t{weight}\n".encode()


def frame_hash(lines: Iterable[bytes], algorithm: str = "sha256") -> str:
    """Return the hash of a frame file given as its lines, in hexadecimal."""
    return digest(b"".join(lines), algorithm).hex()


def _refuse_doubles(ids_by_stratum: Mapping[str, Sequence[str]]) -> None:
    units: set[str] = set()
    for stratum, ids in ids_by_stratum.items():
        before = len(units)
        units.update(ids)
        if len(units) != before + len(ids):
            raise BadInput(
                f"A unit of stratum {stratum} stands twice in the frame.",
                "Freeze the frame again with one line a unit.",
            )
