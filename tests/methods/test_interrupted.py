"""The jump and the change of slope are those of R, and false starts show nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods import series
from zhiheng.errors import BadInput
from zhiheng.methods import interrupted


def test_jump_and_slope_with_their_errors_are_those_of_r():
    printed = series.printed()

    found = interrupted.effect(printed["interrupted"], 14, lags=3)

    both = [found.jump, found.slope]
    estimates, errors = printed["interrupted_fit"][:2], printed["interrupted_fit"][2:]
    assert [one.estimate for one in both] == pytest.approx(estimates)
    assert [one.standard_error for one in both] == pytest.approx(errors)


@settings(max_examples=20)
@given(st.floats(-5, 5), st.floats(-1, 1), st.integers(3, 9))
def test_a_broken_line_is_found_exactly(jump, bend, start):
    t = np.arange(12)
    y = 3 + 0.5 * t + (t >= start) * (jump + bend * (t - start))

    found = interrupted.effect(y, start)

    assert found.jump.estimate == pytest.approx(jump, abs=1e-9)
    assert found.slope.estimate == pytest.approx(bend, abs=1e-9)
    assert found.mean_effect.estimate == pytest.approx((y - found.line)[start:].mean(), abs=1e-9)
    assert found.fitted == pytest.approx(y)


def test_limits_hold_the_true_effect_as_often_as_is_said():
    rng, t, held = np.random.default_rng(4), np.arange(60), []
    for _round in range(300):
        y = 1 + 0.1 * t + 2 * (t >= 40) + rng.normal(0, 1, 60)
        found = interrupted.effect(y, 40, lags=0).mean_effect
        held.append(found.lower <= 2 <= found.upper)

    assert np.mean(held) == pytest.approx(0.95, abs=0.035)


def test_neighbours_that_are_alike_widen_the_error():
    rng = np.random.default_rng(5)
    noise = np.zeros(200)
    for t in range(1, 200):
        noise[t] = 0.7 * noise[t - 1] + rng.normal()

    plain, aware = (interrupted.effect(noise, 100, lags=lags) for lags in (0, 10))

    assert aware.mean_effect.standard_error > 1.3 * plain.mean_effect.standard_error
    assert plain.durbin_watson < 1


def test_precise_periods_count_more():
    y = np.array([1, 2, 3, 4, 5, 6, 9, 12.0])

    errors = np.array([1, 1, 1, 1, 1, 1, 1, 1e-4])
    found = interrupted.effect(y, 4, errors=errors)

    assert found.fitted[-1] == pytest.approx(12, abs=1e-3)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: interrupted.effect(range(5), 2), "5 numbers"),
        (lambda: interrupted.effect(range(8), 1), "two periods on both sides"),
        (lambda: interrupted.effect(range(8), 7), "two periods on both sides"),
        (lambda: interrupted.effect(range(8), 4.5), "start 4.5 is no whole"),
        (lambda: interrupted.effect([1, 2, 3, np.nan, 5, 6], 3), "unknown"),
        (lambda: interrupted.effect(range(8), 4, errors=[1] * 7 + [0]), "not above zero"),
        (lambda: interrupted.effect(range(8), 4, lags=8), "do not fit"),
        (lambda: interrupted.placebo(range(10), 6), "too few periods"),
    ],
)
def test_series_without_a_before_and_after_are_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
