"""What became of a drawn unit, told by the stage that visits it: it comes later, so it fills this slot."""

from __future__ import annotations

from collections.abc import Callable

from .models import Selection

Told = Callable[[Selection], str]
_tellers: list[Told] = []


def tell_by(teller: Told) -> None:
    """Register who knows the outcome of visits: it returns the outcome of one that failed, else nothing."""
    if teller not in _tellers:
        _tellers.append(teller)


def failed(chosen: Selection) -> str:
    """Return how the visit of a drawn unit failed (refused, closed, not found, no stock), or nothing."""
    return next((told for teller in _tellers if (told := teller(chosen))), "")
