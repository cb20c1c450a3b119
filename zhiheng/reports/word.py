"""Sets a paper as a Word file, in which an office can go on writing; needs no font of this machine."""

from __future__ import annotations

import io
from datetime import datetime
from functools import cache
from typing import Any

from zhiheng.reference import layout

from . import archive, codes
from .paper import Code, Facts, Grid, Heading, Line, Paper, Place, Signs, Text

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SETTING = "word-1"
"""Which way of setting this is; it goes up when an equal paper would come out as other bytes."""
BODY_FONT, TITLE_FONT = "仿宋", "宋体"
"""What Word uses where the reader has it; other programs put a near one in its place."""
SHADE = "F2F2F2"


def render(paper: Paper) -> bytes:
    """Return one paper."""
    from docx import Document

    document = Document()
    _Setting(document, paper).write()
    about, day = document.core_properties, datetime(paper.dated.year, paper.dated.month, paper.dated.day)
    about.title, about.author, about.last_modified_by, about.comments = paper.title, "", "", ""
    about.created = about.modified = day
    held = io.BytesIO()
    document.save(held)
    return archive.settled(held.getvalue(), changed=day)


@cache
def _sizes() -> dict[str, float]:
    return dict(layout.values())


class _Setting:
    """One document under way."""

    def __init__(self, document: Any, paper: Paper) -> None:
        self.document, self.paper = document, paper
        self.is_letter = paper.style == "letter"
        sizes = _sizes()
        self.body = sizes["body_pt"] if self.is_letter else sizes["sheet_pt"]
        self.inner = sizes["table_pt"] if self.is_letter else sizes["sheet_pt"]
        pitch = sizes["area_height_mm"] / sizes["lines"] / 25.4 * 72
        self.pitch = pitch if self.is_letter else sizes["sheet_pitch_pt"]

    def write(self) -> None:
        """Write head, foot and parts."""
        self._page()
        self._style()
        self._marks()
        if self.paper.title:
            size = _sizes()["title_pt" if self.is_letter else "sheet_title_pt"]
            self._words(self.paper.title, size, align="center", bold=True, font=TITLE_FONT)
        if self.paper.number:
            self._words(self.paper.number, self.inner, align="center" if self.is_letter else "right")
        for block in self.paper.blocks:
            _WRITERS[type(block)](self, block)

    def _page(self) -> None:
        from docx.enum.section import WD_ORIENT
        from docx.shared import Mm

        section, sizes = self.document.sections[0], _sizes()
        wide, high = sizes["page_width_mm"], sizes["page_height_mm"]
        top, left = sizes["top_mm"], sizes["left_mm"]
        right = wide - left - sizes["area_width_mm"]
        bottom = high - top - sizes["area_height_mm"]
        if self.paper.orientation == "landscape":
            section.orientation = WD_ORIENT.LANDSCAPE
            wide, high, top, left, right, bottom = high, wide, left, bottom, top, right
        section.page_width, section.page_height = Mm(wide), Mm(high)
        section.top_margin, section.bottom_margin = Mm(top), Mm(bottom)
        section.left_margin, section.right_margin = Mm(left), Mm(right)
        section.footer_distance = Mm(max(bottom - sizes["page_number_drop_mm"] - 10, 8))
        self.width_mm = wide - left - right

    def _style(self) -> None:
        from docx.shared import Pt

        style = self.document.styles["Normal"]
        style.font.size = Pt(self.body)
        style.font.name = BODY_FONT
        _east_asian(style.element.get_or_add_rPr(), BODY_FONT)
        style.paragraph_format.space_after = Pt(0)

    def _marks(self) -> None:
        from docx.enum.text import WD_ALIGN_PARAGRAPH

        section, sizes = self.document.sections[0], _sizes()
        if self.paper.mark:
            head = section.header.paragraphs[0]
            head.alignment = WD_ALIGN_PARAGRAPH.CENTER
            self._run(head, self.paper.mark, sizes["foot_pt"] + 2)
        foot = section.footer.paragraphs[0]
        foot.alignment = WD_ALIGN_PARAGRAPH.CENTER
        self._run(foot, "— ", sizes["page_number_pt"])
        _field(self._run(foot, "", sizes["page_number_pt"]), "PAGE")
        self._run(foot, " —", sizes["page_number_pt"])
        for line in self.paper.foot:
            self._words(line, sizes["foot_pt"], align="center", into=section.footer)

    def text(self, block: Text) -> None:
        """Write a paragraph, its first line two characters in."""
        self._words(f"{block.number}{block.body}", self.body, indent=2 if self.is_letter else 0)

    def line(self, block: Line) -> None:
        """Write a line without indent."""
        self._words(block.body, self.body)

    def heading(self, block: Heading) -> None:
        """Write a heading."""
        self._words(block.body, self.body, bold=True, indent=2 if self.is_letter else 0)

    def facts(self, block: Facts) -> None:
        """Write names and values as a table of two (or four) columns."""
        lines = [block.rows[n : n + block.columns] for n in range(0, len(block.rows), block.columns)]
        table = self._table(len(lines), 2 * block.columns, (1, 3) * block.columns)
        for row, pairs in zip(table.rows, lines, strict=True):
            for n, (name, value) in enumerate(pairs):
                self._cell(row.cells[2 * n], name, shade=True)
                self._cell(row.cells[2 * n + 1], value)
        self._gap()

    def grid(self, block: Grid) -> None:
        """Write a table; its head comes again on every page."""
        if block.caption:
            self._words(block.caption, self.inner, align="center", bold=True)
        table = self._table(len(block.rows) + 1, len(block.head), block.widths)
        for cell, words in zip(table.rows[0].cells, block.head, strict=True):
            self._cell(cell, words, shade=True, bold=True)
        _repeat(table.rows[0])
        for row, values in zip(table.rows[1:], block.rows, strict=True):
            for n, (cell, value) in enumerate(zip(row.cells, values, strict=True)):
                self._cell(cell, value, align="right" if n in block.right else "left")
        self._gap()

    def signs(self, block: Signs) -> None:
        """Write the places to sign, and the dotted place of the seal."""
        empty = 1 if len(block.places) == 1 else 0  # one alone stands at the right
        count = len(block.places) + empty
        table = self._table(2, count, (1,) * count, border="none")
        for n, place in enumerate(block.places, empty):
            self._place(table.rows[0].cells[n], place)
            self._cell(table.rows[1].cells[n], place.label, align="center")
        self._gap()

    def code(self, block: Code) -> None:
        """Write a QR code with its lines beside it."""
        from docx.shared import Mm

        table = self._table(1, 2, (2, 3), border="none")
        picture = table.rows[0].cells[0].paragraphs[0].add_run()
        picture.add_picture(io.BytesIO(codes.png(block.payload)), width=Mm(_sizes()["code_mm"]))
        self._cell(table.rows[0].cells[1], "\n".join(block.lines))
        self._gap()

    def _place(self, cell: Any, place: Place) -> None:
        from docx.enum.table import WD_ROW_HEIGHT_RULE
        from docx.shared import Mm

        row = cell._tc.getparent()
        height = 2 * _sizes()["seal_radius_mm"] if place.kind == "seal" else 0
        if place.kind == "seal":
            holder = _row(row, cell)
            holder.height, holder.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
            _edge(cell, dict.fromkeys(("top", "left", "bottom", "right"), "dotted"))
            self._cell(cell, place.hint, align="center")
        else:
            _edge(cell, {"bottom": "single"})

    def _table(self, rows: int, columns: int, widths: tuple[int, ...], border: str = "single") -> Any:
        from docx.shared import Mm

        table = self.document.add_table(rows=rows, cols=columns)
        table.autofit = False
        if border == "single":
            table.style = "Table Grid"
        unit = self.width_mm / sum(widths)
        for column, part in zip(table.columns, widths, strict=True):
            column.width = Mm(unit * part)
            for cell in column.cells:
                cell.width = Mm(unit * part)
        return table

    def _cell(
        self, cell: Any, words: str, *, align: str = "left", shade: bool = False, bold: bool = False
    ) -> None:
        from docx.enum.table import WD_ALIGN_VERTICAL

        cell.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.alignment = _alignment(align)
        self._run(paragraph, words, self.inner, bold=bold)
        if shade:
            _shade(cell)

    def _words(
        self,
        words: str,
        size: float,
        *,
        align: str = "left",
        bold: bool = False,
        indent: int = 0,
        font: str = BODY_FONT,
        into: Any = None,
    ) -> None:
        from docx.shared import Pt

        paragraph = (into or self.document).add_paragraph()
        paragraph.alignment = _alignment(align)
        if into is None:
            paragraph.paragraph_format.line_spacing = Pt(max(self.pitch, size * 1.2))
            paragraph.paragraph_format.first_line_indent = Pt(indent * size)
        self._run(paragraph, words, size, bold=bold, font=font)

    def _run(
        self, paragraph: Any, words: str, size: float, *, bold: bool = False, font: str = BODY_FONT
    ) -> Any:
        from docx.shared import Pt

        run = paragraph.add_run(words)
        run.font.size, run.font.bold, run.font.name = Pt(size), bold, font
        _east_asian(run._element.get_or_add_rPr(), font)
        return run

    def _gap(self) -> None:
        self._words("", self.inner)


_WRITERS: dict[type, Any] = {
    Text: _Setting.text,
    Line: _Setting.line,
    Heading: _Setting.heading,
    Facts: _Setting.facts,
    Grid: _Setting.grid,
    Signs: _Setting.signs,
    Code: _Setting.code,
}


def _alignment(name: str) -> Any:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    return getattr(WD_ALIGN_PARAGRAPH, name.upper())


def _east_asian(properties: Any, font: str) -> None:
    from docx.oxml.ns import qn

    properties.get_or_add_rFonts().set(qn("w:eastAsia"), font)


def _row(element: Any, cell: Any) -> Any:
    from docx.table import _Row

    return _Row(element, cell._parent)


def _element(name: str, **attributes: str) -> Any:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    made = OxmlElement(name)
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), value)
    return made


def _field(run: Any, code: str) -> None:
    run._element.append(_element("w:fldChar", fldCharType="begin"))
    said = _element("w:instrText")
    said.text = code
    run._element.append(said)
    run._element.append(_element("w:fldChar", fldCharType="end"))


def _shade(cell: Any) -> None:
    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=SHADE))


def _edge(cell: Any, sides: dict[str, str]) -> None:
    borders = _element("w:tcBorders")
    for side in ("top", "left", "bottom", "right"):
        if side in sides:
            borders.append(_element(f"w:{side}", val=sides[side], sz="8", space="0", color="666666"))
    cell._tc.get_or_add_tcPr().append(borders)


def _repeat(row: Any) -> None:
    row._tr.get_or_add_trPr().append(_element("w:tblHeader", val="true"))
