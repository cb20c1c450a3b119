"""What the authorities printed comes out of our methods again, to the printed decimals."""

from __future__ import annotations

import re
from decimal import Decimal

import numpy as np
import pytest

from zhiheng.methods import composite, decomposition, taylor, weighting
from zhiheng.methods.rows import Rows
from zhiheng.reference import indicators

INDEX = "mfg_quality_competitiveness_index"
COUNTED = [
    seen
    for series in indicators.all()
    for seen in indicators.observations(series.id)
    if seen.n_total and seen.n_fail and seen.value is not None
]
DERIVED = re.compile(r"^=([0-9.]+)([-+])([0-9.]+)(?![-+*/0-9.])")
LATER = re.compile(r"^=\d{4}值-同比")
CHANGE = re.compile(r"^[-+][0-9.]+")


def decimals(value: Decimal) -> int:
    return -value.as_tuple().exponent


def named(seen) -> str:
    return f"{seen.series} {seen.period} {seen.breakdown}".strip()


@pytest.mark.parametrize("seen", COUNTED, ids=named)
def test_a_printed_rate_is_the_mean_of_its_batches(seen):
    """Counts stand for rows: failing and passing batches, each weighing as many as there are of it."""
    rows = Rows.of([float(seen.n_fail), float(seen.n_total - seen.n_fail)])
    rate = 100 * float(taylor.mean([1.0, 0.0], rows).estimate)
    printed = float(seen.value) if seen.value < 50 else 100 - float(seen.value)

    assert round(rate, decimals(seen.value)) == pytest.approx(printed, abs=1e-9)


def test_the_competitiveness_index_is_the_even_mean_of_level_and_capability():
    parts = {seen.breakdown: seen.value for seen in indicators.observations(INDEX) if seen.period == "2007"}
    scores = [float(parts[f"component={name}"]) for name in ("质量水平", "发展能力")]

    made = composite.aggregate(np.array([scores]), weighting.equal(2))[0]

    assert made == pytest.approx(float(parts[""]), abs=0.0051)


@pytest.mark.parametrize("period", ["2021", "2023"])
def test_the_spot_check_is_the_mean_of_its_channels_by_their_batches(period):
    seen = {
        one.breakdown: one
        for one in indicators.observations("national_spot_check_fail_rate", geo_code=indicators.NATION)
        if one.period == period
    }
    whole, parts = seen[""], [seen["domain=生产领域"], seen["domain=流通领域"]]
    rows = Rows.of([float(part.n_total) for part in parts])

    found = taylor.mean([float(part.value) for part in parts], rows)

    assert sum(part.n_total for part in parts) == whole.n_total
    assert round(float(found.estimate), 1) == float(whole.value)


def test_the_rise_of_the_spot_check_from_2021_to_2023_is_told_apart_into_mix_and_rates():
    """Channels hardly moved (63.8 % to 56.7 % makers); both effects together are the printed change."""
    groups = []
    for period in ("2021", "2023"):
        seen = {
            one.breakdown: one
            for one in indicators.observations("national_spot_check_fail_rate", geo_code=indicators.NATION)
            if one.period == period
        }
        parts = [seen["domain=生产领域"], seen["domain=流通领域"]]
        batches = np.array([part.n_total for part in parts], dtype=float)
        rate = np.array([float(part.value) / 100 for part in parts])
        groups.append(
            decomposition.Groups(batches / batches.sum(), rate, np.sqrt(rate * (1 - rate) / batches))
        )

    found = decomposition.change(*groups)

    assert 100 * found.total.estimate == pytest.approx(12.3 - 12.2, abs=0.1)
    assert found.rate.estimate + found.mix.estimate == pytest.approx(found.total.estimate)
    assert found.mix.estimate > 0


def test_a_value_derived_from_two_printed_ones_is_their_sum_or_difference():
    checked = 0
    for series in indicators.all():
        for seen in indicators.observations(series.id):
            found = DERIVED.match(seen.note or "")
            if found and seen.value is not None:
                first, sign, second = found.groups()
                made = Decimal(first) + (Decimal(second) if sign == "+" else -Decimal(second))
                assert made == seen.value, seen
                checked += 1

    assert checked >= 15


def test_a_value_derived_from_a_later_one_and_its_change_is_their_difference():
    checked = 0
    seen = {(one.geo_code, one.breakdown, one.period): one for one in indicators.observations(INDEX)}
    for (geo_code, breakdown, period), one in seen.items():
        later = seen.get((geo_code, breakdown, str(int(period) + 1))) if period.isdigit() else None
        if one.basis == "derived" and later and LATER.match(one.note or ""):
            assert later.value - Decimal(CHANGE.match(later.note)[0]) == one.value, one
            checked += 1

    assert checked >= 25
