"""What the synthetic country is made of: published parameters where there are any, else named assumptions.

Published numbers come from ``reference.parameters`` and ``reference.indicators`` with their sources. What no
source tells is listed here as an assumption, so that nobody takes it for a fact: docs/shapes/population.md
prints both lists.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.reference import groupings, indicators, parameters, regions

SIZES = ("large", "medium", "small")
CLASSES = ("A", "B", "C", "D")
CHANNELS = ("factory", "shop", "platform")
RESPONSES = ("sampled", "refused", "closed", "not_found", "no_stock")

# The published shares by area are those of the three older areas; whatever is in neither of these is west.
EAST = frozenset(code[:2] for code in groupings.get("EAST").members)
MIDDLE = frozenset(code[:2] for code in groupings.get("CENTRAL").members)
# Firms are made by province, so a group of cities stands for its province here: no reference, an assumption.
GROUPINGS = {"PRD": {"44"}, "YRD": {"31", "32", "33", "34"}, "JJJ": {"11", "12", "13"}, "CY": {"50", "51"}}

# Assumptions: no published number was found for these.
LEADING_PROVINCES = ("44", "33", "32", "37", "35")  # the five largest shares were printed without names
CHANNEL_SHARE = (0.70, 0.20, 0.10)
ALSO = (  # share of firms of a channel that stand in the lists of factories, shops and platforms as well
    (0.0, 0.15, 0.30),
    (0.0, 0.0, 0.25),
    (0.0, 0.10, 0.0),
)
FAILURE_BY_CLASS = (0.45, 1.35, 4.0, 6.5)  # relative; makes the raw rate of the default draw nearly double
RESPONSE_BY_CLASS = (  # sampled, refused, closed, not found, no stock
    (0.950, 0.005, 0.020, 0.010, 0.015),
    (0.930, 0.015, 0.025, 0.015, 0.015),
    (0.895, 0.030, 0.035, 0.025, 0.015),
    (0.840, 0.055, 0.050, 0.040, 0.015),
)
OUTPUT_BY_SIZE = (110_000.0, 11_000.0, 1_800.0)  # median, 10 000 yuan a year
OUTPUT_SPREAD = 0.8  # sigma of the logarithm within a size
DIVISION_SHAPE, DIVISION_OUTPUT_SPREAD, DIVISION_FAILURE_SPREAD = 3.0, 0.35, 0.30
COUNTY_SHAPE = 2.0
IMPROVEMENT_AFTER_ANCHORS = 0.0003  # share a quarter, once the published years are past
HIGHEST_FAILURE = 0.9

FIRST_YEAR = 2023

# Statistics of the competitiveness index: national level in 2023, spread (one standard deviation) between
# provinces and between divisions, step a year, lowest and highest value. None of these was read anywhere.
STATISTICS = {
    "graded": (78.0, 4.0, 5.0, 0.4, 50.0, 100.0),
    "equipment": (38.0, 6.0, 8.0, 0.8, 5.0, 80.0),
    "certified": (58.0, 6.0, 7.0, 0.9, 10.0, 95.0),
    "loss": (0.70, 0.15, 0.20, -0.03, 0.05, 3.0),
    "export": (99.2, 0.2, 0.3, 0.02, 95.0, 100.0),
    "rnd": (1.60, 0.35, 0.50, 0.08, 0.1, 5.0),
    "renovation": (0.85, 0.20, 0.25, -0.01, 0.05, 4.0),
    "patents": (0.32, 0.10, 0.12, 0.03, 0.01, 2.0),
    "novelty": (19.0, 4.0, 6.0, 0.6, 1.0, 60.0),
    "sales": (12_500.0, 2_500.0, 4_000.0, 350.0, 1_500.0, 60_000.0),
    "abroad": (10.0, 4.0, 4.0, -0.2, 0.2, 60.0),
}
STATISTIC_NOISE = 0.08  # of the spread between divisions, for a cell and year
OUTPUT_OF_NATION = 1_350_000.0  # 100 million yuan in 2023, shared by firms and sizes of divisions
OUTPUT_GROWTH = 0.04


def shares(id: str, order: tuple[str, ...]) -> np.ndarray:
    """Return published percentages as shares in the order asked for."""
    found = parameters.shares(id)
    return np.array([found[key] for key in order])


def relative(id: str, order: tuple[str, ...]) -> np.ndarray:
    """Return published failure rates as shares in the order asked for."""
    found = parameters.value(id)
    return np.array([found[key] for key in order]) / 100


@cache
def province_shares() -> dict[str, float]:
    """Return the share of firms of each reporting province, from the published shares by area and rank."""
    area = parameters.shares("batch_share_by_area")
    printed = parameters.value("batch_share_top_provinces")
    share = dict(zip(LEADING_PROVINCES, (printed[k] / 100 for k in printed), strict=True))
    groups: dict[str, list[str]] = {"east": [], "middle": [], "west": []}
    for region in regions.reporting_provinces():
        code = region.code[:2]
        if code not in share:
            groups["east" if code in EAST else "middle" if code in MIDDLE else "west"].append(code)
    taken = {"east": sum(share.values()), "middle": 0.0, "west": 0.0}
    for name, codes in groups.items():
        share |= dict.fromkeys(codes, (area[name] - taken[name]) / len(codes))
    total = sum(share.values())
    return {code: share[code] / total for code in sorted(share)}


@cache
def province_failure() -> dict[str, float]:
    """Return the relative failure of each province, from the published rates of four groupings of 2024.

    Provinces outside the groupings share one factor that makes the mean over all firms 1.
    """
    nation = parameters.value("mfg_product_pass_rate_2024")
    factor: dict[str, float] = {}
    for name, codes in GROUPINGS.items():
        (seen,) = indicators.observations("mfg_product_pass_rate", geo_code=name)
        factor |= dict.fromkeys(codes, (100 - float(seen.value)) / (100 - nation))
    share = province_shares()
    inside = sum(share[code] * factor[code] for code in factor)
    rest = (1 - inside) / (1 - sum(share[code] for code in factor))
    return {code: factor.get(code, rest) for code in share}


def pass_level(quarter: int) -> float:
    """Return the national output-weighted pass rate aimed at in a quarter, counted from 2023Q1 = 0.

    A straight line through the published years 2023 and 2024, then the assumed improvement.

    >>> round(sum(map(pass_level, range(4))) / 4, 6), round(sum(map(pass_level, range(4, 8))) / 4, 6)
    (0.9365, 0.9393)
    """
    first = parameters.value("mfg_product_pass_rate_2023") / 100
    slope = (parameters.value("mfg_product_pass_rate_2024") / 100 - first) / 4
    line = first + slope * (min(quarter, 7) - 1.5)
    return line + IMPROVEMENT_AFTER_ANCHORS * max(quarter - 7, 0)


def quarters(period: str) -> tuple[int, ...]:
    """Return the quarters of a period such as 2024 or 2024Q3, counted from 2023Q1 = 0.

    >>> quarters("2024Q3"), quarters("2023")
    ((6,), (0, 1, 2, 3))
    """
    year, mark, number = period.partition("Q")
    known = year.isdigit() and len(year) == 4 and (not mark or number in ("1", "2", "3", "4"))
    if not known or int(year) < FIRST_YEAR:
        raise BadInput(
            f"The synthetic country has no period {period!r}.", f"Name a year from {FIRST_YEAR}, or 2024Q3."
        )
    start = 4 * (int(year) - FIRST_YEAR)
    return (start + int(number) - 1,) if mark else tuple(range(start, start + 4))
