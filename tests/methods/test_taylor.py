"""Estimates of rows agree with R survey, and with what is known without it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.methods import vectors
from zhiheng.errors import BadInput
from zhiheng.methods import intervals, taylor
from zhiheng.methods.rows import Rows


def test_a_total_is_its_mean_times_a_size_that_is_known():
    rows = Rows.of([4.0] * 6, stratum=[0, 0, 0, 1, 1, 1], population=[12] * 6)
    y = [1.0, 2.0, 4.0, 3.0, 3.0, 5.0]

    total, mean = taylor.total(y, rows), taylor.mean(y, rows)

    assert total.estimate == pytest.approx(24 * mean.estimate)
    assert total.standard_error == pytest.approx(24 * mean.standard_error)


def test_a_simple_sample_gives_the_textbook_error():
    y = np.array([3.0, 5.0, 4.0, 8.0])

    found = taylor.mean(y, Rows.of([5.0] * 4, population=[20] * 4))

    assert found.standard_error**2 == pytest.approx((1 - 4 / 20) * y.var(ddof=1) / 4)
    assert found.interval() == pytest.approx(
        (5 - 3.1824463 * found.standard_error, 5 + 3.1824463 * found.standard_error)
    )


def test_a_ratio_to_a_column_of_ones_is_a_mean():
    y, rows = [3.0, 5.0, 4.0], Rows.of([1.0, 2.0, 3.0], stratum=[0, 0, 0])

    ratio, mean = taylor.ratio(y, [1.0] * 3, rows), taylor.mean(y, rows)

    assert (ratio.estimate, ratio.covariance) == pytest.approx((mean.estimate, mean.covariance))


def test_several_columns_are_estimated_together():
    y = np.array([[1.0, 3.0], [0.0, 5.0], [1.0, 4.0], [1.0, 9.0]])
    rows = Rows.of([1.0, 2.0, 3.0, 4.0])

    both = taylor.mean(y, rows)

    assert both.covariance.shape == (2, 2)
    assert both.covariance[0, 1] == both.covariance[1, 0]
    for column in range(2):
        one = taylor.mean(y[:, column], rows)
        assert (both.estimate[column], both.standard_error[column]) == pytest.approx(
            (one.estimate, one.standard_error)
        )


def test_a_quantile_of_equal_weights_is_the_order_statistic():
    x = np.arange(10.0)[::-1]

    assert taylor.quantile(x, [0.1, 0.1000001, 0.5, 1.0], Rows.of([2.0] * 10)).tolist() == [0, 1, 4, 9]


@pytest.mark.parametrize("share", [0.0, 1.5, np.nan])
def test_a_quantile_outside_of_its_range_is_refused(share):
    with pytest.raises(BadInput):
        taylor.quantile([1.0, 2.0], share, Rows.of([1.0, 1.0]))


def test_a_design_effect_of_a_simple_sample_is_one():
    rows = Rows.of([5.0] * 4, population=[20] * 4)

    assert taylor.design_effect([3.0, 5.0, 4.0, 8.0], rows) == pytest.approx(1)
    with pytest.raises(BadInput, match="vary"):
        taylor.design_effect([1.0] * 4, rows)
    with pytest.raises(BadInput, match="more than themselves"):
        taylor.design_effect([1.0, 0.0], Rows.of([1.0, 1.0]))


@pytest.mark.parametrize(
    ("y", "weight", "stratum", "domain"),
    [
        ([1, 0], [1, 0], ["a", "a"], None),
        ([1, 0], [1, -1], ["a", "a"], None),
        ([1, 0], [1, np.nan], ["a", "a"], None),
        ([1, 0], [1, 1], ["a"], None),
        ([1, 0, 1], [1, 1], ["a", "a"], None),
        ([1, 0], [1, 1], ["a", "a"], [False, False]),
        ([1, 0], [1, 1], ["a", "a"], [True]),
        ([1, np.nan], [1, 1], ["a", "a"], None),
        ([], [], [], None),
    ],
)
def test_rows_that_do_not_fit_are_refused(y, weight, stratum, domain):
    with pytest.raises(BadInput):
        taylor.mean(y, Rows.of(weight, stratum=stratum), domain=domain)


def test_a_ratio_over_nothing_is_refused():
    with pytest.raises(BadInput, match="adds up to zero"):
        taylor.ratio([1.0, 2.0], [0.0, 0.0], Rows.of([1.0, 1.0]))


@pytest.mark.parametrize("case", vectors.cases("lonely_psu")[:1], ids=lambda c: c["id"])
def test_a_stratum_with_one_unit_can_be_refused(case):
    given = case["inputs"]

    with pytest.raises(BadInput, match="one primary unit"):
        taylor.mean(
            given["x"], Rows.of(given["weight"], stratum=given["stratum"], psu=given["psu"]), lonely="refuse"
        )


@pytest.mark.parametrize("domain", [["no", "no", "yes", "yes"], [0, np.nan, 1, 1], [0, 2, 5, -1], [None] * 4])
def test_a_mark_of_a_domain_is_true_or_false_and_nothing_else(domain):
    with pytest.raises(BadInput, match="neither true nor false"):
        taylor.mean([1, 0, 1, 0], Rows.of([1.0] * 4), domain=domain)


def test_ones_and_zeros_mark_a_domain_as_true_and_false_do():
    rows, y = Rows.of([1.0, 2, 3, 4]), [1, 0, 1, 0]
    marks = [True, False, True, True]

    for domain in (marks, [1, 0, 1, 1], np.array([1.0, 0, 1, 1])):
        assert taylor.mean(y, rows, domain=domain) == taylor.mean(y, rows, domain=np.array(marks))


@pytest.mark.parametrize(
    "call",
    [
        lambda rows: taylor.mean(list("abcd"), rows),
        lambda rows: taylor.mean([[1], [1, 2], [1], [1]], rows),
        lambda rows: taylor.mean([1j, 0, 1, 0], rows),
        lambda rows: taylor.mean([1, 0, 1, 1], rows).interval(level="95"),
        lambda rows: taylor.by_domain([1, 0, 1, 0], rows, ["u", None, "v", "v"]),
        lambda rows: taylor.by_domain([1, 0, 1, 0], rows, [1, 1, np.nan, 2]),
        lambda rows: taylor.quantile_interval(list("abcd"), 0.5, rows),
        lambda rows: taylor.quantile_interval([1, 2, 3, 4], 0.5, rows, level=2),
    ],
)
def test_what_is_no_number_is_refused(call):
    with pytest.raises(BadInput):
        call(Rows.of([1.0] * 4))


def test_a_denominator_that_cancels_is_none():
    with pytest.raises(BadInput, match="adds up to zero"):
        taylor.ratio([1, 2, 3], [0.1, 0.2, -0.3], Rows.of([1.0] * 3))


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_least_and_the_largest_value_have_no_limits(share):
    with pytest.raises(BadInput, match="outside"):
        taylor.quantile_interval([1, 2, 3, 4], share, Rows.of([1.0] * 4))


def test_columns_have_degrees_of_freedom_of_their_own():
    rows = Rows.of([1.0, 2, 3, 4, 5, 6], stratum=[0, 0, 0, 1, 1, 1])
    y = np.array([[1, 0], [0, 1], [1, 1], [1, 1], [1, 4], [1, 1]], dtype=float)

    both = taylor.mean(y, rows)

    assert both.df == 4
    assert both.effective_df.tolist() == [taylor.mean(column, rows).effective_df for column in y.T]


@pytest.mark.parametrize("failures", [1, 4, 9])
def test_the_design_effect_of_one_weight_is_known_as_well_as_the_design(failures):
    y = (np.arange(60) >= failures).astype(float)

    assert taylor.design_effect_df(y, Rows.of([8.0] * 60, population=[480] * 60)) == 59
    assert taylor.mean(y, Rows.of([8.0] * 60)).effective_df < 59


def test_a_failure_of_a_large_weight_makes_the_design_effect_doubtful():
    y = np.array([0] + [1] * 29 + [0] * 8 + [1] * 22, dtype=float)
    rows = Rows.of([20.0] * 30 + [1.0] * 30, stratum=[0] * 30 + [1] * 30)

    assert taylor.mean(y, rows).effective_df < taylor.design_effect_df(y, rows) < 58 / 2


def test_a_domain_without_a_failure_says_nothing_of_its_design_effect():
    rows = Rows.of([1.0, 2, 3, 4])

    assert taylor.design_effect_df([1, 1, 0, 1], rows, domain=[1, 1, 0, 1]) == rows.df


@pytest.mark.parametrize("y", [[1, 0, 2, 1], [[1, 0]] * 4, [1, 0, np.nan, 1]])
def test_a_design_effect_of_what_is_no_share_is_refused(y):
    with pytest.raises(BadInput):
        taylor.design_effect_df(y, Rows.of([1.0] * 4))


def test_limits_of_a_share_with_few_heavy_failures_hold_with_effective_degrees_of_freedom():
    rng = np.random.default_rng(31)
    stratum = np.repeat([0, 1], 150)
    rows = Rows.of(np.repeat([2000.0, 500.0], 150) / 150, stratum=stratum)
    held = []
    for _draw in range(600):
        y = (rng.random(300) > np.array([0.02, 0.15])[stratum]).astype(float)
        found = taylor.mean(y, rows)
        p, se = found.estimate, found.standard_error
        limits = (intervals.logit(p, se, df) for df in (found.df, found.effective_df))
        held.append([low <= 0.954 <= high for low, high in limits])

    by_design, effective = 100 * np.mean(held, 0)
    assert by_design < effective
    assert effective == pytest.approx(95, abs=2)
