"""The cities of the synthetic country: how many people and lots of farm produce each holds, from the seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zhiheng.world import streams
from zhiheng.world import survey_assumptions as assumed

CITIES, LOTS, ROUND, ANSWERS, LEVELS, BATCHES = range(40, 46)
"""Purposes of randomness (``streams.generator``) beside those of firms."""


@dataclass(frozen=True)
class Cities:
    """Some cities by their six-digit codes; what each is like does not depend on which others are asked."""

    seed: int
    codes: tuple[str, ...]

    @cached_property
    def people(self) -> np.ndarray:
        """How many grown-ups live in each city."""
        size = self.normal(CITIES)[:, 0] * assumed.PEOPLE_SPREAD
        times = np.where([code[2:] in ("0100", "0000") for code in self.codes], assumed.CAPITAL_PEOPLE, 1.0)
        return np.round(assumed.PEOPLE * times * np.exp(size)).astype(np.int64)

    @cached_property
    def lots(self) -> np.ndarray:
        """How many lots of farm produce a round could sample in each city."""
        size = self.normal(LOTS)[:, 0] * assumed.LOTS_SPREAD
        return np.round(assumed.LOTS * np.exp(size)).astype(np.int64)

    def normal(self, purpose: int, place: int = 0) -> np.ndarray:
        """Return 64 standard normal numbers a city, the same whatever other cities there are.

        >>> two, one = Cities(1, ("330100", "330200")), Cities(1, ("330200",))
        >>> two.normal(CITIES)[1, 0] == one.normal(CITIES)[0, 0]
        np.True_
        """
        return np.stack([self._one(purpose, place, code) for code in self.codes])

    def _one(self, purpose: int, place: int, code: str) -> np.ndarray:
        return streams.generator(self.seed, purpose, int(code), place).standard_normal(64)
