"""Answers of invented people to a questionnaire, and the true score of the population they come from.

A person of a city and an age group answers an item with a whole number from 1 to 10: the level of the city
and field, a shift of the group, a lasting habit of the person and chance, rounded and held within the scale.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
from scipy import special

from zhiheng.reference.questionnaires import HIGHEST, LOWEST, Questionnaire
from zhiheng.world import survey_assumptions as assumed
from zhiheng.world.cities import ANSWERS, Cities


@dataclass(frozen=True)
class People:
    """The people of some cities in one year, asked by one questionnaire."""

    cities: Cities
    form: Questionnaire
    year: int = 0

    @cached_property
    def level(self) -> np.ndarray:
        """The middle of the answers, by city (rows) and item (columns), before group and person."""
        city = self.cities.normal(ANSWERS)
        width = len(self.form.items)
        item = Cities(self.cities.seed, ("000000",)).normal(ANSWERS, 1)[0, :width] * assumed.ITEM_SPREAD
        field = np.repeat(np.arange(len(self.form.fields)), [len(one.items) for one in self.form.fields])
        by_city = assumed.CITY_SPREAD * (0.8 * city[:, :1] + 0.6 * city[:, 1 + field])
        return assumed.ANSWER_MEAN + assumed.YEARLY_RISE * self.year + item + by_city

    def asked(
        self, places: list[int], size: int, random: np.random.Generator
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return city place, group and answers (NaN for a field not used) of people drawn in some cities."""
        share = np.cumsum(np.array(assumed.GROUP_SHARE) * np.array(assumed.GROUP_RESPONSE))
        edges = np.rint(share / share[-1] * size).astype(int)
        place = np.repeat(np.array(places), size)
        group = np.tile(np.searchsorted(edges, np.arange(size), side="right"), len(places))
        width = len(self.form.items)
        middle = self.level[place] + np.array(assumed.GROUP_SHIFT)[group][:, None]
        middle += random.normal(0, assumed.PERSON_SPREAD, place.size)[:, None]
        answers = np.rint(middle + random.normal(0, assumed.ANSWER_SPREAD, (place.size, width)))
        answers = np.clip(answers, LOWEST, HIGHEST)
        used = random.random((place.size, len(self.form.fields))) < assumed.USED
        used[~used.any(1), 0] = True  # who used nothing answers for the first field
        answers[~np.repeat(used, [len(one.items) for one in self.form.fields], axis=1)] = np.nan
        return place, group, answers

    @cached_property
    def _expected(self) -> np.ndarray:
        """The expected points (0 to 100) of an item by city, group and item."""
        spread = np.hypot(assumed.PERSON_SPREAD, assumed.ANSWER_SPREAD)
        middle = self.level[:, None, :] + np.array(assumed.GROUP_SHIFT)[None, :, None]
        edges = np.arange(LOWEST, HIGHEST) + 0.5
        above = special.ndtr((middle[..., None] - edges) / spread)  # chance to answer more than each edge
        return (LOWEST + above.sum(-1) - LOWEST) / (HIGHEST - LOWEST) * 100

    def truth(self, field: str = "", city: str = "") -> float:
        """Return the true score of all people, of one field or as a whole, of all cities or of one."""
        share = np.array(assumed.GROUP_SHARE)
        by_city = np.tensordot(share, self._of_people(field), axes=(0, 1))
        people = self.cities.people.astype(float)
        if city:
            return float(by_city[self.cities.codes.index(city)])
        return float(by_city @ people / people.sum())

    def _of_people(self, field: str) -> np.ndarray:
        """Return the expected score by city and group: over all ways to have used some of the fields."""
        parts, start = [], 0
        for one in self.form.fields:
            weight = np.array([item.weight for item in one.items], float)
            parts.append(self._expected[..., start : start + weight.size] @ (weight / weight.sum()))
            start += weight.size
        names = [one.id for one in self.form.fields]
        if field:
            return parts[names.index(field)]
        weight, total = np.array([one.weight for one in self.form.fields], float), 0.0
        for used in product((False, True), repeat=len(parts)):
            chance = np.prod([assumed.USED if one else 1 - assumed.USED for one in used])
            held = np.array(used) if any(used) else np.eye(len(parts), dtype=bool)[0]
            total += chance * np.tensordot(weight * held, np.stack(parts), axes=1) / (weight * held).sum()
        return total
