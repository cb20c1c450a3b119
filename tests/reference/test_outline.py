"""The Outline's structure adds up; what was not read stays unknown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from zhiheng.errors import NotFound, UnknownCode
from zhiheng.reference import indicators, outline, regions


def test_eleven_parts_hold_the_32_articles_in_order():
    sizes = [len(part.articles) for part in outline.parts()]
    numbers = [number for part in outline.parts() for number in part.articles]

    assert sizes == [0, 2, 3, 4, 3, 3, 3, 3, 3, 5, 3]
    assert numbers == [article.number for article in outline.articles()] == list(range(1, 33))


def test_the_other_check_sums_hold():
    assert len(outline.task_groups()) == 8
    assert len(outline.projects()) == 7
    assert len(outline.goals()) == 6
    assert len(outline.targets()) == 4
    assert len(outline.documents()) == 5
    assert outline.published() == date(2023, 2, 6)


def test_each_project_belongs_to_one_task_group_and_the_first_group_has_none():
    assert [group.part for group in outline.task_groups()] == list(range(3, 11))
    assert [project.part for project in outline.projects()] == list(range(4, 11))


def test_23_articles_are_known_and_nine_are_not():
    states = {article.number: article.state for article in outline.articles()}
    lacking = {number: state for number, state in states.items() if state != "known"}

    assert lacking == {
        5: "unknown",
        6: "heading-only",
        10: "heading-only",
        13: "heading-only",
        16: "heading-only",
        19: "unknown",
        22: "unknown",
        25: "unknown",
        30: "heading-only",
    }


def test_an_unknown_article_has_no_heading_and_every_other_one_has():
    for article in outline.articles():
        assert (article.heading_zh is None) == (article.state == "unknown")
        assert (article.heading_en is None) == (article.state == "unknown")
        assert article.summary_zh and article.summary_en


def test_a_heading_seen_only_elsewhere_is_kept_apart_with_its_confidence():
    assert outline.article(5).seen_elsewhere_confidence == "secondary"
    assert outline.article(5).heading_zh is None
    assert [a.number for a in outline.articles() if a.seen_elsewhere_zh] == [5]


def test_article_27_is_the_one_on_supervision():
    assert outline.article(27).heading_zh == "优化质量监管效能"
    assert outline.article(27).part == 10


@pytest.mark.parametrize("number", [0, 33, -1, "27", None])
def test_no_other_article_exists(number):
    with pytest.raises(UnknownCode, match="no article"):
        outline.article(number)


def test_the_four_targets_are_those_of_article_2():
    found = [(t.id, t.indicator, t.operator, t.value, t.due, t.article) for t in outline.targets()]

    assert found == [
        ("CN-2025-1", "mfg_quality_competitiveness_index", "reach", Decimal(86), 2025, 2),
        ("CN-2025-2", "agri_routine_monitoring_pass_rate", "at_least", Decimal(98), 2025, 2),
        ("CN-2025-3", "food_sampling_pass_rate", "at_least", Decimal(98), 2025, 2),
        ("CN-2025-4", "mfg_product_pass_rate", "reach", Decimal(94), 2025, 2),
    ]


def test_a_target_is_met_from_its_value_on():
    target = outline.target("CN-2025-4")

    assert not target.is_met_by(Decimal("93.99"))
    assert target.is_met_by(Decimal("94"))
    with pytest.raises(NotFound):
        outline.target("CN-2025-5")


def test_three_targets_name_one_series_and_the_food_target_names_none():
    series = {found.id for found in indicators.all()}
    loose = [target.indicator for target in outline.targets() if target.indicator not in series]

    assert loose == ["food_sampling_pass_rate"]
    assert indicators.ambiguity(loose[0]) is not None


def test_local_targets_keep_their_relation_to_the_national_ones():
    found = {target.id: target for target in outline.local_targets()}

    assert len(found) == 9
    assert found["4414-2025-1"].value == Decimal(83)
    assert found["63-2025-3"].relation == "replaces(indicator)"
    assert all(regions.known(target.region) for target in found.values())
