"""Adapters of survey estimation: each calls the public function and names its results as the cases do."""

from __future__ import annotations

from typing import Any

from zhiheng.methods import intervals
from zhiheng.methods.validation.cases import Inputs


def hypergeometric(given: Inputs) -> dict[str, Any]:
    """Return the limits of the number of marked units in a finite lot."""
    low, high = intervals.hypergeometric(
        given.whole("x"), given.whole("n"), given.whole("N"), level=given.number("level")
    )
    return {"M_lower": low, "M_upper": high}


ADAPTERS = {"hypergeometric_ci": hypergeometric}
