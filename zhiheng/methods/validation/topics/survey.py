"""Adapters of survey estimation: each calls the public function and names its results as the cases do."""

from __future__ import annotations

from typing import Any

import numpy as np

from zhiheng.methods import areas, calibration, intervals, profile, survey, taylor, unequal
from zhiheng.methods.replicates import Replicates
from zhiheng.methods.rows import Rows
from zhiheng.methods.validation.cases import Inputs


def _rows(given: Inputs, *, is_finite: bool = False) -> Rows:
    """Return the draw of a case; N_h is indexed by the number of the stratum, or in the order of names."""
    labels = given.labels("stratum") if "stratum" in given else np.zeros(given.numbers("weight").size)
    population = None
    if is_finite:
        sizes = given.numbers("N_h")
        is_number = labels.dtype.kind in "iu" and labels.min() >= 1 and labels.max() <= sizes.size
        population = sizes[labels - 1 if is_number else np.unique(labels, return_inverse=True)[1]]
    psu = given.labels("psu") if "psu" in given else None
    return Rows.of(given.numbers("weight"), stratum=labels, psu=psu, population=population)


def stratified(given: Inputs) -> dict[str, Any]:
    """Return means, totals, ratio, design effect and domains of a stratified sample."""
    y, x, size = given.numbers("y"), given.numbers("x"), given.numbers("size")
    finite, infinite = _rows(given, is_finite=True), _rows(given)
    mean, plain, total = taylor.mean(y, finite), taylor.mean(y, infinite), taylor.total(x, finite)
    ratio = taylor.ratio(x, size, finite)
    domains = taylor.by_domain(y, finite, given.labels("domain"))
    return {
        "mean_fpc": mean.estimate,
        "se_fpc": mean.standard_error,
        "mean_nofpc": plain.estimate,
        "se_nofpc": plain.standard_error,
        "df": mean.df,
        "total_x": total.estimate,
        "se_total_x": total.standard_error,
        "ratio": ratio.estimate,
        "se_ratio": ratio.standard_error,
        "deff": lambda: taylor.design_effect(y, finite),
        "domain": list(domains),
        "domain_mean": [found.estimate for found in domains.values()],
        "domain_se": [found.standard_error for found in domains.values()],
    }


def clustered(given: Inputs) -> dict[str, Any]:
    """Return means with their covariance, ratio and design effect of a stratified sample of clusters."""
    y, x, rows = given.numbers("y"), given.numbers("x"), _rows(given)
    both, ratio = taylor.mean(np.column_stack([y, x]), rows), taylor.ratio(y, x, rows)
    return {
        "mean": both.estimate,
        "vcov": both.covariance,
        "df": both.df,
        "ratio": ratio.estimate,
        "se_ratio": ratio.standard_error,
        "deff": lambda: taylor.design_effect(y, rows),
    }


def quantiles(given: Inputs) -> dict[str, Any]:
    """Return the quartiles of a stratified sample."""
    shares = [0.25, 0.5, 0.75]
    return {"p": shares, "q": taylor.quantile(given.numbers("x"), shares, _rows(given))}


def lonely(given: Inputs) -> dict[str, Any]:
    """Return the error of a mean by each way for a stratum with one primary unit."""
    x, rows = given.numbers("x"), _rows(given)
    ways = {"adjust": "adjust", "average": "average", "certainty": "certainty", "remove": "certainty"}
    return {name: taylor.mean(x, rows, lonely=way).standard_error for name, way in ways.items()}


def proportions(given: Inputs) -> dict[str, Any]:
    """Return the design-based intervals of a share by each way."""
    y, rows = given.numbers("y"), _rows(given, is_finite=True)
    found = taylor.mean(y, rows)
    p, se, df = found.estimate, found.standard_error, found.df
    return {
        "logit": lambda: intervals.logit(p, se, df),
        "xlogit": lambda: intervals.logit(p, se, df),
        "likelihood": lambda: profile.likelihood(y, rows),
        "asin": lambda: intervals.arcsine(p, se, df),
        "beta": intervals.korn_graubard(p, se, found.n, df),
        "mean": intervals.wald(p, se, df),
    }


def replicated(given: Inputs) -> dict[str, Any]:
    """Return means and errors from replicate weights that the case gives."""
    drawn = Replicates(
        given.numbers("weight"), given.matrix("rep_weights"), given.number("scale"), given.numbers("rscales")
    )
    found = drawn.mean(np.column_stack([given.numbers("y"), given.numbers("x")]))
    return {"mean": found.estimate, "se": found.standard_error}


def calibrated(given: Inputs) -> dict[str, Any]:
    """Return weights, means, totals and errors after post-stratification, raking and calibration."""
    x, rows, g = given.numbers("x"), _rows(given), given.labels("g")
    margins = [(g, given["pop_g"]), (given.labels("v"), given["pop_v"])]
    columns = np.column_stack([np.ones(x.size), given.numbers("size")])
    sums = [given["pop_size"]["intercept"], given["pop_size"]["size"]]
    low, high = given.numbers("logit_bounds")
    post = calibration.post_stratify(rows, g, given["pop_g"])
    # R's rake fits its residuals with every row alike.
    raked = calibration.rake(rows, margins, residuals="equal", tolerance=1e-13)
    linear = calibration.calibrate(rows, columns, sums)
    grown = calibration.calibrate(rows, columns, sums, distance="raking")
    post_mean, rake_mean, total = taylor.mean(x, post), taylor.mean(x, raked), taylor.total(x, linear)
    return {
        "post_w": post.weight,
        "post_mean": post_mean.estimate,
        "post_se": post_mean.standard_error,
        "rake_w": raked.weight,
        "rake_mean": rake_mean.estimate,
        "rake_se": rake_mean.standard_error,
        "lin_w": linear.weight,
        "ras_w": grown.weight,
        "logit_w": lambda: (
            calibration.calibrate(rows, columns, sums, distance="logit", bounds=(low, high)).weight
        ),
        "lin_total": total.estimate,
        "lin_se": total.standard_error,
        "ras_se": lambda: taylor.total(x, grown).standard_error,
    }


def unequal_probabilities(given: Inputs) -> dict[str, Any]:
    """Return total, mean and variances of a draw with unequal probabilities."""
    y, pi, joint = given.numbers("y"), given.numbers("pi"), given.matrix("joint")
    mean, values = unequal.mean(y, pi)
    randomised = unequal.hartley_rao(pi, given.number("sum_pi2_over_n"))
    return {
        "total": unequal.total(y, pi),
        "var_HT": unequal.horvitz_thompson(y, pi, joint),
        "var_YG": unequal.sen_yates_grundy(y, pi, joint),
        "var_brewer": unequal.approximate(y, pi, method="brewer"),
        "var_overton": unequal.horvitz_thompson(y, pi, unequal.overton(pi)),
        "var_hartley_rao_HTform": unequal.horvitz_thompson(y, pi, randomised),
        "var_hartley_rao_YGform": unequal.sen_yates_grundy(y, pi, randomised),
        "mean_hajek": mean,
        "se_mean_YG": np.sqrt(unequal.sen_yates_grundy(values, pi, joint)),
        "deville_var": unequal.approximate(y, pi, method="deville"),
    }


def binomial(given: Inputs) -> list[dict[str, Any]]:
    """Return the intervals of counts, one entry for each."""
    level = given.number("level")
    return [
        {
            "x": x,
            "n": n,
            "wilson": intervals.wilson(x / n, n, level=level),
            "wilson_cc": intervals.wilson_corrected(x, n, level=level),
            "clopper_pearson": intervals.clopper_pearson(x, n, level=level),
            "jeffreys": intervals.jeffreys(x, n, level=level),
        }
        for x, n in zip(given.numbers("x"), given.numbers("n"), strict=True)
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
    nation = survey.value_weighted(n.ravel(), passed.ravel(), value.ravel())
    provinces = survey.value_weighted(n, passed, value)
    industries = survey.value_weighted(n.T, passed.T, value.T)
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
        given.whole("x"), given.whole("n"), given.whole("N"), level=given.number("level")
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
