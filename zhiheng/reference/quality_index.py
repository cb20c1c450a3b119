"""The tree of the quality competitiveness index, and the dated sets of weights, goalposts and bands with it.

The tree is public; weights and goalposts are not, so every set here was chosen by somebody and says by whom.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, Literal

from zhiheng.reference import tables

SERIES = "office_quality_competitiveness_index"
PUBLISHED = "mfg_quality_competitiveness_index"
"""The series of the official index: it stands beside ours and is never mixed with it."""
OUTPUT = "mfg_output"


@dataclass(frozen=True, slots=True)
class Statistic:
    """One of the twelve: the series that it is read from, whose numbers, and which direction is better."""

    id: str
    zh: str
    en: str
    series: str
    unit: str
    direction: Literal["higher", "lower"]
    voice: Literal["others", "own", "own-first"]
    confidence: str
    instead_zh: str = ""
    instead_en: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A part or a dimension, with what is below it."""

    id: str
    zh: str
    en: str
    below: tuple[Node | Statistic, ...]

    def nodes(self) -> Iterator[Node | Statistic]:
        """Yield all that is below, a node before its own parts."""
        for one in self.below:
            yield one
            if isinstance(one, Node):
                yield from one.nodes()

    def statistics(self) -> tuple[Statistic, ...]:
        """Return the statistics below in the order of the tree."""
        return tuple(one for one in self.nodes() if isinstance(one, Statistic))


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of every node but the root, as one office chose them on a day."""

    id: str
    zh: str
    en: str
    as_of: date
    chosen_by: str
    note_zh: str
    note_en: str
    weights: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Goalposts:
    """The two ends of the scale of each statistic, as one office chose them on a day."""

    id: str
    zh: str
    en: str
    as_of: date
    chosen_by: str
    note_zh: str
    note_en: str
    posts: Mapping[str, tuple[Decimal, Decimal]]
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What one source calls the values from ``low`` up to, not including, ``high``."""

    low: Decimal
    high: Decimal
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Bands:
    """The words of one source for the values of the index."""

    id: str
    zh: str
    en: str
    as_of: date
    source: str
    confidence: str
    steps: tuple[Step, ...]

    def step(self, value: Decimal | float) -> Step | None:
        """Return the step in which a value lies; the last one includes its end.

        >>> [found.step(85.6).en for found in bands()]
        ['medium', 'strong']
        """
        last = self.steps[-1]
        if value == last.high:
            return last
        return next((one for one in self.steps if one.low <= Decimal(str(value)) < one.high), None)


@dataclass(frozen=True, slots=True)
class Classification:
    """Which divisions count as quality-competitive industry by one dated rule."""

    id: str
    zh: str
    en: str
    as_of: date
    chosen_by: str
    confidence: str
    divisions: tuple[str, ...]
    source: str
    note_zh: str
    note_en: str


@cache
def tree() -> Node:
    """Return the public tree of 2 parts, 6 dimensions and 12 statistics.

    >>> [len(list(tree().below)), len([one for part in tree().below for one in part.below])]
    [2, 6]
    >>> len(tree().statistics())
    12
    """
    found = tables.document("index_tree.yaml")
    parts = tuple(
        _node(part, tuple(_dimension(one) for one in part["dimensions"])) for part in found["parts"]
    )
    return _node(found["root"], parts)


def note(language: Literal["zh", "en"]) -> str:
    """Return what is not known of the tree."""
    return str(tables.document("index_tree.yaml")[f"note_{language}"])


@cache
def complete() -> frozenset[str]:
    """Return the series that rest on complete reporting: nothing is sampled, their sampling error is zero."""
    return frozenset({one.series for one in tree().statistics() if one.voice == "others"} | {OUTPUT})


@cache
def weights() -> dict[str, Weights]:
    """Return the sets of weights by their names."""
    found = {}
    for row in _sets()["weights"]:
        shares = {name: Fraction(str(share)) for name, share in row["weights"].items()}
        found[row["id"]] = Weights(**{**row, "weights": shares})
    return found


@cache
def goalposts() -> dict[str, Goalposts]:
    """Return the sets of goalposts by their names."""
    found = {}
    for row in _sets()["goalposts"]:
        posts = {name: (Decimal(str(ends[0])), Decimal(str(ends[1]))) for name, ends in row["posts"].items()}
        found[row["id"]] = Goalposts(**{**row, "posts": posts})
    return found


@cache
def robustness() -> dict[str, Any]:
    """Return how far the choices are moved when the doubt in the index is measured."""
    return dict(_sets()["robustness"])


@cache
def bands() -> tuple[Bands, ...]:
    """Return the words of each source; they contradict each other, and each is kept."""
    found = []
    for row in tables.document("index_bands.yaml")["bands"]:
        steps = tuple(
            Step(Decimal(str(one["low"])), Decimal(str(one["high"])), one["zh"], one["en"])
            for one in row["steps"]
        )
        found.append(Bands(**{**row, "steps": steps}))
    return tuple(found)


@cache
def classifications() -> dict[str, Classification]:
    """Return the rules of quality-competitive industry by their names."""
    rows = tables.document("classification.yaml")["rules"]
    return {row["id"]: Classification(**{**row, "divisions": tuple(row["divisions"])}) for row in rows}


def _sets() -> dict[str, Any]:
    return dict(tables.document("index_sets.yaml"))


def _dimension(row: dict[str, Any]) -> Node:
    return _node(row, tuple(Statistic(**one) for one in row["statistics"]))


def _node(row: dict[str, Any], below: tuple[Node | Statistic, ...]) -> Node:
    return Node(row["id"], row["zh"], row["en"], below)
