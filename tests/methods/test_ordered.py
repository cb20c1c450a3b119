"""Order sampling gives what its integral over all samples says, and a Pareto draw can be made to give pi."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from zhiheng.errors import BadInput
from zhiheng.methods import chances, ordered, permanent
from zhiheng.methods.design import Design

KINDS = ("pareto", "sequential_poisson")


def drawn_at(nominal, kind):
    """Return for a key t the chance of each unit to lie below it."""
    if kind == "pareto":
        odds = nominal / (1 - nominal)
        return lambda t: t * odds / (1 + t * odds)
    return lambda t: np.minimum(t * nominal, 1.0)


def counted_out(nominal, n, kind):
    """Integrate over the number of the unit itself, and count out which others may come before it."""
    below, found = drawn_at(nominal, kind), []
    for unit in range(nominal.size):
        others = [k for k in range(nominal.size) if k != unit]

        def wins(u, unit=unit, others=others):
            odds = nominal[unit] / (1 - nominal[unit])
            p = below(u / (1 - u) / odds if kind == "pareto" else u / nominal[unit])
            return sum(
                np.prod([p[k] if k in before else 1 - p[k] for k in others])
                for size in range(n)
                for before in itertools.combinations(others, size)
            )

        kinks = sorted({float(nominal[unit] / p) for p in nominal if nominal[unit] < p})
        points = kinks if kind == "sequential_poisson" and kinks else None
        found.append(integrate.quad(wins, 0, 1, points=points, epsabs=1e-11, limit=200)[0])
    return np.array(found)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("nominal", "n"),
    [([0.9, 0.05, 0.05], 1), ([0.5, 0.3, 0.2], 1), ([0.9, 0.6, 0.3, 0.2], 2), ([0.2, 0.5, 0.7, 0.7, 0.9], 3)],
)
def test_the_chances_are_what_all_samples_say(kind, nominal, n):
    nominal = np.array(nominal)

    found = ordered.of_order(nominal, n, kind)

    assert found == pytest.approx(counted_out(nominal, n, kind), abs=1e-9)
    assert found.sum() == pytest.approx(n, abs=1e-10)


@pytest.mark.parametrize("kind", KINDS)
def test_the_chances_are_how_often_units_come_up(kind):
    nominal, rounds = np.array([1.0, 0.9, 0.6, 0.3, 0.2]), 40_000
    u = np.random.default_rng(4).random((rounds, 5))
    draw = permanent.pareto if kind == "pareto" else permanent.sequential_poisson

    seen = np.bincount(np.concatenate([draw(one, nominal, 3) for one in u[:4000]]), minlength=5) / 4000
    found = ordered.of_order(nominal, 3, kind)

    assert found[0] == 1
    assert seen == pytest.approx(found, abs=0.03)
    keys = u[:, 1:] / nominal[1:] if kind == "sequential_poisson" else 0
    if kind == "pareto":
        keys = u[:, 1:] / (1 - u[:, 1:]) * (1 - nominal[1:]) / nominal[1:]
    often = np.bincount(np.argsort(keys, axis=1)[:, :2].ravel(), minlength=4) / rounds
    assert often == pytest.approx(found[1:], abs=4 * 0.5 / np.sqrt(rounds))


@pytest.mark.parametrize("kind", KINDS)
def test_many_units_add_up_and_alike_ones_are_alike(kind):
    pi = chances.proportional(np.repeat([1.0, 2.0, 5.0], [900, 300, 100]), 150)

    found = ordered.of_order(pi, 150, kind)

    assert found.sum() == pytest.approx(150, abs=1e-8)
    assert found == pytest.approx(pi, rel=1e-5 if kind == "pareto" else 5e-3)
    assert np.unique(found).size == 3


@settings(max_examples=25)
@given(st.lists(st.floats(0.05, 20), min_size=2, max_size=12), st.data())
def test_a_pareto_draw_can_be_made_to_give_its_chances(sizes, data):
    n = data.draw(st.integers(1, len(sizes)))
    pi = chances.proportional(sizes, n)

    nominal = ordered.working(pi)

    assert ordered.of_order(nominal, n) == pytest.approx(pi, rel=1e-8)


def test_a_design_by_risk_draws_what_it_states():
    design, rounds = Design.by_risk([1.0, 1, 1, 1, 20, 30], 2), 20_000
    u = np.random.default_rng(11).random((rounds, 6))

    seen = np.bincount(np.concatenate([design.draw(one) for one in u]), minlength=6) / rounds

    assert ordered.of_order(design.nominal, 2) == pytest.approx(design.pi, rel=1e-8)
    assert ordered.of_order(design.pi, 2)[5] > design.pi[5] + 0.012
    assert seen == pytest.approx(design.pi, abs=4 * 0.5 / np.sqrt(rounds))


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: ordered.of_order([0.5, 0.5], 3), "no whole number from 0 to 2"),
        (lambda: ordered.of_order([0.5, 0.5], 0.5), "no whole number"),
        (lambda: ordered.of_order([1.0, 1.0, 0.5], 1), "certain"),
        (lambda: ordered.of_order([0.5, np.nan], 1), "outside"),
        (lambda: ordered.of_order(["a", 0.5], 1), "no numbers"),
        (lambda: ordered.of_order([0.5, 0.5], 1, "poisson"), "no order sampling"),
        (lambda: ordered.working([0.5, 0.2]), "add up"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
