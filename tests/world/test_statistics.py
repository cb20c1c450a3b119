"""The statistics of the synthetic country: one seed one country, within bounds, adding up by output."""

from __future__ import annotations

import numpy as np
import pytest

from zhiheng.reference import quality_index
from zhiheng.world import assumptions, statistics

YEAR = statistics.make(20230206, 2024)


def test_every_statistic_of_the_tree_but_the_pass_rate_is_made():
    wanted = {one.id for one in quality_index.tree().statistics()} - {"passed"}

    assert set(YEAR.cells) == wanted
    assert YEAR.cells["loss"].shape == (31, 29)


def test_one_seed_is_one_country_and_another_seed_another():
    again, other = statistics.make(20230206, 2024), statistics.make(7, 2024)

    assert all(np.array_equal(YEAR.cells[name], again.cells[name]) for name in YEAR.cells)
    assert not np.array_equal(YEAR.cells["loss"], other.cells["loss"])


@pytest.mark.parametrize("name", sorted(assumptions.STATISTICS))
def test_values_lie_within_their_bounds(name):
    *_rest, low, high = assumptions.STATISTICS[name]

    assert YEAR.cells[name].min() >= low and YEAR.cells[name].max() <= high


def test_the_nation_is_the_mean_of_the_provinces_weighted_by_output():
    provinces = [(YEAR.value("rnd", code), YEAR.size(code)) for code in YEAR.provinces]

    mean = sum(value * size for value, size in provinces) / sum(size for _value, size in provinces)

    assert YEAR.value("rnd") == pytest.approx(mean, abs=1e-3)
    assert YEAR.size() == pytest.approx(sum(size for _value, size in provinces), rel=1e-6)


def test_a_province_keeps_its_place_from_year_to_year():
    later = statistics.make(20230206, 2025)

    one = [YEAR.value("certified", code) for code in YEAR.provinces]
    two = [later.value("certified", code) for code in YEAR.provinces]

    assert np.corrcoef(one, two)[0, 1] > 0.98
    assert later.value("loss") < YEAR.value("loss")
