"""Append-only entries, evidence files and event delivery.

The names below are loaded when first used, because models exist only once Django has started.
"""

from __future__ import annotations

import importlib
from typing import Any

from zhiheng.ledger.actor import Actor

_HOME = {
    "record": "entries",
    "record_rows": "entries",
    "record_many": "batches",
    "timeline": "entries",
    "statement_of": "entries",
    "links": "entries",
    "published": "entries",
    "check": "entries",
    "bound": "words",
    "on": "delivery",
    "deliver_waiting": "delivery",
}
_ROOMS = ("batches", "delivery", "entries", "evidence", "guards", "ids", "models", "words")

__all__ = ["Actor", *_HOME, *_ROOMS]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(importlib.import_module(f"{__name__}.{_HOME[name]}"), name)
    if name in _ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
