"""Draws a spec as SVG on the server: no browser, no script, nothing loaded from elsewhere.

The page's policy forbids inline styles, so the SVG carries presentation attributes only. Rendering is kept in
memory by the hash of the spec.
"""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any
from xml.sax.saxutils import quoteattr

from zhiheng.errors import BadInput, Missing

CACHE_SIZE = 256
MAX_SPEC_BYTES = 512 * 1024
VL_VERSION = "5.20"
_STYLE = re.compile(r'\sstyle="([^"]*)"')
_DECLARATION = re.compile(r"\s*([a-z-]+)\s*:\s*([^;]+?)\s*(?:;|$)")
_OPENING = re.compile(r"<svg\b[^>]*>", re.S)
_LINKED = re.compile(
    r"""(?:href|src)\s*=\s*["'](?!#)|url\((?!#|["']?#)|@import|<(?:script|style|foreignObject|image)\b""",
    re.I,
)
# Attributes that a style may set and that SVG also takes as attributes; anything else is dropped.
_PRESENTATION = frozenset(
    [
        "fill",
        "fill-opacity",
        "stroke",
        "stroke-width",
        "stroke-opacity",
        "stroke-dasharray",
        "opacity",
        "font-family",
        "font-size",
        "font-weight",
        "font-style",
        "text-anchor",
        "dominant-baseline",
        "pointer-events",
    ]
)


def render_svg(spec: dict[str, Any], *, label: str = "") -> str:
    """Return the SVG of a Vega-Lite spec, ready to stand inside a page.

    ``label`` is what a screen reader says; without it the description of the spec is said. The table beside
    the chart holds the numbers.
    """
    text = json.dumps(spec, ensure_ascii=False, sort_keys=True, allow_nan=False)
    if len(text.encode()) > MAX_SPEC_BYTES:
        raise BadInput("The chart has too many marks to be read.", "Draw fewer rows, or a table.")
    return _drawn(text, label or str(spec.get("description", "")))


@lru_cache(maxsize=CACHE_SIZE)
def _drawn(text: str, label: str) -> str:
    try:
        import vl_convert
    except ImportError:
        raise Missing(
            "This machine draws no charts.", "Install vl-convert-python; the table beside it says the same."
        ) from None
    try:
        raw = vl_convert.vegalite_to_svg(text, vl_version=VL_VERSION, allowed_base_urls=[])
    except ValueError as error:
        raise BadInput(f"The chart cannot be drawn: {str(error)[:200]}", "Check its spec.") from None
    return clean(raw, label)


def clean(svg: str, label: str) -> str:
    """Return an SVG without style attributes and outside references, sized by its view box, with its label.

    >>> clean('<svg width="8" height="4" viewBox="0 0 8 4"><path style="fill: red"/></svg>', "a < b")
    '<svg viewBox="0 0 8 4" role="img" aria-label="a &lt; b"><path fill="red"/></svg>'
    """
    svg = svg[svg.index("<svg") :]
    opening = _OPENING.match(svg)
    if opening is None:
        raise BadInput("The chart has no SVG inside.", "Check its spec.")
    box = re.search(r'viewBox="([^"]+)"', opening.group())
    space = ' xmlns="http://www.w3.org/2000/svg"' if "xmlns=" in opening.group() else ""
    view = f' viewBox="{box.group(1)}"' if box else ""
    head = f'<svg{space}{view} role="img" aria-label={quoteattr(label)}>'
    body = _STYLE.sub(_attributes, svg[opening.end() :])
    body = re.sub(r"\s(?:aria-[a-z]+|role)=\"[^\"]*\"", "", body)
    if _LINKED.search(body):
        raise BadInput("The chart refers to something outside of itself.", "Draw it from its own data.")
    return head + body


def _attributes(match: re.Match[str]) -> str:
    """Turn a style attribute into the presentation attributes it stands for."""
    kept = [
        f' {name}="{value}"' for name, value in _DECLARATION.findall(match.group(1)) if name in _PRESENTATION
    ]
    return "".join(kept)
