"""Papers as PDF/A-2b, read back by poppler."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys

import pytest

from zhiheng.errors import BadInput, CheckFailed, Missing
from zhiheng.reference import layout
from zhiheng.reports import fonts, page, pdf, word
from zhiheng.reports.joined import Joined
from zhiheng.reports.paper import Line

from . import made, poppler

TEMPLATES = {"paper-1.typ": "2979ef38c4d2d36b3da087faa58a570aa20b4963be6b2fe98a694196a992b312"}


@pytest.fixture(autouse=True)
def font():
    if not fonts.has_chinese():
        pytest.skip("no font with Chinese is installed")


@pytest.fixture
def written(tmp_path):
    def write(data, name="paper.pdf"):
        place = tmp_path / name
        place.write_bytes(data)
        return place

    return write


def many(count, at_once):
    held = io.BytesIO()
    steps = list(pdf.write_many(made.sheets(count), held, title="任务单", dated=made.DAY, at_once=at_once))
    return held.getvalue(), steps


def test_the_words_of_a_paper_can_be_read_back(written):
    one = made.paper()

    said = poppler.text(written(pdf.render(one)))

    for words in (
        one.title,
        one.number,
        "示范水壶厂:",
        "封样编号",
        "0.12",
        "此处加盖公章",
        "演示数据",
        one.digest,
    ):
        assert words in said, words


def test_every_font_is_embedded_and_maps_to_unicode(written):
    rows = poppler.fonts(written(pdf.render(made.paper())))

    assert rows
    assert {tuple(row[-5:-2]) for row in rows} == {("yes", "yes", "yes")}


def test_the_file_says_that_it_is_pdf_a_2b_on_a4(written):
    data = pdf.render(made.paper())
    about = poppler.info(written(data))

    assert b"<pdfaid:part>2</pdfaid:part>" in data
    assert b"<pdfaid:conformance>B</pdfaid:conformance>" in data
    assert about["Page size"].endswith("(A4)")
    assert about["Title"] == made.paper().title
    assert "2025" in about["CreationDate"]


def test_a_page_holds_22_lines_of_28_characters(written):
    full = made.paper(title="", number="", blocks=(Line("国" * 28 * 22 * 2),))

    place = written(pdf.render(full))

    lines = [line for line in poppler.said("pdftotext", place).split() if set(line) == {"国"}]
    assert poppler.info(place)["Pages"] == "2"
    assert [len(line) for line in lines] == [28] * 44


def test_a_page_number_stands_at_the_right_of_odd_pages_and_the_left_of_even_ones(written):
    place = written(pdf.render(made.paper(blocks=(Line("国" * 28 * 30),))))

    boxes = poppler.said("pdftotext", place, "-bbox")

    places = {n: float(x) for x, n in re.findall(r'xMin="([\d.]+)"[^>]*>—?\s*([12])\s*—?<', boxes)}
    assert places["1"] > 400 > 200 > places["2"]


def test_equal_papers_give_equal_bytes_in_this_and_in_another_process(written):
    here = hashlib.sha256(pdf.render(made.paper())).hexdigest()
    code = (
        "import hashlib; from tests.reports import made; from zhiheng.reports import pdf; "
        "print(hashlib.sha256(pdf.render(made.paper())).hexdigest())"
    )

    there = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert there.stdout.strip() == here == hashlib.sha256(pdf.render(made.paper())).hexdigest()


def test_a_landscape_paper_lies_on_its_side(written):
    about = poppler.info(written(pdf.render(made.paper(orientation="landscape", style="sheet"))))

    assert about["Page size"].startswith("841.89 x 595.27")


@pytest.mark.parametrize("at_once", [1, 3, 50])
def test_many_papers_become_one_file_whose_pages_each_count_from_one(written, at_once):
    data, steps = many(7, at_once)
    place = written(data)

    assert poppler.info(place)["Pages"] == "7"
    assert steps == [*range(at_once, 7, at_once), 7]
    for n in (1, 4, 7):
        said = poppler.text(place, "-f", str(n), "-l", str(n))
        assert f"示范企业{n}号" in said and "—1—" in said, n
    assert {tuple(row[-5:-2]) for row in poppler.fonts(place)} == {("yes", "yes", "yes")}


def test_a_joined_file_keeps_its_metadata_and_counts_its_pages(written):
    data, _steps = many(5, 2)

    assert data.count(b"/GTS_PDFA1") >= 1
    assert data.count(b"<pdfaid:part>2</pdfaid:part>") == 1
    assert b"<xmpTPg:NPages>5</xmpTPg:NPages>" in data
    length = re.search(rb"/Type/Metadata[^>]*?/Length (\d+)|/Length (\d+)[^>]*?/Type/Metadata", data)
    stream = data[data.index(b"stream\n", length.end()) + 7 :]
    assert stream.index(b"\nendstream") == int(length[1] or length[2])


def test_a_joined_file_is_the_same_each_time():
    assert many(5, 2)[0] == many(5, 2)[0]


def test_a_pdf_of_another_make_is_not_joined():
    with pytest.raises(BadInput):
        Joined(io.BytesIO()).add(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n3\n%%EOF\n")


def test_no_paper_at_all_is_refused():
    with pytest.raises(BadInput):
        list(pdf.write_many([], io.BytesIO(), title="", dated=made.DAY))


def test_without_a_chinese_font_the_pdf_says_what_to_install_and_the_rest_works(monkeypatch):
    monkeypatch.setattr(fonts, "installed", lambda: frozenset({"DejaVu Sans"}))

    with pytest.raises(Missing) as refused:
        pdf.render(made.paper())

    assert refused.value.code == "no-chinese-font"
    assert "fonts-noto-cjk" in str(refused.value)
    assert word.render(made.paper()) and page.render(made.paper())


def test_a_template_name_cannot_leave_its_folder():
    for name in ("../paper-1", "paper-99", ""):
        with pytest.raises(BadInput):
            pdf.template(name)


def test_a_template_that_papers_name_is_never_edited():
    """A paper issued years ago is set again by the template it names: write a new one beside it."""
    found = {
        place.name: hashlib.sha256(place.read_bytes()).hexdigest()
        for place in sorted(pdf.TEMPLATES.glob("*.typ"))
    }

    assert found == TEMPLATES


def test_what_set_a_paper_is_named_by_program_font_and_sizes():
    program, font, sizes = pdf.engine().split("; ")

    assert program.startswith("typst ")
    assert font.startswith(fonts.chinese()) and len(font.rpartition(" ")[2]) == 12
    assert sizes == f"sizes {layout.digest()[:12]}"


def test_a_character_that_no_font_has_is_named_and_nothing_is_left_out_silently():
    with pytest.raises(CheckFailed) as refused:
        pdf.render(made.paper(title="a\x00b"))

    assert refused.value.code == "paper-not-set"


def test_a_rare_character_of_a_name_is_set(written):
    said = poppler.text(written(pdf.render(made.paper(title="𠮷𬬭"))))

    assert "𠮷𬬭" in said
