"""The rules of inspection: which outcome leads where, which sample can be reported on, when a clock acts.

Everything here is pure: no Django, no clock. What a value means against its limit is said by
``formats.shapes.verdict``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from zhiheng.procedure import machine

from ..refusals import refuse
from . import following

# Visits. Refused, closed, not found and out of stock are states of their own, never a pass.
VISITS = machine.load("visit")
ASSIGNED, SAMPLED, SEALED, REPORTED, PASSED, FAILED, VOID = (
    "assigned",
    "sampled",
    "sealed",
    "reported",
    "passed",
    "failed",
    "void",
)
RECEIVED, TESTING, RETURNED = "received", "testing", "returned"
AT_LAB = (SEALED, RECEIVED, TESTING)
LAB_STEPS = ("receive", "test", "report")
WITH_SAMPLE = (SAMPLED, *AT_LAB, RETURNED, REPORTED, PASSED, FAILED, VOID)
UNENDED = {ASSIGNED, SAMPLED, *AT_LAB, RETURNED, REPORTED}
KINDS = ON_SITE, REMOTE, ONLINE = "on_site", "remote", "online"
DECIDED = (PASSED, FAILED)
NON_RESPONSE = ("refused", "closed", "not_found", "no_stock")
EVENTS = {
    "sampled": "sample",
    "refused": "refuse",
    "closed": "close",
    "not_found": "miss",
    "no_stock": "lack",
}
OUTCOMES = tuple(EVENTS)

# Cases and clocks.
CASES = machine.load("case")
OPENED, NOTIFIED, OBJECTED, OVERTURNED = "opened", "notified", "objected", "overturned"
CONTESTABLE = (OPENED, NOTIFIED, OBJECTED, "retest_offered", "retest_formal", "retesting")
HIDING = (*CONTESTABLE, OVERTURNED)
ENDS = tuple(state.id for state in CASES.states if state.kind == "end")
RUNNING, REMINDER, STOPPED = "running", "reminder", "stopped"
OBJECTION_RULE = "spotcheck.objection_law"
RETEST_RULES = ("spotcheck.retest_formalities",)
PARTIES = PRODUCER, PLATFORM = "producer", "platform"
OBJECTING = (PRODUCER,)  # besides the drawn firm; law art. 15(4) names producers and sellers
UNSERVED, SERVED = "unserved", "served"
PHASES = ("retest", "recheck", "second_recheck", "third_recheck")
STOP_SALE, RESUME_SALE, HOLD, HOLD_RELEASED = "stop_sale", "resume_sale", "hold", "hold_released"
ENDING_BY_THEMSELVES = frozenset(str(edge.timeout) for edge in CASES.transitions if edge.is_automatic)
SOON_DAYS = 3
ERASING_REASONS = ("requested", "mistaken", "unlawful")  # a choice: words about a person would stay for ever
MOST_PLANNED = 2_000

SIMPLE_ACCEPTANCE = "simple-acceptance"
BASIS, PURPOSE = "probability", "evaluation"

OWN_FORMS = (  # steps that need more than a day and a reason
    "serve_notice",
    "serve_party",
    "object",
    "order_stop_sale",
    "name_laboratory",
    "naming_overdue",
    "retest_fail",
    "retest_pass",
)

# Steps that a page offers by a button of its own, or that the state of the case chooses between.
SHOWN_ELSEWHERE = frozenset({*(event for event in OWN_FORMS if event != "object"), *following.DERIVED})

# What enforces each condition that the tables of visits and cases name; the house tests that each is known.
GUARDS = {
    "two_inspectors": "zhiheng.stages.inspection.rules.check_pair",
    "no_conflict_of_interest": "zhiheng.proof.draw.pair_units",
    "seal_number_is_new": "zhiheng.stages.inspection.models.Sample",
    "reason_given": "zhiheng.stages.inspection.rules.check_reason",
    "value_has_unit": "zhiheng.stages.inspection.records.build",
    "method_named": "zhiheng.stages.inspection.records.build",
    "decision_rule_applied": "zhiheng.formats.shapes.verdict",
    "within_time": "zhiheng.stages.inspection.rules.check_in_time",
    "inspectors_available": "zhiheng.stages.inspection.rules.sampling.check_able",
    "evidence_from_afar": "zhiheng.stages.inspection.rules.sampling.check_from_afar",
    "seal_intact": "zhiheng.stages.inspection.rules.sampling.check_receipt",
    "case_overturned": "zhiheng.stages.inspection.rules.following.overturned_as",
    "every_party_settled": "zhiheng.stages.inspection.sides.open_sides",
    "kind_fits_party": "zhiheng.stages.inspection.rules.following.check_kind",
    "about_authenticity": "zhiheng.stages.inspection.rules.following.check_decision",
    "about_the_test": "zhiheng.stages.inspection.rules.following.check_decision",
    "laboratory_qualified": "zhiheng.stages.inspection.rules.following.check_lab",
    "another_laboratory": "zhiheng.stages.inspection.rules.following.check_other_lab",
    "every_item_tested": "zhiheng.stages.inspection.rules.following.check_items",
}

_SEAL = re.compile(r"[0-9A-Za-z][0-9A-Za-z._/-]{2,39}")


@dataclass(frozen=True, slots=True)
class Finding:
    """What an inspector brings back from one visit."""

    outcome: str
    visited_on: date
    product_name: str = ""
    seal_no: str = ""
    lab: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.outcome not in OUTCOMES:
            raise refuse("no-outcome", outcome=self.outcome)
        if self.outcome == "sampled" and not self.product_name.strip():
            raise refuse("no-product", field="product_name")
        if self.outcome != "sampled" and (self.product_name or self.seal_no or self.lab):
            raise refuse("sample-without-sampling", field="outcome")
        if self.seal_no:
            check_seal(self.seal_no)

    @property
    def state(self) -> str:
        """The state of the visit after this finding, by the steps that the procedure allows."""
        reached = machine.advance(VISITS, ASSIGNED, EVENTS[self.outcome]).target
        return machine.advance(VISITS, reached, "seal").target if self.seal_no else reached


@dataclass(frozen=True, slots=True)
class Measurement:
    """What a laboratory reports of one item of one sealed sample; numbers are decimal strings."""

    seal_no: str
    item: str
    method: str
    value: str
    unit: str
    limit: str
    limit_kind: str
    reported_on: date
    lab: str
    uncertainty: str | None = None
    decision_rule: str = SIMPLE_ACCEPTANCE
    qualifier: str = ""


def check_seal(number: str) -> str:
    """Return the number of a seal when it can be read back from a label."""
    if not _SEAL.fullmatch(number):
        raise refuse("no-seal-number", seal_no=number, field="seal_no")
    return number


def check_visit_day(visited_on: date, *, drawn_on: date, today: date) -> None:
    """Refuse a visit before its draw was revealed, or after today."""
    if not drawn_on <= visited_on <= today:
        raise refuse(
            "visit-day",
            visited_on=visited_on.isoformat(),
            drawn_on=drawn_on.isoformat(),
            today=today.isoformat(),
            field="visited_on",
        )


def check_report_day(reported_on: date, *, visited_on: date, today: date) -> None:
    """Refuse a report older than its visit, or later than today."""
    if not visited_on <= reported_on <= today:
        raise refuse(
            "report-day",
            reported_on=reported_on.isoformat(),
            visited_on=visited_on.isoformat(),
            today=today.isoformat(),
            field="reported_on",
        )


def check_step_day(on: date, *, not_before: date, today: date) -> None:
    """Refuse a step of a case before the case was opened or last moved, or after today.

    The day of a step starts and stops clocks, so a free choice of it would decide who may still object.
    """
    if not not_before <= on <= today:
        raise refuse(
            "step-day",
            on=on.isoformat(),
            not_before=not_before.isoformat(),
            today=today.isoformat(),
            field="on",
        )


def check_reason(reason: str) -> str:
    """Return the reason of a step that nobody could judge without one."""
    if not reason.strip():
        raise refuse("no-reason", field="reason")
    return reason.strip()


def check_in_time(on: date, *, due_on: date | None, rule: str) -> None:
    """Refuse a step after the last day of its verified clock; without such a clock nothing is refused."""
    if due_on is not None and on > due_on:
        raise refuse("late-step", due_on=due_on.isoformat(), late=(on - due_on).days, rule=rule)


def check_time_over(on: date, *, due_on: date | None, rule: str) -> None:
    """Refuse to end a wait before the last day of its clock has passed."""
    if due_on is None or on <= due_on:
        raise refuse("time-not-over", due_on=due_on.isoformat() if due_on else "-", rule=rule)


def check_pair(inspectors: Collection[str]) -> None:
    """Refuse a finding of a visit that two different inspectors were not drawn for."""
    if len(set(inspectors)) != 2:
        raise refuse("no-pair")


def check_reversal(before: str, verdict: str, *, case_is_over: bool) -> None:
    """Refuse a correction that makes a passing sample fail again after its case has ended.

    The ended case cannot serve a notice once more, so the firm could never object to such a result.
    """
    if before == "pass" and verdict == "fail" and case_is_over:
        raise refuse("case-is-over")


def is_new(state: str, recorded: tuple, wanted: tuple) -> bool:
    """Say whether a finding is new; the same one again is no error, another one is refused."""
    if state == ASSIGNED:
        return True
    if recorded == wanted:
        return False
    raise refuse("visit-recorded")


def check_testable(*, seal_no: str | None, lab: str, reported_by: str) -> None:
    """Refuse a result for a sample that is unsealed, unassigned, or with another laboratory."""
    if not seal_no:
        raise refuse("unsealed")
    if not lab:
        raise refuse("unassigned", seal_no=seal_no)
    if reported_by != lab:
        raise refuse("other-lab", seal_no=seal_no, lab=reported_by)


def check_open(state: str, *, seal_no: str, item: str) -> None:
    """Refuse a result of a sample that its laboratory refused, that is void, or whose report is complete."""
    if state == RETURNED:
        raise refuse("sample-returned", seal_no=seal_no, field="seal_no")
    if state == VOID:
        raise refuse("sample-void", seal_no=seal_no, field="seal_no")
    if state not in AT_LAB:
        raise refuse("sample-complete", seal_no=seal_no, item=item, field="item")


def after_tests(state: str, *, verdict: str | None) -> str:
    """Return the state of a visit once its laboratory has reported; without a verdict more items follow.

    >>> after_tests("sealed", verdict="fail"), after_tests("received", verdict=None)
    ('failed', 'testing')
    """
    steps = LAB_STEPS if verdict else LAB_STEPS[:-1]
    while state != (REPORTED if verdict else "testing"):
        event = next((event for event in VISITS.events(state) if event in steps), "report")
        state = machine.advance(VISITS, state, event).target
    return decided(verdict) if verdict else state


def decided(verdict: str) -> str:
    """Return the state of a visit whose report gives this verdict; a correction decides a report anew."""
    return machine.advance(VISITS, REPORTED, verdict).target


def visit_verdict(verdicts: Iterable[str]) -> str:
    """Return the verdict of a visit from all its items: one failing item fails it."""
    return "fail" if "fail" in set(verdicts) else "pass"


def clock_status(confidence: str) -> str:
    """Return how a new clock behaves: one whose text was not read reminds and sets off nothing."""
    return RUNNING if confidence == "text" else REMINDER


def days_left(due_on: date, today: date) -> int:
    """Return the days left; negative when the day is past."""
    return (due_on - today).days


def clock_tone(due_on: date, today: date, *, runs: bool = True) -> str:
    """Return whether a clock is to be watched, due soon, or overdue.

    ``runs`` is false for a reminder, and for a clock whose end is a step by itself: neither is ever overdue.

    >>> clock_tone(date(2025, 3, 10), date(2025, 3, 8)), clock_tone(date(2025, 3, 1), date(2025, 3, 8))
    ('due', 'overdue')
    """
    left = days_left(due_on, today)
    if left < 0:
        return "overdue" if runs else "due"
    return "due" if left <= SOON_DAYS else "todo"


def check_objection(state: str, *, grounds: str, filed_on: date, served_on: date, due_on: date) -> None:
    """Refuse an objection filed after the last day of its clock, or to a case that is past it."""
    if not grounds.strip():
        raise refuse("no-grounds", field="grounds")
    if filed_on < served_on:
        raise refuse(
            "early-objection",
            filed_on=filed_on.isoformat(),
            served_on=served_on.isoformat(),
            field="filed_on",
        )
    if filed_on > due_on:
        raise refuse(
            "late-objection", due_on=due_on.isoformat(), late=(filed_on - due_on).days, rule=OBJECTION_RULE
        )
    if state not in (NOTIFIED, OBJECTED):
        raise refuse("case-moved-on")
