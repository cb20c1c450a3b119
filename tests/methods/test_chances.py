"""Joint probabilities are those of all samples counted out, and keep the sums that a fixed size asks for."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import chances

from .vectors import DATA

JOINT = [
    chances.sampford_joint,
    chances.conditional_poisson_joint,
    chances.tille_joint,
    chances.systematic_joint,
    chances.sequential_pivotal_joint,
]


@st.composite
def probabilities(draw, largest=9):
    """Probabilities in proportion to size, some of them certain."""
    size = draw(st.lists(st.floats(0.2, 20), min_size=3, max_size=largest))
    return chances.proportional(size, draw(st.integers(1, len(size) - 1)))


def counted_out(pi, weight_of):
    """Return the joint probabilities of the design that gives each set of n units its weight."""
    n, joint = round(pi.sum()), np.zeros((pi.size, pi.size))
    for units in itertools.combinations(range(pi.size), n):
        joint[np.ix_(units, units)] += weight_of(list(units))
    return joint * n / np.trace(joint)


@given(probabilities(7))
def test_sampford_is_what_all_samples_say(pi):
    if (pi >= 1).any():
        return
    odds = pi / (1 - pi)

    def weight(units):
        return odds[units].prod() * (pi.sum() - pi[units].sum())

    assert chances.sampford_joint(pi) == pytest.approx(counted_out(pi, weight), rel=1e-9, abs=1e-13)


@given(probabilities(7))
def test_conditional_poisson_is_what_all_samples_say(pi):
    if (pi >= 1).any():
        return
    working = chances.conditional_poisson(pi)
    odds = working / (1 - working)

    found = chances.conditional_poisson_joint(pi)

    assert found == pytest.approx(counted_out(pi, lambda units: odds[units].prod()), rel=1e-8, abs=1e-12)
    assert working.sum() == pytest.approx(round(pi.sum()))
    assert chances.of_conditional_poisson(working) == pytest.approx(pi, rel=1e-9)


def duelled_out(pi):
    """Follow every outcome of every duel along the order, and count the pairs that are taken."""
    joint = np.zeros((pi.size, pi.size))
    open_paths = [(1, 0, float(pi[0]), (), 1.0)]
    while open_paths:
        unit, holder, a, taken, chance = open_paths.pop()
        if unit == pi.size:
            taken = [*taken, holder] if a > 0.5 else list(taken)
            joint[np.ix_(taken, taken)] += chance
            continue
        b, total = float(pi[unit]), a + float(pi[unit])
        if total < 1:
            outcomes = [(holder, taken, a / total), (unit, taken, b / total)]
        else:
            wins = (1 - b) / (2 - total) if total < 2 else 0.0
            outcomes = [(unit, (*taken, holder), wins), (holder, (*taken, unit), 1 - wins)]
            total -= 1
        open_paths += [(unit + 1, who, total, so_far, chance * p) for who, so_far, p in outcomes if p > 0]
    return joint


@given(probabilities(8))
def test_the_pairs_of_duels_are_those_of_all_outcomes(pi):
    assert chances.sequential_pivotal_joint(pi) == pytest.approx(duelled_out(pi), abs=1e-12)


def test_the_pairs_of_duels_come_up_in_another_program():
    case = json.loads((DATA / "vectors" / "draw.json").read_text("utf-8"))["cases"]
    case = next(one for one in case if one["method"] == "sequential_pivotal_monte_carlo")
    seen = np.array(case["expected"]["joint_hat"])

    found = chances.sequential_pivotal_joint(case["inputs"]["pi"])

    # Twenty thousand draws of R BalancedSampling: where it never saw a pair, there is none.
    assert found == pytest.approx(seen, abs=4 * np.sqrt(0.25 / 20_000))
    assert np.array_equal(found > 1e-9, seen > 0)


@pytest.mark.parametrize("joint_of", JOINT)
@given(probabilities())
def test_rows_of_a_fixed_size_add_up(joint_of, pi):
    joint = joint_of(pi)

    assert joint == pytest.approx(joint.T)
    assert np.diag(joint) == pytest.approx(pi)
    assert joint.sum(1) == pytest.approx(round(pi.sum()) * pi, rel=1e-8)
    assert np.all(joint <= np.minimum.outer(pi, pi) * (1 + 1e-9))
    assert np.all(joint >= -1e-12)


@pytest.mark.parametrize("joint_of", JOINT[:3])
@given(st.integers(3, 9), st.data())
def test_equal_chances_are_a_simple_sample(joint_of, population, data):
    n = data.draw(st.integers(1, population - 1))

    found = joint_of(np.full(population, n / population))

    assert found == pytest.approx(chances.simple_joint(population, n), rel=1e-8, abs=1e-12)


@pytest.mark.parametrize("joint_of", [*JOINT[:2], chances.tille_joint])
@given(probabilities())
def test_the_variance_of_yates_and_grundy_cannot_be_negative(joint_of, pi):
    joint = joint_of(pi)

    off = ~np.eye(pi.size, dtype=bool)
    assert np.all((joint <= np.outer(pi, pi) * (1 + 1e-9))[off])


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=20), st.data())
def test_chances_in_proportion_add_up_and_keep_their_order(size, data):
    n = data.draw(st.integers(1, len(size)))

    pi = chances.proportional(size, n)

    assert pi.sum() == pytest.approx(n)
    assert np.all((pi > 0) & (pi <= 1))
    assert np.all(np.diff(pi[np.argsort(size)]) >= -1e-12)
    free = pi < 1
    if free.sum() > 1:
        ratio = pi[free] / np.asarray(size)[free]
        assert ratio == pytest.approx(np.full(ratio.size, ratio[0]))


def test_a_large_frame_with_extreme_chances_is_solved():
    pi = chances.proportional(np.random.default_rng(4).lognormal(0, 2, 400), 60)

    working = chances.conditional_poisson(pi)

    assert chances.of_conditional_poisson(working) == pytest.approx(pi, rel=1e-9)


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: chances.proportional([1, 0, 2], 1), "not above zero"),
        (lambda: chances.proportional([1, np.nan], 1), "not above zero"),
        (lambda: chances.proportional([], 1), "not above zero"),
        (lambda: chances.proportional([1, 2], 3), "cannot be drawn"),
        (lambda: chances.proportional([1, 2], 0), "cannot be drawn"),
        (lambda: chances.sampford_joint([0.5, 0.6]), "add up to"),
        (lambda: chances.conditional_poisson([0.5, 0.0, 0.5]), "outside"),
        (lambda: chances.tille_joint([0.5, 1.5]), "outside"),
        (lambda: chances.systematic_joint([[0.5, 0.5]]), "outside"),
        (lambda: chances.poisson_joint([0.5, -0.1]), "outside"),
        (lambda: chances.systematic_at([0.5, 0.5], 1.0), "start"),
        (lambda: chances.simple_joint(4, 5), "cannot be drawn"),
    ],
)
def test_chances_that_no_draw_can_honour_are_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
