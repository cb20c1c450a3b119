"""The 151 systems that the programme names, and which of them stand here so far."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Literal

from zhiheng.errors import UnknownCode
from zhiheng.reference import tables

Kind = Literal["C", "S", "T"]
State = Literal["works", "method", "data", "absent"]
STATES: tuple[State, ...] = ("works", "method", "data", "absent")


@dataclass(frozen=True, slots=True)
class System:
    """One named system: core (C), supporting (S) or tracked only (T), with its capabilities."""

    id: str
    zh: str
    en: str
    kind: Kind
    capability: tuple[str, ...]
    articles: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Covered:
    """How far a system stands: it works, has only its mathematics, only its register, or is absent."""

    id: str
    state: State
    page: str
    command: str
    test: str


@cache
def _index() -> dict[str, System]:
    return {
        row["id"]: System(
            row["id"],
            row["zh"],
            row["en"],
            row["kind"],  # type: ignore[arg-type]
            tuple(row["capability"].split()),
            tuple(range(1, 33)) if row["articles"] == "all" else tuple(map(int, row["articles"].split())),
        )
        for row in tables.rows("systems.csv")
    }


def all() -> tuple[System, ...]:
    """Return the 151 systems in their order, A1 to I4."""
    return tuple(_index().values())


def get(id: str) -> System:
    """Return one system by its id."""
    try:
        return _index()[id]
    except KeyError:
        raise UnknownCode(f"There is no system {id!r}.", "Ids run from A1 to I4.") from None


@cache
def coverage() -> tuple[Covered, ...]:
    """Return the state of every system, in the order of the systems."""
    return tuple(Covered(**row) for row in tables.rows("coverage.csv"))  # type: ignore[arg-type]
