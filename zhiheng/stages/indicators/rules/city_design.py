"""Which cities a survey asks in: capitals for certain, the others by chance in proportion to their size.

Chance is conditional Poisson sampling of a fixed number (Chen, Dempster & Liu 1994) by one uniform number a
city: SHA-256 over the published seed and the code of the city. So everybody can draw the cities again. Units
within a city are drawn from its own list by whoever does the field work.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from zhiheng.methods import chances, draws
from zhiheng.reference import regions

from ..sample_refusals import refuse

CAPITALS = "capitals"
PLACES = 9


@dataclass(frozen=True)
class Place:
    """One city that was drawn: in which stratum, with which chance, and how many units it holds."""

    stratum: str
    city: str
    chance: str
    units: int


def cities(region: str) -> list[str]:
    """Return the cities of a region; a municipality, and a county under a province, stands as one city.

    >>> len(cities("330000")), cities("110000")
    (11, ['110000'])
    """
    inside = [one for one in regions.reporting_provinces() if regions.contains(region, one.code)]
    found: list[str] = []
    for province in inside:
        below = [one.code for one in regions.children(province.code) if not one.placeholder]
        own = [code for code in below if regions.get(code).level == "city"]
        is_city = province.code[:2] in ("11", "12", "31", "50") or not own
        found += [province.code] if is_city else own
    return found


def is_capital(city: str) -> bool:
    """Say whether a city is a municipality or the first city of its province, as the codes have it.

    >>> is_capital("330100"), is_capital("330200"), is_capital("310000")
    (True, False, True)
    """
    return city.endswith("0100") or city.endswith("0000")


def drawn(units: Mapping[str, int], *, count: int, seed: str, strata: int = 1) -> list[Place]:
    """Return the drawn cities: all capitals, and ``count`` of the others, from classes of size alike.

    A city so large that its chance would pass 1 is drawn for certain.

    >>> held = {city: 100 + place for place, city in enumerate(cities("330000"))}
    >>> [(one.stratum, one.city, one.chance) for one in drawn(held, count=2, seed="a")]
    [('capitals', '330100', '1'), ('size-1', '330200', '0.191469194'), ('size-1', '330800', '0.202843602')]
    """
    others = sorted((city for city in units if not is_capital(city)), key=lambda city: (-units[city], city))
    found = [Place(CAPITALS, city, "1", units[city]) for city in sorted(units) if is_capital(city)]
    edges = [len(others) * place // strata for place in range(strata + 1)]
    asked = [count * (place + 1) // strata - count * place // strata for place in range(strata)]
    for place, wanted in enumerate(asked):
        held = others[edges[place] : edges[place + 1]]
        if not 2 <= wanted <= len(held):
            raise refuse("cities-too-few", wanted=wanted, stratum=f"size-{place + 1}", cities=len(held))
        chance, working = _chances(tuple(units[city] for city in held), wanted)
        luck = [_uniform(seed, city) for city in held]
        chosen = draws.conditional_poisson(chance, luck, working=working)
        for spot in sorted(chosen, key=lambda spot: held[spot]):
            text = f"{chance[spot]:.{PLACES}f}".rstrip("0").rstrip(".")
            found.append(Place(f"size-{place + 1}", held[spot], text, units[held[spot]]))
    return found


@lru_cache(maxsize=16)
def _chances(sizes: tuple[int, ...], count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the chance of each city, and the working probabilities that give it."""
    chance = np.round(chances.proportional(sizes, count), PLACES)
    chance[-1] += count - chance.sum()  # what rounding took
    return chance, chances.conditional_poisson(chance)


def _uniform(seed: str, city: str) -> float:
    """Return a number in (0, 1) that the seed and the code of the city fix."""
    word = hashlib.sha256(f"{seed} {city}".encode()).digest()[:6]
    return (int.from_bytes(word, "big") + 0.5) / 2**48
