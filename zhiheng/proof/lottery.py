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

*By weight.* Units of weight w whose n w reaches the sum W of all weights are certain; they leave n and W
until none is left that reaches it. The others are ordered by Pareto keys (Rosen 1997), with t the ticket as a
number and u = (2 t + 1) / 2^257::

    u (W - n w) / ((1 - u) w)

compared in whole numbers, so that a browser finds the same order. ``lottery_fast`` does it for millions.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cmp_to_key

from zhiheng.errors import BadInput
from zhiheng.proof import canonical
from zhiheng.proof.hashes import digest, hmac_digest, hmac_function
from zhiheng.proof.pairing import Pair, pair, pair_all

__all__ = [
    "ALGORITHM",
    "Pair",
    "StratumDraw",
    "WeightedDraw",
    "announcement_hash",
    "certain",
    "commitment",
    "frame_hash",
    "frame_line",
    "pair",
    "pair_all",
    "seed",
    "select",
    "select_by_weight",
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


@dataclass(frozen=True)
class WeightedDraw:
    """A sample by weight: certain units in the order of their ids, then others in the order of their keys.

    ``left`` and ``weight`` are n and W once the certain units have been taken out.
    """

    selected: tuple[str, ...]
    reserves: tuple[str, ...]
    certainty: int
    left: int
    weight: int

    def target(self, weight: int) -> Fraction:
        """Return the inclusion probability that a unit of this weight is meant to have: n w / W, at most 1.

        A Pareto draw reaches it nearly, not exactly. Let d be the sum of p (1 - p) over the units that are
        not certain: with d of 1 and more the chance was within 4 % / d of p in every design tried against the
        exact computation of ``methods.ordered`` (tests/proof/test_lottery_fast.py); in a smaller design it
        may be off by more, and its exact chances are to be used.

        >>> WeightedDraw((), (), certainty=1, left=2, weight=30).target(6)
        Fraction(2, 5)
        """
        return min(Fraction(self.left * weight, self.weight), Fraction(1)) if self.weight else Fraction(1)


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


def certain(weights: Sequence[int], n: int) -> tuple[set[int], int, int]:
    """Return the places of the units that are certain, and n and W without them.

    >>> certain([1, 2, 3, 60], 2)
    ({3}, 1, 6)
    """
    taken: set[int] = set()
    left, total = n, sum(weights)
    while found := {
        place for place, weight in enumerate(weights) if place not in taken and left * weight >= total
    }:
        taken |= found
        left -= len(found)
        total -= sum(weights[place] for place in found)
    return taken, left, total


def select_by_weight(
    seed: bytes,
    units: Sequence[tuple[str, int]],
    n: int,
    reserves: int = 0,
    algorithm: str = "sha256",
) -> WeightedDraw:
    """Draw n of the units (id, weight), with up to ``reserves`` that come next, by Pareto keys.

    Weights are whole numbers above zero. This is the plain version, of which each line can be read beside the
    protocol.
    """
    check_weights(units, n)
    taken, left, total = certain([weight for _id, weight in units], n)
    keys = []
    for place, (unit_id, weight) in enumerate(units):
        if place not in taken:
            u = 2 * int.from_bytes(ticket(seed, unit_id, algorithm)) + 1
            keys.append((u * (total - left * weight), (2**257 - u) * weight, unit_id.encode()))
    order = [unit_id.decode() for *_key, unit_id in sorted(keys, key=cmp_to_key(_compared))]
    sure = sorted((units[place][0] for place in taken), key=str.encode)
    selected = (*sure, *order[:left])
    return WeightedDraw(selected, tuple(order[left : left + reserves]), len(sure), left, total)


def check_weights(units: Sequence[tuple[str, int]], n: int) -> None:
    """Refuse a draw by weight that cannot be made: too many units, a weight of none, a unit in two places."""
    if not 0 <= n <= len(units):
        raise BadInput(f"{n} of {len(units)} units cannot be drawn.", "State a size up to that of the frame.")
    if any(type(weight) is not int or not 0 < weight <= canonical.MAX_INTEGER for _id, weight in units):
        raise BadInput(
            "A weight is no whole number above zero.", f"Give weights of 1 to {canonical.MAX_INTEGER}."
        )
    refuse_twice([unit_id for unit_id, _weight in units])


def refuse_twice(ids: Sequence[str]) -> None:
    """Refuse a list in which a unit stands twice."""
    if len(set(ids)) != len(ids):
        raise BadInput("A unit stands twice in the frame.", "Freeze the frame again with one line a unit.")


def _compared(one: tuple[int, int, bytes], other: tuple[int, int, bytes]) -> int:
    """Compare two Pareto keys as fractions, cross-multiplied; equal ones go by the bytes of the id."""
    left, right = (one[0] * other[1], one[2]), (other[0] * one[1], other[2])
    return (left > right) - (left < right)


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
