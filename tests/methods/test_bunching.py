"""Smooth populations show no crowd at a limit more often than chance; lifted results show one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import bunching

LIMIT = 10.0


def values(rng, n=1500, lifted=0.0, unit=0.0):
    """Return normal results of which a share of those just below the limit was lifted just over it."""
    x = rng.normal(11, 1, n)
    low = (x < LIMIT) & (x > LIMIT - 0.4) & (rng.random(n) < lifted)
    x[low] = LIMIT + rng.random(low.sum()) * 0.2
    return np.round(x / unit) * unit if unit else x


@pytest.mark.parametrize("unit", [0.0, 0.05])
def test_smooth_densities_jump_as_rarely_as_chance_says(unit):
    rng, repeats = np.random.default_rng(11), 250
    p = np.array([bunching.density_jump(values(rng, unit=unit), LIMIT, unit=unit).p for _ in range(repeats)])

    # The lines are biased a little where the density bends: the authors find 4 to 7 %.
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.06)


@pytest.mark.parametrize("unit", [0.0, 0.05])
def test_lifted_results_are_found(unit):
    x = values(np.random.default_rng(12), lifted=0.8, unit=unit)

    assert bunching.density_jump(x, LIMIT, unit=unit).p < 1e-4
    assert bunching.near(x, LIMIT, 0.2).p < 1e-4
    found = bunching.excess(x, LIMIT, 0.1, window=4)
    assert found.p < 1e-3
    assert found.above > 0 > found.below


def test_the_excess_is_that_which_was_put_there_and_its_error_that_of_many():
    rng, found = np.random.default_rng(13), []
    for _repeat in range(200):
        x = np.concatenate([rng.uniform(8, 12, rng.poisson(800)), rng.uniform(10, 10.1, rng.poisson(25))])
        found.append(bunching.excess(x, LIMIT, 0.1))
    above, error = np.array([(one.above, one.above_error) for one in found]).T

    assert above.mean() == pytest.approx(25, abs=4 * above.std() / np.sqrt(200))
    assert error.mean() == pytest.approx(above.std(), rel=0.2)
    below = np.array([one.below for one in found])
    assert below.mean() == pytest.approx(0, abs=4 * below.std() / np.sqrt(200))


@given(st.integers(0, 2**32 - 1), st.floats(-100, 100), st.floats(0.01, 100))
def test_shifting_and_stretching_changes_nothing_but_the_unit(seed, shift, scale):
    x = values(np.random.default_rng(seed), n=300)
    try:
        ours = bunching.density_jump(x, LIMIT)
    except BadInput:  # the line fitted on one side may end below zero: then there is no density to compare
        assume(False)

    moved = bunching.density_jump(shift + scale * x, shift + scale * LIMIT)

    assert moved.z == pytest.approx(ours.z, rel=0.02, abs=0.02)
    assert moved.bandwidth == pytest.approx(scale * ours.bandwidth, rel=0.02)


def test_values_on_the_limit_pass():
    found = bunching.near(np.repeat([0.2, 0.3, 0.4], 5), 0.3, 0.1)

    assert (found.below, found.above) == (5, 5)
    counts = bunching.excess(np.repeat(np.arange(1, 60) / 10, 3), 3.0, 0.1, reach=20).counts
    assert counts.tolist() == [3] * 40


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: bunching.near([1, 2], 1.5, 0), "width"),
        (lambda: bunching.near([1, 2], 5, 0.1), "within that width"),
        (lambda: bunching.near([1, 2], np.nan, 0.1), "limit"),
        (lambda: bunching.density_jump([1, 1, 1], 1), "vary"),
        (lambda: bunching.density_jump(np.arange(100.0), 500), "both sides"),
        (lambda: bunching.density_jump(np.arange(20.0), 10), "bandwidth"),
        (lambda: bunching.density_jump(np.arange(1000.0), 500, bandwidth=1), "bandwidth"),
        (lambda: bunching.density_jump(np.arange(1000.0), 500, unit=-1), "unit"),
        (lambda: bunching.excess(np.arange(100.0), 50, -1), "width"),
        (lambda: bunching.excess(np.arange(100.0), 50, 1, window=20), "too few bins"),
        (lambda: bunching.excess([50.5], 50, 1), "Too few values"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word) as refused:
        call()
    assert refused.value.remedy
