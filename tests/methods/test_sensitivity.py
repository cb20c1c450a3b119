"""Shares of variance are those that can be worked out, and those of another program."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from zhiheng.errors import BadInput
from zhiheng.methods import composite, sensitivity

A, B = 7.0, 0.1


def ishigami(u):
    x = np.pi * (2 * u - 1)
    return np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])


def shares_of_ishigami():
    """Return first and total shares in closed form (Ishigami & Homma 1990)."""
    one = (1 + B * np.pi**4 / 5) ** 2 / 2
    two, both = A**2 / 8, B**2 * np.pi**8 * 8 / 225
    whole = one + two + both
    return np.array([one, two, 0]) / whole, np.array([one + both, two, both]) / whole, whole


def rng(seed=7):
    return np.random.default_rng(seed)


def test_the_function_of_ishigami_has_its_shares():
    first, total, variance = shares_of_ishigami()

    found = sensitivity.sobol(ishigami, 3, rng(), draws=40_000)

    assert np.all(np.abs(found.first[:, 0] - first) < 4 * found.first_error[:, 0])
    assert np.all(np.abs(found.total[:, 0] - total) < 4 * found.total_error[:, 0])
    assert found.first_error.max() < 0.01 and found.total_error.max() < 0.01
    assert found.variance[0] == pytest.approx(variance, rel=0.02)
    assert found.mean[0] == pytest.approx(A / 2, abs=0.05)


def test_another_program_says_the_same():
    other = stats.sobol_indices(
        func=lambda x: ishigami(x.T), n=2**12, dists=[stats.uniform()] * 3, rng=np.random.default_rng(1)
    )

    found = sensitivity.sobol(ishigami, 3, rng(), draws=20_000)

    assert found.first[:, 0] == pytest.approx(other.first_order, abs=0.03)
    assert found.total[:, 0] == pytest.approx(other.total_order, abs=0.03)


def test_a_plain_loop_over_the_draws_gives_the_same():
    draws, tables = 50, rng().random((2, 50, 3))

    def y(row):
        return float(ishigami(np.array([row]))[0])

    of_a, of_b = ([y(row) for row in table] for table in tables)
    mean = (sum(of_a) + sum(of_b)) / (2 * draws)
    variance = sum((v - mean) ** 2 for v in [*of_a, *of_b]) / (2 * draws)
    first, total = [0.0] * 3, [0.0] * 3
    for j in range(3):
        for i in range(draws):
            row = tables[0][i].copy()
            row[j] = tables[1][i][j]
            first[j] += (of_b[i] - mean) * (y(row) - of_a[i]) / draws / variance
            total[j] += (of_a[i] - y(row)) ** 2 / (2 * draws) / variance

    found = sensitivity.sobol(ishigami, 3, rng(), draws=draws)

    assert found.first[:, 0] == pytest.approx(first)
    assert found.total[:, 0] == pytest.approx(total)


def test_the_stated_errors_are_those_of_repeated_drawings():
    source = rng(3)
    runs = [sensitivity.sobol(ishigami, 3, source, draws=300) for _run in range(300)]

    for name in ("first", "total"):
        spread = np.std([getattr(run, name) for run in runs], axis=0)
        stated = np.mean([getattr(run, f"{name}_error") for run in runs], axis=0)
        assert stated == pytest.approx(spread, rel=0.15)


def test_a_sum_has_no_part_done_together_and_groups_of_its_terms_add_up():
    slopes = np.array([3.0, 2.0, 1.0])

    found = sensitivity.sobol(lambda u: u @ slopes, [2, 1], rng(), draws=20_000)

    expected = np.array([13, 1]) / 14
    assert found.first[:, 0] == pytest.approx(expected, abs=0.02)
    assert found.total[:, 0] == pytest.approx(expected, abs=0.02)


def test_several_outputs_are_told_apart():
    found = sensitivity.sobol(lambda u: np.column_stack([u[:, 0], u[:, 1]]), 2, rng(), draws=500)

    assert found.total == pytest.approx(np.eye(2), abs=0.2)
    assert found.total[0, 1] == found.total[1, 0] == 0


def test_with_agreed_weights_a_composite_is_in_doubt_by_its_stated_sampling_error():
    scores, errors, weights = [[60, 90, 75], [70, 72, 71]], [[3, 1, 2], [4, 2, 1]], [1, 2, 1]

    found = sensitivity.of_composite(
        scores, weights, rng(), errors=errors, concentration=1e9, hows=("arithmetic",), draws=3000
    )

    stated = composite.standard_errors(scores, errors, weights)
    assert np.sqrt(found.variance) == pytest.approx(stated, rel=0.05)
    assert found.mean == pytest.approx(composite.aggregate(scores, weights), abs=0.1)
    assert found.total[0] == pytest.approx([1, 1], abs=0.1)
    assert np.all(found.total[1] < 1e-6)


def test_known_scores_in_one_way_are_in_doubt_by_their_weights_alone():
    scores, weights, concentration = np.array([[60.0, 90], [80, 70]]), np.array([0.25, 0.75]), 8.0

    found = sensitivity.of_composite(
        scores, weights, rng(), concentration=concentration, hows=("harmonic",), draws=200
    )
    linear = sensitivity.of_composite(
        scores, weights, rng(), concentration=concentration, hows=("arithmetic",), draws=4000
    )

    # The first weight is beta distributed: its variance is w (1 - w) / (2 x concentration + 1).
    spread = np.abs(scores[:, 0] - scores[:, 1]) * np.sqrt(0.25 * 0.75 / (2 * concentration + 1))
    assert found.first.shape == (1, 2)
    assert np.sqrt(linear.variance) == pytest.approx(spread, rel=0.05)
    assert linear.total[0] == pytest.approx([1, 1], abs=0.1)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: sensitivity.sobol(ishigami, 0, rng()), "whole number"),
        (lambda: sensitivity.sobol(ishigami, [], rng()), "no factor"),
        (lambda: sensitivity.sobol(ishigami, 3, 7), "nothing to draw"),
        (lambda: sensitivity.sobol("x", 3, rng()), "no function"),
        (lambda: sensitivity.sobol(ishigami, 3, rng(), draws=1), "number of draws"),
        (lambda: sensitivity.sobol(lambda u: np.ones(len(u)), 2, rng()), "does not vary"),
        (lambda: sensitivity.sobol(lambda u: 1.0, 2, rng()), "known numbers"),
        (lambda: sensitivity.sobol(lambda u: u[:, 0] * np.nan, 2, rng()), "known numbers"),
        (lambda: sensitivity.of_composite([[1, 2]], [1, 0], rng()), "weight is zero"),
        (lambda: sensitivity.of_composite([[1, 2]], [1, 1], rng(), errors=[[1, -1]]), "errors"),
        (lambda: sensitivity.of_composite([[1, 2]], [1, 1], rng(), hows=()), "nothing to draw"),
        (lambda: sensitivity.of_composite([[1, 2]], [1, 1], rng(), hows=("none",)), "no aggregation"),
        (lambda: sensitivity.of_composite([[1, -2]], [1, 1], rng()), "zero or negative"),
    ],
)
def test_what_has_no_shares_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
