"""Weights add up to 1, follow the judgements or the spread, and say how far they hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import weighting as w


@settings(max_examples=25)
@given(st.lists(st.floats(0.1, 9), min_size=1, max_size=7))
def test_judgements_without_contradiction_give_back_their_weights(parts):
    true = np.array(parts) / sum(parts)

    found = w.ahp(true[:, None] / true[None, :])

    assert found.weights == pytest.approx(true)
    assert found.consistency_ratio == pytest.approx(0, abs=1e-9)
    assert found.is_consistent


def test_judgements_in_a_circle_are_marked():
    found = w.ahp([[1, 5, 1 / 5], [1 / 5, 1, 5], [5, 1 / 5, 1]])

    assert not found.is_consistent
    assert found.weights == pytest.approx([1 / 3] * 3)


def test_the_school_example_of_saaty_is_met():
    # Saaty (1980), choosing a school: printed weights, and a consistency above what is accepted.
    judged = [
        [1, 4, 3, 1, 3, 4],
        [1 / 4, 1, 7, 3, 1 / 5, 1],
        [1 / 3, 1 / 7, 1, 1 / 5, 1 / 5, 1 / 6],
        [1, 1 / 3, 5, 1, 1, 1 / 3],
        [1 / 3, 5, 5, 1, 1, 3],
        [1 / 4, 1, 6, 3, 1 / 3, 1],
    ]

    found = w.ahp(judged)

    assert found.weights == pytest.approx([0.32, 0.14, 0.03, 0.13, 0.24, 0.14], abs=0.006)
    assert not found.is_consistent


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1))
def test_entropy_gives_more_to_what_is_spread_more_and_nothing_to_what_is_even(seed):
    rng = np.random.default_rng(seed)
    base = rng.uniform(1, 2, 12)
    found = w.entropy(np.column_stack([np.full(12, 3.0), base, base**3]))

    assert found.sum() == pytest.approx(1)
    assert found[0] == 0 < found[1] < found[2]


def test_a_column_with_a_zero_has_an_entropy():
    assert np.isfinite(w.entropy([[0, 1], [1, 2], [2, 3]])).all()


@settings(max_examples=25)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
def test_variances_of_components_add_up_to_the_columns(seed, k):
    rng = np.random.default_rng(seed)
    found = w.principal_components(rng.normal(size=(15, k)) @ rng.normal(size=(k, k)))

    assert found.variances.sum() == pytest.approx(k)
    assert np.all(np.diff(found.variances) <= 1e-12)
    assert found.weights.sum() == pytest.approx(1)
    assert found.loadings.T @ found.loadings == pytest.approx(np.eye(k), abs=1e-9)


def test_columns_that_say_one_thing_share_its_weight():
    x = np.arange(6.0)

    found = w.principal_components(np.column_stack([x, 2 * x, -x]))

    assert (found.kept, found.weights) == (1, pytest.approx([1 / 3] * 3))


def test_copies_of_one_column_have_alpha_one():
    x = np.arange(6.0)

    assert w.alpha(np.column_stack([x, x + 3])) == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: w.equal(0), "number of parts 0"),
        (lambda: w.ahp([[1, 2], [2, 1]]), "not reciprocal"),
        (lambda: w.ahp([[1, -2], [-0.5, 1]]), "not reciprocal"),
        (lambda: w.ahp([[1, 2, 3], [0.5, 1, 2]]), "not reciprocal"),
        (lambda: w.ahp(np.ones((16, 16))), "too many"),
        (lambda: w.ahp([[1, np.nan], [1, 1]]), "unknown"),
        (lambda: w.entropy([[1, -1], [1, 2]]), "negative"),
        (lambda: w.entropy([[0, 1], [0, 2]]), "all zero"),
        (lambda: w.entropy([[1, 1], [1, 1]]), "tells units apart"),
        (lambda: w.principal_components([[1, 2], [1, 3], [1, 4]]), "same value"),
        (lambda: w.principal_components([[1, 2], [2, 3]]), "no table"),
        (lambda: w.alpha([[1], [2]]), "no alpha"),
        (lambda: w.alpha([[1, 2], [2, 1]]), "no alpha"),
    ],
)
def test_what_gives_no_weights_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()


@pytest.mark.parametrize("larger", [1.5, 2, 3, 4, 5, 6, 7, 8, 9])
def test_a_reciprocal_may_be_written_to_two_decimals_and_no_more_freely(larger):
    """Two parts judged a and 1/a weigh a / (1 + a); rounding moves that by less than a hundredth."""
    smaller = round(1 / larger, 2)

    assert w.ahp([[1, larger], [smaller, 1]]).weights[0] == pytest.approx(larger / (1 + larger), abs=0.01)
    for off in (smaller + 0.011, smaller - 0.011):
        with pytest.raises(BadInput, match="not reciprocal"):
            w.ahp([[1, larger], [off, 1]])


def test_a_reciprocal_of_a_hundredth_must_be_exact():
    assert w.ahp([[1, 60], [1 / 60, 1]]).weights[0] == pytest.approx(60 / 61)
    with pytest.raises(BadInput, match="not reciprocal"):
        w.ahp([[1, 60], [0.02, 1]])
