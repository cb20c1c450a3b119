"""What the public monitor looks for: each rule with its name, its sentence, and what to ask."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables

KINDS = {
    "broken": ("不应发生", "cannot be so"),
    "late": ("逾期", "overdue"),
    "odd": ("需要说明", "to be explained"),
}


@dataclass(frozen=True, slots=True)
class Watched:
    """One rule; sentences have the facts of a finding as named holes."""

    id: str
    kind: str
    title_zh: str
    title_en: str
    sentence_zh: str
    sentence_en: str
    ask_zh: str
    ask_en: str

    def title(self, *, chinese: bool) -> str:
        """Return the name of the rule."""
        return self.title_zh if chinese else self.title_en

    def sentence(self, facts: Mapping[str, Any], *, chinese: bool) -> str:
        """Return what was found."""
        return (self.sentence_zh if chinese else self.sentence_en).format_map(_Facts(facts))

    def ask(self, *, chinese: bool) -> str:
        """Return what to ask, and whom."""
        return self.ask_zh if chinese else self.ask_en


class _Facts(dict):
    """Facts of a finding; one that is not at hand is written as unknown."""

    def __missing__(self, key: str) -> str:
        return "?"


@cache
def rules() -> Mapping[str, Watched]:
    """Return every rule by its id, in file order."""
    return {row["id"]: Watched(**row) for row in tables.rows("monitor_rules.csv")}


def rule(id: str) -> Watched:
    """Return one rule."""
    try:
        return rules()[id]
    except KeyError:
        raise UnknownCode(
            f"There is no rule {id!r} of the monitor.", f"Known: {', '.join(rules())}."
        ) from None
