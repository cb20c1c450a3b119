"""Between which ends a number lies that is given in a unit."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from zhiheng.reference import tables


@dataclass(frozen=True, slots=True)
class Range:
    """The least and the greatest number that can be; None where an end is open or not known."""

    lower: Decimal | None = None
    upper: Decimal | None = None

    def holds(self, value: Decimal) -> bool:
        """Say whether a number lies in the range, its ends included.

        >>> Range(Decimal(0), Decimal(100)).holds(Decimal("100.1")), Range().holds(Decimal(-5))
        (False, True)
        """
        return (self.lower is None or value >= self.lower) and (self.upper is None or value <= self.upper)

    @property
    def is_known(self) -> bool:
        """Whether an end of it is known."""
        return self.lower is not None or self.upper is not None

    @classmethod
    def of(cls, lower: str, upper: str) -> Range:
        """Return the range between two ends written as text; an empty one is open."""
        return cls(Decimal(lower) if lower else None, Decimal(upper) if upper else None)

    def __str__(self) -> str:
        lower = "−∞" if self.lower is None else f"{self.lower:f}"
        return f"{lower} … {'+∞' if self.upper is None else f'{self.upper:f}'}"


@cache
def _index() -> dict[str, Range]:
    return {
        row["unit"]: Range(*(None if row[end] is None else Decimal(row[end]) for end in ("lower", "upper")))
        for row in tables.document("units.yaml")["units"]
    }


def range_of(unit: str) -> Range:
    """Return the range of a unit, however wide its signs are; open where none is known.

    >>> str(range_of("％")), str(range_of("score"))
    ('0 … 100', '−∞ … +∞')
    """
    return _index().get(unicodedata.normalize("NFKC", unit).strip(), Range())
