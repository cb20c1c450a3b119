"""Reads files of reference cases in the format ``zhiheng-methods-vectors/1``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from zhiheng.errors import BadInput

FORMAT = "zhiheng-methods-vectors/1"
# JSON may hold whole numbers that no float can: a tolerance beyond this says nothing.
LOOSEST = 1e6


class Inputs(Mapping[str, Any]):
    """The inputs of a case by name; a length-one vector may have been written as a scalar, null is unknown.

    >>> Inputs({"n": 3, "x": [1, None]}).numbers("n").tolist()
    [3.0]
    """

    def __init__(self, values: Mapping[str, Any], file: Sequence[Mapping[str, Any]] = ()) -> None:
        self._values, self._file = values, file

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

    def is_known(self, name: str) -> bool:
        """Say whether the case gives an input, and not null."""
        return self._values.get(name) is not None

    def number(self, name: str, default: float | None = None) -> float:
        """Return one number; a vector of length one is one, null is NaN, and the default if there is one."""
        if default is not None and not self.is_known(name):
            return default
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
        found = self.numbers(name)
        if not np.all((found >= 1) & (found == np.floor(found))):
            raise BadInput(f"The input {name!r} holds no places from 1.", "Give whole numbers from 1.")
        return found.astype(int) - 1

    def together(self, *names: str) -> list[np.ndarray]:
        """Return several inputs as vectors of one length; a single number stands for all places.

        >>> [each.tolist() for each in Inputs({"x": [3, 5], "n": 10}).together("x", "n")]
        [[3.0, 5.0], [10.0, 10.0]]
        """
        found = [self.numbers(name).ravel() for name in names]
        if len({each.size for each in found} - {1}) > 1:
            raise BadInput(f"The inputs {', '.join(names)} differ in length.", "Give one number for each.")
        return [each.copy() for each in np.broadcast_arrays(*found)]

    def keyed(self, name: str, labels: np.ndarray) -> dict[Any, Any]:
        """Return an object by the labels of the rows: the names in JSON are text, labels may be numbers.

        >>> Inputs({"sizes": {"1": 70, "2": 30}}).keyed("sizes", np.array([2, 1, 1]))
        {1: 70, 2: 30}
        """
        given = self[name]
        if not isinstance(given, Mapping):
            raise BadInput(f"The input {name!r} is no object.", "Give a value for each label.")
        texts = {_name(label): label for label in labels.tolist()}
        return {texts.get(key, key): value for key, value in given.items()}

    def elsewhere(self, name: str) -> Iterator[Any]:
        """Yield what the other cases of the file give by that name."""
        for values in self._file:
            if values is not self._values and values.get(name) is not None:
                yield values[name]


def _name(label: Any) -> str:
    return str(int(label)) if isinstance(label, float) and label.is_integer() else str(label)


def numeric(value: Any, name: str) -> np.ndarray:
    """Return a value of JSON as an array of numbers, null as NaN."""
    try:
        return np.atleast_1d(np.asarray(value, dtype=float))
    except (TypeError, ValueError, OverflowError):
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
    if not isinstance(path, Path):
        raise BadInput("There is no file to read.", "Name one by its path.")
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
    said = document.get("format") if isinstance(document, dict) else None
    if not isinstance(said, str) or said != FORMAT:
        raise BadInput(f"{name} is not of the format {FORMAT}.", f'Its "format" must say "{FORMAT}".')
    rows = document.get("cases")
    if not isinstance(rows, list):
        raise BadInput(f"{name} holds no list of cases.", 'Give them as "cases": [...].')
    inputs = [row["inputs"] for row in rows if isinstance(row, dict) and isinstance(row.get("inputs"), dict)]
    topic = document.get("topic")
    return [_case(row, topic, f"case {place} of {name}", inputs) for place, row in enumerate(rows, 1)]


def _case(row: Any, topic: Any, where: str, file: Sequence[Mapping[str, Any]]) -> Case:
    if not isinstance(row, dict):
        raise BadInput(f"{where} is no object.", "Give id, topic, method, inputs, expected and rtol.")
    topic = row.get("topic", topic)
    texts = {"id": row.get("id", where), "topic": topic, "method": row.get("method")}
    wrong = [key for key, value in texts.items() if not isinstance(value, str) or not value]
    wrong += ["inputs"] if not isinstance(row.get("inputs"), dict) else []
    wrong += ["expected"] if "expected" not in row else []
    rtol = row.get("rtol")
    if isinstance(rtol, bool) or not isinstance(rtol, int | float) or not 0 <= rtol <= LOOSEST:
        wrong.append("rtol")
    if wrong:
        raise BadInput(f"{where} lacks {', '.join(wrong)}, or gives another kind.", "See the format.")
    made_with, note = row.get("made_with"), row.get("note")
    return Case(
        **texts,
        inputs=Inputs(row["inputs"], file),
        expected=row["expected"],
        rtol=float(rtol),
        note=note if isinstance(note, str) else "",
        made_with=made_with if isinstance(made_with, dict) else {},
    )
