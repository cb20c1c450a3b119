"""Persons, roles, appointments; ``may``, ``require`` and ``within`` from one table.

The names below are loaded when first used, because models exist only once Django has started.
"""

from __future__ import annotations

import importlib
from typing import Any

from zhiheng.people.permissions import P

_HOME = {"may": "scope", "require": "scope", "within": "scope", "System": "scope", "Bearer": "scope"}
_ROOMS = ("actions", "clock", "erasing", "models", "permissions", "roles", "scope", "sign_in")

__all__ = ["P", *_HOME, *_ROOMS]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
