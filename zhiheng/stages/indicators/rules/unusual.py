"""Says where a number stands outside what its own history and its neighbours lead one to expect.

The rule is plain: the gap of a region to the mean of its neighbours is taken at each earlier period of the
same kind, and the gap of the newest one is compared with them by Student's prediction interval. It points at
a number to be looked at; it knows no cause and accuses nobody.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scipy import special

FALSE_ALARMS = 0.01
"""Of numbers where nothing unusual happened, this share at most is pointed at by chance."""
LEAST, MOST = 4, 12
"""Earlier periods that must be known, and those looked at: what lies further back says little of today."""


@dataclass(frozen=True)
class Point:
    """One number at a period with its standard error; zero where none was published."""

    value: float
    standard_error: float = 0.0


@dataclass(frozen=True)
class Expected:
    """What a number was expected to lie in, and what it is; ``periods`` earlier ones were looked at."""

    value: float
    lower: float
    upper: float
    periods: int
    neighbours: int

    @property
    def is_unusual(self) -> bool:
        """Whether the number lies outside."""
        return not self.lower <= self.value <= self.upper


def expected(
    own: Mapping[str, Point],
    neighbours: Sequence[Mapping[str, Point]],
    period: str,
    *,
    false_alarms: float = FALSE_ALARMS,
) -> Expected | None:
    """Return the interval that the number of a period was expected in, or None where too little is known.

    ``own`` comes oldest first. Gap g_t = y_t - mean_j y_jt over the J neighbours that have a number at every
    period used (J may be 0). From the k >= 4 earlier gaps, at most the newest 12, with mean m and variance
    s^2, the new gap lies in m +- t(k - 1) sqrt(v_1 / k + v_2), v_1 = max(s^2, mean e_t^2),
    v_2 = max(s^2, e^2), where e_t is the
    sampling error of a gap (Hahn & Meeker, Statistical Intervals, 1991, 4.7; the two maxima keep the
    published errors in, so that no luckily quiet history makes a number stand out). For gaps that vary about
    one level as normal ones do, at most ``false_alarms`` of all numbers lie outside.

    >>> quiet = {f"2024Q{n}": Point(value, 0.2) for n, value in enumerate((94.0, 94.2, 93.9, 94.1), 1)}
    >>> expected({**quiet, "2025Q1": Point(94.3, 0.2)}, [], "2025Q1").is_unusual
    False
    >>> expected({**quiet, "2025Q1": Point(90.0, 0.2)}, [], "2025Q1").is_unusual
    True
    """
    if period not in own:
        return None
    earlier = [one for one in own if one != period][-MOST:]
    beside = [rows for rows in neighbours if period in rows and all(one in rows for one in earlier)]
    if len(earlier) < LEAST:
        return None
    gaps = {one: _gap(one, own, beside) for one in (*earlier, period)}
    past = [gaps[one] for one in earlier]
    count, middle = len(past), statistics.fmean(gap.value for gap in past)
    spread = statistics.variance([gap.value for gap in past])
    errors = statistics.fmean(gap.standard_error**2 for gap in past)
    now = gaps[period]
    variance = max(spread, errors) / count + max(spread, now.standard_error**2)
    half = float(special.stdtrit(count - 1, 1 - false_alarms / 2)) * math.sqrt(variance)
    around = own[period].value - now.value + middle
    return Expected(own[period].value, around - half, around + half, count, len(beside))


def _gap(period: str, own: Mapping[str, Point], beside: Sequence[Mapping[str, Point]]) -> Point:
    mine = own[period]
    if not beside:
        return mine
    others = [rows[period] for rows in beside]
    mean = statistics.fmean(one.value for one in others)
    error = math.sqrt(math.fsum(one.standard_error**2 for one in others)) / len(others)
    return Point(mine.value - mean, math.hypot(mine.standard_error, error))
