"""Puts public statements together by draw and by frame; what cannot be read is itself a finding."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from zhiheng.errors import ZhihengError
from zhiheng.formats.shapes import LedgerEntry
from zhiheng.proof import chain
from zhiheng.verification.monitor.finding import BROKEN, Finding

COMMITTED, REVEALED, CLOSED, ABORTED = "draw.committed", "draw.revealed", "draw.closed", "draw.aborted"
RESERVE_USED, EXECUTION = "draw.reserve_used", "draw.execution"
FRAME_FROZEN = "registry.frame_frozen"
_DAY = re.compile(r"(?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")


@dataclass(frozen=True)
class Step:
    """One entry about a draw or a frame: its number, when it says that it was written, and what it says."""

    seq: int
    at: datetime
    detail: Mapping[str, Any]


@dataclass
class DrawSeen:
    """What was published about one draw, in the order of the log."""

    serial: str
    steps: dict[str, list[Step]] = field(default_factory=lambda: defaultdict(list))

    @property
    def announced(self) -> Step:
        """The entry that announced it."""
        return self.steps[COMMITTED][0]

    @property
    def announcement(self) -> Mapping[str, Any]:
        """What was announced."""
        return self.announced.detail["announcement"]

    @property
    def ended(self) -> bool:
        """Whether nothing more is expected of it."""
        return bool(self.steps[CLOSED] or self.steps[ABORTED])

    def entries(self, *verbs: str) -> tuple[int, ...]:
        """Return the numbers of its entries with these verbs."""
        return tuple(sorted(step.seq for verb in verbs for step in self.steps[verb]))


@dataclass(frozen=True)
class Link:
    """The place of an entry in the chain, and when it says that it was written."""

    seq: int
    previous: str
    hash: str
    at: datetime


@dataclass
class Seen:
    """All that the rules look at."""

    draws: dict[str, DrawSeen] = field(default_factory=dict)
    frames: dict[str, Step] = field(default_factory=dict)
    links: list[Link] = field(default_factory=list)
    unread: list[Finding] = field(default_factory=list)

    def announced(self) -> list[DrawSeen]:
        """Return the draws whose announcement is public, by their serial numbers."""
        return [one for _, one in sorted(self.draws.items()) if one.steps[COMMITTED]]


def read(statements: Iterable[Mapping[str, Any]]) -> Seen:
    """Return what the statements say about draws and frames."""
    seen = Seen()
    for place, said in enumerate(statements):
        try:
            _take(seen, said)
        except (ZhihengError, LookupError, TypeError, ValueError, AttributeError) as error:
            number = said.get("seq") if isinstance(said, Mapping) else None
            entries = (number,) if type(number) is int else ()
            facts = {"index": place, "error": type(error).__name__}
            seen.unread.append(Finding("entry-unreadable", BROKEN, f"entry {place}", facts, entries))
    return seen


def _take(seen: Seen, said: Mapping[str, Any]) -> None:
    hash = chain.entry_hash(said)
    LedgerEntry.from_dict({"statement": dict(said), "hash": hash})
    step = Step(said["seq"], datetime.fromisoformat(said["at"]), said["detail"])
    verb, subjects = said["verb"], dict(said["subjects"])
    _check(verb, step.detail)
    frame = subjects["frame"] if verb == FRAME_FROZEN else ""
    seen.links.append(Link(step.seq, said["previous"], hash, step.at))
    if frame:
        seen.frames[frame] = step
    elif verb.startswith("draw.") and (serial := subjects.get("draw")):
        seen.draws.setdefault(serial, DrawSeen(serial)).steps[verb].append(step)


def _check(verb: str, detail: Mapping[str, Any]) -> None:
    """Refuse an entry that lacks what the rules read."""
    if verb == COMMITTED:
        said = detail["announcement"]
        date.fromisoformat(detail["reveal_by"])
        _demand(type(said["n"]) is int and said["n"] > 0)
        objections = detail.get("objections") or {}
        date.fromisoformat(objections.get("beacon_on") or "9999-12-31")
        named = (said["obligation"], said["commitment"], said["frame_hash"], said["beacon"]["ref"])
        _demand(all(isinstance(one, str) for one in named))
    elif verb == REVEALED:
        _demand(isinstance(detail["certificate_sha256"], str))
        date.fromisoformat(detail.get("close_by", "9999-12-31"))
        sealed_at = detail.get("announcement_sealed_at")
        _demand(sealed_at is None or datetime.fromisoformat(sealed_at).tzinfo is not None)
    elif verb == CLOSED:
        _counts(detail.get("outcomes", {}))
    elif verb == FRAME_FROZEN:
        _demand(isinstance(detail["sha256"], str))
        date.fromisoformat(detail.get("objections_until", "9999-12-31"))
        _counts((detail.get("changes") or {}).get("removed", {}))


def days_in(text: str) -> list[date]:
    """Return the days that a text names; what only looks like one is none."""
    found = []
    for day in _DAY.findall(text):
        with suppress(ValueError):
            found.append(date.fromisoformat(day))
    return [day for day in found if day.year < date.max.year]


def _counts(value: Any) -> None:
    _demand(isinstance(value, Mapping) and all(type(n) is int and n >= 0 for n in value.values()))


def _demand(holds: bool) -> None:
    if not holds:
        raise ValueError("a field is not of its kind")
