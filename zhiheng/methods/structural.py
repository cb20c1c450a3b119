"""Follows the level of a repeated survey: what moved is told apart from what was only sampled.

Model (Harvey 1989; Durbin & Koopman 2012, chapter 3): figure = level + season + sampling error of known
variance (+ noise); level and slope are random walks. Rates stay within 0 to 1 on the logit scale. Checked
against the Nile of Durbin & Koopman and R StructTS.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import optimize, special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, statespace

VERSION = "1"
Slope = Literal["none", "fixed", "moving"]
Scale = Literal["identity", "logit"]
# Variances are given up where the likelihood has fallen by this much; grid points by number of variances.
DROP = 5.0
POINTS = (12, 6, 4, 3)
MOST_AHEAD = 10_000


@dataclass(frozen=True)
class Part:
    """One plausible choice of variances: how plausible, the state after the series, and its model."""

    weight: float
    state: np.ndarray
    spread: np.ndarray
    model: statespace.Model


@dataclass(frozen=True)
class Fitted:
    """The level of every period with limits, in the unit of the figures, and the model behind it.

    ``mean`` and ``error`` are on ``scale``; ``slope`` is per period on it; ``season`` sums to nearly zero
    over a round; ``variances`` names the variance of noise, level, slope and season per period, also on it.
    """

    level: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    mean: np.ndarray
    error: np.ndarray
    slope: np.ndarray | None
    season: np.ndarray | None
    variances: dict[str, float]
    log_likelihood: float
    confidence: float
    scale: Scale
    parts: tuple[Part, ...]
    method: str
    version: str = VERSION


def fit(
    figures: Any,
    errors: Any,
    *,
    slope: Slope = "none",
    seasons: int = 1,
    is_noisy: bool = True,
    scale: Scale = "identity",
    variances: dict[str, float] | None = None,
    confidence: float = 0.95,
) -> Fitted:
    """Weigh variances by the diffuse likelihood and smooth the level of each period with them.

    ``figures`` in time order with their standard errors (NaN in both: the period has no survey). ``slope``:
    "none" the level wanders, "fixed" it wanders around a line, "moving" the slope wanders too. ``seasons``:
    periods a year with a moving pattern, 1 for none. ``is_noisy`` lets the figures vary beyond their sampling
    errors. ``variances`` fixes some of "noise", "level", "slope", "season". On the logit scale errors are
    divided by p (1 - p); limits are mean -+ z error carried back. The doubt about the variances is in the
    errors: levels are averaged over a grid of deviations with their likelihood as weight (flat before;
    Hamilton 1986), while ``variances`` of the result are the likeliest.

    >>> found = fit([0.90, 0.92, 0.91, 0.93, 0.95], [0.01] * 5, is_noisy=False, variances={"level": 1e-4})
    >>> print(round(found.level[-1], 4), round(found.error[-1], 4))
    0.9396 0.0079
    """
    y, h = _series(figures, errors, scale)
    arrays.between(confidence, 0, 1, "confidence")
    if not arrays.is_one_of(slope, Slope):
        raise BadInput(f"There is no slope {slope!r}.", "Give 'none', 'fixed' or 'moving'.")
    seasons = arrays.whole(seasons, "number of periods a year", most=366)
    if not isinstance(variances, Mapping | None):
        raise BadInput("The fixed variances have no names.", "Give them as {'level': 0.01}.")
    arrays.flag(is_noisy, "mark of noise")
    likelihood = _Likelihood(y, h, slope, seasons, is_noisy, dict(variances or {}))
    best = likelihood.best()
    parts, means, spread = _blended(likelihood, likelihood.plausible(best))
    error = np.sqrt(np.maximum(spread, 0.0))
    z, mean = special.ndtri((1 + confidence) / 2), means[:, 0]
    season = None
    if seasons > 1:
        season = means[:, 1 if slope == "none" else 2]
    return Fitted(
        level=_back(mean, scale),
        lower=_back(mean - z * error, scale),
        upper=_back(mean + z * error, scale),
        mean=mean,
        error=error,
        slope=None if slope == "none" else means[:, 1],
        season=season,
        variances=likelihood.variances(best),
        log_likelihood=-likelihood.minus(best),
        confidence=confidence,
        scale=scale,
        parts=parts,
        method=f"structural-level-{slope}-slope",
    )


@dataclass(frozen=True)
class Forecast:
    """The level of the coming periods with limits, in their unit; mean and error on the scale."""

    level: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    mean: np.ndarray
    error: np.ndarray
    confidence: float
    method: str = "structural-forecast"
    version: str = VERSION


def forecast(fitted: Fitted, periods: int) -> Forecast:
    """Return the level 1 to ``periods`` ahead: T^k a with variance that grows by Q each step; without season.

    >>> found = fit([5.0, 5.2, 5.1, 5.3], [0.1] * 4, is_noisy=False, variances={"level": 0.01})
    >>> ahead = forecast(found, 2)
    >>> print(ahead.level.round(3).tolist(), ahead.error.round(3).tolist())
    [5.229, 5.229] [0.127, 0.162]
    """
    periods = arrays.whole(periods, "number of periods ahead", most=MOST_AHEAD)
    share = np.array([part.weight for part in arrays.instance(fitted, Fitted, "fit").parts])[:, None]
    means, variances = (
        np.array(list(each)) for each in zip(*(_ahead(p, periods) for p in fitted.parts), strict=True)
    )
    m = (share * means).sum(axis=0)
    s = np.sqrt((share * (variances + (means - m) ** 2)).sum(axis=0))
    z = special.ndtri((1 + fitted.confidence) / 2)
    limits = [_back(end, fitted.scale) for end in (m, m - z * s, m + z * s)]
    return Forecast(*limits, m, s, fitted.confidence)


@dataclass(frozen=True)
class Reaching:
    """Chances that the level stands at a target at the date, and that it was there at any time by then."""

    at: float
    by: float
    target: float
    periods: int
    draws: int
    method: str = "probability-of-target"
    version: str = VERSION


def reaching(
    fitted: Fitted, target: float, periods: int, rng: np.random.Generator, *, draws: int = 10_000
) -> Reaching:
    """Return the chance that the level is at or above ``target`` in ``periods`` periods, and by then.

    ``at`` = Phi((m_k - g(target)) / s_k) from the forecast; ``by`` counts drawn paths that are there in one
    of the periods 1 to k, so it is never less (up to their noise, below 0.005 for 10 000 draws). What is
    meant is the true level, not the next sample. The model is taken as right: it knows no reform that is
    still to come.

    >>> found = fit([0.90, 0.92, 0.91, 0.93, 0.95], [0.01] * 5, is_noisy=False, variances={"level": 1e-4})
    >>> chance = reaching(found, 0.95, 4, np.random.default_rng(1))
    >>> print(round(chance.at, 3), 0.4 < chance.by < 0.5)
    0.315 True
    """
    periods = arrays.whole(periods, "number of periods ahead", most=MOST_AHEAD)
    draws, rng = arrays.whole(draws, "number of draws"), arrays.generator(rng)
    scale = arrays.instance(fitted, Fitted, "fit").scale
    wanted = float(_forward(np.array([arrays.number(target, "target")]), scale)[0])
    at, is_there = 0.0, []
    counts = rng.multinomial(draws, [part.weight for part in fitted.parts])
    for part, count in zip(fitted.parts, counts, strict=True):
        mean, variance = (row[-1] for row in _ahead(part, periods))
        error = np.sqrt(variance)
        there = special.ndtr((mean - wanted) / error) if error > 0 else float(mean >= wanted)
        at += part.weight * float(there)
        is_there.append(_paths(part, periods, int(count), wanted, rng))
    by = float(np.concatenate(is_there).mean())
    return Reaching(at, max(by, at), target, int(periods), draws)


def _ahead(part: Part, periods: int) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of the level 1 to ``periods`` ahead under one choice of variances."""
    state, spread, moves = part.state, part.spread, part.model.moves
    mean, variance = [], []
    for _period in range(int(periods)):
        mean.append(state[0])
        variance.append(max(spread[0, 0], 0.0))
        state, spread = moves @ state, moves @ spread @ moves.T + part.model.variance
    return np.array(mean), np.array(variance)


def _paths(part: Part, periods: int, count: int, wanted: float, rng: np.random.Generator) -> np.ndarray:
    """Draw paths of the level and say which are at ``wanted`` or above in one of the periods."""
    state = part.state + rng.standard_normal((count, part.state.size)) @ _root(part.spread).T
    shake, is_there = _root(part.model.variance), np.zeros(count, dtype=bool)
    for _period in range(int(periods)):
        is_there |= state[:, 0] >= wanted
        state = state @ part.model.moves.T + rng.standard_normal(state.shape) @ shake.T
    return is_there


def _series(figures: Any, errors: Any, scale: str) -> tuple[np.ndarray, np.ndarray]:
    y, s = arrays.numbers(figures, "figures"), arrays.numbers(errors, "errors")
    if not arrays.is_one_of(scale, Scale):
        raise BadInput(f"There is no scale {scale!r}.", "Give 'identity' or 'logit'.")
    if y.ndim != 1 or y.shape != s.shape:
        raise BadInput("Figures and errors do not fit.", "Give one standard error for each figure.")
    known = ~np.isnan(y)
    if not np.array_equal(known, ~np.isnan(s)) or np.isinf(y).any() or np.isinf(s).any():
        raise BadInput("A figure or an error is unknown alone.", "A period without survey has NaN in both.")
    if np.any(s[known] < 0) or known.sum() < 3:
        raise BadInput(
            "Errors are negative or periods too few.", "Give three figures with errors of 0 or more."
        )
    if scale == "identity":
        return y, s**2
    g = np.full(y.size, np.nan)
    g[known] = _forward(y[known], scale)
    return g, (s / (y * (1 - y))) ** 2


def _forward(x: np.ndarray, scale: str) -> np.ndarray:
    if scale == "identity":
        return x
    if not np.all((x > 0) & (x < 1)):
        raise BadInput(
            "A rate of 0 or 1, or outside, has no logit.",
            "Take (passes + 0.5) / (n + 1), or the identity scale.",
        )
    return special.logit(x)


def _back(g: np.ndarray, scale: str) -> np.ndarray:
    return g if scale == "identity" else special.expit(g)


def _model(slope: str, seasons: int, variances: dict[str, float]) -> statespace.Model:
    trend = 1 if slope == "none" else 2
    size = trend + seasons - 1
    z, t, q = np.zeros(size), np.zeros((size, size)), np.zeros((size, size))
    z[0], t[0, 0], q[0, 0] = 1, 1, variances.get("level", 0.0)
    if trend == 2:
        t[0, 1] = t[1, 1] = 1
        q[1, 1] = variances.get("slope", 0.0)
    if seasons > 1:
        # This season and the seasons - 1 before it add up to noise.
        z[trend], q[trend, trend] = 1, variances.get("season", 0.0)
        t[trend, trend:] = -1
        t[np.arange(trend + 1, size), np.arange(trend, size - 1)] = 1
    return statespace.Model(z, t, q)


@dataclass(frozen=True)
class _Likelihood:
    """The diffuse likelihood over the roots of the free variances, in units of the changes of the series."""

    y: np.ndarray
    h: np.ndarray
    slope: str
    seasons: int
    is_noisy: bool
    fixed: dict[str, float]

    def __post_init__(self) -> None:
        if set(self.fixed) - set(self.names) or not all(
            arrays.number(v, "fixed variance") >= 0 for v in self.fixed.values()
        ):
            raise BadInput(
                "A fixed variance is negative or none of the model.", f"Give any of {', '.join(self.names)}."
            )
        if self.free and not self.unit > 0:
            raise BadInput(
                "The series never changes.", "There is no movement to estimate; fix the variances."
            )

    @property
    def names(self) -> list[str]:
        has = {
            "noise": self.is_noisy,
            "level": True,
            "slope": self.slope == "moving",
            "season": self.seasons > 1,
        }
        return [name for name, is_there in has.items() if is_there]

    @property
    def free(self) -> list[str]:
        return [name for name in self.names if name not in self.fixed]

    @property
    def unit(self) -> float:
        return float(np.var(np.diff(self.y[~np.isnan(self.y)])))

    def variances(self, roots: np.ndarray) -> dict[str, float]:
        # A series without any error has no likelihood at zero variances.
        least = 0.0 if np.nanmin(self.h) > 0 else 1e-8
        values = np.maximum(np.asarray(roots) ** 2, least) * self.unit
        return self.fixed | dict(zip(self.free, values.tolist(), strict=True))

    def run(self, roots: np.ndarray) -> tuple[statespace.Filtered, statespace.Model]:
        found = self.variances(roots)
        model = _model(self.slope, self.seasons, found)
        return statespace.run(self.y, self.h + found.get("noise", 0.0), model), model

    def minus(self, roots: np.ndarray) -> float:
        return -self.run(roots)[0].log_likelihood

    def best(self) -> np.ndarray:
        """Return the roots of the highest likelihood, zero where zero is as good."""
        count = len(self.free)
        if not count:
            return np.zeros(0)
        # The likelihood may have several tops: the two best places of a coarse grid are climbed from.
        grid = sorted(
            (np.array(g) for g in itertools.product((0.01, 0.1, 0.6), repeat=count)), key=self.minus
        )
        options = {"ftol": 1e-13, "gtol": 1e-8}
        tries = [
            optimize.minimize(self.minus, start, method="L-BFGS-B", bounds=[(0, 30)] * count, options=options)
            for start in grid[: min(count, 2)]
        ]
        roots = min(tries, key=lambda one: one.fun).x
        for place in range(count):
            without = np.where(np.arange(count) == place, 0.0, roots)
            if self.minus(without) <= self.minus(roots) + 1e-9:
                roots = without
        return roots

    def plausible(self, best: np.ndarray) -> list[tuple[float, np.ndarray]]:
        """Return choices of roots with their weights: the likelihood over a grid, deviations flat before."""
        if not best.size:
            return [(1.0, best)]
        top, axes = self.minus(best), []
        for place, root in enumerate(best):

            def is_far(value: float, place: int = place) -> bool:
                return self.minus(np.where(np.arange(best.size) == place, value, best)) > top + DROP

            high = max(2 * root, 0.05)
            while high < 20 and not is_far(high):
                high *= 1.5
            low = root / 2
            while low > high / 50 and not is_far(low):
                low /= 1.5
            low = low if low > high / 50 else 0.0
            size = POINTS[min(best.size, len(POINTS)) - 1]
            axes.append(low + (high - low) * (np.arange(size) + 0.5) / size)
        places = [np.array(place) for place in itertools.product(*axes)]
        logs = np.array([-self.minus(place) for place in places])
        weight = np.exp(logs - logs.max())
        kept = weight > 1e-3
        return [(float(w), p) for w, p, k in zip(weight / weight[kept].sum(), places, kept, strict=True) if k]


def _blended(
    likelihood: _Likelihood, choices: list[tuple[float, np.ndarray]]
) -> tuple[tuple[Part, ...], np.ndarray, np.ndarray]:
    """Return the parts, and over them the mean of the states and the variance of the level."""
    parts, means, spreads = [], [], []
    for weight, roots in choices:
        run, model = likelihood.run(roots)
        mean, spread = statespace.smooth(run, model)
        parts.append(Part(weight, *run.at(likelihood.y.size), model))
        means.append(mean)
        spreads.append(spread[:, 0, 0])
    share, level = np.array([part.weight for part in parts]), np.array(means)
    mean = np.tensordot(share, level, axes=1)
    between = (level[:, :, 0] - mean[:, 0]) ** 2
    return tuple(parts), mean, share @ (np.array(spreads) + between)


def _root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return vectors * np.sqrt(np.maximum(values, 0.0))
