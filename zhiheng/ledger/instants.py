"""The ledger asks the house clock what time it is; people hands the clock in when it starts.

The one clock lives in ``people`` (tests and the demo set it there), above this floor, hence the hand-over.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from zhiheng.errors import BadInput, Missing

_clock: Callable[[], datetime] | None = None


def use_clock(clock: Callable[[], datetime]) -> None:
    """Take the clock that ``now`` reads from here on."""
    global _clock
    _clock = clock


def now() -> datetime:
    """Return the present moment of the house clock."""
    if _clock is None:
        raise Missing("The ledger has no clock.", "Install zhiheng.people: it hands its clock to the ledger.")
    return _clock()


def in_utc(at: datetime) -> datetime:
    """Return a moment in UTC to the microsecond, which both databases keep exactly."""
    if at.tzinfo is None:
        raise BadInput("The time has no offset.", "Give a time with its offset, such as +08:00.")
    return at.astimezone(UTC)


def as_text(at: datetime) -> str:
    """Return RFC 3339 text, always in UTC and with six digits, so that one moment has one spelling."""
    return in_utc(at).isoformat(timespec="microseconds").replace("+00:00", "Z")
