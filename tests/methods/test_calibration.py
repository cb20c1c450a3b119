"""Calibrated weights meet their totals, and what cannot be met is refused."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.methods import vectors
from zhiheng.errors import BadInput
from zhiheng.methods import calibration, taylor
from zhiheng.methods.rows import Rows

DISTANCES = [("linear", None), ("raking", None), ("logit", (0.2, 4.0)), ("truncated", (0.2, 4.0))]


@st.composite
def drawn(draw):
    """Rows with two auxiliary columns, and totals near those of the draw."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(8, 30))
    x = np.column_stack([np.ones(n), rng.gamma(2, 2, n)])
    rows = Rows.of(rng.uniform(2, 9, n))
    totals = (rows.weight @ x) * [1, draw(st.floats(0.95, 1.05))]
    return rows, x, totals, rng.normal(3, 1, n)


@pytest.mark.parametrize(("distance", "bounds"), DISTANCES)
@given(drawn())
def test_weights_hit_the_totals_within_their_bounds(distance, bounds, sample):
    rows, x, totals, _y = sample

    found = calibration.calibrate(rows, x, totals, distance=distance, bounds=bounds)

    assert found.weight @ x == pytest.approx(totals, rel=1e-8)
    factor = found.weight / rows.weight
    assert np.all(factor > 0)
    if bounds:
        assert np.all((factor >= bounds[0] - 1e-9) & (factor <= bounds[1] + 1e-9))


@given(drawn())
def test_a_calibrated_total_of_an_auxiliary_has_no_error(sample):
    rows, x, totals, _y = sample

    found = taylor.total(x, calibration.calibrate(rows, x, totals, distance="raking"))

    assert found.estimate == pytest.approx(totals)
    assert found.standard_error == pytest.approx([0, 0], abs=1e-6 * totals.max())


@given(drawn())
def test_totals_that_are_met_already_change_nothing(sample):
    rows, x, _totals, y = sample

    found = calibration.calibrate(rows, x, rows.weight @ x)

    assert found.weight == pytest.approx(rows.weight)
    assert taylor.total(y, found).estimate == pytest.approx(taylor.total(y, rows).estimate)


@given(drawn(), st.integers(2, 4))
def test_raking_to_one_margin_is_post_stratification(sample, groups):
    rows, _x, _totals, y = sample
    labels = np.arange(len(rows)) % groups
    sizes = {group: 100.0 + group for group in range(groups)}

    raked = calibration.rake(rows, [(labels, sizes)])
    post = calibration.post_stratify(rows, labels, sizes)

    assert raked.weight == pytest.approx(post.weight)
    assert taylor.mean(y, raked).standard_error == pytest.approx(taylor.mean(y, post).standard_error)


@given(drawn())
def test_raking_is_calibration_to_indicators_by_the_exponential(sample):
    rows, _x, _totals, _y = sample
    a, b = np.arange(len(rows)) % 2, np.arange(len(rows)) % 3
    margins = [(a, {0: 60.0, 1: 60.0}), (b, {0: 30.0, 1: 40.0, 2: 50.0})]
    columns = np.column_stack([a == 0, a == 1, b == 1, b == 2]).astype(float)

    raked = calibration.rake(rows, margins, tolerance=1e-12)
    found = calibration.calibrate(rows, columns, [60, 60, 40, 50], distance="raking")

    assert raked.weight == pytest.approx(found.weight, rel=1e-6)


def test_errors_of_raking_agree_closely_whichever_way_the_residuals_are_fitted():
    rng = np.random.default_rng(5)
    rows, y = Rows.of(rng.uniform(9, 11, 200)), rng.normal(0, 1, 200)
    margins = [
        (np.arange(200) % 2, {0: 900.0, 1: 1100.0}),
        (np.arange(200) % 3, {0: 600.0, 1: 700.0, 2: 700.0}),
    ]

    errors = [
        taylor.mean(y, calibration.rake(rows, margins, residuals=way)).standard_error
        for way in ("design", "equal")
    ]

    assert errors[0] == pytest.approx(errors[1], rel=0.01)
    assert errors[0] != errors[1]


def test_calibration_within_bounds_agrees_with_r_survey():
    expected = vectors.calibrated_replicates()
    i = np.arange(1, 25)
    x, y = 1 + (i * 7) % 11, (i * 13) % 17 + 2 * ((i * 7) % 11)
    drawn = Rows.of(
        np.repeat([4.0, 6, 9], 8), stratum=np.repeat([1, 2, 3], 8), psu=np.repeat(np.arange(12), 2)
    )
    columns = np.column_stack([np.ones(24), x])

    found = calibration.calibrate(drawn, columns, [155, 1000], distance="truncated", bounds=(0.8, 1.3))

    factors = [expected[f"truncated_factor_{row}"] for row in i]
    assert found.weight / drawn.weight == pytest.approx(factors, rel=1e-8)
    assert taylor.total(y, found).estimate == pytest.approx(expected["truncated_total"], rel=1e-8)
    mean = taylor.mean(y, found)
    assert mean.estimate == pytest.approx(expected["truncated_mean"], rel=1e-8)
    assert mean.standard_error == pytest.approx(expected["truncated_mean_error"], rel=1e-6)


ROWS = Rows.of([10.0] * 4)
X = np.column_stack([np.ones(4), [1.0, 2, 3, 4]])


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: calibration.post_stratify(ROWS, ["a", "a", "b", "b"], {"a": 10}), "without a size"),
        (lambda: calibration.post_stratify(ROWS, ["a"] * 4, {"a": 10, "b": 5}), "without a row"),
        (lambda: calibration.post_stratify(ROWS, ["a"] * 4, {"a": 0}), "above zero"),
        (lambda: calibration.post_stratify(ROWS, ["a"] * 3, {"a": 5}), "one group a row"),
        (lambda: calibration.post_stratify(ROWS, ["a", "a", None, None], {"a": 5, None: 5}), "is unknown"),
        (lambda: calibration.post_stratify(ROWS, ["a"] * 4, {"a": "x"}), "no numbers"),
        (lambda: calibration.post_stratify(ROWS, [0, 0, 1, 1], [5, 5]), "of which group"),
        (lambda: calibration.rake(ROWS, []), "no margin"),
        (lambda: calibration.rake(ROWS, [([0, 0, 1, 1], {0: 5, 1: 5})], rounds=0), "no round"),
        (lambda: calibration.rake(ROWS, [([0, 0, 1, 1], {0: 5, 1: 5})], residuals="x"), "no residuals"),
        (lambda: calibration.calibrate(ROWS, [["a"]] * 4, [3]), "no numbers"),
        (
            lambda: calibration.calibrate(ROWS, X, [40, 100], distance="logit", bounds=(0.5, np.inf)),
            "unknown",
        ),
        (
            lambda: calibration.calibrate(ROWS, X, [40, 100], distance="logit", bounds=(0.5, 2, 3)),
            "3 numbers",
        ),
        (
            lambda: calibration.rake(ROWS, [([0, 0, 1, 1], {0: 5, 1: 5}), ([0, 1, 0, 1], {0: 5, 1: 6})]),
            "different totals",
        ),
        (
            lambda: calibration.rake(ROWS, [([0, 0, 1, 1], {0: 5, 1: 5}), ([0, 0, 1, 1], {0: 4, 1: 6})]),
            "contradict",
        ),
        (lambda: calibration.calibrate(ROWS, X, [40]), "do not fit"),
        (lambda: calibration.calibrate(ROWS, X, [40, np.nan]), "do not fit"),
        (lambda: calibration.calibrate(ROWS, X[:, [0, 0]], [40, 40]), "follows from"),
        (lambda: calibration.calibrate(ROWS, X, [40, 158]), "zero or below"),
        (lambda: calibration.calibrate(ROWS, X, [40, 250], distance="raking"), "meet the totals"),
        (
            lambda: calibration.calibrate(ROWS, X, [40, 120], distance="logit", bounds=(0.9, 1.1)),
            "meet the totals",
        ),
        (lambda: calibration.calibrate(ROWS, X, [40, 100], distance="logit"), "needs bounds"),
        (lambda: calibration.calibrate(ROWS, X, [40, 100], bounds=(0.5, 2)), "do not go"),
        (lambda: calibration.calibrate(ROWS, X, [40, 100], distance="logit", bounds=(1.5, 2)), "enclose 1"),
        (lambda: calibration.calibrate(ROWS, X, [40, 100], distance="other"), "no distance"),
    ],
)
def test_what_no_weights_can_meet_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
