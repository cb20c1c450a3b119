"""The rules by which a period is counted, each with its source; ``procedure.due`` cites them.

The Civil Code fixes them for civil law. For the periods of ``limits.csv`` they are applied by
analogy, which no instrument read here says in words; each step of a proof shows its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables


@dataclass(frozen=True, slots=True)
class CountingRule:
    """One rule of counting: what it says, where it stands and how sure that is."""

    id: str
    zh: str
    en: str
    source: str
    confidence: str
    note: str
    retrieved: str


@cache
def _index() -> dict[str, CountingRule]:
    return {row["id"]: CountingRule(**row) for row in tables.rows("counting.csv")}


def all() -> tuple[CountingRule, ...]:
    """Return every rule of counting."""
    return tuple(_index().values())


def get(id: str) -> CountingRule:
    """Return one rule of counting."""
    try:
        return _index()[id]
    except KeyError:
        raise UnknownCode(f"There is no counting rule {id!r}.", "Add it to counting.csv.") from None
