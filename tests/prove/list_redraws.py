"""Campaigns over the lists of factories, shops and platforms, drawn again and again by their rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from zhiheng.methods import multiframe, survey
from zhiheng.methods.survey import Rate, Sample
from zhiheng.proof import joining
from zhiheng.reference import parameters
from zhiheng.stages.draw.rules import design
from zhiheng.world import Population, assumptions, markets
from zhiheng.world.assumptions import CHANNELS, CLASSES, RESPONSE_BY_CLASS


@dataclass(frozen=True)
class Drawn:
    """The answered units of one campaign: position of the firm, list and stratum; and how many answered."""

    firm: np.ndarray
    stratum: np.ndarray
    answered: np.ndarray


@dataclass(frozen=True)
class Lists:
    """The firms that sell some goods, their verdicts in a quarter, and the strata of each channel's list.

    ``home`` (channels, firms) numbers the stratum of a firm over all lists, -1 where a list does not hold it.
    """

    credit: np.ndarray
    passed: np.ndarray
    home: np.ndarray
    names: tuple[str, ...]
    channel: np.ndarray
    population: np.ndarray
    sample: np.ndarray

    @classmethod
    def of(
        cls, country: Population, divisions: tuple[str, ...], period: str, quotas: Mapping[str, int]
    ) -> Lists:
        """Count the lists of a country and share the quota of each out over its risk classes."""
        firms = country.columns
        chosen = np.flatnonzero(np.isin(firms.division, [int(code) for code in divisions]))
        firms, (quarter,) = firms.take(chosen), assumptions.quarters(period)
        verdicts = np.concatenate([country.passes(block, quarter) for block in range(country.blocks)])
        held = markets.held(country, firms)
        home, strata = np.full(held.shape, -1), []
        for place, channel in enumerate(CHANNELS):
            classes = np.array(CLASSES)[firms.credit_class]
            terms = {"fractions": {}, "weights": {}, "minimum": parameters.value("minimum_per_stratum")}
            made = design.allot(Counter(classes[held[place]].tolist()), quota=quotas[channel], **terms)
            joined = joining.names(made.joined)
            for share in made.shares:
                inside = [name for name in CLASSES if joined.get(name, name) == share.stratum]
                home[place, held[place] & np.isin(classes, inside)] = len(strata)
                strata.append((share.stratum, place, share.population, share.sample))
        names, channels, sizes, samples = zip(*strata, strict=True)
        columns = (np.array(column) for column in (channels, sizes, samples))
        return cls(firms.credit_class, verdicts[chosen].astype(float), home, names, *columns)

    def truth(self, channel: str = "") -> float:
        """Return the true share of passing firms of all lists, or of the list of one channel."""
        inside = self.home >= 0
        return float(self.passed[inside[CHANNELS.index(channel)] if channel else inside.any(0)].mean())

    def draw(self, random: np.random.Generator) -> Drawn:
        """Draw every stratum of every list; a firm answers or not, whichever list it was drawn from."""
        willing = random.random(self.credit.size) < np.array(RESPONSE_BY_CLASS)[self.credit, 0]
        firms, strata = [], []
        for number, size in enumerate(self.sample.tolist()):
            members = np.flatnonzero(self.home[self.channel[number]] == number)
            drawn = random.choice(members, size, replace=False, shuffle=False)
            firms.append(drawn[willing[drawn]])
            strata.append(np.full(firms[-1].size, number))
        stratum = np.concatenate(strata)
        return Drawn(np.concatenate(firms), stratum, np.bincount(stratum, minlength=self.population.size))

    def figures(self, drawn: Drawn) -> dict[str, Rate]:
        """Return the rate over all lists (''), and that of each channel from its own draw alone."""
        chance = np.append(drawn.answered / self.population, 0.0)
        weight = 1 / chance[self.home[:, drawn.firm]].sum(0)
        found = {"": multiframe.pass_rate(self._sums(drawn, weight)).at(0)}
        own = 1 / chance[drawn.stratum]
        for place, channel in enumerate(CHANNELS):
            found[channel] = survey.hajek(self._sums(drawn, own, self.channel == place)).at(0)
        return found

    def _sums(self, drawn: Drawn, weight: np.ndarray, used: np.ndarray | None = None) -> Sample:
        used = np.ones(self.population.size, bool) if used is None else used
        y, place = self.passed[drawn.firm], drawn.stratum

        def total(values: np.ndarray) -> np.ndarray:
            return np.bincount(place, values, self.population.size)[used, None]

        n, square = drawn.answered[used, None].astype(float), weight**2
        tables = (n, total(weight), total(weight * y), total(square), total(square * y))
        return Sample(self.population[used], *tables, classes=np.array(self.names)[used])


def name(kind: str, channel: str) -> str:
    """Return how the page calls the figure of some goods, over all lists or of one channel."""
    goods = {"food": "food", "consumer": "consumer goods"}[kind]
    return f"{goods}, {channel}" if channel else f"{goods} over lists"


def campaigns(lists: Lists, draws: int, seed: int) -> Iterator[dict[str, Rate]]:
    """Yield the figures of one campaign after the other."""
    random = np.random.Generator(np.random.Philox(seed))
    for _draw in range(draws):
        yield lists.figures(lists.draw(random))
