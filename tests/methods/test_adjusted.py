"""Effects among units that look alike: two ways to be right, and errors that stacked equations give too."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, special

from zhiheng.errors import BadInput
from zhiheng.methods import adjusted, differences
from zhiheng.methods.panel import Panel

EFFECT = 1.0


def two_periods(rng, n, *, bend=0.0, leaning=0.0):
    """Return a panel of two periods and its column: who is large is treated more often and rises anyway."""
    x = rng.normal(size=n)
    chance = special.expit(-0.3 + 0.7 * x + leaning * (x**2 - 1))
    treated = rng.random(n) < chance
    level = rng.normal(size=n)
    after = level + 0.8 * x + bend * x**2 + EFFECT * treated + rng.normal(size=n)
    return Panel(np.column_stack([level, after]), np.where(treated, 1.0, np.inf)), x


def by_stacked_equations(panel, x):
    """Return the effect of one cell and the influence of each unit, by the equations that the fits solve."""
    d, dy = panel.ever.astype(float), panel.figures[:, 1] - panel.figures[:, 0]
    x = np.column_stack([np.ones(d.size), x])
    k = x.shape[1]

    def moments(theta):
        line, odds, gain, loss = theta[:k], theta[k : 2 * k], theta[-2], theta[-1]
        off, v = dy - x @ line, (1 - d) * np.exp(x @ odds)
        return np.column_stack(
            [
                ((1 - d) * off)[:, None] * x,
                (d - special.expit(x @ odds))[:, None] * x,
                d * (off - gain),
                v * (off - loss),
            ]
        )

    start = np.zeros(2 * k + 2)
    found = optimize.root(lambda theta: moments(theta).mean(0), start, tol=1e-13).x
    step = 1e-6
    slope = np.array(
        [
            (moments(found + e).mean(0) - moments(found - e).mean(0)) / (2 * step)
            for e in step * np.eye(found.size)
        ]
    ).T
    influence = -moments(found) @ np.linalg.inv(slope).T
    return found[-2] - found[-1], influence[:, -2] - influence[:, -1]


@pytest.mark.parametrize("columns", [1, 2])
def test_effects_and_influences_are_those_of_the_stacked_equations(columns):
    rng = np.random.default_rng(columns)
    panel, x = two_periods(rng, 150, bend=0.4)
    x = np.column_stack([x, 50 + 9 * rng.random((150, columns - 1))])[:, :columns]

    found = adjusted.group_time(panel, x)

    effect, influence = by_stacked_equations(panel, x)
    assert found.estimate == pytest.approx([effect], rel=1e-7)
    assert found.influence[0] == pytest.approx(influence, abs=1e-5)
    assert found.standard_error == pytest.approx([np.sqrt((influence**2).sum()) / 150], rel=1e-6)


@settings(max_examples=15)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["never", "not_yet"]))
def test_without_columns_that_differ_it_is_the_plain_way(seed, control):
    rng = np.random.default_rng(seed)
    panel = Panel(rng.normal(size=(12, 4)), rng.permutation([np.inf] * 4 + [2] * 4 + [3] * 4))

    found = adjusted.group_time(panel, np.full((12, 2), 7.0), control=control)
    plain = differences.group_time(panel, control=control)

    assert found.group.tolist() == plain.group.tolist()
    assert found.estimate == pytest.approx(plain.estimate)
    assert found.influence == pytest.approx(plain.influence)


def test_units_and_origin_of_the_columns_play_no_part():
    panel, x = two_periods(np.random.default_rng(5), 80)

    one, other = adjusted.group_time(panel, x), adjusted.group_time(panel, 1e6 - 1e3 * x)

    assert one.estimate == pytest.approx(other.estimate)
    assert one.standard_error == pytest.approx(other.standard_error)


@pytest.mark.parametrize(
    "fault",
    [{}, {"bend": 0.8}, {"leaning": 0.4}],
    ids=["both are right", "the line is not", "the chances are not"],
)
def test_it_is_right_where_either_fit_is(fault):
    panel, x = two_periods(np.random.default_rng(11), 6000, **fault)

    found, plain = adjusted.group_time(panel, x), differences.group_time(panel)

    assert abs(found.estimate[0] - EFFECT) < 3 * found.standard_error[0]
    assert abs(plain.estimate[0] - EFFECT) > 10 * plain.standard_error[0]


def test_limits_hold_the_effect_about_as_often_as_is_said():
    rng, held, runs = np.random.default_rng(2), 0, 250
    for _run in range(runs):
        found = adjusted.group_time(*two_periods(rng, 150))
        held += abs(found.estimate[0] - EFFECT) < 1.96 * found.standard_error[0]

    assert 0.90 < held / runs < 0.985


def test_its_effects_are_averaged_like_the_plain_ones():
    rng = np.random.default_rng(4)
    x = rng.normal(size=60)
    start = np.where(rng.random(60) < special.expit(x), rng.choice([2.0, 3.0], 60), np.inf)
    figures = rng.normal(size=(60, 5)) + x[:, None] * np.arange(5) + 2 * (np.arange(5) >= start[:, None])

    event = differences.summarise(adjusted.group_time(Panel(figures, start), x), "event", rng, draws=200)

    after = event.label >= 0
    assert np.all(event.lower[after] < 2) and np.all(event.upper[after] > 2)
    assert np.all(event.joint_lower[~after] < 0) and np.all(event.joint_upper[~after] > 0)


PANEL = Panel([[0, 1], [0, 2], [0, 1], [0, 3], [0, 4], [0, 5]], [None] * 3 + [1] * 3)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: adjusted.group_time(PANEL, [1, 2, 3]), "do not fit"),
        (lambda: adjusted.group_time(PANEL, [1, 2, 3, 4, 5, np.nan]), "do not fit"),
        (lambda: adjusted.group_time(PANEL, [1, 2, 3, 4, 5, 6]), "exactly whether they are treated"),
        (lambda: adjusted.group_time(PANEL, [1, 1, 1, 1, 2, 3]), "too alike"),
        (lambda: adjusted.group_time(PANEL, np.eye(6)[:, :3]), "too few"),
        (lambda: adjusted.group_time(PANEL, [1, 2, 3, 1, 2, 4], control="none"), "no control"),
        (lambda: adjusted.group_time([1, 2], [1, 2]), "no Panel"),
    ],
)
def test_what_cannot_be_made_alike_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()


def test_a_control_wholly_like_the_treated_is_refused():
    x = np.r_[np.zeros(200), 9.0, np.zeros(1), np.full(300, 9.0)]
    panel = Panel(np.column_stack([np.zeros(502), x]), [None] * 201 + [1] * 301)

    with pytest.raises(BadInput, match="wholly like the treated"):
        adjusted.group_time(panel, x)
