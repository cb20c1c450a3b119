"""The checks that shapes share: each takes a value and a field's name, and returns the value or refuses."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.formats import periods

BASES = ("probability", "judgement", "census", "administrative", "survey")
DATA = ("demonstration", "operational")
PURPOSES = ("evaluation", "enforcement", "risk-screening")
HEX_256 = re.compile(r"[0-9a-f]{64}")
REGION = re.compile(r"[0-9]{6}")
DIVISION = re.compile(r"[0-9]{2}")
DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,20})(\.[0-9]{1,20})?")


def refuse(name: str, why: str, remedy: str = "") -> BadInput:
    """Return the refusal of one field."""
    remedy = remedy or "Correct the field; the page of this shape in docs/shapes says what it holds."
    return BadInput(f"{name}: {why}.", remedy, code="bad-shape", field=name)


def mapping(value: Any, name: str, keys: Sequence[str], optional: Sequence[str] = ()) -> Mapping[str, Any]:
    """Return an object that has all the keys, perhaps the optional ones, and no others."""
    if not isinstance(value, Mapping):
        raise refuse(name, "this is no object")
    lacking = [key for key in keys if key not in value]
    strange = [key for key in value if key not in keys and key not in optional]
    if lacking or strange:
        said = [f"{key} is missing" for key in lacking] + [f"{key} is not known" for key in strange]
        raise refuse(name, "; ".join(said))
    return value


def items(value: Any, name: str) -> list[Any]:
    """Return an array as a list."""
    if not isinstance(value, (list, tuple)):
        raise refuse(name, "this is no list")
    return list(value)


def text(value: Any, name: str, *, most: int = 400, empty: bool = False) -> str:
    """Return a text of bounded length, not blank unless allowed."""
    if not isinstance(value, str) or len(value) > most or (not empty and not value.strip()):
        raise refuse(name, f"a text of 1 to {most} characters belongs here")
    return value


def matching(value: Any, name: str, pattern: re.Pattern[str], what: str) -> str:
    """Return a text that matches a pattern wholly."""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise refuse(name, f"{str(value)[:60]!r} is not {what}")
    return value


def digest(value: Any, name: str) -> str:
    """Return a SHA-256 digest in lower-case hexadecimal."""
    return matching(value, name, HEX_256, "a digest of 64 hexadecimal characters")


def region(value: Any, name: str) -> str:
    """Return a six-digit region code."""
    return matching(value, name, REGION, "a six-digit region code")


def period(value: Any, name: str) -> str:
    """Return a period: a year, half-year, quarter, month or campaign."""
    if not isinstance(value, str) or not periods.known(value):
        raise refuse(name, f"{str(value)[:60]!r} is no period such as 2025, 2025H1, 2025Q3 or 2025-03")
    return value


def decimal(value: Any, name: str) -> str:
    """Return a decimal string; floats are refused because they lose digits."""
    return matching(value, name, DECIMAL, "a decimal number written as text, such as '12.50'")


def integer(value: Any, name: str, least: int = 0) -> int:
    """Return an integer of at least ``least``."""
    if type(value) is not int or value < least:
        raise refuse(name, f"an integer of at least {least} belongs here")
    return value


def one_of(value: Any, name: str, known: Collection[str]) -> str:
    """Return a value of a closed list."""
    if value not in known:
        raise refuse(name, f"{str(value)[:60]!r} is not one of {', '.join(known)}")
    return value


def day(value: Any, name: str) -> str:
    """Return an ISO date."""
    try:
        if date.fromisoformat(value).isoformat() == value:
            return value
    except (TypeError, ValueError):
        pass
    raise refuse(name, f"{str(value)[:40]!r} is not a date such as 2025-03-31")


def moment(value: Any, name: str) -> str:
    """Return an RFC 3339 time with its offset."""
    try:
        if datetime.fromisoformat(value).tzinfo is not None and "T" in value:
            return value
    except (TypeError, ValueError):
        pass
    raise refuse(name, f"{str(value)[:40]!r} is not a time with offset, such as 2025-03-31T09:00:00+08:00")


def ratio(value: Any, name: str, *, most_one: bool = False) -> tuple[int, int]:
    """Return an exact ratio [numerator, denominator] of positive integers."""
    pair = items(value, name)
    if len(pair) != 2:
        raise refuse(name, "a pair [numerator, denominator] belongs here")
    numerator, denominator = integer(pair[0], f"{name}[0]"), integer(pair[1], f"{name}[1]", 1)
    if most_one and numerator > denominator:
        raise refuse(name, f"{numerator}/{denominator} is more than 1")
    return numerator, denominator
