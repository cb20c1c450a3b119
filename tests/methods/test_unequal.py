"""Variances of unequal draws are unbiased with exact joint probabilities, and refuse what is not."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import unequal

# A draw of two of four units with probabilities that are written down, not computed.
PAIRS = {(0, 1): 0.25, (0, 2): 0.2, (0, 3): 0.1, (1, 2): 0.15, (1, 3): 0.1, (2, 3): 0.2}


def chances():
    joint = np.zeros((4, 4))
    for (i, j), share in PAIRS.items():
        joint[i, j] = joint[j, i] = share
    np.fill_diagonal(joint, joint.sum(1))
    return np.diag(joint).copy(), joint


@given(st.lists(st.floats(-50, 50), min_size=4, max_size=4))
def test_exact_variances_are_unbiased_over_all_samples(values):
    y, (pi, joint) = np.array(values), chances()
    seen = [(list(pair), share) for pair, share in PAIRS.items()]
    totals = [unequal.total(y[pair], pi[pair]) for pair, _share in seen]
    truth = sum(share * (total - y.sum()) ** 2 for total, (_pair, share) in zip(totals, seen, strict=True))

    for way in (unequal.horvitz_thompson, unequal.sen_yates_grundy):
        mean = sum(share * way(y[pair], pi[pair], joint[np.ix_(pair, pair)]) for pair, share in seen)
        assert mean == pytest.approx(truth, abs=1e-8)


@given(st.lists(st.floats(0.05, 1), min_size=3, max_size=8), st.floats(0.1, 10))
def test_values_in_proportion_to_their_chances_have_no_variance(pi, factor):
    pi = np.array(pi)
    y = factor * pi

    assert unequal.sen_yates_grundy(y, pi, unequal.overton(pi)) == pytest.approx(0, abs=1e-9)
    assert unequal.approximate(y, pi, method="brewer") == pytest.approx(0, abs=1e-9)
    if (pi < 1).sum() > 1:
        assert unequal.approximate(y, pi) == pytest.approx(0, abs=1e-9)


def test_equal_chances_give_the_variance_of_a_simple_sample():
    y, pi = np.array([3.0, 5, 4, 8]), np.full(4, 0.2)
    simple = 20**2 * (1 - 0.2) * y.var(ddof=1) / 4

    assert unequal.approximate(y, pi) == pytest.approx(simple)
    assert unequal.approximate(y, pi, method="brewer") == pytest.approx(simple)
    joint = np.where(np.eye(4, dtype=bool), 0.2, 4 * 3 / (20 * 19))
    assert unequal.sen_yates_grundy(y, pi, joint) == pytest.approx(simple)
    assert unequal.horvitz_thompson(y, pi, joint) == pytest.approx(simple)


def test_a_mean_is_a_ratio_of_two_totals():
    y, pi = [3.0, 5, 4], [0.2, 0.5, 0.9]

    found, values = unequal.mean(y, pi)

    assert found == pytest.approx(unequal.total(y, pi) / unequal.total([1, 1, 1], pi))
    assert unequal.total(values, pi) == pytest.approx(0, abs=1e-12)


def square(**places):
    joint = np.array([[0.5, 0.2], [0.2, 0.5]])
    for place, value in places.items():
        joint[int(place[1]), int(place[2])] = value
    return joint


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: unequal.total([1.0, 2], [0.5, 0.0]), "outside"),
        (lambda: unequal.total([1.0, 2], [0.5, 1.1]), "outside"),
        (lambda: unequal.total([1.0], [0.5]), "fewer than two"),
        (lambda: unequal.total([1.0, np.nan], [0.5, 0.5]), "known value"),
        (lambda: unequal.sen_yates_grundy([1.0, 2], [0.5, 0.5], [[0.5]]), "symmetric"),
        (lambda: unequal.sen_yates_grundy([1.0, 2], [0.5, 0.5], square(p01=0.3)), "symmetric"),
        (lambda: unequal.horvitz_thompson([1.0, 2], [0.5, 0.5], square(p01=0, p10=0)), "drawn together"),
        (lambda: unequal.horvitz_thompson([1.0, 2], [0.5, 0.5], square(p00=0.4)), "diagonal"),
        (lambda: unequal.horvitz_thompson([1.0, 2], [0.5, 0.5], square(p01=0.6, p10=0.6)), "likelier"),
        (lambda: unequal.approximate([1.0, 2], [1.0, 0.5]), "by chance"),
        (lambda: unequal.approximate([1.0, 2], [0.5, 0.5], method="other"), "no approximation"),
        (lambda: unequal.hartley_rao([0.5, 0.5], 0.0), "sum of squares"),
        (lambda: unequal.hartley_rao([0.5, 0.5], 0.2), "sum of squares"),
        (lambda: unequal.hartley_rao([0.5, 0.5], 1.1), "sum of squares"),
        (lambda: unequal.hartley_rao([0.5, 0.5], "x"), "no numbers"),
        (lambda: unequal.hartley_rao([0.5, 0.5], None), "no|sum"),
        (lambda: unequal.total(["a", 2], [0.5, 0.5]), "no numbers"),
        (lambda: unequal.total([1.0, 2], ["a", 0.5]), "no numbers"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()


def test_the_pairs_written_down_are_a_draw_of_two():
    pi, joint = chances()

    assert pi.sum() == pytest.approx(2)
    assert sum(PAIRS.values()) == pytest.approx(1)
    assert joint.sum(1) == pytest.approx(2 * pi)
    assert len(PAIRS) == len(list(itertools.combinations(range(4), 2)))
