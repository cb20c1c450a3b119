"""Questionnaires built on standards of services: which field and item, about which standard, how it weighs.

Only number and title of a standard are held, with how sure they are; what is asked is in our own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables

LOWEST, HIGHEST = 1, 10
"""The ends of the scale on which every item is answered."""


@dataclass(frozen=True, slots=True)
class Standard:
    """A standard by its number and title; ``confidence`` says whether they were seen in a list."""

    number: str
    zh: str
    en: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Item:
    """One question in our own words, the standard it is about, and its weight within the field."""

    id: str
    weight: int
    standard: Standard
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of services with its items and its weight within the questionnaire."""

    id: str
    zh: str
    en: str
    weight: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Questionnaire:
    """What is asked, of which series the score is, and what the answers mean."""

    id: str
    version: str
    zh: str
    en: str
    series: str
    scale_zh: str
    scale_en: str
    fields: tuple[Field, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """Every item in the order in which it is asked."""
        return tuple(item for field in self.fields for item in field.items)


@cache
def _index() -> dict[str, Questionnaire]:
    held = tables.document("service_standards.yaml")
    standards = {row["number"]: Standard(**row) for row in held["standards"]}
    fields = {row["id"]: row for row in held["fields"]}

    def field(row: dict) -> Field:
        items = tuple(Item(**{**one, "standard": standards[one["standard"]]}) for one in row["items"])
        return Field(**fields[row["id"]], weight=row["weight"], items=items)

    return {
        row["id"]: Questionnaire(**{**row, "fields": tuple(map(field, row["fields"]))})
        for row in held["questionnaires"]
    }


@cache
def standards() -> tuple[Standard, ...]:
    """Return every standard that an item may be about."""
    return tuple(Standard(**row) for row in tables.document("service_standards.yaml")["standards"])


@cache
def field_names() -> dict[str, tuple[str, str]]:
    """Return the Chinese and English name of every field by its id."""
    return {row["id"]: (row["zh"], row["en"]) for row in tables.document("service_standards.yaml")["fields"]}


def dated() -> date:
    """Return the day on which questionnaires and standards were written down."""
    return tables.document("service_standards.yaml")["retrieved"]


def all() -> tuple[Questionnaire, ...]:
    """Return every questionnaire."""
    return tuple(_index().values())


def get(id: str) -> Questionnaire:
    """Return one questionnaire."""
    try:
        return _index()[id]
    except KeyError:
        known = ", ".join(_index())
        raise UnknownCode(f"There is no questionnaire {id!r}.", f"Known: {known}.") from None


def of_series(series: str) -> tuple[Questionnaire, ...]:
    """Return the questionnaires whose score a series is."""
    return tuple(found for found in all() if found.series == series)
