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
