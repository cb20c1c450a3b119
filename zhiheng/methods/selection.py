"""Who is drawn: the smallest keys of each stratum, and the exact probability that goes with it.

The keys decide alone: tickets of the public lottery, permanent random numbers, or the uniforms of a
simulation. Nothing here makes randomness.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"


def sample_sizes(population: Any, fractions: list[Fraction], *, minimum: int = 2) -> list[int]:
    """Return n_h = min(N_h, max(minimum, ceil(fraction_h N_h))), exactly in whole numbers.

    No stratum with units gets nothing, so every unit has a probability above zero.

    >>> from fractions import Fraction as F
    >>> sample_sizes([1308, 506, 154, 30, 1, 0], [F(1, 25), F(1, 12), F(1, 6), F(1, 3), F(1, 3), F(1, 3)])
    [53, 43, 26, 10, 1, 0]
    """
    sizes = arrays.counts(population, "stratum sizes").tolist()
    fractions = [_exact(part) for part in arrays.listed(fractions, "fractions")]
    minimum = arrays.whole(minimum, "least size of a stratum", least=0)
    if len(sizes) != len(fractions) or minimum < 1:
        raise BadInput(
            "There is not one fraction a stratum, or no minimum.", "Give both, with a minimum of 1 or more."
        )
    if any(not 0 < f <= 1 for f in fractions):
        raise BadInput("A fraction lies outside 0 to 1.", "Give fractions such as 1/25.")
    return [
        min(n, max(minimum, -((-n * f.numerator) // f.denominator)))
        for n, f in zip(sizes, fractions, strict=True)
    ]


def by_quota(quota: int, population: Any, measures: Any, floors: Any) -> list[int]:
    """Return n_h with sum n_h = quota, in proportion to the measures m_h, within floor_h <= n_h <= N_h.

    Symbols: N_h units of stratum h; m_h > 0 its measure, such as N_h times a weight; l_h = min(N_h, floor_h).
    The exact shares are clip(t m_h, l_h, N_h) with the one t that gives the quota; it is found by fixing,
    turn by turn, the strata that break the bound which is broken by more in all. They are rounded by largest
    remainders (Hamilton 1792), ties to the earlier stratum. All in whole numbers and exact fractions. A quota
    of all units or more takes all; one below the sum of the floors is refused, since it would leave a stratum
    without a variance.

    >>> by_quota(10, [100] * 6, [47000, 16000, 15800, 12000, 6100, 3100], [0] * 6)
    [5, 2, 1, 1, 1, 0]
    >>> by_quota(20, [1000, 30, 4], [1000, 120, 32], [2, 2, 2])
    [16, 2, 2]
    """
    quota = arrays.whole(quota, "quota", least=0)
    sizes, bounds = arrays.counts(population, "stratum sizes"), arrays.counts(floors, "floors")
    parts = [_exact(part) for part in arrays.listed(measures, "measures")]
    if not len(parts) == sizes.size == bounds.size or any(part <= 0 for part in parts):
        raise BadInput(
            "There is not one measure above zero a stratum.", "Give each stratum a size and a weight."
        )
    least, sizes = np.minimum(sizes, bounds).tolist(), sizes.tolist()
    if quota >= sum(sizes):
        return sizes
    if quota < sum(least):
        raise BadInput(
            f"A quota of {quota} is below the {sum(least)} units that the floors ask for.",
            "Raise the quota or lower the floor.",
            code="quota-below-floors",
            quota=quota,
            least=sum(least),
        )
    return _rounded(_boxed(quota, sizes, parts, least), quota)


def _boxed(quota: int, sizes: list[int], parts: list[Fraction], least: list[int]) -> list[Fraction]:
    """Return the exact shares of a quota within their bounds."""
    fixed: dict[int, int] = {}
    while True:
        free = [h for h in range(len(sizes)) if h not in fixed]
        left, total = quota - sum(fixed.values()), sum((parts[h] for h in free), Fraction())
        share = {h: left * parts[h] / total for h in free}
        over = {h: sizes[h] for h in free if share[h] > sizes[h]}
        under = {h: least[h] for h in free if share[h] < least[h]}
        if not over and not under:
            return [Fraction(fixed[h]) if h in fixed else share[h] for h in range(len(sizes))]
        excess = sum((share[h] - bound for h, bound in over.items()), Fraction())
        deficit = sum((bound - share[h] for h, bound in under.items()), Fraction())
        fixed |= over if excess >= deficit and over else {}
        fixed |= under if deficit >= excess and under else {}


def _rounded(shares: list[Fraction], total: int) -> list[int]:
    """Round to whole numbers with a given sum: the largest remainders are rounded up."""
    whole = [int(share) for share in shares]
    order = sorted(range(len(shares)), key=lambda h: (whole[h] - shares[h], h))
    for h in order[: total - sum(whole)]:
        whole[h] += 1
    return whole


def frame_weights(chances: list[Fraction]) -> tuple[Fraction, Fraction]:
    """Return what a unit weighs that several frames hold: single-frame weight and multiplicity weight.

    ``chances`` are its inclusion probabilities in the frames that hold it, the first in the draw that chose
    it. Single frame: 1 / sum pi_f (Kalton & Anderson 1986), for estimates over all draws together; each unit
    has it whichever draw chose it. Multiplicity: 1 / (m pi_1) with m frames (Mecatti 2007). Both add up to
    the population in expectation; with one frame both are 1 / pi.

    >>> from fractions import Fraction as F
    >>> frame_weights([F(1, 10), F(1, 15)])
    (Fraction(6, 1), Fraction(5, 1))
    """
    chances = [_exact(chance) for chance in arrays.listed(chances, "chances")]
    if not chances or any(not 0 < chance <= 1 for chance in chances):
        raise BadInput(
            "A unit has no chance, or one outside 0 to 1.", "Leave out frames that could not draw it."
        )
    return 1 / sum(chances, Fraction()), 1 / (len(chances) * chances[0])


def within_strata(keys: Any, stratum: Any, sizes: Any) -> np.ndarray:
    """Return the positions of the n_h smallest keys of each stratum h = 0, 1, ..., in key order by stratum.

    With independent uniform keys this is a simple random sample within strata (Fan, Muller & Rezucha 1962).
    Keys are numbers, or byte strings of one length (tickets) compared as bytes; equal keys are refused,
    for they would leave the choice to the order of the list.

    >>> within_strata([0.9, 0.1, 0.5, 0.3], [0, 0, 1, 1], [1, 1]).tolist()
    [1, 3]
    """
    keys, stratum = arrays.column(keys, "keys"), arrays.column(stratum, "strata")
    sizes = arrays.counts(sizes, "sample sizes")
    if stratum.size and stratum.dtype.kind not in "iu":
        raise BadInput("The strata are not numbered from 0.", "Give the number of its stratum by unit.")
    if keys.dtype.kind not in "biufS" or (keys.dtype.kind == "f" and not np.isfinite(keys).all()):
        raise BadInput("A key is unknown.", "Give every unit a number.")
    if keys.shape != stratum.shape or keys.ndim != 1:
        raise BadInput("There is not one key and one stratum a unit.", "Give both as lists of one length.")
    if stratum.size and (stratum.min() < 0 or stratum.max() >= sizes.size):
        raise BadInput(
            "A unit names a stratum without a sample size.", "Number strata 0, 1, ... with a size each."
        )
    counts = np.bincount(stratum, minlength=sizes.size)
    if np.any(sizes > counts):
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
    drawn, held = arrays.counts(sizes, "sample sizes"), arrays.counts(population, "stratum sizes")
    if drawn.size != held.size:
        raise BadInput("There is not one sample size a stratum.", "Give each stratum its own.")
    pairs = tuple(zip(drawn.tolist(), held.tolist(), strict=True))
    if any(not 0 <= n <= total for n, total in pairs):
        raise BadInput("A sample is larger than its stratum.", "Give 0 <= n_h <= N_h.")
    return pairs


def _exact(part: Any) -> Fraction:
    """Return a number as an exact fraction."""
    try:
        return Fraction(part)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        raise BadInput(f"{part} is no fraction.", "Give fractions such as 1/25.") from None
