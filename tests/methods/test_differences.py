"""Effects are those of other programs and of publications, and hold the truth as often as is said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.methods import series
from zhiheng.errors import BadInput
from zhiheng.methods import differences as d
from zhiheng.methods.panel import Panel


def test_the_two_way_effect_and_its_clustered_error_are_those_of_r():
    printed = series.printed()
    panel = Panel(printed["panel"].reshape(8, 6), [None] * 5 + [3, 3, 4])

    found = d.two_way(panel)

    assert [found.estimate, found.standard_error] == pytest.approx(printed["two_way"])
    assert (found.treated, found.controls) == (3, 5)


def test_minimum_wages_have_the_published_effects_on_teen_employment():
    # Callaway & Sant'Anna (2021), unconditional; the numbers that their R package did prints for its panel.
    panel = series.teen_employment()
    found = d.group_time(panel)

    after = found.period >= found.group
    assert found.estimate[after].round(4).tolist() == [
        *(-0.0105, -0.0704, -0.1373, -0.1008),
        *(-0.0046, -0.0412),
        -0.0261,
    ]
    assert found.standard_error[after] == pytest.approx(
        [0.0233, 0.0310, 0.0364, 0.0344, 0.0178, 0.0202, 0.0167], abs=1e-4
    )
    simple = d.summarise(found, "simple", np.random.default_rng(1), draws=100)
    event = d.summarise(found, "event", np.random.default_rng(1), draws=100)
    assert [simple.estimate[0], simple.standard_error[0]] == pytest.approx([-0.0400, 0.0120], abs=1e-4)
    assert event.estimate[3:] == pytest.approx([-0.0199, -0.0510, -0.1373, -0.1008], abs=1e-4)
    assert event.standard_error[3:] == pytest.approx([0.0118, 0.0169, 0.0364, 0.0344], abs=1e-4)
    assert d.two_way(panel).estimate == pytest.approx(-0.0365, abs=1e-4)


@st.composite
def panels(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, t = draw(st.integers(5, 9)), draw(st.integers(4, 6))
    start = np.r_[[np.inf] * 2, 2, 3, rng.choice([2, 3, np.inf], n - 4)]
    return rng.normal(size=(n, t)), start


@settings(max_examples=15)
@given(panels(), st.floats(-5, 5))
def test_levels_of_units_and_what_befalls_all_change_no_effect(drawn, shift):
    y, start = drawn
    moved = y + shift * np.arange(len(y))[:, None] + np.sin(np.arange(y.shape[1]))

    for control in ("never", "not_yet"):
        one, other = (d.group_time(Panel(z, start), control=control) for z in (y, moved))
        assert other.estimate == pytest.approx(one.estimate, abs=1e-9)
        assert other.standard_error == pytest.approx(one.standard_error, abs=1e-9, nan_ok=True)
    two = [d.two_way(Panel(z, start)).estimate for z in (y, moved)]
    assert two[0] == pytest.approx(two[1], abs=1e-9)


@settings(max_examples=15)
@given(panels())
def test_with_one_start_every_way_finds_one_effect(drawn):
    y, start = drawn
    panel = Panel(y, np.where(np.isfinite(start), 2, np.inf))

    study = d.event_study(panel, np.random.default_rng(1), draws=10)
    by_group = d.group_time(panel)
    two = d.two_way(panel)

    after = by_group.period >= 2
    assert study.estimate[2:] == pytest.approx(by_group.estimate[after])
    assert study.standard_error[2:] == pytest.approx(by_group.standard_error[after], nan_ok=True)
    assert two.estimate == pytest.approx(study.estimate[2:].mean() - study.estimate[:2].mean())
    assert two.negative_weight == 0


def test_limits_hold_the_true_effects_as_often_as_is_said():
    rng, alone, joint = np.random.default_rng(6), [], []
    truth = np.array([0.0, 0, 0, 1, 2])
    for _round in range(300):
        y = rng.normal(size=(60, 1)) + rng.normal(size=(60, 5)).cumsum(axis=1)
        y[30:] += truth
        found = d.event_study(Panel(y, [None] * 30 + [3] * 30), rng, draws=400)
        seen = found.standard_error > 0
        alone.append(((found.lower <= truth) & (truth <= found.upper))[seen])
        joint.append(np.all(((found.joint_lower <= truth) & (truth <= found.joint_upper))[seen]))

    assert np.mean(alone) == pytest.approx(0.95, abs=0.02)
    assert np.mean(joint) == pytest.approx(0.95, abs=0.035)


def test_growing_effects_of_early_starters_count_negatively_in_the_two_way_mean():
    start = [None, 1, 1, 1, 1, 4, 4]
    y = np.array([[0.0 if s is None or t < s else t - s + 1.0 for t in range(8)] for s in start])
    panel = Panel(y, start)

    two = d.two_way(panel)
    simple = d.summarise(d.group_time(panel), "simple", np.random.default_rng(1), draws=10)

    truth = y[panel.is_treated].mean()
    assert two.negative_weight > 0
    assert simple.estimate[0] == pytest.approx(truth)
    assert two.estimate < truth - 0.5


def test_a_trend_of_its_own_shows_before_the_start():
    rng, alike, apart = np.random.default_rng(8), [], []
    for _round in range(300):
        y = rng.normal(0, 0.3, (24, 6))
        alike.append(d.event_study(Panel(y, [None] * 12 + [4] * 12), rng, draws=1).before())
        y[12:] += 0.5 * np.arange(6)
        apart.append(d.event_study(Panel(y, [None] * 12 + [4] * 12), rng, draws=1).before())

    assert np.mean([p <= 0.05 for _f, _q, p in alike]) == pytest.approx(0.05, abs=0.035)
    assert max(p for _f, _q, p in apart) < 0.05
    assert alike[0][1] == 3


def test_a_placebo_is_exact_where_nothing_happened():
    rng = np.random.default_rng(9)
    p = [
        d.placebo(Panel(rng.normal(size=(12, 4)), [None] * 8 + [2] * 4), rng, draws=39).p_value
        for _round in range(80)
    ]

    assert np.mean(p) == pytest.approx(0.5, abs=0.1)
    assert min(p) >= 1 / 40


ROWS = [[0, 1, 2], [1, 1, 3], [2, 5, 6]]


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: Panel(ROWS, [None, None]), "do not fit"),
        (lambda: Panel(ROWS, [None, None, 0]), "no period with one before"),
        (lambda: Panel(ROWS, [None, None, 1.5]), "no period with one before"),
        (lambda: Panel(ROWS, [None, None, 3]), "no period with one before"),
        (lambda: Panel(ROWS, [None] * 3), "ever treated"),
        (lambda: Panel([[0, np.nan], [1, 2]], [None, 1]), "unknown"),
        (lambda: d.two_way(Panel(ROWS, [1, 1, 1])), "follows from unit and period"),
        (lambda: d.two_way(Panel(ROWS[:2], [None, 1])), "Two units"),
        (lambda: d.group_time(Panel(ROWS, [1, 1, 1])), "no units to compare"),
        (lambda: d.group_time(Panel(ROWS, [1, 1, 1]), control="not_yet"), "no units to compare"),
        (lambda: d.group_time(Panel(ROWS, [None, 1, 1]), control="all"), "no control"),
        (lambda: d.group_time(Panel(ROWS, [None, 1, 2]), anticipation=1), "before the anticipation"),
        (lambda: d.event_study(Panel(ROWS, [None, 1, 2]), np.random.default_rng(1)), "several times"),
        (lambda: d.event_study(Panel(ROWS, [1, 1, 1]), np.random.default_rng(1)), "Every unit"),
        (
            lambda: d.placebo(Panel(ROWS, [None, None, 1]), np.random.default_rng(1), draws=0),
            "number of draws 0",
        ),
    ],
)
def test_panels_without_a_comparison_are_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
