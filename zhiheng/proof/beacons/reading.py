"""Reads what people write down of a beacon: numbers, days and single spaces, and nothing that is guessed."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone

from zhiheng.errors import BadInput

LONGEST = 9
BEIJING = timezone(timedelta(hours=8))

_BETWEEN = re.compile(r"[\s,+、;:|]*")


def numbers(text: str) -> list[str]:
    """Return the groups of digits of a text that holds nothing else but spaces and plain separators.

    >>> numbers("０１,５ 11+09"), numbers("3")
    (['01', '5', '11', '09'], ['3'])
    """
    plain = unicodedata.normalize("NFKC", text)
    if _BETWEEN.fullmatch(re.sub("[0-9]+", "", plain)) is None:
        raise refused("it holds more than numbers")
    found = re.findall("[0-9]+", plain)
    if any(len(number) > LONGEST for number in found):
        raise refused(f"a number has more than {LONGEST} digits")
    return found


def day(text: str) -> date:
    """Return a day written 2025-03-05."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.isoformat() != text:
        raise refused("its day is not written like 2025-03-05")
    return found


def start(of: date) -> int:
    """Return when a day begins in Beijing, in seconds since 1970.

    >>> start(date(1970, 1, 2))
    57600
    """
    begins = datetime(of.year, of.month, of.day, tzinfo=BEIJING)
    return int((begins - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())


def refused(why: str) -> BadInput:
    """Return the refusal of a reference or an evidence."""
    return BadInput(f"This random text cannot be used: {why}.", "Write it as its kind asks.")
