"""Says where a result differs from what a reference case expects, and by how much."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

# Numbers are written with 15 significant digits: equality can mean no more than agreement in them.
EXACT = 1e-14
# What cancels to zero leaves rounding noise of the size of its neighbours.
NOISE = 1e-14
NOISE_AMONG_ZEROS = 1e-12


@dataclass(frozen=True)
class Near:
    """A value with a tolerance of its own: |found - expected| <= atol + rtol |expected|."""

    value: Any
    atol: Any = 0.0
    rtol: float = 0.0


@dataclass(frozen=True)
class AtMost(Near):
    """A measure of error, of which less is better: only what is above the expected counts."""


@dataclass(frozen=True)
class Finding:
    """One output of a case and whether it holds; its error is relative, or in units of its own tolerance."""

    output: str
    holds: bool
    error: float = 0.0
    expected: Any = None
    found: Any = None
    is_absent: bool = False


def compare(expected: Any, found: Any, rtol: float, output: str = "") -> Iterator[Finding]:
    """Yield a finding for each output that ``expected`` names.

    >>> [f.holds for f in compare({"a": 1.0, "b": [2, 3]}, {"a": 1.0 + 1e-9, "b": [2, 4]}, 1e-8)]
    [True, False]
    """
    if isinstance(expected, np.ndarray):
        expected = expected.tolist()
    if isinstance(expected, Mapping):
        yield from _by_name(expected, found, rtol, output)
    elif _is_numeric(expected):
        yield _numbers(expected, found, rtol, output)
    elif isinstance(expected, list):
        yield from _by_place(expected, found, rtol, output)
    else:
        ours = np.ravel(found).tolist() if isinstance(found, np.ndarray | list | tuple) else [found]
        yield Finding(output, ours == [expected], 0.0, expected, found)


def _by_name(expected: Mapping[str, Any], found: Any, rtol: float, output: str) -> Iterator[Finding]:
    if isinstance(found, list | tuple) and len(found) == 1:
        # A list of length one may have been written without its brackets.
        found = found[0]
    if not isinstance(found, Mapping):
        yield Finding(output, False, np.inf, expected, found)
        return
    for name, value in expected.items():
        path = f"{output}.{name}" if output else name
        if name not in found:
            yield Finding(path, False, np.inf, value, is_absent=True)
            continue
        ours = found[name]
        yield from compare(value, ours() if callable(ours) else ours, rtol, path)


def _by_place(expected: list[Any], found: Any, rtol: float, output: str) -> Iterator[Finding]:
    if isinstance(found, np.ndarray):
        found = found.tolist()
    if not isinstance(found, Sequence) or isinstance(found, str) or len(found) != len(expected):
        yield Finding(output, False, np.inf, expected, found)
        return
    for place, (theirs, ours) in enumerate(zip(expected, found, strict=True)):
        yield from compare(theirs, ours, rtol, f"{output}[{place}]")


def _is_numeric(value: Any) -> bool:
    return _array(value) is not None


def _array(value: Any) -> np.ndarray | None:
    """Return numbers, null as NaN, without axes of length one; None for texts, mixtures and ragged lists."""
    if isinstance(value, Near):
        value = value.value
    try:
        array = np.asarray([] if value is None else value)
        if array.dtype.kind == "O":
            array = np.asarray(value, dtype=float)
    except (TypeError, ValueError, OverflowError):
        return None
    return np.squeeze(array.astype(float)) if array.dtype.kind in "biuf" else None


def _numbers(expected: Any, found: Any, rtol: float, output: str) -> Finding:
    theirs, ours = _array(expected), _array(found)
    if ours is None or ours.shape != theirs.shape:
        return Finding(output, False, np.inf, expected, found)
    if not theirs.size:
        return Finding(output, True)
    if isinstance(found, Near):
        allowed = np.squeeze(np.asarray(found.atol, dtype=float)) + found.rtol * np.abs(theirs)
    else:
        allowed = _allowed(theirs, rtol)
    allowed = np.broadcast_to(allowed, theirs.shape)
    same = (ours == theirs) | (np.isnan(ours) & np.isnan(theirs))
    with np.errstate(invalid="ignore"):
        away = np.where(same, 0.0, np.abs(ours - theirs))
        if isinstance(found, AtMost):
            away = np.where(ours < theirs, 0.0, away)
    away = np.where(np.isnan(away), np.inf, away)
    worst = int(np.argmax(away - allowed)) if away.ndim else 0
    scale = np.where(np.abs(theirs) <= NOISE, 1.0, np.abs(theirs))
    unit = np.where(allowed > 0, allowed, 1.0) if isinstance(found, Near) else scale
    holds = bool((away <= allowed).all())
    return Finding(
        output,
        holds,
        float(np.max(away / np.where(np.isfinite(unit), unit, 1.0))),
        float(theirs.ravel()[worst]),
        float(ours.ravel()[worst]),
    )


def _allowed(expected: np.ndarray, rtol: float) -> np.ndarray:
    finite = np.abs(expected[np.isfinite(expected)])
    scale = float(finite.max()) if finite.size else 0.0
    noise = NOISE * scale if scale else NOISE_AMONG_ZEROS
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(max(rtol, EXACT) * np.abs(expected), nan=0.0, posinf=0.0) + noise
