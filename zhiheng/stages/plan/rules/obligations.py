"""Checks an obligation to inspect: where, when, by which clause, and which share of every class.

Every class keeps a share above zero and a least number, or its pass rate could not be told at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from zhiheng.errors import UnknownCode
from zhiheng.reference import outline, regions

CLASSES = ("A", "B", "C", "D")
LEAST_FOR_A_VARIANCE = 2
MOST_PER_STRATUM = 100_000
RULE = "obligation-floors/1"

# from -> to; a draft may be dropped, an issued duty ends in one of three ways.
MOVES: Mapping[str, tuple[str, ...]] = {
    "draft": ("issued", "withdrawn"),
    "issued": ("done", "withdrawn", "lapsed"),
    "done": (),
    "withdrawn": (),
    "lapsed": (),
}
_PERIOD = re.compile(r"(20[0-9]{2})Q([1-4])")


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule in one field; ``facts`` fill the holes of its sentence."""

    field: str
    rule: str
    value: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def faults(
    *,
    region: str,
    period: str,
    article: int,
    basis: str,
    fractions: Mapping[str, Any],
    minimum_per_stratum: Any,
) -> list[Fault]:
    """Return what stands against this obligation; an empty list lets it in."""
    found = [] if regions.known(region) else [Fault("region", "region-unknown", region)]
    if not _PERIOD.fullmatch(period):
        found.append(Fault("period", "period-shape", period))
    try:
        outline.article(article)
    except UnknownCode:
        found.append(Fault("article", "article-unknown", str(article)))
    if not basis.strip():
        found.append(Fault("basis", "required"))
    if len(basis) > 400:
        found.append(Fault("basis", "too-long", facts=(("most", "400"),)))
    if (
        not _is_count(minimum_per_stratum)
        or not LEAST_FOR_A_VARIANCE <= minimum_per_stratum <= MOST_PER_STRATUM
    ):
        least = (("least", str(LEAST_FOR_A_VARIANCE)),)
        found.append(Fault("minimum_per_stratum", "floor-too-low", str(minimum_per_stratum), least))
    return found + _fraction_faults(fractions)


def default_basis(article: int) -> str:
    """Name the clause as the ground of an obligation; empty for an article that does not exist.

    >>> default_basis(27)
    '《质量强国建设纲要》第27条'
    """
    try:
        return f"《{outline.title()}》第{outline.article(article).number}条"
    except UnknownCode:
        return ""


def _fraction_faults(fractions: Mapping[str, Any]) -> list[Fault]:
    found = [Fault("fractions", "class-unknown", str(name)) for name in fractions if name not in CLASSES]
    for name in CLASSES:
        if name not in fractions:
            found.append(Fault("fractions", "class-missing", facts=(("class", name),)))
        elif not _is_share(fractions[name]):
            found.append(Fault("fractions", "share-outside", facts=(("class", name),)))
    return found


def _is_share(pair: Any) -> bool:
    """A share is a pair of whole numbers above zero, the first not above the second."""
    if not isinstance(pair, (list, tuple)) or len(pair) != 2 or not all(map(_is_count, pair)):
        return False
    return 0 < pair[0] <= pair[1] <= 10**6


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def may_move(state: str, to: str) -> bool:
    """Say whether an obligation may go from one state to another.

    >>> may_move("draft", "issued"), may_move("done", "issued")
    (True, False)
    """
    return to in MOVES.get(state, ())
