"""Decides whether a target may be bound to a series: the name must fit exactly one, in unit and purpose.

A promise whose name fits several populations is refused: any choice would change what was promised.
The refusal belongs to the target and is kept; a series that plainly does not fit is a wrong choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

RULE = "target-binding/1"
State = Literal["bound", "refused", "mismatch"]


@dataclass(frozen=True, slots=True)
class Promise:
    """What a plan promises: an indicator by its name, in a unit, not below or not above a value."""

    indicator: str
    name: str
    unit: str
    operator: Literal["reach", "at_least", "at_most"]


@dataclass(frozen=True, slots=True)
class Measure:
    """What a series measures: its name, unit, basis and purpose, and which direction is better."""

    id: str
    name: str
    unit: str
    basis: str
    purpose: str
    direction: Literal["higher", "lower"]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A name known to fit several series, and why it cannot be bound."""

    indicator: str
    candidates: tuple[str, ...]
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class Decision:
    """Bound, refused for good with its reason in two languages, or a choice that does not fit."""

    state: State
    rule: str
    field: str = ""
    promised: str = ""
    measured: str = ""
    reason_zh: str = ""
    reason_en: str = ""


def decide(
    promise: Promise, chosen: Measure, known: Sequence[Measure], doubts: Sequence[Doubt] = ()
) -> Decision:
    """Decide on binding one promise to one of the known series.

    In this order: a name on the list of doubts is refused; a name shared by several series that differ
    in basis or purpose is refused; then name, unit and direction must be the same.
    """
    for doubt in doubts:
        if doubt.indicator == promise.indicator:
            return Decision("refused", "name-in-doubt", reason_zh=doubt.reason_zh, reason_en=doubt.reason_en)
    same = [measure for measure in known if _plain(measure.name) == _plain(promise.name)]
    if len({(measure.basis, measure.purpose) for measure in same}) > 1:
        return _shared_name(promise, same)
    for field, promised, measured in (
        ("name", promise.name, chosen.name),
        ("unit", promise.unit, chosen.unit),
        ("direction", _direction(promise), chosen.direction),
    ):
        if _plain(promised) != _plain(measured):
            return Decision("mismatch", f"{field}-differs", field, promised, measured)
    return Decision("bound", RULE)


def _shared_name(promise: Promise, same: Sequence[Measure]) -> Decision:
    ids = ", ".join(sorted(measure.id for measure in same))
    return Decision(
        "refused",
        "name-shared",
        reason_zh=f"“{promise.name}”同时是{len(same)}个序列的名称（{ids}），它们的数据基础或目的不同。",
        reason_en=f"“{promise.name}” names {len(same)} series ({ids}) that differ in basis or purpose.",
    )


def _direction(promise: Promise) -> str:
    return "lower" if promise.operator == "at_most" else "higher"


def _plain(text: str) -> str:
    return "".join(text.split()).casefold()
