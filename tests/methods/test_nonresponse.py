"""Adjusted weights keep their sums, mend what depends on known columns, and refuse what has no best fit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import nonresponse


@given(st.integers(4, 60), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_classes_keep_their_weight(size, classes, seed):
    rng = np.random.default_rng(seed)
    weight, group = rng.uniform(1, 9, size), np.arange(size) % classes
    answered = rng.random(size) < 0.6
    answered[:classes] = True

    found = nonresponse.by_class(weight, answered, group)

    assert np.bincount(group, found.weight) == pytest.approx(np.bincount(group, weight))
    assert np.all(found.weight[~answered] == 0)
    assert np.all(found.weight[answered] >= weight[answered] * (1 - 1e-12))
    assert found.rate == pytest.approx(weight[answered].sum() / weight.sum())


def drawn(size=4000, seed=5):
    rng = np.random.default_rng(seed)
    x = rng.normal(0, 1, size)
    answered = rng.random(size) < 1 / (1 + np.exp(-(0.3 + 0.9 * x)))
    y = (rng.random(size) < 1 / (1 + np.exp(-(1.5 + 0.8 * x)))).astype(float)
    return np.ones(size), answered, x, y


@pytest.mark.parametrize("classes", [0, 10])
def test_answers_that_depend_on_a_known_column_are_mended(classes):
    weight, answered, x, y = drawn()

    found = nonresponse.by_propensity(weight, answered, x, classes=classes)

    mended = found.weight @ y / found.weight.sum()
    assert abs(y[answered].mean() - y.mean()) > 0.03
    assert mended == pytest.approx(y.mean(), abs=0.012)


def test_the_fit_meets_the_column_sums_of_those_who_answered():
    weight, answered, x, _y = drawn(300)

    chance = nonresponse.by_propensity(weight, answered, x).chance

    assert chance.sum() == pytest.approx(answered.sum())
    assert chance @ x == pytest.approx(x[answered].sum())


def test_where_all_answered_nothing_changes():
    found = nonresponse.by_propensity([2.0, 3.0], [True, True], [0.0, 1.0])

    assert (found.weight.tolist(), found.rate) == ([2.0, 3.0], 1.0)


ONE = [1.0] * 4


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: nonresponse.by_class(ONE, [0, 0, 1, 1], ["a", "a", "b", "b"]), "answered in: a"),
        (lambda: nonresponse.by_class(ONE, [1, 0, 1, 1], ["a", "a", "b", "b"], least=2), "answered in: a"),
        (lambda: nonresponse.by_class(ONE, [0, 0, 0, 0], ["a"] * 4), "Nobody answered"),
        (lambda: nonresponse.by_class(ONE, [0, 2, 1, 1], ["a"] * 4), "neither yes nor no"),
        (lambda: nonresponse.by_class([1.0, 0, 1, 1], [1, 1, 1, 1], ["a"] * 4), "above zero"),
        (lambda: nonresponse.by_class(ONE, [1, 1, 1], ["a"] * 4), "do not fit"),
        (lambda: nonresponse.by_class(ONE, [1, 1, 1, 1], ["a"]), "one class"),
        (lambda: nonresponse.by_propensity(ONE, [0, 0, 1, 1], [1.0, 2, 3, 4]), "exactly whether"),
        (lambda: nonresponse.by_propensity(ONE, [0, 1, 1, 1], [0.0, 0, 1, 1]), "exactly whether"),
        (lambda: nonresponse.by_propensity(ONE, [0, 1, 0, 1], [1.0, 1, 1, 1]), "does not vary"),
        (lambda: nonresponse.by_propensity(ONE, [0, 1, 0, 1], [1.0, np.nan, 1, 1]), "do not fit"),
    ],
)
def test_what_cannot_be_adjusted_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()


def test_weights_that_are_far_apart_still_reach_the_highest_likelihood():
    weight = np.array([1.05, 3.82, 352.43, 3.78, 123.46, 5.67, 1.86, 0.34, 1.14])
    answered = np.array([1] * 7 + [0] * 2)
    x = np.array([-0.2, -0.3, -0.4, 1.6, 0.8, 0.5, 1.6, 0.3, -1])

    found = nonresponse.by_propensity(weight, answered, x)

    # At the highest likelihood the weighted residuals add up to nothing, alone and times the column.
    left = weight * (answered - found.chance)
    assert left.sum() == pytest.approx(0, abs=1e-6)
    assert left @ x == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("seed", range(40))
def test_a_fit_with_weights_is_found_or_refused_and_never_breaks(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(6, 14))
    weight, answered = np.exp(rng.normal(0, 3, n)), rng.random(n) < 0.7
    x = rng.normal(0, 1, n)
    try:
        found = nonresponse.by_propensity(weight, answered, x)
    except BadInput:
        return
    left = weight * (answered - found.chance)
    assert found.chance.all()
    assert np.abs([left.sum(), left @ (x - x.mean())]).max() < 1e-6 * weight.sum()


@pytest.mark.parametrize(
    "call",
    [
        lambda: nonresponse.by_propensity([1] * 6, [1, 0, 1, 1, 0, 1], [0, 0, 0, 1, 1, 1], classes=-2),
        lambda: nonresponse.by_propensity([1] * 6, [1, 0, 1, 1, 0, 1], [0, 0, 0, 1, 1, 1], classes=2.5),
        lambda: nonresponse.by_propensity([1] * 6, [1, 0, 1, 1, 0, 1], list("abcdef")),
        lambda: nonresponse.by_class(["a", 1], [1, 1], [1, 1]),
        lambda: nonresponse.by_class([1, 1, 1], [1, 1, 1], ["a", None, "a"]),
        lambda: nonresponse.by_class([1, 1, 1], [1, 1, 1], ["a", "b", "a"], least=np.nan),
    ],
)
def test_classes_and_columns_that_say_nothing_are_refused(call):
    with pytest.raises(BadInput):
        call()
