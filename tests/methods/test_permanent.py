"""Permanent random numbers spread the burden, and say how it lies."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput
from zhiheng.methods import permanent


def test_campaigns_that_go_on_where_the_last_one_ended_draw_no_firm_three_times():
    population, shares = 20_000, [0.08] * 12
    u = np.random.default_rng(2).random(population)
    n = round(0.08 * population)
    rng = np.random.default_rng(3)

    coordinated = permanent.burden(
        (permanent.smallest(permanent.shifted(u, start), n) for start in permanent.starts(shares)), population
    )
    alone = permanent.burden((permanent.smallest(rng.random(population), n) for _share in shares), population)

    assert (coordinated.most, coordinated.campaigns) == (2, 12)
    assert coordinated.share(0) < 0.06
    assert alone.share(0) == pytest.approx((1 - 0.08) ** 12, abs=0.02)
    assert alone.over(2).size > 0.05 * population


@pytest.mark.parametrize(("share", "campaigns"), [(0.25, 12), (0.5, 4), (0.2, 30), (0.08, 12), (1 / 3, 7)])
def test_shares_that_come_round_to_the_same_place_do_not_spare_the_same_firms(share, campaigns):
    population = 2000
    u = np.random.default_rng(0).random(population)
    n = round(share * population)

    nominal = permanent.burden(
        (permanent.smallest(permanent.shifted(u, at), n) for at in permanent.starts([share] * campaigns)),
        population,
    )
    found = permanent.burden(permanent.consecutive(u, [n] * campaigns), population)

    assert nominal.gap > 1
    assert found.gap <= 1
    assert found.times.sum() == n * campaigns


@given(
    st.lists(st.integers(0, 10**6), min_size=1, max_size=30, unique=True),
    st.lists(st.integers(0, 30), max_size=20),
)
def test_burdens_never_differ_by_more_than_one_whatever_the_sizes(numbers, sizes):
    u = np.array(numbers) / (10**6 + 1)
    sizes = [min(size, u.size) for size in sizes]

    draws = permanent.consecutive(u, sizes)

    assert [drawn.size for drawn in draws] == sizes
    for campaign in range(1, len(draws) + 1):
        assert permanent.burden(draws[:campaign], u.size).gap <= 1


def test_arcs_that_go_on_are_met_equally_often():
    u = np.random.default_rng(0).random(500)

    arcs = [np.flatnonzero(permanent.shifted(u, at) < 0.25) for at in permanent.starts([0.25] * 10)]

    assert permanent.burden(arcs, 500).gap == 1


def test_a_draw_goes_on_after_the_last_number_also_where_its_firm_is_gone():
    drawn, last = permanent.following([0.1, 0.3, 0.5, 0.9], 2)

    after, _last = permanent.following([0.1, 0.4, 0.9], 2, after=last)

    assert (drawn.tolist(), last) == ([0, 1], 0.3)
    assert after.tolist() == [1, 2]


def test_each_of_consecutive_draws_is_a_simple_random_sample():
    rng, rounds = np.random.default_rng(8), 6000

    seen = np.zeros((3, 7))
    for _round in range(rounds):
        for campaign, drawn in enumerate(permanent.consecutive(rng.random(7), [3, 3, 2])):
            seen[campaign, drawn] += 1 / rounds

    assert seen == pytest.approx(np.repeat([[3 / 7], [3 / 7], [2 / 7]], 7, axis=1), abs=0.027)


@given(st.lists(st.floats(0.01, 1), min_size=1, max_size=10))
def test_each_campaign_begins_where_the_one_before_it_ended(shares):
    begins = permanent.starts(shares)

    assert begins[0] == 0
    for place in range(1, len(shares)):
        away = (begins[place] - begins[place - 1] - shares[place - 1]) % 1.0
        assert min(away, 1 - away) < 1e-9


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=30, unique=True), st.floats(0, 0.999), st.data())
def test_turning_the_circle_keeps_who_follows_whom(numbers, start, data):
    u = np.array(numbers) / (10**6 + 1)
    n = data.draw(st.integers(0, u.size))

    drawn = permanent.smallest(permanent.shifted(u, start), n)

    order = np.argsort((u - start) % 1.0)
    assert set(drawn.tolist()) == set(order[:n].tolist())


def test_certain_units_are_always_drawn():
    u, pi = [0.99, 0.1, 0.2], [1.0, 0.5, 0.5]

    assert permanent.sequential_poisson(u, pi, 2).tolist() == [0, 1]
    assert permanent.pareto(u, pi, 2).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: permanent.shifted([0.5], 1.0), "start"),
        (lambda: permanent.shifted([1.0], 0.5), "permanent number"),
        (lambda: permanent.shifted([np.nan], 0.5), "permanent number"),
        (lambda: permanent.pareto_keys([0.5], [0.5, 0.5]), "one probability a unit"),
        (lambda: permanent.sequential_poisson_keys([0.5], [0.0]), "outside"),
        (lambda: permanent.smallest([0.5, np.nan], 1), "unknown"),
        (lambda: permanent.smallest([0.5, 0.4], 3), "cannot be drawn"),
        (lambda: permanent.smallest([0.5, 0.5], 1), "same key"),
        (lambda: permanent.smallest([0.5, 0.4], 1.5), "no whole number"),
        (lambda: permanent.smallest(["a", 0.4], 1), "no numbers"),
        (lambda: permanent.pareto([0.2, 0.3, 0.4], [0.5] * 3, 3), "add up to 1.5"),
        (lambda: permanent.sequential_poisson([0.2, 0.3], [1.0, 1.0], 1), "add up to 2"),
        (lambda: permanent.following([0.2, 0.3], 3), "cannot be drawn"),
        (lambda: permanent.following([0.2, 0.3], 1, after=1.0), "not in"),
        (lambda: permanent.following([0.2, 0.2], 1), "same key"),
        (lambda: permanent.consecutive([0.2, 0.3], [1.5]), "whole numbers"),
        (lambda: permanent.burden([[0.7]], 2), "whole numbers"),
        (lambda: permanent.burden([[-1]], 2), "whole numbers"),
        (lambda: permanent.burden([["a"]], 2), "no numbers"),
        (lambda: permanent.burden([[0]], 4.5), "no whole number"),
        (lambda: permanent.starts([]), "share"),
        (lambda: permanent.starts([0.5, 1.5]), "share"),
        (lambda: permanent.burden([[0, 0]], 2), "twice"),
        (lambda: permanent.burden([[2]], 2), "not in the frame"),
        (lambda: permanent.burden([], 0), "no unit"),
    ],
)
def test_what_cannot_be_honoured_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
