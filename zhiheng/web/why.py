"""The why drawer says on what ground a figure, a date, a selection or a decision stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Why:
    """The ground of one thing: rule, inputs, article with its confidence, who, when, how to check.

    ``confidence`` is ``text`` only when the text of the instrument was read; anything else shows as
    unverified.
    """

    rule: Any
    sentence: Any
    inputs: Sequence[tuple[Any, Any]] = ()
    article: Any = ""
    article_url: str = ""
    source: Any = ""
    confidence: str = ""
    who: Any = ""
    when: date | datetime | str | None = None
    check: Sequence[Any] = ()

    @property
    def is_verified(self) -> bool:
        """Say whether the text of the instrument was read."""
        return self.confidence == "text"

    @property
    def has_instrument(self) -> bool:
        """Say whether there is an article or a source to show a confidence for."""
        return bool(self.article or self.source)
