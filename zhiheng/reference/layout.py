"""Sizes of a printed paper as dated data: each figure with its standard and how well it is known."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from zhiheng.reference import tables


@dataclass(frozen=True, slots=True)
class Size:
    """One size of a paper."""

    id: str
    value: float
    unit: str
    zh: str
    en: str
    source: str
    confidence: str
    note: str = ""


@cache
def all() -> tuple[Size, ...]:
    """Return every size in file order."""
    return tuple(Size(**row) for row in tables.document("paper_layout.yaml")["figures"])


@cache
def values() -> Mapping[str, float]:
    """Return the bare sizes by name.

    >>> values()["area_width_mm"], values()["lines"]
    (156, 22)
    """
    return MappingProxyType({size.id: size.value for size in all()})


@cache
def digest() -> str:
    """Return the SHA-256 of the sizes by name: what a paper was set with."""
    return hashlib.sha256(json.dumps(dict(values()), sort_keys=True).encode()).hexdigest()
