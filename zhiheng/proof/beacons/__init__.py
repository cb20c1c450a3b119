"""The public random text of a draw: what is announced of it, and the one form in which everybody hashes it.

A beacon exists only after the announcement and is chosen by nobody. Each kind of the family says

* what must be announced before: a *reference*, one line in one form, that leaves no choice afterwards;
* how many outcomes it has: fewer than 2^96 are refused, since the owner of the secret could try them all;
* its *value*: the bytes that go into the seed, as text that carries all its evidence;
* how the value is checked by whoever holds the reference and the value alone.

=================  ==================================================  ==================================
kind               reference                                           value
=================  ==================================================  ==================================
``drand``          ``quicknet ROUND``                                  ``drand quicknet ROUND SIGNATURE``
``dice``           ``38d6 on 2025-03-10 at PLACE``                     ``dice 38d6 T T T ...``
``lottery-ssq``    ``ISSUE ISSUE ISSUE ISSUE after 2025-03-05``        a line a draw: ``ISSUE R R R R R R+B``
``commit-reveal``  ``CONTEXT 3 DIGEST on 2025-03-10``                  a line a party: ``PARTY SECRET``
=================  ==================================================  ==================================

A value is UTF-8 without a line feed at its end. *verified*: the numbers prove themselves. *attested*: form
and range are right, and the truth of it rests on those who stood by. *unverified*: it could be proved, but
not on this machine. When the first beacon of the announced order cannot be had, the next one takes its place,
and the reason is published.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof.beacons.dice import Dice
from zhiheng.proof.beacons.drand import Drand
from zhiheng.proof.beacons.lots import Lots
from zhiheng.proof.beacons.provinces import Provinces

__all__ = ["FAMILY", "Checked", "Chosen", "bits", "check", "choose", "exists_from", "reference", "value"]

LEAST_BITS = 96
LONGEST = 20_000

Status = Literal["verified", "attested", "unverified"]


class Beacon(Protocol):
    """One kind of beacon. Its methods take a reference and refuse one that is not in its form."""

    kind: str

    def reference(self, text: str) -> str:
        """Return a reference in its one form."""

    def outcomes(self, reference: str) -> int:
        """Return among how many equally likely outcomes the beacon chooses."""

    def exists_from(self, reference: str) -> int:
        """Return before which moment, in seconds since 1970, nobody can know the value."""

    def value(self, reference: str, evidence: str) -> str:
        """Return the value in its one form from what was published or written down, or refuse it."""

    def check(self, reference: str, value: str) -> tuple[Status, str]:
        """Tell how far a value in its one form is proved, and why; refuse one that is wrong."""


FAMILY: Mapping[str, Beacon] = {one.kind: one for one in (Lots(), Drand(), Dice(), Provinces())}


@dataclass(frozen=True)
class Checked:
    """A beacon with its value as it goes into the seed, how far it is proved, and why."""

    kind: str
    reference: str
    value: bytes
    status: Status
    reason: str


@dataclass(frozen=True)
class Chosen:
    """The beacon that was used, and those before it in the announced order with why they were not."""

    checked: Checked
    skipped: tuple[tuple[str, str, str], ...]


def reference(kind: str, text: str) -> str:
    """Return what is announced of a beacon, in its one form; too little chance is refused.

    >>> reference("lottery-ssq", "2025031,2025032, 2025033 2025034 after 2025-03-05")
    '2025031 2025032 2025033 2025034 after 2025-03-05'
    """
    beacon = _of(kind)
    found = beacon.reference(" ".join(_plain(text).split()))
    outcomes = beacon.outcomes(found)
    if outcomes < 1 << LEAST_BITS:
        raise BadInput(
            f"This random text has {math.log2(outcomes):.1f} bits: the owner of the secret could try all.",
            f"Take more throws or draws: at least {LEAST_BITS} bits.",
        )
    return found


def bits(kind: str, text: str) -> float:
    """Return the entropy of a beacon in bits, log2 of its outcomes.

    >>> round(bits("lottery-ssq", "2025031 2025032 2025033 2025034 after 2025-03-05"), 1)
    96.3
    """
    return math.log2(_of(kind).outcomes(reference(kind, text)))


def exists_from(kind: str, text: str) -> int:
    """Return the moment, in seconds since 1970, before which a beacon cannot be known."""
    return _of(kind).exists_from(reference(kind, text))


def value(kind: str, text: str, evidence: str) -> bytes:
    """Return the bytes that everybody hashes, from evidence as it was published or written down."""
    return _of(kind).value(reference(kind, text), _plain(evidence)).encode()


def check(kind: str, text: str, value: bytes) -> Checked:
    """Return a value with how far it is proved; one that is wrong, or not in its one form, is refused."""
    beacon, announced = _of(kind), reference(kind, text)
    try:
        said = value.decode()
    except UnicodeDecodeError:
        raise BadInput("The random text is not UTF-8.", "Take the value as it was published.") from None
    if beacon.value(announced, said) != said:
        raise CheckFailed(
            "The random text is not in the one form that everybody hashes.",
            f"It reads: {beacon.value(announced, said)}",
        )
    return Checked(kind, announced, value, *beacon.check(announced, said))


def choose(order: Sequence[tuple[str, str]], found: Sequence[str], reasons: Mapping[int, str]) -> Chosen:
    """Return the first beacon of the announced order that exists, checked.

    ``order`` holds (kind, reference), ``found`` the evidence in the same order, empty where there is none,
    and ``reasons`` says by place why not. A beacon without evidence and without a reason is refused, and so
    is a reason for one that exists: nobody picks the one that he likes.
    """
    if len(found) != len(order):
        raise BadInput("Each announced random text has evidence or none.", "Give one for each, empty or not.")
    skipped = []
    for place, ((kind, text), evidence) in enumerate(zip(order, found, strict=True)):
        reason = reasons.get(place, "").strip()
        if bool(evidence.strip()) == bool(reason):
            raise BadInput(
                f"The random text in place {place + 1} has neither evidence nor a reason, or both.",
                "Give the evidence; only where there is none, the reason that is published.",
            )
        if evidence.strip():
            return Chosen(check(kind, text, value(kind, text, evidence)), tuple(skipped))
        skipped.append((kind, reference(kind, text), reason))
    raise CheckFailed("None of the announced random texts exists.", "Announce the draw again.")


def _plain(text: str) -> str:
    """Return a text of bounded length that can be written as UTF-8."""
    if len(text) > LONGEST or any("\ud800" <= sign <= "\udfff" for sign in text):
        raise BadInput("The random text is too long or is no text.", "Give it as it was published.")
    return text


def _of(kind: str) -> Beacon:
    if kind not in FAMILY:
        raise BadInput(f"There is no random text of the kind {kind!r}.", f"Name one of: {', '.join(FAMILY)}.")
    return FAMILY[kind]
