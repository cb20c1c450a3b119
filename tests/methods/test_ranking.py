"""Places carry their doubt: true places lie within their intervals as often as is said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from zhiheng.errors import BadInput
from zhiheng.methods import ranking as r


@settings(max_examples=25)
@given(st.lists(st.integers(0, 6), min_size=2, max_size=12), st.integers(0, 2**32 - 1))
def test_places_and_tau_are_those_of_scipy(figures, seed):
    other = np.random.default_rng(seed).permutation(len(figures))

    assert r.places(figures) == pytest.approx(stats.rankdata(-np.array(figures)))
    if len(set(figures)) > 1:
        assert r.kendall(figures, other) == pytest.approx(stats.kendalltau(figures, other).statistic)


def test_every_true_place_lies_in_its_interval_as_often_as_is_said():
    rng, truth, s = np.random.default_rng(9), np.array([3.0, 2, 1.5, 1, 0]), np.full(5, 0.6)
    place, held = r.places(truth), 0
    for _round in range(1000):
        found = r.intervals(rng.normal(truth, s), s)
        held += bool(np.all((found.best <= place) & (place <= found.worst)))

    # Joint intervals are conservative.
    assert held / 1000 > 0.95


def test_figures_that_are_known_have_one_place_and_ties_share_theirs():
    found = r.intervals([9, 7, 7, 1], [0, 0, 0, 0])

    assert (found.best.tolist(), found.worst.tolist()) == ([1, 2, 2, 4], [1, 3, 3, 4])


def test_more_error_opens_every_interval():
    narrow, wide = (r.intervals([5, 3, 1], [s] * 3) for s in (0.1, 2.0))

    assert np.all(wide.best <= narrow.best) and np.all(wide.worst >= narrow.worst)


def test_draws_without_doubt_keep_the_places():
    x = [[90, 80], [70, 75], [60, 65]]

    found = r.simulate(x, [1, 1], np.random.default_rng(1), concentration=None, hows=["arithmetic"], draws=20)

    assert (found.best.tolist(), found.worst.tolist(), found.mean_shift) == ([1, 2, 3], [1, 2, 3], 0)
    assert found.probability == pytest.approx(np.eye(3))


def test_shares_of_draws_add_up_and_their_mean_is_the_mean_place():
    rng = np.random.default_rng(2)
    x = rng.uniform(60, 100, (6, 3))

    found = r.simulate(x, [2, 1, 1], rng, errors=np.full(x.shape, 3.0), draws=300)

    assert found.probability.sum(axis=1) == pytest.approx(np.ones(6))
    assert found.probability @ np.arange(1, 7) == pytest.approx(found.mean)
    assert np.all(found.best <= found.worst)


def test_copeland_follows_the_majority_and_not_the_size_of_scores():
    assert r.copeland([[1000, 1, 1], [2, 2, 2]], [1, 1, 1]).tolist() == [-1, 1]
    assert r.copeland([[1, 2], [2, 1]], [1, 1]).tolist() == [0, 0]


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: r.kendall([1, 1], [1, 2]), "ties all"),
        (lambda: r.kendall([1, 2], [1, 2, 3]), "where 2 belong"),
        (lambda: r.intervals([1, 2], [1, -1]), "negative"),
        (lambda: r.intervals([1, 2], [1, np.nan]), "unknown"),
        (lambda: r.intervals([1, 2], [1, 1], level=1), "not between"),
        (lambda: r.under_weights([[1, 2], [2, 1]], [[0, 0]]), "all zero"),
        (lambda: r.simulate([[1, 2], [2, 1]], [1, 0], np.random.default_rng(1)), "weight is zero"),
        (
            lambda: r.simulate([[1, 2], [2, 1]], [1, 1], np.random.default_rng(1), draws=0),
            "number of draws 0",
        ),
        (lambda: r.simulate([[1, 2], [2, 1]], [1, 1], np.random.default_rng(1), hows=[]), "nothing to draw"),
    ],
)
def test_what_has_no_order_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
