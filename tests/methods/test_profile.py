"""The interpolated profile stays near the exact likelihood interval, and refuses shares of 0 and 1."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import intervals, profile, taylor
from zhiheng.methods.rows import Rows


@given(st.integers(30, 300), st.floats(0.1, 0.9), st.floats(0, 0.8), st.sampled_from([0.8, 0.95, 0.99]))
def test_it_is_the_exact_interval_but_for_n_and_interpolation(n, share, spread, level):
    passes = min(max(round(n * share), 2), n - 2)
    y = (np.arange(n) < passes).astype(float)
    rows = Rows.of(1 + spread * np.sin(np.arange(n)))

    found = profile.likelihood(y, rows, level=level)

    mean = taylor.mean(y, rows)
    # The scale n / (n - 1) is the dispersion of the outcomes.
    error = mean.standard_error * np.sqrt(n / (n - 1))
    exact = intervals.likelihood(mean.estimate, error, mean.df, level=level)
    assert found == pytest.approx([float(limit) for limit in exact], abs=2e-3)


@pytest.mark.parametrize("y", [[1.0] * 4, [0.0] * 4, [0, 1, 2, 1], [0, 1, np.nan, 1], [0, 1]])
def test_outcomes_that_have_no_logit_are_refused(y):
    with pytest.raises(BadInput, match="not both 0 and 1"):
        profile.likelihood(y, Rows.of([1.0] * 4))


def test_a_design_without_an_error_is_refused():
    with pytest.raises(BadInput, match="no error"):
        profile.likelihood([0, 1, 1, 1], Rows.of([1.0] * 4, population=[4] * 4))


def test_a_level_in_per_cent_is_refused():
    with pytest.raises(BadInput, match="between 0 and 1"):
        profile.likelihood([0, 1, 1, 1], Rows.of([1.0] * 4), level=95)


@pytest.mark.parametrize(("y", "level"), [([1, 0], 0.95), ([1, 0, 1], 0.9999)])
def test_too_few_rows_are_too_flat_for_a_limit(y, level):
    with pytest.raises(BadInput, match="too flat"):
        profile.likelihood(y, Rows.of([1.0] * len(y)), level=level)


def test_outcomes_that_are_words_are_refused():
    with pytest.raises(BadInput, match="no numbers"):
        profile.likelihood(list("abcd"), Rows.of([1.0] * 4))
