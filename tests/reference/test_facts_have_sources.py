"""Every file and every fact says where it comes from, when it was read and how sure it is."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from zhiheng.errors import NotFound, UnknownCode
from zhiheng.reference import counting, sources, tables, terms

ROOT = Path(__file__).resolve().parents[2]
SURE = {"text", "secondary", "memory"}
BY_ROW = [
    "limits.csv",
    "divisions.csv",
    "counting.csv",
    "holiday_notices.csv",
    "market_routes.csv",
    "building_materials.csv",
]


def test_every_data_file_is_listed_with_source_licence_date_and_confidence():
    listed = {source.file for source in sources.all()}

    assert listed == {path.name for path in tables.DATA.iterdir()}
    for source in sources.all():
        assert source.what and source.source and source.licence
        assert source.confidence in sources.CONFIDENCES
        assert isinstance(source.retrieved, date)


@pytest.mark.parametrize("name", BY_ROW)
def test_every_row_of_law_names_source_date_and_confidence(name):
    for row in tables.rows(name):
        assert row["source"], row
        assert row["confidence"] in SURE, row
        date.fromisoformat(row["retrieved"])


@pytest.mark.parametrize("name", sorted(path.name for path in tables.DATA.glob("*.yaml")))
def test_every_yaml_file_names_its_date(name):
    raw = tables.document(name)
    entries = raw.values() if name == "sources.yaml" else [raw]

    assert all(isinstance(entry["retrieved"], date) and entry["licence"] for entry in entries)


def test_every_parameter_names_source_year_and_confidence():
    for row in tables.document("parameters.yaml")["parameters"]:
        assert row["source"] and row["confidence"] in SURE
        assert 1990 <= row["as_of"] <= 2100


def test_every_term_has_both_languages_and_a_source_and_its_own_id():
    rows = tables.document("terms.yaml")["terms"]

    assert len(rows) == len({row["id"] for row in rows}) == len(terms.all()) >= 120
    assert all(term.zh and term.en and term.source for term in terms.all())


def test_no_two_ideas_share_one_chinese_word():
    words = [term.zh for term in terms.all()]

    assert sorted({word for word in words if words.count(word) > 1}) == []


def test_the_words_that_the_loop_uses_are_there():
    needed = {
        "经营主体",
        "双随机、一公开",
        "抽样框",
        "入样概率",
        "监督抽查",
        "不合格",
        "复检",
        "异议",
        "责令改正",
        "制造业产品质量合格率",
        "置信区间",
    }

    assert needed <= {term.zh for term in terms.all()}
    assert terms.get("retest").text("zh-hans") == "复检"
    assert terms.get("retest").text("en") == "re-test"


def test_what_is_not_there_is_refused():
    with pytest.raises(UnknownCode):
        terms.get("nothing")
    with pytest.raises(UnknownCode):
        counting.get("nothing")
    with pytest.raises(NotFound):
        tables.rows("nothing.csv")


def test_the_page_on_data_names_every_file():
    page = (ROOT / "docs" / "data" / "README.md").read_text(encoding="utf-8")

    assert [source.file for source in sources.all() if f"`{source.file}`" not in page] == []
