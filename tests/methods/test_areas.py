"""Small areas lie between their own figure and the regression, by how much each can be trusted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.methods import vectors
from zhiheng.errors import BadInput
from zhiheng.methods import areas


@st.composite
def regions(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    m = draw(st.integers(5, 20))
    x = np.column_stack([np.ones(m), rng.uniform(0, 3, m)])
    d = rng.uniform(0.2, 1.5, m)
    y = x @ [2, 1] + rng.normal(0, draw(st.floats(0.0, 2.0)), m) + rng.normal(0, np.sqrt(d))
    return y, x, d


@pytest.mark.parametrize("fitting", ["reml", "ml"])
@given(regions())
def test_an_area_lies_between_its_own_figure_and_the_regression(fitting, given_areas):
    y, x, d = given_areas

    fit = areas.fay_herriot(y, x, d, fitting=fitting)

    synthetic = x @ fit.coefficients
    low, high = np.minimum(y, synthetic), np.maximum(y, synthetic)
    assert np.all((fit.estimate >= low - 1e-9) & (fit.estimate <= high + 1e-9))
    assert np.all((fit.shrinkage >= 0) & (fit.shrinkage < 1))
    assert np.all(np.diff(fit.shrinkage[np.argsort(d)]) <= 1e-12)


@pytest.mark.parametrize("fitting", ["reml", "ml"])
@given(regions())
def test_no_other_variance_has_a_higher_likelihood(fitting, given_areas):
    y, x, d = given_areas

    fit = areas.fay_herriot(y, x, d, fitting=fitting)

    model = areas._Model(y, x, d, fitting == "reml")
    for other in [0.0, *np.geomspace(1e-4, 100, 60)]:
        assert model.log_likelihood(other) <= fit.log_likelihood + 1e-9


@given(regions(), st.floats(0.1, 50), st.floats(-20, 20))
def test_another_unit_of_measure_changes_nothing_else(given_areas, scale, shift):
    y, x, d = given_areas

    one = areas.fay_herriot(y, x, d)
    other = areas.fay_herriot(scale * y + shift, x, scale**2 * d)

    assert other.estimate == pytest.approx(scale * one.estimate + shift, rel=1e-5, abs=1e-5)
    assert other.variance == pytest.approx(scale**2 * one.variance, rel=1e-4, abs=1e-6)


def test_areas_that_differ_by_no_more_than_their_errors_are_all_synthetic():
    fit = areas.fay_herriot([1.0, 1.1, 0.9, 1.0, 1.05], np.ones(5), [4.0] * 5)

    assert (fit.variance, fit.is_synthetic) == (0, True)
    assert fit.estimate == pytest.approx(np.full(5, 1.01))
    assert np.all(fit.mean_square_error > 0)


def test_the_stated_error_is_the_error_that_is_made():
    rng = np.random.default_rng(19)
    m, x = 30, np.column_stack([np.ones(30), np.linspace(0, 3, 30)])
    d, errors, stated = np.linspace(0.3, 1.5, m), [], []
    for _round in range(300):
        truth = x @ [2, 1] + rng.normal(0, 1, m)
        fit = areas.fay_herriot(truth + rng.normal(0, np.sqrt(d)), x, d)
        errors.append((fit.estimate - truth) ** 2)
        stated.append(fit.mean_square_error)

    assert np.mean(stated) == pytest.approx(np.mean(errors), rel=0.06)
    assert np.mean(errors) < d.mean()


ONES = np.ones((4, 1))


@pytest.mark.parametrize(
    ("given_areas", "word"),
    [
        (([1, 2, 3, 4], ONES, [1, 1, 1]), "do not fit"),
        (([1, 2, np.nan, 4], ONES, [1, 1, 1, 1]), "unknown"),
        (([1, 2, 3, 4], ONES, [1, 1, 1, 0]), "not above zero"),
        (([1, 2, 3, 4], ONES, [1, 1, 1, -1]), "not above zero"),
        (([1, 2, 3, 4], np.ones((4, 3)), [1, 1, 1, 1]), "too few areas"),
        (([1, 2, 3, 4], np.ones((4, 2)), [1, 1, 1, 1]), "follows from"),
    ],
)
def test_areas_that_cannot_be_fitted_are_refused(given_areas, word):
    with pytest.raises(BadInput, match=word):
        areas.fay_herriot(*given_areas)


def test_an_unknown_fitting_is_refused():
    with pytest.raises(BadInput, match="no fitting"):
        areas.fay_herriot([1, 2, 3, 4], ONES, [1, 1, 1, 1], fitting="guess")


def test_columns_of_far_sizes_give_what_columns_of_one_size_give():
    rng = np.random.default_rng(8)
    x = np.column_stack([np.ones(12), rng.normal(0, 1, 12)])
    y, d = x @ [1.0, 2.0] + rng.normal(0, 1, 12), rng.uniform(0.2, 0.8, 12)

    for fitting in ("reml", "ml"):
        plain = areas.fay_herriot(y, x, d, fitting=fitting)
        far = areas.fay_herriot(y, x * [1e-9, 1e9], d, fitting=fitting)

        assert far.estimate == pytest.approx(plain.estimate, rel=1e-8)
        assert far.mean_square_error == pytest.approx(plain.mean_square_error, rel=1e-8)
        assert far.coefficients == pytest.approx(plain.coefficients / [1e-9, 1e9], rel=1e-8)


@pytest.mark.parametrize("direct", [[1e200, 2, 3, 4], list("abcd")])
def test_estimates_out_of_range_are_refused(direct):
    with pytest.raises(BadInput):
        areas.fay_herriot(direct, [[1]] * 4, [1] * 4)


def drawn(given_areas, sizes=None):
    """Return what ``finite_means`` asks for, with samples of 4 to 9 units of areas of other sizes."""
    y, x, d = given_areas
    n = 4 + np.arange(y.size) % 6
    return y, x, d * n, n, n * np.linspace(1, 9, y.size) if sizes is None else sizes(n)


@given(regions())
def test_areas_without_end_are_those_of_the_model(given_areas):
    y, x, d = given_areas

    found = areas.finite_means(*drawn(given_areas, lambda n: np.full(n.size, np.inf)))

    plain = areas.fay_herriot(y, x, d)
    for part in ("estimate", "mean_square_error", "shrinkage"):
        assert getattr(found, part) == pytest.approx(getattr(plain, part))


@given(regions())
def test_areas_drawn_in_full_are_known_without_error(given_areas):
    found = areas.finite_means(*drawn(given_areas, lambda n: n))

    assert found.estimate == pytest.approx(given_areas[0])
    assert found.mean_square_error.tolist() == [0] * found.estimate.size
    assert found.shrinkage == pytest.approx(np.ones(found.estimate.size))


@given(regions())
def test_a_finite_mean_lies_between_what_was_drawn_and_the_model(given_areas):
    y, x, d = given_areas

    found = areas.finite_means(*drawn(given_areas))

    plain = areas.fay_herriot(y, x, d)
    low, high = np.minimum(y, plain.estimate), np.maximum(y, plain.estimate)
    assert np.all((found.estimate >= low - 1e-9) & (found.estimate <= high + 1e-9))
    assert np.all(found.shrinkage >= plain.shrinkage)
    assert found.method == "fay-herriot-reml-finite"


def test_the_stated_error_of_finite_means_is_the_error_that_is_made():
    rng = np.random.default_rng(23)
    m, x = 40, np.column_stack([np.ones(40), np.linspace(0, 3, 40)])
    n, size = np.resize([5, 8, 12], m), np.resize([14, 30, 30, 60], m)
    errors, stated = [], []
    for _round in range(150):
        mu = x @ [2, 1] + rng.normal(0, 0.5, m)
        y, rest = (mu + rng.normal(0, 1 / np.sqrt(units)) for units in (n, size - n))
        fit = areas.finite_means(y, x, np.ones(m), n, size)
        errors.append((fit.estimate - (n * y + (size - n) * rest) / size) ** 2)
        stated.append(fit.mean_square_error)

    assert np.mean(stated) == pytest.approx(np.mean(errors), rel=0.06)


@pytest.mark.parametrize("case", ["alike", "unlike"])
def test_the_posterior_of_finite_areas_agrees_with_integration_by_r(case):
    given_areas = vectors.posterior_areas(case)
    x = np.column_stack([np.ones(10), given_areas["x"]])

    found = areas.posterior_means(
        *(given_areas["y"], x, given_areas["s2"], given_areas["n"]), given_areas["population"]
    )

    assert found.estimate == pytest.approx(given_areas["mean"], abs=1e-10)
    for part in ("error", "lower", "upper"):
        assert getattr(found, part) == pytest.approx(given_areas[part], abs=1e-10)
    assert found.variance == pytest.approx(given_areas["median"][0], rel=0.02)


@given(regions(), st.floats(0.1, 50), st.floats(-20, 20))
def test_the_posterior_follows_the_unit_of_measure_and_lies_in_its_limits(given_areas, scale, shift):
    y, x, s2, n, size = drawn(given_areas)

    one = areas.posterior_means(y, x, s2, n, size)
    other = areas.posterior_means(scale * y + shift, x, scale**2 * s2, n, size)

    assert np.all((one.lower <= one.estimate + 1e-12) & (one.estimate <= one.upper + 1e-12))
    assert other.estimate == pytest.approx(scale * one.estimate + shift, rel=1e-6, abs=1e-6)
    assert other.upper - other.lower == pytest.approx(scale * (one.upper - one.lower), rel=1e-6, abs=1e-6)


def test_with_many_areas_the_posterior_is_that_of_the_likeliest_variance():
    rng = np.random.default_rng(31)
    m, x = 1500, np.column_stack([np.ones(1500), np.linspace(0, 3, 1500)])
    n, size = np.resize([5, 8, 12], m), np.resize([14, 30, 60], m)
    y = x @ [2, 1] + rng.normal(0, 0.5, m) + rng.normal(0, 1 / np.sqrt(n))

    found, plain = (way(y, x, np.ones(m), n, size) for way in (areas.posterior_means, areas.finite_means))

    assert found.estimate == pytest.approx(plain.estimate, abs=0.01)
    assert found.error == pytest.approx(np.sqrt(plain.mean_square_error), rel=0.01)
    assert found.variance == pytest.approx(plain.variance, rel=0.02)


@pytest.mark.parametrize("between", [0.0, 0.2, 1.0])
def test_intervals_over_few_areas_hold_whether_areas_differ_or_not(between):
    rng = np.random.default_rng(29)
    m, x = 25, np.column_stack([np.ones(25), np.linspace(0, 3, 25)])
    n, size = np.resize([5, 8, 12], m), np.resize([14, 30, 60], m)
    held = []
    for _round in range(60):
        mu = x @ [2, 1] + rng.normal(0, between, m)
        y, rest = (mu + rng.normal(0, 1 / np.sqrt(units)) for units in (n, size - n))
        found = areas.posterior_means(y, x, np.ones(m), n, size)
        truth = (n * y + (size - n) * rest) / size
        held.append(np.mean((found.lower <= truth) & (truth <= found.upper)))

    assert 0.925 <= np.mean(held) <= 0.975


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"sampled": [2, 2, 2]}, "do not fit"),
        ({"sampled": [2, 2, 2, 0]}, "no unit drawn"),
        ({"population": [9, 9, 9, 1]}, "more than it holds"),
        ({"population": [9, 9, 9, np.nan]}, "more than it holds"),
        ({"variance": [1, 1, 1, 0]}, "not above zero"),
        ({"direct": [1, 2, 3]}, "do not fit"),
    ],
)
def test_areas_that_cannot_have_been_drawn_are_refused(change, word):
    good = {"direct": [1, 2, 3, 4], "auxiliary": ONES, "variance": [1] * 4, "sampled": [2] * 4}

    for way in (areas.finite_means, areas.posterior_means):
        with pytest.raises(BadInput, match=word):
            way(**({**good, "population": [9] * 4} | change))


@pytest.mark.parametrize("case", ["alike", "unlike", "near"])
def test_smoothed_variances_agree_with_r_limma(case):
    rows = [row for row in vectors.smoothed_variances() if row["case"] == case]
    column = {name: np.array([float(row[name]) for row in rows]) for name in list(rows[0])[1:]}

    found = areas.smoothed(column["variance"], column["df"])

    assert found.variance == pytest.approx(column["smoothed"], rel=1e-7)
    assert (found.prior, found.prior_df) == pytest.approx((column["prior"][0], column["prior_df"][0]))


def test_variances_that_differ_by_no_more_than_chance_are_pooled():
    found = areas.smoothed([1.0, 1.1, 0.9, 1.2], [4, 4, 8, 8])

    assert found.prior_df == np.inf
    assert found.variance == pytest.approx([(4 * 2.1 + 8 * 2.1) / 24] * 4)


@given(st.lists(st.floats(0.01, 100), min_size=3, max_size=12), st.integers(2, 30), st.floats(1e-3, 1e3))
def test_a_smoothed_variance_lies_between_its_own_and_the_common_one(variance, df, scale):
    found = areas.smoothed(variance, [df] * len(variance))

    own = np.array(variance)
    low, high = np.minimum(own, found.prior), np.maximum(own, found.prior)
    assert np.all((found.variance >= low * (1 - 1e-9)) & (found.variance <= high * (1 + 1e-9)))
    other = areas.smoothed(own * scale, [df] * own.size)
    assert other.variance == pytest.approx(scale * found.variance, rel=1e-5)


@pytest.mark.parametrize(
    ("variance", "df"),
    [([1.0, 2.0], [4, 4]), ([1, 2, 0], [4] * 3), ([1, 2, 3], [4, 4]), ([1, 2, 3], [4, 4, 0])],
)
def test_variances_that_cannot_be_smoothed_are_refused(variance, df):
    with pytest.raises(BadInput):
        areas.smoothed(variance, df)
