"""Methods that no program at hand offers, beside a second way written here or an exact calculation."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from scipy import stats

from zhiheng.methods import bunching, linking, ranking, structural


def lifted(seed=4, n=900):
    rng = np.random.default_rng(seed)
    x = rng.normal(10.4, 1, n)
    below = (x < 10) & (x >= 9.8)
    return np.where(below & (rng.random(n) < 0.4), 10 + (x - 9.8) / 2, x)


def counted(x, limit, width):
    """Return middles and heights of the bins of a histogram with an edge at the limit, by numpy alone."""
    low, high = np.floor((x.min() - limit) / width), np.ceil((x.max() - limit) / width)
    edges = limit + width * np.arange(low, high + 1)
    counts, _edges = np.histogram(x, edges)
    return (edges[:-1] + edges[1:]) / 2 - limit, counts


@pytest.mark.parametrize("bandwidth", [None, 0.7])
def test_a_jump_of_density_is_that_of_lines_by_polyfit(bandwidth):
    x, limit = lifted(), 10.0
    width = 2 * np.std(x, ddof=1) / len(x) ** 0.5
    middle, counts = counted(x, limit, width)
    height = counts / len(x) / width
    sides = [middle < 0, middle > 0]
    if bandwidth is None:
        rules = []
        for side in sides:
            m, y = middle[side], height[side]
            curve = np.polyfit(m, y, 4)
            residual = np.mean((y - np.polyval(curve, m)) ** 2)
            bend = np.sum(np.polyval(np.polyder(curve, 2), m) ** 2)
            rules.append(min(3.348 * (residual * np.abs(m).max() / bend) ** 0.2, np.abs(m).max()))
        h = np.mean(rules)
    else:
        h = bandwidth
    ends = []
    for side in sides:
        near = side & (np.abs(middle) < h)
        # polyfit squares its weights.
        line = np.polyfit(middle[near], height[near], 1, w=np.sqrt(1 - np.abs(middle[near]) / h))
        ends.append(line[1])

    found = bunching.density_jump(x, limit, bandwidth=bandwidth)

    theta, error = np.log(ends[1] / ends[0]), np.sqrt(4.8 * (1 / ends[0] + 1 / ends[1]) / (len(x) * h))
    assert [found.below, found.above, found.bandwidth] == pytest.approx([*ends, h], rel=1e-6)
    assert [found.log_ratio, found.standard_error] == pytest.approx([theta, error], rel=1e-6)
    assert found.p == pytest.approx(stats.norm.sf(theta / error), rel=1e-6)


def test_an_excess_is_what_polyfit_leaves_and_its_variance_that_of_poisson_counts():
    x, limit, width, reach, window = lifted(), 10.0, 0.1, 15, 2
    edges = limit + width * np.arange(-reach, reach + 1)
    counts, _edges = np.histogram(x, edges)
    place = np.arange(2 * reach) - reach + 0.5
    free, crowd = np.abs(place) > window, (place > 0) & (place < window)

    def left(c):
        return (c - np.polyval(np.polyfit(place[free], c[free], 3), place))[crowd].sum()

    # The excess is linear in the counts: each of them moves it by what a unit there does.
    moves = np.array([left(unit) for unit in np.eye(2 * reach)])

    found = bunching.excess(x, limit, width, window=window, reach=reach)

    assert found.counts.tolist() == counts.tolist()
    assert found.above == pytest.approx(left(counts.astype(float)))
    assert found.above_error == pytest.approx(np.sqrt(moves**2 @ counts))
    assert found.p == pytest.approx(stats.norm.sf(found.above / found.above_error))


def test_places_are_open_as_the_definition_says_pair_by_pair():
    rng = np.random.default_rng(8)
    for units, level in itertools.product((2, 5, 12), (0.8, 0.95)):
        x, s = rng.normal(0, 2, units), rng.uniform(0.1, 1, units)
        each = level ** (1 / units)
        ends = [stats.norm.interval(each, m, e) for m, e in zip(x, s, strict=True)]
        best = [1 + sum(other[0] > own[1] for other in ends) for own in ends]
        worst = [units - sum(other[1] < own[0] for other in ends) for own in ends]

        found = ranking.intervals(x, s, level=level)

        assert (found.best.tolist(), found.worst.tolist()) == (best, worst)


def test_drawn_places_of_two_units_have_the_chance_of_a_difference_of_normals():
    scores, errors, weights = [[80, 90], [84, 85]], [[3, 2], [1, 4]], np.array([0.3, 0.7])
    mean = weights @ (np.array(scores[0]) - scores[1])
    spread = np.sqrt((weights**2 * (np.array(errors) ** 2).sum(axis=0)).sum())
    draws = 6000

    found = ranking.simulate(
        scores,
        weights,
        np.random.default_rng(3),
        errors=errors,
        concentration=None,
        hows=("arithmetic",),
        draws=draws,
    )

    chance = stats.norm.cdf(mean / spread)
    assert found.probability[0, 0] == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / draws))


def test_drawn_weights_of_two_columns_follow_a_beta_distribution():
    # The first unit leads where 90 w + 60 (1 - w) > 70 w + 75 (1 - w): w above 3/7.
    chance, draws = stats.beta.sf(3 / 7, 20 * 2 * 0.4, 20 * 2 * 0.6), 6000

    found = ranking.simulate(
        [[90, 60], [70, 75]], [0.4, 0.6], np.random.default_rng(3), hows=("arithmetic",), draws=draws
    )

    assert found.probability[0, 0] == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / draws))


@pytest.mark.parametrize("scale", ["difference", "ratio", "logit"])
def test_the_errors_of_a_splice_are_those_of_its_derivatives_by_every_figure(scale):
    old, new = np.array([0.90, 0.91, 0.925, 0.93, 0.94]), np.array([0.95, 0.955, 0.96])
    errors = np.array([0.01, 0.012, 0.008, 0.009, 0.011]), np.array([0.007, 0.006, 0.005])
    together = np.concatenate([old, new])

    def values(z):
        return linking.splice(z[:5], z[5:], 2, scale=scale).values

    step = 1e-6
    slopes = np.array([(values(together + e) - values(together - e)) / (2 * step) for e in step * np.eye(8)])
    expected = np.sqrt((slopes**2 * (np.concatenate(errors) ** 2)[:, None]).sum(axis=0))

    assert linking.splice(old, new, 2, errors=errors, scale=scale).errors == pytest.approx(expected, rel=1e-5)


def test_one_period_on_both_footings_lifts_by_the_ratio_of_an_overlap():
    # Old index 100, 104, 106 and a new one 100, 103 from the last period on: factor 100 / 106.
    found = linking.splice([100, 104, 106], [100, 103], 1)

    assert found.values == pytest.approx([100 * 100 / 106, 104 * 100 / 106, 100, 103])


def test_links_with_new_weights_each_year_are_chained_as_by_hand():
    """Three goods: the first year's index 107, the second year's link 1.03 with weights of its own."""
    prices = [(2.00, 5.00, 10.00), (2.20, 5.00, 11.00), (2.20, 5.50, 10.45)]
    # 0.5 x 1.10 + 0.3 x 1.00 + 0.2 x 1.10 = 1.07; 0.4 x 1.00 + 0.4 x 1.10 + 0.2 x 0.95 = 1.03.
    shares = [(50, 30, 20), (40, 40, 20)]

    links = [
        linking.laspeyres_link(*pair, w) for pair, w in zip(itertools.pairwise(prices), shares, strict=True)
    ]

    assert links == pytest.approx([1.07, 1.03])
    assert linking.chain(links) == pytest.approx([100, 107, 110.21])


def test_price_updated_weights_make_the_chain_the_index_of_the_first_basket():
    """The cost of one basket of quantities in each period over that in the first (Lowe 1823)."""
    rng = np.random.default_rng(6)
    quantities, prices = rng.uniform(1, 9, 4), rng.uniform(2, 7, (5, 4))
    cost = prices @ quantities

    links = [linking.laspeyres_link(p, q, p * quantities) for p, q in itertools.pairwise(prices)]

    assert linking.chain(links) == pytest.approx(100 * cost / cost[0])


@pytest.mark.parametrize(("target", "periods"), [(5.4, 1), (5.45, 3), (5.2, 4)])
def test_the_chance_of_a_target_is_that_of_the_joint_normal_levels(target, periods):
    """The levels of a random walk with a flat start, seen and still to come, as one normal vector."""
    y, s, q = np.array([5.0, 5.2, 5.1, 5.3, 5.25]), 0.1, 0.01
    n, size = len(y), len(y) + periods
    walk = np.diff(np.eye(size), axis=0)
    seen = np.eye(size)[:n]
    precision = seen.T @ seen / s**2 + walk.T @ walk / q
    covariance = np.linalg.inv(precision)
    mean = covariance @ seen.T @ y / s**2
    ahead = slice(n, size)
    never = stats.multivariate_normal(mean[ahead], covariance[ahead, ahead]).cdf([target] * periods)

    fitted = structural.fit(y, [s] * n, is_noisy=False, variances={"level": q})
    found = structural.reaching(fitted, target, periods, np.random.default_rng(2), draws=40_000)

    assert found.at == pytest.approx(stats.norm.sf(target, mean[-1], np.sqrt(covariance[-1, -1])))
    assert found.by == pytest.approx(1 - never, abs=4 * 0.5 / np.sqrt(40_000))
