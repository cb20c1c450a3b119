"""Regions draw together only where they do so beyond what sampling makes of their figures."""

from __future__ import annotations

import numpy as np
import pytest

from zhiheng.errors import BadInput
from zhiheng.methods import convergence

REGIONS, RUNS = 31, 400


def surveyed(rng, slope, *, sampling=1.2):
    """Return figures of two periods whose true change has that slope on the true start."""
    true = rng.normal(93, 3, REGIONS)
    later = true + 1.0 + slope * (true - 93) + rng.normal(0, 0.8, REGIONS)
    errors = rng.uniform(0.5, 1.5, REGIONS) * sampling
    return rng.normal(true, errors), rng.normal(later, errors), errors, true, later


def test_known_figures_have_the_slope_of_the_plain_line_and_their_plain_spread():
    rng = np.random.default_rng(1)
    x, y, *_rest = surveyed(rng, -0.3)

    found = convergence.catching_up(x, y, np.zeros(REGIONS))
    spread = convergence.spread(np.column_stack([x, y]), np.zeros((REGIONS, 2)))

    assert found.slope == found.naive == pytest.approx(np.polyfit(x, y - x, 1)[0])
    assert spread.own == pytest.approx([x.std(ddof=1), y.std(ddof=1)])
    assert spread.seen == pytest.approx(spread.own)


@pytest.mark.parametrize("slope", [0.0, -0.4])
def test_the_slope_is_that_of_the_true_figures_where_the_naive_one_sees_a_drawing_together(slope):
    rng = np.random.default_rng(2)
    runs = [convergence.catching_up(*surveyed(rng, slope)[:3]) for _run in range(RUNS)]

    away = np.array([run.slope for run in runs]) - slope
    assert np.median(away) == pytest.approx(0, abs=0.03)
    assert np.mean([run.naive for run in runs]) - slope < -0.08
    held = np.mean([run.lower < slope < run.upper for run in runs])
    assert 0.92 < held <= 0.99


def test_the_spread_is_that_of_the_true_figures_and_its_error_is_stated():
    rng, own, stated, true = np.random.default_rng(3), [], [], []
    for _run in range(RUNS):
        x, y, errors, first, last = surveyed(rng, -0.4)
        found = convergence.spread(np.column_stack([x, y]), np.column_stack([errors, errors]))
        own.append(found.own**2)
        stated.append(found.error)
        true.append([first.var(ddof=1), last.var(ddof=1)])

    assert np.mean(own, axis=0) == pytest.approx(np.mean(true, axis=0), rel=0.05)
    assert np.mean(stated, axis=0) == pytest.approx(np.std(own, axis=0), rel=0.15)


def test_regions_that_differ_by_sampling_alone_have_no_spread_of_their_own():
    found = convergence.spread([[90.0], [91], [92]], [[2.0], [2], [2]])

    assert found.own.tolist() == [0.0]
    assert found.seen.tolist() == [1.0]


def test_units_and_origin_play_no_part():
    x, y, errors, *_rest = surveyed(np.random.default_rng(4), -0.2)

    found = convergence.catching_up(x, y, errors, periods=4)
    shares = convergence.catching_up(x / 100, y / 100, errors / 100, periods=4)

    assert shares.slope == pytest.approx(found.slope)
    assert shares.standard_error == pytest.approx(found.standard_error)
    assert found.kept**4 == pytest.approx(1 + found.slope)


def test_leads_that_turn_round_keep_nothing():
    assert convergence.catching_up([1, 2, 3, 4], [8, 6, 4, 2.5], [0, 0, 0, 0]).kept is None


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (
            lambda: convergence.catching_up([90, 91, 92, 93], [1, 2, 3, 4], [3, 3, 3, 3]),
            "hardly more than their",
        ),
        (
            lambda: convergence.catching_up([90, 90, 90, 90], [1, 2, 3, 4], [0, 0, 0, 0]),
            "hardly more than their",
        ),
        (lambda: convergence.catching_up([90, 91, 92], [1, 2, 3], [0, 0, 0]), "at least 4"),
        (lambda: convergence.catching_up([90, 91, 92, 93], [1, 2, 3, 4], [0, 0, 0, -1]), "errors do not fit"),
        (lambda: convergence.catching_up([1, 2, 3, 4], [1, 2, 3, 4], [0] * 4, periods=0), "whole number"),
        (lambda: convergence.spread([[1], [2]], [[0], [0]]), "at least 3"),
        (lambda: convergence.spread([[1], [2], [3]], [0, 0, 0]), "errors do not fit"),
    ],
)
def test_what_cannot_draw_together_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
