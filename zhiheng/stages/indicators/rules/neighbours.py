"""Which regions one is set beside: those most like it in size, of the same area or province.

The rule is stated on every page that uses it. Candidates are of the same level: for a province those of its
own one of the four areas, for a city those of its own province. Of them the nearest are the ones whose lists
hold the most similar number of units, by the absolute logarithm of the ratio. Where no number is known,
codes decide.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

MOST = 5


def nearest(region: str, sizes: Mapping[str, int | None], *, most: int = MOST) -> list[str]:
    """Return the regions nearest to one, out of candidates with the sizes of their lists.

    >>> nearest("33", {"33": 100, "31": 50, "32": 90, "35": 110, "37": None}, most=2)
    ['35', '32']
    """
    own = sizes.get(region)
    candidates = [code for code in sizes if code != region]
    return sorted(candidates, key=lambda code: (*_distance(own, sizes[code]), code))[:most]


def _distance(own: int | None, other: int | None) -> tuple[bool, float]:
    if not own or not other:
        return True, 0.0
    return False, abs(math.log(own / other))
