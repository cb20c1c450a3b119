"""Adapters of confidence sequences."""

from __future__ import annotations

from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import anytime
from zhiheng.methods.validation.cases import Inputs


def lot(given: Inputs) -> dict[str, Any]:
    """Return limits of the marked units of a lot after each unit, and the narrowest so far."""
    found = anytime.lot(
        given.numbers("x"), given.whole("N"), prior=_prior(given), level=1 - given.number("alpha", 0.05)
    )
    return {
        "lower_M": found.lower,
        "upper_M": found.upper,
        "running_lower": found.running_lower,
        "running_upper": found.running_upper,
    }


def share(given: Inputs) -> dict[str, Any]:
    """Return limits of a share after the asked numbers of units, all of them unless some are named."""
    found = anytime.share(given.numbers("x"), prior=_prior(given), level=1 - given.number("alpha", 0.05))
    size = found.lower.size
    after = given.numbers("t") if given.is_known("t") else np.arange(1.0, size + 1)
    if not np.all((after >= 0) & (after <= size) & (after == np.floor(after))):
        raise BadInput(f"A limit is asked for after other than 0 to {size} units.", "Name numbers of units.")
    after = after.astype(int)
    # Before the first unit every share is left.
    return {
        "lower": np.append(0.0, found.lower)[after],
        "upper": np.append(1.0, found.upper)[after],
        "running_lower": np.append(0.0, found.running_lower)[after],
        "running_upper": np.append(1.0, found.running_upper)[after],
    }


def _prior(given: Inputs) -> tuple[float, float]:
    return tuple(given.numbers("prior")) if given.is_known("prior") else (1.0, 1.0)


ADAPTERS = {"ppr_confidence_sequence_wor": lot, "robbins_bernoulli_cs": share}
