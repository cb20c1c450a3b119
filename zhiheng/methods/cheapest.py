"""The cheapest sample sizes that keep several targets at once: the convex task behind ``allocation.bethel``.

An interior-point path (Boyd & Vandenberghe 2004, 11.3) finds which targets bind, whatever their scales and
however many numbers are zero; Newton's steps on those settle the sizes to full precision.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

VERSION = "2"
# A stratum so near to a bound, by its share, is held there.
NEAR = 1e-6


def sizes(
    a: np.ndarray, price: np.ndarray, low: np.ndarray | float = 0.0, high: np.ndarray | float = np.inf
) -> np.ndarray:
    """Return the n_h that make sum c_h n_h least under sum_h a_hj / n_h <= 1 for every j, l_h <= n_h <= u_h.

    ``a`` (strata, targets) is zero or more, each stratum and target having a number above zero; ``price`` c_h
    is above zero; ``low`` < ``high``, and sizes of ``high`` keep every target with something to spare. In
    x = 1 / n the task, sum c / x least under a' x <= 1 and 1 / u <= x <= 1 / l, is convex; each step is
    Newton's on t sum c / x less the logs of what each limit leaves, and t grows until what is left to gain is
    a trillionth of the cost. The slacks s of the targets then tell their dual weights w = 1 / (t s); between
    its bounds n_h = sqrt(sum_j w_j a_hj / c_h). With one target and no bound n_h = sqrt(a_h / c_h) sum
    sqrt(a c).

    >>> sizes(np.array([[1.0], [4.0]]), np.ones(2)).round(9).tolist()
    [3.0, 6.0]
    >>> sizes(np.array([[1.0], [4.0]]), np.ones(2), high=np.array([9.0, 5.0])).round(9).tolist()
    [5.0, 5.0]
    """
    task = _Task.of(a, price, low, high)
    x = task.inside()
    limits = a.shape[1] + np.isfinite(task.ceiling).sum() + (task.floor > 0).sum()
    t = limits / (price / x).sum()
    while limits / t > 1e-12 * (price / x).sum():
        t *= 30
        x = task.centred(x, t)
    slack = 1 - a.T @ x
    weights, alone = 1 / (t * slack), np.sqrt(price[:, None] * a).sum(0) ** 2
    n = task.polished(x, weights, weights / alone > slack)
    # What is still missing of the tightest target is made good by drawing a little more.
    return np.clip(n * max(float((a / n[:, None]).sum(0).max()), 1.0), task.low, task.high)


@dataclass(frozen=True)
class _Task:
    """Numbers of the task, with the bounds of x = 1 / n: the floor 1 / u and the ceiling 1 / l."""

    a: np.ndarray
    price: np.ndarray
    low: np.ndarray
    high: np.ndarray
    floor: np.ndarray
    ceiling: np.ndarray

    @classmethod
    def of(cls, a: np.ndarray, price: np.ndarray, low: np.ndarray | float, high: np.ndarray | float) -> _Task:
        low, high = (np.broadcast_to(np.asarray(bound, dtype=float), price.shape) for bound in (low, high))
        ceiling = np.divide(1.0, low, out=np.full(price.shape, np.inf), where=low > 0)
        return cls(a, price, low, high, 1 / high, ceiling)

    def inside(self) -> np.ndarray:
        """Return a point that keeps every limit with something to spare."""
        room = 1 - self.a.T @ self.floor
        reach = np.divide(room, self.a, out=np.full(self.a.shape, np.inf), where=self.a > 0).min(1)
        return self.floor + np.minimum(reach / (2 * self.price.size), (self.ceiling - self.floor) / 2)

    def height(self, x: np.ndarray, t: float) -> float:
        slack, up, down = 1 - self.a.T @ x, self.ceiling - x, x - self.floor
        if min(x.min(), slack.min(), up.min(), down.min()) <= 0:
            return np.inf
        bounds = np.log(up[np.isfinite(up)]).sum() + np.log(down[self.floor > 0]).sum()
        return t * (self.price / x).sum() - np.log(slack).sum() - bounds

    def centred(self, x: np.ndarray, t: float) -> np.ndarray:
        """Return the point of the path at t, by Newton steps from a point x that keeps all limits."""
        here, a = self.height(x, t), self.a
        for _round in range(100):
            slack = 1 - a.T @ x
            # A floor of zero needs no wall: the cost is one.
            up, down = 1 / (self.ceiling - x), np.where(self.floor > 0, 1 / (x - self.floor), 0.0)
            slope = a @ (1 / slack) - t * self.price / x**2 + up - down
            bend = 2 * t * self.price / x**3 + up**2 + down**2
            # The matrix is diagonal but for one column a target (Woodbury).
            inner = np.diag(slack**2) + a.T @ (a / bend[:, None])
            step = (a @ np.linalg.solve(inner, a.T @ (slope / bend)) - slope) / bend
            gain, size = float(slope @ step), 1.0
            if -gain < 1e-10:
                break
            while size > 1e-12 and not self.height(x + size * step, t) <= here + 0.1 * size * gain:
                size /= 2
            if size <= 1e-12:
                break
            x = x + size * step
            here = self.height(x, t)
        return x

    def polished(self, x: np.ndarray, weights: np.ndarray, bind: np.ndarray) -> np.ndarray:
        """Return the sizes settled to full precision, from a point x of the path and its weights.

        Newton steps on the weights of the targets that bind, with strata at a bound held there; where that
        leads nowhere better, the sizes of the path itself.
        """
        at_low, at_high = self.ceiling - x <= NEAR * x, x - self.floor <= NEAR * self.floor
        is_free, n = ~(at_low | at_high), np.where(at_low, self.low, np.where(at_high, self.high, 1 / x))
        active, here, found, best = self.a[:, bind], weights[bind], np.inf, 1 / x
        if np.any(is_free & (active.max(1, initial=0.0) == 0)):
            return best
        for _round in range(50):
            n = np.where(is_free, np.sqrt(active @ here / self.price), n)
            off = (active / n[:, None]).sum(0) - 1
            if not np.max(np.abs(off), initial=0.0) < found:
                break
            found, last = float(np.max(np.abs(off), initial=0.0)), n
            scale = np.where(is_free, 1 / (2 * n**3 * self.price), 0.0)
            here = here + np.linalg.lstsq((active.T * scale) @ active, off, rcond=None)[0]
            if np.any(here <= 0):
                break
        is_within = np.all((last >= self.low) & (last <= self.high))
        is_cheap = self.price @ last <= self.price @ best * (1 + NEAR**2)
        return last if found < NEAR**2 * 10 and is_within and is_cheap else best
