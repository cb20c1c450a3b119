"""Allocations meet their sums and bounds, and no small change of them does better."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from zhiheng.errors import BadInput
from zhiheng.methods import allocation, cheapest, intervals

strata = st.lists(
    st.tuples(st.integers(5, 2000), st.floats(0.1, 20), st.floats(0.2, 9)), min_size=2, max_size=7
).map(lambda rows: tuple(np.array(column, dtype=float) for column in zip(*rows, strict=True)))


@given(strata, st.floats(0.05, 0.9))
def test_a_bounded_allocation_meets_its_sum_and_its_bounds_and_is_best(rows, fraction):
    size, spread, cost = rows
    n = fraction * size.sum()
    low, high = 0.02 * size, np.maximum(0.95 * size, 0.03 * size)

    found = allocation.bounded(size, spread, n, lower=low, upper=high, cost=cost)

    assert found.sum() == pytest.approx(n)
    assert np.all((found >= low - 1e-9) & (found <= high + 1e-9))
    # At the best, moving money between two strata that are free gains nothing: N^2 S^2 / (c n^2) is the same.
    free = (found > low * (1 + 1e-9)) & (found < high * (1 - 1e-9))
    gain = (size * spread) ** 2 / (cost * found**2)
    if free.any():
        assert gain[free] == pytest.approx(np.full(free.sum(), gain[free][0]), rel=1e-6)
        assert np.all(gain[~free & (found >= high * (1 - 1e-9))] >= gain[free][0] * (1 - 1e-6))
        assert np.all(gain[~free & (found <= low * (1 + 1e-9))] <= gain[free][0] * (1 + 1e-6))


@given(strata, st.floats(0.01, 0.1))
def test_without_bounds_that_bind_it_is_neymans(rows, fraction):
    size, spread, _cost = rows
    n = fraction * size.sum()
    plain = allocation.neyman(size, spread, n)

    if np.all(plain <= size):
        assert allocation.bounded(size, spread, n) == pytest.approx(plain)
        mine = allocation.variance_of_total(size, spread, plain)
        assert mine <= allocation.variance_of_total(size, spread, allocation.proportional(size, n)) * (
            1 + 1e-9
        )


@given(strata)
def test_equal_deviations_are_drawn_in_proportion(rows):
    size, _spread, _cost = rows

    found = allocation.neyman(size, np.ones(size.size), 4)

    assert found == pytest.approx(allocation.proportional(size, 4))
    assert allocation.power(size, np.ones(size.size), np.ones(size.size), 4, exponent=1) == pytest.approx(
        found
    )


@st.composite
def surveys(draw):
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    h, j = draw(st.integers(2, 6)), draw(st.integers(1, 4))
    return (
        rng.integers(100, 3000, h).astype(float),
        rng.uniform(0.2, 3, (h, j)),
        rng.uniform(2, 6, j),
        rng.uniform(0.02, 0.06, j),
        rng.uniform(1, 4, h),
    )


@settings(max_examples=30)
@given(surveys())
def test_every_target_is_met_and_one_of_them_exactly(survey):
    size, spread, mean, target, cost = survey

    found = allocation.bethel(size, spread, mean, target, cost=cost)

    assert np.all(found.reached <= target * (1 + 1e-9))
    assert np.all(found.sizes <= size)
    if np.all(found.sizes < size):
        assert np.max(found.reached / target) == pytest.approx(1, rel=1e-9)


@settings(max_examples=30)
@given(surveys(), st.integers(0, 2**32 - 1))
def test_no_cheaper_allocation_nearby_meets_the_targets(survey, seed):
    size, spread, mean, target, cost = survey
    found = allocation.bethel(size, spread, mean, target, cost=cost, is_capped=False)
    a = (
        size[:, None] ** 2
        * spread**2
        / ((target * size.sum() * mean) ** 2 + (size[:, None] * spread**2).sum(0))
    )

    rng = np.random.default_rng(seed)
    for _round in range(30):
        other = found.sizes * np.exp(rng.normal(0, 0.05, size.size))
        # Brought to the targets again, it must cost at least as much.
        other *= (a / other[:, None]).sum(0).max()
        assert cost @ other >= (cost @ found.sizes) * (1 - 1e-9)


def test_one_target_alone_is_neymans_allocation_with_cost():
    size, spread, cost = np.array([300.0, 900, 200]), np.array([2.0, 1, 4]), np.array([1.0, 2, 3])

    found = allocation.bethel(size, spread, [5.0], [0.05], cost=cost).sizes

    assert found / found.sum() == pytest.approx(allocation.neyman(size, spread, 1, cost=cost))


def test_a_stratum_that_is_needed_whole_is_taken_whole():
    found = allocation.bethel([10, 1000], [[50.0], [1.0]], [5.0], [0.01])

    assert found.sizes[0] == 10
    assert found.reached[0] == pytest.approx(0.01)


def test_a_least_size_is_kept():
    found = allocation.bethel([500, 500, 500], [[5.0], [0.01], [0.0]], [5.0], [0.05], lower=4)

    assert found.sizes[1:].tolist() == [4, 4]
    assert found.reached[0] == pytest.approx(0.05)


def test_the_size_for_a_share_gives_the_width_that_was_asked():
    n = allocation.for_proportion(0.9, 0.02)

    low, high = intervals.wald(0.9, np.sqrt(0.9 * 0.1 / n))
    assert (float(high) - float(low)) / 2 == pytest.approx(0.02)
    assert allocation.for_proportion(0.9, 0.02, population=1e12) == pytest.approx(n)
    assert allocation.for_proportion(0.9, 0.02, population=500) < 500


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.floats(0.5, 0.99))
def test_size_and_power_of_two_shares_answer_each_other(first, second, power):
    if abs(first - second) < 0.01:
        return
    n = allocation.size_of_two_shares(first, second, power=power)

    assert allocation.power_of_two_shares(first, second, n) == pytest.approx(power, abs=1e-9)
    assert allocation.power_of_two_shares(first, second, 2 * n) > power


def test_the_stated_power_is_that_of_simulated_tests():
    rng, n = np.random.default_rng(14), 600
    x, y = rng.binomial(n, 0.95, 20_000) / n, rng.binomial(n, 0.91, 20_000) / n
    mean = (x + y) / 2

    shown = np.abs(x - y) > 1.959964 * np.sqrt(2 * mean * (1 - mean) / n)

    assert allocation.power_of_two_shares(0.95, 0.91, n) == pytest.approx(shown.mean(), abs=0.012)


def test_a_target_of_some_strata_alone_is_met_beside_another():
    # The second variable is of the first stratum alone: V_2 = 500 asks 20 of it. The first, V_1 = 10200,
    # then leaves 1 - 0.98039 / 20 for the other: 0.98039 / 0.95098 = 1.03093.
    found = allocation.bethel([100, 100], [[1, 1], [1, 0]], [10, 2], [0.05, 0.05])

    assert found.sizes == pytest.approx([20, 1.0309278], rel=1e-7)
    assert found.reached == pytest.approx([0.05, 0.05])


@given(st.integers(0, 2**32 - 1))
def test_the_cheapest_sizes_cost_what_their_dual_says(seed):
    rng = np.random.default_rng(seed)
    a = rng.lognormal(0, 3, (rng.integers(1, 12), rng.integers(1, 5))) * 10.0 ** rng.integers(-5, 5)
    a[rng.random(a.shape) < 0.4] = 0
    a[a.max(1) == 0] = 1.0
    a[:, a.max(0) == 0] = 1.0
    price = rng.lognormal(0, 1, a.shape[0])

    n = cheapest.sizes(a, price)

    # By weak duality no sizes cost less than the value of any weights; non-negative least squares finds some.
    weights = optimize.nnls(a / (price * n**2)[:, None], np.ones(n.size), maxiter=1000)[0]
    weights = weights / weights.sum() * (price @ n)
    dual = 2 * np.sqrt(price * (a @ weights)).sum() - weights.sum()
    assert (a / n[:, None]).sum(0).max() <= 1 + 1e-12
    assert price @ n == pytest.approx(dual, rel=1e-7)


def hard(seed):
    """Return small strata with tight targets: many are taken whole, others kept at the least size."""
    rng = np.random.default_rng(seed)
    h, j = rng.integers(2, 8), rng.integers(1, 5)
    size = np.round(np.exp(rng.uniform(1, 7, h))) + 2
    spread, mean = np.exp(rng.normal(0, 1.2, (h, j))), rng.uniform(2, 6, j)
    asked = rng.uniform(0.01, 0.2, j), rng.uniform(1, 4, h), float(rng.choice([0, 2, 20]))
    return size, spread, mean, *asked


def by_quadratic_programs(size, spread, mean, target, cost, lower):
    """Return the cost of the same task in shares of a start, solved by SLSQP of SciPy."""
    limit = (target * size.sum() * mean) ** 2 + (size[:, None] * spread**2).sum(0)
    a = size[:, None] ** 2 * spread**2 / limit
    start = (np.sqrt(a * cost[:, None]).sum(0) * np.sqrt(a / cost[:, None])).max(1)
    low = start / size
    high = np.full(size.size, np.inf) if not lower else np.maximum(start / np.minimum(lower, size), low)
    money, b = cost * start, a / start[:, None]
    found = optimize.minimize(
        lambda x: (money / x).sum() / money.sum(),
        np.clip(np.full(size.size, 0.9), low, high),
        jac=lambda x: -money / x**2 / money.sum(),
        bounds=list(zip(low, high, strict=True)),
        constraints=[{"type": "ineq", "fun": lambda x: 1 - b.T @ x, "jac": lambda _x: -b.T}],
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-15},
    )
    return (money / found.x).sum(), (b.T @ found.x).max()


# In the last four a stratum that is asked for more than it holds at first is not taken whole in the end.
@pytest.mark.parametrize("seed", [*range(20), 384, 398, 413, 885])
def test_another_program_finds_nothing_cheaper_within_the_bounds(seed):
    size, _spread, _mean, target, cost, lower = task = hard(seed)

    found = allocation.bethel(*task[:4], cost=cost, lower=lower)

    other, used = by_quadratic_programs(*task)
    assert np.all((found.sizes >= np.minimum(lower, size)) & (found.sizes <= size))
    assert np.all(found.reached <= target * (1 + 1e-9))
    assert used <= 1 + 1e-9
    assert cost @ found.sizes == pytest.approx(other, rel=1e-6)


@given(strata, st.floats(0.01, 0.5), st.sampled_from([0.0, 2.0, 5.0]))
def test_one_target_within_bounds_is_neymans_allocation_within_bounds(rows, target, lower):
    size, spread, cost = rows

    found = allocation.bethel(size, spread, [5.0], [target], cost=cost, lower=lower)

    sizes = allocation.bounded(size, spread, found.total, lower=np.minimum(lower, size), cost=cost)
    assert found.sizes == pytest.approx(sizes, rel=1e-6)


def test_what_full_strata_leave_goes_to_those_that_do_not_vary():
    assert allocation.bounded([10, 10], [1, 0], 15).tolist() == [10, 5]
    assert allocation.bounded([10, 10, 30], [1, 0, 0], 18).tolist() == [10, 2, 6]


@given(st.lists(st.floats(0.5, 50), min_size=1, max_size=8).filter(lambda sizes: sum(sizes) > 0.5))
def test_whole_sizes_keep_the_sum(sizes):
    found = allocation.whole(sizes)

    assert found.sum() == round(sum(sizes))
    assert np.all(np.abs(found - np.array(sizes)) < 1 + 1e-6)


def test_whole_sizes_stay_within_their_strata():
    assert allocation.whole([1.9, 2.9, 2.7], population=[2, 3, 3]).tolist() == [2, 3, 3]


TWO = np.array([100.0, 200.0])


@pytest.mark.parametrize(
    ("call", "word"),
    [
        (lambda: allocation.proportional([100, 0], 10), "not above zero"),
        (lambda: allocation.proportional(TWO, 301), "cannot be drawn"),
        (lambda: allocation.proportional(TWO, 0), "cannot be drawn"),
        (lambda: allocation.neyman(TWO, [1, -1], 10), "do not fit"),
        (lambda: allocation.neyman(TWO, [1, np.nan], 10), "do not fit"),
        (lambda: allocation.neyman(TWO, [0, 0], 10), "No stratum varies"),
        (lambda: allocation.neyman(TWO, [1, 1], 10, cost=[1, 0]), "not above zero"),
        (lambda: allocation.bounded(TWO, [1, 1], 10, upper=[300, 200]), "bounds do not fit"),
        (lambda: allocation.bounded(TWO, [1, 1], 10, lower=[6, 6]), "No allocation"),
        (lambda: allocation.power(TWO, [1, 1], [1, 1], 10, exponent=2), "power of 2"),
        (lambda: allocation.power(TWO, [1, 1, 1], [1, 1], 10), "do not fit"),
        (lambda: allocation.variance_of_total(TWO, [1, 1], [101, 5]), "do not fit"),
        (lambda: allocation.bethel(TWO, [[1], [1]], [0], [0.05]), "mean zero"),
        (lambda: allocation.bethel(TWO, [[1], [0]], [1], [0.05]), "does not vary"),
        (lambda: allocation.bethel(TWO, [[0], [0]], [1], [0.05]), "variable does not vary"),
        (lambda: allocation.bethel(TWO, [[1], [1]], [1], [0.0]), "not above zero"),
        (lambda: allocation.bethel(TWO, [[1, 1]], [1], [0.05]), "do not fit"),
        (lambda: allocation.for_proportion(1.0, 0.02), "between 0 and 1"),
        (lambda: allocation.for_proportion(0.9, 2), "half width"),
        (lambda: allocation.for_proportion(0.9, 0.02, population=0), "one unit or more"),
        (lambda: allocation.size_of_two_shares(0.9, 0.9), "do not differ"),
        (lambda: allocation.size_of_two_shares(0.9, 0.8, power=80), "power"),
        (lambda: allocation.power_of_two_shares(0.9, 0.8, 0), "not above zero"),
        (lambda: allocation.power_of_two_shares(0.9, 0.8, 10, level=95), "level"),
        (lambda: allocation.whole([2.5], population=[2]), "more than it holds"),
        (lambda: allocation.whole([0.2, 0.3]), "no unit"),
        (lambda: allocation.whole([1.0, 2.0], population=[5]), "do not fit"),
        (lambda: allocation.whole([1.0], population=[2.5]), "whole numbers"),
        (lambda: allocation.neyman(["a", 1], [1, 1], 10), "no numbers"),
        (lambda: allocation.neyman(TWO, [1, 1], "x"), "no numbers"),
        (lambda: allocation.bounded(TWO, [1, 1], 10, upper=[1, 2, 3]), "one length"),
        (lambda: allocation.bounded(TWO, [1, 1], 10, lower="a"), "no numbers"),
        (lambda: allocation.variance_of_total(TWO, [1, np.inf], [1, 5]), "do not fit"),
        (lambda: allocation.bethel(TWO, [[1], [1]], [1], [0.05, 0.1]), "one length"),
        (lambda: allocation.bethel(TWO, [[1], [1]], [1], [0.05], lower=np.nan), "least size"),
        (lambda: allocation.bethel(TWO, [[1], [1]], [1], [0.05], lower=-1), "least size"),
        (lambda: allocation.bethel(TWO, [["a"], [1]], [1], [0.05]), "no numbers"),
        (lambda: allocation.for_proportion("a", 0.02), "no numbers"),
        (lambda: allocation.for_proportion(0.9, 0.02, effect=np.inf), "effect"),
        (lambda: allocation.for_proportion(0.9, 0.02, population=np.inf), "no finite number"),
        (lambda: allocation.power_of_two_shares(0.5, 0.5, np.inf), "no finite number"),
    ],
)
def test_what_cannot_be_allocated_is_refused(call, word):
    with pytest.raises(BadInput, match=word):
        call()
