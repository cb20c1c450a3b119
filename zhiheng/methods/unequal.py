"""Variance of totals after draws of fixed size with unequal probabilities, exact or without joint ones.

Symbols: pi_i inclusion probability of unit i, pi_ij of the pair; z_i = y_i / pi_i; n units drawn. Checked
against R survey 4.1.1 (``pps=``) and sampling 2.9 (``varest``).
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"
Approximation = Literal["brewer", "deville"]


def total(y: Any, pi: Any) -> float:
    """Return the Horvitz-Thompson total sum y / pi (1952).

    >>> total([3.0, 4.0], [0.5, 0.25])
    22.0
    """
    y, pi = _drawn(y, pi)
    return float((y / pi).sum())


def mean(y: Any, pi: Any) -> tuple[float, np.ndarray]:
    """Return the Hajek mean sum (y / pi) / sum (1 / pi) and its linearised values (y - mean) / sum (1 / pi).

    The variance of the mean is that of the total of the linearised values, by any function here.

    >>> estimate, values = mean([3.0, 4.0], [0.5, 0.25])
    >>> print(round(estimate, 4), values.round(4).tolist())
    3.6667 [-0.1111, 0.0556]
    """
    y, pi = _drawn(y, pi)
    size = (1 / pi).sum()
    estimate = float((y / pi).sum() / size)
    return estimate, (y - estimate) / size


def horvitz_thompson(y: Any, pi: Any, joint: Any) -> float:
    """Return v = sum_ij (pi_ij - pi_i pi_j) / pi_ij z_i z_j, with pi_ii = pi_i (Horvitz & Thompson 1952).

    Unbiased where every pi_ij > 0, but unsteady and possibly negative: prefer ``sen_yates_grundy``.

    >>> round(horvitz_thompson([3.0, 4.0], [0.5, 0.5], [[0.5, 0.2], [0.2, 0.5]]), 6)
    26.0
    """
    y, pi = _drawn(y, pi)
    joint = _joint(pi, joint)
    z = y / pi
    return float(z @ (1 - np.outer(pi, pi) / joint) @ z)


def sen_yates_grundy(y: Any, pi: Any, joint: Any) -> float:
    """Return v = -1/2 sum_ij (pi_ij - pi_i pi_j) / pi_ij (z_i - z_j)^2 (Sen 1953; Yates & Grundy 1953).

    For draws of fixed size only; never negative where pi_ij <= pi_i pi_j, as for Sampford's draw.

    >>> round(sen_yates_grundy([3.0, 4.0], [0.5, 0.5], [[0.5, 0.2], [0.2, 0.5]]), 6)
    1.0
    """
    y, pi = _drawn(y, pi)
    joint = _joint(pi, joint)
    z = y / pi
    return float(-0.5 * ((1 - np.outer(pi, pi) / joint) * (z[:, None] - z[None, :]) ** 2).sum())


def overton(pi: Any) -> np.ndarray:
    """Return Overton's joint probabilities pi_ij = pi_i pi_j (n - 1) / (n - (pi_i + pi_j) / 2) (1985).

    They need the drawn units alone.

    >>> overton([0.5, 0.5]).round(4).tolist()
    [[0.5, 0.1667], [0.1667, 0.5]]
    """
    pi = _probabilities(pi)
    n = pi.size
    joint = np.outer(pi, pi) * (n - 1) / (n - (pi[:, None] + pi[None, :]) / 2)
    np.fill_diagonal(joint, pi)
    return joint


def hartley_rao(pi: Any, sum_of_squares: float) -> np.ndarray:
    """Return joint probabilities of randomised systematic draws, leading terms (Hartley & Rao 1962).

    pi_ij = pi_i pi_j (n - 1) / (n - pi_i - pi_j + S) with S = sum pi^2 / n over the whole frame, which is
    ``sum_of_squares``.

    >>> hartley_rao([0.5, 0.5], 0.5).round(4).tolist()
    [[0.5, 0.1667], [0.1667, 0.5]]
    """
    pi = _probabilities(pi)
    n, spread = pi.size, arrays.number(sum_of_squares, "sum of squares")
    # pi^2 <= pi, so sum pi^2 / n is at most 1; the drawn units alone are no less than their part of it.
    if not (pi**2).sum() / n * (1 - 1e-9) <= spread <= 1:
        raise BadInput("The sum of squares does not fit.", "Give sum pi^2 / n over all units of the frame.")
    joint = np.outer(pi, pi) * (n - 1) / (n - pi[:, None] - pi[None, :] + spread)
    np.fill_diagonal(joint, pi)
    return joint


def approximate(y: Any, pi: Any, *, method: Approximation = "deville") -> float:
    """Return a variance of the total that needs no joint probabilities.

    ``deville``: v = sum (1 - pi)(z - a' z)^2 / (1 - sum a^2) with a = (1 - pi) / sum (1 - pi) (Deville 1999,
    as in R sampling ``varest``). ``brewer``: v = n / (n - 1) sum (1 - pi)(z - mean z)^2 (Brewer 2002, chapter
    9). Both are close to exact for draws of high entropy (Sampford, conditional Poisson, Pareto); units with
    pi = 1 add nothing.

    >>> round(approximate([3.0, 4.0], [0.5, 0.5]), 6)
    2.0
    """
    y, pi = _drawn(y, pi)
    if not arrays.is_one_of(method, Approximation):
        raise BadInput(f"There is no approximation {method!r}.", "Give deville or brewer.")
    z, free = y / pi, 1 - pi
    if method == "brewer":
        return float(pi.size / (pi.size - 1) * (free * (z - z.mean()) ** 2).sum())
    if (free > 0).sum() < 2:
        raise BadInput("Fewer than two units were drawn by chance.", "Their variance cannot be seen.")
    share = free / free.sum()
    return float((free * (z - share @ z) ** 2).sum() / (1 - (share**2).sum()))


def _drawn(y: Any, pi: Any) -> tuple[np.ndarray, np.ndarray]:
    y, pi = arrays.numbers(y, "values"), _probabilities(pi)
    if y.shape != pi.shape or not np.all(np.isfinite(y)):
        raise BadInput("There is not one known value a unit.", "Give a value for each drawn unit.")
    return y, pi


def _probabilities(pi: Any) -> np.ndarray:
    pi = arrays.numbers(pi, "probabilities")
    if pi.ndim != 1 or pi.size < 2 or not np.all((pi > 0) & (pi <= 1)):
        raise BadInput(
            "A probability lies outside (0, 1], or fewer than two units were drawn.",
            "Give the inclusion probabilities of two or more drawn units.",
        )
    return pi


def _joint(pi: np.ndarray, joint: Any) -> np.ndarray:
    joint = arrays.numbers(joint, "joint probabilities")
    if joint.shape != (pi.size, pi.size) or not np.allclose(joint, joint.T, rtol=1e-8, atol=0):
        raise BadInput("The joint probabilities are no symmetric square.", "Give pi_ij of the drawn units.")
    if not np.all(joint > 0):
        raise BadInput(
            "A pair could not be drawn together.", "No unbiased variance exists: use an approximation."
        )
    if not np.allclose(np.diag(joint), pi, rtol=1e-6, atol=0):
        raise BadInput("The diagonal is not the inclusion probabilities.", "Put pi_i at pi_ii.")
    if np.any(joint > np.minimum.outer(pi, pi) * (1 + 1e-9)):
        raise BadInput("A pair is likelier than one of its units.", "Check the joint probabilities.")
    return joint
