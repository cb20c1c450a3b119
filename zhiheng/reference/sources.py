"""Where each file of ``reference/data`` comes from: source, licence, date read, confidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from zhiheng.reference import tables

CONFIDENCES = ("text", "secondary", "memory", "mixed")


@dataclass(frozen=True, slots=True)
class Source:
    """The origin of one data file; ``mixed`` confidence is stated row by row in the file."""

    file: str
    what: str
    source: str
    licence: str
    retrieved: date
    confidence: str


@cache
def all() -> tuple[Source, ...]:
    """Return the origin of every data file."""
    return tuple(Source(file=name, **row) for name, row in tables.document("sources.yaml").items())
