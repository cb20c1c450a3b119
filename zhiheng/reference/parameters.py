"""Dated numeric parameters with their sources: shares and failure rates as published, and house rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables

HOUSE_RULE = "house rule"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter; ``value`` is a number or a read-only mapping of numbers, as printed."""

    id: str
    zh: str
    en: str
    value: Any
    unit: str
    as_of: int
    source: str
    confidence: str
    note: str = ""
    of_whole: bool = False

    @property
    def is_house_rule(self) -> bool:
        """Say whether the house made this rule itself."""
        return self.source == HOUSE_RULE


@cache
def _index() -> dict[str, Parameter]:
    return {
        row["id"]: Parameter(**{**row, "value": _frozen(row["value"])})
        for row in tables.document("parameters.yaml")["parameters"]
    }


def all() -> tuple[Parameter, ...]:
    """Return every parameter in file order."""
    return tuple(_index().values())


def get(id: str) -> Parameter:
    """Return one parameter with its source."""
    try:
        return _index()[id]
    except KeyError:
        known = ", ".join(_index())
        raise UnknownCode(f"There is no parameter {id!r}.", f"Known parameters: {known}.") from None


def value(id: str) -> Any:
    """Return the bare value of one parameter."""
    return get(id).value


def shares(id: str) -> Mapping[str, float]:
    """Return the shares of a whole scaled to sum to one, since print rounds them (1.9 + 5.2 + 93.0)."""
    if not get(id).of_whole:
        raise UnknownCode(f"The parameter {id} is not a division of a whole.", "Use value() for it.")
    printed = value(id)
    total = sum(printed.values())
    return MappingProxyType({key: number / total for key, number in printed.items()})


def sampling_fractions() -> Mapping[str, Fraction]:
    """Return the default sampling fraction of each class as an exact fraction."""
    return MappingProxyType({key: Fraction(*pair) for key, pair in value("sampling_fraction").items()})


def _frozen(found: Any) -> Any:
    if isinstance(found, dict):
        return MappingProxyType({key: _frozen(item) for key, item in found.items()})
    return tuple(found) if isinstance(found, list) else found
