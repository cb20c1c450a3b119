"""Every way to draw honours its inclusion probabilities, its size and its certain units."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import chances, cube, draws, permanent, spread

PLACES = np.random.default_rng(8).random((40, 2))


def columns(pi):
    return np.column_stack([pi, PLACES[: pi.size]])


@cache
def worked_out(pi):
    return chances.conditional_poisson(pi)


FIXED = {
    "systematic": lambda pi, rng: draws.systematic(pi, rng.random()),
    "conditional Poisson": lambda pi, rng: draws.conditional_poisson(
        pi, rng.random(pi.size), working=worked_out(tuple(pi))
    ),
    "Sampford": lambda pi, rng: draws.sampford(pi, rng.random(pi.size), rng.random()),
    "Tille": lambda pi, rng: draws.tille(pi, rng.random(pi.size)),
    "sequential pivotal": lambda pi, rng: draws.sequential_pivotal(pi, rng.random(pi.size)),
    "random pivotal": draws.random_pivotal,
    "local pivotal": lambda pi, rng: draws.local_pivotal(pi, PLACES[: pi.size], rng),
    "cube": lambda pi, rng: cube.draw(pi, columns(pi), rng),
    "Pareto": lambda pi, rng: permanent.pareto(rng.random(pi.size), pi, round(pi.sum())),
    "sequential Poisson": lambda pi, rng: permanent.sequential_poisson(
        rng.random(pi.size), pi, round(pi.sum())
    ),
}


@pytest.mark.parametrize("name", FIXED)
@given(st.lists(st.floats(0.2, 20), min_size=2, max_size=20), st.integers(0, 2**32 - 1), st.data())
def test_a_draw_has_its_size_and_its_certain_units(name, size, seed, data):
    n = data.draw(st.integers(1, len(size)))
    pi = chances.proportional(size, n)

    drawn = FIXED[name](pi, np.random.default_rng(seed))

    assert drawn.size == n
    assert np.all(np.diff(drawn) > 0)
    assert set(np.flatnonzero(pi >= 1)) <= set(drawn.tolist())


PI = chances.proportional([3, 5, 2, 8, 1, 9, 4, 2], 3)
PAIRS = {
    "systematic": chances.systematic_joint,
    "conditional Poisson": chances.conditional_poisson_joint,
    "Sampford": chances.sampford_joint,
    "Tille": chances.tille_joint,
}
ROUNDS = 2000


@pytest.mark.parametrize("name", FIXED)
def test_units_and_pairs_come_up_as_often_as_they_should(name):
    rng, seen = np.random.default_rng(12), np.zeros((8, 8))
    for _round in range(ROUNDS):
        drawn = FIXED[name](PI, rng)
        seen[np.ix_(drawn, drawn)] += 1
    share = seen / ROUNDS

    # Order sampling meets its chances only nearly.
    slack = {"Pareto": 0.01, "sequential Poisson": 0.04}.get(name, 0.0)
    assert np.all(np.abs(np.diag(share) - PI) < 4.5 * np.sqrt(PI * (1 - PI) / ROUNDS) + slack)
    if name in PAIRS:
        joint = PAIRS[name](PI)
        assert np.all(np.abs(share - joint) <= 4.5 * np.sqrt(joint * (1 - joint) / ROUNDS) + 1e-12)


def test_poisson_draws_each_unit_on_its_own():
    rng, seen = np.random.default_rng(3), np.zeros((8, 8))
    for _round in range(ROUNDS):
        drawn = draws.poisson(PI, rng.random(8))
        seen[np.ix_(drawn, drawn)] += 1

    joint = chances.poisson_joint(PI)
    assert np.all(np.abs(seen / ROUNDS - joint) <= 4.5 * np.sqrt(joint * (1 - joint) / ROUNDS))


def test_the_sequential_draw_keeps_neighbours_apart():
    pi = np.full(100, 0.1)

    drawn = draws.sequential_pivotal(pi, np.random.default_rng(5).random(100))

    # Within each ten units that add up to one, exactly one or two pieces meet.
    assert np.all(np.diff(drawn) < 21)


def test_a_million_units_are_drawn_in_their_number():
    pi = chances.proportional(np.random.default_rng(6).random(200_000) + 0.1, 2_000)

    assert draws.sequential_pivotal(pi, np.random.default_rng(7).random(pi.size)).size == 2_000


def test_the_local_draw_spreads_better_than_a_random_one():
    pi, rng = np.full(40, 0.2), np.random.default_rng(9)

    def mean_of(draw):
        return np.mean([spread.imbalance(pi, PLACES, draw()) for _round in range(150)])

    assert mean_of(lambda: draws.local_pivotal(pi, PLACES, rng)) < 0.6 * mean_of(
        lambda: draws.random_pivotal(pi, rng)
    )


def test_units_at_the_same_place_are_no_trouble_to_the_local_draw():
    places = np.zeros((30, 2))

    assert draws.local_pivotal(np.full(30, 0.2), places, np.random.default_rng(1)).size == 6


def test_the_cube_meets_its_totals_where_simple_draws_do_not():
    rng = np.random.default_rng(10)
    x, pi = np.column_stack([np.full(200, 0.25), rng.normal(0, 1, (200, 2))]), np.full(200, 0.25)

    def miss(draw):
        off = [((x[s] / pi[s, None]).sum(0) - x.sum(0)) for s in (draw() for _round in range(60))]
        return np.sqrt(np.square(off).mean(0))

    balanced = miss(lambda: cube.draw(pi, x, rng))
    simple = miss(lambda: draws.simple(200, 50, rng))
    assert balanced[0] == pytest.approx(0, abs=1e-9)
    assert np.all(balanced[1:] < simple[1:] / 3)


def test_the_cube_balances_exactly_where_that_can_be_done():
    group = np.repeat(np.eye(3), 4, axis=0)
    pi = np.full(12, 0.5)

    for seed in range(20):
        drawn = cube.draw(pi, group * 0.5, np.random.default_rng(seed))
        assert group[drawn].sum(0).tolist() == [2, 2, 2]


UNIFORM = np.array([0.1, 0.2, 0.3])


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: draws.simple(3, 4, np.random.default_rng(1)), "cannot be drawn"),
        (lambda: draws.simple(10, 2.5, np.random.default_rng(1)), "no whole number"),
        (lambda: draws.simple(10, 2, None), "no generator"),
        (lambda: draws.random_pivotal([0.5, 0.5], 1), "no generator"),
        (lambda: cube.draw([0.5, 0.5], [[1.0], [1.0]], 1), "no generator"),
        (lambda: cube.draw([0.5, 0.5], [["a"], [1.0]], np.random.default_rng(1)), "no numbers"),
        (lambda: draws.poisson(["a", 0.5], [0.5, 0.5]), "no numbers"),
        (lambda: draws.sequential_pivotal(["a", 0.5], [0.5, 0.5]), "no numbers"),
        (lambda: draws.local_pivotal([0.5, 0.5], ["x", "y"], np.random.default_rng(1)), "no numbers"),
        (lambda: draws.poisson([0.5, 0.5], [0.5]), "uniform number"),
        (lambda: draws.poisson([0.5, 0.5], [0.5, 1.0]), "uniform number"),
        (lambda: draws.systematic([0.5, 0.6], 0.1), "add up to"),
        (lambda: draws.sampford([0.5, 0.5], [0.1, 0.1], 1.0), "no uniform number"),
        (lambda: draws.sequential_pivotal([0.5, 0.0, 0.5], UNIFORM), "outside"),
        (lambda: draws.sequential_pivotal([0.5, 0.5, np.nan], UNIFORM), "outside"),
        (lambda: draws.local_pivotal([0.5, 0.5], [[0.0, np.nan], [1, 1]], np.random.default_rng(1)), "place"),
        (lambda: draws.local_pivotal([0.5, 0.5], [[0.0, 1.0]], np.random.default_rng(1)), "place"),
        (lambda: cube.draw([0.5, 0.5], [[1.0]], np.random.default_rng(1)), "do not fit"),
        (lambda: cube.draw([0.5, 0.5], [[1.0], [np.inf]], np.random.default_rng(1)), "do not fit"),
        (lambda: spread.imbalance([0.5, 0.5], [[0.0], [1.0]], [2]), "not in the frame"),
        (lambda: spread.imbalance([0.5, 0.5], [[0.0], [1.0]], [0, 0]), "given twice"),
        (lambda: spread.imbalance([0.5, 0.5], [[0.0], [1.0]], [0.5]), "no positions"),
        (lambda: spread.local_variance([1.0, 2.0], [0.5, 0.5], [[0.0], [1.0]], neighbours=2), "too few"),
        (
            lambda: spread.local_variance([1.0, np.nan], [0.5, 0.5], [[0.0], [1.0]]),
            "values of the drawn units",
        ),
    ],
)
def test_a_draw_that_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
