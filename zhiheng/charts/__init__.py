"""Small tables to Vega-Lite specs and SVG.

``rate_trend``, ``rate_by_group``, ``count_trend``, ``change_parts``, ``target_path``, ``value_by_group`` and
``value_trend`` make specs; ``render_svg`` draws one without a browser.
"""

from zhiheng.charts.changes import Span, change_parts, target_path
from zhiheng.charts.counts import count_trend
from zhiheng.charts.render import render_svg
from zhiheng.charts.spec import Band, period_label, rate_by_group, rate_trend
from zhiheng.charts.values import value_by_group, value_trend

__all__ = [
    "Band",
    "Span",
    "change_parts",
    "count_trend",
    "period_label",
    "rate_by_group",
    "rate_trend",
    "render_svg",
    "target_path",
    "value_by_group",
    "value_trend",
]
