"""Replicate weights are those of R survey, and their errors those of the linear formula where both exist."""

from __future__ import annotations

import numpy as np
import pytest

from tests.methods import vectors
from zhiheng.errors import BadInput
from zhiheng.methods import calibration, replicates, taylor
from zhiheng.methods.rows import Fit, Rows, Stage


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


# The rows of data/calibrated_replicates.R.
UNIT = np.arange(1, 25)
X, Y = 1 + (UNIT * 7) % 11, (UNIT * 13) % 17 + 2 * ((UNIT * 7) % 11)
G, K = np.array(list("abc"))[(UNIT * 5) % 3], np.array(["p", "q"])[(UNIT // 3) % 2]
DRAWN = Rows.of(np.repeat([4.0, 6, 9], 8), stratum=np.repeat([1, 2, 3], 8), psu=np.repeat(np.arange(12), 2))
BY_G, BY_K = {"a": 50, "b": 60, "c": 45}, {"p": 85, "q": 70}
COLUMNS, TOTALS = np.column_stack([np.ones(24), X]), [155, 930]
CALIBRATED = {
    "post": calibration.post_stratify(DRAWN, G, BY_G),
    "rake": calibration.rake(DRAWN, [(G, BY_G), (K, BY_K)]),
    "linear": calibration.calibrate(DRAWN, COLUMNS, TOTALS),
    "raking": calibration.calibrate(DRAWN, COLUMNS, TOTALS, distance="raking"),
    "logit": calibration.calibrate(DRAWN, COLUMNS, TOTALS, distance="logit", bounds=(0.5, 2)),
}


@pytest.mark.parametrize("way", CALIBRATED)
def test_every_replicate_is_calibrated_as_in_r_survey(way):
    expected = vectors.calibrated_replicates()

    made = replicates.jackknife(CALIBRATED[way])

    assert made.mean(Y).estimate == pytest.approx(expected[f"{way}_mean"], rel=1e-6)
    assert made.mean(Y).standard_error == pytest.approx(expected[f"{way}_mean_error"], rel=1e-5)
    total = made.estimate(lambda w: w @ Y).standard_error
    assert total == pytest.approx(expected[f"{way}_total_error"], rel=1e-5)


def test_post_strata_take_their_part_of_the_error_out_of_the_jackknife():
    expected = vectors.calibrated_replicates()
    rows = calibration.post_stratify(Rows.of([10.0] * 6), list("uuuvvv"), {"u": 40, "v": 20})

    made = replicates.jackknife(rows)

    assert made.mean([1, 2, 3, 7, 8, 10]).standard_error == pytest.approx(expected["six_mean"])
    assert made.mean([1, 1, 1, 0, 0, 0]).standard_error == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("way", ["post", "linear", "raking", "logit"])
def test_every_bootstrap_replicate_meets_the_totals(way):
    rows = CALIBRATED[way]

    made = replicates.bootstrap(rows, 20, np.random.default_rng(4))

    assert made.weights.sum(0) == pytest.approx(np.full(20, 155))


def test_a_census_has_no_error_in_half_samples_and_a_fraction_takes_its_part():
    columns = {"stratum": [0, 0, 1, 1]}
    census = Rows.of([1.0] * 4, **columns, population=[2] * 4)
    part = Rows.of([2.0, 2, 3, 3], **columns, population=[4, 4, 6, 6])
    y = np.array([1.0, 2, 3, 5])

    assert replicates.balanced(census).mean(y).standard_error == 0
    assert replicates.jackknife(census).mean(y).standard_error == 0
    for fay in (0.0, 0.5):
        found = replicates.balanced(part, fay=fay).estimate(lambda w: w @ y)
        assert found.standard_error == pytest.approx(taylor.total(y, part).standard_error)


def test_a_calibration_is_done_again_with_the_columns_it_was_done_with():
    columns = np.array(COLUMNS)
    rows = calibration.calibrate(DRAWN, columns, TOTALS)

    columns[:] = 7

    again = replicates.jackknife(rows).mean(Y).standard_error
    assert again == replicates.jackknife(CALIBRATED["linear"]).mean(Y).standard_error


def test_replicates_cannot_be_changed_by_who_made_them():
    weights = np.array([[2.0, 0], [0, 2]])
    made = replicates.Replicates([1.0, 1], weights, 1, [1, 1])

    weights[:] = -5

    assert made.weights.tolist() == [[2, 0], [0, 2]]
    with pytest.raises(ValueError, match="read-only"):
        made.weights[0, 0] = 9


LONELY = Rows.of([1.0] * 3, stratum=["a", "a", "b"])
UNTOLD = Rows.of([1.0, 1]).reweighted(np.array([2.0, 2]), Fit(np.ones((2, 1)), np.ones(2)))
EMPTIED = calibration.post_stratify(Rows.of([1.0] * 3), ["a", "a", "b"], {"a": 5, "b": 5})
STAGED = Rows([1.0] * 4, (Stage(unit=[0, 0, 1, 1], population=[5] * 4), Stage(population=[4] * 4)))
PAIR = np.ones((2, 3))


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: replicates.jackknife(LONELY), "one primary unit"),
        (lambda: replicates.bootstrap(LONELY, 10, np.random.default_rng(1)), "one primary unit"),
        (lambda: replicates.bootstrap(Rows.of([1.0, 1]), 1, np.random.default_rng(1)), "no spread"),
        (lambda: replicates.bootstrap(Rows.of([1.0, 1]), 2.5, np.random.default_rng(1)), "no spread"),
        (lambda: replicates.bootstrap(Rows.of([1.0, 1]), 9, None), "nothing to draw with"),
        (lambda: replicates.jackknife(UNTOLD), "not known how"),
        (lambda: replicates.jackknife(EMPTIED), "without any row"),
        (lambda: replicates.jackknife(STAGED), "within its units"),
        (lambda: replicates.balanced(LONELY), "other than two"),
        (lambda: replicates.Replicates(["a"], [["b"]], 1.0, [1.0]), "no numbers"),
        (lambda: replicates.Replicates([1.0, 1], PAIR, None, [1, 1, 1]), "unknown"),
        (lambda: replicates.Replicates([1.0, 1], PAIR, 1, [1, 1, 1]).estimate(lambda w: "x"), "no numbers"),
        (
            lambda: replicates.Replicates([1.0, 1], PAIR, 1, [1, 1, 1]).mean([1, 2], domain=["no", "yes"]),
            "neither true nor false",
        ),
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
