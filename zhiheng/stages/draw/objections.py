"""Says whether a draw leaves firms the days on which they may object to its list, and why where it does not.

A rule of this house (``draw.frame_objection``), no law: a firm looks whether it is listed, once, and tells
the office. The public random text comes after those days. An office that cannot wait says why; the reason
stands in the public entry, and without one the draw is shown as drawn too early.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from zhiheng.stages.registry.models import Frame
from zhiheng.stages.registry.rules_frames import objections_until

from . import queries, rules
from .models import Draw
from .refusals import refuse
from .rules import beacons


@dataclass(frozen=True)
class Window:
    """Until when firms may object, on which day the random text is due, and the reason for not waiting.

    ``beacon_on`` is empty where the announcement names no day; then the day of the reveal is what counts.
    """

    until: date
    beacon_on: date | None = None
    reason: str = ""

    @property
    def is_cut_short(self) -> bool:
        """Whether the random text is due before the last day has passed."""
        return self.beacon_on is not None and self.beacon_on <= self.until

    def detail(self) -> dict[str, Any]:
        """Return what the public entry of the announcement says."""
        return {
            "until": self.until.isoformat(),
            "beacon_on": self.beacon_on.isoformat() if self.beacon_on else None,
            "reason": self.reason,
        }


def announced(frame: Frame, beacon: Mapping[str, str], reason: str = "") -> Window:
    """Return the window of a draw that is about to be announced, with kind and reference of its text.

    The day of a text is that from which it exists, or the first that a text in words names.
    """
    at = beacons.moment(beacon)
    day = rules.beacon_day(beacon["ref"]) if at is None else at.date()
    return Window(objections_until(frame.as_of), day, reason.strip()[:400])


def check(frame: Frame, beacon: Mapping[str, str], reason: str) -> Window:
    """Return the window, or refuse a random text of a day inside it for which no reason is given."""
    found = announced(frame, beacon, reason)
    if found.is_cut_short and not found.reason:
        raise refuse("beacon-before-objections", until=found.until.isoformat(), field="objection_reason")
    return found


def of(draw: Draw) -> Window:
    """Return the window of a draw as its public entry announced it, with the day on which it was revealed."""
    said = queries.entries(draw, "draw.committed").get().detail["objections"]
    day = date.fromisoformat(said["beacon_on"]) if said["beacon_on"] else None
    if day is None and draw.revealed_at is not None:
        day = timezone.localdate(draw.revealed_at)
    return Window(date.fromisoformat(said["until"]), day, said["reason"])
