"""How a quota is shared out over strata, how a cycle catches up, and for which reasons a unit is left out.

A stratum is a risk class, and where a duty weighs more than that also a credit class and whether the unit was
drawn lately: ``B``, ``B-C`` (credit class C), ``B-x`` (no credit class), ``B-r`` (drawn lately), ``B-C-r``.
A small quota joins neighbours: ``A~C`` is all classes from A to C.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from zhiheng.methods import selection
from zhiheng.proof import joining, weighting
from zhiheng.reference import parameters

from ..refusals import refuse
from . import Share, allocation

RECENT, UNCLASSED = "r", "x"

HIGHER, NO_REPEAT, YEARLY, COVERED, CONFLICT, MERGED = (
    "higher-level",
    "no-repeat",
    "yearly-cap",
    "covered",
    "conflict",
    "merged",
)
BY_RULE = (HIGHER, NO_REPEAT, YEARLY)
"""Reasons that the register and earlier draws tell of every unit; the office chooses which of them count."""

SINGLE = (CONFLICT, MERGED)
"""Reasons that an office states of one unit, each with a word that is published."""

REASONS = (*BY_RULE, COVERED, *SINGLE)
SUBSTITUTIONS_HIGH = Fraction(*parameters.value("monitor_substitutions"))
"""From this share of drawn units replaced by reserves on, the page says so (domain notes on zh-draw-1)."""


def stratum_name(risk: str, credit: str | None, *, is_recent: bool = False) -> str:
    """Return the name of a stratum; ``credit`` is None where the duty does not weigh by it.

    >>> stratum_name("B", None), stratum_name("B", "", is_recent=True), stratum_name("D", "C")
    ('B', 'B-x-r', 'D-C')
    """
    parts = [risk, *([] if credit is None else [credit or UNCLASSED]), *([RECENT] if is_recent else [])]
    return "-".join(parts)


def parts(stratum: str) -> tuple[str, str, bool]:
    """Return risk class, credit class (empty where it plays no part) and whether it was drawn lately.

    >>> parts("B-x-r"), parts("A")
    (('B', 'x', True), ('A', '', False))
    """
    risk, *rest = stratum.split("-")
    is_recent = RECENT in rest
    return risk, "".join(part for part in rest if part != RECENT), is_recent


def weight(stratum: str, weights: Mapping[str, Any]) -> Fraction:
    """Return the weight of every unit of a stratum: that of its classes, less when it was drawn lately.

    >>> weight("D-C-r", {"risk": {"D": 8}, "credit": {"C": 2}, "recent": [1, 2]})
    Fraction(8, 1)
    """
    risk, credit, is_recent = parts(stratum)
    found = Fraction(weights.get("risk", {}).get(risk, 1))
    if credit:
        found *= weights.get("credit", {}).get(credit, 1)
    return found * Fraction(*weights["recent"]) if is_recent and "recent" in weights else found


def weight_reason(stratum: str, weights: Mapping[str, Any]) -> str:
    """Return from which logged classes the weight of a stratum follows, in one line that is published.

    >>> weight_reason("D-C-r", {"risk": {"D": 8}, "credit": {"C": 2}, "recent": [1, 2]})
    'risk D x8, credit C x2, drawn lately x1/2'
    """
    risk, credit, is_recent = parts(stratum)
    said = [f"risk {risk} x{Fraction(weights.get('risk', {}).get(risk, 1))}"]
    if credit:
        said.append(f"credit {credit} x{Fraction(weights.get('credit', {}).get(credit, 1))}")
    if is_recent and "recent" in weights:
        said.append(f"drawn lately x{Fraction(*weights['recent'])}")
    return ", ".join(said)


def by_weight(strata: Mapping[str, int], n: int, weights: Mapping[str, Any]) -> dict[str, Any]:
    """Return the table of a draw by weight: classes, weights with their reasons, what is certain.

    >>> found = by_weight({"A": 10, "D": 2}, 4, {"risk": {"A": 1, "D": 8}})
    >>> [(row["stratum"], row["weight"]) for row in found["classes"]], found["certain"]
    ([('A', 1), ('D', 8)], 2)
    """
    filled = {name: size for name, size in sorted(strata.items()) if size > 0}
    found = {name: weight(name, weights) for name in filled}
    if len(set(found.values())) < 2:
        raise refuse("no-weights")
    return weighting.terms(filled, found, {name: weight_reason(name, weights) for name in filled}, n)


@dataclass(frozen=True)
class Allotment:
    """How many units of each stratum are drawn, and the table of the strata that were joined for it."""

    shares: tuple[Share, ...]
    joined: dict[str, Any] | None = None

    @property
    def is_full(self) -> bool:
        """Whether every unit is drawn, so that nothing is left to chance."""
        return all(share.sample == share.population for share in self.shares)


def allot(
    strata: Mapping[str, int],
    *,
    quota: int | None,
    fractions: Mapping[str, Sequence[int]],
    weights: Mapping[str, Any],
    minimum: int,
) -> Allotment:
    """Return how many units of each non-empty stratum are drawn, by shares or by a quota.

    Without a quota each stratum has the share of its risk class, times the weight of those drawn lately. With
    one, n_h is in proportion to N_h times the weight, within max(minimum, share of the class) and N_h
    (``methods.selection.by_quota``); a quota of all units or more draws all. A quota below the sum of the
    least numbers joins neighbouring classes (``proof.joining``) and, when all are one, is drawn from that.
    A quota below what the duty itself states for its classes is refused: such a duty contradicts itself.

    >>> weights = {"risk": {"A": 1, "D": 8}}
    >>> found = allot({"A": 1000, "D": 40}, quota=60, fractions={}, weights=weights, minimum=2)
    >>> [(share.stratum, share.sample) for share in found.shares]
    [('A', 45), ('D', 15)]
    >>> found = allot({"A": 40, "B": 9, "D": 5}, quota=3, fractions={}, weights={}, minimum=2)
    >>> [(share.stratum, share.sample) for share in found.shares]
    [('A~D', 3)]
    """
    filled = {name: size for name, size in sorted(strata.items()) if size > 0}
    lowered = {name: _fraction(name, fractions, weights) for name in filled} if fractions else {}
    if quota is None:
        return Allotment(allocation(filled, lowered, minimum))
    if not filled:
        raise refuse("frame-empty")
    if minimum < 1:
        raise refuse("no-floor", minimum=minimum)
    stated = {share.stratum: share.sample for share in allocation(filled, lowered, 1)} if lowered else {}
    if quota < sum(stated.values()):
        raise refuse("quota-below-shares", quota=quota, least=sum(stated.values()))
    groups = joining.join(filled, quota, minimum, stated)
    sizes = [sum(filled[name] for name in group) for group in groups]
    measures = [sum(filled[name] * weight(name, weights) for name in group) for group in groups]
    floors = [min(quota, joining.floor(group, filled, minimum, stated)) for group in groups]
    samples = selection.by_quota(quota, sizes, measures, floors)
    found = [Share(joining.name(group), *pair) for group, *pair in zip(groups, sizes, samples, strict=True)]
    return Allotment(tuple(found), joining.table(groups, quota, minimum, stated))


def _fraction(stratum: str, fractions: Mapping[str, Sequence[int]], weights: Mapping[str, Any]) -> list[int]:
    risk, _credit, is_recent = parts(stratum)
    if risk not in fractions:
        raise refuse("stratum-without-fraction", stratum=stratum)
    if not (is_recent and "recent" in weights):
        return list(fractions[risk])
    found = Fraction(*fractions[risk]) * Fraction(*weights["recent"])
    return [found.numerator, found.denominator]


def catch_up(quota: int, remaining: int, periods_left: int) -> int:
    """Return how many a cycle must draw now so that its last period can reach everyone.

    The quota where it is enough, else an even share of those never drawn, rounded up; at the end all.

    >>> catch_up(10, 100, 4), catch_up(40, 100, 4), catch_up(10, 100, 1)
    (25, 40, 100)
    """
    return max(quota, -(-remaining // max(periods_left, 1)))


def months_before(day: date, months: int) -> date:
    """Return the day so many months earlier, the last one of a shorter month.

    >>> months_before(date(2025, 8, 31), 6)
    datetime.date(2025, 2, 28)
    """
    number = day.year * 12 + day.month - 1 - months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def check_reasons(chosen: Sequence[str]) -> tuple[str, ...]:
    """Return the chosen grounds of exclusion, or refuse one that is none."""
    for name in chosen:
        if name not in BY_RULE:
            raise refuse("no-such-exclusion", reason=name)
    return tuple(name for name in BY_RULE if name in chosen)


def check_single(unit: str, reason: str, note: str) -> tuple[str, str]:
    """Return reason and note of one unit that an office leaves out; each needs a known reason and a word."""
    if reason not in SINGLE:
        raise refuse("no-such-exclusion", reason=reason)
    if not note.strip():
        raise refuse("exclusion-without-word", unit=unit)
    return reason, note.strip()[:400]
