"""Reads what a method is given as arrays of numbers, and refuses what is unknown or of another shape."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar, get_args

import numpy as np

from zhiheng.errors import BadInput

# Beyond it a float no longer tells one whole number from the next.
LARGEST = 2**53

Kind = TypeVar("Kind")


def vector(values: Any, name: str, *, least: int = 1, size: int | None = None) -> np.ndarray:
    """Return finite numbers in one dimension, at least ``least`` of them or exactly ``size``.

    >>> vector(3, "score").tolist()
    [3.0]
    """
    found = np.atleast_1d(numbers(values, name))
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
    found = numbers(values, name)
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
    value = number(value, name)
    if not low < value < high:
        raise BadInput(f"The {name} {value} is not between {low} and {high}.", "Give a number between them.")
    return float(value)


def _is_real(value: Any) -> bool:
    try:
        return np.ndim(value) == 0 and np.asarray(value).dtype.kind in "biufO" and np.isfinite(float(value))
    except (TypeError, ValueError, OverflowError):
        return False


def _known(found: np.ndarray, name: str) -> np.ndarray:
    if not np.isfinite(found).all():
        raise BadInput(f"A number of the {name} is unknown.", "Leave such units or periods out.")
    return found


def whole(value: Any, name: str, *, least: int = 1, most: float = LARGEST) -> int:
    """Return one whole number within limits; 3.0 is one, 2.5, text and what is unknown are none.

    >>> whole(3.0, "number of parts")
    3
    """
    found = numbers(value, name)
    if found.ndim or not float(found).is_integer() or not least <= found <= most:
        wanted = f"from {least}" + (f" to {most:g}" if most < LARGEST else "")
        raise BadInput(f"The {name} {value} is no whole number {wanted}.", "Give such a number.")
    return int(found)


def number(value: Any, name: str) -> float:
    """Return one finite number.

    >>> number(np.float64(2.5), "shift")
    2.5
    """
    found = numbers(value, name)
    if found.ndim or not np.isfinite(found):
        raise BadInput(f"The {name} {value} is no finite number.", "Give one known number.")
    return float(found)


def flag(value: Any, name: str) -> bool:
    """Return true or false, and refuse what is merely taken for one of them.

    >>> flag(np.True_, "cap")
    True
    """
    if not isinstance(value, bool | np.bool_):
        raise BadInput(f"The {name} is neither true nor false.", "Give True or False.")
    return bool(value)


def is_one_of(value: Any, options: Any) -> bool:
    """Say whether a value is one of the texts that a Literal type lists.

    >>> from typing import Literal
    >>> is_one_of("a", Literal["a", "b"]), is_one_of(["a"], Literal["a", "b"])
    (True, False)
    """
    return isinstance(value, str) and value in get_args(options)


def instance(value: Any, kind: type[Kind], name: str) -> Kind:
    """Return what was built by a class of the methods, and refuse anything in its place.

    >>> instance(1.5, float, "share")
    1.5
    """
    if not isinstance(value, kind):
        room = kind.__module__.rpartition(".")[2]
        raise BadInput(f"The {name} is no {kind.__name__}.", f"Build one first: see {room}.{kind.__name__}.")
    return value


def listed(values: Any, name: str) -> list[Any]:
    """Return the items of a list, a tuple or another series of things; a text is none.

    >>> listed((1, 2), "sizes")
    [1, 2]
    """
    is_point = isinstance(values, np.ndarray) and not values.ndim
    if is_point or not isinstance(values, Iterable) or isinstance(values, str | bytes):
        raise BadInput(f"The {name} is no list.", "Give one entry for each.")
    return list(values)


def column(values: Any, name: str) -> np.ndarray:
    """Return labels, places or numbers as they are, in an array; ragged rows are refused.

    >>> column(["u", "v"], "groups").shape
    (2,)
    """
    try:
        return np.asarray(values)
    except (TypeError, ValueError, OverflowError):
        raise BadInput(f"The {name} are of unequal length.", "Give one for each, in one row.") from None


def generator(value: Any) -> np.random.Generator:
    """Return a source of random numbers, and refuse what is none: a seed belongs to who draws.

    >>> generator(np.random.default_rng(1)).random() < 1
    True
    """
    if not isinstance(value, np.random.Generator):
        raise BadInput("There is nothing to draw from.", "Give a generator: numpy.random.default_rng(seed).")
    return value


def positions(values: Any, name: str) -> np.ndarray:
    """Return whole numbers from 0, each below how many there are: the node that each of them belongs to.

    >>> positions([0, 0, 1], "parents").tolist()
    [0, 0, 1]
    """
    found = vector(values, name)
    if np.any((found < 0) | (found >= found.size) | (found != np.floor(found))):
        raise BadInput(f"The {name} are no places from 0.", "Number them from 0 without gaps.")
    return found.astype(int)


def numbers(values: Any, name: str) -> np.ndarray:
    """Return numbers of any shape, unknown ones among them; text and ragged rows are refused.

    >>> numbers([[1, 2]], "scores").shape
    (1, 2)
    """
    try:
        found = np.asarray(values, dtype=float)
    except (TypeError, ValueError, OverflowError):
        found = None
    # Text that reads like a number is text, and no date or complex number is measured.
    if found is None or np.asarray(values).dtype.kind not in "biufO":
        raise BadInput(f"The {name} holds no numbers.", "Give numbers in rows of one length.")
    return found


def marks(values: Any, name: str, size: int) -> np.ndarray:
    """Return booleans from true and false or from 1 and 0, one a row; a word is no mark, nor is an unknown.

    >>> marks([1, 0, True], "domain", 3).tolist()
    [True, False, True]
    """
    found = np.asarray(values, dtype=None if isinstance(values, np.ndarray) else object)
    if found.shape != (size,):
        raise BadInput(f"The marks of the {name} do not fit.", "Give one mark a row.")
    if found.dtype == bool:
        return found
    if found.dtype.kind in "iuf" and np.isin(found, (0, 1)).all():
        return found.astype(bool)
    if not all(not isinstance(mark, str) and mark in (0, 1) for mark in found.tolist()):
        raise BadInput(f"A mark of the {name} is neither true nor false.", "Give true and false, or 1 and 0.")
    return found.astype(bool)


def labels(values: Any, name: str, size: int) -> tuple[list[Any], np.ndarray]:
    """Return the sorted labels and the number of each row's; unknown labels or mixed kinds are refused.

    >>> found, codes = labels(["v", "u", "v"], "group", 3)
    >>> found, codes.tolist()
    (['u', 'v'], [1, 0, 1])
    """
    cause, remedy = f"A {name} is unknown, or named in another way than others.", "Name each in one way."
    try:
        found = np.asarray(values)
        is_mixed = found.dtype.kind == "U" and not isinstance(values, np.ndarray)
        if is_mixed and found.ndim == 1 and not all(isinstance(label, str) for label in values):
            raise BadInput(cause, remedy)
        if found.shape != (size,):
            raise BadInput(f"There is not one {name} a row.", "Give every row its own.")
        if found.dtype.kind in "fcmMO" and np.any(found != found):
            raise BadInput(cause, remedy)
        names, codes = np.unique(found, return_inverse=True)
    except (TypeError, ValueError):
        raise BadInput(cause, remedy) from None
    return names.tolist(), codes


def confidence(level: Any) -> float:
    """Return a level strictly between 0 and 1.

    >>> confidence(0.95)
    0.95
    """
    found = float(level) if _is_real(level) else np.nan
    if not 0 < found < 1:
        raise BadInput(f"A level of {level} is not between 0 and 1.", "Give 0.95 for 95 %.")
    return found


def frozen(values: np.ndarray) -> np.ndarray:
    """Return a copy that nobody can change, so that a frozen object stays what was checked.

    >>> frozen(np.ones(2)).flags.writeable
    False
    """
    found = np.array(values)
    found.flags.writeable = False
    return found


def kept(values: Any) -> Any:
    """Return a column as it is now: arrays and lists are copied, and what is no column is left.

    >>> kept([1, "a"]), kept(None)
    ((1, 'a'), None)
    """
    if isinstance(values, np.ndarray):
        return frozen(values)
    return tuple(values) if isinstance(values, list) else values


def together(*parts: np.ndarray) -> None:
    """Refuse arrays that cannot stand beside each other."""
    try:
        np.broadcast_shapes(*(np.shape(part) for part in parts))
    except ValueError:
        raise BadInput(
            "The numbers do not fit together.", "Give arrays of one shape, or one number."
        ) from None


def counts(values: Any, name: str) -> np.ndarray:
    """Return whole numbers of zero or more in one dimension.

    >>> counts([1, 2.0], "sizes").tolist()
    [1, 2]
    """
    found = numbers(values, name)
    if found.ndim != 1 or not np.all((found >= 0) & (found < LARGEST) & (found == np.floor(found))):
        raise BadInput(f"The {name} are not whole numbers from 0.", "Give one whole number a place.")
    return found.astype(int)
