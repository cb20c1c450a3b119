"""Papers as Word files, pages and workbooks: the same words, and the same bytes each time."""

from __future__ import annotations

import io
import time
import zipfile

from docx import Document
from openpyxl import load_workbook

from zhiheng.reports import codes, page, word, workbook

from . import made


def words_of(data: bytes) -> str:
    document = Document(io.BytesIO(data))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    section = document.sections[0]
    marks = [*section.header.paragraphs, *section.footer.paragraphs]
    return "\n".join([*(one.text for one in document.paragraphs), *cells, *(one.text for one in marks)])


def test_equal_papers_give_equal_bytes_at_another_moment():
    back_ends = (word, page, workbook)
    first = [one.render(made.paper()) for one in back_ends]
    time.sleep(1.1)  # the times in a ZIP and in the properties of a document have whole seconds

    assert [one.render(made.paper()) for one in back_ends] == first


def test_a_word_file_holds_every_word_of_the_paper():
    one = made.paper()

    said = words_of(word.render(one))

    for words in (
        one.title,
        one.number,
        "示范水壶厂:",
        "封样编号",
        "0.12",
        "此处加盖公章",
        made.MARK,
        one.digest,
    ):
        assert words in said, words


def test_a_word_file_lies_on_a4_with_the_margins_of_the_standard():
    section = Document(io.BytesIO(word.render(made.paper()))).sections[0]

    assert [round(one.mm) for one in (section.page_width, section.page_height)] == [210, 297]
    assert [round(one.mm) for one in (section.top_margin, section.left_margin)] == [37, 28]
    assert [round(one.mm) for one in (section.right_margin, section.bottom_margin)] == [26, 35]


def test_the_place_of_the_seal_is_dotted_and_nothing_is_red():
    with zipfile.ZipFile(io.BytesIO(word.render(made.paper()))) as held:
        body = held.read("word/document.xml").decode()

    assert 'w:val="dotted"' in body
    assert "FF0000" not in body.upper()


def test_a_page_holds_every_word_and_loads_nothing():
    one = made.paper()

    said = page.render(one).decode()

    for words in (one.title, "封样编号", "此处加盖公章", made.MARK, one.digest, "<svg"):
        assert words in said, words
    assert "<script" not in said and "src=" not in said and "@import" not in said


def test_a_page_writes_what_was_typed_as_text():
    assert b"<b>" not in page.render(made.paper(title="<b>x</b>"))


def test_a_workbook_holds_the_tables_and_no_formula():
    book = load_workbook(io.BytesIO(workbook.render(made.paper())))
    rows = list(book.active.iter_rows(values_only=True))

    assert ("项目", "实测值") in rows
    assert ("铅", "0.12") in rows
    assert ("'=1+1", "-3") in rows
    assert (made.MARK, None) in rows
    assert book.active.page_setup.paperSize == 9


def test_a_code_is_the_same_picture_for_the_same_words():
    assert codes.png("S-001") == codes.png("S-001") != codes.png("S-002")
    assert codes.svg("S-001").startswith("<svg")
