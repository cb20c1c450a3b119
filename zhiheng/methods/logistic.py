"""Fits chances by logistic regression, and refuses columns that leave nothing to chance."""

from __future__ import annotations

import numpy as np
from scipy import optimize, special

from zhiheng.errors import BadInput

VERSION = "1"


def chances(x: np.ndarray, marked: np.ndarray, weight: np.ndarray, *, whether: str) -> np.ndarray:
    """Return p_i = 1 / (1 + exp(-x_i' beta)), beta of the highest likelihood of the marks with weights w_i.

    The likelihood sum w (y log p + (1 - y) log (1 - p)) has no highest point where a line parts the marked
    from the others, which is refused (Konis 2007); ``whether`` says in the refusal what the marks mean.
    ``x`` holds a constant and columns of which none follows from the others.

    >>> x = np.array([[1.0, 0.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0]])
    >>> chances(x, np.array([True, False, True, False]), np.ones(4), whether="whether they pass").tolist()
    [0.5, 0.5, 0.5, 0.5]
    """
    _refuse_separable(x, marked, whether)
    return special.expit(x @ _fitted(x, marked, weight / weight.mean()))


def _refuse_separable(x: np.ndarray, marked: np.ndarray, whether: str) -> None:
    side = np.where(marked, 1.0, -1.0)[:, None] * x
    found = optimize.linprog(
        -side.sum(0), A_ub=-side, b_ub=np.zeros(x.shape[0]), bounds=[(-1, 1)] * x.shape[1], method="highs"
    )
    if found.status == 0 and -found.fun > 1e-7:
        raise BadInput(
            f"The columns tell of some units exactly {whether}.",
            "The likelihood has no highest point: leave a column out or use classes.",
        )


def _fitted(x: np.ndarray, marked: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Find the highest weighted likelihood by Newton steps, halved while they lead down."""

    def fit(beta: np.ndarray) -> float:
        chance = x @ beta
        return float(weight @ (marked * chance - np.logaddexp(0, chance)))

    beta = np.zeros(x.shape[1])
    for _round in range(100):
        p = special.expit(x @ beta)
        score = x.T @ (weight * (marked - p))
        if np.max(np.abs(score)) < 1e-10 * weight.sum():
            return beta
        root = np.sqrt(weight * p * (1 - p))[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            left = np.where(root > 0, (weight * (marked - p))[:, None] / root, 0.0)[:, 0]
        step = np.linalg.lstsq(root * x, left, rcond=None)[0]
        # Near the top the likelihood is flat: what it loses to rounding alone is no step down.
        reached = fit(beta) - 1e-13 * weight.sum()
        for _half in range(40):
            if fit(beta + step) >= reached:
                break
            step = step / 2
        beta = beta + step
    raise BadInput("The chances could not be fitted.", "Use fewer columns, or classes.")
