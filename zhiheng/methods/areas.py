"""Rates of small areas: an area with few units borrows from a regression over all areas (Fay & Herriot 1979).

Model: direct estimate y_i = x_i' beta + v_i + e_i, with v_i of one variance A between areas and e_i of the
known sampling variance D_i. Not for areas whose D_i are themselves guesses from one or two units: smooth
them first. Checked against R sae 1.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from scipy import linalg, optimize

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"
# Beyond it the powers that the errors need leave the range of floating point.
FAR = 1e45
Fitting = Literal["reml", "ml"]


@dataclass(frozen=True)
class Areas:
    """The fit: coefficients, variance between areas, and by area the estimate, its error and its own weight.

    ``shrinkage`` is A / (A + D_i), the weight of the area's own figure; ``is_synthetic`` says that A is zero,
    so that every estimate is that of the regression alone, which should be said beside it.
    """

    estimate: np.ndarray
    mean_square_error: np.ndarray
    shrinkage: np.ndarray
    coefficients: np.ndarray
    variance: float
    is_synthetic: bool
    log_likelihood: float
    method: str
    version: str = VERSION


def fay_herriot(direct: Any, auxiliary: Any, variance: Any, *, fitting: Fitting = "reml") -> Areas:
    """Return gamma_i y_i + (1 - gamma_i) x_i' beta with gamma_i = A / (A + D_i), for every area.

    ``auxiliary`` holds the columns x (give a column of ones for the intercept), ``variance`` the D_i in
    squared units of y. beta is weighted least squares with 1 / (A + D_i); A maximises the restricted
    likelihood (``reml``) or the likelihood (``ml``), over A >= 0. Mean square error: g1 + g2 + 2 g3 with
    g1 = gamma D, g2 = (1 - gamma)^2 x' (X' V^-1 X)^-1 x, g3 = D^2 / (A + D)^3 x 2 / sum (A + D)^-2
    (Prasad & Rao 1990; Datta & Lahiri 2000), for ``ml`` less its bias b (1 - gamma)^2.

    >>> fit = fay_herriot([1.0, 2.0, 6.0, 7.0], [[1], [1], [1], [1]], [1.0, 1.0, 1.0, 1.0])
    >>> print(round(fit.variance, 4), fit.estimate.round(3).tolist())
    7.6667 [1.346, 2.231, 5.769, 6.654]
    """
    y, x, d = _checked(direct, auxiliary, variance)
    if not arrays.is_one_of(fitting, Fitting):
        raise BadInput(f"There is no fitting {fitting!r}.", "Give 'reml' or 'ml'.")
    model = _Model(y, x, d, fitting == "reml")
    a = model.best()
    beta, inverse = model.regression(a)
    gamma = a / (a + d)
    leverage = np.einsum("ij,jk,ik->i", x, inverse, x)
    spread = 2 / ((a + d) ** -2.0).sum()
    error = gamma * d + (1 - gamma) ** 2 * leverage + 2 * d**2 / (a + d) ** 3 * spread
    if fitting == "ml":
        square = x.T @ (x / ((a + d) ** 2)[:, None])
        bias = -np.trace(inverse @ square) / ((a + d) ** -2.0).sum()
        error = error - bias * (1 - gamma) ** 2
    return Areas(
        estimate=gamma * y + (1 - gamma) * (x @ beta),
        mean_square_error=error,
        shrinkage=gamma,
        coefficients=beta,
        variance=a,
        is_synthetic=a == 0,
        log_likelihood=model.log_likelihood(a),
        method=f"fay-herriot-{fitting}",
    )


@dataclass(frozen=True)
class _Model:
    y: np.ndarray
    x: np.ndarray
    d: np.ndarray
    is_restricted: bool

    def regression(self, a: float) -> tuple[np.ndarray, np.ndarray]:
        """Return beta and (X' V^-1 X)^-1 by the QR of V^-1/2 X, its columns brought to one size."""
        root, size = np.sqrt(a + self.d), np.abs(self.x).max(0)
        q, r = np.linalg.qr(self.x / size / root[:, None])
        try:
            back = linalg.solve_triangular(r, np.eye(size.size)) / size[:, None]
        except linalg.LinAlgError:
            back = np.full(r.shape, np.inf)
        if not np.isfinite(back).all():
            raise BadInput("The areas leave the regression without a solution.", "Leave a column out.")
        return back @ (q.T @ (self.y / root)), back @ back.T

    def log_likelihood(self, a: float) -> float:
        beta, inverse = self.regression(a)
        left = self.y - self.x @ beta
        value = np.log(a + self.d).sum() + (left**2 / (a + self.d)).sum()
        if self.is_restricted:
            value -= np.linalg.slogdet(inverse)[1]
        else:
            value += self.y.size * np.log(2 * np.pi)
        return float(-value / 2)

    def score(self, a: float) -> float:
        """Return the derivative of the log likelihood in A."""
        beta, inverse = self.regression(a)
        v = a + self.d
        value = (((self.y - self.x @ beta) / v) ** 2).sum() - (1 / v).sum()
        if self.is_restricted:
            value += np.trace(inverse @ (self.x.T @ (self.x / (v**2)[:, None])))
        return float(value / 2)

    def best(self) -> float:
        """Return the A of the highest likelihood: every place where it turns down, and zero, are compared."""
        scale = float(np.median(self.d) + np.var(self.y))
        grid = np.concatenate([[0.0], scale * np.logspace(-6, 4, 51)])
        scores = np.array([self.score(a) for a in grid])
        found = [0.0] if scores[0] <= 0 else []
        for place in np.flatnonzero((scores[:-1] > 0) & (scores[1:] <= 0)):
            found.append(
                optimize.brentq(self.score, grid[place], grid[place + 1], xtol=1e-15 * scale, rtol=1e-14)
            )
        if not found:
            raise BadInput(
                "The likelihood has no highest point: it does not fall for any variance between areas.",
                "Check the sampling variances; they may be far too small beside the estimates.",
            )
        return max(found, key=self.log_likelihood)


def _checked(direct: Any, auxiliary: Any, variance: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    y, d = arrays.numbers(direct, "estimates"), arrays.numbers(variance, "variances")
    x = arrays.numbers(auxiliary, "auxiliary")
    x = x[:, None] if x.ndim == 1 else x
    if y.ndim != 1 or d.shape != y.shape or x.ndim != 2 or x.shape[0] != y.size:
        raise BadInput("The columns do not fit.", "Give one estimate, one variance and one row a area.")
    if not (np.isfinite(y).all() and np.isfinite(x).all() and np.isfinite(d).all()):
        raise BadInput(
            "An estimate, a variance or an auxiliary is unknown.", "Leave such areas out of the fit."
        )
    if np.any(d <= 0):
        raise BadInput("A sampling variance is not above zero.", "An area without an error needs no model.")
    if y.size <= x.shape[1] + 1:
        raise BadInput("There are too few areas for the columns.", "Use fewer columns: areas > columns + 1.")
    largest, least = np.abs(y).max(), np.abs(x).max(0)
    if largest > FAR or d.max() > FAR or d.min() < 1 / FAR or np.any((least > FAR) | (least < 1 / FAR)):
        raise BadInput("The numbers are too large or too small to square.", "Give them in another unit.")
    if np.linalg.matrix_rank(x / least) < x.shape[1]:
        raise BadInput("One auxiliary column follows from the others.", "Leave it out.")
    return y, x, d
