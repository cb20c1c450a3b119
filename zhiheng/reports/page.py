"""Sets a paper as one HTML page that prints on A4 from any browser; needs no font and no other file."""

from __future__ import annotations

import html
from pathlib import Path
from string import Template

from zhiheng.reference import layout

from . import codes
from .paper import Code, Facts, Grid, Heading, Line, Paper, Place, Signs, Text

MEDIA_TYPE = "text/html; charset=utf-8"
STYLE = Path(__file__).with_name("templates") / "page-1.css"


def render(paper: Paper) -> bytes:
    """Return one paper."""
    title = html.escape(paper.title)
    mark = f'<p class="mark">{html.escape(paper.mark)}</p>' if paper.mark else ""
    number = f'<p class="number">{html.escape(paper.number)}</p>' if paper.number else ""
    blocks = "\n".join(_WRITERS[type(block)](block) for block in paper.blocks)
    foot = "<br>".join(html.escape(line) for line in paper.foot)
    language = "zh-CN" if paper.language == "zh" else paper.language
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><title>{title}</title>\n'
        f'<style>{_style(paper)}</style></head>\n<body class="{paper.style}">\n{mark}\n<h1>{title}</h1>\n'
        f"{number}\n{blocks}\n<footer>{foot}</footer>\n</body></html>\n"
    ).encode()


def _style(paper: Paper) -> str:
    sizes = layout.values()
    is_letter = paper.style == "letter"
    words = {
        "orientation": paper.orientation,
        "top": sizes["top_mm"],
        "left": sizes["left_mm"],
        "right": sizes["page_width_mm"] - sizes["left_mm"] - sizes["area_width_mm"],
        "bottom": sizes["page_height_mm"] - sizes["top_mm"] - sizes["area_height_mm"],
        "width": sizes["area_width_mm"],
        "pitch": f"{sizes['area_height_mm'] / sizes['lines']:.3f}mm" if is_letter else "1.7",
        "body": sizes["body_pt" if is_letter else "sheet_pt"],
        "title": sizes["title_pt" if is_letter else "sheet_title_pt"],
        "inner": sizes["table_pt" if is_letter else "sheet_pt"],
        "foot": sizes["foot_pt"],
        "seal": 2 * sizes["seal_radius_mm"],
        "code": sizes["code_mm"],
    }
    return Template(STYLE.read_text(encoding="utf-8")).substitute(words)


def _text(block: Text) -> str:
    return f'<p class="text">{html.escape(block.number + block.body)}</p>'


def _line(block: Line) -> str:
    return f'<p class="line">{html.escape(block.body)}</p>'


def _heading(block: Heading) -> str:
    return f'<p class="heading">{html.escape(block.body)}</p>'


def _facts(block: Facts) -> str:
    rows = (
        f'<tr><th scope="row">{html.escape(name)}</th><td>{html.escape(value)}</td></tr>'
        for name, value in block.rows
    )
    return f"<table>{''.join(rows)}</table>"


def _grid(block: Grid) -> str:
    caption = f"<caption>{html.escape(block.caption)}</caption>" if block.caption else ""
    head = "".join(f'<th scope="col">{html.escape(cell)}</th>' for cell in block.head)
    rows = "".join(f"<tr>{_cells(row, block.right)}</tr>" for row in block.rows)
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _cells(row: tuple[str, ...], right: tuple[int, ...]) -> str:
    return "".join(
        f'<td class="right">{html.escape(cell)}</td>' if n in right else f"<td>{html.escape(cell)}</td>"
        for n, cell in enumerate(row)
    )


def _signs(block: Signs) -> str:
    return f'<div class="signs">{"".join(map(_place, block.places))}</div>'


def _place(place: Place) -> str:
    return f'<div class="{place.kind}"><i>{html.escape(place.hint)}</i>{html.escape(place.label)}</div>'


def _code(block: Code) -> str:
    lines = "".join(f"<p>{html.escape(line)}</p>" for line in block.lines)
    return f'<div class="code">{codes.svg(block.payload)}{lines}</div>'


_WRITERS = {
    Text: _text,
    Line: _line,
    Heading: _heading,
    Facts: _facts,
    Grid: _grid,
    Signs: _signs,
    Code: _code,
}
