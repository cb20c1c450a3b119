"""What may be shown, compared and mixed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from zhiheng import errors
from zhiheng.stages.indicators import rules

RULE = rules.SizeRule(minimum=30, firm=60)


def reading(estimate, standard_error, basis="probability", purpose="evaluation"):
    return rules.Reading(estimate, standard_error, basis, purpose)


def draw(
    serial="330000-2025Q1-001",
    region="330000",
    period="2025Q1",
    is_revealed=True,
    is_closed=True,
    open_visits=0,
    contestable=0,
):
    return rules.DrawFacts(serial, region, period, is_revealed, is_closed, open_visits, contestable)


@pytest.mark.parametrize(
    ("n", "population", "state"),
    [
        (0, 500, rules.SUPPRESSED),
        (29, 500, rules.SUPPRESSED),
        (30, 500, rules.THIN),
        (59, 500, rules.THIN),
        (60, 500, rules.PUBLISHED),
        (12, 12, rules.CENSUS),
        (0, 0, rules.SUPPRESSED),
    ],
)
def test_the_size_rule_withholds_small_cells_and_names_a_census(n, population, state):
    assert RULE.state(n=n, population=population) == state


@pytest.mark.parametrize(("n", "population"), [(-1, 5), (6, 5)])
def test_counts_that_cannot_be_are_refused(n, population):
    with pytest.raises(errors.BadInput):
        RULE.state(n=n, population=population)


@pytest.mark.parametrize(("minimum", "firm"), [(0, 10), (30, 29)])
def test_a_size_rule_that_cannot_hold_is_refused(minimum, firm):
    with pytest.raises(errors.BadInput):
        rules.SizeRule(minimum=minimum, firm=firm)


@pytest.mark.parametrize(
    ("lower", "upper", "word"),
    [
        (0.941, 0.950, rules.REACHED),
        (0.940, 0.950, rules.REACHED),
        (0.930, 0.939, rules.NOT_REACHED),
        (0.930, 0.940, rules.OPEN),
        (0.935, 0.945, rules.OPEN),
        (None, None, rules.OPEN),
    ],
)
def test_a_target_is_reached_only_when_the_whole_interval_is(lower, upper, word):
    assert rules.against_target(lower=lower, upper=upper, target=0.94) == word


@pytest.mark.parametrize(
    ("lower", "upper", "estimate", "word"),
    [
        (0.138, 0.148, 0.143, rules.NOT_REACHED),
        (0.090, 0.100, 0.095, rules.REACHED),
        (0.090, 0.110, 0.098, rules.REACHED_UNSURE),
        (0.090, 0.110, 0.102, rules.OPEN),
        (None, None, None, rules.OPEN),
    ],
)
def test_at_most_is_reached_from_above(lower, upper, estimate, word):
    found = rules.against_target(
        lower=lower, upper=upper, target=0.10, estimate=estimate, operator=rules.AT_MOST
    )

    assert found == word


@pytest.mark.parametrize("period", ["2025Q5", "25Q1", "2025-Q1", "", "2025Q", "2025Q1 "])
def test_a_period_that_is_no_year_and_no_quarter_is_refused(period):
    with pytest.raises(errors.BadInput):
        rules.check_period(period)


def test_periods_stand_in_order_with_each_year_after_its_quarters():
    given_periods = ["2025", "2024Q4", "2025Q1", "2024", "2025Q1"]

    assert rules.in_order(given_periods) == ["2024Q4", "2024", "2025Q1", "2025"]


def test_a_draw_that_was_not_revealed_is_refused():
    with pytest.raises(errors.RuleRefused, match="not revealed"):
        rules.check_draws([draw(is_revealed=False)], ["2025Q1"])


def test_a_draw_with_open_visits_is_refused():
    with pytest.raises(errors.RuleRefused, match="3 visits"):
        rules.check_draws([draw(open_visits=3)], ["2025Q1"])


def test_a_draw_that_was_not_closed_is_refused():
    with pytest.raises(errors.RuleRefused, match="not closed"):
        rules.check_draws([draw(is_closed=False)], ["2025Q1"])


def test_a_draw_left_aside_needs_a_reason():
    assert rules.check_unused([], reason="") is None
    assert rules.check_unused(["330000-2025Q1-002"], reason="样品被毁") is None
    with pytest.raises(errors.RuleRefused, match="330000-2025Q1-002"):
        rules.check_unused(["330000-2025Q1-002"], reason=" ")


def test_a_revision_replaces_one_release_alone():
    assert rules.check_one_replaced([["2025Q1"]]) is None
    with pytest.raises(errors.RuleRefused, match="2025Q1; 2025Q2 2025Q3"):
        rules.check_one_replaced([["2025Q1"], ["2025Q2", "2025Q3"]])


def test_a_draw_with_contestable_results_is_refused():
    with pytest.raises(errors.RuleRefused, match="2 failing results"):
        rules.check_draws([draw(contestable=2)], ["2025Q1"])


def test_a_draw_by_weight_is_not_mixed_into_a_figure_that_weighs_whole_classes():
    weighted = replace(draw(), is_weighted=True)

    with pytest.raises(errors.RuleRefused, match="probability of its own") as refused:
        rules.check_draws([weighted], ["2025Q1"])
    assert refused.value.code == "draw-by-weight"


def test_a_revision_needs_a_reason_and_keeps_every_period():
    assert rules.check_revision(["2025Q2"], ["2025Q1"], reason="") is None
    assert rules.check_revision(["2025Q1", "2025Q2"], ["2025Q1"], reason="why") is None
    with pytest.raises(errors.Conflict, match="2025Q1"):
        rules.check_revision(["2025Q1"], ["2025Q1"], reason=" ")
    with pytest.raises(errors.RuleRefused, match="2025Q2"):
        rules.check_revision(["2025Q1"], ["2025Q1", "2025Q2"], reason="why")


def test_a_period_without_a_draw_is_refused():
    with pytest.raises(errors.RuleRefused, match="2025Q2, 2025Q3, 2025Q4"):
        rules.check_draws([draw()], ["2025"])


def test_draws_that_cover_the_same_firms_are_refused():
    county = draw(serial="330100-2025Q1-001", region="330100")

    with pytest.raises(errors.RuleRefused, match="cover the same firms"):
        rules.check_draws([draw(), county], ["2025Q1"])


def test_draws_side_by_side_are_taken():
    other = draw(serial="320000-2025Q1-001", region="320000")
    later = draw(serial="330000-2025Q2-001", period="2025Q2")

    assert rules.check_draws([draw(), other, later], ["2025Q1"]) is None


def test_results_of_another_purpose_are_refused():
    kinds = [("probability", "evaluation"), ("probability", "enforcement")]

    with pytest.raises(errors.RuleRefused, match="probability/enforcement"):
        rules.check_same_kind(kinds, basis="probability", purpose="evaluation")


def test_one_failing_item_fails_the_unit():
    assert rules.unit_verdict("X1", ["pass", "fail"]) == "fail"
    assert rules.unit_verdict("X1", ["pass"]) == "pass"


@pytest.mark.parametrize("verdicts", [[], ["pass", ""], ["unknown"]])
def test_a_unit_without_a_settled_verdict_is_refused(verdicts):
    with pytest.raises(errors.BadInput):
        rules.unit_verdict("X1", verdicts)
