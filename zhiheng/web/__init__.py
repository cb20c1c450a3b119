"""The shell every page uses; it knows no stage.

``from zhiheng import web`` gives ``web.page`` and the rooms (``web.slots``, ``web.tables`` ...); each is
imported when it is first named, so that pure code never loads Django through this package.
"""

from __future__ import annotations

import importlib
from typing import Any

ROOMS = frozenset(
    {"breadcrumb", "charts", "forms", "imports", "problems", "slots", "tables", "tilemap", "timeline", "why"}
)


def __getattr__(name: str) -> Any:
    """Load ``page`` or one of the rooms on first use."""
    if name == "page":
        return importlib.import_module("zhiheng.web.gate").page
    if name in ROOMS:
        return importlib.import_module(f"zhiheng.web.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
