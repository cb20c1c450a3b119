"""Which draws and results a release may take."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zhiheng.reference import regions

from ..refusals import refuse
from .periods import made_of


@dataclass(frozen=True)
class DrawFacts:
    """What the rule must know of a draw before its results may feed a figure."""

    serial: str
    region: str
    period: str
    is_revealed: bool
    is_closed: bool
    open_visits: int
    contestable: int = 0
    item: str = ""
    joint: str = ""
    is_sealed: bool = True
    is_weighted: bool = False


def check_draws(draws: Sequence[DrawFacts], wanted: Sequence[str]) -> None:
    """Refuse unfinished, contestable and weighted draws, periods without a draw, and draws that overlap."""
    if not draws:
        raise refuse("no-draw")
    for draw in draws:
        if draw.is_weighted:
            raise refuse("draw-by-weight", draw=draw.serial)
        if not draw.is_revealed:
            raise refuse("draw-not-revealed", draw=draw.serial)
        if draw.open_visits:
            raise refuse("draw-not-finished", draw=draw.serial, open=draw.open_visits)
        if not draw.is_closed:
            raise refuse("draw-not-closed", draw=draw.serial)
        if draw.contestable:
            raise refuse("draw-contestable", draw=draw.serial, count=draw.contestable)
        if not draw.is_sealed:
            raise refuse("joint-not-sealed", joint=draw.joint)
    held = {draw.period for draw in draws}
    for period in wanted:
        lacking = [part for part in made_of(period, held) if part not in held]
        if lacking:
            raise refuse("period-without-draw", periods=", ".join(lacking))
    _check_overlap(draws)


def _check_overlap(draws: Sequence[DrawFacts]) -> None:
    by_period: dict[str, list[DrawFacts]] = defaultdict(list)
    for draw in draws:
        by_period[draw.period].append(draw)
    for group in by_period.values():
        ordered = sorted(group, key=lambda draw: regions.span(draw.region))
        for number, one in enumerate(ordered):
            for other in ordered[number + 1 :]:
                if _may_share(one, other):
                    continue
                if regions.contains(one.region, other.region) or regions.contains(other.region, one.region):
                    raise refuse("frames-overlap", one=one.serial, other=other.serial)


def _may_share(one: DrawFacts, other: DrawFacts) -> bool:
    """Say whether two draws may share firms: on other goods, or lists of one campaign that weighs by both."""
    return one.item != other.item or bool(one.joint and one.joint == other.joint)


def check_unused(unused: Sequence[str], *, reason: str) -> None:
    """Refuse to leave a revealed draw aside without a reason: nobody picks the draw that suits."""
    if unused and not reason.strip():
        raise refuse("draws-left-aside", draws=", ".join(unused))


def check_one_replaced(earlier: Sequence[Sequence[str]]) -> None:
    """Refuse a release that would replace several at once: each keeps a successor of its own."""
    if len(earlier) > 1:
        raise refuse("revision-of-several", releases="; ".join(" ".join(periods) for periods in earlier))


def check_same_kind(kinds: Iterable[tuple[str, str]], *, basis: str, purpose: str) -> None:
    """Refuse results whose basis or purpose is not that of the series: such figures are never mixed."""
    strangers = sorted(set(kinds) - {(basis, purpose)})
    if strangers:
        found = ", ".join("/".join(kind) for kind in strangers)
        raise refuse("kinds-mixed", found=found, wanted=f"{basis}/{purpose}")


def unit_verdict(unit: str, verdicts: Sequence[str]) -> str:
    """Return the verdict of a unit from all its items: one failing item fails it.

    >>> unit_verdict("X1", ["pass", "fail", "pass"])
    'fail'
    """
    if not verdicts or set(verdicts) - {"pass", "fail"}:
        raise refuse("verdict-open", unit=unit)
    return "fail" if "fail" in verdicts else "pass"


def check_revision(periods: Sequence[str], earlier: Sequence[str], *, reason: str) -> None:
    """Refuse a second release of a period without a reason, and one that would drop a period."""
    shared = [period for period in periods if period in set(earlier)]
    if not shared:
        return
    if not reason.strip():
        raise refuse("released-already", periods=", ".join(shared))
    lacking = [period for period in earlier if period not in set(periods)]
    if lacking:
        raise refuse("revision-too-narrow", lacking=", ".join(lacking))
