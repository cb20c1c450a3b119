"""The Outline as structured data in our own words: parts, articles, tasks, projects, goals, targets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from zhiheng.errors import NotFound, UnknownCode
from zhiheng.reference import tables

State = Literal["known", "heading-only", "unknown"]
Operator = Literal["reach", "at_least"]


@dataclass(frozen=True, slots=True)
class Part:
    """One of the eleven parts, with the numbers of its articles."""

    number: int
    zh: str
    en: str
    articles: tuple[int, ...]
    confidence: str


@dataclass(frozen=True, slots=True)
class Article:
    """One of the 32 articles; headings stand only where a document carries them."""

    number: int
    part: int
    heading_zh: str | None
    heading_en: str | None
    state: State
    summary_zh: str
    summary_en: str
    seen_elsewhere_zh: str | None
    seen_elsewhere_confidence: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """A task group, a project or a goal group: a number and a name, and the part it belongs to."""

    number: int
    zh: str
    en: str
    part: int | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One numeric target; ``indicator`` is the name as used, which may match no or several series."""

    id: str
    plan: str
    region: str
    article: int
    goal: int
    zh: str
    en: str
    indicator: str
    operator: Operator
    wording_zh: str
    value: Decimal
    unit: str
    due: int

    def is_met_by(self, figure: Decimal) -> bool:
        """Say whether a figure reaches the target; both operators mean "not below"."""
        return figure >= self.value


@dataclass(frozen=True, slots=True)
class LocalTarget:
    """A target of a province or city that adopts, adapts or replaces a national one."""

    id: str
    plan: str
    region: str
    indicator: str
    operator: str
    value: Decimal
    unit: str
    due: int
    relation: str
    source: str
    source_date: str
    note: str


@dataclass(frozen=True, slots=True)
class Document:
    """A copy of the Outline, or a text about it, that was read."""

    id: str
    zh: str
    en: str
    carries: str


def _data() -> dict[str, Any]:
    return tables.document("outline.yaml")


def title(language: str = "zh") -> str:
    """Return the title of the Outline in Chinese or English."""
    return _data()["title_en" if language == "en" else "title_zh"]


def published() -> date:
    """Return the day of publication."""
    return _data()["published"]


@cache
def parts() -> tuple[Part, ...]:
    """Return the eleven parts in order."""
    return tuple(Part(**{**row, "articles": tuple(row["articles"])}) for row in _data()["parts"])


@cache
def articles() -> tuple[Article, ...]:
    """Return the 32 articles in order."""
    part_of = {number: part.number for part in parts() for number in part.articles}
    return tuple(
        Article(
            number=row["number"],
            part=part_of[row["number"]],
            heading_zh=row["heading_zh"],
            heading_en=row["heading_en"],
            state=row["state"],
            summary_zh=row["summary_zh"],
            summary_en=row["summary_en"],
            seen_elsewhere_zh=row.get("seen_elsewhere_zh"),
            seen_elsewhere_confidence=row.get("seen_elsewhere_confidence"),
        )
        for row in _data()["articles"]
    )


def article(number: int) -> Article:
    """Return one article by its number."""
    if isinstance(number, int) and 1 <= number <= len(articles()):
        return articles()[number - 1]
    raise UnknownCode(f"The Outline has no article {number!r}.", "Articles run from 1 to 32.")


@cache
def task_groups() -> tuple[Entry, ...]:
    """Return the eight groups of tasks."""
    return tuple(Entry(**row) for row in _data()["task_groups"])


@cache
def projects() -> tuple[Entry, ...]:
    """Return the seven major projects."""
    return tuple(Entry(**row) for row in _data()["projects"])


@cache
def goals() -> tuple[Entry, ...]:
    """Return the six groups of goals."""
    return tuple(Entry(**row) for row in _data()["goals"])


@cache
def targets() -> tuple[Target, ...]:
    """Return the four numeric targets of article 2."""
    return tuple(
        Target(
            plan=_data()["title_zh"],
            region="000000",
            **{**row, "value": Decimal(row["value"])},
        )
        for row in _data()["targets"]
    )


def target(id: str) -> Target:
    """Return one national target by its id, such as CN-2025-4."""
    for found in targets():
        if found.id == id:
            return found
    raise NotFound(f"The Outline has no target {id!r}.", "The four are CN-2025-1 to CN-2025-4.")


@cache
def local_targets() -> tuple[LocalTarget, ...]:
    """Return targets of local plans that were read, with their relation to the national ones."""
    return tuple(
        LocalTarget(
            row["target_id"],
            row["plan"],
            row["geo_code"],
            row["indicator_id"],
            row["operator"],
            Decimal(row["value"]),
            row["unit"],
            int(row["due"]),
            row["relation_to_parent"],
            row["source_title"],
            row["source_date"],
            row["note"],
        )
        for row in tables.rows("local_targets.csv")
    )


@cache
def documents() -> tuple[Document, ...]:
    """Return the five documents that were read."""
    return tuple(Document(**row) for row in _data()["documents"])
