"""Kinds of public notices with their legal basis, and the rules by which personal data are masked in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from zhiheng.errors import UnknownCode
from zhiheng.reference import limits, regions, tables

SOURCES = ("draw", "figure", "none")
MASKS = ("id_number", "phone", "email", "account", "address", "person", "sole_trader")


@dataclass(frozen=True, slots=True)
class Basis:
    """One instrument on which a kind of notice stands; ``rule`` names a time limit where it is one."""

    instrument_zh: str
    instrument: str
    article: str
    confidence: str
    source: str
    rule: str = ""

    def as_data(self) -> dict[str, str]:
        """Return the basis as a notice states it."""
        return {
            "instrument_zh": self.instrument_zh,
            "instrument": self.instrument,
            "article": self.article,
            "confidence": self.confidence,
            "rule": self.rule,
        }


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice; ``deadline`` names the limit that runs from ``event``, where one is known."""

    id: str
    zh: str
    en: str
    source: str
    is_result: bool
    deadline: str
    event_zh: str
    event: str
    bases: tuple[Basis | str, ...]

    def basis(self, region: str = regions.NATION) -> tuple[Basis, ...]:
        """Return the legal basis as it holds in a region: a local limit stands before the national one."""
        return tuple(_of_limit(one, region) if isinstance(one, str) else one for one in self.bases)


@dataclass(frozen=True, slots=True)
class RedactionRule:
    """One version of what is masked, in this order."""

    id: str
    version: str
    zh: str
    en: str
    in_force_from: date
    masks: tuple[str, ...]
    source: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Words:
    """The words by which masks find what they mask."""

    labels: Mapping[str, tuple[str, ...]]
    surnames: frozenset[str]
    compound_surnames: tuple[str, ...]
    firm_ends: tuple[str, ...]


@cache
def _kinds() -> dict[str, Kind]:
    return {row["id"]: _kind(row) for row in tables.document("notice_kinds.yaml")["kinds"]}


def kinds() -> tuple[Kind, ...]:
    """Return every kind of notice in file order."""
    return tuple(_kinds().values())


def kind(id: str) -> Kind:
    """Return one kind of notice."""
    try:
        return _kinds()[id]
    except KeyError:
        raise UnknownCode(f"There is no kind of notice {id!r}.", f"Known: {', '.join(_kinds())}.") from None


def _kind(row: Mapping[str, Any]) -> Kind:
    if row["from"] not in SOURCES or (row["deadline"] and row["deadline"] not in limits.rules()):
        raise UnknownCode(f"The kind of notice {row['id']} names what is not known.", "Correct the file.")
    return Kind(
        id=row["id"],
        zh=row["zh"],
        en=row["en"],
        source=row["from"],
        is_result=row["is_result"],
        deadline=row["deadline"],
        event_zh=row["event_zh"],
        event=row["event"],
        bases=tuple(one["limit"] if "limit" in one else Basis(**one) for one in row["basis"]),
    )


def _of_limit(rule: str, region: str) -> Basis:
    found = limits.get(rule, region)
    return Basis(
        found.instrument_zh, found.instrument, found.article, found.confidence, found.source, found.rule
    )


@cache
def redaction_rules() -> tuple[RedactionRule, ...]:
    """Return every version of every rule in file order."""
    rows = tables.document("redaction_rules.yaml")["rules"]
    return tuple(RedactionRule(**{**row, "masks": tuple(row["masks"])}) for row in rows)


def redaction_rule(id: str, on: date) -> RedactionRule:
    """Return the version of a rule in force on a day: the newest that had begun."""
    found = [one for one in redaction_rules() if one.id == id and one.in_force_from <= on]
    if not found:
        known = ", ".join(sorted({one.id for one in redaction_rules()}))
        raise UnknownCode(f"There is no redaction rule {id!r} on {on}.", f"Known: {known}.")
    return max(found, key=lambda one: one.in_force_from)


@cache
def words() -> Words:
    """Return the words of the masks."""
    held = tables.document("redaction_rules.yaml")
    return Words(
        labels={name: tuple(found.split("、")) for name, found in held["labels"].items()},
        surnames=frozenset(held["surnames"].replace(" ", "")),
        compound_surnames=tuple(held["compound_surnames"].split("、")),
        firm_ends=tuple(held["firm_ends"].split("、")),
    )
