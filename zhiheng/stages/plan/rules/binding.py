"""Decides whether a target may be bound to a series: the name must fit exactly one, in unit and purpose.

A promise whose name fits several populations is refused: any choice would change what was promised.
The refusal belongs to the target and is kept; a series that plainly does not fit is a wrong choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from zhiheng.formats import cells

RULE = "target-binding/1"
State = Literal["bound", "refused", "mismatch", "unbound"]
FIELDS_ZH = {"name": "名称", "unit": "单位", "direction": "方向"}


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
    """Bound, refused for good with its reason in two languages, or a choice that does not fit.

    Unbound is what becomes of a binding whose series does not fit any more.
    """

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

    In this order: a name on the list of doubts is refused; a name shared by several series is refused,
    whatever they differ in; then name, unit and direction must be the same.
    """
    for doubt in doubts:
        if doubt.indicator == promise.indicator:
            return Decision("refused", "name-in-doubt", reason_zh=doubt.reason_zh, reason_en=doubt.reason_en)
    same = [measure for measure in known if _plain(measure.name) == _plain(promise.name)]
    if len({measure.id for measure in same}) > 1:
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
        reason_zh=f"“{promise.name}”同时是{len(same)}个序列的名称（{ids}），选定任何一个都会改变所承诺的内容。",
        reason_en=f"“{promise.name}” names {len(same)} series ({ids}); any choice would change the promise.",
    )


def undone(decision: Decision, measure: Measure) -> Decision:
    """Return what becomes of a binding on looking at it again: one that does not fit any more is undone."""
    if decision.state != "mismatch":
        return decision
    return replace(
        decision,
        state="unbound",
        reason_zh=f"序列{measure.id}的{FIELDS_ZH[decision.field]}已与目标不同，须重新绑定。",
        reason_en=f"The {decision.field} of the series {measure.id} differs from the target now: bind anew.",
    )


def unsettled(
    bound: Sequence[tuple[str, Promise, str]],
    meant: Measure,
    known: Sequence[Measure],
    doubts: Sequence[Doubt] = (),
) -> tuple[str, Decision] | None:
    """Return the first bound target that a definition would leave without its one series, and why.

    ``bound`` holds each target with its promise and the id of its series, ``known`` the other series. A
    target is looked at where its series is defined anew, or where a series takes the name that it uses.
    """
    every = {measure.id: measure for measure in (*known, meant)}
    for target, promise, id in bound:
        if meant.id != id and _plain(meant.name) != _plain(promise.name):
            continue
        decision = decide(promise, every[id], list(every.values()), doubts)
        if decision.state != "bound":
            return target, decision
    return None


def _direction(promise: Promise) -> str:
    return "lower" if promise.operator == "at_most" else "higher"


def _plain(text: str) -> str:
    return cells.same(text)
