"""Whole sizes are the best of all there are, and the variance of full strata is that of the rest."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import allocation, apportionment

# Populations small enough to try every allocation, often with a stratum that Neyman would ask for too much.
small = st.lists(st.tuples(st.integers(2, 7), st.floats(0.1, 50)), min_size=2, max_size=4).map(
    lambda rows: (np.array([size for size, _s in rows]), np.array([spread for _n, spread in rows]))
)


def every(low, high, n):
    """Return all whole allocations of n units between the bounds."""
    ranges = [range(a, b + 1) for a, b in zip(low, high, strict=True)]
    return [sizes for sizes in itertools.product(*ranges) if sum(sizes) == n]


@settings(max_examples=60)
@given(small, st.floats(0, 1), st.integers(1, 2))
def test_no_whole_allocation_has_less_variance(strata, fraction, least):
    size, spread = strata
    n = round(least * size.size + fraction * (size.sum() - least * size.size))

    found = apportionment.exact(size, spread, n, lower=least)

    best = min(
        allocation.variance_of_total(size, spread, each) for each in every([least] * len(size), size, n)
    )
    assert found.sum() == n
    assert np.all((found >= least) & (found <= size))
    assert allocation.variance_of_total(size, spread, found) == pytest.approx(best, rel=1e-9, abs=1e-9)


@settings(max_examples=60)
@given(small, st.floats(0.05, 1))
def test_the_least_variance_is_below_that_of_every_whole_allocation_and_near_the_best(strata, fraction):
    size, spread = strata
    n = max(round(fraction * size.sum()), size.size)

    found = allocation.least_variance(size, spread, n)

    best = allocation.variance_of_total(size, spread, apportionment.exact(size, spread, n))
    assert 0 <= found <= best + 1e-9 * (size**2 * spread**2).sum()


@settings(max_examples=60)
@given(small, st.floats(0.05, 0.99))
def test_the_least_variance_is_that_of_the_free_strata_after_the_full_ones_are_taken_whole(strata, fraction):
    """Cochran 5.8 by hand: take out, round by round, what is asked for more than it holds."""
    size, spread = strata
    n = fraction * size.sum()
    full = np.zeros(size.size, dtype=bool)
    while True:
        rest = n - size[full].sum()
        asked = np.where(full, 0, rest * size * spread / (size * spread)[~full].sum())
        if not np.any(asked > size):
            break
        full |= asked > size
    free = (size * spread)[~full].sum() ** 2 / rest - (size * spread**2)[~full].sum()

    assert allocation.least_variance(size, spread, n) == pytest.approx(free, rel=1e-9, abs=1e-9 * free + 1e-9)
    if not full.any():
        plain = allocation.neyman(size, spread, n)
        assert allocation.variance_of_total(size, spread, plain) == pytest.approx(free)


def test_the_worked_example_of_wright_comes_out():
    """Wright 2017, algorithm III: N 47, 61, 41; S^2 100, 36, 16; bounds 1..5, 2..6, 3..4; ten units."""
    found = apportionment.exact([47, 61, 41], [10, 6, 4], 10, lower=[1, 2, 3], upper=[5, 6, 4])

    assert found.tolist() == [4, 3, 3]
    assert allocation.variance_of_total([47, 61, 41], [10, 6, 4], found) == pytest.approx(
        101290.3333, abs=5e-5
    )


def test_strata_alike_share_alike_and_ties_go_to_the_earlier():
    assert apportionment.exact([9, 9, 9], [1, 1, 1], 8).tolist() == [3, 3, 2]


def test_deviations_in_any_unit_give_the_same_sizes():
    size, spread = [40, 70, 25], np.array([3.0, 1.0, 8.0])

    found = [apportionment.exact(size, spread * unit, 30).tolist() for unit in (1e-200, 1.0, 1e200)]

    assert found[0] == found[1] == found[2]


def test_a_stratum_without_spread_keeps_its_floor():
    assert apportionment.exact([10, 10, 10], [1, 0, 2], 14, lower=2).tolist() == [4, 2, 8]
    assert allocation.least_variance([10, 10], [1, 0], 5) == pytest.approx(100 * (1 / 5 - 1 / 10))


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: apportionment.exact([10, 10], [1, 1], 25), "No allocation"),
        (lambda: apportionment.exact([10, 10], [1, 1], 1), "No allocation"),
        (lambda: apportionment.exact([10, 10], [1, -1], 5), "negative"),
        (lambda: apportionment.exact([10, 0], [1, 1], 5), "bounds do not fit"),
        (lambda: apportionment.exact([10, 10], [1, 1], 5, lower=0), "bounds do not fit"),
        (lambda: apportionment.exact([10, 10], [1, 1], 5, upper=[11, 5]), "bounds do not fit"),
        (lambda: apportionment.exact([10, 10], [1, 1], 5, lower=[1, 1, 1]), "one length"),
        (lambda: apportionment.exact([10, 10], [1, 1], 5.5), "whole number"),
        (lambda: allocation.least_variance([10, 10], [1, 1], 0), "no unit"),
        (lambda: allocation.least_variance([10, 10], [1, 1], 21), "No allocation"),
    ],
)
def test_what_cannot_be_allocated_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
