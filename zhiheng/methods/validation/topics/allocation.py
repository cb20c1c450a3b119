"""Adapters of allocation and sample size."""

from __future__ import annotations

from typing import Any

import numpy as np

from zhiheng.methods import allocation
from zhiheng.methods.validation.cases import Inputs


def neyman(given: Inputs) -> dict[str, Any]:
    """Return the allocations of one number of units by several rules."""
    size, spread, n = given.numbers("N"), given.numbers("S"), given.number("n")
    plain = allocation.neyman(size, spread, n)
    return {
        "neyman": plain,
        "proportional": allocation.proportional(size, n),
        "cost_optimal": lambda: allocation.neyman(size, spread, n, cost=given.numbers("cost")),
        "capped_at_N": lambda: allocation.bounded(size, spread, n),
        "box_bounded": lambda: allocation.bounded(
            size,
            spread,
            given.number("n_bounded"),
            lower=given.numbers("lower"),
            upper=given.numbers("upper"),
        ),
        "var_total_neyman": lambda: _closed_form(size, spread, n),
    }


def _closed_form(size: np.ndarray, spread: np.ndarray, n: float) -> float:
    """Return (sum N S)^2 / n - sum N S^2, into which the reference puts its sizes whatever a stratum holds.

    Where one is asked for more than it holds, no draw has this variance: ``allocation.least_variance`` has
    the one that can be reached, and both are the same elsewhere.
    """
    return float((size * spread).sum() ** 2 / n - (size * spread**2).sum())


def bethel(given: Inputs) -> dict[str, Any]:
    """Return the cheapest allocation for several targets."""
    size, spread = given.numbers("N"), given.numbers("S")
    found = allocation.bethel(
        size,
        # One variable may have been written as a vector.
        spread.reshape(size.size, -1) if spread.ndim == 1 else spread,
        given.numbers("mean"),
        given.numbers("cv"),
        cost=given.numbers("cost") if given.is_known("cost") else None,
        # The reference is continuous and knows no caps.
        is_capped=False,
    )
    return {"n_continuous": found.sizes, "total": found.total, "cv_reached": found.reached}


def proportion(given: Inputs) -> dict[str, Any]:
    """Return the number of units by which a share is known so closely."""
    asked = {
        "share": given.number("p"),
        "half_width": given.number("half_width"),
        "level": given.number("level", 0.95),
    }
    return {
        "n0": allocation.for_proportion(**asked),
        "n_fpc": lambda: allocation.for_proportion(
            **asked, population=given.number("N") if given.is_known("N") else None
        ),
    }


ADAPTERS = {"neyman": neyman, "bethel": bethel, "n_for_proportion": proportion}
