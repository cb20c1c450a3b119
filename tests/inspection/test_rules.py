"""What counts as a finding, a testable sample, a verdict, and an objection in time."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zhiheng.errors import BadInput, Conflict, RuleRefused
from zhiheng.stages.inspection import rules

DAY = date(2025, 3, 3)


@given(st.lists(st.sampled_from(["pass", "fail"]), min_size=1))
def test_one_failing_item_fails_the_visit(verdicts):
    assert (rules.visit_verdict(verdicts) == "pass") is all(one == "pass" for one in verdicts)


@pytest.mark.parametrize("outcome", rules.NON_RESPONSE)
def test_a_visit_without_a_sample_is_a_state_of_its_own(outcome):
    assert rules.Finding(outcome, DAY).state == outcome


def test_an_unknown_outcome_is_refused():
    with pytest.raises(BadInput, match="no outcome"):
        rules.Finding("pass", DAY)


def test_a_refused_visit_cannot_carry_a_sample():
    with pytest.raises(BadInput, match="without a sample"):
        rules.Finding("refused", DAY, seal_no="S-1")


def test_a_sample_has_a_product():
    with pytest.raises(BadInput, match="product"):
        rules.Finding("sampled", DAY, product_name=" ")


@pytest.mark.parametrize("seal", ["", "A", "a b c", "封-1", "=1+1", "x" * 41])
def test_a_seal_number_that_cannot_be_read_back_is_refused(seal):
    with pytest.raises(BadInput, match="seal number"):
        rules.check_seal(seal)


def test_the_same_finding_again_is_nothing_new_and_another_one_is_refused():
    assert rules.is_new(rules.ASSIGNED, (), ("refused",))
    assert not rules.is_new("refused", ("refused",), ("refused",))
    with pytest.raises(Conflict, match="another one"):
        rules.is_new("refused", ("refused",), ("closed",))


@pytest.mark.parametrize("state", rules.AT_LAB)
def test_a_report_leads_from_any_state_at_the_laboratory_to_its_verdict(state):
    assert rules.after_tests(state, verdict="pass") == rules.PASSED
    assert rules.after_tests(state, verdict="fail") == rules.FAILED
    assert rules.after_tests(state, verdict=None) == "testing"


@pytest.mark.parametrize(
    ("seal", "lab", "reporter", "code"),
    [
        (None, "LAB1", "LAB1", "unsealed"),
        ("", "LAB1", "LAB1", "unsealed"),
        ("S-1", "", "LAB1", "unassigned"),
        ("S-1", "LAB1", "LAB2", "other-lab"),
    ],
)
def test_a_result_for_an_unsealed_or_unassigned_sample_is_refused(seal, lab, reporter, code):
    with pytest.raises(RuleRefused) as refused:
        rules.check_testable(seal_no=seal, lab=lab, reported_by=reporter)

    assert refused.value.code == code


@pytest.mark.parametrize("visited_on", [date(2025, 2, 28), date(2025, 3, 11)])
def test_a_visit_before_the_draw_or_in_the_future_is_refused(visited_on):
    with pytest.raises(BadInput, match="cannot be"):
        rules.check_visit_day(visited_on, drawn_on=date(2025, 3, 1), today=date(2025, 3, 10))


SERVED, LAST = date(2025, 3, 3), date(2025, 3, 18)


def test_an_objection_on_the_last_day_is_in_time():
    rules.check_objection(rules.NOTIFIED, grounds="x", filed_on=LAST, served_on=SERVED, due_on=LAST)


def test_a_late_objection_is_refused():
    with pytest.raises(RuleRefused) as refused:
        rules.check_objection(
            rules.NOTIFIED, grounds="x", filed_on=date(2025, 3, 19), served_on=SERVED, due_on=LAST
        )

    assert refused.value.facts == {"rule": rules.OBJECTION_RULE, "due_on": "2025-03-18", "late": 1}


def test_an_objection_to_a_case_that_moved_on_is_refused():
    with pytest.raises(Conflict):
        rules.check_objection("rectifying", grounds="x", filed_on=LAST, served_on=SERVED, due_on=LAST)


def test_a_clock_whose_text_was_not_read_only_reminds():
    assert rules.clock_status("text") == rules.RUNNING
    assert rules.clock_status("memory") == rules.clock_status("secondary") == rules.REMINDER


@pytest.mark.parametrize(("left", "tone"), [(-1, "overdue"), (0, "due"), (3, "due"), (4, "todo")])
def test_a_clock_is_due_three_days_before_its_end_and_overdue_after_it(left, tone):
    today = date(2025, 3, 10)

    assert rules.clock_tone(today + timedelta(days=left), today) == tone
    assert rules.clock_tone(today + timedelta(days=left), today, runs=False) != "overdue"


@pytest.mark.parametrize("on", [date(2025, 3, 2), date(2025, 3, 21)])
def test_a_step_before_the_case_was_opened_or_in_the_future_is_refused(on):
    with pytest.raises(BadInput) as refused:
        rules.check_step_day(on, not_before=SERVED, today=date(2025, 3, 20))

    assert refused.value.code == "step-day"


def test_a_step_on_the_first_and_on_the_last_possible_day_is_taken():
    for on in (SERVED, LAST):
        rules.check_step_day(on, not_before=SERVED, today=LAST)


def test_a_step_is_late_only_after_the_last_day_of_a_settled_clock():
    rules.check_in_time(LAST, due_on=LAST, rule=rules.OBJECTION_RULE)
    rules.check_in_time(date(2030, 1, 1), due_on=None, rule=rules.OBJECTION_RULE)

    with pytest.raises(RuleRefused) as refused:
        rules.check_in_time(date(2025, 3, 19), due_on=LAST, rule=rules.OBJECTION_RULE)

    assert refused.value.facts["late"] == 1


def test_a_wait_is_not_ended_before_its_last_day_has_passed():
    rules.check_time_over(date(2025, 3, 19), due_on=LAST, rule="x")

    for due_on in (LAST, None):
        with pytest.raises(RuleRefused):
            rules.check_time_over(LAST, due_on=due_on, rule="x")


def test_a_visit_needs_two_different_inspectors():
    rules.check_pair({"I1", "I2"})

    for pair in ((), ("I1",), ("I1", "I1")):
        with pytest.raises(RuleRefused):
            rules.check_pair(pair)
