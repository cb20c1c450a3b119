"""Time limits as dated data: rule, instrument, amount, unit, direction, confidence, place.

A limit whose text was not read (confidence below *text*) is unverified: it reminds, and sets off
nothing by itself. A local rule overrides the national one inside its own region.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from zhiheng.errors import UnknownCode
from zhiheng.reference import regions, tables

Confidence = Literal["text", "secondary", "memory"]
Unit = Literal["calendar_day", "working_day", "month", "year", "hour", "person"]
Direction = Literal["at_most", "before", "after", "every", "at_least", "until", "extension"]


@dataclass(frozen=True, slots=True)
class Limit:
    """One version of one rule in one place."""

    rule: str
    jurisdiction: str
    zh: str
    en: str
    instrument_zh: str
    instrument: str
    article: str
    event_zh: str
    event: str
    actor_zh: str
    actor: str
    recipient_zh: str
    recipient: str
    amount: int
    unit: Unit
    direction: Direction
    confidence: Confidence
    confidence_note: str
    in_force_from: date | None
    in_force_confidence: Confidence | None
    in_force_to: date | None
    seen_in_force_on: date | None
    source: str
    retrieved: date

    @property
    def is_verified(self) -> bool:
        """Say whether the text of the instrument was read; only then may a clock act by itself."""
        return self.confidence == "text"

    def is_force_read(self, on: date) -> bool:
        """Say whether it was read that this version held on the day, not only remembered."""
        from_text = self.in_force_confidence == "text"
        return from_text or (self.seen_in_force_on is not None and self.seen_in_force_on <= on)

    def in_force(self, on: date) -> bool:
        """Say whether this version holds on the day; a bound unknown or from memory does not exclude."""
        is_known = self.in_force_from is not None and self.in_force_confidence != "memory"
        after_start = not is_known or self.in_force_from <= on
        return after_start and (self.in_force_to is None or on <= self.in_force_to)


@cache
def all() -> tuple[Limit, ...]:
    """Return every limit in file order, local overrides behind their national rule."""
    return tuple(_read(row) for row in tables.rows("limits.csv"))


@cache
def rules() -> tuple[str, ...]:
    """Return the rule names in file order, each once."""
    return tuple(dict.fromkeys(limit.rule for limit in all()))


def get(rule: str, jurisdiction: str = regions.NATION, on: date | None = None) -> Limit:
    """Return the limit that holds in the region: its own, else the nearest one above it.

    With ``on``, versions not in force on that day are passed over.
    """
    versions = [limit for limit in all() if limit.rule == rule]
    if not versions:
        raise UnknownCode(_unknown(rule), "`zhiheng due --list` names them all.", rule=str(rule))
    for region in reversed(regions.path(jurisdiction)):
        for limit in versions:
            if limit.jurisdiction == region.code and (on is None or limit.in_force(on)):
                return limit
    raise UnknownCode(
        f"No version of {rule} is known to be in force on {on}.",
        "The rule starts later, or an older version still has to be entered in limits.csv.",
        rule=rule,
    )


def _unknown(rule: str) -> str:
    near = difflib.get_close_matches(str(rule), rules(), n=3, cutoff=0.4)
    hint = f" Near: {', '.join(near)}." if near else ""
    return f"There is no rule {rule!r}.{hint}"


def _read(row: dict[str, str]) -> Limit:
    return Limit(
        rule=row["rule"],
        jurisdiction=row["jurisdiction"],
        zh=row["zh"],
        en=row["en"],
        instrument_zh=row["instrument_zh"],
        instrument=row["instrument"],
        article=row["article"],
        event_zh=row["event_zh"],
        event=row["event"],
        actor_zh=row["actor_zh"],
        actor=row["actor"],
        recipient_zh=row["recipient_zh"],
        recipient=row["recipient"],
        amount=int(row["amount"]),
        unit=row["unit"],  # type: ignore[arg-type]
        direction=row["direction"],  # type: ignore[arg-type]
        confidence=row["confidence"],  # type: ignore[arg-type]
        confidence_note=row["confidence_note"],
        in_force_from=_day(row["in_force_from"]),
        in_force_confidence=row["in_force_confidence"] or None,  # type: ignore[arg-type]
        in_force_to=_day(row["in_force_to"]),
        seen_in_force_on=_day(row["seen_in_force_on"]),
        source=row["source"],
        retrieved=date.fromisoformat(row["retrieved"]),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
