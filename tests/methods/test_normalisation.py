"""Scores keep the order of the units, whatever the units of measure, and refuse what tells nobody apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zhiheng.errors import BadInput
from zhiheng.methods import normalisation as n


@st.composite
def tables(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    return rng.normal(10, 3, (draw(st.integers(4, 12)), draw(st.integers(1, 4))))


@settings(max_examples=25)
@given(tables(), st.floats(0.1, 90), st.floats(-20, 20))
def test_another_unit_of_measure_changes_no_score(data, scale, shift):
    for score in (n.min_max, n.z_score, n.ranks, n.percent_ranks):
        assert score(scale * data + shift) == pytest.approx(score(data), abs=1e-8)


@settings(max_examples=25)
@given(tables())
def test_less_is_better_turns_the_order_round(data):
    turned = n.min_max(data, low=60, high=100, direction=[-1] * data.shape[1])

    assert turned + n.min_max(data, low=60, high=100) == pytest.approx(np.full(data.shape, 160.0))
    assert turned.min() >= 60 - 1e-9 and turned.max() <= 100 + 1e-9


def test_ranks_of_ties_are_those_of_scipy():
    data = np.random.default_rng(5).integers(0, 5, (20, 3)).astype(float)

    assert n.ranks(data) == pytest.approx(np.column_stack([stats.rankdata(c, "min") for c in data.T]))


def test_skewness_and_kurtosis_are_those_of_scipy():
    x = np.random.default_rng(6).gamma(1, size=40)

    assert n.skewness(x) == pytest.approx(stats.skew(x, bias=False))
    assert n.kurtosis(x) == pytest.approx(stats.kurtosis(x, bias=False))


def test_goalposts_cut_off_and_count_down_where_less_is_better():
    found = n.goalposts(
        [[0, 0], [50, 50], [120, 120]], [20, 20], [80, 80], low=60, high=100, direction=[1, -1]
    )

    assert found == pytest.approx(np.array([[60, 100], [80, 80], [100, 60]]))


def test_an_indicator_within_its_limits_is_left_alone():
    x = np.random.default_rng(7).normal(size=30)

    found = n.winsorise(x)

    assert found.is_within and not found.is_moved.any()
    assert found.values == pytest.approx(x)


@pytest.mark.parametrize("sign", [1, -1])
def test_outliers_of_either_side_are_moved_to_their_neighbour(sign):
    found = n.winsorise(sign * np.array([*range(1, 19), 200, 100]))

    assert (sign * found.values).tolist() == [*range(1, 19), 18, 18]
    assert found.is_moved.tolist() == [False] * 18 + [True] * 2


def test_a_treatment_that_reaches_its_end_says_so():
    found = n.winsorise([*range(1, 19), 200, 100], most=1)

    assert (found.is_within, found.is_moved.sum()) == (False, 1)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: n.min_max([[1], [1]]), "same value"),
        (lambda: n.min_max([[1], [np.nan]]), "unknown"),
        (lambda: n.min_max([1, 2]), "no table"),
        (lambda: n.min_max([[1, 2], [3]]), "no numbers"),
        (lambda: n.min_max([[1], ["a"]]), "no numbers"),
        (lambda: n.min_max([[1], [2]], low=5, high=5), "no width"),
        (lambda: n.min_max([[1], [2]], direction=[0]), "neither 1 nor -1"),
        (lambda: n.min_max([[1], [2]], direction=[1, 1]), "where 1 belong"),
        (lambda: n.z_score([[1]]), "no table"),
        (lambda: n.goalposts([[1], [2]], 3, 3), "not below"),
        (lambda: n.goalposts([[1], [2]], [1, 2], 3), "where 1 belong"),
        (lambda: n.percent_ranks([[1]]), "no table"),
        (lambda: n.skewness([1, 2]), "2 numbers"),
        (lambda: n.kurtosis([2, 2, 2, 2]), "same value"),
        (lambda: n.winsorise([0, 0, 0, 0, 0, 0, 0, 0, 9]), "leaves nothing"),
        (lambda: n.log_shifted([1, 2], shift=0), "minus infinity"),
    ],
)
def test_data_that_make_no_score_are_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
