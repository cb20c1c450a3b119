"""A measured value stands beside a unit of this list; a unit that is not on it is refused, not guessed."""

from __future__ import annotations

import csv
import difflib
from dataclasses import dataclass
from functools import cache
from importlib import resources

from zhiheng.errors import UnknownCode

# Amounts of something: none is below zero, whatever an instrument shows near its blank. Ratios, temperatures,
# lengths (deviations), levels and electrical quantities may be.
NEVER_NEGATIVE = frozenset(
    {
        "area",
        "concentration",
        "count",
        "count per mass",
        "count per volume",
        "density",
        "illuminance",
        "linear density",
        "luminous efficacy",
        "luminous flux",
        "mass",
        "mass concentration",
        "mass fraction",
        "migration",
        "specific activity",
        "surface density",
        "volume",
    }
)


@dataclass(frozen=True)
class Unit:
    """A unit of measurement: symbol, names, quantity, where it is laid down and how sure that is."""

    code: str
    zh: str
    en: str
    quantity: str
    source: str
    confidence: str

    @property
    def is_never_negative(self) -> bool:
        """Whether a value in this unit is an amount, which cannot be below zero."""
        return self.quantity in NEVER_NEGATIVE


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
