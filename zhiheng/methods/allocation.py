"""How many units to draw from each stratum, and how many in all.

Symbols: stratum h with N_h units, standard deviation S_h of what is measured, cost c_h a unit; n_h units
drawn. Sizes come out as real numbers: round them with ``whole``. Checked against R stratallo 3.0.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, cheapest

VERSION = "1"
# Less than this share of a variance is not told from none.
NOTHING_LEFT = 1e-12


def proportional(population: Any, n: float) -> np.ndarray:
    """Return n_h = n N_h / N.

    >>> proportional([100, 300], 40).tolist()
    [10.0, 30.0]
    """
    size = _positive(population, "N_h")
    return _asked(n, size.sum()) * size / size.sum()


def neyman(population: Any, deviation: Any, n: float, *, cost: Any = None) -> np.ndarray:
    """Return n_h in proportion to N_h S_h / sqrt c_h, the least variance of the total (Neyman 1934).

    With ``cost`` the same for the money that n units cost at these shares (Cochran 1977, 5.5). It may ask a
    stratum for more than it holds: see ``bounded``.

    >>> neyman([100, 300], [3.0, 1.0], 40).tolist()
    [20.0, 20.0]
    """
    measure = _measure(population, deviation, cost)
    return _asked(n, float(np.sum(np.asarray(population, dtype=float)))) * measure / measure.sum()


def bounded(
    population: Any, deviation: Any, n: float, *, lower: Any = 0.0, upper: Any = None, cost: Any = None
) -> np.ndarray:
    """Return the allocation of least variance with l_h <= n_h <= u_h, ``upper`` N_h unless given.

    n_h = clip(t a_h, l_h, u_h) with a_h = N_h S_h / sqrt c_h and the one t that gives n; found by fixing,
    round by round, the strata beyond the bound that is broken by more in all (Gabler, Ganninger & Munnich
    2012; Wesolowski, Wieczorkowski & Wojciak 2022). Where all strata that vary are full, the rest goes to the
    others in proportion to their size: there it changes no variance.

    >>> bounded([100, 300], [3.0, 1.0], 40, upper=[15, 300]).tolist()
    [15.0, 25.0]
    """
    measure = _measure(population, deviation, cost)
    size = np.asarray(population, dtype=float)
    low = _spread_over(arrays.numbers(lower, "lower bounds"), size.shape)
    high = size if upper is None else _spread_over(arrays.numbers(upper, "upper bounds"), size.shape)
    n = arrays.number(n, "number of units")
    if not np.all((low >= 0) & (low <= high) & (high <= size)):
        raise BadInput("The bounds do not fit.", "Give 0 <= lower <= upper <= N_h.")
    if not low.sum() <= n <= high.sum():
        raise BadInput(
            f"No allocation of {n:g} lies within bounds that add up to {low.sum():g} and {high.sum():g}.",
            "Ask for a size between, or move a bound.",
        )
    fixed = np.full(size.shape, np.nan)
    while np.isnan(fixed).any():
        free = np.isnan(fixed)
        part = measure if measure[free].any() else size
        share = (n - np.nansum(fixed)) * part / part[free].sum()
        over, under = free & (share > high), free & (share < low)
        if not over.any() and not under.any():
            return np.where(free, share, fixed)
        excess, deficit = (share - high)[over].sum(), (low - share)[under].sum()
        if excess >= deficit:
            fixed[over] = high[over]
        if deficit >= excess:
            fixed[under] = low[under]
    return fixed


def power(population: Any, deviation: Any, mean: Any, n: float, *, exponent: float = 0.5) -> np.ndarray:
    """Return n_h in proportion to (N_h mean_h)^q S_h / mean_h, between equal and best overall precision.

    Power allocation (Bankier 1988): q = 1 is Neyman's allocation, q = 0 gives every stratum nearly the same
    coefficient of variation; one half is a usual compromise when strata are published each.

    >>> power([100, 10000], [1.0, 1.0], [2.0, 2.0], 110).round(6).tolist()
    [10.0, 100.0]
    """
    size, centre = _positive(population, "N_h"), _positive(mean, "mean_h")
    exponent = arrays.number(exponent, "power")
    if not 0 <= exponent <= 1:
        raise BadInput(f"A power of {exponent:g} is not in [0, 1].", "Give 0.5, or 1 for Neyman.")
    spread = _positive(deviation, "S_h")
    if not size.shape == centre.shape == spread.shape:
        raise BadInput("The strata do not fit.", "Give one value a stratum.")
    measure = (size * centre) ** exponent * spread / centre
    return _asked(n, size.sum()) * measure / measure.sum()


def variance_of_total(population: Any, deviation: Any, sizes: Any) -> float:
    """Return sum N_h^2 S_h^2 (1 / n_h - 1 / N_h), the variance of the stratified total.

    >>> variance_of_total([100, 300], [3.0, 1.0], [20, 20])
    7800.0
    """
    size = _positive(population, "N_h")
    spread, n = arrays.numbers(deviation, "deviations"), _positive(sizes, "n_h")
    if (
        not size.shape == spread.shape == n.shape
        or not np.all((spread >= 0) & (spread < np.inf))
        or np.any(n > size * (1 + 1e-12))
    ):
        raise BadInput("The strata do not fit.", "Give S_h >= 0 and 0 < n_h <= N_h for each.")
    return float((size**2 * spread**2 * (1 / n - 1 / size)).sum())


def least_variance(population: Any, deviation: Any, n: float) -> float:
    """Return the least variance of the stratified total that n units can reach, real sizes taken for whole.

    A stratum that Neyman's allocation would ask for more than it holds is taken whole and adds nothing; the
    rest is allotted again among the others, round by round (Cochran 1977, 5.8). With the free strata F:
    V = (sum_F N_h S_h)^2 / (n - sum_full N_h) - sum_F N_h S_h^2, which is Cochran's 5.27 where none is full.
    Whole sizes reach a little more: see ``apportionment.exact``.

    Neyman's allocation of 25 units to these strata asks 10.7 of the 10 units of the first.

    >>> least_variance([10, 60, 30], [9.0, 1.0, 2.0], 25)
    780.0
    """
    sizes = bounded(population, deviation, n)
    size, spread = np.asarray(population, dtype=float), np.asarray(deviation, dtype=float)
    if np.any((sizes <= 0) & (spread > 0)):
        raise BadInput("There is no unit for a stratum that varies.", "Ask for one unit or more.")
    # A stratum without spread may go without a unit.
    return variance_of_total(size, spread, np.where(spread > 0, sizes, size))


@dataclass(frozen=True)
class Multivariate:
    """An allocation for several targets, and the coefficient of variation that each of them reaches."""

    sizes: np.ndarray
    reached: np.ndarray
    method: str = "bethel"
    version: str = "2"

    @property
    def total(self) -> float:
        """All units together."""
        return float(self.sizes.sum())


def bethel(
    population: Any,
    deviation: Any,
    mean: Any,
    target: Any,
    *,
    cost: Any = None,
    lower: float = 0.0,
    is_capped: bool = True,
) -> Multivariate:
    """Return the cheapest n_h by which every variable j meets its coefficient of variation (Bethel 1989).

    ``deviation`` is S_hj (strata, variables), ``mean`` the mean_j of the population, ``target`` the cv_j of
    the estimated mean. With V_j = (cv_j N mean_j)^2 + sum_h N_h S_hj^2 and a_hj = N_h^2 S_hj^2 / V_j the task
    is to make sum c_h n_h least under sum_h a_hj / n_h <= 1. Its solution is n_h = sqrt(sum_j lambda_j a_hj /
    c_h), lambda >= 0, within ``lower`` <= n_h <= N_h (``cheapest``); ``is_capped`` false lifts N_h, and
    a stratum that holds less than ``lower`` is taken whole.

    >>> found = bethel([1000, 500], [[1.0], [2.0]], [10.0], [0.01])
    >>> print(found.sizes.round(3).tolist(), found.reached.round(4).tolist())
    [78.431, 78.431] [0.01]
    """
    size, spread, mean, goal, price = _targets(population, deviation, mean, target, cost)
    lower, is_capped = arrays.number(lower, "least size"), arrays.flag(is_capped, "cap")
    if not 0 <= lower < np.inf:
        raise BadInput("The least size is not zero or more.", "Give the units that every stratum must have.")
    if np.any(spread.max(1) == 0) and lower <= 0:
        raise BadInput("A stratum does not vary.", "Give a least size with lower=, or leave it out.")
    squares = size[:, None] ** 2 * spread**2
    limit = (goal * size.sum() * mean) ** 2 + (size[:, None] * spread**2).sum(0)
    least, most = np.minimum(lower, size), size if is_capped else np.full(size.shape, np.inf)
    is_still = spread.max(1) == 0
    sizes = np.where(is_still | (least >= most), least, np.nan)
    # What a target leaves to all units together; where it leaves nothing, they are all drawn.
    for j in np.flatnonzero(1 - (squares / limit / most[:, None]).sum(0) < NOTHING_LEFT):
        sizes = np.where(squares[:, j] > 0, size, sizes)
    if (free := np.isnan(sizes)).any():
        room = limit - (squares[~free] / sizes[~free, None]).sum(0)
        some = squares[free].max(0) > 0
        a = squares[free][:, some] / room[some]
        sizes[free] = cheapest.sizes(a, price[free], least[free], most[free])
    left = (squares * (1 / sizes - 1 / size)[:, None]).sum(0)
    return Multivariate(sizes, np.sqrt(np.maximum(left, 0)) / (size.sum() * np.abs(mean)))


def _targets(
    population: Any, deviation: Any, mean: Any, target: Any, cost: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    size = _positive(population, "N_h")
    spread, mean = arrays.numbers(deviation, "deviations"), np.atleast_1d(arrays.numbers(mean, "means"))
    spread = spread[:, None] if spread.ndim == 1 else spread
    goal = _spread_over(_positive(target, "cv"), mean.shape)
    price = np.ones(size.size) if cost is None else _positive(cost, "c_h")
    if spread.shape != (size.size, mean.size) or price.shape != size.shape:
        raise BadInput(
            "The tables do not fit.", "Deviations are (strata, variables); give one cost a stratum."
        )
    if not np.all(np.isfinite(spread) & (spread >= 0)) or not np.all(np.isfinite(mean) & (mean != 0)):
        raise BadInput(
            "A deviation is negative, or a mean zero or unknown.", "A cv needs a mean other than 0."
        )
    if np.any(spread.max(0) == 0):
        raise BadInput("A variable does not vary.", "It needs no sample: leave it out.")
    return size, spread, mean, goal, price


def for_proportion(
    share: float,
    half_width: float,
    *,
    population: float | None = None,
    level: float = 0.95,
    effect: float = 1.0,
) -> float:
    """Return the n by which a share is known to -+ ``half_width``: n0 = z^2 p (1 - p) / e^2 x design effect.

    In a population of N: n = n0 / (1 + (n0 - 1) / N) (Cochran 1977, 4.4). Round it up. Near 0 and 1 the
    normal width is too hopeful: check with ``intervals`` what such a sample would give.

    >>> print(round(for_proportion(0.9, 0.02), 1), round(for_proportion(0.9, 0.02, population=3000), 1))
    864.3 671.2
    """
    _shares(share)
    half_width, effect = arrays.number(half_width, "half width"), arrays.number(effect, "effect")
    if not half_width**2 > 0 or not half_width < 1 or not 0 < effect < np.inf:
        raise BadInput(
            "The half width or the effect does not fit.", "Give 0.02 for 2 points, and effect > 0."
        )
    n = _quantile(level) ** 2 * share * (1 - share) / half_width**2 * effect
    if population is None:
        return n
    population = arrays.number(population, "population")
    if not 1 <= population < np.inf:
        raise BadInput("The population is not one unit or more.", "Leave it out if it is not known.")
    return n / (1 + (n - 1) / population)


def power_of_two_shares(
    first: float, second: float, n: float, *, level: float = 0.95, effect: float = 1.0
) -> float:
    """Return the chance that two samples of n each show the difference of two shares (two-sided test).

    Phi(|p1 - p2| sqrt(n / effect) / sqrt(p1 q1 + p2 q2) - z s0 / s1) with s0^2 = 2 p q at the mean share and
    s1^2 = p1 q1 + p2 q2 (Fleiss, Levin & Paik 2003, 4.2).

    >>> round(power_of_two_shares(0.95, 0.92, 1000), 4)
    0.7771
    """
    _shares(first, second)
    n, effect = arrays.number(n, "size"), arrays.number(effect, "effect")
    if not 0 < n < np.inf or not 0 < effect < np.inf:
        raise BadInput(
            "The size or the effect is not above zero, or has no end.", "Give the units of one sample."
        )
    mean = (first + second) / 2
    under_one, under_two = (
        np.sqrt(2 * mean * (1 - mean)),
        np.sqrt(first * (1 - first) + second * (1 - second)),
    )
    away = abs(first - second) * np.sqrt(n / effect)
    return float(special.ndtr((away - _quantile(level) * under_one) / under_two))


def size_of_two_shares(
    first: float, second: float, *, power: float = 0.8, level: float = 0.95, effect: float = 1.0
) -> float:
    """Return the n of each of two samples that shows a difference of two shares with a given power.

    n = (z_level s0 + z_power s1)^2 / (p1 - p2)^2 x effect; symbols as in ``power_of_two_shares``. Round it
    up.

    >>> round(size_of_two_shares(0.95, 0.92), 1)
    1058.9
    """
    _shares(first, second)
    if first == second:
        raise BadInput("The shares do not differ.", "No sample shows a difference that is not there.")
    power, effect = arrays.number(power, "power"), arrays.number(effect, "effect")
    if not 0 < power < 1 or not 0 < effect < np.inf:
        raise BadInput("The power or the effect does not fit.", "Give 0.8 for 80 %, and effect > 0.")
    mean = (first + second) / 2
    under_one, under_two = (
        np.sqrt(2 * mean * (1 - mean)),
        np.sqrt(first * (1 - first) + second * (1 - second)),
    )
    reach = _quantile(level) * under_one + special.ndtri(power) * under_two
    return float(reach**2 / (first - second) ** 2 * effect)


def whole(sizes: Any, *, population: Any = None) -> np.ndarray:
    """Return whole sizes with the same (rounded) sum, by largest remainders; none above ``population``.

    Sizes that add up to no unit at all are refused.

    >>> whole([1.4, 2.4, 3.2]).tolist()
    [2, 2, 3]
    """
    real = _positive(sizes, "n_h")
    down = np.floor(real + 1e-9)
    wanted = round(float(real.sum()))
    if wanted < 1:
        raise BadInput(f"The sizes add up to {real.sum():.6g}: no unit.", "Ask for one unit or more in all.")
    rest = real - down
    if population is not None:
        full = arrays.counts(population, "stratum sizes")
        if full.shape != real.shape:
            raise BadInput("The strata do not fit.", "Give one size a stratum.")
        if np.any(real > full + 1e-9):
            raise BadInput("A stratum is asked for more than it holds.", "Allocate within bounds first.")
        rest = np.where(down >= full, -1.0, rest)
    for h in np.argsort(-rest, kind="stable")[: int(wanted - down.sum())]:
        down[h] += 1
    return down.astype(int)


def _measure(population: Any, deviation: Any, cost: Any) -> np.ndarray:
    size, spread = _positive(population, "N_h"), arrays.numbers(deviation, "deviations")
    price = np.ones(size.size) if cost is None else _positive(cost, "c_h")
    if not size.shape == spread.shape == price.shape or not np.all(np.isfinite(spread) & (spread >= 0)):
        raise BadInput("The strata do not fit.", "Give N_h > 0, S_h >= 0 and, if at all, c_h > 0 for each.")
    measure = size * spread / np.sqrt(price)
    if not measure.sum() > 0:
        raise BadInput("No stratum varies.", "Allocate in proportion to size instead.")
    return measure


def _positive(values: Any, name: str) -> np.ndarray:
    values = np.atleast_1d(arrays.numbers(values, name))
    if values.ndim != 1 or not values.size or not np.all(np.isfinite(values) & (values > 0)):
        raise BadInput(f"{name} is not above zero.", "Leave empty strata out.")
    return values


def _spread_over(values: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Return one number for each place, given one for each or one for all."""
    if values.shape not in ((), (1,), shape):
        raise BadInput("The lists are not of one length.", "Give one number for each, or one for all.")
    return np.broadcast_to(values, shape)


def _asked(n: float, population: float) -> float:
    n = arrays.number(n, "number of units")
    if not 0 < n <= population:
        raise BadInput(f"{n:g} units cannot be drawn from {population:g}.", "Ask for 0 < n <= N.")
    return float(n)


def _shares(*shares: float) -> None:
    if any(not 0 < arrays.number(share, "share") < 1 for share in shares):
        raise BadInput("A share is not between 0 and 1.", "Give 0.95 for 95 %; at 0 and 1 nothing varies.")


def _quantile(level: float) -> float:
    level = arrays.number(level, "level")
    if not 0 < level < 1:
        raise BadInput(f"A level of {level} is not between 0 and 1.", "Give 0.95 for 95 %.")
    return float(special.ndtri((1 + level) / 2))
