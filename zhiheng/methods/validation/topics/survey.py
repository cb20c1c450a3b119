"""Adapters of survey estimation: each calls the public function and names its results as the cases do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from zhiheng.errors import BadInput
from zhiheng.methods import areas, calibration, intervals, profile, survey, taylor, unequal
from zhiheng.methods.replicates import Replicates
from zhiheng.methods.rows import Rows
from zhiheng.methods.validation.cases import Inputs, numeric


def _rows(given: Inputs, *, is_finite: bool = False) -> Rows:
    """Return the draw of a case; without N_h, or with null, no stratum is finite."""
    labels = given.labels("stratum") if given.is_known("stratum") else np.zeros(given.numbers("weight").size)
    population = _populations(given, labels) if is_finite and given.is_known("N_h") else None
    psu = given.labels("psu") if given.is_known("psu") else None
    return Rows.of(given.numbers("weight"), stratum=labels, psu=psu, population=population)


def _populations(given: Inputs, labels: np.ndarray) -> np.ndarray | None:
    """Return N_h by row: by name, by the number of the stratum, or in the order of names."""
    if isinstance(given["N_h"], Mapping):
        named = given.keyed("N_h", labels)
        return numeric([named.get(label) for label in labels.tolist()], "N_h")
    sizes = given.numbers("N_h")
    if np.isnan(sizes).all():
        return None
    if sizes.shape == labels.shape and sizes.size > np.unique(labels).size:
        return sizes
    is_number = labels.dtype.kind in "iu" and labels.min() >= 1 and labels.max() <= sizes.size
    places = labels - 1 if is_number else np.unique(labels, return_inverse=True)[1]
    if places.max() >= sizes.size:
        raise BadInput(f"There are {sizes.size} sizes for more strata.", "Give N_h for every stratum.")
    return sizes[places]


def _part(found: Callable[[], Any], name: str) -> Callable[[], Any]:
    return lambda: getattr(found(), name)


def stratified(given: Inputs) -> dict[str, Any]:
    """Return means, totals, ratio, design effect and domains of a stratified sample."""
    finite = cache(lambda: _rows(given, is_finite=True))
    mean = cache(lambda: taylor.mean(given.numbers("y"), finite()))
    plain = cache(lambda: taylor.mean(given.numbers("y"), _rows(given)))
    total = cache(lambda: taylor.total(given.numbers("x"), finite()))
    ratio = cache(lambda: taylor.ratio(given.numbers("x"), given.numbers("size"), finite()))
    domains = cache(lambda: taylor.by_domain(given.numbers("y"), finite(), given.labels("domain")))
    return {
        "mean_fpc": _part(mean, "estimate"),
        "se_fpc": _part(mean, "standard_error"),
        "mean_nofpc": _part(plain, "estimate"),
        "se_nofpc": _part(plain, "standard_error"),
        "df": _part(mean, "df"),
        "total_x": _part(total, "estimate"),
        "se_total_x": _part(total, "standard_error"),
        "ratio": _part(ratio, "estimate"),
        "se_ratio": _part(ratio, "standard_error"),
        "deff": lambda: taylor.design_effect(given.numbers("y"), finite()),
        "domain": lambda: list(domains()),
        "domain_mean": lambda: [found.estimate for found in domains().values()],
        "domain_se": lambda: [found.standard_error for found in domains().values()],
    }


def clustered(given: Inputs) -> dict[str, Any]:
    """Return means with their covariance, ratio and design effect of a stratified sample of clusters."""
    rows = _rows(given, is_finite=True)
    both = cache(lambda: taylor.mean(_columns(given, "y", "x"), rows))
    ratio = cache(lambda: taylor.ratio(given.numbers("y"), given.numbers("x"), rows))
    return {
        "mean": _part(both, "estimate"),
        "vcov": _part(both, "covariance"),
        "df": rows.df,
        "ratio": _part(ratio, "estimate"),
        "se_ratio": _part(ratio, "standard_error"),
        "deff": lambda: taylor.design_effect(given.numbers("y"), rows),
    }


def _columns(given: Inputs, *names: str) -> np.ndarray:
    """Return the columns that the case gives, side by side."""
    return np.column_stack([given.numbers(name) for name in names if given.is_known(name)])


def quantiles(given: Inputs) -> dict[str, Any]:
    """Return the asked quantiles of a stratified sample, the quartiles if none are named."""
    shares = given.numbers("p") if given.is_known("p") else np.array([0.25, 0.5, 0.75])
    return {"p": shares, "q": taylor.quantile(given.numbers("x"), shares, _rows(given))}


def lonely(given: Inputs) -> dict[str, Any]:
    """Return the error of a mean by each way for a stratum with one primary unit."""
    x, rows = given.numbers("x"), _rows(given)
    ways = {"adjust": "adjust", "average": "average", "certainty": "certainty", "remove": "certainty"}
    return {name: taylor.mean(x, rows, lonely=way).standard_error for name, way in ways.items()}


def proportions(given: Inputs) -> dict[str, Any]:
    """Return the design-based intervals of a share by each way."""
    y, rows, level = given.numbers("y"), _rows(given, is_finite=True), given.number("level", 0.95)
    found = taylor.mean(y, rows)
    p, se, df = found.estimate, found.standard_error, found.df
    return {
        "logit": lambda: intervals.logit(p, se, df, level=level),
        "xlogit": lambda: intervals.logit(p, se, df, level=level),
        "likelihood": lambda: profile.likelihood(y, rows, level=level),
        "asin": lambda: intervals.arcsine(p, se, df, level=level),
        "beta": lambda: intervals.korn_graubard(p, se, found.n, df, level=level),
        "mean": lambda: intervals.wald(p, se, df, level=level),
    }


def replicated(given: Inputs) -> dict[str, Any]:
    """Return means and errors from replicate weights that the case gives."""
    drawn = Replicates(
        given.numbers("weight"), given.matrix("rep_weights"), given.number("scale"), given.numbers("rscales")
    )
    found = drawn.mean(_columns(given, "y", "x"))
    return {"mean": found.estimate, "se": found.standard_error}


def calibrated(given: Inputs) -> dict[str, Any]:
    """Return weights, means, totals and errors after post-stratification, raking and calibration."""
    x, rows = cache(lambda: given.numbers("x")), _rows(given, is_finite=True)

    @cache
    def margin(name: str) -> tuple[np.ndarray, dict[Any, float]]:
        labels = given.labels(name)
        return labels, given.keyed(f"pop_{name}", labels)

    @cache
    def fitted(distance: str) -> Rows:
        size, known = given.numbers("size"), given["pop_size"]
        bounds = tuple(given.numbers("logit_bounds")) if distance == "logit" else None
        columns, sums = np.column_stack([np.ones(size.size), size]), [known["intercept"], known["size"]]
        return calibration.calibrate(rows, columns, sums, distance=distance, bounds=bounds)

    post = cache(lambda: calibration.post_stratify(rows, *margin("g")))
    # R's rake fits its residuals with every row alike.
    raked = cache(
        lambda: calibration.rake(rows, [margin("g"), margin("v")], residuals="equal", tolerance=1e-13)
    )
    post_mean, rake_mean = (cache(lambda by=by: taylor.mean(x(), by())) for by in (post, raked))
    total = cache(lambda: taylor.total(x(), fitted("linear")))
    return {
        "post_w": _part(post, "weight"),
        "post_mean": _part(post_mean, "estimate"),
        "post_se": _part(post_mean, "standard_error"),
        "rake_w": _part(raked, "weight"),
        "rake_mean": _part(rake_mean, "estimate"),
        "rake_se": _part(rake_mean, "standard_error"),
        "lin_w": lambda: fitted("linear").weight,
        "ras_w": lambda: fitted("raking").weight,
        "logit_w": lambda: fitted("logit").weight,
        "lin_total": _part(total, "estimate"),
        "lin_se": _part(total, "standard_error"),
        "ras_se": lambda: taylor.total(x(), fitted("raking")).standard_error,
    }


def unequal_probabilities(given: Inputs) -> dict[str, Any]:
    """Return total, mean and variances of a draw with unequal probabilities."""
    y, pi = given.numbers("y"), given.numbers("pi")
    joint = cache(lambda: given.matrix("joint"))
    randomised = cache(lambda: unequal.hartley_rao(pi, given.number("sum_pi2_over_n")))
    mean = cache(lambda: unequal.mean(y, pi))
    return {
        "total": lambda: unequal.total(y, pi),
        "var_HT": lambda: unequal.horvitz_thompson(y, pi, joint()),
        "var_YG": lambda: unequal.sen_yates_grundy(y, pi, joint()),
        "var_brewer": lambda: unequal.approximate(y, pi, method="brewer"),
        "var_overton": lambda: unequal.horvitz_thompson(y, pi, unequal.overton(pi)),
        "var_hartley_rao_HTform": lambda: unequal.horvitz_thompson(y, pi, randomised()),
        "var_hartley_rao_YGform": lambda: unequal.sen_yates_grundy(y, pi, randomised()),
        "mean_hajek": lambda: mean()[0],
        "se_mean_YG": lambda: np.sqrt(unequal.sen_yates_grundy(mean()[1], pi, joint())),
        "deville_var": lambda: unequal.approximate(y, pi, method="deville"),
    }


def binomial(given: Inputs) -> list[dict[str, Any]]:
    """Return the intervals of counts, one entry for each."""
    level = given.number("level", 0.95)
    return [
        {
            "x": x,
            "n": n,
            "wilson": intervals.wilson(x / n, n, level=level),
            "wilson_cc": intervals.wilson_corrected(x, n, level=level),
            "clopper_pearson": intervals.clopper_pearson(x, n, level=level),
            "jeffreys": intervals.jeffreys(x, n, level=level),
        }
        for x, n in zip(*given.together("x", "n"), strict=True)
    ]


def small_areas(given: Inputs) -> dict[str, Any]:
    """Return the Fay-Herriot fit of areas on one auxiliary column, by both likelihoods."""
    x = given.numbers("x")
    columns = np.column_stack([np.ones(len(x)), x])
    restricted, plain = (
        areas.fay_herriot(given.numbers("y"), columns, given.numbers("vardir"), fitting=fitting)
        for fitting in ("reml", "ml")
    )
    return {
        "beta_reml": restricted.coefficients,
        "refvar_reml": restricted.variance,
        "eblup_reml": restricted.estimate,
        "mse_reml": restricted.mean_square_error,
        "beta_ml": plain.coefficients,
        "refvar_ml": plain.variance,
        "eblup_ml": plain.estimate,
        "mse_ml": plain.mean_square_error,
    }


def value_weighted(given: Inputs) -> dict[str, Any]:
    """Return the pass rate weighted by output: of the nation, provinces (rows) and industries (columns)."""
    n, passed, value = given.matrix("n"), given.matrix("passed"), given.matrix("value")

    def by(turn: Callable[[np.ndarray], np.ndarray]) -> tuple[Callable[[], Any], Callable[[], Any]]:
        counts, passes, weights = turn(n), turn(passed), turn(value)
        # A rate is the same with every count doubled; its error needs two units in each cell that counts.
        return (
            lambda: survey.value_weighted(2 * counts, 2 * passes, weights)[0],
            lambda: survey.value_weighted(counts, passes, weights)[1],
        )

    nation, provinces, industries = by(np.ravel), by(np.asarray), by(np.transpose)
    return {
        "national": nation[0],
        "national_se": nation[1],
        "province": provinces[0],
        "province_se": provinces[1],
        "industry": industries[0],
        "industry_se": industries[1],
    }


def hypergeometric(given: Inputs) -> dict[str, Any]:
    """Return the limits of the number of marked units in a finite lot."""
    low, high = intervals.hypergeometric(
        given.whole("x"), given.whole("n"), given.whole("N"), level=given.number("level", 0.95)
    )
    return {"M_lower": low, "M_upper": high}


ADAPTERS = {
    "stratified_taylor": stratified,
    "cluster_taylor": clustered,
    "svyquantile": quantiles,
    "lonely_psu": lonely,
    "svyciprop": proportions,
    "replicate_JKn": replicated,
    "replicate_BRR": replicated,
    "replicate_Fay": replicated,
    "calibration": calibrated,
    "pps_variance": unequal_probabilities,
    "binomial_ci": binomial,
    "fay_herriot": small_areas,
    "pass_rate_value_weighted": value_weighted,
    "hypergeometric_ci": hypergeometric,
}
