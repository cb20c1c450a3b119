"""What comes back every year is taken out, as R does it."""

from __future__ import annotations

import numpy as np
import pytest

from tests.methods import series
from zhiheng.errors import BadInput
from zhiheng.methods import seasonal


@pytest.mark.parametrize(
    ("name", "choice"),
    [("periodic", {"season_window": None}), ("moving", {}), ("robust", {"is_robust": True})],
)
def test_local_regression_is_that_of_r(name, choice):
    printed = series.printed()
    season, trend = printed[f"{name}_season"], printed[f"{name}_trend"]

    found = seasonal.stl(printed["gas"][: season.size], 4, **choice)

    assert found.season == pytest.approx(season, abs=1e-9)
    assert found.trend == pytest.approx(trend, abs=1e-9)
    assert found.season + found.trend + found.remainder == pytest.approx(printed["gas"][: season.size])


def test_ratios_to_a_moving_average_are_those_of_r():
    printed = series.printed()
    gas = np.exp(printed["gas"])

    found = seasonal.classical(gas, 4, kind="multiplicative")

    assert found.season[:4] == pytest.approx(printed["ratio_season"])
    assert found.trend[2:106] == pytest.approx(printed["ratio_trend"])
    assert np.isnan(found.trend[[0, 1, -2, -1]]).all()
    assert found.adjusted * found.season == pytest.approx(gas)


@pytest.mark.parametrize("period", [4, 7, 12])
def test_a_line_with_a_fixed_season_is_taken_apart_exactly(period):
    t = np.arange(4 * period)
    season = np.sin(2 * np.pi * t / period)

    found = seasonal.classical(5 + 0.1 * t + season, period)

    assert found.season == pytest.approx(season)
    assert found.adjusted == pytest.approx(5 + 0.1 * t)


def test_an_outlier_weighs_nothing_in_a_robust_fit():
    t = np.arange(40)
    y = 0.1 * t + np.tile([1.0, 0, -1, 0], 10) + np.random.default_rng(1).normal(0, 0.05, 40)
    y[17] += 20

    found = seasonal.stl(y, 4, is_robust=True)

    assert found.weight[17] == 0
    assert found.trend == pytest.approx(0.1 * t, abs=0.15)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: seasonal.stl(range(8), 4), "8 numbers"),
        (lambda: seasonal.stl(range(20), 1), "periods a year 1 is no"),
        (lambda: seasonal.stl([np.nan] * 20, 4), "unknown"),
        (lambda: seasonal.stl(range(20), 4, season_window=4), "no odd number"),
        (lambda: seasonal.stl(range(20), 4, trend_window=1), "no odd number"),
        (lambda: seasonal.classical(range(20), 4, kind="multiplicative"), "not above zero"),
        (lambda: seasonal.classical(range(20), 4, kind="other"), "no kind"),
    ],
)
def test_series_without_a_season_to_find_are_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
