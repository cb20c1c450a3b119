"""A Vega-Lite spec for counts by period: bars from zero, one for each period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zhiheng.charts.spec import ACCENT, HEIGHT, INK, MAX_ROWS, WIDTH, framed
from zhiheng.errors import BadInput


def count_trend(
    rows: Sequence[tuple[str, int]],
    *,
    title: str,
    axis_title: str,
    line: float | None = None,
    line_label: str = "",
) -> dict[str, Any]:
    """Return bars of counts over periods; ``line`` draws a level to compare with, such as a capacity.

    >>> spec = count_trend([("03-02", 4), ("03-09", 7)], title="how many?", axis_title="samples")
    >>> [row["count"] for row in spec["data"]["values"]], len(spec["layer"])
    ([4, 7], 1)
    """
    if not rows:
        raise BadInput("There is nothing to draw.", "Show the sentence that says why instead of a chart.")
    if len(rows) > MAX_ROWS or any(count < 0 for _label, count in rows):
        raise BadInput("These counts cannot be drawn.", f"Give at most {MAX_ROWS} counts, none below zero.")
    x = {
        "field": "label",
        "type": "ordinal",
        "sort": None,
        "title": None,
        "axis": {"labelAngle": 0 if len(rows) <= 8 else -35, "labelPadding": 6, "grid": False},
    }
    top = max([1, *(count for _label, count in rows), *([line] if line is not None else [])])
    y = {
        "field": "count",
        "type": "quantitative",
        "title": axis_title,
        "scale": {"domain": [0, top * 1.1], "zero": True},
        "axis": {"format": "d", "tickMinStep": 1},
    }
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "bar", "color": ACCENT, "width": {"band": 0.7}}, "encoding": {"x": x, "y": y}}
    ]
    if line is not None:
        data = {"values": [{"level": line}]}
        level = {"y": {"field": "level", "type": "quantitative"}}
        rule = {"type": "rule", "color": INK, "strokeDash": [5, 4], "strokeWidth": 1.25}
        text = {
            "type": "text",
            "text": line_label,
            "color": INK,
            "fontSize": 12,
            "align": "right",
            "baseline": "bottom",
            "dy": -3,
            "x": "width",
        }
        layers += [
            {"data": data, "mark": rule, "encoding": level},
            {"data": data, "mark": text, "encoding": level},
        ]
    values = [{"label": label, "count": count} for label, count in rows]
    return framed(title, values, layers, {"width": WIDTH, "height": HEIGHT})
