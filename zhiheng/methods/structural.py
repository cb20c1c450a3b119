"""Follows the level of a repeated survey: what moved is told apart from what was only sampled.

Model (Harvey 1989; Durbin & Koopman 2012, chapter 3): figure = level + season + sampling error of known
variance (+ noise); level and slope are random walks. Rates stay within 0 to 1 on the logit scale. Checked
against the Nile of Durbin & Koopman and R StructTS.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from scipy import optimize, special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, statespace

VERSION = "1"
Slope = Literal["none", "fixed", "moving"]
Scale = Literal["identity", "logit"]


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
    final: tuple[np.ndarray, np.ndarray]
    model: statespace.Model
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
    """Estimate the variances by the diffuse likelihood, then smooth the level of each period.

    ``figures`` in time order with their standard errors (NaN in both: the period has no survey). ``slope``:
    "none" the level wanders, "fixed" it wanders around a line, "moving" the slope wanders too. ``seasons``:
    periods a year with a moving pattern, 1 for none. ``is_noisy`` lets the figures vary beyond their sampling
    errors. ``variances`` fixes some of "noise", "level", "slope", "season". On the logit scale errors are
    divided by p (1 - p); limits are mean -+ z error carried back. The doubt about the variances is left out,
    which makes them a little narrow for fewer than about 20 periods.

    >>> found = fit([0.90, 0.92, 0.91, 0.93, 0.95], [0.01] * 5, is_noisy=False, variances={"level": 1e-4})
    >>> print(round(found.level[-1], 4), round(found.error[-1], 4))
    0.9396 0.0079
    """
    y, h = _series(figures, errors, scale)
    arrays.between(confidence, 0, 1, "confidence")
    if slope not in get_args(Slope):
        raise BadInput(f"There is no slope {slope!r}.", "Give 'none', 'fixed' or 'moving'.")
    if seasons < 1 or seasons != int(seasons):
        raise BadInput(f"A year has no {seasons} periods.", "Give 1, 4 or 12.")
    names = ["noise"] * is_noisy + ["level"] + ["slope"] * (slope == "moving") + ["season"] * (seasons > 1)
    found = _estimated(y, h, slope, int(seasons), names, dict(variances or {}))
    model = _model(slope, int(seasons), found)
    run = statespace.run(y, h + found.get("noise", 0.0), model)
    means, spreads = statespace.smooth(run, model)
    error = np.sqrt(np.maximum(spreads[:, 0, 0], 0.0))
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
        variances=found,
        log_likelihood=run.log_likelihood,
        confidence=confidence,
        scale=scale,
        final=run.at(y.size),
        model=model,
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
    if periods < 1:
        raise BadInput(f"There is nothing {periods} periods ahead.", "Give one period or more.")
    (state, spread), t = fitted.final, fitted.model.moves
    mean, variance = [], []
    for _period in range(int(periods)):
        mean.append(state[0])
        variance.append(spread[0, 0])
        state, spread = t @ state, t @ spread @ t.T + fitted.model.variance
    m, s = np.array(mean), np.sqrt(variance)
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
    ahead = forecast(fitted, periods)
    wanted = float(_forward(np.array([target]), fitted.scale)[0])
    if draws < 1 or not np.isfinite(wanted):
        raise BadInput("The target or the number of draws means nothing.", "Give a finite target and draws.")
    at = special.ndtr((ahead.mean[-1] - wanted) / ahead.error[-1]) if ahead.error[-1] > 0 else None
    (mean, spread), model = fitted.final, fitted.model
    state = mean + rng.standard_normal((draws, mean.size)) @ _root(spread).T
    shake, is_there = _root(model.variance), np.zeros(draws, dtype=bool)
    for _period in range(int(periods)):
        is_there |= state[:, 0] >= wanted
        state = state @ model.moves.T + rng.standard_normal(state.shape) @ shake.T
    chance = float(ahead.mean[-1] >= wanted) if at is None else float(at)
    return Reaching(chance, max(float(is_there.mean()), chance), target, int(periods), draws)


def _series(figures: Any, errors: Any, scale: str) -> tuple[np.ndarray, np.ndarray]:
    y, s = np.asarray(figures, dtype=float), np.asarray(errors, dtype=float)
    if scale not in get_args(Scale):
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


def _estimated(
    y: np.ndarray, h: np.ndarray, slope: str, seasons: int, names: list[str], fixed: dict[str, float]
) -> dict[str, float]:
    """Return the variances that maximise the likelihood over zero and above, those of ``fixed`` kept."""
    if set(fixed) - set(names) or not all(np.isfinite(v) and v >= 0 for v in fixed.values()):
        raise BadInput(
            "A fixed variance is negative or none of the model.", f"Give any of {', '.join(names)}."
        )
    free = [name for name in names if name not in fixed]
    unit = float(np.nanvar(np.diff(y[~np.isnan(y)])))
    if not free:
        return fixed
    if not unit > 0:
        raise BadInput("The series never changes.", "There is no movement to estimate; fix the variances.")
    # A series without any error has no likelihood at zero variances.
    least = 0.0 if np.nanmin(h) > 0 else 1e-8

    def minus(roots: np.ndarray) -> float:
        found = fixed | dict(zip(free, np.maximum(roots**2, least) * unit, strict=True))
        return -statespace.run(y, h + found.get("noise", 0.0), _model(slope, seasons, found)).log_likelihood

    # The likelihood may have several tops: the two best places of a coarse grid are climbed from.
    grid = sorted((np.array(g) for g in itertools.product((0.01, 0.1, 0.6), repeat=len(free))), key=minus)
    bounds, options = [(0, 30)] * len(free), {"ftol": 1e-13, "gtol": 1e-8}
    tries = [
        optimize.minimize(minus, start, method="L-BFGS-B", bounds=bounds, options=options)
        for start in grid[:2]
    ]
    roots = min(tries, key=lambda one: one.fun).x
    for place in range(len(free)):
        without = np.where(np.arange(len(free)) == place, 0.0, roots)
        if minus(without) <= minus(roots) + 1e-9:
            roots = without
    return fixed | dict(zip(free, (float(v) for v in np.maximum(roots**2, least) * unit), strict=True))


def _root(matrix: np.ndarray) -> np.ndarray:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    return vectors * np.sqrt(np.maximum(values, 0.0))
