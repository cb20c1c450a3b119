"""The dimensions by which numbers of a series may be broken down."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension with its name in both languages."""

    id: str
    zh: str
    en: str


@cache
def all() -> dict[str, Dimension]:
    """Return every dimension by its name in breakdowns."""
    return {row["id"]: Dimension(**row) for row in tables.document("dimensions.yaml")["dimensions"]}


def get(id: str) -> Dimension:
    """Return one dimension, or refuse a name that is not registered."""
    try:
        return all()[id]
    except KeyError:
        known = ", ".join(all())
        raise UnknownCode(
            f"There is no dimension {id[:40]!r}.", f"Known dimensions: {known}.", dimension=id[:40]
        ) from None
