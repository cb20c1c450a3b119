"""Says what the stage refuses in the language of the reader, kinds by their names."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from zhiheng.errors import ZhihengError
from zhiheng.stages.draw.words import translated

from . import formula_refusals, refusals, sample_refusals, sentences

Action = TypeVar("Action", bound=Callable[..., Any])

TABLE = refusals.REFUSALS | sample_refusals.TABLE | formula_refusals.TABLE
"""Every refusal of the stage: an action that releases also records, and meets the rules of both."""


def spoken(action: Action) -> Action:
    """Wrap an action so that what it refuses reads in the language of the person acting."""

    @wraps(action)
    def said(*args: Any, **kwargs: Any) -> Any:
        try:
            return action(*args, **kwargs)
        except ZhihengError as error:
            names = {**sentences.BASIS, **sentences.PURPOSE}
            named = {key: str(names[value]) for key, value in error.facts.items() if value in list(names)}
            error.facts = {**error.facts, **named}
            raise translated(error, TABLE) from error

    return said  # type: ignore[return-value]
