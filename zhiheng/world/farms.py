"""Lots of farm produce with known verdicts, city by city, for rounds of routine monitoring."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zhiheng.world import streams
from zhiheng.world import survey_assumptions as assumed
from zhiheng.world.cities import LEVELS, LOTS, ROUND, Cities

WIDTH = len(assumed.CATEGORIES) * len(assumed.LINKS)


@dataclass(frozen=True)
class Farms:
    """All lots of one round: counts by city and by kind, a category at a link of the chain."""

    cities: Cities
    round: int = 0

    @cached_property
    def counts(self) -> np.ndarray:
        """Lots of each city (rows) and kind (columns)."""
        share = np.outer(assumed.CATEGORY_SHARE, assumed.LINK_SHARE).ravel()
        made = [
            streams.generator(self.cities.seed, LOTS, int(code), 9).multinomial(size, share)
            for code, size in zip(self.cities.codes, self.cities.lots.tolist(), strict=True)
        ]
        return np.array(made)

    @cached_property
    def failing(self) -> np.ndarray:
        """Lots of each city and kind that fail: what a census without error would find."""
        kind = np.outer(assumed.CATEGORY_FAILURE, assumed.LINK_FAILURE).ravel()
        city = self.cities.normal(LEVELS)[:, 0] * assumed.CITY_FAILURE_SPREAD
        moved = self.cities.normal(LEVELS, self.round + 1)[:, 1] * assumed.ROUND_SPREAD
        chance = np.minimum(assumed.FARM_FAILURE * np.exp(city + moved)[:, None] * kind, 0.9)
        made = [
            streams.generator(self.cities.seed, ROUND, int(code), self.round).binomial(n, p)
            for code, n, p in zip(self.cities.codes, self.counts, chance, strict=True)
        ]
        return np.array(made)

    def truth(self, category: str = "", link: str = "") -> float:
        """Return the true share of passing lots, of all or of a category or link.

        >>> found = Farms(Cities(1, ("330100", "330200")))
        >>> 0.9 < found.truth() < 1
        True
        """
        keep = np.ones((len(assumed.CATEGORIES), len(assumed.LINKS)), bool)
        if category:
            keep &= (np.array(assumed.CATEGORIES) == category)[:, None]
        if link:
            keep &= (np.array(assumed.LINKS) == link)[None, :]
        inside = keep.ravel()
        return 1 - float(self.failing[:, inside].sum() / self.counts[:, inside].sum())

    def sampled(self, places: list[int], size: int, random: np.random.Generator) -> np.ndarray:
        """Return lots drawn in some cities without replacement: columns city place, kind, passes, as rows."""
        rows = []
        for place in places:
            good = self.counts[place] - self.failing[place]
            cells = np.concatenate([good, self.failing[place]])
            taken = random.multivariate_hypergeometric(cells, min(size, int(cells.sum())), method="marginals")
            cell = np.repeat(np.arange(cells.size), taken)
            rows.append(np.stack([np.full(cell.size, place), cell % WIDTH, cell < WIDTH], axis=1))
        return np.concatenate(rows)


def names(kind: int) -> tuple[str, str]:
    """Return the category and the link of a kind.

    >>> names(0), names(WIDTH - 1)
    (('蔬菜', '生产基地'), ('水产品', '零售'))
    """
    return assumed.CATEGORIES[kind // len(assumed.LINKS)], assumed.LINKS[kind % len(assumed.LINKS)]
