"""Statistics of the synthetic country by province and division: true by construction, invented throughout.

A value of a cell = level + step x years + effects of its province and division + noise, within its bounds
(``assumptions.STATISTICS``); provinces, divisions and the nation are means of their cells weighted by output.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zhiheng.reference import industries, regions
from zhiheng.world import assumptions, country, streams

DECIMALS = {"sales": 0, "patents": 3, "loss": 3, "rnd": 3, "renovation": 3}
USUAL_DECIMALS = 2


@dataclass(frozen=True)
class Statistics:
    """Values of every statistic in one year by province (rows) and division (columns), with outputs."""

    year: int
    provinces: tuple[str, ...]
    divisions: tuple[str, ...]
    output: np.ndarray
    cells: dict[str, np.ndarray]

    def value(self, statistic: str, region: str = regions.NATION, division: str = "") -> float:
        """Return the true value of a region and division, the whole of either where it is not named.

        >>> found = make(7, 2024)
        >>> found.value("loss", "330000", "13") == found.cells["loss"][found.provinces.index("330000"), 0]
        np.True_
        """
        cells, output = self.cells[statistic], self.output
        rows, columns = self._inside(region, division)
        part = np.ix_(rows, columns)
        mean = float((cells[part] * output[part]).sum() / output[part].sum())
        return round(mean, DECIMALS.get(statistic, USUAL_DECIMALS))

    def size(self, region: str = regions.NATION, division: str = "") -> float:
        """Return the output of a region and division in 100 million yuan."""
        rows, columns = self._inside(region, division)
        return round(float(self.output[np.ix_(rows, columns)].sum()), 1)

    def _inside(self, region: str, division: str) -> tuple[list[int], list[int]]:
        rows = [place for place, code in enumerate(self.provinces) if region in (regions.NATION, code)]
        columns = [place for place, code in enumerate(self.divisions) if division in ("", code)]
        return rows, columns


def make(seed: int, year: int) -> Statistics:
    """Return the statistics of a year of a country; provinces and divisions keep their effects."""
    divisions = tuple(one.code for one in industries.covered())
    provinces = tuple(one.code for one in regions.reporting_provinces())
    shares = assumptions.province_shares()
    made = country.make(seed, (regions.NATION,), divisions)
    weight = made.division_share * np.exp(made.log_division_output)
    share = np.array([shares[code[:2]] for code in provinces])
    years = year - assumptions.FIRST_YEAR
    whole = assumptions.OUTPUT_OF_NATION * (1 + assumptions.OUTPUT_GROWTH) ** years
    output = np.round(whole * np.outer(share, weight / weight.sum()), 1)
    effects = streams.generator(seed, streams.STATISTICS)
    noise = streams.generator(seed, streams.STATISTICS, year)
    cells = {}
    for name, (level, by_province, by_division, step, low, high) in assumptions.STATISTICS.items():
        of_province = effects.normal(0, by_province, len(provinces))[:, None]
        of_division = effects.normal(0, by_division, len(divisions))[None, :]
        spread = assumptions.STATISTIC_NOISE * by_division
        drawn = noise.normal(0, spread, (len(provinces), len(divisions)))
        found = level + step * years + of_province + of_division + drawn
        cells[name] = np.round(np.clip(found, low, high), DECIMALS.get(name, USUAL_DECIMALS))
    return Statistics(year, provinces, divisions, output, cells)
