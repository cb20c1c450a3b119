"""A composite lies between its parts, and its error is that of repeated sampling."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import composite as c


@st.composite
def scored(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    k = draw(st.integers(1, 6))
    return rng.uniform(60, 100, (5, k)), rng.dirichlet(np.ones(k))


@settings(max_examples=30)
@given(scored())
def test_the_less_a_mean_makes_up_for_the_lower_it_is(given_scores):
    x, w = given_scores

    means = [c.aggregate(x, w, how) for how in ("harmonic", "geometric", "arithmetic")]

    assert np.all(x.min(axis=1) <= means[0] + 1e-9)
    assert np.all(means[0] <= means[1] + 1e-9) and np.all(means[1] <= means[2] + 1e-9)
    assert np.all(means[2] <= x.max(axis=1) + 1e-9)


def test_a_small_power_is_nearly_the_geometric_mean():
    assert c.power_mean([[60, 90]], [1, 1], 1e-7) == pytest.approx(c.power_mean([[60, 90]], [1, 1], 0))


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_an_arithmetic_tree_is_one_sum_with_its_effective_weights(seed):
    rng = np.random.default_rng(seed)
    weights = [rng.uniform(0.1, 1, n) for n in (12, 6, 2)]
    tree, x = c.Tree.even(12, 6, 2, weights=weights), rng.uniform(60, 100, (4, 12))
    errors = rng.uniform(0, 2, x.shape)

    rolled = c.roll_up(tree, x, errors=errors)

    assert tree.effective().sum() == pytest.approx(1)
    assert rolled.index == pytest.approx(x @ tree.effective())
    assert rolled.errors[-1][:, 0] == pytest.approx(c.standard_errors(x, errors, tree.effective()))


def test_a_tree_with_uneven_branches_is_rolled_up():
    tree = c.Tree(([0, 0, 0, 1], [0, 0]), ([1, 1, 2, 5], [3, 1]))

    rolled = c.roll_up(tree, [[80, 60, 100, 90]])

    assert rolled.values[1].tolist() == [[85, 90]]
    assert (rolled.index.tolist(), rolled.errors) == ([86.25], None)


@pytest.mark.parametrize("how", ["arithmetic", "geometric", "harmonic"])
def test_the_stated_error_is_that_of_repeated_samples(how):
    rng = np.random.default_rng(8)
    tree, x = c.Tree.even(4, 2), np.array([[70.0, 80, 90, 65]])
    s = np.array([[1.0, 2, 0.5, 1.5]])

    stated = c.roll_up(tree, x, errors=s, how=how).errors[-1][0, 0]
    seen = c.roll_up(tree, rng.normal(x, s, (20_000, 4)), how=how).index.std()

    assert stated == pytest.approx(seen, rel=0.02)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: c.aggregate([[1, 2]], [0, 0]), "all zero"),
        (lambda: c.aggregate([[1, 2]], [1, -1]), "negative"),
        (lambda: c.aggregate([[1, 2]], [1]), "where 2 belong"),
        (lambda: c.aggregate([[1, np.nan]], [1, 1]), "unknown"),
        (lambda: c.aggregate([[1, 0]], [1, 1], "geometric"), "zero or negative"),
        (lambda: c.aggregate([[1, 2]], [1, 1], "median"), "no aggregation"),
        (lambda: c.power_mean([[1, 2]], [1, 1], np.inf), "no finite number"),
        (lambda: c.standard_errors([[1, 2]], [[1, -1]], [1, 1]), "negative"),
        (lambda: c.standard_errors([[1, 2]], [[1]], [1, 1]), "of shape"),
        (lambda: c.Tree.even(12, 5), "split evenly"),
        (lambda: c.Tree.even(), "split evenly"),
        (lambda: c.Tree((), ()), "do not fit"),
        (lambda: c.Tree(([0, 2],), ([1, 1],)), "no places from 0"),
        (lambda: c.Tree(([0.5, 0.2],), ([1, 1],)), "no places from 0"),
        (lambda: c.Tree(([0, 1e12],), ([1, 1],)), "no places from 0"),
        (lambda: c.Tree(([0, 2, 2],), ([1, 1, 1],)), "no parts"),
        (lambda: c.roll_up(None, [[1]]), "no tree"),
        (lambda: c.power_mean([[1, 2]], [1, 1], "a"), "no numbers"),
        (lambda: c.Tree(([0, 1],), ([1, 1],)), "several tops"),
        (lambda: c.Tree(([0, 1], [0, 0, 0]), ([1, 1], [1, 1, 1])), "one below"),
        (lambda: c.Tree(([0, 0],), ([0, 0],)), "all zero"),
        (lambda: c.roll_up(c.Tree.even(2), [[1, 2, 3]]), "3 scores, 2 leaves"),
    ],
)
def test_what_adds_up_to_nothing_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
