"""The cheapest sample sizes that keep several targets at once: the convex task behind ``allocation.bethel``.

An interior-point path (Boyd & Vandenberghe 2004, 11.3) finds which targets bind, whatever their scales and
however many numbers are zero; Newton's steps on those settle the sizes to full precision.
"""

from __future__ import annotations

import numpy as np

VERSION = "1"


def sizes(a: np.ndarray, price: np.ndarray) -> np.ndarray:
    """Return the n_h > 0 that make sum c_h n_h least under sum_h a_hj / n_h <= 1 for every target j.

    ``a`` (strata, targets) is zero or more, each stratum and target having a number above zero; ``price`` c_h
    is above zero. In x = 1 / n the task, sum c / x least under a' x <= 1, is convex; each step is Newton's on
    t sum c / x - sum log(1 - a' x), and t grows until what is left to gain is a trillionth of the cost. The
    slacks s then tell the dual weights 1 / (t s). With one target n_h = sqrt(a_h / c_h) sum sqrt(a c).

    >>> sizes(np.array([[1.0], [4.0]]), np.ones(2)).round(9).tolist()
    [3.0, 6.0]
    """
    x = 0.5 / (a.shape[0] * a.max(1))
    t = a.shape[1] / (price / x).sum()
    while a.shape[1] / t > 1e-12 * (price / x).sum():
        t *= 30
        x = _centred(a, price, x, t)
    slack = 1 - a.T @ x
    weights, alone = 1 / (t * slack), np.sqrt(price[:, None] * a).sum(0) ** 2
    weights = _polished(a, price, weights, weights / alone > slack)
    n = np.sqrt(a @ weights / price)
    # What is still missing of the tightest target is made good by drawing a little more.
    return n * float((a / n[:, None]).sum(0).max())


def _centred(a: np.ndarray, price: np.ndarray, x: np.ndarray, t: float) -> np.ndarray:
    """Return the point of the path at t, by Newton steps from a point x that keeps all targets."""

    def height(x: np.ndarray) -> float:
        slack = 1 - a.T @ x
        return np.inf if x.min() <= 0 or slack.min() <= 0 else t * (price / x).sum() - np.log(slack).sum()

    here = height(x)
    for _round in range(100):
        slack, bend = 1 - a.T @ x, 2 * t * price / x**3
        slope = a @ (1 / slack) - t * price / x**2
        # The matrix is diagonal but for one column a target (Woodbury).
        inner = np.diag(slack**2) + a.T @ (a / bend[:, None])
        step = (a @ np.linalg.solve(inner, a.T @ (slope / bend)) - slope) / bend
        gain, size = float(slope @ step), 1.0
        if -gain < 1e-10:
            break
        while size > 1e-12 and not height(x + size * step) <= here + 0.1 * size * gain:
            size /= 2
        if size <= 1e-12:
            break
        x = x + size * step
        here = height(x)
    return x


def _polished(a: np.ndarray, price: np.ndarray, weights: np.ndarray, bind: np.ndarray) -> np.ndarray:
    """Take Newton steps on the targets that bind, to full precision; the others weigh nothing."""
    active, best = a[:, bind], weights
    if not bind.any() or np.any(active.max(1) == 0):
        return weights
    here, found = weights[bind], np.inf
    for _round in range(50):
        n = np.sqrt((active @ here) / price)
        off = (active / n[:, None]).sum(0) - 1
        if np.max(np.abs(off)) >= found:
            break
        found, best = float(np.max(np.abs(off))), np.where(bind, 0.0, 0.0)
        best[bind] = here
        slope = (active.T / (2 * n**3 * price)) @ active
        here = here + np.linalg.lstsq(slope, off, rcond=None)[0]
        if np.any(here <= 0):
            break
    return best
