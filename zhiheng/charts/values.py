"""Vega-Lite specs for numbers on any scale: side by side with interval bars, and over time.

Unlike the charts of rates these take numbers as they are printed: a score, an index, a rate in per cent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhiheng.charts.changes import Span, check, value
from zhiheng.charts.spec import ACCENT, HEIGHT, INK, QUIET, ROW, WIDTH, framed, group_axis

BAR = "#8fb9d3"


def value_by_group(
    rows: Sequence[Span], *, title: str, axis_title: str, line: float | None = None, line_label: str = ""
) -> dict[str, Any]:
    """Return a dot with its interval bar for each group, in the order given; a number without one has no bar.

    ``line`` draws a level to compare with, such as that of the nation.

    >>> spec = value_by_group([Span("a", 94, 93, 95), Span("b", 92)], title="?", axis_title="%", line=93)
    >>> [row["label"] for row in spec["data"]["values"]], len(spec["layer"])
    (['a', 'b'], 4)
    """
    check(rows)
    group = group_axis()
    number = {
        "field": "estimate",
        "type": "quantitative",
        "title": axis_title,
        "scale": domain(rows, line),
        "axis": {"tickCount": 6},
    }
    low = {**number, "field": "lower"}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rule", "color": BAR, "strokeWidth": 5},
            "encoding": {"y": group, "x": low, "x2": {"field": "upper"}},
        },
        {
            "mark": {"type": "point", "color": ACCENT, "filled": True, "size": 55, "opacity": 1},
            "encoding": {"y": group, "x": number},
        },
        *_line("x", line, line_label),
    ]
    return framed(title, [value(row) for row in rows], layers, {"width": 460, "height": {"step": ROW}})


def value_trend(rows: Sequence[Span], *, title: str, axis_title: str) -> dict[str, Any]:
    """Return numbers over their periods with interval bars; no line is drawn, for periods may lack between.

    >>> spec = value_trend([Span("2023", 93.65), Span("2024", 93.93, 93.8, 94.1)], title="?", axis_title="%")
    >>> spec["layer"][0]["encoding"]["y"]["scale"]["domain"][0] < 93.65
    True
    """
    check(rows)
    x = {
        "field": "label",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {
            "labelAngle": 0 if len(rows) <= 8 else -35,
            "labelOverlap": "greedy",
            "labelPadding": 6,
            "grid": False,
        },
    }
    y = {"field": "estimate", "type": "quantitative", "title": axis_title, "scale": domain(rows, None)}
    bars = {"x": x, "y": {**y, "field": "lower"}, "y2": {"field": "upper"}}
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "rule", "color": BAR, "strokeWidth": 5}, "encoding": bars},
        {
            "mark": {"type": "point", "color": ACCENT, "filled": True, "size": 55, "opacity": 1},
            "encoding": {"x": x, "y": y},
        },
    ]
    return framed(title, [value(row) for row in rows], layers, {"width": WIDTH, "height": HEIGHT})


def domain(rows: Sequence[Span], line: float | None) -> dict[str, Any]:
    """Return a scale that holds every end with room around; what it begins with is read off the axis."""
    ends = [end for row in rows for end in (row.lower, row.estimate, row.upper) if end is not None]
    ends += [] if line is None else [line]
    room = max((max(ends) - min(ends)) * 0.08, 0.05)
    return {"domain": [min(ends) - room, max(ends) + room], "zero": False, "nice": False}


def _line(axis: str, level: float | None, label: str) -> list[dict[str, Any]]:
    if level is None:
        return []
    data, encoding = {"values": [{"level": level}]}, {axis: {"field": "level", "type": "quantitative"}}
    rule = {"type": "rule", "color": INK, "strokeDash": [5, 4], "strokeWidth": 1.25}
    text = {"type": "text", "text": label, "color": QUIET, "fontSize": 12, "align": "left"}
    text |= {"baseline": "bottom", "dx": 4, "dy": -2, "y": 0}
    return [
        {"data": data, "mark": rule, "encoding": encoding},
        {"data": data, "mark": text, "encoding": encoding},
    ]
