"""Checks an obligation to inspect: where, when, by which clause, how many of what, and with which weights.

Every class keeps a share above zero and a least number, or its pass rate could not be told at all. Weights
change how a quota is shared out; none of them is zero, so they change probabilities and never the list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from zhiheng.errors import UnknownCode
from zhiheng.formats import periods
from zhiheng.reference import outline, regions

CLASSES = ("A", "B", "C", "D")
LEAST_FOR_A_VARIANCE = 2
MOST_PER_STRATUM = 100_000
MOST_QUOTA = 1_000_000
MOST_WEIGHT = 1_000
MOST_BURDEN_PERIODS = 12
MOST_CYCLE = 5  # years
PURPOSES = ("evaluation", "enforcement", "risk-screening")
CHANNELS = ("factory", "shop", "platform")
WEIGHTS = ("risk", "credit", "recent")
UNCLASSED = "x"  # a subject whose credit class nobody has given
RULE = "obligation-floors/1"

# from -> to; a draft may be dropped, an issued duty ends in one of three ways.
MOVES: Mapping[str, tuple[str, ...]] = {
    "draft": ("issued", "withdrawn"),
    "issued": ("done", "withdrawn", "lapsed"),
    "done": (),
    "withdrawn": (),
    "lapsed": (),
}


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
    quota: Any = None,
) -> list[Fault]:
    """Return what stands against this obligation; an empty list lets it in.

    Shares may be left out where a quota says how many are drawn.
    """
    found = [] if regions.known(region) else [Fault("region", "region-unknown", region)]
    found += period_faults(period) + article_faults(article)
    if not basis.strip():
        found.append(Fault("basis", "required"))
    if len(basis) > 400:
        found.append(Fault("basis", "too-long", facts=(("most", "400"),)))
    found += floor_faults(minimum_per_stratum)
    if quota is None:
        return found + _fraction_faults(fractions)
    found += quota_faults(quota)
    return found + (_fraction_faults(fractions) if fractions else [])


def period_faults(period: str) -> list[Fault]:
    """Check that a period is a year, half-year, quarter, month or campaign."""
    return [] if periods.known(period) else [Fault("period", "period-shape", period)]


def article_faults(article: Any) -> list[Fault]:
    """Check that the Outline has the article."""
    try:
        outline.article(article)
    except UnknownCode:
        return [Fault("article", "article-unknown", str(article))]
    return []


def floor_faults(minimum: Any) -> list[Fault]:
    """Check the least number of units of a class."""
    if _is_count(minimum) and LEAST_FOR_A_VARIANCE <= minimum <= MOST_PER_STRATUM:
        return []
    least = (("least", str(LEAST_FOR_A_VARIANCE)),)
    return [Fault("minimum_per_stratum", "floor-too-low", str(minimum), least)]


def choice_faults(purpose: str, channel: str) -> list[Fault]:
    """Check that purpose and channel are known ones; an empty channel means all."""
    found = []
    for field, value, allowed in (("purpose", purpose, PURPOSES), ("channel", channel, ("", *CHANNELS))):
        if value not in allowed:
            facts = (("allowed", ", ".join(filter(None, allowed))),)
            found.append(Fault(field, "not-a-choice", value, facts))
    return found


def quota_faults(quota: Any) -> list[Fault]:
    """Check a number of units to draw."""
    if _is_count(quota) and 1 <= quota <= MOST_QUOTA:
        return []
    return [Fault("quota", "not-a-quota", str(quota), (("most", str(MOST_QUOTA)),))]


def weight_faults(
    weights: Mapping[str, Any], reason: str, burden_periods: Any = 0, *, has_quota: bool = True
) -> list[Fault]:
    """Check the table by which a quota leans towards classes: whole numbers above zero, with a reason.

    ``risk`` and ``credit`` give a weight to each class, ``recent`` a share [top, bottom] for those who were
    drawn in one of the last ``burden_periods`` periods of the kind of the duty's own.
    """
    found = [Fault("weights", "weight-unknown", str(name)) for name in weights if name not in WEIGHTS]
    for name in ("risk", "credit"):
        table = weights.get(name, {})
        allowed = CLASSES if name == "risk" else (*CLASSES, UNCLASSED)
        for key in allowed if table else ():
            if not _is_count(table.get(key)) or not 1 <= table[key] <= MOST_WEIGHT:
                facts = (("class", key), ("most", str(MOST_WEIGHT)))
                found.append(Fault("weights", "weight-outside", str(table.get(key)), facts))
    if not _is_count(burden_periods) or not 0 <= burden_periods <= MOST_BURDEN_PERIODS:
        facts = (("most", str(MOST_BURDEN_PERIODS)),)
        found.append(Fault("burden_periods", "burden-outside", str(burden_periods), facts))
    elif bool(burden_periods) != ("recent" in weights):
        found.append(Fault("burden_periods", "burden-without-share"))
    if "recent" in weights and not _is_share(weights["recent"]):
        found.append(Fault("burden_periods", "burden-without-share"))
    if not has_quota and (weights.get("risk") or weights.get("credit")):
        found.append(Fault("quota", "weight-without-quota"))
    if weights and not reason.strip():
        found.append(Fault("weights_reason", "required"))
    if len(reason) > 400:
        found.append(Fault("weights_reason", "too-long", facts=(("most", "400"),)))
    return found


def cycle_faults(period: str, cycle_from: str, cycle_to: str, *, quota: Any) -> list[Fault]:
    """Check the range of periods in which every producer is drawn once: it holds the period, and a quota."""
    if not cycle_from and not cycle_to:
        return []
    for name, value in (("period", period), ("cycle_from", cycle_from), ("cycle_to", cycle_to)):
        if not periods.known(value):
            return [Fault(name, "period-shape", value)]
    if periods.parse(period).kind == periods.CAMPAIGN:
        return [Fault("cycle_from", "campaign-alone")]
    if not periods.inside(cycle_from, cycle_to, [period]):
        return [Fault("cycle_to", "cycle-elsewhere", f"{cycle_from}–{cycle_to}")]
    if periods.parse(cycle_to).year - periods.parse(cycle_from).year >= MOST_CYCLE:
        return [Fault("cycle_to", "cycle-too-long", facts=(("most", str(MOST_CYCLE)),))]
    return [] if quota is not None else [Fault("quota", "required")]


def burden_faults(period: str, burden_periods: Any) -> list[Fault]:
    """Check that a duty which looks at the periods before its own has such: a campaign has none."""
    is_campaign = periods.known(period) and periods.parse(period).kind == periods.CAMPAIGN
    return [Fault("burden_periods", "campaign-alone")] if burden_periods and is_campaign else []


def lately(period: str, count: int) -> tuple[date, date]:
    """Return the first and last day of so many periods of its kind before a period.

    >>> [day.isoformat() for day in lately("2026Q1", 2)]
    ['2025-07-01', '2025-12-31']
    """
    own = periods.parse(period)
    return own.step(-count).first, own.step(-1).last


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
