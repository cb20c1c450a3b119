"""What is looked at in a check: the items of construction works by project type, and of building materials.

An item without a limit has none on record: whoever checks reads it from the standard or the label. Items that
were invented for the demonstration say so and are offered in a demonstration alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables

ENGINEERING, BUILDING_MATERIAL = "engineering", "building_material"
KINDS = (ENGINEERING, BUILDING_MATERIAL)


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One item: measured against a limit, or answered with yes (conforms) or no."""

    kind: str
    subject: str
    subject_zh: str
    subject_en: str
    code: str
    zh: str
    en: str
    answer: Literal["measured", "yes_no"]
    unit: str
    limit_kind: str
    limit: str
    method: str
    is_demo: bool
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What the items belong to: a type of project, or a building material."""

    code: str
    zh: str
    en: str


@cache
def all() -> tuple[CheckItem, ...]:
    """Return every item in file order."""
    return tuple(_read(row) for row in tables.rows("check_items.csv"))


@cache
def subjects(kind: str) -> tuple[Subject, ...]:
    """Return the types of project, or the building materials, in file order."""
    found = {
        one.subject: Subject(one.subject, one.subject_zh, one.subject_en) for one in all() if one.kind == kind
    }
    return tuple(found.values())


def items(kind: str, subject: str, *, with_invented: bool = False) -> tuple[CheckItem, ...]:
    """Return the items of a type of project or of a material; those that were invented only when asked for.

    >>> [one.code for one in items("engineering", "municipal", with_invented=True)]
    ['D-M1', 'D-M2', 'D-M3']
    """
    found = tuple(one for one in all() if (one.kind, one.subject) == (kind, subject))
    if not found:
        known = ", ".join(one.code for one in subjects(kind))
        raise UnknownCode(f"There are no check items for {subject!r}.", f"Known: {known}.")
    return tuple(one for one in found if with_invented or not one.is_demo)


def _read(row: dict[str, str]) -> CheckItem:
    return CheckItem(
        kind=row["kind"],
        subject=row["subject"],
        subject_zh=row["subject_zh"],
        subject_en=row["subject_en"],
        code=row["item"],
        zh=row["zh"],
        en=row["en"],
        answer="measured" if row["answer"] == "measured" else "yes_no",
        unit=row["unit"],
        limit_kind=row["limit_kind"],
        limit=row["limit"],
        method=row["method"],
        is_demo=row["is_demo"] == "1",
        source=row["source"],
        confidence=row["confidence"],
    )
