"""Statistical methods on NumPy and SciPy alone: arrays in, frozen results out.

The rooms are reached by name, each loaded when it is first asked for: ``from zhiheng import methods`` and
``methods.survey``. Nothing is loaded before, so a command that needs one room waits for no other.
"""

from __future__ import annotations

import importlib
from types import ModuleType


def __getattr__(name: str) -> ModuleType:
    if not name.startswith("_"):
        room = f"{__name__}.{name}"
        try:
            return importlib.import_module(room)
        except ModuleNotFoundError as error:
            # What a room itself lacks is another matter, and is said as it is.
            if error.name != room:
                raise
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    import pkgutil  # only who looks around needs it

    return sorted({*globals(), *(room.name for room in pkgutil.iter_modules(__path__))})
