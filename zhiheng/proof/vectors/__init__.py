"""Runs published cases of trees, notes, tiles, canonical JSON, keys and draws against this house's own code.

A file is known by what it holds, not by its name. A family that nobody here answers for is *unsupported*, and
said to be.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from zhiheng.errors import BadInput, ZhihengError

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


def holds(*names: str) -> Callable[[Any], bool]:
    """Return the question whether a file is an object with all of these names."""
    return lambda data: isinstance(data, dict) and set(names) <= data.keys()


def read(path: Path) -> list[Case]:
    """Return the cases of a file; one that is unsupported as a whole if no family is known in it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"There is no file {path.name}.", "Name a file of published cases.") from None
    except (OSError, UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise BadInput(f"{path.name} cannot be read as JSON: {error}.", "Name a file of cases.") from None
    try:
        found = list(_cases(data))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        raise BadInput(
            f"{path.name} has not the layout of its family: {type(error).__name__} {error}.",
            "Compare it with the file that was published.",
        ) from None
    return found or [Case("unknown", path.name, None)]


def judge(case: Case) -> Verdict:
    """Run one case; what it raises is its verdict and hides no other."""
    if case.run is None:
        return Verdict(case, "unsupported", "nothing here answers for this family")
    try:
        held = case.run()
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
    from zhiheng.proof.vectors import documents, draws, keys, logs

    for room in (logs, documents, keys, draws):
        for family, knows, cases in room.FAMILIES:
            if knows(data):
                for name, run in cases(data):
                    yield Case(family, name, run)
