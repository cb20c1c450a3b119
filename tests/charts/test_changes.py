"""Charts of change: zero is always in sight, every end fits, nonsense is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng import charts
from zhiheng.errors import BadInput

POINTS = st.lists(st.floats(-50, 50, allow_nan=False), min_size=3, max_size=3).map(sorted)


@given(st.lists(POINTS, min_size=1, max_size=5))
def test_zero_and_every_end_of_a_part_are_in_sight(parts):
    rows = [charts.Span(str(place), mid, low, high) for place, (low, mid, high) in enumerate(parts)]

    spec = charts.change_parts(rows, title="?", axis_title="points")

    low, high = spec["layer"][0]["encoding"]["x"]["scale"]["domain"]
    assert low < 0 < high
    assert all(low <= end <= high for part in parts for end in part)


def test_the_path_to_a_target_holds_every_year_once_in_order_and_the_target():
    known = [charts.Span("2022", 93.3, 93.1, 93.5), charts.Span("2024", 93.9, 93.8, 94.1)]
    coming = [charts.Span("2024", 93.8, 93.2, 94.3, 93.8), charts.Span("2025", 93.8, 92.7, 94.7, 95.0)]

    spec = charts.target_path(known, coming, title="?", target=95.0, target_label="Target 95", axis_title="%")

    encoding = spec["layer"][0]["encoding"]
    low, high = encoding["y"]["scale"]["domain"]
    assert encoding["x"]["sort"] == ["2022", "2024", "2025"]
    assert low < 92.7 and high > 95.0
    assert "<svg" in charts.render_svg(spec)


@pytest.mark.parametrize("make", [charts.change_parts, charts.target_path])
def test_nothing_gives_no_chart(make):
    rest = {} if make is charts.change_parts else {"coming": [], "target": 1.0, "target_label": ""}

    with pytest.raises(BadInput):
        make([], title="?", axis_title="%", **rest)


def test_an_interval_that_does_not_hold_its_estimate_is_refused():
    with pytest.raises(BadInput):
        charts.Span("a", 2.0, 0.0, 1.0)
