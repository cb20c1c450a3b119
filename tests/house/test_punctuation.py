"""Chinese text is set with Chinese marks: no half-width comma stands between two Han characters."""

from __future__ import annotations

import csv
import re

import pytest

from zhiheng.site import messages

from . import tree

HALF_WIDTH = re.compile(r"[一-鿿”》）][,;:!?] ?(?=[一-鿿“《（])")
DATA = sorted(path for kind in ("yaml", "csv") for path in tree.PACKAGE.rglob(f"data/*.{kind}"))


def texts(path):
    """Return the texts of a file of data: the lines of a table of states, the cells of a list."""
    if path.suffix == ".yaml":
        return path.read_text(encoding="utf-8").splitlines()
    with path.open(encoding="utf-8", newline="") as file:
        return [cell for row in csv.reader(file) for cell in row]


@pytest.mark.parametrize("path", DATA, ids=lambda path: path.name)
def test_data_in_chinese_has_full_width_marks(path):
    assert [text for text in texts(path) if HALF_WIDTH.search(text)] == []


def test_translations_have_full_width_marks():
    assert [text for text in messages.catalogue().values() if HALF_WIDTH.search(text)] == []


@pytest.mark.parametrize("text", ["已送达,等待异议", "任务分工:责任人", "（央视）, 转载", "来源: 人民日报"])
def test_a_half_width_mark_between_han_characters_is_found(text):
    assert HALF_WIDTH.search(text)


@pytest.mark.parametrize("text", ["已送达，等待异议", "时间 12:30", "Q1,Q2", "见 GB 3100:1993"])
def test_other_marks_are_let_be(text):
    assert not HALF_WIDTH.search(text)
