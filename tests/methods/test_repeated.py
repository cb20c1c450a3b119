"""The covariance of two rounds that share units, against every sample of a small population."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from zhiheng.errors import BadInput
from zhiheng.methods import repeated


def test_the_covariance_of_two_rounds_is_that_over_all_samples_of_a_small_population():
    x, y = np.array([1.0, 0, 1, 1, 0, 1]), np.array([1.0, 0, 0, 1, 1, 1])
    pairs, estimates = [], []
    for first in itertools.combinations(range(6), 4):
        for kept in itertools.combinations(first, 3):
            for new in set(range(6)) - set(first):
                pairs.append((x[list(first)].mean(), y[[*kept, new]].mean()))
                shared = repeated.Stratum(1.0, 6, 4, 4, x[list(kept)], y[list(kept)])
                estimates.append(repeated.covariance([shared]).covariance)

    true = np.cov(np.array(pairs).T, bias=True)[0, 1]

    assert np.mean(estimates) == pytest.approx(true, abs=1e-12)


def test_samples_that_share_as_many_units_as_chance_gives_have_no_covariance():
    values = [1, 0, 1, 1]

    found = repeated.covariance([repeated.Stratum(1.0, 100, 20, 20, values, values)])

    assert found.covariance == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize(("before", "after", "population"), [(1, 20, 100), (20, 1, 100), (20, 20, 19)])
def test_more_shared_units_than_answered_or_more_answered_than_there_are_is_refused(
    before, after, population
):
    with pytest.raises(BadInput):
        repeated.covariance([repeated.Stratum(1.0, population, before, after, [1, 0], [1, 1])])
