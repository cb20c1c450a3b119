"""Rules about frozen lists: every unit that left has a reason, and firms had their days to object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from zhiheng.verification.monitor.finding import BROKEN, ODD, Finding
from zhiheng.verification.monitor.reading import COMMITTED, Seen, Step, days_in

UNKNOWN = "unknown"


def unexplained(seen: Seen, _today: date) -> Iterator[Finding]:
    """Units left a list and the register gives no reason for it."""
    for key, step in sorted(seen.frames.items()):
        changes = step.detail.get("changes") or {}
        removed = changes.get("removed", {})
        count = removed.get(UNKNOWN, 0)
        if count:
            facts = {"count": count, "removed": sum(removed.values())}
            yield Finding("left-unexplained", ODD, key, facts, (step.seq,))


def drawn_from_a_list(seen: Seen, _today: date) -> Iterator[Finding]:
    """The list that a draw announces was published before."""
    published = _published(seen)
    for draw in seen.announced():
        step = published.get(str(draw.announcement["frame_hash"]))
        if step is None:
            yield Finding("list-unknown", BROKEN, draw.serial, {}, draw.entries(COMMITTED))
        elif step.seq > draw.announced.seq:
            entries = (draw.announced.seq, step.seq)
            yield Finding("list-after", BROKEN, draw.serial, {}, entries)


def time_to_object(seen: Seen, _today: date) -> Iterator[Finding]:
    """The random text comes after the last day on which a firm may object to the list."""
    published = _published(seen)
    for draw in seen.announced():
        step = published.get(str(draw.announcement["frame_hash"]))
        until = step and step.detail.get("objections_until")
        said = draw.announced.detail.get("objections") or {}
        day = _day(said) or _first_day(str(draw.announcement["beacon"]["ref"]))
        if until and day and day <= date.fromisoformat(until):
            facts = {"until": until, "day": day.isoformat(), "reason": str(said.get("reason") or "")[:200]}
            entries = (step.seq, draw.announced.seq)
            yield Finding("objections-cut", ODD, draw.serial, facts, entries)


def _published(seen: Seen) -> dict[str, Step]:
    """Return the entry that first published each list: one with the same units may be frozen again."""
    first: dict[str, Step] = {}
    for step in sorted(seen.frames.values(), key=lambda step: step.seq):
        first.setdefault(str(step.detail["sha256"]), step)
    return first


def _day(said: Mapping[str, Any]) -> date | None:
    """Return the day of the random text as the office announced it, where it did."""
    return date.fromisoformat(said["beacon_on"]) if said.get("beacon_on") else None


def _first_day(text: str) -> date | None:
    return min(days_in(text), default=None)


RULES = (unexplained, drawn_from_a_list, time_to_object)
