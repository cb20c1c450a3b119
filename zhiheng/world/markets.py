"""In which markets the firms of the synthetic country sell: the channel of each, and others beside it.

A maker may run a shop or sell online as well; then lists of channels share it. Who does so is drawn from the
seed by shares that no source tells (``assumptions.ALSO``).
"""

from __future__ import annotations

import numpy as np

from zhiheng.world import streams
from zhiheng.world.assumptions import ALSO, CHANNELS
from zhiheng.world.population import Columns, Population
from zhiheng.world.streams import BLOCK


def held(population: Population, firms: Columns) -> np.ndarray:
    """Return for each channel (rows, as in ``CHANNELS``) whether each firm stands in its list.

    >>> country = Population(seed=1, firms=1000, regions="330000")
    >>> held(country, country.columns).sum(0).min(), held(country, country.columns).shape
    (np.int64(1), (3, 1000))
    """
    found = np.arange(len(CHANNELS))[:, None] == firms.channel[None, :]
    for number in np.unique(firms.serial // BLOCK):
        here = np.flatnonzero(firms.serial // BLOCK == number)
        uniform = streams.generator(population.seed, streams.MARKETS, int(number)).random((3, BLOCK))
        chance = np.array(ALSO)[firms.channel[here]].T
        found[:, here] |= uniform[:, firms.serial[here] % BLOCK] < chance
    return found


def truth(
    population: Population, period: str, divisions: tuple[str, ...], *, region: str = "", channel: str = ""
) -> float:
    """Return the true share of passing firms of some divisions in a quarter, of all lists or one channel's.

    ``region`` narrows by the six digits of a county, or the first of them.
    """
    quarters = population._quarters(period)
    wanted = [int(code) for code in divisions]
    firms = passing = 0.0
    for number in range(population.blocks):
        block = population.block(number)
        inside = np.isin(block.division, wanted)
        if region:
            inside &= np.char.startswith(np.char.zfill(block.region.astype(str), 6), region)
        if channel:
            inside &= held(population, block)[CHANNELS.index(channel)]
        firms += inside.sum()
        passed = sum(population.passes(number, quarter)[inside].sum() for quarter in quarters)
        passing += passed / len(quarters)
    return float(passing / firms)
