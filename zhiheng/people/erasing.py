"""Reaches what the rooms above keep of a person whose account is erased; each of them says how."""

from __future__ import annotations

from collections.abc import Callable

from zhiheng.people.models import Person

REASONS = ("requested", "mistaken", "unlawful")
"""A choice and no free text: what is written about an erasure stays in the chain for ever."""

_REACHED: dict[str, Callable[[Person], None]] = {}


def reaches(model: str, act: Callable[[Person], None]) -> None:
    """Say how a room above erases what one of its models (``app.Model``) keeps of a person, or refuses to."""
    _REACHED[model] = act


def reached() -> list[str]:
    """List the models that an erasure reaches above this floor, for a test."""
    return sorted(_REACHED)


def everywhere(person: Person) -> None:
    """Erase what all rooms above keep of a person, before the account itself is erased."""
    for model in reached():
        _REACHED[model](person)
