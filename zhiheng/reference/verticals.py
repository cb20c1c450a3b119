"""Categories of products that stand ready for a key-product catalogue, with hazards and test items.

Building materials are the first. Neither limits nor test items were read in their standards: each says so,
and an office checks them before it issues a catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from zhiheng.reference import tables


@dataclass(frozen=True, slots=True)
class TestItem:
    """One test item by a method; an unknown limit stays empty."""

    __test__ = False  # a name that pytest would otherwise collect

    zh: str
    en: str
    method: str
    unit: str
    limit: str
    limit_kind: str
    source_zh: str
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Category:
    """One category with what makes it known by name, what can go wrong, and what is tested."""

    code: str
    zh: str
    en: str
    divisions: tuple[str, ...]
    keywords: tuple[str, ...]
    hazard_zh: str
    hazard: str
    listed_in_zh: str
    listed_in: str
    listed_confidence: str
    items: tuple[TestItem, ...]


@cache
def building_materials() -> tuple[Category, ...]:
    """Return the categories of building materials in file order."""
    grouped: dict[str, list[dict[str, str]]] = {}
    for row in tables.rows("building_materials.csv"):
        grouped.setdefault(row["code"], []).append(row)
    return tuple(_category(rows) for rows in grouped.values())


def _category(rows: list[dict[str, str]]) -> Category:
    first = rows[0]
    return Category(
        code=first["code"],
        zh=first["zh"],
        en=first["en"],
        divisions=tuple(first["divisions"].split("|")),
        keywords=tuple(first["keywords"].split("|")),
        hazard_zh=first["hazard_zh"],
        hazard=first["hazard"],
        listed_in_zh=first["listed_in_zh"],
        listed_in=first["listed_in"],
        listed_confidence=first["listed_confidence"],
        items=tuple(
            TestItem(
                row["item_zh"],
                row["item"],
                row["method"],
                row["unit"],
                row["limit"],
                row["limit_kind"],
                row["source_zh"],
                row["source"],
                row["confidence"],
            )
            for row in rows
        ),
    )
