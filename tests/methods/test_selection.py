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


def shares_by_bisection(quota, sizes, measures, least):
    """Return clip(t m, l, N) for the t that gives the quota: the definition, found another way."""
    low, high = Fraction(0), max(Fraction(size) / part for size, part in zip(sizes, measures, strict=True))
    for _ in range(200):
        middle = (low + high) / 2
        total = sum(
            min(max(middle * part, floor), size)
            for size, part, floor in zip(sizes, measures, least, strict=True)
        )
        low, high = (middle, high) if total < quota else (low, middle)
    return [
        min(max(high * part, Fraction(floor)), Fraction(size))
        for size, part, floor in zip(sizes, measures, least, strict=True)
    ]


strata = st.lists(
    st.tuples(st.integers(1, 400), st.integers(1, 50), st.integers(0, 6)), min_size=1, max_size=7
)


@given(strata, st.integers(1, 1200))
def test_a_quota_is_met_within_the_bounds_and_near_the_exact_shares(rows, quota):
    sizes = [size for size, _weight, _floor in rows]
    measures = [Fraction(size * weight) for size, weight, _floor in rows]
    floors = [floor for _size, _weight, floor in rows]
    least = [min(size, floor) for size, floor in zip(sizes, floors, strict=True)]
    if quota < sum(least):
        with pytest.raises(BadInput, match="floors"):
            selection.by_quota(quota, sizes, measures, floors)
        return

    found = selection.by_quota(quota, sizes, measures, floors)

    assert sum(found) == min(quota, sum(sizes))
    assert all(low <= n <= size for low, n, size in zip(least, found, sizes, strict=True))
    if quota < sum(sizes):
        exact = shares_by_bisection(quota, sizes, measures, least)
        assert all(abs(n - share) < 1 + Fraction(1, 10**9) for n, share in zip(found, exact, strict=True))


def test_equal_weights_give_the_largest_remainders_of_hamilton():
    # The worked case of the article "Largest remainder method" (six parties, ten seats, Hare quota).
    votes = [47_000, 16_000, 15_800, 12_000, 6_100, 3_100]

    assert selection.by_quota(10, votes, votes, [0] * 6) == [5, 2, 1, 1, 1, 0]


@pytest.mark.parametrize(
    ("population", "measures", "floors"), [([5], [0], [1]), ([-1], [1], [1]), ([5, 5], [1], [1, 1])]
)
def test_a_quota_over_nonsense_is_refused(population, measures, floors):
    with pytest.raises(BadInput):
        selection.by_quota(2, population, measures, floors)


@given(st.lists(st.tuples(st.integers(1, 20), st.integers(1, 20)), min_size=1, max_size=4))
def test_weights_over_frames_give_every_unit_one_in_expectation(pairs):
    chances = [Fraction(min(pair), max(pair)) for pair in pairs]

    single, by_count = selection.frame_weights(chances)

    assert single * sum(chances) == 1
    assert by_count * chances[0] * len(chances) == 1
    assert len(chances) > 1 or single == by_count == 1 / chances[0]


@pytest.mark.parametrize("chances", [[], [Fraction(0)], [Fraction(3, 2)]])
def test_a_unit_without_a_chance_has_no_weight(chances):
    with pytest.raises(BadInput):
        selection.frame_weights(chances)


F = Fraction(1, 3)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: selection.sample_sizes(["a"], [F]), "no numbers"),
        (lambda: selection.sample_sizes([np.nan], [F]), "whole numbers"),
        (lambda: selection.sample_sizes([10], [np.nan]), "no fraction"),
        (lambda: selection.sample_sizes([10], ["a"]), "no fraction"),
        (lambda: selection.by_quota(-5, [10, 10], [1, 1], [-9, 0]), "no whole number"),
        (lambda: selection.by_quota(5, [10, 10], [1, 1], [-9, 0]), "whole numbers"),
        (lambda: selection.by_quota(2.5, [10, 10], [1, 1], [0, 0]), "no whole number"),
        (lambda: selection.by_quota(np.nan, [10, 10], [1, 1], [0, 0]), "no whole number"),
        (lambda: selection.by_quota(2, [10, 10], [1, 1], [0]), "one measure"),
        (lambda: selection.by_quota(2, [10, 10], [1, np.nan], [0, 0]), "no fraction"),
        (lambda: selection.within_strata([0.1, np.nan], [0, 0], [1]), "unknown"),
        (lambda: selection.within_strata([0.1, 0.2], [0, 0], [1.9]), "whole numbers"),
        (lambda: selection.within_strata([0.1, 0.2], [0, 0], [[1]]), "whole numbers"),
        (lambda: selection.within_strata([0.1, 0.2], [0.0, 0.5], [1]), "numbered"),
        (lambda: selection.within_strata([0.1, 0.2], ["a", "b"], [1]), "numbered"),
        (lambda: selection.probabilities([10], [1, 2]), "one sample size"),
        (lambda: selection.probabilities(["a"], [1]), "no numbers"),
        (lambda: selection.frame_weights([np.nan]), "no fraction"),
    ],
)
def test_what_is_no_number_or_not_whole_is_refused_in_words(call, word):
    with pytest.raises(BadInput, match=word):
        call()


def test_fractions_may_be_written_as_shares():
    assert selection.sample_sizes([40, 40], [0.25, Fraction(1, 3)]) == [10, 14]
