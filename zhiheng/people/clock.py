"""The one place where the rooms above the pure floors read the clock.

``settings.ZHIHENG_NOW`` (a moment, or its ISO text) stops the clock for a whole process; ``at`` stops it for
a block, which is how tests and the demo live through a year in a minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone

from zhiheng.errors import BadInput

_stopped: ContextVar[datetime | None] = ContextVar("stopped clock", default=None)


def now() -> datetime:
    """Return the present moment, with its offset."""
    stopped = _stopped.get() or getattr(settings, "ZHIHENG_NOW", None)
    if stopped is None:
        return timezone.now()
    return _moment(stopped)


def today() -> date:
    """Return the present day in the time zone of the site (Beijing by default)."""
    return timezone.localdate(now())


@contextmanager
def at(moment: datetime | str) -> Iterator[datetime]:
    """Stop the clock at a moment for the length of a block."""
    stopped = _moment(moment)
    token = _stopped.set(stopped)
    try:
        yield stopped
    finally:
        _stopped.reset(token)


def _moment(value: datetime | str) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        raise BadInput(f"{value!r} is not a time.", "Write it like 2026-03-01T09:00:00+08:00.") from None
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
