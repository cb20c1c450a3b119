"""Rates of small areas: an area with few units borrows from a regression over all areas (Fay & Herriot 1979).

Model: direct estimate y_i = x_i' beta + v_i + e_i, with v_i of one variance A between areas and e_i of the
known sampling variance D_i. Not for areas whose D_i are themselves guesses from a few units: draw them
together first with ``smoothed``. Where a good part of an area was drawn and the mean of the units that are
there is asked for, take ``finite_means``. For intervals over few areas take ``posterior_means``. Checked
against R sae 1.3, limma 2.10.7 and, for the posterior, ``integrate`` of R 4.2.2.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy import linalg, optimize, special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays

VERSION = "1"
# Beyond it the powers that the errors need leave the range of floating point.
FAR = 1e45
Fitting = Literal["reml", "ml"]
SCANNED, NODES, TURNS, HALVINGS = 24, 32, 12, 48
# A density below exp(-30) of the highest is left out of the integral over A.
OUT = 30.0


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


def finite_means(
    direct: Any, auxiliary: Any, variance: Any, sampled: Any, population: Any, *, fitting: Fitting = "reml"
) -> Areas:
    """Return the mean of the N_i units of every area: those drawn as they are, the others by the model.

    Ybar_i = f_i y_i + (1 - f_i) mu_i with f_i = n_i / N_i (``sampled`` by ``population``) and mu_i the figure
    of ``fay_herriot`` with D_i = s_i^2 / n_i: without finite correction, for mu_i is the mean of all units
    that might be there. ``variance`` is s_i^2, between the units of an area. Given mu_i the units not drawn
    are independent of those drawn, and the error is (1 - f_i) (mu_i's error - theirs), so that
    MSE = (1 - f_i)^2 [MSE(mu_i) + s_i^2 / (N_i - n_i)] (Rao & Molina 2015, ch. 6 and 7).

    An area drawn in full gets its own mean and no error; ``population`` inf gives ``fay_herriot`` itself.
    The variance with finite correction in ``fay_herriot`` is no substitute: the means of finite areas differ
    by s_i^2 / N_i more than A says, and its intervals hold too little. ``shrinkage`` is f + (1 - f) gamma.
    For simple samples within areas; of an area without any unit drawn the model alone can speak.

    >>> n, N = [5, 5, 5, 5], [5, 10, 50, np.inf]
    >>> fit = finite_means([1.0, 2.0, 6.0, 7.0], [[1], [1], [1], [1]], [5.0] * 4, n, N)
    >>> fit.estimate.round(3).tolist(), np.sqrt(fit.mean_square_error).round(3).tolist()
    ([1.0, 2.115, 5.792, 6.654], [0.0, 0.712, 0.961, 1.014])
    """
    s2, n, size = _drawn(variance, sampled, population)
    fit = fay_herriot(direct, auxiliary, s2 / n, fitting=fitting)
    y, share = arrays.numbers(direct, "estimates"), n / size
    arrays.together(y, share)
    error = (1 - share) ** 2 * fit.mean_square_error + (1 - share) * s2 / size
    return replace(
        fit,
        estimate=share * y + (1 - share) * fit.estimate,
        mean_square_error=error,
        shrinkage=share + (1 - share) * fit.shrinkage,
        method=f"{fit.method}-finite",
    )


@dataclass(frozen=True)
class Posterior:
    """By area the mean, standard deviation and quantiles of what its mean may be, given all that was drawn.

    ``shrinkage`` is the weight of the area's own figure, ``coefficients`` are those of the regression, both
    on the average over A; ``variance`` is the median of A, the variance between areas, to a hundredth or so.
    """

    estimate: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    error: np.ndarray
    shrinkage: np.ndarray
    coefficients: np.ndarray
    variance: float
    level: float
    method: str = "fay-herriot-posterior-finite"
    version: str = VERSION


def posterior_means(
    direct: Any, auxiliary: Any, variance: Any, sampled: Any, population: Any, *, level: float = 0.95
) -> Posterior:
    """Return what ``finite_means`` estimates with A not fixed at one value but averaged over its posterior.

    Prior: flat in beta and Jeffreys' in A, pi(A) = [sum (A + D_i)^-2]^1/2 (Jeffreys 1961, 3.10; the Fisher
    information of the normal y_i). The posterior of A is pi(A) times the restricted likelihood. Given A the
    mean of the units of an area is normal about f y + (1 - f) (gamma y + (1 - gamma) x' beta), with variance
    (1 - f)^2 [g1 + g2 + s^2 / (N - n)] (``finite_means``). Their mixture over A is taken by Gauss-Legendre
    nodes (Rao & Molina 2015, 10.3); limits are its quantiles, so nothing is added for the doubt about A.

    Over few areas an estimate of A is often zero, and its intervals hold too little; one kept from zero (A
    times the likelihood: Li & Lahiri 2010) makes them too wide where areas differ little.

    >>> n, N = [5, 5, 5, 5], [5, 10, 50, np.inf]
    >>> found = posterior_means([1.0, 2.0, 6.0, 7.0], [[1], [1], [1], [1]], [5.0] * 4, n, N)
    >>> found.estimate.round(3).tolist(), found.lower.round(3).tolist(), found.upper.round(3).tolist()
    ([1.0, 2.115, 5.792, 6.654], [1.0, 0.744, 3.989, 4.712], [1.0, 3.48, 7.62, 8.617])
    """
    level = arrays.confidence(level)
    s2, n, size = _drawn(variance, sampled, population)
    y, x, d = _checked(direct, auxiliary, s2 / n)
    model = _Model(y, x, d, True)
    a, chance = model.posterior()
    fits = [model.regression(one) for one in a]
    beta = np.stack([b for b, _ in fits])
    gamma = a[:, None] / (a[:, None] + d)
    leverage = np.stack([((x @ inverse) * x).sum(1) for _, inverse in fits])
    share = n / size
    own = share + (1 - share) * gamma
    middle = own * y + (1 - own) * (beta @ x.T)
    squares = (1 - share) ** 2 * (gamma * d + (1 - gamma) ** 2 * leverage) + (1 - share) * s2 / size
    estimate = chance @ middle
    limits = [_quantile(chance, middle, np.sqrt(squares), q) for q in ((1 - level) / 2, (1 + level) / 2)]
    return Posterior(
        estimate=estimate,
        lower=limits[0],
        upper=limits[1],
        error=np.sqrt(chance @ (squares + (middle - estimate) ** 2)),
        shrinkage=chance @ own,
        coefficients=chance @ beta,
        variance=float(np.interp(0.5, np.cumsum(chance) - chance / 2, a)),
        level=level,
    )


def _quantile(chance: np.ndarray, middle: np.ndarray, error: np.ndarray, at: float) -> np.ndarray:
    """Return the quantile of a mixture of normals by area, halving between those of its parts."""
    parts = middle + special.ndtri(at) * error
    low, high = parts.min(0), parts.max(0)
    for _turn in range(HALVINGS):
        between = (low + high) / 2
        away = np.divide(between - middle, error, out=np.zeros_like(middle), where=error > 0)
        is_below = chance @ special.ndtr(away) < at
        low, high = np.where(is_below, between, low), np.where(is_below, high, between)
    return (low + high) / 2


@dataclass(frozen=True)
class Smoothed:
    """Variances drawn together: ``prior`` s0^2 is where to, ``prior_df`` d0 how strongly (inf: all alike)."""

    variance: np.ndarray
    prior: float
    prior_df: float
    version: str = VERSION


def smoothed(variance: Any, df: Any) -> Smoothed:
    """Return (d0 s0^2 + d_i s_i^2) / (d0 + d_i): variances of few units drawn to what all areas show.

    Model: s_i^2 is sigma_i^2 chi^2(d_i) / d_i and 1 / sigma_i^2 is chi^2(d0) / (d0 s0^2) over the areas. With
    e_i = log s_i^2 - digamma(d_i / 2) + log(d_i / 2), d0 solves trigamma(d0 / 2) = var(e) -
    mean trigamma(d_i / 2), and log s0^2 = mean(e) + digamma(d0 / 2) - log(d0 / 2) (Smyth 2004;
    R limma ``squeezeVar``). Where the e_i differ by no more than chance, d0 is inf and the pooled variance
    stands for all.

    Not for variances that follow the size of the mean: model those on a column that is known first.

    >>> found = smoothed([0.5, 1.0, 1.5, 9.0], [4, 4, 4, 4])
    >>> found.variance.round(3).tolist(), round(found.prior_df, 2)
    ([0.936, 1.216, 1.495, 5.689], 3.15)
    """
    s2, d = arrays.vector(variance, "variances", least=3), arrays.vector(df, "degrees of freedom")
    if d.shape != s2.shape or np.any(d < 1 / FAR) or np.any((s2 < 1 / FAR) | (s2 > FAR)) or d.max() > FAR:
        raise BadInput(
            "A variance or its degrees of freedom are not above zero, or out of range.",
            "Give one variance above zero and its degrees of freedom, n - 1, an area; leave others out.",
        )
    e = np.log(s2) - special.digamma(d / 2) + np.log(d / 2)
    excess = float(e.var(ddof=1) - special.polygamma(1, d / 2).mean())
    if not excess > 1e-9:
        pooled = float(d @ s2 / d.sum())
        return Smoothed(np.full(s2.size, pooled), pooled, np.inf)
    # 1 / x < trigamma(x) < 1 / (x - 1/2) brackets the root.
    half = optimize.brentq(lambda x: special.polygamma(1, x) - excess, 1 / excess, 1 / excess + 1)
    prior = float(np.exp(e.mean() + special.digamma(half) - np.log(half)))
    return Smoothed((2 * half * prior + d * s2) / (2 * half + d), prior, 2 * half)


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

    def posterior(self) -> tuple[np.ndarray, np.ndarray]:
        """Return nodes of A and their chances under Jeffreys' prior, where the density is more than nothing.

        On u = A / (A + median D), from 0 to 1, ever closer about its highest place until that is seen well.
        """
        scale, low, high = float(np.median(self.d)), 0.0, 1.0

        def density(u: np.ndarray) -> np.ndarray:
            a = scale * u / (1 - u)
            prior = [np.log(((one + self.d) ** -2.0).sum()) / 2 for one in a]
            return np.array([self.log_likelihood(one) for one in a]) + prior - 2 * np.log1p(-u)

        for _turn in range(TURNS):
            edges = np.linspace(low, high, SCANNED + 1)
            seen = density((edges[:-1] + edges[1:]) / 2)
            held = np.flatnonzero(seen > seen.max() - OUT)
            low, high = edges[max(held[0] - 1, 0)], edges[min(held[-1] + 2, SCANNED)]
            if held.size > SCANNED // 3:
                break
        at, weight = np.polynomial.legendre.leggauss(NODES)
        u = low + (high - low) * (at + 1) / 2
        seen = density(u)
        chance = weight * np.exp(seen - seen.max())
        return scale * u / (1 - u), chance / chance.sum()

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
        found = [float(grid[0])] if scores[0] <= 0 else []
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


def _drawn(variance: Any, sampled: Any, population: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    s2, n = arrays.vector(variance, "variances"), arrays.vector(sampled, "units drawn")
    size = arrays.numbers(population, "population")
    if not s2.shape == n.shape == size.shape:
        raise BadInput("The columns do not fit.", "Give one variance, one n and one N an area.")
    if np.any(s2 <= 0):
        raise BadInput("A variance is not above zero.", "Draw variances of few units together with smoothed.")
    if np.any((n < 1) | ~(n <= size)):
        raise BadInput(
            "An area has no unit drawn, or more than it holds.",
            "Give 1 <= n <= N; N is inf if it has no end.",
        )
    return s2, n, size


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
