"""Reads what a method is given as arrays of numbers, and refuses what is unknown or of another shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from zhiheng.errors import BadInput


def vector(values: Any, name: str, *, least: int = 1, size: int | None = None) -> np.ndarray:
    """Return finite numbers in one dimension, at least ``least`` of them or exactly ``size``.

    >>> vector(3, "score").tolist()
    [3.0]
    """
    found = np.atleast_1d(_numbers(values, name))
    if found.ndim != 1:
        raise BadInput(f"The {name} is no single row of numbers.", "Give one number a place.")
    if size is not None and found.size != size:
        raise BadInput(f"The {name} has {found.size} numbers where {size} belong.", "Give one for each.")
    if found.size < least:
        raise BadInput(f"The {name} has {found.size} numbers.", f"Give at least {least}.")
    return _known(found, name)


def table(values: Any, name: str, *, least: int = 1, shape: tuple[int, ...] | None = None) -> np.ndarray:
    """Return a finite table, a row for each unit, with at least ``least`` rows.

    >>> table([[1, 2], [3, 4]], "scores").shape
    (2, 2)
    """
    found = _numbers(values, name)
    if found.ndim != 2 or not found.shape[1] or found.shape[0] < least:
        raise BadInput(f"The {name} is no table of at least {least} rows.", "Give a row for each unit.")
    if shape is not None and found.shape != shape:
        raise BadInput(f"The {name} is of shape {found.shape}, not {shape}.", "Give a number for each place.")
    return _known(found, name)


def shares(values: Any, name: str, size: int) -> np.ndarray:
    """Return weights of zero or more, scaled to add up to 1.

    >>> shares([1, 3], "weights", 2).tolist()
    [0.25, 0.75]
    """
    found = vector(values, name, size=size)
    if np.any(found < 0) or not found.sum() > 0:
        raise BadInput(f"The {name} are negative or all zero.", "Give zero or more, and one above zero.")
    return found / found.sum()


def between(value: float, low: float, high: float, name: str) -> float:
    """Return a number strictly between two limits."""
    if not low < value < high:
        raise BadInput(f"The {name} {value} is not between {low} and {high}.", "Give a number between them.")
    return float(value)


def _numbers(values: Any, name: str) -> np.ndarray:
    try:
        return np.asarray(values, dtype=float)
    except (TypeError, ValueError):
        raise BadInput(f"The {name} holds no numbers.", "Give numbers in rows of one length.") from None


def _known(found: np.ndarray, name: str) -> np.ndarray:
    if not np.isfinite(found).all():
        raise BadInput(f"A number of the {name} is unknown.", "Leave such units or periods out.")
    return found


def numbers(values: Any, name: str) -> np.ndarray:
    """Return numbers of any shape, unknown ones among them; text and ragged rows are refused.

    >>> numbers([[1, 2]], "scores").shape
    (1, 2)
    """
    found = _numbers(values, name)
    # Text that reads like a number is text, and no date or complex number is measured.
    if np.asarray(values).dtype.kind not in "biufO":
        raise BadInput(f"The {name} holds no numbers.", "Give numbers in rows of one length.")
    return found


def count(value: Any, name: str, *, least: int = 0, most: int | None = None) -> int:
    """Return a whole number from ``least`` to ``most``.

    >>> count(3.0, "size")
    3
    """
    found = numbers(value, name)
    if found.ndim or not np.isfinite(found) or found != np.floor(found) or found < least:
        raise BadInput(f"The {name} {value} is no whole number from {least}.", "Give a whole number.")
    if most is not None and found > most:
        raise BadInput(f"The {name} {value} is above {most}.", "Give a smaller one.")
    return int(found)


def counts(values: Any, name: str) -> np.ndarray:
    """Return whole numbers of zero or more in one dimension.

    >>> counts([1, 2.0], "sizes").tolist()
    [1, 2]
    """
    found = numbers(values, name)
    if found.ndim != 1 or not np.all((found >= 0) & (found < 2**53) & (found == np.floor(found))):
        raise BadInput(f"The {name} are not whole numbers from 0.", "Give one whole number a place.")
    return found.astype(int)


def number(value: Any, name: str) -> float:
    """Return one number, which may be unknown; anything else is refused.

    >>> number(2, "level")
    2.0
    """
    found = numbers(value, name)
    if found.ndim:
        raise BadInput(f"The {name} is no single number.", "Give one number.")
    return float(found)
