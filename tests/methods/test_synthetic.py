"""A blend of others follows the treated unit before, and what it shows after is what was published."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from tests.methods import series
from zhiheng.errors import BadInput
from zhiheng.methods import differences, synthetic
from zhiheng.methods.panel import Panel


def test_the_tobacco_tax_of_california_has_its_published_effects():
    panel = series.cigarettes()

    found = synthetic.difference(panel)
    error = synthetic.with_error(panel, found, rng=np.random.default_rng(1), draws=100).standard_error

    # Arkhangelsky and others (2021), table 1: -15.6 (8.4), synthetic control -19.6, two-way -27.3.
    assert found.estimate == pytest.approx(-15.6, abs=0.05)
    assert error == pytest.approx(8.4, abs=1.5)
    assert synthetic.control(panel).estimate == pytest.approx(-19.6, abs=0.15)
    assert differences.two_way(panel).estimate == pytest.approx(-27.3, abs=0.05)
    # Abadie, Diamond & Hainmueller (2010): Utah, Montana, Nevada, Connecticut lead; about -26 in 2000.
    assert set(np.argsort(-synthetic.control(panel).unit_weights)[:4]) == {32, 17, 19, 3}
    assert synthetic.control(panel).gap[-1] == pytest.approx(-26, abs=1)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0, 2))
def test_no_other_weights_of_the_simplex_fit_better(seed, ridge):
    rng = np.random.default_rng(seed)
    columns, target = rng.normal(size=(7, 4)), rng.normal(size=7)

    def loss(w):
        return ((columns @ w - target) ** 2).sum() + ridge**2 * (w**2).sum()

    found = synthetic._simplex(columns, target, ridge=ridge)
    other = optimize.minimize(
        loss,
        np.full(4, 0.25),
        method="SLSQP",
        bounds=[(0, 1)] * 4,
        constraints={"type": "eq", "fun": lambda w: w.sum() - 1},
    )

    assert np.all(found >= 0) and found.sum() == pytest.approx(1)
    assert loss(found) <= other.fun + 1e-6


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_unit_that_is_a_blend_shows_its_effect_exactly(seed):
    rng = np.random.default_rng(seed)
    others = rng.normal(size=(4, 10)).cumsum(axis=1)
    treated = np.array([0.5, 0.3, 0.2, 0]) @ others
    treated[7:] += [1, 2, 3]
    found = synthetic.control(Panel([*others, treated], [None] * 4 + [7]))

    assert found.unit_weights == pytest.approx([0.5, 0.3, 0.2, 0], abs=1e-5)
    assert found.gap[7:] == pytest.approx([1, 2, 3], abs=1e-5)
    assert found.fit == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize("errors", ["placebo", "jackknife"])
def test_limits_hold_the_true_effect_about_as_often_as_is_said(errors):
    rng, held = np.random.default_rng(7), []
    for _round in range(40):
        y = rng.normal(size=(24, 1)) + np.outer(rng.normal(size=24), rng.normal(size=14))
        y = y + rng.normal(size=y.shape)
        y[18:, 10:] += 2
        panel = Panel(y, [None] * 18 + [10] * 6)
        found = synthetic.with_error(panel, synthetic.difference(panel), errors=errors, rng=rng, draws=30)
        held.append(found.lower <= 2 <= found.upper)

    assert 0.85 <= np.mean(held) <= 1


def test_what_befalls_all_and_levels_of_units_change_no_synthetic_difference():
    rng = np.random.default_rng(10)
    y, start = rng.normal(size=(8, 9)), [None] * 6 + [6, 6]
    one = synthetic.difference(Panel(y, start)).estimate
    other = synthetic.difference(Panel(y + 3 * np.arange(8)[:, None] + 5, start)).estimate

    assert other == pytest.approx(one, abs=1e-4)


def test_placebos_rank_a_plain_effect_first_and_find_nothing_earlier():
    rng = np.random.default_rng(11)
    common = rng.normal(size=12).cumsum()
    y = common + rng.normal(0, 0.1, (20, 12))
    y[-1, 9:] += 3
    panel = Panel(y, [None] * 19 + [9])

    space, time = synthetic.in_space(panel), synthetic.in_time(panel, [5, 7])

    assert space.p_value == pytest.approx(1 / 20)
    assert space.estimates[0] == pytest.approx(3, abs=0.2)
    assert list(time.values()) == pytest.approx([0, 0], abs=0.3)


ROWS = np.random.default_rng(1).normal(size=(4, 6))
ONE = Panel(ROWS, [None] * 3 + [4])


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: synthetic.control(Panel(ROWS, [None, None, 3, 4])), "several times"),
        (lambda: synthetic.control(Panel(ROWS, [3] * 4)), "Every unit"),
        (lambda: synthetic.difference(Panel(ROWS, [None] * 3 + [1])), "too few periods"),
        (lambda: synthetic.in_space(Panel(ROWS, [None, None, 3, 3])), "too few controls"),
        (lambda: synthetic.in_time(ONE, [4]), "not before"),
        (lambda: synthetic.in_time(ONE, []), "not before"),
        (lambda: synthetic.with_error(ONE, synthetic.difference(ONE)), "cannot be drawn"),
        (
            lambda: synthetic.with_error(ONE, synthetic.difference(ONE), errors="jackknife"),
            "carries everything",
        ),
        (lambda: synthetic.with_error(ONE, synthetic.difference(ONE), errors="bootstrap"), "no error"),
        (lambda: synthetic.with_error(ONE, synthetic.control(ONE)), "no such error"),
    ],
)
def test_panels_that_blend_nothing_are_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
