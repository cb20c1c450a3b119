"""What became of drawn units, told by the stage that visits them: it comes later, so it fills these slots."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .models import Draw, Selection

Told = Callable[[Selection], str]
Counted = Callable[[Sequence[Draw]], Mapping[Any, int]]
_tellers: list[Told] = []
_counters: list[Counted] = []


def tell_by(teller: Told) -> None:
    """Register who knows the outcome of visits: it returns the outcome of one that failed, else nothing."""
    if teller not in _tellers:
        _tellers.append(teller)


def failed(chosen: Selection) -> str:
    """Return how the visit of a drawn unit failed (refused, closed, not found, no stock), or nothing."""
    return next((told for teller in _tellers if (told := teller(chosen))), "")


def count_by(counter: Counted) -> None:
    """Register who counts the units of some draws whose visit has no outcome yet: it answers by draw."""
    if counter not in _counters:
        _counters.append(counter)


def waiting(draws: Sequence[Draw]) -> dict[Any, int]:
    """Return how many drawn units of each revealed draw still wait for the outcome of their visit."""
    return {key: count for counter in _counters for key, count in counter(draws).items()}
