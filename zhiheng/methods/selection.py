"""Who is drawn: the smallest keys of each stratum, and the exact probability that goes with it.

The keys decide alone: tickets of the public lottery, permanent random numbers, or the uniforms of a
simulation. Nothing here makes randomness.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from zhiheng.errors import BadInput

VERSION = "1"


def sample_sizes(population: Any, fractions: list[Fraction], *, minimum: int = 2) -> list[int]:
    """Return n_h = min(N_h, max(minimum, ceil(fraction_h N_h))), exactly in whole numbers.

    No stratum with units gets nothing, so every unit has a probability above zero.

    >>> from fractions import Fraction as F
    >>> sample_sizes([1308, 506, 154, 30, 1, 0], [F(1, 25), F(1, 12), F(1, 6), F(1, 3), F(1, 3), F(1, 3)])
    [53, 43, 26, 10, 1, 0]
    """
    sizes = [int(n) for n in population]
    if len(sizes) != len(fractions) or minimum < 1:
        raise BadInput(
            "There is not one fraction a stratum, or no minimum.", "Give both, with a minimum of 1 or more."
        )
    if any(n < 0 for n in sizes) or any(not 0 < f <= 1 for f in fractions):
        raise BadInput("A stratum is negative or a fraction outside 0 to 1.", "Give fractions such as 1/25.")
    return [
        min(n, max(minimum, -((-n * f.numerator) // f.denominator)))
        for n, f in zip(sizes, fractions, strict=True)
    ]


def within_strata(keys: Any, stratum: Any, sizes: Any) -> np.ndarray:
    """Return the positions of the n_h smallest keys of each stratum h = 0, 1, ..., in key order by stratum.

    With independent uniform keys this is a simple random sample within strata (Fan, Muller & Rezucha 1962).
    Keys are numbers, or byte strings of one length (tickets) compared as bytes; equal keys are refused,
    for they would leave the choice to the order of the list.

    >>> within_strata([0.9, 0.1, 0.5, 0.3], [0, 0, 1, 1], [1, 1]).tolist()
    [1, 3]
    """
    keys, stratum = np.asarray(keys), np.asarray(stratum)
    sizes = np.asarray(sizes, dtype=int)
    if keys.shape != stratum.shape or keys.ndim != 1:
        raise BadInput("There is not one key and one stratum a unit.", "Give both as lists of one length.")
    if stratum.size and (stratum.min() < 0 or stratum.max() >= sizes.size):
        raise BadInput(
            "A unit names a stratum without a sample size.", "Number strata 0, 1, ... with a size each."
        )
    counts = np.bincount(stratum, minlength=sizes.size)
    if np.any(sizes < 0) or np.any(sizes > counts):
        raise BadInput("A stratum is asked for more units than it holds.", "Ask for n_h <= N_h.")
    order = np.lexsort((keys, stratum))
    ordered, home = keys[order], stratum[order]
    if np.any((ordered[1:] == ordered[:-1]) & (home[1:] == home[:-1])):
        raise BadInput("Two units of a stratum have the same key.", "Give every unit a key of its own.")
    place = np.arange(order.size) - np.repeat(np.cumsum(counts) - counts, counts)
    return order[place < np.repeat(sizes, counts)]


def probabilities(population: Any, sizes: Any) -> tuple[tuple[int, int], ...]:
    """Return the inclusion probability of a unit of each stratum as the exact pair (n_h, N_h).

    >>> probabilities([1308, 30], [53, 10])
    ((53, 1308), (10, 30))
    """
    pairs = tuple((int(n), int(total)) for n, total in zip(sizes, population, strict=True))
    if any(not 0 <= n <= total for n, total in pairs):
        raise BadInput("A sample is larger than its stratum.", "Give 0 <= n_h <= N_h.")
    return pairs
