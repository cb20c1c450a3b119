"""Vega-Lite specs for the charts of the house: each answers one question, stated as its title.

Shares come in as 0 to 1 and are drawn in per cent. Colours keep their meaning: the accent for the figure, a
light band for its interval, a dark dashed rule for the target. No colour means good or bad. The title is not
drawn but said: the page writes it above the chart, where it stays legible on a phone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.formats import periods

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"
FONT = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, Source Han Sans SC, WenQuanYi Micro Hei, sans-serif"
ACCENT, BAND, INK, QUIET, LINE = "#17567d", "#b9d3e4", "#1b2126", "#59636b", "#d5dade"
WIDTH, HEIGHT, ROW = 660, 240, 22
MAX_ROWS = 400

WORDS: Mapping[str, Mapping[str, str]] = {
    "zh": {"target": "目标", "rate": "比率（%）"},
    "en": {"target": "Target", "rate": "Rate (%)"},
}


@dataclass(frozen=True)
class Band:
    """One estimate with its interval, shares from 0 to 1; ``label`` is a period or the name of a group."""

    label: str
    estimate: float
    lower: float | None = None
    upper: float | None = None

    def __post_init__(self) -> None:
        shares = [share for share in (self.lower, self.estimate, self.upper) if share is not None]
        if not all(0 <= float(share) <= 1 for share in shares) or shares != sorted(shares):
            raise BadInput(
                f"{self.label}: {shares} is not an estimate within its interval.",
                "Give shares from 0 to 1 with lower <= estimate <= upper.",
            )


def rate_trend(
    rows: Sequence[Band],
    *,
    title: str,
    target: float | None = None,
    target_label: str = "",
    language: str = "zh",
    axis_title: str = "",
) -> dict[str, Any]:
    """Return a line over periods with a band for the interval and a rule for the target.

    >>> spec = rate_trend([Band("2024Q1", 0.93, 0.92, 0.94)], title="合格率是多少?", target=0.94)
    >>> spec["description"], len(spec["layer"])
    ('合格率是多少?', 5)
    """
    _check(rows)
    values = [_value(row, period_label(row.label, language)) for row in rows]
    axis = {"field": "label", "type": "ordinal", "sort": None, "title": None, "axis": _period_axis(len(rows))}
    scale = _scale(rows, target)
    rate = {
        "field": "estimate",
        "type": "quantitative",
        "title": axis_title or WORDS[language]["rate"],
        "scale": scale,
    }
    band = {**rate, "field": "lower"}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "area", "color": BAND, "opacity": 0.75},
            "encoding": {"x": axis, "y": band, "y2": {"field": "upper"}},
        },
        {"mark": {"type": "line", "color": ACCENT, "strokeWidth": 2}, "encoding": {"x": axis, "y": rate}},
        {
            "mark": {"type": "point", "color": ACCENT, "filled": True, "size": 36, "opacity": 1},
            "encoding": {"x": axis, "y": rate},
        },
    ]
    if len(rows) == 1:
        layers[0]["mark"] = {"type": "rule", "color": BAND, "strokeWidth": 8}
    if target is not None:
        layers += _target("y", target, target_label or WORDS[language]["target"])
    return framed(title, values, layers, {"width": WIDTH, "height": HEIGHT})


def rate_by_group(
    rows: Sequence[Band],
    *,
    title: str,
    target: float | None = None,
    target_label: str = "",
    language: str = "zh",
    axis_title: str = "",
) -> dict[str, Any]:
    """Return a dot with its interval for each group, the highest estimate first.

    >>> spec = rate_by_group([Band("a", 0.9), Band("b", 0.95)], title="哪个行业合格率高?")
    >>> [row["label"] for row in spec["data"]["values"]]
    ['b', 'a']
    """
    _check(rows)
    ordered = sorted(rows, key=lambda row: (-float(row.estimate), row.label))
    values = [_value(row, row.label) for row in ordered]
    group = group_axis()
    rate = {
        "field": "estimate",
        "type": "quantitative",
        "title": axis_title or WORDS[language]["rate"],
        "scale": _scale(rows, target),
    }
    low = {**rate, "field": "lower"}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rule", "color": "#8fb9d3", "strokeWidth": 5},
            "encoding": {"y": group, "x": low, "x2": {"field": "upper"}},
        },
        {
            "mark": {"type": "point", "color": ACCENT, "filled": True, "size": 55, "opacity": 1},
            "encoding": {"y": group, "x": rate},
        },
    ]
    if target is not None:
        layers += _target("x", target, target_label or WORDS[language]["target"])
    return framed(title, values, layers, {"width": 460, "height": {"step": ROW}})


def period_label(period: str, language: str) -> str:
    """Return a short label of a period for an axis.

    >>> period_label("2024Q1", "zh"), period_label("2024Q1", "en"), period_label("2024", "zh")
    ('2024年1季', '2024 Q1', '2024年')
    """
    if not periods.known(period):
        return period
    found = periods.parse(period)
    if found.kind == periods.ASSESSMENT:
        return f"{found.year}/{found.last:%y}"
    if language == "zh":
        more = {
            periods.HALF: "上下"[(found.number - 1) % 2] + "半年",
            periods.QUARTER: f"{found.number}季",
            periods.MONTH: f"{found.number}月",
            periods.CAMPAIGN: f"{found.first:%m.%d}—{found.last:%m.%d}",
        }
        return f"{found.year}年{more.get(found.kind, '')}"
    more = {
        periods.HALF: f" H{found.number}",
        periods.QUARTER: f" Q{found.number}",
        periods.MONTH: f"-{found.number:02d}",
        periods.CAMPAIGN: f" {found.first:%m-%d}/{found.last:%m-%d}",
    }
    return f"{found.year}{more.get(found.kind, '')}"


def _check(rows: Sequence[Band]) -> None:
    if not rows:
        raise BadInput("There is nothing to draw.", "Show the sentence that says why instead of a chart.")
    if len(rows) > MAX_ROWS:
        raise BadInput(
            f"{len(rows)} marks cannot be read in one chart.", f"Draw at most {MAX_ROWS}, or a table."
        )


def _value(row: Band, label: str) -> dict[str, Any]:
    """Return the datum in per cent; without an interval the bounds are the estimate itself."""
    estimate = float(row.estimate) * 100
    lower = estimate if row.lower is None else float(row.lower) * 100
    upper = estimate if row.upper is None else float(row.upper) * 100
    return {
        "label": label,
        "estimate": round(estimate, 4),
        "lower": round(lower, 4),
        "upper": round(upper, 4),
    }


def _scale(rows: Sequence[Band], target: float | None) -> dict[str, Any]:
    """Return a scale that holds every bound and the target with room around; rates need no zero."""
    bounds = [
        float(share) for row in rows for share in (row.estimate, row.lower, row.upper) if share is not None
    ]
    if target is not None:
        bounds.append(float(target))
    low, high = min(bounds) * 100, max(bounds) * 100
    room = max((high - low) * 0.12, 0.5)
    return {"domain": [max(0, floor(low - room)), min(100, ceil(high + room))], "zero": False, "nice": False}


def _target(axis: str, target: float, label: str) -> list[dict[str, Any]]:
    """Return the rule of the target and its words."""
    value = round(float(target) * 100, 4)
    text: dict[str, Any] = {"type": "text", "text": f"{label} {value:g}%", "color": INK, "fontSize": 12}
    if axis == "y":
        text |= {"align": "right", "baseline": "bottom", "dy": -3, "x": "width"}
    else:
        text |= {"align": "left", "baseline": "bottom", "dx": 4, "dy": -4, "y": 0}
    data = {"values": [{"target": value}]}
    encoding = {axis: {"field": "target", "type": "quantitative"}}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "color": INK, "strokeDash": [5, 4], "strokeWidth": 1.25},
            "encoding": encoding,
        },
        {"data": data, "mark": text, "encoding": encoding},
    ]


def _period_axis(count: int) -> dict[str, Any]:
    return {
        "labelAngle": 0 if count <= 8 else -35,
        "labelOverlap": "greedy",
        "labelPadding": 6,
        "grid": False,
    }


def group_axis() -> dict[str, Any]:
    """Return the axis of charts that give each group one row, in the order of the rows."""
    return {
        "field": "label",
        "type": "nominal",
        "sort": None,
        "title": None,
        "axis": {"labelLimit": 240, "ticks": False, "domain": False, "labelPadding": 8},
    }


def framed(
    title: str, values: list[dict[str, Any]], layers: list[dict[str, Any]], size: Mapping[str, Any]
) -> dict[str, Any]:
    """Return a spec with the frame, the font and the colours that all charts share."""
    return {
        "$schema": SCHEMA,
        "description": title,
        "data": {"values": values},
        "layer": layers,
        "background": None,
        "padding": 6,
        **size,
        "config": {
            "font": FONT,
            "view": {"stroke": None},
            "axis": {
                "labelFontSize": 12,
                "titleFontSize": 12,
                "titleFontWeight": 400,
                "labelColor": INK,
                "titleColor": QUIET,
                "gridColor": "#e6e9ec",
                "domainColor": LINE,
                "tickColor": LINE,
            },
        },
    }
