"""Runs the Kalman filter and smoother of a series with known sampling variances and a diffuse start.

Model: y_t = Z a_t + e_t, var e_t = h_t; a_(t+1) = T a_t + w_t, var w_t = Q; nothing is known of a_1. The
start is estimated with the series (augmented filter of de Jong 1991, Annals of Statistics 19; Durbin &
Koopman 2012, 5.7), so no large number stands for "unknown". ``structural`` builds its models on this.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg

from zhiheng.errors import BadInput


@dataclass(frozen=True)
class Model:
    """What is seen of the state (Z), how it moves (T) and by what variance (Q)."""

    seen: np.ndarray
    moves: np.ndarray
    variance: np.ndarray


@dataclass(frozen=True)
class Filtered:
    """The states as predicted, and what the smoother needs; columns beside the first are the start."""

    states: list[np.ndarray]
    spreads: list[np.ndarray]
    errors: list[np.ndarray | None]
    scales: list[float]
    start: np.ndarray
    start_spread: np.ndarray
    log_likelihood: float

    def at(self, t: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean and variance of the state at t from what was seen before t."""
        return self._joined(self.states[t], self.spreads[t])

    def _joined(self, columns: np.ndarray, spread: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        free = columns[:, 1:]
        return columns[:, 0] + free @ self.start, spread + free @ self.start_spread @ free.T


def run(y: np.ndarray, h: np.ndarray, model: Model) -> Filtered:
    """Filter a series whose unknown periods are NaN; the likelihood is diffuse.

    ln L = -1/2 [(n - d) ln 2 pi + sum ln F_t + ln |S| + q - s' S^-1 s], d the number of states.

    >>> one = Model(np.ones(1), np.eye(1), np.zeros((1, 1)))
    >>> found = run(np.array([1.0, 2.0, 6.0]), np.ones(3), one)
    >>> print(found.at(3)[0], found.at(3)[1].round(4), round(found.log_likelihood, 4))
    [3.] [[0.3333]] -9.3872
    """
    z, t, m = model.seen, model.moves, model.seen.size
    columns = np.concatenate([np.zeros((m, 1)), np.eye(m)], axis=1)
    spread, total, logs, seen = np.zeros((m, m)), np.zeros((m + 1, m + 1)), 0.0, 0
    states, spreads, errors, scales = [columns], [spread], [], []
    for value, noise in zip(y, h, strict=True):
        if np.isnan(value):
            columns, spread = t @ columns, t @ spread @ t.T + model.variance
            errors.append(None)
            scales.append(np.nan)
        else:
            error = -(z @ columns)
            error[0] += value
            gain = spread @ z
            scale = float(z @ gain + noise)
            if not scale > 0:
                raise BadInput("A period has no error of its own.", "Give sampling variances, or a noise.")
            total += np.outer(error, error) / scale
            logs, seen = logs + np.log(scale), seen + 1
            columns = t @ (columns + np.outer(gain, error) / scale)
            spread = t @ (spread - np.outer(gain, gain) / scale) @ t.T + model.variance
            errors.append(error)
            scales.append(scale)
        states.append(columns)
        spreads.append(spread)
    q, s, square = total[0, 0], total[1:, 0], total[1:, 1:]
    scale = np.sqrt(np.diag(square))
    # Scaled first: states differ in unit, and only dependence between them leaves the start open.
    if not np.all(scale > 0) or np.linalg.cond(square / np.outer(scale, scale)) > 1e13:
        raise BadInput("The series is too short for its model.", "Give more periods, or a simpler trend.")
    inverse, size = linalg.inv(square), np.linalg.slogdet(square)[1]
    start = -inverse @ s
    left = q - s @ inverse @ s
    likelihood = -0.5 * ((seen - m) * np.log(2 * np.pi) + logs + size + left)
    return Filtered(states, spreads, errors, scales, start, inverse, float(likelihood))


def smooth(found: Filtered, model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Return means (periods x states) and variances of the states given the whole series (de Jong 1989).

    a_t = E(a_t | all y), in the unit of y on the scale of the model. A level that stays is the mean of all
    figures in every period; one that wanders has the least sum of (y - a)^2 / h and (a_(t+1) - a_t)^2 / q.

    >>> still, moves = (Model(np.ones(1), np.eye(1), np.full((1, 1), q)) for q in (0.0, 1.0))
    >>> y, h = np.array([1.0, 2.0, 6.0]), np.ones(3)
    >>> [smooth(run(y, h, one), one)[0].ravel().round(3).tolist() for one in (still, moves)]
    [[3.0, 3.0, 3.0], [1.875, 2.75, 4.375]]
    """
    z, t, m = model.seen, model.moves, model.seen.size
    back, weight = np.zeros((m, m + 1)), np.zeros((m, m))
    means, variances = [], []
    for place in range(len(found.errors) - 1, -1, -1):
        columns, spread = found.states[place], found.spreads[place]
        error, scale = found.errors[place], found.scales[place]
        if error is None:
            back, weight = t.T @ back, t.T @ weight @ t
        else:
            step = t @ (np.eye(m) - np.outer(spread @ z, z) / scale)
            back = np.outer(z, error) / scale + step.T @ back
            weight = np.outer(z, z) / scale + step.T @ weight @ step
        mean, variance = found._joined(columns + spread @ back, spread - spread @ weight @ spread)
        means.append(mean)
        variances.append(variance)
    return np.array(means[::-1]), np.array(variances[::-1])
