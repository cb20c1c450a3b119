"""The dimensions by which numbers of a series may be broken down, and the members of some of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from zhiheng.errors import UnknownCode
from zhiheng.reference import industries, tables


@dataclass(frozen=True, slots=True)
class Dimension:
    """One dimension with its name in both languages; without members it is open."""

    id: str
    zh: str
    en: str
    members: frozenset[str] | None = None

    def holds(self, member: str) -> bool:
        """Say whether a breakdown may name this member.

        >>> get("division").holds("13"), get("division").holds("99"), get("category").holds("蔬菜")
        (True, False, True)
        """
        return self.members is None or member in self.members


@cache
def all() -> dict[str, Dimension]:
    """Return every dimension by its name in breakdowns."""
    rows = tables.document("dimensions.yaml")["dimensions"]
    return {row["id"]: Dimension(**{**row, "members": _members(row.get("members"))}) for row in rows}


def _members(said: str | list[str] | None) -> frozenset[str] | None:
    if said == "divisions":
        return frozenset(one.code for one in industries.divisions())
    return None if said is None else frozenset(said)


@cache
def _english() -> dict[str, str]:
    return {row["zh"]: row["en"] for row in tables.document("dimensions.yaml")["names"]}


def english(member: str) -> str:
    """Return what a member is called in English; one that has no English name keeps its own.

    >>> english("蔬菜"), english("某类")
    ('vegetables', '某类')
    """
    return _english().get(member, member)


def get(id: str) -> Dimension:
    """Return one dimension, or refuse a name that is not registered."""
    try:
        return all()[id]
    except KeyError:
        known = ", ".join(all())
        raise UnknownCode(
            f"There is no dimension {id[:40]!r}.", f"Known dimensions: {known}.", dimension=id[:40]
        ) from None
