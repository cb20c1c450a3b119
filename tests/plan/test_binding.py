"""A target is bound to one series, refused for good, or the wrong choice is turned away."""

from __future__ import annotations

import pytest

from zhiheng.reference import indicators, outline
from zhiheng.stages.plan.rules import binding

PASS = binding.Measure("pass", "产品合格率", "%", "probability", "evaluation", "higher")
SPOT = binding.Measure("spot", "产品合格率", "%", "judgement", "enforcement", "higher")
INDEX = binding.Measure("index", "竞争力指数", "index", "administrative", "evaluation", "higher")
FAIL = binding.Measure("fail", "不合格率", "%", "judgement", "enforcement", "lower")
PROMISE = binding.Promise("pass_rate", "产品合格率", "%", "reach")


def test_the_series_of_the_same_name_and_unit_is_bound():
    decision = binding.decide(PROMISE, PASS, [PASS, INDEX])

    assert (decision.state, decision.rule) == ("bound", binding.RULE)


@pytest.mark.parametrize(
    ("promise", "chosen", "rule"),
    [
        (PROMISE, INDEX, "name-differs"),
        (binding.Promise("x", "竞争力指数", "%", "reach"), INDEX, "unit-differs"),
        (binding.Promise("x", "产品合格率", "%", "at_most"), PASS, "direction-differs"),
        (binding.Promise("x", "不合格率", "%", "at_least"), FAIL, "direction-differs"),
    ],
)
def test_a_series_that_does_not_fit_is_a_wrong_choice(promise, chosen, rule):
    decision = binding.decide(promise, chosen, [PASS, INDEX, FAIL])

    assert (decision.state, decision.rule) == ("mismatch", rule)


def test_spaces_and_case_make_no_difference():
    promise = binding.Promise("x", " 竞争力 指数", "INDEX", "reach")

    assert binding.decide(promise, INDEX, [INDEX]).state == "bound"


@pytest.mark.parametrize("chosen", [PASS, SPOT, INDEX])
def test_a_name_shared_by_two_populations_is_refused_whatever_is_chosen(chosen):
    decision = binding.decide(PROMISE, chosen, [PASS, SPOT, INDEX])

    assert (decision.state, decision.rule) == ("refused", "name-shared")
    assert "pass, spot" in decision.reason_zh
    assert "pass, spot" in decision.reason_en


@pytest.mark.parametrize("chosen", ["pass", "large"])
def test_a_name_shared_by_series_of_one_kind_is_refused_as_well(chosen):
    large = binding.Measure("large", "产品 合格率", "%", "probability", "evaluation", "higher")
    known = {measure.id: measure for measure in (PASS, large, INDEX)}

    assert binding.decide(PROMISE, known[chosen], list(known.values())).rule == "name-shared"


@pytest.mark.parametrize(
    ("meant", "rule"),
    [
        (SPOT, "name-shared"),
        (binding.Measure("large", "产品合格率", "‰", "survey", "evaluation", "higher"), "name-shared"),
        (binding.Measure("pass", "合格率", "%", "probability", "evaluation", "higher"), "name-differs"),
        (
            binding.Measure("pass", "产品合格率", "%", "probability", "evaluation", "lower"),
            "direction-differs",
        ),
    ],
)
def test_a_definition_that_unsettles_a_bound_target_is_found(meant, rule):
    known = [one for one in (PASS, INDEX) if one.id != meant.id]

    target, decision = binding.unsettled([("T", PROMISE, "pass")], meant, known)

    assert (target, decision.rule) == ("T", rule)


def test_a_definition_of_another_name_unsettles_nothing_even_where_a_target_is_unsettled():
    assert binding.unsettled([("T", PROMISE, "pass")], INDEX, [PASS, SPOT]) is None
    assert binding.unsettled([("T", PROMISE, "pass")], PASS, [INDEX]) is None


def test_a_name_on_the_list_of_doubts_is_refused_with_its_reason():
    doubt = binding.Doubt("pass_rate", ("a", "b"), "没有说明目的", "names no purpose")

    decision = binding.decide(PROMISE, PASS, [PASS], [doubt])

    assert decision.state == "refused"
    assert (decision.reason_zh, decision.reason_en) == ("没有说明目的", "names no purpose")


@pytest.mark.parametrize(
    ("target", "expected"),
    [("CN-2025-1", "bound"), ("CN-2025-2", "bound"), ("CN-2025-3", "refused"), ("CN-2025-4", "bound")],
)
def test_three_targets_of_the_outline_are_bound_and_the_food_target_is_refused(target, expected):
    found = outline.target(target)
    measures = [
        binding.Measure(s.id, s.zh, s.unit, s.basis, s.purpose, s.direction) for s in indicators.all()
    ]
    doubts = [binding.Doubt(a.name, a.candidates, a.reason_zh, a.reason_en) for a in indicators.ambiguities()]
    chosen = next((m for m in measures if m.id == found.indicator), measures[0])

    decision = binding.decide(
        binding.Promise(found.indicator, found.zh, found.unit, found.operator), chosen, measures, doubts
    )

    assert decision.state == expected


def test_no_wording_of_the_choice_binds_the_food_target():
    food = outline.target("CN-2025-3")
    doubts = [binding.Doubt(a.name, a.candidates, a.reason_zh, a.reason_en) for a in indicators.ambiguities()]

    for series in indicators.all():
        chosen = binding.Measure(
            series.id, series.zh, series.unit, series.basis, series.purpose, series.direction
        )
        promise = binding.Promise(food.indicator, food.zh, food.unit, food.operator)
        assert binding.decide(promise, chosen, [chosen], doubts).state == "refused"
