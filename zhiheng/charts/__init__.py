"""Small tables to Vega-Lite specs and SVG.

``rate_trend``, ``rate_by_group``, ``count_trend``, ``change_parts`` and ``target_path`` make specs;
``render_svg`` draws one without a browser.
"""

from zhiheng.charts.changes import Span, change_parts, target_path
from zhiheng.charts.counts import count_trend
from zhiheng.charts.render import render_svg
from zhiheng.charts.spec import Band, rate_by_group, rate_trend

__all__ = [
    "Band",
    "Span",
    "change_parts",
    "count_trend",
    "rate_by_group",
    "rate_trend",
    "render_svg",
    "target_path",
]
