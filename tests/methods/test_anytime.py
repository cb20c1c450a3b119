"""Limits at every look hold together: the chance that they ever miss is added up exactly, or simulated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import anytime

ALPHA = 0.05


def limits_by_count(limits, steps):
    """Return lower and upper by (t, S): limits depend on the past through its length and count alone."""
    lower, upper = np.full((steps + 1, steps + 1), -np.inf), np.full((steps + 1, steps + 1), np.inf)
    for count in range(steps + 1):
        # `count` ones at the start, then zeros: the states (t, count) for t >= count.
        found = limits([1] * count + [0] * (steps - count))
        at = np.arange(max(count, 1), steps + 1)
        lower[at, count], upper[at, count] = found.lower[at - 1], found.upper[at - 1]
    return lower, upper


def chance_to_miss(truth, lower, upper, chance_of_one):
    """Return the exact chance that the truth is outside at any of the looks."""
    steps = lower.shape[0] - 1
    here, missed = np.zeros(steps + 1), 0.0
    here[0] = 1
    for t in range(1, steps + 1):
        one = chance_of_one(t - 1, np.arange(steps + 1))
        here = here * (1 - one) + np.concatenate([[0], (here * one)[:-1]])
        out = (lower[t] > truth) | (upper[t] < truth)
        missed += here[out].sum()
        here[out] = 0
    return missed


@pytest.mark.parametrize("prior", [(1, 1), (0.5, 9.0)])
def test_limits_of_a_lot_hold_at_every_look_with_the_promised_chance(prior):
    size, steps = 60, 60
    lower, upper = limits_by_count(lambda x: anytime.lot(x, size, prior=prior), steps)

    missed = [
        chance_to_miss(marked, lower, upper, lambda t, s, m=marked: np.clip((m - s) / (size - t), 0, 1))
        for marked in range(size + 1)
    ]

    assert max(missed) <= ALPHA + 1e-9
    assert max(missed) > ALPHA / 3  # not so wide that they promise nothing


def test_limits_of_a_share_hold_at_every_look_with_the_promised_chance():
    lower, upper = limits_by_count(anytime.share, 150)

    for p in (0.01, 0.06, 0.3, 0.5, 0.95):
        assert chance_to_miss(p, lower, upper, lambda _t, s, p=p: np.full(s.shape, p)) <= ALPHA


@pytest.mark.parametrize("population", [None, 300])
def test_limits_of_a_mean_hold_at_every_look(population):
    rng, size, repeats = np.random.default_rng(4), 120, 120
    values = rng.beta(8, 2, 300)
    values[rng.random(300) < 0.1] = 0.0
    missed = 0
    for _repeat in range(repeats):
        x = rng.choice(values, size, replace=population is None)
        found = anytime.mean(x, population=population, step=0.01)
        missed += np.any((found.lower > values.mean()) | (found.upper < values.mean()))

    assert missed / repeats <= ALPHA + 3 * np.sqrt(ALPHA * (1 - ALPHA) / repeats)


@given(st.integers(2, 80), st.floats(0, 1), st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_a_lot_that_was_seen_whole_is_known_and_never_exact_before_its_count_allows(size, p, seed):
    x = (np.random.default_rng(seed).random(size) < p).astype(int)
    found = anytime.lot(x, size)

    assert found.lower[-1] == found.upper[-1] == x.sum()
    assert np.all(found.lower >= np.cumsum(x))
    assert np.all(found.upper <= size - np.cumsum(1 - x))
    mirrored = anytime.lot(1 - x, size)
    assert np.array_equal(mirrored.lower, size - found.upper)


def test_limits_of_a_huge_lot_are_those_of_a_stream():
    x = np.zeros(400)
    x[[40, 200, 300]] = 1

    lot, stream = anytime.lot(x, 10_000_000), anytime.share(x)

    assert lot.lower[-1] / 1e7 == pytest.approx(stream.lower[-1], rel=1e-3)
    assert lot.upper[-1] / 1e7 == pytest.approx(stream.upper[-1], rel=1e-3)


@pytest.mark.parametrize("step", [0.1, 0.001])
def test_drawing_without_replacement_tells_more_and_narrows_to_the_truth(step):
    values = np.random.default_rng(2).random(80)

    whole, stream = anytime.mean(values, population=80, step=step), anytime.mean(values, step=step)

    assert np.all(whole.running_upper <= stream.running_upper + 2 * step)
    assert whole.running_upper[-1] - whole.running_lower[-1] < 1e-9
    assert np.all(whole.lower <= values.mean())
    assert np.all(whole.upper >= values.mean())


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: anytime.lot([0, 2], 10), "0 to 1"),
        (lambda: anytime.lot([0, 0.5], 10), "neither"),
        (lambda: anytime.lot([0, np.nan], 10), "unknown"),
        (lambda: anytime.lot([], 10), "sequence"),
        (lambda: anytime.lot([[0, 1]], 10), "sequence"),
        (lambda: anytime.lot(["a"], 10), "numbers"),
        (lambda: anytime.lot([0] * 11, 10), "cannot be drawn"),
        (lambda: anytime.lot([0], np.nan), "no finite number"),
        (lambda: anytime.lot([0], np.inf), "no finite number"),
        (lambda: anytime.lot([0], 10.5), "cannot be drawn"),
        (lambda: anytime.lot([0], "10"), "no numbers"),
        (lambda: anytime.lot([0], 10, prior=(0, 1)), "prior"),
        (lambda: anytime.share([0], level=95), "level"),
        (lambda: anytime.mean([1.2]), "0 to 1"),
        (lambda: anytime.mean([1], step=0.5), "step"),
        (lambda: anytime.mean([1], stake=1), "stake"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word) as refused:
        call()
    assert refused.value.remedy
