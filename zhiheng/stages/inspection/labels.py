"""The words for states, outcomes, verdicts, clocks, objections and the verbs of the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiheng.stages.draw.labels import named, states
from zhiheng.web.tables import State

from . import rules

OUTCOMES = (
    ("sampled", _("Sample taken")),
    ("refused", _("Refused the inspection")),
    ("closed", _("Closed down or shut")),
    ("not_found", _("Not found at its address")),
    ("no_stock", _("No goods to sample")),
)
VERDICTS = (("pass", _("Conforms")), ("fail", _("Does not conform")))
CLOCK_STATES = (
    (rules.RUNNING, _("Running")),
    (rules.REMINDER, _("Reminder only")),
    (rules.STOPPED, _("Stopped")),
)
OBJECTION_KINDS = (
    ("process", _("Against the sampling")),
    ("test", _("Against the test")),
)
LIMIT_KINDS = (("upper", _("not above")), ("lower", _("not below")))
DECISION_NAMES = {
    "simple-acceptance": _("Simple acceptance"),
    "guarded-acceptance": _("Guarded acceptance"),
    "guarded-rejection": _("Guarded rejection"),
}
DECISION_RULES = (
    ("simple-acceptance", _("Simple acceptance: the value itself decides")),
    ("guarded-acceptance", _("Guarded acceptance: passes only with the uncertainty inside the limit")),
    ("guarded-rejection", _("Guarded rejection: fails only with the uncertainty outside the limit")),
)
BASES = {"probability": _("Probability sample")}
PURPOSES = {"evaluation": _("Evaluation")}

VISIT_STATES = states(
    rules.VISITS,
    {
        rules.ASSIGNED: "todo",
        **dict.fromkeys((rules.SAMPLED, *rules.AT_LAB, rules.REPORTED), "running"),
        rules.PASSED: "done",
        rules.FAILED: "stopped",
    },
)
CASE_STATES = states(
    rules.CASES,
    {
        rules.OPENED: "todo",
        "closed": "done",
        rules.OVERTURNED: "done",
        "suspended": "stopped",
        "licence_revoked": "stopped",
        **{state.id: "running" for state in rules.CASES.states if state.kind == "wait"},
    },
)

# What a person can choose on the page of a case; the other events come by themselves when a clock ends.
STEPS = {
    "serve_notice": _("Record that the notice was received"),
    "accept": _("Accept the result"),
    "object": _("Object to the result"),
    "reject_objection": _("Reject the objection"),
    "uphold_objection": _("Uphold the objection"),
    "offer_retest": _("Offer a re-test"),
    "complete_formalities": _("Formalities of the re-test done"),
    "formalities_time_over": _("The time for the formalities has passed"),
    "name_laboratory": _("Name the laboratory of the re-test"),
    "naming_overdue": _("Name the laboratory of the re-test, late"),
    "retest_fail": _("The re-test does not conform"),
    "retest_pass": _("The re-test conforms"),
    "order_correction": _("Order to correct"),
    "report_corrected": _("Report the correction"),
    "recheck_pass": _("The re-check conforms"),
    "recheck_fail": _("The re-check does not conform"),
    "recheck_overdue": _("The re-check is overdue"),
    "second_recheck_overdue": _("The second re-check is overdue"),
}

VERBS = {
    "visit.opened": (_("Visits opened"), "running"),
    "visit.batch_recorded": (_("Findings of many visits recorded"), "done"),
    "sample.assigned": (_("Sample assigned to a laboratory"), "running"),
    "result.reported": (_("Result reported"), "done"),
    "result.corrected": (_("Result corrected"), "running"),
    "report.drafted": (_("Draft of a report saved"), "todo"),
    "report.discarded": (_("Draft of a report discarded"), "neutral"),
    "report.signed": (_("Report signed"), "done"),
    "report.corrected": (_("Report corrected by a new version"), "running"),
    "result.batch_recorded": (_("Results of many samples recorded"), "done"),
    "case.opened": (_("Case opened"), "running"),
    "case.overturned": (_("Case ended: the corrected result conforms"), "done"),
}


def verbs() -> dict[str, tuple]:
    """Return the words and tone of every verb; the step of a procedure reads as the state it leads to."""
    found: dict[str, tuple] = {}
    for table, words in ((rules.VISITS, VISIT_STATES), (rules.CASES, CASE_STATES)):
        for edge in table.transitions:
            found[edge.verb] = (named(table.state(edge.target)), words[edge.target].tone)
    return {**found, **VERBS}


CONTESTABLE = State(_("Open to objection, not final"), "todo")
