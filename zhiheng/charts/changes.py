"""Vega-Lite specs of change: the parts of a difference around zero, and the path to a target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from zhiheng.charts.spec import ACCENT, BAND, HEIGHT, INK, MAX_ROWS, QUIET, WIDTH, framed
from zhiheng.errors import BadInput

ROW = 30


@dataclass(frozen=True)
class Span:
    """A number with its interval on any scale; ``needed`` is what a target asks of the same period."""

    label: str
    estimate: float
    lower: float | None = None
    upper: float | None = None
    needed: float | None = None

    def __post_init__(self) -> None:
        ends = [end for end in (self.lower, self.estimate, self.upper) if end is not None]
        if ends != sorted(ends):
            raise BadInput(
                f"{self.label}: {ends} is not an estimate within its interval.",
                "Give lower <= estimate <= upper.",
            )


SIGNED = "datum.value === 0 ? '0' : format(datum.value, '+,.2~f')"


def change_parts(rows: Sequence[Span], *, title: str, axis_title: str) -> dict[str, Any]:
    """Return a dot with its interval for each part of a change, in the order given, and a rule at zero.

    >>> spec = change_parts([Span("all", 0.1, -0.4, 0.7)], title="did it move?", axis_title="points")
    >>> len(spec["layer"]), spec["layer"][0]["encoding"]["x"]["scale"]["domain"][0] < -0.4
    (3, True)
    """
    check(rows)
    ends = [end for row in rows for end in (row.lower, row.estimate, row.upper) if end is not None]
    room = max((max([0, *ends]) - min([0, *ends])) * 0.08, 0.05)
    scale = {"domain": [min([0, *ends]) - room, max([0, *ends]) + room], "zero": False, "nice": False}
    y = {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": 240, "ticks": False, "domain": False, "labelPadding": 8},
    }
    x = {
        "field": "estimate",
        "type": "quantitative",
        "title": axis_title,
        "scale": scale,
        "axis": {"labelExpr": SIGNED, "tickCount": 6},
    }
    zero = {
        "data": {"values": [{"zero": 0}]},
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1.25},
        "encoding": {"x": {"field": "zero", "type": "quantitative"}},
    }
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rule", "color": "#8fb9d3", "strokeWidth": 6},
            "encoding": {"y": y, "x": {**x, "field": "lower"}, "x2": {"field": "upper"}},
        },
        zero,
        {
            "mark": {"type": "point", "color": ACCENT, "filled": True, "size": 60, "opacity": 1},
            "encoding": {"y": y, "x": x},
        },
    ]
    return framed(title, [value(row) for row in rows], layers, {"width": 460, "height": {"step": ROW}})


def target_path(
    known: Sequence[Span],
    coming: Sequence[Span],
    *,
    title: str,
    target: float,
    target_label: str,
    axis_title: str,
) -> dict[str, Any]:
    """Return what was published, the level expected with its band, and a dashed path to a target.

    >>> ahead = [Span("2024", 93.8, 93.2, 94.3, 93.8), Span("2025", 93.8, 92.7, 94.7, 94.0)]
    >>> words = {"title": "?", "target_label": "Target 94", "axis_title": "%"}
    >>> spec = target_path([Span("2023", 93.6)], ahead, target=94, **words)
    >>> len(spec["layer"])
    7
    """
    check([*known, *coming])
    labels = list(dict.fromkeys(row.label for row in sorted([*known, *coming], key=lambda row: row.label)))
    x = {
        "field": "label",
        "type": "ordinal",
        "sort": labels,
        "scale": {"domain": labels},
        "title": None,
        "axis": {"labelAngle": 0, "labelOverlap": "greedy", "labelPadding": 6, "grid": False},
    }
    y = {
        "field": "estimate",
        "type": "quantitative",
        "title": axis_title,
        "scale": _domain([*known, *coming], target),
    }
    bars = {"x": x, "y": {**y, "field": "lower"}, "y2": {"field": "upper"}}
    ahead = {"data": {"values": [value(row) for row in coming]}}
    dashed = {"type": "line", "color": QUIET, "strokeDash": [2, 3], "strokeWidth": 2}
    layers: list[dict[str, Any]] = [
        {**ahead, "mark": {"type": "area", "color": BAND, "opacity": 0.75}, "encoding": bars},
        {"mark": {"type": "rule", "color": "#8fb9d3", "strokeWidth": 5}, "encoding": bars},
        {**ahead, "mark": {"type": "line", "color": ACCENT, "strokeWidth": 2}, "encoding": {"x": x, "y": y}},
        {**ahead, "mark": dashed, "encoding": {"x": x, "y": {**y, "field": "needed"}}},
        {
            "mark": {"type": "point", "color": ACCENT, "filled": True, "size": 44, "opacity": 1},
            "encoding": {"x": x, "y": y},
        },
        *_rule(target, target_label),
    ]
    return framed(title, [value(row) for row in known], layers, {"width": WIDTH, "height": HEIGHT})


def check(rows: Sequence[Span]) -> None:
    """Refuse a chart of nothing, and one with more marks than can be read."""
    if not rows:
        raise BadInput("There is nothing to draw.", "Show the sentence that says why instead of a chart.")
    if len(rows) > MAX_ROWS:
        raise BadInput(
            f"{len(rows)} marks cannot be read in one chart.", f"Draw at most {MAX_ROWS}, or a table."
        )


def value(row: Span) -> dict[str, Any]:
    """Return the datum of a span; without an interval its bounds are the estimate itself."""
    held = {
        "label": row.label,
        "estimate": round(row.estimate, 4),
        "lower": round(row.estimate if row.lower is None else row.lower, 4),
        "upper": round(row.estimate if row.upper is None else row.upper, 4),
    }
    return held if row.needed is None else held | {"needed": round(row.needed, 4)}


def _domain(rows: Sequence[Span], target: float) -> dict[str, Any]:
    ends = [target, *(end for row in rows for end in (row.lower, row.estimate, row.upper, row.needed) if end)]
    room = max((max(ends) - min(ends)) * 0.1, 0.1)
    return {"domain": [min(ends) - room, max(ends) + room], "zero": False, "nice": False}


def _rule(target: float, label: str) -> list[dict[str, Any]]:
    data, encoding = {"values": [{"target": target}]}, {"y": {"field": "target", "type": "quantitative"}}
    text = {"type": "text", "text": label, "color": INK, "fontSize": 12, "align": "left"}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "color": INK, "strokeDash": [5, 4], "strokeWidth": 1.25},
            "encoding": encoding,
        },
        {"data": data, "mark": text | {"baseline": "bottom", "dy": -3, "x": 4}, "encoding": encoding},
    ]
