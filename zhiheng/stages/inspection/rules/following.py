"""The rules of a case: who may object on what ground, which step follows a decision, who may test again."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from ..refusals import refuse

AUTHENTICITY, TEST, PROCESS = "authenticity", "test", "process"
KINDS_OF_OBJECTION = (PROCESS, TEST, AUTHENTICITY)

# A decision on an objection, by what stands open: nothing, another objection, a party's time.
DECIDING = {
    "reject_objection": ("reject_objection", "reject_and_hear", "reject_and_wait"),
    "release_producer": ("release_producer", "release_and_hear", "release_and_wait"),
}
DECISIONS = {
    "reject_objection": "rejected",
    "release_producer": "upheld",
    "uphold_objection": "upheld",
    "offer_retest": "retest",
}
ACCEPTING = ("accept", "party_accepts")
NAMING = ("name_laboratory", "naming_overdue")
# Steps that the state of the case chooses between; a person is offered the first of each.
DERIVED = frozenset(
    {"party_accepts", "naming_overdue", *(event for names in DECIDING.values() for event in names[1:])}
)
PHASE_OF = {
    "retesting": "retest",
    "rechecking": "recheck",
    "second_recheck": "second_recheck",
    "suspended": "third_recheck",
}
RECHECKS = ("recheck_pass", "recheck_fail")

# What a step says about the firm's credit; a later stage reads it in the entry of the step.
CREDIT = {
    "case.accepted": "failed_spot_check",
    "case.objection_time_over": "failed_spot_check",
    "case.objection_rejected": "failed_spot_check",
    "case.producer_released": "failed_spot_check",
    "case.retest_failed": "failed_spot_check",
    "case.retest_lapsed": "failed_spot_check",
    "case.retest_ended": "failed_spot_check",
    "case.recheck_passed": "corrected",
    "case.recheck_failed": "failed_recheck",
    "case.recheck_overdue": "recheck_overdue",
    "case.second_recheck_passed": "corrected",
    "case.second_recheck_failed": "business_suspended",
    "case.second_recheck_overdue": "business_suspended",
    "case.third_recheck_passed": "corrected",
    "case.third_recheck_failed": "licence_revocation_requested",
}


def credit_event(verb: str, state: str) -> str:
    """Return what a step says about the firm's credit, or nothing; a failure counts once final."""
    found = CREDIT.get(verb, "")
    return "" if found == "failed_spot_check" and state != "accepted" else found


def check_kind(kind: str, *, by_producer: bool, has_producer: bool) -> None:
    """Refuse the ground “not my product” from anybody but the producer that the label names."""
    if kind not in KINDS_OF_OBJECTION:
        raise refuse("no-such-objection", kind=kind, field="kind")
    if kind == AUTHENTICITY and has_producer and not by_producer:
        raise refuse("not-the-producer", field="kind")


def deciding(event: str, *, others_to_hear: bool, others_to_wait: bool) -> str:
    """Return the step that a decision on one objection really is, by what else stands open.

    >>> deciding("reject_objection", others_to_hear=False, others_to_wait=True)
    'reject_and_wait'
    """
    names = DECIDING.get(event)
    if names is None:
        return event
    return names[1] if others_to_hear else names[2] if others_to_wait else names[0]


def check_decision(event: str, kind: str, *, by_producer: bool) -> None:
    """Refuse a decision that does not fit the ground of the objection."""
    if event == "release_producer" and not (kind == AUTHENTICITY and by_producer):
        raise refuse("not-about-authenticity")
    if event == "uphold_objection" and kind == AUTHENTICITY and by_producer:
        raise refuse("release-instead")
    if event == "offer_retest" and kind != TEST:
        raise refuse("not-about-the-test")


def check_settled(waiting: Collection[str]) -> None:
    """Refuse a step that ends the contest while another party was not served or is still in time."""
    if waiting:
        raise refuse("parties-waiting", parties=", ".join(sorted(waiting)))


def check_lab(lab: str, *, is_covered: bool | None) -> None:
    """Refuse a laboratory whose scope is on record and does not cover what is to be tested again."""
    if not lab.strip():
        raise refuse("no-lab", field="lab")
    if is_covered is False:
        raise refuse("lab-not-qualified", lab=lab, field="lab")


def check_other_lab(lab: str, *, is_first: bool, others: Iterable[str], reason: str) -> None:
    """Refuse the first laboratory for a re-test, unless no other one of the province is qualified."""
    if not is_first:
        return
    able = sorted(others)
    if able:
        raise refuse("first-lab", lab=lab, others=", ".join(able[:5]), field="lab")
    if not reason.strip():
        raise refuse("first-lab-reason", lab=lab, field="reason")


def check_items(tested: Collection[str], wanted: Collection[str]) -> None:
    """Refuse to end a re-test before every item that failed was tested again."""
    missing = sorted(set(wanted) - set(tested))
    if missing:
        raise refuse("items-missing", items=", ".join(missing))


def check_contested(item: str, wanted: Collection[str]) -> None:
    """Refuse a re-test of an item that did not fail."""
    if item not in wanted:
        raise refuse("not-contested", item=item, items=", ".join(sorted(wanted)), field="item")


def check_recheck(event: str, verdicts: Collection[str]) -> None:
    """Refuse to record a re-check as conforming when its results say otherwise, and the reverse."""
    if not verdicts or event not in RECHECKS:
        return
    if (event == "recheck_pass") is ("fail" in verdicts):
        raise refuse("recheck-says-otherwise")


def overturned_as(event: str) -> str:
    """Return what becomes of the visit of an overturned case: a conforming re-test clears it, else void.

    >>> overturned_as("retest_pass"), overturned_as("uphold_objection")
    ('clear', 'annul')
    """
    return "clear" if event == "retest_pass" else "annul"
