"""A measured value stands beside a unit of this list; a unit that is not on it is refused, not guessed."""

from __future__ import annotations

import csv
import difflib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from zhiheng.errors import UnknownCode


@dataclass(frozen=True)
class Unit:
    """A unit of measurement: symbol, names, quantity, where it is laid down and how sure that is."""

    code: str
    zh: str
    en: str
    quantity: str
    source: str
    confidence: str


@cache
def all() -> dict[str, Unit]:
    """Return every known unit by its symbol."""
    text = resources.files(__package__).joinpath("data/units.csv").read_text(encoding="utf-8")
    return {row["code"]: Unit(**row) for row in csv.DictReader(text.splitlines())}


def get(code: str) -> Unit:
    """Return a unit by its symbol, or refuse it and name the nearest known ones."""
    known = all()
    if code not in known:
        near = difflib.get_close_matches(code, known, 3, 0.5) or ["mg/kg", "%", "MPa"]
        raise UnknownCode(
            f"The unit {code[:40]!r} is not known.", f"Use one such as {', '.join(near)}.", unit=code[:40]
        )
    return known[code]
