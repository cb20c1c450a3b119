"""Totals, means, ratios, domains and quantiles of unit rows with their linearised errors.

The plain way for any draw that ``rows.Rows`` can hold; no speed is sought. The one-scan sums of ``survey``
are tested against it. Checked against R survey 4.1.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from zhiheng.errors import BadInput
from zhiheng.methods import arrays
from zhiheng.methods.rows import VERSION, Rows
from zhiheng.methods.variance import Lonely


@dataclass(frozen=True)
class Estimates:
    """Estimates of the columns of what was measured, with their covariance; numbers for one column.

    ``df`` are the degrees of freedom of the design, primary units less strata; ``effective_df`` those of the
    error as the data show it (``Rows.effective_df``), None where replicates or several frames made it.
    Give the latter to ``intervals.logit``, ``likelihood`` and ``arcsine`` where weights differ: the error of
    a share hangs on its failures, most on the few with large weights. Not under equal weights: there the
    share itself tells its error, ``df`` is enough, and the other widens limits of 5 failures by a sixth.
    """

    estimate: Any
    covariance: Any
    df: int
    n: int
    method: str
    version: str = VERSION
    effective_df: Any = None

    @property
    def standard_error(self) -> Any:
        """The square roots of the variances."""
        if np.ndim(self.covariance) < 2:
            return float(np.sqrt(max(self.covariance, 0.0)))
        return np.sqrt(np.maximum(np.diag(self.covariance), 0.0))

    def interval(self, *, level: float = 0.95) -> tuple[Any, Any]:
        """Return estimate -+ Student's quantile of ``df`` times the error.

        >>> low, high = Estimates(10.0, 4.0, 10, 11, "mean").interval()  # t(10) = 2.2281
        >>> print(round(low, 4), round(high, 4))
        5.5437 14.4563
        """
        level = arrays.confidence(level)
        half = float(special.stdtrit(max(self.df, 1), (1 + level) / 2)) * self.standard_error
        return self.estimate - half, self.estimate + half


def total(y: Any, rows: Rows, *, domain: Any = None, lonely: Lonely = "adjust") -> Estimates:
    """Return the Horvitz-Thompson total sum w y (1952) of a domain and its error.

    y outside the domain counts as zero, so the error knows that the size of the domain is not known.

    >>> rows = Rows.of([10, 10, 5, 5], stratum=["a", "a", "b", "b"], population=[20, 20, 10, 10])
    >>> found = total([1, 1, 0, 1], rows)
    >>> print(found.estimate, round(found.standard_error, 4))
    25.0 4.4721
    """
    found = _measured(y, rows, domain)
    return _estimates(found.y, rows.weight @ found.y, rows, found, "total", lonely)


def mean(y: Any, rows: Rows, *, domain: Any = None, lonely: Lonely = "adjust") -> Estimates:
    """Return the Hajek mean sum w y / sum w over a domain (Hajek 1971) and its error.

    u = (y - mean) / sum w in the domain, 0 outside (Woodruff 1971; Sarndal et al. 1992, 5.5 and 5.7); the
    covariance of sum w u is that of ``Rows.covariance``. A column of 0 and 1 gives a share. Same numbers as
    R survey ``svymean(svydesign(...))``.

    >>> rows = Rows.of([10, 10, 5, 5], stratum=["a", "a", "b", "b"], population=[20, 20, 10, 10])
    >>> m = mean([1, 1, 0, 1], rows)
    >>> print(round(m.estimate, 4), round(m.standard_error, 4), m.df)
    0.8333 0.1491 2
    """
    found = _measured(y, rows, domain)
    size = rows.weight[found.inside].sum()
    estimate = rows.weight @ found.y / size
    u = np.where(found.inside[:, None], found.y - estimate, 0.0) / size
    return _estimates(u, estimate, rows, found, "mean", lonely)


def ratio(y: Any, x: Any, rows: Rows, *, domain: Any = None, lonely: Lonely = "adjust") -> Estimates:
    """Return R = sum w y / sum w x over a domain and its error, by u = (y - R x) / sum w x.

    Cochran 1977, 6.3; R survey ``svyratio``. Each column of y is divided by the one column x.

    >>> rows = Rows.of([10, 10, 5, 5])
    >>> found = ratio([2, 4, 3, 5], [1, 2, 2, 2], rows)
    >>> print(found.estimate, round(found.standard_error, 4))
    2.0 0.1633
    """
    found, below = _measured(y, rows, domain), _measured(x, rows, domain)
    if below.y.shape[1] != 1:
        raise BadInput("The denominator has several columns.", "Give one column.")
    base = float(rows.weight @ below.y[:, 0])
    # What is left of sums that cancel is rounding, and no denominator.
    if abs(base) <= 1e-12 * float(rows.weight @ np.abs(below.y[:, 0])):
        raise BadInput("The denominator adds up to zero.", "A ratio over nothing does not exist.")
    estimate = rows.weight @ found.y / base
    return _estimates((found.y - estimate * below.y) / base, estimate, rows, found, "ratio", lonely)


def by_domain(y: Any, rows: Rows, labels: Any, *, lonely: Lonely = "adjust") -> dict[Any, Estimates]:
    """Return the mean of each domain by its label, in the order of the sorted labels.

    >>> rows = Rows.of([10, 10, 5, 5])
    >>> {name: found.estimate for name, found in by_domain([1, 0, 1, 1], rows, ["u", "u", "v", "v"]).items()}
    {'u': 0.5, 'v': 1.0}
    """
    names, codes = arrays.labels(labels, "domain label", len(arrays.instance(rows, Rows, "rows")))
    return {name: mean(y, rows, domain=codes == place, lonely=lonely) for place, name in enumerate(names)}


def design_effect(y: Any, rows: Rows, *, lonely: Lonely = "adjust") -> Any:
    """Return the variance of the mean over that of a simple sample of as many units from as many (Kish 1965).

    v0 = (1 - n / sum w) S^2 / n with S^2 = n / (n - 1) sum w (y - mean)^2 / sum w.

    >>> round(design_effect([1, 0, 1, 1], Rows.of([10, 10, 5, 5])), 4)
    1.4103
    """
    found, measured = mean(y, rows, lonely=lonely), _measured(y, rows, None)
    n, size = len(rows), float(rows.weight.sum())
    if n < 2 or size <= n:
        raise BadInput("A design effect needs two rows that stand for more than themselves.", "Give weights.")
    spread = rows.weight @ (measured.y - np.atleast_1d(found.estimate)) ** 2 / size * n / (n - 1)
    simple = (1 - n / size) * spread / n
    if np.any(simple <= 0):
        raise BadInput("A column does not vary.", "A design effect needs values that differ.")
    effect = np.atleast_1d(found.standard_error) ** 2 / simple
    return float(effect[0]) if measured.is_one else effect


def design_effect_df(y: Any, rows: Rows, *, domain: Any = None, lonely: Lonely = "adjust") -> float:
    """Return how many degrees of freedom the design effect of a share has: those of ``korn_graubard``.

    Such an interval takes the error that a share of n rows has by itself as known, and from the data only
    V / (p q): ``Rows.effective_df`` with the slope (1 - 2 p) / (p q). Under equal weights without clusters
    that is known in full, and the degrees of freedom of the design are returned; the more a few failures with
    large weights decide, the fewer they are. At p = 0 or 1 those of the design too.

    >>> y, half = [0] + [1] * 19 + [0] * 5 + [1] * 15, [0] * 20 + [1] * 20
    >>> alike, unlike = Rows.of([5.0] * 40), Rows.of([9.0] * 20 + [1.0] * 20, stratum=half)
    >>> design_effect_df(y, alike), round(design_effect_df(y, unlike), 2), unlike.df
    (39.0, 14.0, 38)
    """
    found = _measured(y, rows, domain)
    values = found.y[found.inside]
    if not found.is_one or not np.isin(values, (0.0, 1.0)).all():
        raise BadInput("A share needs one column of 0 and 1.", "Mark passes by 1 and failures by 0.")
    if values.min() == values.max():
        return float(rows.df)
    size = rows.weight[found.inside].sum()
    p = float((rows.weight @ found.y)[0] / size)
    u = np.where(found.inside[:, None], found.y - p, 0.0) / size
    return float(rows.effective_df(u, slope=(1 - 2 * p) / (p * (1 - p)), lonely=lonely)[0])


def quantile(x: Any, shares: Any, rows: Rows, *, domain: Any = None) -> np.ndarray:
    """Return, for each share p, the smallest value x with F(x) >= p, F the weighted distribution function.

    The inverse of F itself (Hyndman & Fan 1996, type 1); R survey ``svyquantile`` with ``qrule="math"``.

    >>> quantile([3, 1, 2, 4], [0.5, 0.75], Rows.of([1, 1, 1, 1])).tolist()
    [2.0, 3.0]
    """
    found = _measured(x, rows, domain)
    if found.y.shape[1] != 1:
        raise BadInput("Quantiles are taken of one column.", "Give one column at a time.")
    p = np.atleast_1d(arrays.numbers(shares, "shares"))
    if not np.all((p > 0) & (p <= 1)):
        raise BadInput("A share lies outside (0, 1].", "Give 0.5 for the median.")
    values, weight = found.y[found.inside, 0], rows.weight[found.inside]
    order = np.argsort(values, kind="stable")
    reached = np.cumsum(weight[order])
    place = np.searchsorted(reached, p * reached[-1] * (1 - 1e-12), side="left")
    return values[order][np.minimum(place, order.size - 1)]


def quantile_interval(
    x: Any, share: float, rows: Rows, *, level: float = 0.95, lonely: Lonely = "adjust"
) -> tuple[float, float]:
    """Return an interval for a quantile: F^-1 of the ends of the interval of F at it (Woodruff 1952).

    >>> quantile_interval(list(range(1, 101)), 0.5, Rows.of([1.0] * 100))
    (41.0, 60.0)
    """
    level, share = arrays.confidence(level), float(arrays.vector(share, "share", size=1)[0])
    if not 0 < share < 1:
        raise BadInput("The share of a quantile with limits lies outside (0, 1).", "Give 0.5 for the median.")
    middle = quantile(x, share, rows)[0]
    below = mean((arrays.numbers(x, "values") <= middle).astype(float), rows, lonely=lonely)
    half = float(special.stdtrit(max(below.df, 1), (1 + level) / 2)) * below.standard_error
    low, high = quantile(x, [max(share - half, 1e-15), min(share + half, 1.0)], rows)
    return float(low), float(high)


@dataclass(frozen=True)
class _Measured:
    """The columns of what was measured, zero outside of the domain, which is never looked at."""

    y: np.ndarray
    inside: np.ndarray
    is_one: bool


def _measured(y: Any, rows: Rows, domain: Any) -> _Measured:
    y, rows = arrays.numbers(y, "values"), arrays.instance(rows, Rows, "rows")
    columns = y[:, None] if y.ndim == 1 else y
    inside = np.ones(len(rows), dtype=bool)
    if domain is not None:
        inside = arrays.marks(domain, "domain", len(rows))
    if columns.ndim != 2 or columns.shape[0] != len(rows):
        raise BadInput("The rows do not fit.", "Give one value a row, and one mark of the domain.")
    if not inside.any() or not np.all(np.isfinite(columns[inside])):
        raise BadInput(
            "The domain is empty or holds unknown values.", "Leave unknown rows out of the domain."
        )
    return _Measured(np.where(inside[:, None], columns, 0.0), inside, y.ndim == 1)


def _estimates(
    u: np.ndarray, estimate: np.ndarray, rows: Rows, found: _Measured, method: str, lonely: Lonely
) -> Estimates:
    covariance, n = rows.covariance(u, lonely=lonely), int(found.inside.sum())
    df, effective = rows.df, rows.effective_df(u, lonely=lonely)
    if found.is_one:
        estimate, covariance, effective = float(estimate[0]), float(covariance[0, 0]), float(effective[0])
    return Estimates(estimate, covariance, df, n, method, effective_df=effective)
