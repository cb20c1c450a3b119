"""Runs published cases of trees, notes, tiles, canonical JSON, keys and draws against this house's own code.

A file is known by what it holds, not by its name. A family that nobody here answers for is *unsupported*, and
said to be; so is one for which this machine lacks a program, with what to install. A case without one of the
fields of its family says nothing, and the file is refused.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from zhiheng.errors import BadInput, Missing, ZhihengError

Named = tuple[str, Callable[[], bool] | None]
Status = Literal["passed", "failed", "unsupported"]
STATUSES: tuple[Status, ...] = ("passed", "failed", "unsupported")


@dataclass(frozen=True)
class Case:
    """One published case; ``run`` tells whether it comes out as published, None where nobody can say."""

    family: str
    name: str
    run: Callable[[], bool] | None


@dataclass(frozen=True)
class Verdict:
    """How a case came out, with the reason where it did not."""

    case: Case
    status: Status
    reason: str = ""


class Lacking(ZhihengError):
    """A field that every case of a family has is not there."""

    code = "bad-input"


class Fields(dict[str, Any]):
    """An object of a file; asking it for a field that is not there says which."""

    def __missing__(self, name: str) -> Any:
        raise Lacking(f"the field {name} is missing")


def holds(*names: str) -> Callable[[Any], bool]:
    """Return the question whether a file is an object with any of these names."""
    return lambda data: isinstance(data, dict) and not set(names).isdisjoint(data)


def holds_rows(name: str, *fields: str) -> Callable[[Any], bool]:
    """Return the question whether a file is an object with a list of this name, of rows with these fields."""
    return lambda data: isinstance(data, dict) and are_rows(data.get(name), *fields)


def are_rows(rows: Any, *fields: str) -> bool:
    """Tell whether this is a list of objects of which the first has these fields."""
    first = rows[0] if isinstance(rows, list) and rows else None
    return isinstance(first, dict) and set(fields) <= first.keys()


def any_of(*questions: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Return the question whether one of several holds."""
    return lambda data: any(holds(data) for holds in questions)


def read(path: Path) -> list[Case]:
    """Return the cases of a file; one that is unsupported as a whole if no family is known in it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"), object_hook=Fields)
    except FileNotFoundError:
        raise BadInput(f"There is no file {path.name}.", "Name a file of published cases.") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise BadInput(f"{path.name} cannot be read as JSON: {error}.", "Name a file of cases.") from None
    try:
        found = list(_cases(data))
    except Lacking as error:
        raise BadInput(
            f"{path.name} has not the layout of its family: {error.cause}.",
            "Compare it with the file that was published.",
        ) from None
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"{path.name} has not the layout of its family: {type(error).__name__} {error}.",
            "Compare it with the file that was published.",
        ) from None
    return found or [Case("unknown", path.name, None)]


def judge(case: Case) -> Verdict:
    """Run one case; what it raises is its verdict and hides no other. One that lacks a field is refused."""
    if case.run is None:
        return Verdict(case, "unsupported", "nothing here answers for this family")
    try:
        held = case.run()
    except Lacking as error:
        raise BadInput(
            f"{case.name} of the family {case.family} has not its layout: {error.cause}.",
            "Compare it with the file that was published.",
        ) from None
    except Missing as error:
        return Verdict(case, "unsupported", str(error))
    except ZhihengError as error:
        return Verdict(case, "failed", str(error))
    except Exception as error:  # a fault in one family must not hide the others
        return Verdict(case, "failed", f"{type(error).__name__}: {error}")
    return Verdict(case, "passed" if held else "failed", "" if held else "it came out otherwise")


def by_family(verdicts: Iterable[Verdict]) -> dict[str, dict[str, int]]:
    """Count the verdicts of each family by status, families in the order met."""
    counts: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        counts.setdefault(verdict.case.family, Counter())[verdict.status] += 1
    return {family: {status: count[status] for status in STATUSES} for family, count in counts.items()}


def _cases(data: Any) -> Iterator[Case]:
    from zhiheng.proof.vectors import ciphers, documents, draws, keys, logs, rounds

    for room in (logs, documents, keys, ciphers, draws, rounds):
        for family, knows, cases in room.FAMILIES:
            if knows(data):
                for name, run in cases(data):
                    yield Case(family, name, run)
