"""Adapters of confidence sequences."""

from __future__ import annotations

from typing import Any

from zhiheng.methods import anytime
from zhiheng.methods.validation.cases import Inputs


def lot(given: Inputs) -> dict[str, Any]:
    """Return limits of the marked units of a lot after each unit, and the narrowest so far."""
    found = anytime.lot(
        given.numbers("x"), given.whole("N"), prior=_prior(given), level=1 - given.number("alpha")
    )
    return {
        "lower_M": found.lower,
        "upper_M": found.upper,
        "running_lower": found.running_lower,
        "running_upper": found.running_upper,
    }


def share(given: Inputs) -> dict[str, Any]:
    """Return limits of a share after the asked numbers of units, all of them unless some are named."""
    found = anytime.share(given.numbers("x"), prior=_prior(given), level=1 - given.number("alpha"))
    at = given.positions("t") if "t" in given else slice(None)
    return {
        "lower": found.lower[at],
        "upper": found.upper[at],
        "running_lower": found.running_lower[at],
        "running_upper": found.running_upper[at],
    }


def _prior(given: Inputs) -> tuple[float, float]:
    return tuple(given.numbers("prior")) if "prior" in given else (1.0, 1.0)


ADAPTERS = {"ppr_confidence_sequence_wor": lot, "robbins_bernoulli_cs": share}
