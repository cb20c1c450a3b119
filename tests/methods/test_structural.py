"""The level is told from sampling error: published values, an independent algebra, and coverage."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods import series
from zhiheng.errors import BadInput
from zhiheng.methods import statespace, structural


def test_the_nile_has_the_variances_of_durbin_and_koopman_and_of_r():
    printed = series.printed()

    likelihood = structural._Likelihood(printed["nile"], np.zeros(100), "none", 1, True, {})
    best = likelihood.best()
    found = likelihood.variances(best)
    taken = structural.fit(printed["nile"], np.zeros(100), variances={"noise": 15099.0, "level": 1469.1})

    # Durbin & Koopman (2012), 2.10: 15099 and 1469.1; diffuse likelihood -632.54 (2.10.3).
    assert found["noise"] == pytest.approx(printed["nile_level"][0], rel=1e-4)
    assert found["level"] == pytest.approx(printed["nile_level"][1], rel=1e-3)
    assert likelihood.minus(best) == pytest.approx(632.5456, abs=1e-3)
    # The last filtered level and its variance, figure 2.1: 798.37 and 4032.
    assert taken.mean[-1] == pytest.approx(798.37, abs=0.01)
    assert taken.error[-1] ** 2 == pytest.approx(4032, rel=1e-3)


def test_doubt_about_the_variances_widens_the_limits():
    y, s = [0.90, 0.93, 0.91, 0.94, 0.95, 0.93], [0.01] * 6

    found = structural.fit(y, s, is_noisy=False)
    taken = structural.fit(y, s, variances=found.variances, is_noisy=False)

    assert len(found.parts) > 1 == len(taken.parts)
    assert sum(part.weight for part in found.parts) == pytest.approx(1)
    assert np.all(found.error > taken.error)


def test_a_season_is_found_and_adds_up_to_nearly_nothing():
    rng, t = np.random.default_rng(3), np.arange(32)
    season = np.tile([3.0, -1, -2, 0], 8)
    y = 50 + 0.2 * t + season + rng.normal(0, 0.3, 32)

    fixed = {"level": 0.0, "season": 1e-4, "noise": 0.0}
    found = structural.fit(y, np.full(32, 0.3), slope="fixed", seasons=4, variances=fixed)

    assert found.season == pytest.approx(season, abs=0.4)
    assert found.slope == pytest.approx(np.full(32, 0.2), abs=0.03)
    assert found.season[-4:].sum() == pytest.approx(0, abs=0.1)


def _dense(y, h, model):
    """Return likelihood, levels and variances by generalised least squares with whole matrices."""
    n, m = y.size, model.seen.size
    powers = [np.linalg.matrix_power(model.moves, t) for t in range(n)]
    level = np.array([model.seen @ p for p in powers])
    moved = np.zeros((n, n))
    for i in range(n):
        for j in range(n):
            for k in range(1, min(i, j) + 1):
                left, right = model.seen @ powers[i - k], model.seen @ powers[j - k]
                moved[i, j] += left @ model.variance @ right
    ok = ~np.isnan(y)
    x, inverse = level[ok], np.linalg.inv(moved[np.ix_(ok, ok)] + np.diag(h[ok]))
    square = x.T @ inverse @ x
    start = np.linalg.solve(square, x.T @ inverse @ y[ok])
    left = y[ok] - x @ start
    value = (ok.sum() - m) * np.log(2 * np.pi) - np.linalg.slogdet(inverse)[1] + left @ inverse @ left
    pull = moved[:, ok] @ inverse
    open_ = level - pull @ x
    variance = np.diag(moved - pull @ moved[ok]) + np.diag(open_ @ np.linalg.solve(square, open_.T))
    return -(value + np.linalg.slogdet(square)[1]) / 2, level @ start + pull @ left, variance


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([1, 2]), st.integers(0, 3))
def test_filter_and_smoother_are_least_squares_with_whole_matrices(seed, states, missing):
    rng = np.random.default_rng(seed)
    moves = np.array([[1.0, 1], [0, 1]])[:states, :states]
    model = statespace.Model(np.eye(states)[0], moves, np.diag(rng.uniform(0, 1, states)))
    y, h = rng.normal(size=9).cumsum(), rng.uniform(0.2, 2, 9)
    y[rng.permutation(9)[:missing]] = np.nan

    run = statespace.run(y, h, model)
    means, variances = statespace.smooth(run, model)

    likelihood, level, variance = _dense(y, h, model)
    assert run.log_likelihood == pytest.approx(likelihood)
    assert means[:, 0] == pytest.approx(level)
    assert variances[:, 0, 0] == pytest.approx(variance)


def test_limits_hold_the_true_level_as_often_as_is_said():
    rng, held, reached, said = np.random.default_rng(5), [], [], []
    for _round in range(150):
        level = 2.5 + rng.normal(0, 0.15, 16).cumsum()
        rate, n = 1 / (1 + np.exp(-level)), 400
        seen = rng.binomial(n, rate[:12]) / n
        seen = np.clip(seen, 0.5 / n, 1 - 0.5 / n)
        found = structural.fit(
            seen,
            np.sqrt(seen * (1 - seen) / n),
            is_noisy=False,
            scale="logit",
            variances={"level": 0.15**2},
        )
        held.append((found.lower <= rate[:12]) & (rate[:12] <= found.upper))
        chance = structural.reaching(found, 0.93, 4, rng, draws=200)
        reached.append([rate[15] >= 0.93, rate[12:].max() >= 0.93])
        said.append([chance.at, chance.by])

    assert np.mean(held) == pytest.approx(0.95, abs=0.02)
    assert np.mean(said, axis=0) == pytest.approx(np.mean(reached, axis=0), abs=0.08)


def test_more_doubt_widens_a_forecast_and_a_far_target_is_less_likely():
    found = structural.fit([0.9, 0.91, 0.93, 0.92, 0.94], [0.01] * 5, scale="logit", is_noisy=False)
    ahead = structural.forecast(found, 5)
    chances = [
        structural.reaching(found, target, 3, np.random.default_rng(1)) for target in (0.9, 0.95, 0.99)
    ]

    assert np.all(np.diff(ahead.error) >= 0)
    assert np.all((ahead.lower > 0) & (ahead.upper < 1))
    assert chances[0].at > chances[1].at > chances[2].at
    assert all(chance.by >= chance.at for chance in chances)


def test_a_series_within_its_sampling_errors_has_not_moved():
    found = structural.fit([0.90, 0.91, 0.90, 0.91, 0.90, 0.91], [0.02] * 6)

    assert found.variances == {"noise": 0.0, "level": 0.0}
    assert np.ptp(found.level) < 0.005


def test_a_period_without_survey_is_bridged():
    errors = [0.1, 0.1, np.nan, 0.1, 0.1]
    found = structural.fit([1, 2, np.nan, 4, 5], errors, is_noisy=False, variances={"level": 0.1})

    assert found.level[2] == pytest.approx(3, abs=0.05)
    assert found.error[2] > found.error[1]


GOOD = ([1.0, 2, 3, 2], [0.1] * 4)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: structural.fit([1, 2, np.nan], [1, 1, 1]), "unknown alone"),
        (lambda: structural.fit([1, 2], [1, 1]), "too few"),
        (lambda: structural.fit([1, 2, 3], [1, 1, -1]), "negative"),
        (lambda: structural.fit([1, 2, 3], [1, 1]), "do not fit"),
        (lambda: structural.fit([0.5, 1, 0.5], [0.1] * 3, scale="logit"), "no logit"),
        (lambda: structural.fit([0.5, 0.6, 0.5], [0.1] * 3, scale="probit"), "no scale"),
        (lambda: structural.fit(*GOOD, slope="steep"), "no slope"),
        (lambda: structural.fit(*GOOD, seasons=0), "periods a year 0 is no"),
        (lambda: structural.fit(*GOOD, variances={"level": -1}), "negative"),
        (lambda: structural.fit(*GOOD, variances={"slope": 1}), "none of the model"),
        (lambda: structural.fit([1, 1, 1, 1], [0.1] * 4), "never changes"),
        (
            lambda: structural.fit(*GOOD, seasons=12, variances={"level": 0, "noise": 0, "season": 0}),
            "too short",
        ),
        (lambda: structural.fit(*GOOD, confidence=1), "not between"),
        (lambda: structural.fit([1, 2, 3], [0, 0, 0], variances={"noise": 0, "level": 0}), "no error"),
        (lambda: structural.forecast(structural.fit(*GOOD, variances={"level": 1, "noise": 0}), 0), "ahead"),
    ],
)
def test_series_that_cannot_be_followed_are_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
