"""Estimates from cities drawn by strata and units drawn within them, with the error of both stages.

A city has a chance to be drawn, in proportion to its size or alike within its stratum; one with chance 1, as
capitals have, is a stratum of its own and adds no spread between cities. A row weighs 1 / chance x M / m,
M the units of its city (and group, where groups are known by city) and m those that answered. Known totals of
groups over all cities may calibrate that.

Error: v = sum_h v_h(t) + sum_i v_i / chance_i with t the totals of the linearised values of each city, v_h
the variance between the cities of a stratum (``unequal.approximate``, Deville 1999) and v_i that within a
city (Sarndal, Swensson & Wretman 1992, 4.3). Degrees of freedom: Satterthwaite (1946) over these terms, one
less than its cities for a stratum, so that few cities give wide limits.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy import special

from zhiheng.methods import calibration, intervals, unequal
from zhiheng.methods.rows import Rows

from ..sample_refusals import refuse

VERSION = "1"
SHARE, SCORE, COUNT = "share", "score", "count"
KINDS = (SHARE, SCORE, COUNT)
LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A share (0 to 1) or a score with its design-based error; no limits where nothing was drawn."""

    value: float
    n: int
    units: int
    error: float | None = None
    lower: float | None = None
    upper: float | None = None
    design_effect: float | None = None
    df: float | None = None


@dataclass(frozen=True)
class Sample:
    """Answered units of one period, one entry a unit: where they were drawn, with which chance, of how many.

    ``chance`` is that of the city, ``units`` counts the units of the city, or of its ``group`` where groups
    are given; ``totals`` are known sizes of groups over all cities, to calibrate to.
    """

    stratum: np.ndarray
    city: np.ndarray
    chance: np.ndarray
    units: np.ndarray
    group: np.ndarray | None = None
    totals: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        self._check_cities()
        self._check_units()
        for name, drawn, is_sure in zip(self._strata, self._drawn, self._sure, strict=True):
            if drawn == 1 and not is_sure:
                raise refuse("city-alone", stratum=str(name).removeprefix(_CERTAIN))
        known = set() if self.group is None else set(self.group.tolist())
        if self.totals is not None and set(self.totals) != known:
            raise refuse("groups-do-not-fit", groups=_listed(set(self.totals) ^ known), field="totals")

    def _check_cities(self) -> None:
        first = np.unique(self._city, return_index=True)[1][self._city]
        for row in np.flatnonzero(self.stratum != self.stratum[first])[:1].tolist():
            raise refuse("city-in-two-strata", city=self.city[row])
        for row in np.flatnonzero(self.chance != self.chance[first])[:1].tolist():
            said = _listed(np.unique(self.chance[self.city == self.city[row]]))
            raise refuse("city-chances-differ", city=self.city[row], said=said)

    def _check_units(self) -> None:
        first = np.unique(self._cell, return_index=True)[1]
        answered = np.bincount(self._cell)
        faulty = (self.units != self.units[first][self._cell]) | (answered[self._cell] > self.units)
        for row in np.flatnonzero(faulty)[:1].tolist():
            cell = self._cell[row]
            said = _listed(np.unique(self.units[self._cell == cell]))
            raise refuse("units-do-not-fit", city=self.city[row], answered=int(answered[cell]), said=said)
        for cell in np.flatnonzero((answered == 1) & (self.units[first] > 1))[:1].tolist():
            raise refuse("unit-alone", city=self.city[first[cell]])

    def __len__(self) -> int:
        return self.city.size

    @cached_property
    def _parts(self) -> tuple[np.ndarray, ...]:
        cities, city = np.unique(self.city, return_inverse=True)
        first = np.unique(city, return_index=True)[1]
        sure = self.chance[first] >= 1
        named = np.where(sure, _prefixed(cities), self.stratum[first].astype(object))
        strata, home = np.unique(named.astype(str), return_inverse=True)
        labels = np.zeros(city.size, int)
        if self.group is not None:
            labels = np.unique(self.group, return_inverse=True)[1]
        cell = np.unique(city * (labels.max() + 1) + labels, return_inverse=True)[1]
        return cities, city, self.chance[first].astype(float), strata, home, cell

    @property
    def _cities(self) -> np.ndarray:
        return self._parts[0]

    @property
    def _city(self) -> np.ndarray:
        return self._parts[1]

    @property
    def _strata(self) -> np.ndarray:
        return self._parts[3]

    @property
    def _cell(self) -> np.ndarray:
        return self._parts[5]

    @property
    def _drawn(self) -> np.ndarray:
        return np.bincount(self._parts[4])

    @property
    def _sure(self) -> np.ndarray:
        chance, home = self._parts[2], self._parts[4]
        return np.bincount(home, chance >= 1) > 0

    @cached_property
    def _within(self) -> np.ndarray:
        """What a row stands for within its city: M / m."""
        return self.units / np.bincount(self._cell)[self._cell]

    @cached_property
    def rows(self) -> Rows:
        """The rows with their weights, calibrated where totals are known."""
        rows = Rows.of(self._within / self.chance)
        if self.totals is None:
            return rows
        return calibration.post_stratify(rows, self.group, {key: float(n) for key, n in self.totals.items()})

    @property
    def population(self) -> int:
        """How many units the sample stands for, as far as the weights say."""
        return round(float(self.rows.weight.sum()))

    def estimate(self, y: np.ndarray, inside: np.ndarray, *, is_share: bool) -> Estimate:
        """Return the weighted mean of a domain with its interval: Korn-Graubard, or Student's for scores.

        >>> city = np.array(["a", "a", "b", "b"])
        >>> drawn = Sample(np.array(["h"] * 4), city, np.full(4, 0.5), np.full(4, 50))
        >>> found = drawn.estimate(np.array([80.0, 90, 60, 70]), np.ones(4, bool), is_share=False)
        >>> found.value, round(found.error, 2), found.n, found.units, round(found.df, 1)
        (75.0, 7.48, 4, 200, 1.2)
        """
        weight = np.where(inside, self.rows.weight, 0.0)
        size = float(weight.sum())
        value = float(weight @ np.where(inside, y, 0.0)) / size
        if np.ptp(y[inside]) == 0:
            value = float(y[inside][0])  # rounding would pass for a sampling error, and that for certainty
        variance, df = self.variance(np.where(inside, y - value, 0.0) / size)
        n, error = int(inside.sum()), float(np.sqrt(variance))
        effect = _effect(y[inside], self.rows.weight[inside], error)
        said = {"n": n, "units": round(size), "error": error, "design_effect": effect, "df": df}
        if is_share:
            share = min(max(value, 0.0), 1.0)
            lower, upper = intervals.korn_graubard(share, error, n, df, level=LEVEL)
            return Estimate(share, lower=min(float(lower), share), upper=max(float(upper), share), **said)
        half = float(special.stdtrit(df, (1 + LEVEL) / 2)) * error
        return Estimate(value, lower=value - half, upper=value + half, **said)

    def variance(self, u: np.ndarray) -> tuple[float, float]:
        """Return the variance of sum w u, u linearised, and its degrees of freedom."""
        for fit in self.rows.fits:
            u = fit.residual(u[:, None])[:, 0]
        z = u * self.rows.weight * self.chance
        _cities, city, chance, _strata, home, cell = self._parts
        m = np.bincount(cell)
        away = z - (np.bincount(cell, z) / m)[cell]
        first = np.unique(cell, return_index=True)[1]
        left = (1 - m / self.units[first]) * m / np.maximum(m - 1, 1)
        inner = np.bincount(city[first], left * np.bincount(cell, away**2), chance.size) / chance
        totals = np.bincount(city, z, chance.size)
        parts, free = [inner], [np.bincount(city[first], m - 1.0, chance.size)]
        for place in np.flatnonzero(np.bincount(home) > 1):
            own = home == place
            parts.append(np.array([unequal.approximate(totals[own], chance[own])]))
            free.append(np.array([own.sum() - 1.0]))
        part, df = np.concatenate(parts), np.concatenate(free)
        whole, counted = float(part.sum()), df > 0
        if whole <= 0:
            return 0.0, float(max(df.sum(), 1.0))
        return whole, max(whole**2 / float((part[counted] ** 2 / df[counted]).sum()), 1.0)

    def of_city(self, city: str) -> Sample:
        """Return the part of one city, which is then all there is."""
        inside = self.city == city
        group = None if self.group is None else self.group[inside]
        count = int(inside.sum())
        return Sample(self.stratum[inside], self.city[inside], np.ones(count), self.units[inside], group)


def plain(y: np.ndarray) -> Estimate:
    """Return the share of units that nobody drew by chance: no error of a draw belongs to it.

    >>> plain(np.array([1.0, 0.0, 0.0, 0.0])).value
    0.25
    """
    return Estimate(float(y.mean()), y.size, y.size)


def method(kind: str, *, is_calibrated: bool = False) -> dict[str, Any]:
    """Return what computes the numbers of a kind, as the base of a release and the formula digest say it."""
    if kind == COUNT:
        return {"id": "plain-share", "version": VERSION, "interval": "none"}
    return {
        "id": "two-stage-mean",
        "version": VERSION,
        "interval": "korn-graubard" if kind == SHARE else "student-t",
        "confidence": str(LEVEL),
        "calibration": "post-stratified" if is_calibrated else "none",
    }


METHODS = tuple(sorted({method(kind)["id"] for kind in KINDS}))
"""The methods of releases that rest on an uploaded sample, not on draws of this system."""
_CERTAIN = "\x1f"


def _prefixed(cities: np.ndarray) -> np.ndarray:
    return np.array([f"{_CERTAIN}{name}" for name in cities], dtype=object)


def _effect(y: np.ndarray, weight: np.ndarray, error: float) -> float | None:
    """Return the variance over that of as many units drawn simply from very many (Kish 1965)."""
    if y.size < 2:
        return None
    spread = float(weight @ (y - weight @ y / weight.sum()) ** 2 / weight.sum()) * y.size / (y.size - 1)
    return error**2 / (spread / y.size) if spread > 0 and error > 0 else None


def _listed(names: Any) -> str:
    return ", ".join(sorted(str(name) for name in names))
