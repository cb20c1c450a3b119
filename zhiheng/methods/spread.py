"""How evenly a sample lies over space, and the variance that takes its evenness into account."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, chances

VERSION = "1"
# Coordinates that are equal on paper may differ in their last digits.
SAME_PLACE = 1e-12


def imbalance(pi: Any, places: Any, sample: Any) -> float:
    """Return B = 1/n sum over drawn units of (v_i - 1)^2, v_i the sum of pi of the units nearest to i.

    Stevens & Olsen (2004): each unit of the frame goes to the nearest drawn unit, shared equally among
    several. Zero is perfectly even; simple samples come to about 0.3. ``sample`` are positions.

    >>> imbalance([0.5] * 4, [[0.0], [1.0], [8.0], [9.0]], [0, 3])
    0.0
    """
    pi = chances.checked(pi, is_fixed=False)
    places, sample = _located(places, pi.size), _positions(sample, pi.size)
    far = cdist(places, places[sample])
    near = far <= far.min(1, keepdims=True) * (1 + SAME_PLACE)
    share = (pi[:, None] * near / near.sum(1, keepdims=True)).sum(0)
    return float(((share - 1) ** 2).mean())


def local_variance(y: Any, pi: Any, places: Any, *, neighbours: int = 1) -> float:
    """Return v = sum m_i / (m_i - 1) (z_i - mean_i z)^2, the local mean variance of a well spread total.

    z = y / pi; the mean is over i and its nearest drawn ``neighbours``, all of those at the last distance,
    m_i units in all (Grafstrom & Schelin 2014). With one neighbour j it is 1/2 sum (z_i - z_j)^2
    (Grafstrom, Lundstrom & Schelin 2012). All arguments are of the drawn units alone.

    >>> local_variance([1.0, 2.0, 8.0], [0.5] * 3, [[0.0], [1.0], [5.0]])
    76.0
    """
    pi = chances.checked(pi, is_fixed=False)
    y, places = arrays.vector(y, "values of the drawn units", size=pi.size), _located(places, pi.size)
    neighbours = arrays.whole(neighbours, "number of neighbours")
    if not neighbours < pi.size:
        raise BadInput("There are too few units for their neighbours.", "Draw two or more; ask for fewer.")
    z, far = y / pi, cdist(places, places)
    np.fill_diagonal(far, np.inf)
    bound = np.partition(far, neighbours - 1, axis=1)[:, neighbours - 1]
    near = far <= bound[:, None] * (1 + SAME_PLACE)
    np.fill_diagonal(near, True)
    m = near.sum(1)
    return float((m / (m - 1) * (z - near @ z / m) ** 2).sum())


def _located(places: Any, size: int) -> np.ndarray:
    places = arrays.numbers(places, "places")
    places = places[:, None] if places.ndim == 1 else places
    if places.ndim != 2 or places.shape[0] != size or not np.all(np.isfinite(places)):
        raise BadInput("There is not one known place a unit.", "Give coordinates for every unit.")
    return places


def _positions(sample: Any, size: int) -> np.ndarray:
    sample = arrays.column(sample, "drawn units")
    if sample.ndim != 1 or not sample.size or sample.dtype.kind not in "iu":
        raise BadInput("The sample holds no positions.", "Give whole numbers from 0.")
    if sample.min() < 0 or sample.max() >= size or np.unique(sample).size != sample.size:
        raise BadInput(
            "A position is not in the frame, or given twice.", "Give each drawn unit once, from 0."
        )
    return sample
