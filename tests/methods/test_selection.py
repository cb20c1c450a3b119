"""The smallest keys win, strata get what they must, and probabilities stay exact."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import selection


@given(st.lists(st.integers(0, 2), min_size=1, max_size=60), st.integers(0, 2**32 - 1))
def test_each_stratum_gives_exactly_its_units_with_the_smallest_keys(stratum, seed):
    keys = np.random.Generator(np.random.Philox(seed)).permutation(len(stratum))
    counts = np.bincount(stratum, minlength=3)
    sizes = counts // 2

    drawn = selection.within_strata(keys, stratum, sizes)

    for h in range(3):
        mine = [i for i in drawn if stratum[i] == h]
        expected = sorted((i for i in range(len(stratum)) if stratum[i] == h), key=lambda i: keys[i])[
            : sizes[h]
        ]
        assert mine == expected


def test_tickets_are_compared_as_bytes():
    tickets = np.array([b"\xff\x01", b"\x01\xff", b"\x80\x80"])

    assert selection.within_strata(tickets, [0, 0, 0], [2]).tolist() == [1, 2]


def test_the_order_of_the_list_plays_no_part():
    keys, stratum = [0.4, 0.2, 0.9, 0.1], [0, 1, 0, 1]
    turned = [2, 3, 0, 1]

    drawn = selection.within_strata(keys, stratum, [1, 1])
    again = selection.within_strata([keys[i] for i in turned], [stratum[i] for i in turned], [1, 1])

    assert drawn.tolist() == [turned[i] for i in again]


@pytest.mark.parametrize(
    ("keys", "stratum", "sizes"),
    [
        ([0.1, 0.1], [0, 0], [1]),
        ([0.1, 0.2], [0, 0], [3]),
        ([0.1, 0.2], [0, 1], [1]),
        ([0.1, 0.2], [0], [1]),
        ([0.1, 0.2], [0, -1], [1]),
        ([0.1, 0.2], [0, 0], [-1]),
    ],
)
def test_a_draw_that_cannot_be_honoured_is_refused(keys, stratum, sizes):
    with pytest.raises(BadInput):
        selection.within_strata(keys, stratum, sizes)


def test_no_stratum_with_units_is_left_without_a_draw():
    sizes = selection.sample_sizes([1, 2, 3, 1000], [Fraction(1, 25)] * 4)

    assert sizes == [1, 2, 2, 40]


def test_fractions_are_rounded_up_exactly():
    # 0.07 x 100 is 7.000000000000001 in floating point; exact arithmetic gives 7.
    assert selection.sample_sizes([100], [Fraction(7, 100)]) == [7]


@pytest.mark.parametrize(
    ("population", "fractions"),
    [([10], []), ([-1], [Fraction(1, 2)]), ([10], [Fraction(0)]), ([10], [Fraction(3, 2)])],
)
def test_sizes_that_cannot_hold_are_refused(population, fractions):
    with pytest.raises(BadInput):
        selection.sample_sizes(population, fractions)


def test_probabilities_are_pairs_of_whole_numbers():
    assert selection.probabilities([1308, 30], np.array([53, 10])) == ((53, 1308), (10, 30))

    with pytest.raises(BadInput):
        selection.probabilities([10], [11])
