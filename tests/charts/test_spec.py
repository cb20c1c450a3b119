"""Specs: the domain holds everything, groups are sorted, nonsense is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng import charts
from zhiheng.charts.spec import period_label
from zhiheng.errors import BadInput

SHARES = st.floats(0, 1, allow_nan=False)


def domain(spec: dict) -> list[float]:
    scales = [
        channel["scale"]["domain"]
        for layer in spec["layer"]
        for channel in layer["encoding"].values()
        if "scale" in channel
    ]
    assert all(scale == scales[0] for scale in scales)
    return scales[0]


@given(st.lists(st.lists(SHARES, min_size=3, max_size=3).map(sorted), min_size=1, max_size=20), SHARES)
def test_the_scale_holds_every_bound_and_the_target(bounds, target):
    rows = [charts.Band(str(place), mid, low, high) for place, (low, mid, high) in enumerate(bounds)]

    low, high = domain(charts.rate_trend(rows, title="?", target=target))

    assert 0 <= low < high <= 100
    assert all(low <= share * 100 + 1e-9 and share * 100 - 1e-9 <= high for row in bounds for share in row)
    assert low <= target * 100 + 1e-9 and target * 100 - 1e-9 <= high


def test_groups_are_sorted_from_the_highest_and_ties_by_name():
    rows = [charts.Band("b", 0.9), charts.Band("c", 0.95), charts.Band("a", 0.9)]

    spec = charts.rate_by_group(rows, title="?")

    assert [row["label"] for row in spec["data"]["values"]] == ["c", "a", "b"]


@pytest.mark.parametrize(
    "values",
    [(0.9, 0.91, 0.95), (0.9, 0.8, 0.85), (1.1, None, None), (-0.1, None, None), (float("nan"), 0.1, 0.2)],
)
def test_an_estimate_outside_of_its_interval_is_refused(values):
    with pytest.raises(BadInput):
        charts.Band("2024", *values)


@pytest.mark.parametrize("make", [charts.rate_trend, charts.rate_by_group])
def test_nothing_is_not_drawn(make):
    with pytest.raises(BadInput):
        make([], title="?")


def test_too_many_marks_are_refused():
    with pytest.raises(BadInput):
        charts.rate_trend([charts.Band(str(n), 0.5) for n in range(401)], title="?")


def test_without_a_target_there_is_no_rule():
    row = [charts.Band("2024", 0.9)]

    assert len(charts.rate_trend(row, title="?", target=0.94)["layer"]) == 5
    assert len(charts.rate_trend(row, title="?")["layer"]) == 3


@pytest.mark.parametrize(
    ("period", "language", "label"),
    [
        ("2024Q3", "zh", "2024年3季"),
        ("2024Q3", "en", "2024 Q3"),
        ("2024", "en", "2024"),
        ("2024Q5", "zh", "2024Q5"),
        ("early", "zh", "early"),
    ],
)
def test_a_period_is_written_in_the_language_of_the_page(period, language, label):
    assert period_label(period, language) == label
