"""Which way a product enters the market: licence, compulsory certificate, self-declaration, or free.

A category is told by words of the product's name. What no category names is unknown, never free. A row whose
text was not read (confidence below *text*) reminds and sets off nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables

Way = Literal["licence", "ccc", "declaration", "free"]
WAYS: tuple[Way, ...] = ("licence", "ccc", "declaration", "free")


@dataclass(frozen=True, slots=True)
class Route:
    """One category of products with its way into the market and the instrument that says so."""

    category: str
    zh: str
    en: str
    route: Way
    keywords: tuple[str, ...]
    excepted: tuple[str, ...]
    instrument_zh: str
    instrument: str
    item: str
    in_force_from: date | None
    in_force_to: date | None
    note_zh: str
    note: str
    confidence: str
    source_zh: str
    source: str
    retrieved: date

    def in_force(self, on: date) -> bool:
        """Say whether the row holds on a day; an unknown bound does not exclude."""
        after_start = self.in_force_from is None or self.in_force_from <= on
        return after_start and (self.in_force_to is None or on <= self.in_force_to)

    def word(self, name: str) -> str:
        """Return the longest word of the category that a name holds; none where an exception stands in it."""
        plain = "".join(name.split())
        if any(word in plain for word in self.excepted):
            return ""
        return max((word for word in self.keywords if word in plain), key=len, default="")


@cache
def all() -> tuple[Route, ...]:
    """Return every category in file order."""
    return tuple(_read(row) for row in tables.rows("market_routes.csv"))


def get(category: str) -> Route:
    """Return one category."""
    for route in all():
        if route.category == category:
            return route
    raise UnknownCode(f"There is no category {category!r} of market entry.", "The page lists them all.")


def find(name: str, on: date) -> tuple[Route, ...]:
    """Return the categories whose longest word stands in the name, on a day; several where it fits several.

    >>> [route.category for route in find("普通硅酸盐水泥", date(2026, 1, 1))]
    ['cement']
    >>> [route.route for route in find("聚氯乙烯绝缘电缆", date(2026, 1, 1))]
    ['licence', 'ccc']
    >>> find("雨伞", date(2026, 1, 1))
    ()
    """
    fitting = [(len(route.word(name)), route) for route in all() if route.in_force(on) and route.word(name)]
    longest = max((size for size, _route in fitting), default=0)
    return tuple(route for size, route in fitting if size == longest)


def _read(row: dict[str, str]) -> Route:
    return Route(
        category=row["category"],
        zh=row["zh"],
        en=row["en"],
        route=row["route"],  # type: ignore[arg-type]
        keywords=_words(row["keywords"]),
        excepted=_words(row["except"]),
        instrument_zh=row["instrument_zh"],
        instrument=row["instrument"],
        item=row["item"],
        in_force_from=_day(row["in_force_from"]),
        in_force_to=_day(row["in_force_to"]),
        note_zh=row["note_zh"],
        note=row["note"],
        confidence=row["confidence"],
        source_zh=row["source_zh"],
        source=row["source"],
        retrieved=date.fromisoformat(row["retrieved"]),
    )


def _words(text: str) -> tuple[str, ...]:
    return tuple(word for word in text.split("|") if word)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
