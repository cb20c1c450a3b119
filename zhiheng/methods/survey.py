"""Pass rates of a stratified draw with design-based errors: Hajek, weighted by output, and raw.

For people who call this room, the whole of it:

    sample = Sample.from_counts(population, n, passes, frame=frame, classes=classes)
    hajek(sample)                      -> Rates, one a domain         (sample.merge() for all units at once)
    post_stratified(sample, output)    -> Rates, one for the whole    (output value V_d of each domain)
    naive(sample)                      -> Rates, one a domain         (raw share of the inspected)
    rates.at(d)                        -> Rate of plain numbers, None for what is unknown

Symbols: stratum h of N_h units in the frame, r_h answered; domain d (a division, or a cell of province and
division); weight w = N_h / r_h; y = 1 for a pass. Method card with every formula: docs/methods/pass-rate.md.
Not for cluster draws or unequal probabilities without replacement: ``taylor`` takes cluster totals.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import arrays, intervals
from zhiheng.methods.sample import Sample, sums_by_label
from zhiheng.methods.variance import finish

__all__ = ["Rate", "Rates", "Sample", "hajek", "naive", "post_stratified", "value_weighted"]

VERSION = "1"

# Chosen by re-draws of synthetic countries; see docs/methods/pass-rate.md.
FAILURES_TO_TRUST = 30
# A division with fewer expected answers than the size rule does not stand alone in a weighted rate.
ALONE_FROM = 30


@dataclass(frozen=True)
class Rate:
    """One share with what is needed to question it; None where nothing can be said."""

    estimate: float | None
    lower: float | None
    upper: float | None
    standard_error: float | None
    composite_error: float | None
    n: int
    n_effective: float | None
    df: int
    design_effect: float | None
    coverage: float
    method: str
    version: str
    level: float


@dataclass(frozen=True)
class Rates:
    """Arrays of shares (0 to 1) of the same method; NaN where a domain has no answered unit.

    Errors are NaN too where one unit answered in all strata together, which tells nothing of them.
    ``standard_error`` is the linearised one (R survey); ``composite_error`` is the steadier one behind the
    interval; ``coverage`` is the share of units (Hajek) or of output (post-stratified) that the answered
    units stand for; ``design_effect`` compares with simple random sampling of as many units.
    """

    estimate: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    standard_error: np.ndarray
    composite_error: np.ndarray
    n: np.ndarray
    n_effective: np.ndarray
    df: np.ndarray
    design_effect: np.ndarray
    coverage: np.ndarray
    method: str
    version: str = VERSION
    level: float = 0.95

    def at(self, *index: int) -> Rate:
        """Return one share as plain numbers.

        >>> hajek(Sample.from_counts([100], [[10, 0]], [[9, 0]])).at(1).estimate is None
        True
        """
        if len(index) != self.estimate.ndim or any(
            not isinstance(place, int | np.integer) or not -size <= place < size
            for place, size in zip(index, self.estimate.shape, strict=True)
        ):
            raise BadInput(
                f"There is no share at {index}.", f"The shares are of shape {self.estimate.shape}."
            )
        values = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                number = float(value[index])
                value = None if np.isnan(number) else number
            values[field.name] = value
        values["n"], values["df"] = int(values["n"]), int(values["df"])
        return Rate(**values)

    def first(self) -> Rates:
        """Return the first share of the last axis alone, without that axis.

        >>> hajek(Sample.from_counts([100], [[10, 5]], [[8, 1]])).first().estimate.round(6).tolist()
        0.8
        """
        arrays = {f.name: getattr(self, f.name) for f in fields(self)}
        return Rates(**{k: v[..., 0] if isinstance(v, np.ndarray) else v for k, v in arrays.items()})


def hajek(sample: Sample, *, level: float = 0.95) -> Rates:
    """Return the weighted share of passes of each domain.

    R_d = sum w y / sum w over the answered units of the domain (Hajek 1971; Sarndal, Swensson & Wretman
    1992, 5.7 and 10.3). Linearised variance: v = sum_h (1 - r_h/N_h) r_h/(r_h - 1) sum_h (z - mean_h z)^2
    with z = w (y - R_d) / sum w inside the domain and 0 outside, over *all* answered units of the stratum.
    A stratum with one answered unit is centred on the mean of all z, which is zero (R survey
    ``lonely.psu="adjust"``). Interval: composite error and Wilson, see ``_rates``. With equal weights this
    is the plain mean; a fully answered frame has no error.

    >>> s = Sample.from_counts([400, 100], [[20], [25]], [[19], [20]])
    >>> r = hajek(s).at(0)
    >>> print(round(r.estimate, 4), round(r.standard_error, 4), round(r.lower, 4), round(r.upper, 4))
    0.92 0.0415 0.7916 0.9721
    """
    level, weight = arrays.confidence(level), arrays.instance(sample, Sample, "sample").w.sum(-2)
    estimate = _divide(sample.wy.sum(-2), weight)
    coefficient = _divide(np.ones_like(weight), weight, empty=0.0)
    terms = _Terms.of(sample, coefficient, np.nan_to_num(estimate))
    covered = sample.population if sample.frame is None else sample.frame
    covered = np.broadcast_to(covered[..., None], sample.n.shape) if sample.frame is None else covered
    reached = (covered * (sample.answered > 0)[..., None]).sum(-2)
    coverage = _divide(reached, covered.sum(-2), empty=0.0)
    return _rates(sample, terms, estimate, coverage, "hajek", level)


def post_stratified(
    sample: Sample, output: Any, *, alone_from: float = ALONE_FROM, level: float = 0.95
) -> Rates:
    """Return the share of passes weighted by the output value V_d of the domains.

    R = sum_g V_g P_g / sum_g V_g. A domain whose expected answers E_d = sum_h N_hd r_h / N_h reach
    ``alone_from`` is a group of its own with P_g = sum w y / sum w. The others form one group whose units
    count with the mean output a_d = V_d / N_d of their domain: P_g = sum w a y / sum w a, which estimates
    sum V_d P_d / sum V_d over them (combined ratio estimator: Cochran 1977, 6.11; Sarndal et al. 1992,
    7.6). Should that group itself expect fewer, it takes the next smallest domains. The grouping looks
    at the frame and at how many answered in a stratum, never at a result. Domains without a unit in the
    frame, and groups without an answer, are left out; ``coverage`` is the share of V in domains with one.

    ``output`` is (..., D), in any unit. The frame must know the domains. Variance as in ``hajek``, with
    z = u (y - P_g), where u is the weight of a unit in R (the u of all answered units add up to 1).

    >>> frame = [[300, 100], [60, 40]]
    >>> s = Sample.from_counts([400, 100], [[15, 5], [15, 10]], [[14, 5], [12, 8]], frame=frame)
    >>> r = post_stratified(s, [70.0, 30.0], alone_from=5).at()
    >>> print(round(r.estimate, 4), round(r.standard_error, 4), round(r.coverage, 4))
    0.9206 0.0403 1.0
    """
    level = arrays.confidence(level)
    if arrays.instance(sample, Sample, "sample").frame is None:
        raise BadInput(
            "A rate weighted by output needs the frame's count of each stratum and domain.",
            "Build the Sample with frame=...",
        )
    alone_from = arrays.number(alone_from, "size rule")
    if not alone_from >= 0:
        raise BadInput(f"A size rule of {alone_from} is below zero.", "Give 30, or 0 to pool nothing.")
    value = _values(output, sample)
    units = sample.frame.sum(-2)
    value_known = np.where(units > 0, value, 0.0)
    mean_output = _divide(value_known, units, empty=0.0)
    pooled = _pooled(sample, units, alone_from)
    worth = np.where(pooled, mean_output, 1.0)
    weight, passed = worth * sample.w.sum(-2), worth * sample.wy.sum(-2)
    group_weight = np.where(pooled, _total(weight, pooled), weight)
    group_value = np.where(pooled, _total(value_known, pooled), value_known)
    reached = group_weight > 0
    rate = _divide(np.where(pooled, _total(passed, pooled), passed), group_weight, empty=0.0)
    base = np.where(reached, value_known, 0.0).sum(-1, keepdims=True)
    estimate = _divide((np.where(reached, value_known, 0.0) * rate).sum(-1), base[..., 0])
    coefficient = worth * _divide(group_value, base * group_weight, empty=0.0)
    terms = _Terms.of(sample, coefficient, rate).whole()
    answered = sample.n.sum(-2) > 0
    coverage = _divide(np.where(answered, value, 0.0).sum(-1), value.sum(-1), empty=0.0)
    return _rates(sample, terms, estimate[..., None], coverage[..., None], "post-stratified", level).first()


def naive(sample: Sample, *, level: float = 0.95) -> Rates:
    """Return the raw share of passes among the answered units of each domain, with a Wilson interval.

    p = passes / n, as if every unit had been equally likely. After a draw that looks harder at risky firms
    it says what was found, not what the population is like: never publish it as a rate of the population.

    >>> s = Sample.from_counts([400, 100], [[20], [25]], [[19], [20]])
    >>> r = naive(s).at(0)
    >>> print(round(r.estimate, 4), round(r.lower, 4), round(r.upper, 4))
    0.8667 0.7382 0.9374
    """
    level = arrays.confidence(level)
    each = _divide(arrays.instance(sample, Sample, "sample").wy, sample.w, empty=0.0) * sample.n
    n = sample.n.sum(-2)
    share = _divide(each.sum(-2), n)
    safe = np.clip(np.nan_to_num(share), 0, 1)
    lower, upper = intervals.wilson(safe, np.maximum(n, 1), level=level)
    error = np.sqrt(_divide(safe * (1 - safe), n - 1))
    unknown = np.isnan(share)
    return Rates(
        estimate=share,
        lower=np.where(unknown, np.nan, lower),
        upper=np.where(unknown, np.nan, upper),
        standard_error=np.where(n > 1, error, np.nan),
        composite_error=np.where(n > 1, error, np.nan),
        n=n,
        n_effective=np.where(unknown, np.nan, n),
        df=np.maximum(n - 1, 0),
        design_effect=np.where(n > 1, 1.0, np.nan),
        coverage=np.full_like(n, np.nan),
        method="naive",
        level=level,
    )


def value_weighted(n: Any, passes: Any, value: Any) -> tuple[np.ndarray, np.ndarray]:
    """Return the officially described rate and its error from cells of simple samples, over the last axis.

    R = sum V p / sum V with p = passes / n; variance sum (V / V+)^2 p (1 - p) / (n - 1). The published
    definition of the manufacturing pass rate; it takes each cell for a simple random sample. Cells without
    value are left out; a cell with value and fewer than two units is refused, for nothing can stand for it.

    >>> rate, error = value_weighted([40, 60], [38, 51], [3.0, 1.0])
    >>> print(round(float(rate), 4), round(float(error), 4))
    0.925 0.0286
    """
    n, passes, value = (arrays.numbers(a, "table of cells") for a in (n, passes, value))
    arrays.together(n, passes, value)
    n, passes, value = np.broadcast_arrays(n, passes, value)
    if not value.size or not all(np.isfinite(part).all() for part in (n, passes, value)):
        raise BadInput("A number of the cells is unknown, or there is no cell.", "Leave unknown cells out.")
    if np.any(np.atleast_1d(value).sum(-1) <= 0):
        raise BadInput("No cell has output.", "Give the output value of the cells, one above zero.")
    if np.any((passes < 0) | (passes > n) | (value < 0)) or np.any((value > 0) & (n < 2)):
        raise BadInput(
            "A cell with output has fewer than two units, or passes that do not fit.",
            "Join the cell with another one, or use post_stratified.",
        )
    used = value > 0
    share = np.where(used, _divide(passes, n, empty=0.0), 0.0)
    weight = _divide(value, value.sum(-1, keepdims=True))
    variance = weight**2 * share * (1 - share) / np.where(used, n - 1, 1)
    return (weight * share).sum(-1), np.sqrt(variance.sum(-1))


@dataclass(frozen=True)
class _Terms:
    """Sums of z, z squared, u squared and the class table; shape (..., strata, estimates)."""

    z: np.ndarray
    zz: np.ndarray
    uu: np.ndarray
    n: np.ndarray
    w: np.ndarray
    wy: np.ndarray

    @classmethod
    def of(cls, sample: Sample, coefficient: np.ndarray, rate: np.ndarray) -> _Terms:
        c, p = coefficient[..., None, :], rate[..., None, :]
        z = c * (sample.wy - p * sample.w)
        uu = c * c * sample.w2
        zz = c * c * ((1 - 2 * p) * sample.w2y + p * p * sample.w2)
        return cls(z, zz, uu, sample.n, sample.w, sample.wy)

    def whole(self) -> _Terms:
        return _Terms(*(getattr(self, f.name).sum(-1, keepdims=True) for f in fields(self)))


def _rates(
    sample: Sample, terms: _Terms, estimate: np.ndarray, coverage: np.ndarray, method: str, level: float
) -> Rates:
    """Join the estimate with its errors and its interval.

    The linearised variance v_lin is nearly unbiased but unsteady: with few failures it is smallest just when
    the estimate is too high. The smoothed variance uses a rate of failure q_c of each class of strata, drawn
    towards 1 - R by k = sqrt(n) pseudo-units (the minimax amount of Hodges & Lehmann 1950), n the answered
    units of the estimate and n_c those of the class, f_c its weighted share of failures:
    q_c = (n_c f_c + k (1 - R)) / (n_c + k), v_s = sum_h (1 - r_h/N_h) q_c (1 - q_c) sum_h u^2.
    The composite v = t v_lin + (1 - t) v_s trusts the first as failures grow: t = e / (e + 30) with
    e = min(R, 1 - R) / K and K = sum_h (1 - r_h/N_h) sum_h u^2, the effective number of failures.
    Interval: Wilson with n_eff = R (1 - R) / v, or 1 / K where R is 0 or 1, by Student's quantile of n - 1.
    """
    free = (1 - sample.fraction)[..., None]
    r = sample.answered[..., None]
    inner = np.maximum(terms.zz - _divide(terms.z**2, r, empty=0.0), 0)
    linear = finish(r, inner, terms.zz, free, axis=-2)
    is_alone = (sample.answered.sum(-1) == 1) & np.any(sample.answered < sample.population, axis=-1)

    passed = np.nan_to_num(estimate)
    spread = (free * terms.uu).sum(-2)
    smooth = (free * terms.uu * _smoothed(sample, terms, 1 - passed)).sum(-2)
    failures = np.minimum(passed, 1 - passed)
    trust = _divide(failures, failures + FAILURES_TO_TRUST * spread, empty=0.0)
    variance = trust * linear + (1 - trust) * smooth

    bernoulli = passed * (1 - passed)
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where((bernoulli > 1e-12) & (variance > 0), bernoulli / variance, 1 / spread)
    size = np.where(spread > 0, size, np.inf)
    n, weight = terms.n.sum(-2), terms.w.sum(-2)
    lower, upper = intervals.wilson(np.clip(passed, 0, 1), size, units=np.maximum(n, 2), level=level)
    simple = (1 - _divide(n, weight, empty=0.0)) * _divide(bernoulli, n - 1, empty=0.0)
    unknown = np.isnan(estimate)
    return Rates(
        estimate=estimate,
        lower=_known(unknown, lower),
        upper=_known(unknown, upper),
        standard_error=_known(unknown | is_alone[..., None], np.sqrt(linear)),
        composite_error=_known(unknown | is_alone[..., None], np.sqrt(variance)),
        n=n,
        n_effective=_known(unknown, size),
        df=np.broadcast_to(sample.df[..., None], n.shape).astype(float),
        design_effect=_known(unknown | is_alone[..., None], _divide(linear, simple)),
        coverage=coverage,
        method=method,
        level=level,
    )


def _known(unknown: np.ndarray, values: np.ndarray) -> np.ndarray:
    return np.where(unknown, np.nan, values)


def _smoothed(sample: Sample, terms: _Terms, failing: np.ndarray) -> np.ndarray:
    parts = (part.swapaxes(-1, -2) for part in (terms.n, terms.w, terms.wy))
    n, w, wy = (sums_by_label(part, sample.classes).swapaxes(-1, -2) for part in parts)
    seen = 1 - np.clip(_divide(wy, w, empty=1.0), 0, 1)
    pseudo = np.sqrt(terms.n.sum(-2, keepdims=True))
    rate = _divide(n * seen + pseudo * failing[..., None, :], n + pseudo, empty=0.0)
    return (rate * (1 - rate))[..., sample.classes, :]


def _pooled(sample: Sample, units: np.ndarray, alone_from: float) -> np.ndarray:
    expected = (sample.frame * sample.fraction[..., None]).sum(-2)
    inside = units > 0
    small = inside & (expected < alone_from)
    order = np.argsort(np.where(inside, expected, np.inf), axis=-1, kind="stable")
    ranked = np.take_along_axis(np.where(inside, expected, 0.0), order, -1)
    before = np.cumsum(ranked, axis=-1) - ranked
    short = np.zeros_like(inside)
    np.put_along_axis(short, order, before < alone_from, -1)
    return inside & (small | (short & small.any(-1, keepdims=True)))


def _total(part: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    return np.where(chosen, part, 0.0).sum(-1, keepdims=True)


def _values(output: Any, sample: Sample) -> np.ndarray:
    value = arrays.numbers(output, "output")
    if not np.isfinite(value).all():
        raise BadInput(
            "An output value is unknown.", "Leave the domain out of the frame, or find its output."
        )
    shape = (*sample.n.shape[:-2], sample.n.shape[-1])
    is_fit = value.ndim and value.shape[-1] == shape[-1] and value.ndim <= len(shape)
    is_fit = is_fit and all(n in (1, m) for n, m in zip(value.shape[::-1], shape[::-1], strict=False))
    if not is_fit or np.any(~(value >= 0)) or np.any(value.sum(-1) <= 0):
        raise BadInput(
            "The output values do not fit the domains.",
            "Give one value of zero or more a domain, not all of them zero.",
        )
    return np.broadcast_to(value, shape)


def _divide(a: np.ndarray, b: np.ndarray, *, empty: float = np.nan) -> np.ndarray:
    a, b = np.broadcast_arrays(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    return np.divide(a, b, out=np.full(a.shape, empty), where=b > 0)
