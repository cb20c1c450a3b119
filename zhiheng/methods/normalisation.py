"""Brings indicators of different units to one scale, and tames outliers first.

Tables hold a row for each unit (region, firm) and a column for each indicator. Sources: OECD/JRC (2008),
Handbook on Constructing Composite Indicators, steps 4 and 5; checked against R COINr 1.1.14.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"
# OECD/JRC practice: an indicator is treated where both are exceeded.
SKEWNESS, KURTOSIS = 2.0, 3.5


def min_max(data: Any, *, low: float = 0.0, high: float = 1.0, direction: Any = None) -> np.ndarray:
    """Return low + (high - low) (x - min) / (max - min) for each column x, without unit.

    ``direction`` holds 1 for more-is-better and -1 for less-is-better, by column. Scores of 60 to 100 are
    ``low=60, high=100``. A score depends on who else is in the table: for figures that must stay comparable
    over time take ``goalposts``. A flat column tells units apart by nothing and is refused.

    >>> min_max([[1, 30], [2, 10], [5, 20]], low=60, high=100, direction=[1, -1]).tolist()
    [[60.0, 60.0], [70.0, 100.0], [100.0, 80.0]]
    """
    x = _directed(data, direction)
    low, high = _scale(low, high)
    least, width = x.min(axis=0), np.ptp(x, axis=0)
    _spread(width)
    return low + (high - low) * ((x - least) / width)


def goalposts(
    data: Any, least: Any, most: Any, *, low: float = 0.0, high: float = 1.0, direction: Any = None
) -> np.ndarray:
    """Return the place of each value between fixed goalposts, cut off at them, on the scale low to high.

    low + (high - low) clip((x - least) / (most - least), 0, 1); with direction -1 the place counts from
    ``most`` downwards. ``least`` and ``most`` are in the unit of the column, one number or one a column.

    >>> goalposts([[50], [80]], 30, 70, direction=[-1]).ravel().tolist()
    [0.5, 0.0]
    """
    x, turn = arrays.table(data, "data"), _turn(data, direction)
    ends = [np.broadcast_to(_posts(end, x.shape[1]), x.shape[1]) for end in (least, most)]
    low, high = _scale(low, high)
    if not np.all(ends[0] < ends[1]):
        raise BadInput("A lower goalpost is not below the upper one.", "Give least < most.")
    place = np.clip((x - ends[0]) / (ends[1] - ends[0]), 0, 1)
    return low + (high - low) * np.where(turn > 0, place, 1 - place)


def z_score(data: Any, *, direction: Any = None) -> np.ndarray:
    """Return (x - mean) / s for each column, s with n - 1; without unit.

    >>> z_score([[1], [2], [3]]).ravel().tolist()
    [-1.0, 0.0, 1.0]
    """
    x = _directed(data, direction, least=2)
    _spread(np.ptp(x, axis=0))
    left = _left(x)
    return left / np.sqrt((left**2).sum(axis=0) / (left.shape[0] - 1))


def ranks(data: Any, *, direction: Any = None) -> np.ndarray:
    """Return 1 for the least of each column, and so on; tied units share the lowest of their places.

    >>> ranks([[3], [1], [3], [5]]).ravel().tolist()
    [2.0, 1.0, 2.0, 4.0]
    """
    x = _directed(data, direction)
    return np.column_stack([1.0 + np.searchsorted(np.sort(c), c, side="left") for c in x.T])


def percent_ranks(data: Any, *, direction: Any = None) -> np.ndarray:
    """Return (rank - 1) / (n - 1): the share of the other units that lie below, 0 to 1.

    >>> percent_ranks([[3], [1], [5]]).ravel().tolist()
    [0.5, 0.0, 1.0]
    """
    found = ranks(arrays.table(data, "data", least=2), direction=direction)
    return (found - 1) / (found.shape[0] - 1)


def skewness(values: Any) -> float:
    """Return G1 = sqrt(n (n - 1)) / (n - 2) m3 / m2^1.5 (Joanes & Gill 1998).

    >>> print(round(skewness([1, 2, 3, 10]), 4))
    1.7636
    """
    x = arrays.vector(values, "indicator", least=3)
    _spread(np.ptp(x))
    left, n = _left(x), x.size
    return float(np.sqrt(n * (n - 1)) / (n - 2) * (left**3).mean() / (left**2).mean() ** 1.5)


def kurtosis(values: Any) -> float:
    """Return G2 = (n - 1) / ((n - 2) (n - 3)) ((n + 1) (m4 / m2^2 - 3) + 6) (Joanes & Gill 1998).

    >>> print(round(kurtosis([1, 2, 3, 4, 20]), 4))
    4.6061
    """
    x = arrays.vector(values, "indicator", least=4)
    _spread(np.ptp(x))
    left, n = _left(x), x.size
    excess = (left**4).mean() / (left**2).mean() ** 2 - 3
    return float((n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * excess + 6))


@dataclass(frozen=True)
class Winsorised:
    """Treated values, which units were moved, and whether the limits are met now."""

    values: np.ndarray
    is_moved: np.ndarray
    is_within: bool
    method: str = "winsorised"
    version: str = VERSION


def winsorise(values: Any, *, most: int = 5, skew: float = SKEWNESS, kurt: float = KURTOSIS) -> Winsorised:
    """Set the outermost value to the next one, again and again, until the indicator is within its limits.

    Within: |skewness| < ``skew`` or kurtosis < ``kurt``. Each round moves the largest value (skewness of zero
    or more) or the smallest; it stops after ``most`` moved units. Where that is not enough take
    ``log_shifted`` of the untreated values.

    >>> found = winsorise([2, 3, 3, 4, 4, 5, 5, 6, 40])
    >>> print(found.values.tolist()[-2:], found.is_moved.sum(), found.is_within)
    [6.0, 6.0] 1 True
    """
    x = arrays.vector(values, "indicator", least=4).copy()
    most = arrays.whole(most, "number of moved units", least=0)
    skew, kurt = arrays.number(skew, "bound of skewness"), arrays.number(kurt, "bound of kurtosis")
    if not (skew > 0 and kurt > 0):
        raise BadInput("A bound is not above zero.", "Leave them out: 2 for skewness, 3.5 for kurtosis.")
    start, moved = x.copy(), 0
    high = low = np.zeros(x.size, dtype=bool)

    def is_within() -> bool:
        return abs(skewness(x)) < skew or kurtosis(x) < kurt

    while not (met := is_within()) and moved < most:
        if skewness(x) >= 0:
            high = x == x.max()
            x[high] = x[~high].max()
        else:
            low = x == x.min()
            x[low] = x[~low].min()
        moved = int(high.sum() + low.sum())
        if np.ptp(x) == 0:
            raise BadInput(
                "Moving the outliers leaves nothing.", "Treat it with log_shifted, or leave it out."
            )
    return Winsorised(x, x != start, met)


def log_shifted(values: Any, *, shift: float = 0.01) -> np.ndarray:
    """Return ln(x - min + shift (max - min)): draws in a long upper tail, in the logarithm of the unit.

    >>> log_shifted([0, 99, 100]).round(3).tolist()
    [0.0, 4.605, 4.615]
    """
    x = arrays.vector(values, "indicator", least=2)
    _spread(np.ptp(x))
    shift = arrays.number(shift, "shift")
    if not shift > 0:
        raise BadInput(f"A shift of {shift} leaves the least value at minus infinity.", "Give 0.01.")
    return np.log(x - x.min() + shift * np.ptp(x))


def _scale(low: Any, high: Any) -> tuple[float, float]:
    low, high = arrays.number(low, "foot of the scale"), arrays.number(high, "top of the scale")
    if not low < high:
        raise BadInput(f"The scale {low} to {high} has no width.", "Give low < high.")
    return low, high


def _left(x: np.ndarray) -> np.ndarray:
    """Return what is left of the mean in parts of the largest: no power of it leaves the range of numbers."""
    left = x - x.mean(axis=0)
    return left / np.abs(left).max(axis=0)


def _turn(data: Any, direction: Any) -> np.ndarray:
    size = np.shape(data)[1]
    turn = np.ones(size) if direction is None else arrays.vector(direction, "directions", size=size)
    if not np.isin(turn, (-1, 1)).all():
        raise BadInput("A direction is neither 1 nor -1.", "Give 1 for more-is-better, -1 for less.")
    return turn


def _directed(data: Any, direction: Any, *, least: int = 1) -> np.ndarray:
    x = arrays.table(data, "data", least=least)
    return x * _turn(x, direction)


def _posts(ends: Any, size: int) -> np.ndarray:
    found = arrays.numbers(ends, "goalposts")
    return arrays.vector(found, "goalposts", size=size if found.ndim else None)


def _spread(width: Any) -> None:
    if not np.all(np.isfinite(width)):
        raise BadInput("An indicator is too wide to be worked with.", "Give it in a larger unit.")
    if not np.all(width > 0):
        raise BadInput("An indicator has the same value everywhere.", "Leave it out: it tells nobody apart.")
