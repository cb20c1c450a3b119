"""Replicate weights are those of R survey, and their errors those of the linear formula where both exist."""

from __future__ import annotations

import numpy as np
import pytest

from tests.methods import vectors
from zhiheng.errors import BadInput
from zhiheng.methods import replicates, taylor
from zhiheng.methods.rows import Rows


def rows_of(case, **columns):
    given = case["inputs"]
    return Rows.of(given["weight"], stratum=given["stratum"], psu=given["psu"], **columns)


@pytest.mark.parametrize("case", vectors.cases("replicate_JKn"), ids=lambda c: c["id"])
def test_the_jackknife_makes_the_weights_of_r_survey(case):
    given = case["inputs"]

    made = replicates.jackknife(rows_of(case))

    assert made.weights == pytest.approx(np.array(given["rep_weights"]), rel=1e-12)
    assert made.rscales == pytest.approx(np.array(given["rscales"]))
    assert made.scale == given["scale"]


@pytest.mark.parametrize("method", ["replicate_BRR", "replicate_Fay"])
def test_half_samples_give_the_error_of_r_survey_whatever_their_hadamard_matrix(method):
    for case in vectors.cases(method):
        given = case["inputs"]
        made = replicates.balanced(rows_of(case), fay=given["fay_rho"])

        assert made.scale == pytest.approx(given["scale"])
        assert {tuple(column) for column in made.weights.T.round(9)} == {
            tuple(column) for column in np.array(given["rep_weights"]).T.round(9)
        }


def sample(*, clusters=2, strata=6, seed=3):
    rng = np.random.default_rng(seed)
    stratum = np.repeat(np.arange(strata), clusters * 3)
    psu = np.tile(np.repeat(np.arange(clusters), 3), strata)
    return rng.normal(10, 2, stratum.size), rng.uniform(1, 2, stratum.size), stratum, psu


@pytest.mark.parametrize(
    "make", [replicates.jackknife, replicates.balanced, lambda rows: replicates.balanced(rows, fay=0.3)]
)
def test_the_error_of_a_total_is_exactly_the_linear_one(make):
    y, weight, stratum, psu = sample()
    rows = Rows.of(weight, stratum=stratum, psu=psu)

    found = make(rows).estimate(lambda w: w @ y)

    assert found.estimate == pytest.approx(taylor.total(y, rows).estimate)
    assert found.standard_error == pytest.approx(taylor.total(y, rows).standard_error)
    assert found.df == rows.df


def test_the_finite_correction_stays_in_the_jackknife_and_the_bootstrap():
    y, weight, stratum, psu = sample(clusters=3, strata=4)
    rows = Rows.of(weight, stratum=stratum, psu=psu, population=np.full(y.size, 5))
    linear = taylor.total(y, rows).standard_error

    assert replicates.jackknife(rows).estimate(lambda w: w @ y).standard_error == pytest.approx(linear)
    boot = replicates.bootstrap(rows, 4000, np.random.default_rng(11))
    assert boot.estimate(lambda w: w @ y).standard_error == pytest.approx(linear, rel=0.06)


def test_the_bootstrap_of_a_mean_comes_near_the_linear_error():
    y, weight, stratum, psu = sample(clusters=4, strata=5)
    rows = Rows.of(weight, stratum=stratum, psu=psu)

    boot = replicates.bootstrap(rows, 3000, np.random.default_rng(7)).mean(y)

    assert boot.standard_error == pytest.approx(taylor.mean(y, rows).standard_error, rel=0.08)


def test_a_domain_keeps_the_replicates_of_all_rows():
    y, weight, stratum, psu = sample(clusters=4, strata=5)
    rows, inside = Rows.of(weight, stratum=stratum, psu=psu), np.arange(y.size) % 3 > 0

    found = replicates.jackknife(rows).mean(y, domain=inside)

    assert found.estimate == pytest.approx(taylor.mean(y, rows, domain=inside).estimate)
    assert found.standard_error == pytest.approx(taylor.mean(y, rows, domain=inside).standard_error, rel=0.02)


def test_the_spread_may_be_taken_about_the_estimate():
    y, weight, stratum, psu = sample()
    made = replicates.jackknife(Rows.of(weight, stratum=stratum, psu=psu))
    about = replicates.Replicates(made.weight, made.weights, made.scale, made.rscales, about_estimate=True)

    assert about.mean(y).covariance >= made.mean(y).covariance


LONELY = Rows.of([1.0] * 3, stratum=["a", "a", "b"])
PAIR = np.ones((2, 3))


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: replicates.jackknife(LONELY), "one primary unit"),
        (lambda: replicates.bootstrap(LONELY, 10, np.random.default_rng(1)), "one primary unit"),
        (lambda: replicates.bootstrap(Rows.of([1.0, 1]), 1, np.random.default_rng(1)), "no spread"),
        (lambda: replicates.balanced(LONELY), "other than two"),
        (lambda: replicates.balanced(Rows.of([1.0, 1]), fay=1.0), "not in"),
        (lambda: replicates.Replicates([1.0, 1], PAIR, 1, [1, 1]), "do not fit"),
        (lambda: replicates.Replicates([1.0, 0], PAIR, 1, [1, 1, 1]), "negative or unknown"),
        (lambda: replicates.Replicates([1.0, 1], -PAIR, 1, [1, 1, 1]), "negative or unknown"),
        (lambda: replicates.Replicates([1.0, 1], PAIR, 0, [1, 1, 1]), "scale"),
        (lambda: replicates.Replicates([1.0, 1], PAIR, 1, [1, 1, -1]), "scale"),
        (lambda: replicates.Replicates([1.0, 1], PAIR, 1, [1, 1, 1]).mean([1.0]), "do not fit"),
        (lambda: replicates.Replicates([1.0, 1], PAIR, 1, [1, 1, 1]).mean([1.0, np.nan]), "unknown"),
        (lambda: replicates.Replicates([1.0, 1], 0 * PAIR, 1, [1, 1, 1]).mean([1.0, 2.0]), "no estimate"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
