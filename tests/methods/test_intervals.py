"""Intervals for shares against R, and bounds that hold for all of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.methods import vectors
from zhiheng.errors import BadInput
from zhiheng.methods import intervals, survey

BINOMIAL = [
    pytest.param(row, id=f"{case['id']}-{row['x']}of{row['n']}")
    for case in vectors.cases("binomial_ci")
    for row in case["expected"]
]


@pytest.mark.parametrize("row", BINOMIAL)
def test_binomial_intervals_agree_with_r(row):
    x, n = row["x"], row["n"]

    assert np.stack(intervals.wilson(x / n, n)) == pytest.approx(row["wilson"], rel=1e-8, abs=1e-12)
    assert np.stack(intervals.clopper_pearson(x, n)) == pytest.approx(row["clopper_pearson"], rel=1e-8)
    assert np.stack(intervals.jeffreys(x, n)) == pytest.approx(row["jeffreys"], rel=1e-8)


@pytest.mark.parametrize("case", vectors.cases("hypergeometric_ci"), ids=lambda c: c["id"])
def test_finite_lots_agree_with_r(case):
    i, expected = case["inputs"], case["expected"]

    assert intervals.hypergeometric(i["x"], i["n"], i["N"]) == (expected["M_lower"], expected["M_upper"])


@pytest.mark.parametrize("case", vectors.cases("svyciprop"), ids=lambda c: c["id"])
def test_design_based_intervals_agree_with_r_survey(case):
    inputs, expected = case["inputs"], case["expected"]
    population = np.asarray(inputs["N_h"], dtype=float)
    rate = survey.hajek(vectors.five_sums(inputs, by_domain=False, population=population)).at(0)
    p, se, n, df = rate.estimate, rate.standard_error, rate.n, rate.df

    assert np.stack(intervals.logit(p, se, df)) == pytest.approx(expected["logit"], rel=1e-6)
    assert np.stack(intervals.korn_graubard(p, se, n, df)) == pytest.approx(expected["beta"], rel=1e-6)


def test_nothing_failed_still_leaves_room_below_one():
    low, high = intervals.korn_graubard(1.0, 0.0, 50, 46)
    same = intervals.proportion_interval(1.0, 0.0, 50, 46)

    assert (float(low), float(high)) == pytest.approx((0.928878, 1.0), abs=1e-6)
    assert float(same[1]) == 1.0
    assert 0.9 < float(same[0]) < 1.0


def test_a_census_has_no_interval_to_speak_of():
    for low, high in (intervals.korn_graubard(0.9, 0.0, 50, 46), intervals.proportion_interval(0.9, 0.0, 50)):
        assert (float(low), float(high)) == pytest.approx((0.9, 0.9))


@pytest.mark.parametrize(
    "call",
    [
        lambda: intervals.wilson(1.2, 10),
        lambda: intervals.wilson(float("nan"), 10),
        lambda: intervals.wilson(0.5, 0),
        lambda: intervals.wilson(0.5, 10, level=95),
        lambda: intervals.clopper_pearson(11, 10),
        lambda: intervals.jeffreys(-1, 10),
        lambda: intervals.logit(1.0, 0.1),
        lambda: intervals.logit(0.5, -0.1),
        lambda: intervals.korn_graubard(0.5, float("nan"), 10, 9),
        lambda: intervals.proportion_interval(0.5, 0.1, 10, 0),
        lambda: intervals.hypergeometric(5, 4, 10),
        lambda: intervals.hypergeometric(0, 0, 10),
        lambda: intervals.arcsine(0.0, 0.1),
        lambda: intervals.likelihood(1.0, 0.1),
        lambda: intervals.likelihood(0.5, 0.1, 0),
        lambda: intervals.wald(0.5, 0.1, level=1.0),
        lambda: intervals.wilson_corrected(11, 10),
        lambda: intervals.wilson("a", 10),
        lambda: intervals.wilson(0.5, 10, level=None),
        lambda: intervals.wilson(0.5, 10, units=float("nan")),
        lambda: intervals.wilson(0.5, 10, units=-3),
        lambda: intervals.wilson([0.5, 0.5], [10, 10, 10]),
        lambda: intervals.clopper_pearson([1, 2], [10, 10, 10]),
        lambda: intervals.clopper_pearson(5, np.inf),
        lambda: intervals.jeffreys(5, np.inf),
        lambda: intervals.wilson_corrected(5, np.inf),
        lambda: intervals.wald(0.5, np.inf, 10),
        lambda: intervals.logit([0.5] * 3, [0.1] * 2, 10),
        lambda: intervals.korn_graubard([0.5] * 3, [0.1] * 2, 10, 9),
        lambda: intervals.hypergeometric(1.5, 10, 100),
        lambda: intervals.hypergeometric("one", 10, 100),
    ],
)
def test_what_cannot_be_honoured_is_refused(call):
    with pytest.raises(BadInput):
        call()


@given(st.integers(1, 400), st.floats(0, 1))
def test_limits_enclose_the_share_and_mirror_each_other(n, share):
    x = round(n * share)

    for make in (
        lambda k: intervals.wilson(k / n, n),
        lambda k: intervals.wilson_corrected(k, n),
        lambda k: intervals.clopper_pearson(k, n),
        lambda k: intervals.proportion_interval(k / n, (k / n * (1 - k / n) / n) ** 0.5, n),
    ):
        low, high = make(x)
        mirrored_low, mirrored_high = make(n - x)
        assert 0 <= low <= x / n + 1e-12
        assert x / n - 1e-12 <= high <= 1
        assert (float(mirrored_low), float(mirrored_high)) == pytest.approx((1 - high, 1 - low), abs=1e-9)


@given(st.floats(0.01, 0.99), st.floats(0.001, 0.2), st.floats(1, 500))
def test_design_based_limits_enclose_the_share_and_mirror_each_other(share, error, df):
    for make in (intervals.logit, intervals.arcsine, intervals.likelihood):
        low, high = make(share, error, df)
        mirrored_low, mirrored_high = make(1 - share, error, df)
        assert 0 <= low < share < high <= 1
        assert (float(mirrored_low), float(mirrored_high)) == pytest.approx((1 - high, 1 - low), abs=1e-9)


def test_likelihood_limits_lie_as_far_down_as_they_are_allowed():
    p, se, df = np.array([0.9, 0.5]), np.array([0.03, 0.01]), 40

    for limit in intervals.likelihood(p, se, df):
        apart = p * np.log(p / limit) + (1 - p) * np.log((1 - p) / (1 - limit))
        assert 2 * apart * p * (1 - p) / se**2 == pytest.approx(2.0210753903**2)


@given(st.integers(2, 300), st.floats(0.02, 0.98))
def test_more_units_make_a_shorter_interval(n, share):
    low, high = intervals.wilson(share, n)
    closer_low, closer_high = intervals.wilson(share, 4 * n)

    assert closer_high - closer_low < high - low
