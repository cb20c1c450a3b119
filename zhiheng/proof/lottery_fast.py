"""The draws of ``lottery`` for frames of millions: floating point leaves out the many, exact numbers decide.

Each unit is given two bounds between which its key lies for sure. Whoever's lower bound lies above the k-th
smallest upper bound cannot be among the first k; the few that remain are ordered exactly. So nothing depends
on how a machine rounds, and the outcome is that of the plain version bit for bit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.proof import canonical
from zhiheng.proof.hashes import hmac_each
from zhiheng.proof.lottery import WeightedDraw, refuse_twice

BLOCK = 1 << 16
MARGIN = 1e-9  # far above what the few operations of a bound can round away
# Two different keys are fractions with denominators below 2^257 2^53 and differ by more than 2^-620.
SCALE = 640


def select_by_weight(
    seed: bytes,
    ids: Sequence[str],
    weights: Sequence[int] | np.ndarray,
    n: int,
    reserves: int = 0,
    algorithm: str = "sha256",
) -> WeightedDraw:
    """Draw n units by weight as ``lottery.select_by_weight`` does; ids and weights stand in two columns.

    A frame has each id once, which its freezing checks; here it is asked of those drawn alone.
    """
    held = _weights(weights, len(ids), n)
    is_sure, left, total = _certain(held, n)
    pool = _Pool(left + reserves)
    factors = _factors(held, is_sure, left, total)
    for place, tickets in _tickets(seed, ids, algorithm):
        span = slice(place, place + len(tickets))
        pool.add(place, tickets, factors[span], ~is_sure[span])
    order = sorted(
        (_exact(ticket, int(held[place]), left, total), ids[place].encode()) for place, ticket in pool.first()
    )
    names = [unit_id.decode() for _key, unit_id in order]
    sure = sorted((ids[place] for place in np.flatnonzero(is_sure)), key=str.encode)
    refuse_twice([*sure, *names])
    selected = (*sure, *names[:left])
    return WeightedDraw(selected, tuple(names[left : left + reserves]), len(sure), left, total)


def select(seed: bytes, ids: Sequence[str], n: int, algorithm: str = "sha256") -> list[str]:
    """Return the n ids with the smallest tickets as ``lottery.select`` does."""
    pool = _Pool(n)
    ones = np.ones(BLOCK)
    for place, tickets in _tickets(seed, ids, algorithm):
        pool.add(place, tickets, ones[: len(tickets)], None)
    order = sorted((ticket, ids[place].encode()) for place, ticket in pool.first())
    return [unit_id.decode() for _ticket, unit_id in order[:n]]


@dataclass
class _Pool:
    """Keeps the units that can still be among the first ``size``, by the bounds of their keys."""

    size: int
    cut: float = float("inf")
    places: list[np.ndarray] = field(default_factory=list)
    uppers: list[np.ndarray] = field(default_factory=list)
    lowers: list[np.ndarray] = field(default_factory=list)
    tickets: dict[int, bytes] = field(default_factory=dict)
    waiting: int = 0

    def add(self, start: int, tickets: list[bytes], factors: np.ndarray, may_be: np.ndarray | None) -> None:
        """Take in a block of units from a place of the frame on."""
        high = np.frombuffer(b"".join(ticket[:8] for ticket in tickets), dtype=">u8").astype(np.float64)
        rest = 2.0**64 - high
        with np.errstate(divide="ignore", invalid="ignore"):
            lower = high * (1 - MARGIN) / (rest + 4096) * factors
            upper = (high + 4096) * (1 + MARGIN) / np.maximum(rest - 4096, 0) * factors
        is_near = lower <= self.cut
        near = np.flatnonzero(is_near if may_be is None else is_near & may_be)
        self.places.append(near + start)
        self.lowers.append(lower[near])
        self.uppers.append(upper[near])
        self.tickets.update((start + place, tickets[place]) for place in near.tolist())
        self.waiting += len(near)
        if self.waiting > max(2 * self.size, 4 * BLOCK):
            self._narrow()

    def first(self) -> Iterator[tuple[int, bytes]]:
        """Yield the places and tickets of all that can be among the first."""
        if self.places:
            self._narrow()
        yield from self.tickets.items()

    def _narrow(self) -> None:
        places, uppers, lowers = map(np.concatenate, (self.places, self.uppers, self.lowers))
        if len(uppers) > self.size:
            self.cut = float(np.partition(uppers, self.size - 1)[self.size - 1]) if self.size else -1.0
        kept = lowers <= self.cut
        places, uppers, lowers = places[kept], uppers[kept], lowers[kept]
        self.tickets = {place: self.tickets[place] for place in places.tolist()}
        self.places, self.uppers, self.lowers = [places], [uppers], [lowers]
        self.waiting = 0


def _tickets(seed: bytes, ids: Sequence[str], algorithm: str) -> Iterable[tuple[int, list[bytes]]]:
    """Yield the tickets of the units in blocks, each with its place in the frame."""
    tickets_of = hmac_each(seed, b"unit\0", algorithm)
    for start in range(0, len(ids), BLOCK):
        yield start, tickets_of([unit_id.encode() for unit_id in ids[start : start + BLOCK]])


def _exact(ticket: bytes, weight: int, left: int, total: int) -> int:
    """Return a whole number that orders Pareto keys as the fractions themselves, equal for equal ones."""
    u = 2 * int.from_bytes(ticket) + 1
    return (u * (total - left * weight) << SCALE) // ((2**257 - u) * weight)


def _factors(weights: np.ndarray, is_sure: np.ndarray, left: int, total: int) -> np.ndarray:
    """Return (W - n w) / w of each unit, rounded once; the whole numbers before may be of any length."""
    kinds, places = np.unique(weights, return_inverse=True)
    values = np.array([max(total - left * weight, 0) / weight for weight in kinds.tolist()])
    factors = values[places]
    factors[is_sure] = 0.0
    return factors


def _certain(weights: np.ndarray, n: int) -> tuple[np.ndarray, int, int]:
    """Return which units are certain, and n and W without them."""
    is_sure = np.zeros(len(weights), dtype=bool)
    left, total = n, _sum(weights)
    while left:
        found = ~is_sure & (weights >= -(-total // left))
        if not found.any():
            break
        is_sure |= found
        left -= int(found.sum())
        total -= _sum(weights[found])
    return is_sure, left, total


def _sum(weights: np.ndarray) -> int:
    """Return the sum exactly: halves of 32 bits cannot overflow."""
    high, low = weights >> 32, weights & 0xFFFFFFFF
    return (int(high.sum()) << 32) + int(low.sum())


def _weights(weights: Sequence[int] | np.ndarray, size: int, n: int) -> np.ndarray:
    """Return the weights as whole numbers, or refuse a draw that cannot be made."""
    if not 0 <= n <= size:
        raise BadInput(f"{n} of {size} units cannot be drawn.", "State a size up to that of the frame.")
    held = np.asarray(weights)
    is_good = held.shape == (size,) and (held.dtype.kind in "iu" or size == 0)
    if not is_good or (size and not 0 < int(held.min()) <= int(held.max()) <= canonical.MAX_INTEGER):
        raise BadInput(
            "A weight is no whole number above zero.", f"Give weights of 1 to {canonical.MAX_INTEGER}."
        )
    return held.astype(np.int64)
