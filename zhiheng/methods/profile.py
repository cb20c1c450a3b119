"""The likelihood interval of a share as R survey prints it: read off a profile of a dozen points.

``intervals.likelihood`` solves the same inequality exactly, with n for n - 1; use that one. This one is for
comparing with figures that were published from R.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, taylor
from zhiheng.methods.rows import Rows

VERSION = "1"
STEPS = 10
CONVERGED = 1e-8


def likelihood(y: Any, rows: Rows, *, level: float = 0.95) -> tuple[float, float]:
    """Return the limits of the share of passes ``y`` (0 or 1) by the scaled likelihood ratio of its logit.

    D(b) is the deviance of the logit b with the weights scaled to mean one, less its least; z(b) is the
    signed root of D(b) (n - 1) / n. The limits are where z = -+ t sqrt(lambda): t is Student's quantile of
    the design degrees of freedom, lambda = s^2 I the ratio of the variance s^2 of the logit under the design
    to that under the model, 1 / I (Rao & Scott 1984). z is taken at steps of a fifth of the largest that is
    needed, joined by a cubic spline with the ends of Forsythe, Malcolm & Moler (1977), and inverted on a grid
    three times as fine by straight lines (Venables & Ripley 2002, 8.4). I is that of the last but one round
    of the fit by reweighted least squares.

    >>> y, rows = [1] * 18 + [0] * 2, Rows.of([5.0] * 20)
    >>> low, high = likelihood(y, rows)
    >>> print(round(low, 4), round(high, 4))
    0.6948 0.9871
    """
    y, level = arrays.numbers(y, "outcomes"), arrays.confidence(level)
    arrays.instance(rows, Rows, "rows")
    if y.shape != rows.weight.shape or not np.isin(y, (0.0, 1.0)).all() or y.min() == y.max():
        raise BadInput(
            "The outcomes are not both 0 and 1.", "At 0 or 1 take clopper_pearson or korn_graubard."
        )
    found = taylor.mean(y, rows)
    if not (found.df > 0 and found.standard_error > 0):
        raise BadInput("The design leaves no error to scale by.", "Take clopper_pearson.")
    weight, n = rows.weight / rows.weight.mean(), y.size
    centre, information = _fitted(y, weight)
    share = special.expit(centre)
    error = found.standard_error / (share * (1 - share))
    cut = special.stdtrit(found.df, (1 + level) / 2) * error * np.sqrt(information)
    largest = np.sqrt(special.fdtri(1, n - 1, 1 - special.ndtr(-cut) / 2))
    flat = BadInput("The likelihood is too flat for a limit.", "Take clopper_pearson or korn_graubard.")
    if not np.isfinite(largest):
        raise flat

    def z(b: float) -> float:
        q = special.expit(b)
        apart = special.rel_entr(share, q) + special.rel_entr(1 - share, 1 - q)
        return float(np.sign(b - centre) * np.sqrt(max(2 * n * apart, 0) * (n - 1) / n))

    logits = _steps(z, centre, largest / 5 * error, largest)
    heights = np.array([z(b) for b in logits])
    if not np.isfinite(heights).all() or heights[0] > -cut or heights[-1] < cut or heights.size < 4:
        raise flat
    fine = np.linspace(logits[0], logits[-1], 3 * logits.size)
    low, high = special.expit(np.interp([-cut, cut], _spline(logits, heights, fine), fine))
    return float(low), float(high)


def _fitted(y: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Fit a constant logit by reweighted least squares; return it with the information one round before."""

    def deviance(mu: np.ndarray) -> float:
        return float(2 * (weight * (special.rel_entr(y, mu) + special.rel_entr(1 - y, 1 - mu))).sum())

    mu = (weight * y + 0.5) / (weight + 1)
    before = deviance(mu)
    for _round in range(100):
        inner = weight * mu * (1 - mu)
        logit = float((inner * (special.logit(mu) + (y - mu) / (mu * (1 - mu)))).sum() / inner.sum())
        mu = np.full(y.size, special.expit(logit))
        now = deviance(mu)
        if abs(now - before) / (0.1 + abs(now)) < CONVERGED:
            return logit, float(inner.sum())
        before = now
    raise BadInput("The fit of the share did not settle.", "Check the weights: one may outweigh all others.")


def _steps(z: Any, centre: float, step: float, largest: float) -> np.ndarray:
    places = [centre]
    for sign in (-1, 1):
        for count in range(1, STEPS):
            places.append(centre + sign * count * step)
            if abs(z(places[-1])) >= largest:
                break
    return np.sort(places)


def _spline(x: np.ndarray, y: np.ndarray, at: np.ndarray) -> np.ndarray:
    """Return the cubic spline through (x, y) whose outer third derivatives are those of the outer cubics."""
    n, h = x.size, np.diff(x)
    slope = np.diff(y) / h
    system, right = np.zeros((n, n)), np.zeros(n)
    inner = np.arange(1, n - 1)
    system[inner, inner - 1], system[inner, inner + 1] = h[:-1] / 6, h[1:] / 6
    system[inner, inner] = (h[:-1] + h[1:]) / 3
    right[inner] = np.diff(slope)
    for row, near, first, width in ((0, 1, 0, h[0]), (n - 1, n - 2, n - 4, h[-1])):
        place = slice(first, first + 4)
        third = np.linalg.solve(np.vander(x[place] - x[first], 4), y[place])[0]
        system[row, row], system[row, near] = (-1, 1) if row == 0 else (1, -1)
        right[row] = 6 * third * width
    bend = np.linalg.solve(system, right)
    k = np.clip(np.searchsorted(x, at, side="right") - 1, 0, n - 2)
    left, rest, width = at - x[k], x[k + 1] - at, h[k]
    curved = (bend[k] * rest**3 + bend[k + 1] * left**3) / (6 * width)
    return (
        curved
        + (y[k] / width - bend[k] * width / 6) * rest
        + (y[k + 1] / width - bend[k + 1] * width / 6) * left
    )
