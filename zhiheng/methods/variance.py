"""The last step of every design-based error: from sums a stratum to the variance of an estimate.

Whoever reduces a sample, one scan over a big table or rows in memory, ends here, so that one formula and one
rule for a stratum with a single unit stands behind every figure.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

Lonely = Literal["adjust", "average", "certainty", "refuse"]


def finish(
    units: Any, centred: Any, alone: Any, free: Any, *, lonely: Lonely = "adjust", axis: int = -1
) -> np.ndarray:
    """Return v = sum_h (1 - f_h) n_h / (n_h - 1) C_h, the variance between the units of each stratum h.

    ``units`` n_h are the primary units drawn; ``centred`` C_h = sum (z - mean_h z)^2 over their linearised
    totals z (or the matrix of products); ``alone`` is the square of the one z of a stratum with n_h = 1,
    about the mean of all z; ``free`` is 1 - f_h, the share of the stratum that was not drawn. All broadcast
    together; strata lie along ``axis`` (Cochran 1977, 5.3 and 11.2; Wolter 2007, 1.4).

    A stratum with one unit that is not all of it counts with ``alone`` (``adjust``), with the average of the
    other strata (``average``), with nothing as if it were drawn for certain (``certainty``), or is refused.

    >>> float(finish([2, 4], [8.0, 6.0], [0.0, 0.0], [0.5, 1.0]))
    16.0
    """
    if not arrays.is_one_of(lonely, Lonely):
        raise BadInput(f"There is no way {lonely!r} for a stratum with one unit.", "Give 'adjust'.")
    parts = [arrays.numbers(part, "sum of a stratum") for part in (units, centred, alone, free)]
    arrays.together(*parts)
    units, centred, alone, free = np.broadcast_arrays(*parts)
    axis = arrays.whole(axis, "axis of the strata", least=-units.ndim, most=units.ndim - 1)
    if not all(np.isfinite(part).all() for part in parts) or np.any(parts[0] < 0):
        raise BadInput("A sum of a stratum is unknown, or its units are negative.", "Leave it out.")
    if np.any((parts[3] < 0) | (parts[3] > 1)):
        raise BadInput("A share not drawn lies outside 0 to 1.", "Give 1 - n_h / N_h, with n_h <= N_h.")
    is_alone = (units == 1) & (free > 0)
    if lonely == "refuse" and is_alone.any():
        raise BadInput(
            "A stratum has one primary unit.", "Join it with a like stratum, or choose how it counts."
        )
    paired = units > 1
    factor = np.where(paired, units / np.where(paired, units - 1, 1), 0.0)
    variance = (free * factor * centred).sum(axis)
    if lonely == "adjust":
        # A stratum without any unit brings what it holds, which is zero.
        variance = variance + (free * np.where(paired, 0.0, alone)).sum(axis)
    if lonely == "average":
        strata, known = (units > 0).sum(axis), ((units > 0) & ~is_alone).sum(axis)
        if np.any((known == 0) & (strata > 0)):
            raise BadInput("No stratum has two primary units.", "There is no average to take: join strata.")
        variance = variance * strata / np.maximum(known, 1)
    return variance
