"""Draws cities again and again from a synthetic country, and lots or people within them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from zhiheng.reference import questionnaires
from zhiheng.stages.indicators.rules import city_design, scores
from zhiheng.stages.indicators.rules.samples import Estimate, Sample
from zhiheng.world import survey_assumptions as assumed
from zhiheng.world.answers import People
from zhiheng.world.cities import Cities
from zhiheng.world.farms import Farms, names

FORM = questionnaires.get("public-services")


@dataclass(frozen=True)
class Setting:
    """Where cities are drawn, how many of each stratum, how many units in each, how often."""

    name: str
    region: str
    seed: int
    count: int
    strata: int
    units: int
    draws: int

    @cached_property
    def cities(self) -> Cities:
        """The cities of the region."""
        return Cities(self.seed, tuple(city_design.cities(self.region)))

    def places(self, sizes: np.ndarray, draw: int) -> list[city_design.Place]:
        """Return the cities of one draw."""
        held = dict(zip(self.cities.codes, sizes.tolist(), strict=True))
        return city_design.drawn(held, count=self.count, strata=self.strata, seed=f"{self.seed} {draw}")


def sample(
    chosen: list[city_design.Place], place: np.ndarray, units: np.ndarray, **grouped: object
) -> Sample:
    """Return the sample whose row i lies in the city ``chosen[place[i]]``, which holds ``units[i]``."""
    columns = ([one.stratum for one in chosen], [one.city for one in chosen])
    chance = np.array([float(one.chance) for one in chosen])[place]
    held = (*(np.array(column)[place] for column in columns), chance)
    return Sample(*held, units, **grouped)


def farms(setting: Setting) -> Iterator[list[tuple[str, Estimate, float]]]:
    """Yield, for each draw, the figures of a round of routine monitoring beside their truth."""
    held, random = Farms(setting.cities), np.random.Generator(np.random.Philox(setting.seed + 7))
    truths = {"whole": held.truth(), "category": held.truth(assumed.CATEGORIES[0])}
    categories = np.array([names(kind)[0] == assumed.CATEGORIES[0] for kind in range(15)])
    for draw in range(setting.draws):
        chosen = setting.places(setting.cities.lots, draw)
        codes = [setting.cities.codes.index(one.city) for one in chosen]
        rows = held.sampled(codes, setting.units, random)
        order = np.argsort(codes)
        place = order[np.searchsorted(np.array(codes)[order], rows[:, 0])]
        drawn, y = sample(chosen, place, setting.cities.lots[rows[:, 0]]), rows[:, 2].astype(float)
        domains = {"whole": np.ones(y.size, bool), "category": categories[rows[:, 1]]}
        yield [
            (name, drawn.estimate(y, inside, is_share=True), truths[name]) for name, inside in domains.items()
        ]


def people(setting: Setting) -> Iterator[list[tuple[str, Estimate, float]]]:
    """Yield, for each draw, the scores of a survey beside their truth."""
    held = People(setting.cities, FORM)
    random = np.random.Generator(np.random.Philox(setting.seed + 8))
    truths = {"": held.truth(), "medical": held.truth("medical")}
    people = setting.cities.people
    by_group = people[:, None] * np.array(assumed.GROUP_SHARE)
    totals = dict(zip(assumed.GROUPS, by_group.sum(0), strict=True))
    for draw in range(setting.draws):
        chosen = setting.places(setting.cities.people, draw)
        codes = [setting.cities.codes.index(one.city) for one in chosen]
        place, group, answers = held.asked(codes, setting.units, random)
        spot = np.repeat(np.arange(len(chosen)), setting.units)
        named = np.array(assumed.GROUPS)[group]
        drawn = sample(chosen, spot, by_group[place, group], group=named, totals=totals)
        found = scores.scores(answers, FORM)
        row = []
        for name, truth in truths.items():
            inside = np.isfinite(found[name])
            estimate = drawn.estimate(np.nan_to_num(found[name]), inside, is_share=False)
            row.append((name or "whole", estimate, truth))
        city = chosen[0].city
        part = drawn.of_city(city)
        y = found[""][drawn.city == city]
        row.append(("capital", part.estimate(y, np.isfinite(y), is_share=False), held.truth(city=city)))
        yield row
