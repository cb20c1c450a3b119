"""When a notice is due, who is late, and how its words are put together and compared."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from zhiheng.errors import ZhihengError
from zhiheng.reference import notices
from zhiheng.stages.disclosure import rules
from zhiheng.stages.disclosure.rules import content, redaction

RULE = notices.redaction_rule("public-notice", date(2025, 3, 3))


@pytest.mark.parametrize(
    ("kind", "event_on", "due_on", "is_verified"),
    [
        ("spot_check_result", date(2025, 2, 10), date(2025, 3, 10), False),
        ("dual_random_result", date(2025, 9, 22), date(2025, 10, 24), False),  # eight days off, two made up
        ("penalty", date(2025, 2, 10), date(2025, 3, 10), True),
        ("food_check_result", date(2025, 2, 10), date(2025, 3, 10), True),
        ("recall", date(2025, 2, 10), date(2025, 2, 13), False),
    ],
)
def test_a_notice_is_due_by_the_limit_of_its_kind(kind, event_on, due_on, is_verified):
    found = rules.due(notices.kind(kind), event_on, "330000")

    assert (found.due_on, found.limit.is_verified) == (due_on, is_verified)


@pytest.mark.parametrize("kind", ["draw_announcement", "figure_release", "failed_recheck", "other"])
def test_no_day_is_invented_where_none_is_known(kind):
    assert rules.due(notices.kind(kind), date(2025, 2, 10), "330000") is None


def test_nothing_is_due_before_its_event():
    assert rules.due(notices.kind("penalty"), None, "330000") is None


@pytest.mark.parametrize(("kind", "is_late"), [("penalty", True), ("spot_check_result", False)])
def test_one_is_late_by_a_limit_that_was_read_alone(kind, is_late):
    found = rules.due(notices.kind(kind), date(2025, 2, 10), "330000")

    assert rules.is_late(found, found.due_on + timedelta(days=1)) is is_late
    assert rules.is_past(found, found.due_on + timedelta(days=1))
    assert not rules.is_past(found, found.due_on)


@pytest.mark.parametrize(
    ("zh", "en", "pairs"),
    [
        ("甲\n\n乙", "a\nb", [("甲", "a"), ("乙", "b")]),
        ("甲\n乙", "a", [("甲", "a"), ("乙", "")]),
        ("甲", "a\nb", [("甲", "a b")]),
        ("甲", "", [("甲", "")]),
    ],
)
def test_paragraphs_are_paired_in_order(zh, en, pairs):
    section = content.text_section(zh, en)

    assert [(one["zh"], one["en"]) for one in section["paragraphs"]] == pairs


def test_lines_that_stay_are_no_difference():
    def version(rows):
        table = content.table_section(content.both("产品", "Products"), [content.both("企业", "Firm")], rows)
        return {"title": content.both("提示"), "body": [table], "basis": []}

    found = content.difference(version([["甲"], ["乙"]]), version([["乙"], ["丙"]]), "en")

    assert [(line.sign, line.text) for line in found] == [("removed", "甲"), ("added", "丙")]


@pytest.mark.parametrize("words", [{}, {"title_zh": "题"}, {"title_zh": " ", "text_zh": "文"}])
def test_a_notice_without_chinese_words_is_refused(words):
    with pytest.raises(ZhihengError):
        rules.check_words(words)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 8_000,
        "1" * 8_000,
        "文" * 8_000,
        "路1号" * 2_600,
        "联系人：" * 2_000,
        "张、" * 4_000,
        "1-" * 4_000,
    ],
)
def test_the_longest_text_is_masked_in_a_moment(text):
    began = time.process_time()
    redaction.redact(text, RULE, names=["张三丰"])

    assert time.process_time() - began < 5
