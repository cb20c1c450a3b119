"""Drawing: Chinese in the SVG, nothing inline, nothing from elsewhere, the same twice."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

from zhiheng import charts
from zhiheng.charts import render
from zhiheng.errors import BadInput

ROWS = [charts.Band(f"202{n}", 0.9 + n / 200, 0.89 + n / 200, 0.92 + n / 200) for n in range(6)]
TITLE = "制造业产品质量合格率达到目标了吗?"


@pytest.fixture(scope="module", params=[charts.rate_trend, charts.rate_by_group])
def svg(request) -> str:
    return charts.render_svg(request.param(ROWS, title=TITLE, target=0.94))


def test_the_title_and_the_target_are_said_in_chinese(svg):
    assert f'role="img" aria-label="{TITLE}"' in svg
    assert "目标 94%" in svg


def test_the_svg_carries_no_style_no_script_and_nothing_from_elsewhere(svg):
    assert "style=" not in svg
    assert not re.search(r"<(style|script|image|foreignObject)\b", svg)
    assert not re.search(r'(?:href|src)="(?!#)', svg)
    assert svg.count("http") == svg.count("http://www.w3.org/2000/svg")
    assert "@import" not in svg


def test_the_svg_is_well_formed_and_scales(svg):
    root = ElementTree.fromstring(svg)

    assert root.tag.endswith("svg")
    assert "viewBox" in root.attrib
    assert "width" not in root.attrib


def test_a_text_in_the_data_cannot_become_markup():
    rows = [charts.Band('<script>alert("1")</script>', 0.9)]

    svg = charts.render_svg(charts.rate_by_group(rows, title='"><script>x</script>'))

    assert "<script" not in svg
    ElementTree.fromstring(svg)


def test_a_spec_cannot_load_data_from_elsewhere():
    spec = charts.rate_trend(ROWS, title=TITLE)
    spec["data"] = {"url": "https://elsewhere.example/data.json"}

    with pytest.raises(BadInput):
        svg = charts.render_svg(spec)
        assert "path" not in svg  # drawn without data would be a chart of nothing


def test_the_same_spec_is_drawn_once():
    spec = charts.rate_trend(ROWS, title=TITLE)
    render._drawn.cache_clear()

    first, second = charts.render_svg(spec), charts.render_svg(dict(reversed(spec.items())))

    assert first is second
    assert render._drawn.cache_info().misses == 1


def test_a_spec_that_is_none_is_refused():
    with pytest.raises(BadInput):
        charts.render_svg({"mark": "nonsense", "encoding": 3})


def test_a_spec_that_is_too_large_is_refused():
    with pytest.raises(BadInput):
        charts.render_svg({"data": {"values": ["x" * 600_000]}})


@pytest.mark.parametrize(
    "inner",
    [
        '<image href="https://x.example/a.png"/>',
        '<a href="javascript:x"/>',
        "<style>p{}</style>",
        '<rect fill="url(https://x.example)"/>',
    ],
)
def test_an_svg_that_reaches_out_is_refused(inner):
    with pytest.raises(BadInput):
        render.clean(f'<svg viewBox="0 0 1 1">{inner}</svg>', "x")


def test_a_style_becomes_the_attributes_it_stands_for():
    svg = render.clean(
        '<svg viewBox="0 0 1 1"><g style="fill: none; position: fixed; stroke:red"/></svg>', "x"
    )

    assert '<g fill="none" stroke="red"/>' in svg
