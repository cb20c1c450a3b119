"""The words of the field: Chinese is authoritative, English follows, each with its source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables


@dataclass(frozen=True, slots=True)
class Term:
    """One idea with one word in each language."""

    id: str
    zh: str
    en: str
    source: str

    def text(self, language: str) -> str:
        """Return the word in English for ``en`` and anything like it, else in Chinese."""
        return self.en if language.startswith("en") else self.zh


@cache
def _index() -> dict[str, Term]:
    return {row["id"]: Term(**row) for row in tables.document("terms.yaml")["terms"]}


def all() -> tuple[Term, ...]:
    """Return every term in file order."""
    return tuple(_index().values())


def get(id: str) -> Term:
    """Return one term by its id."""
    try:
        return _index()[id]
    except KeyError:
        raise UnknownCode(f"There is no term {id!r}.", "Add it to terms.yaml with its source.") from None
