"""Groups of regions with source and date: the four areas, the older three, those of published numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables

FOUR_AREAS = "four-areas"
THREE_AREAS = "three-areas"


@dataclass(frozen=True, slots=True)
class Group:
    """One group of a division, with the codes of the regions in it."""

    code: str
    zh: str
    en: str
    members: tuple[str, ...]
    division: str


@dataclass(frozen=True, slots=True)
class Division:
    """One way to put regions into groups; ``in_force`` is None where its first day is not known."""

    id: str
    zh: str
    en: str
    in_force: date | None
    ends: date | None
    source: str
    confidence: str
    note_zh: str
    note_en: str
    groups: tuple[Group, ...]

    def group_of(self, region: str) -> Group | None:
        """Return the group that a region stands in; none for a region of no group."""
        return next((group for group in self.groups if region in group.members), None)


@cache
def _index() -> dict[str, Division]:
    found = {}
    for row in tables.document("groupings.yaml")["divisions"]:
        groups = tuple(
            Group(one["code"], one["zh"], one["en"], tuple(one["members"]), row["id"])
            for one in row["groups"]
        )
        found[row["id"]] = Division(**{**row, "groups": groups})
    return found


@cache
def _groups() -> dict[str, Group]:
    return {group.code: group for division in _index().values() for group in division.groups}


def all() -> tuple[Division, ...]:
    """Return every division in file order."""
    return tuple(_index().values())


def division(id: str) -> Division:
    """Return one division by its id."""
    try:
        return _index()[id]
    except KeyError:
        known = ", ".join(_index())
        raise UnknownCode(f"There is no division {id!r}.", f"Known divisions: {known}.") from None


def areas() -> Division:
    """Return the four areas of the National Bureau of Statistics."""
    return division(FOUR_AREAS)


def known(code: str) -> bool:
    """Say whether a code names a group."""
    return code in _groups()


def get(code: str) -> Group:
    """Return the group with this code.

    >>> get("NORTHEAST").members
    ('210000', '220000', '230000')
    """
    try:
        return _groups()[code]
    except (KeyError, TypeError):
        raise UnknownCode(
            f"There is no group of regions {code!r}.",
            f"Known groups: {', '.join(_groups())}.",
            region=str(code),
        ) from None
