"""What a page says is in its language: periods of sources, parts of a breakdown, and what a check refuses."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from tests.indicators.test_sdmx import got
from zhiheng.reference import indicators
from zhiheng.stages.indicators import loading
from zhiheng.stages.indicators.pages import numbers
from zhiheng.web import wording

SERIES = "mfg_product_pass_rate"


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("~announced-2021-09", "2021年9月公布", "announced in Sep 2021"),
        ("~announced-2021", "2021年公布", "announced in 2021"),
        ("~2024-R1", "2024年第1轮", "round 1 of 2024"),
        ("~1993", "1993年", "1993"),
        ("~spring", "spring", "spring"),
        ("2024Q1", "2024年第一季度", "Q1 2024"),
    ],
)
def test_a_period_that_its_source_names_is_said_in_both_languages(text, zh, en):
    for language, said in (("zh-hans", zh), ("en", en)):
        with translation.override(language):
            assert wording.period(text) == said


def test_no_period_of_a_published_number_stands_raw_on_a_chinese_page():
    with translation.override("zh-hans"):
        shown = {numbers.period(loading.days(row.period)[0]) for row in loading.known_rows()}

    assert [text for text in shown if re.search("[A-Za-z~]", text)] == []


def test_parts_of_published_numbers_but_names_of_industries_have_english_names():
    with translation.override("en"):
        named = [
            numbers.part_name(row.breakdown)
            for one in indicators.all()
            for row in indicators.observations(one.id)
            if "=" in row.breakdown and not row.breakdown.startswith("industry=")
        ]

    assert named and [text for text in named if re.search("[\u4e00-\u9fff]", text)] == []


@pytest.mark.django_db
def test_what_a_check_says_of_a_file_reads_in_chinese(client, with_published, released):
    _answer, whole = got(client, f"/figures/{SERIES}/330000/2025Q1/bundle.json")
    altered = whole.replace(b'"verdict":"fail"', b'"verdict":"pass"', 1)

    for data in (whole, altered, b"", b"\xff\xfe", b"[" * 60_000):
        page = client.post("/verify/", {"bundle": SimpleUploadedFile("f.json", data)}).content.decode()
        told = re.findall(r'role="alert">(.*?)</div>', page, re.S)
        told += re.findall(r'<span class="quiet">([^<]*)</span></li>', page)
        assert told
        assert [text for text in told if re.search(r"[A-Za-z]+ [a-z]+ [a-z]+ ", text)] == []
