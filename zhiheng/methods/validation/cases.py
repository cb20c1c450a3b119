"""Reads files of reference cases in the format ``zhiheng-methods-vectors/1``."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from zhiheng.errors import BadInput

FORMAT = "zhiheng-methods-vectors/1"


class Inputs(Mapping[str, Any]):
    """The inputs of a case by name; a length-one vector may have been written as a scalar, null is unknown.

    >>> Inputs({"n": 3, "x": [1, None]}).numbers("n").tolist()
    [3.0]
    """

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def __getitem__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise BadInput(f"The case gives no input {name!r}.", "Add it to its inputs.") from None

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def number(self, name: str) -> float:
        """Return one number; a vector of length one is one, null is NaN."""
        found = self.numbers(name)
        if found.size != 1:
            raise BadInput(f"The input {name!r} is not one number.", "Give a scalar.")
        return float(found.ravel()[0])

    def whole(self, name: str) -> int:
        """Return one whole number."""
        found = self.number(name)
        if not found.is_integer():
            raise BadInput(f"The input {name!r} is not a whole number.", "Give an integer.")
        return int(found)

    def numbers(self, name: str) -> np.ndarray:
        """Return numbers as an array of one dimension or more, null as NaN."""
        return numeric(self[name], name)

    def matrix(self, name: str) -> np.ndarray:
        """Return a matrix; a single row may have been written as a vector."""
        return np.atleast_2d(self.numbers(name))

    def labels(self, name: str) -> np.ndarray:
        """Return a vector of labels, numbers or texts as they are."""
        return np.atleast_1d(np.asarray(self[name]))

    def positions(self, name: str) -> np.ndarray:
        """Return positions from 0 of 1-based indices."""
        return self.numbers(name).astype(int) - 1


def numeric(value: Any, name: str) -> np.ndarray:
    """Return a value of JSON as an array of numbers, null as NaN."""
    try:
        return np.atleast_1d(np.asarray(value, dtype=float))
    except (TypeError, ValueError):
        raise BadInput(f"The input {name!r} holds no numbers.", "Give numbers, or null.") from None


@dataclass(frozen=True)
class Case:
    """One reference case: what goes in, what another program gave, and how near ours must come."""

    id: str
    topic: str
    method: str
    inputs: Inputs
    expected: Any
    rtol: float
    note: str = ""
    made_with: Mapping[str, Any] = field(default_factory=dict)


def read(path: Path) -> list[Case]:
    """Return the cases of a file; one that is not of the format is refused with what is wrong."""
    try:
        document = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise BadInput(f"{path.name} cannot be read: {error.strerror}.", "Name an existing file.") from None
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise BadInput(f"{path.name} is no JSON: {error}.", "Give a UTF-8 file of reference cases.") from None
    return parse(document, path.name)


def parse(document: Any, name: str = "the document") -> list[Case]:
    """Return the cases of a document that was read already.

    >>> parse({"format": FORMAT, "topic": "t", "cases": []})
    []
    """
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        raise BadInput(f"{name} is not of the format {FORMAT}.", f'Its "format" must say "{FORMAT}".')
    rows = document.get("cases")
    if not isinstance(rows, list):
        raise BadInput(f"{name} holds no list of cases.", 'Give them as "cases": [...].')
    return [_case(row, document.get("topic"), f"case {place} of {name}") for place, row in enumerate(rows, 1)]


def _case(row: Any, topic: Any, where: str) -> Case:
    if not isinstance(row, dict):
        raise BadInput(f"{where} is no object.", "Give id, topic, method, inputs, expected and rtol.")
    topic = row.get("topic", topic)
    texts = {"id": row.get("id", where), "topic": topic, "method": row.get("method")}
    wrong = [key for key, value in texts.items() if not isinstance(value, str) or not value]
    wrong += ["inputs"] if not isinstance(row.get("inputs"), dict) else []
    wrong += ["expected"] if "expected" not in row else []
    rtol = row.get("rtol")
    if isinstance(rtol, bool) or not isinstance(rtol, int | float) or not 0 <= rtol < math.inf:
        wrong.append("rtol")
    if wrong:
        raise BadInput(f"{where} lacks {', '.join(wrong)}, or gives another kind.", "See the format.")
    made_with = row.get("made_with")
    return Case(
        **texts,
        inputs=Inputs(row["inputs"]),
        expected=row["expected"],
        rtol=float(rtol),
        note=str(row.get("note") or ""),
        made_with=made_with if isinstance(made_with, dict) else {},
    )
