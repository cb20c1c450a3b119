"""The words for states, outcomes, verdicts, clocks, objections and the verbs of the ledger."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiheng.stages.draw.labels import named, states
from zhiheng.web.tables import State

from . import rules
from .rules import sampling

OUTCOMES = (
    ("sampled", _("Sample taken")),
    ("refused", _("Refused the inspection")),
    ("closed", _("Closed down or shut")),
    ("not_found", _("Not found at its address")),
    ("no_stock", _("No goods to sample")),
)
KINDS = (
    (rules.ON_SITE, _("On site")),
    (rules.REMOTE, _("From afar, by picture or document")),
    (rules.ONLINE, _("Bought online")),
)
LIST_ANSWERS = (
    ("listed", _("Yes, under another code")),
    ("absent", _("No, not there")),
    ("unknown", _("Nobody could say")),
)
FILE_KINDS = (
    ("photo", _("Photograph")),
    ("page", _("Page of a shop or website")),
    ("order", _("Order or receipt")),
    ("video", _("Film")),
    ("document", _("Document")),
)
PARTS = (("test", _("To be tested")), ("spare", _("Spare, kept for a re-test")))
GROUNDS = (
    (sampling.BROKEN, _("Seal broken or missing")),
    (sampling.MISMATCH, _("Sample and papers do not fit")),
    (sampling.SHORT, _("Not enough for the test")),
    (sampling.DAMAGED, _("Damaged, spoiled or expired")),
    (sampling.TEMPERATURE, _("Kept at a wrong temperature")),
    (sampling.OTHER, _("Another ground")),
)
MOVES = (
    ("sealed", _("Taken and sealed")),
    ("handed", _("Handed to the laboratory")),
    ("received", _("Received by the laboratory")),
    ("refused", _("Refused by the laboratory")),
    ("sent_on", _("Sent on to another laboratory")),
    ("kept", _("Spare sample sealed and left")),
    ("lost", _("Spare sample hidden, moved or damaged")),
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
    ("authenticity", _("The product is not from this producer")),
)
# That the product is not its own can only be said by the producer whom the label names.
FIRM_OBJECTIONS = tuple(kind for kind in OBJECTION_KINDS if kind[0] != "authenticity")
PARTIES = ((rules.PRODUCER, _("Producer on the label")), (rules.PLATFORM, _("Online platform")))
STANDS = (
    (rules.UNSERVED, _("Notice not served yet")),
    (rules.SERVED, _("Notice served")),
    ("accepted", _("Result accepted")),
    ("objected", _("Objection filed")),
    ("time_over", _("Time to object over")),
    ("released", _("Not the producer of this product")),
)
SERVICES = (
    ("person", _("Handed over in person")),
    ("mail", _("Registered mail")),
    ("online", _("Electronically, with consent")),
    ("public", _("Public notice")),
)
DECISIONS = (
    ("upheld", _("Objection upheld")),
    ("rejected", _("Objection rejected")),
    ("retest", _("Re-test offered")),
)
PHASES = (
    ("retest", _("Re-test")),
    ("recheck", _("Re-check")),
    ("second_recheck", _("Second re-check")),
    ("third_recheck", _("Re-check after the suspension")),
)
MEASURES = (
    (rules.STOP_SALE, _("Production and sale stopped")),
    (rules.RESUME_SALE, _("Production and sale resumed")),
    (rules.HOLD, _("Publication held back")),
    (rules.HOLD_RELEASED, _("Hold on publication released")),
)
ANSWERS = (("accepted", _("Accepted")), ("returned", _("Returned")))
LIMIT_KINDS = (("upper", _("not above")), ("lower", _("not below")))
PAPERS = (
    ("task-sheet", _("Task sheet")),
    ("sampling-sheet", _("Sampling sheet")),
    ("seal-label", _("Seal label")),
    ("notice", _("Notice of the result")),
    ("notice-producer", _("Notice to the producer on the label")),
    ("notice-platform", _("Notice to the online platform")),
    ("test-report", _("Test report")),
    ("objection-receipt", _("Receipt of the objection")),
    ("order-to-correct", _("Order to correct")),
    ("ledger", _("Ledger of visits")),
)
PRINT_STATES = (
    ("queued", _("Waiting")),
    ("running", _("Being set")),
    ("done", _("Ready")),
    ("failed", _("Not set")),
)
PRINT_TONES = {"queued": "todo", "running": "running", "done": "done", "failed": "stopped"}
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

BOUND_STEPS = {
    "started": _("At the door"),
    "finished": _("Visit ended with a sample"),
    "refused": _("Inspection refused"),
    "closed": _("Closed or moved away"),
    "not_found": _("Not found at the address"),
    "no_stock": _("Nothing in stock"),
    "sealed": _("Sample sealed"),
    "handed": _("Sample handed to the laboratory"),
    "received": _("Sample received"),
}

VISIT_STATES = states(
    rules.VISITS,
    {
        rules.ASSIGNED: "todo",
        **dict.fromkeys((rules.SAMPLED, *rules.AT_LAB, rules.REPORTED), "running"),
        rules.RETURNED: "todo",
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
        **{state.id: "running" for state in rules.CASES.states if state.kind == "wait"},
        "suspended": "stopped",
        "licence_revoked": "stopped",
    },
)

# What a person can choose on the page of a case; the other events come by themselves when a clock ends.
STEPS = {
    "serve_notice": _("Record that the notice was received"),
    "serve_party": _("Record that another party received the notice"),
    "accept": _("Accept the result"),
    "party_accepts": _("Accept the result while others may still object"),
    "object": _("Object to the result"),
    "reject_objection": _("Reject the objection"),
    "reject_and_hear": _("Reject the objection; another one is open"),
    "reject_and_wait": _("Reject the objection; others may still object"),
    "release_producer": _("Release the producer: not its product"),
    "release_and_hear": _("Release the producer; another objection is open"),
    "release_and_wait": _("Release the producer; others may still object"),
    "uphold_objection": _("Uphold the objection"),
    "offer_retest": _("Offer a re-test"),
    "complete_formalities": _("Formalities of the re-test done"),
    "formalities_time_over": _("The time for the formalities has passed"),
    "name_laboratory": _("Name the laboratory of the re-test"),
    "naming_overdue": _("Name the laboratory of the re-test, late"),
    "retest_fail": _("The re-test does not conform"),
    "retest_pass": _("The re-test conforms"),
    "spare_lost": _("The spare sample was hidden, moved or damaged"),
    "order_stop_sale": _("Order to stop production and sale"),
    "order_correction": _("Order to correct"),
    "report_corrected": _("Report the correction"),
    "recheck_pass": _("The re-check conforms"),
    "recheck_fail": _("The re-check does not conform"),
    "recheck_overdue": _("The re-check is overdue"),
    "second_recheck_overdue": _("The second re-check is overdue"),
}

# What a step of a procedure needs: the evidence and the conditions that its table names.
NEEDS = {
    "sampling_sheet": _("the sampling sheet, signed"),
    "visit_note": _("a note of what was met"),
    "seal_photo": _("a picture of the seal"),
    "receipt_note": _("a note of the sample's condition"),
    "handover_note": _("a note of the hand-over"),
    "test_report": _("the test report"),
    "proof_of_service": _("the proof of service"),
    "objection": _("the objection in writing"),
    "firm_paper": _("the paper of the firm"),
    "retest_report": _("the report of the new test"),
    "decision_on_objection": _("the decision on the objection"),
    "correction_report": _("the report of the correction"),
    "recheck_report": _("the report of the re-check"),
    "spare_sample_record": _("a record of the spare sample's state"),
    "reason_given": _("a reason"),
    "within_time": _("being in time"),
    "two_inspectors": _("two inspectors"),
    "inspectors_available": _("two inspectors who can go"),
    "no_conflict_of_interest": _("no conflict of interest"),
    "evidence_from_afar": _("a file, for a check from afar"),
    "seal_number_is_new": _("a seal that was never used"),
    "seal_intact": _("the seal intact"),
    "value_has_unit": _("a value with its unit"),
    "method_named": _("the method"),
    "decision_rule_applied": _("the decision rule"),
    "case_overturned": _("an overturned case"),
    "every_party_settled": _("no other party still in time"),
    "kind_fits_party": _("a ground that this party has"),
    "about_authenticity": _("an objection that the product is not its own"),
    "about_the_test": _("an objection to the test"),
    "laboratory_qualified": _("a laboratory whose scope covers the failing items"),
    "another_laboratory": _("another laboratory than the first one"),
    "every_item_tested": _("a result of every failing item"),
    "site_record": _("the record of the site, signed"),
    "every_item_answered": _("an answer to every item at every point"),
    "findings_agree": _("the answers of all points"),
    "day_to_correct": _("a day by which to correct"),
}
# The papers that a step leaves; their forms are made elsewhere.
DOCUMENTS = {
    "sampling_sheet": _("Sampling sheet"),
    "record_of_refusal": _("Record of a refused check"),
    "letter_of_assignment": _("Letter of assignment"),
    "seal_label": _("Seal label"),
    "sample_receipt": _("Receipt of the sample"),
    "refusal_of_receipt": _("Refusal of the sample"),
    "test_report": _("Test report"),
    "notice_of_result": _("Notice of the result"),
    "decision_on_objection": _("Decision on the objection"),
    "notice_of_retest": _("Notice of the re-test"),
    "letter_to_the_laboratory": _("Letter to the laboratory"),
    "notice_of_retest_result": _("Notice of the re-test result"),
    "order_to_stop_sale": _("Order to stop production and sale"),
    "order_to_correct": _("Order to correct"),
    "public_notice": _("Public notice"),
    "order_to_suspend": _("Order to suspend the business"),
    "request_to_revoke": _("Request to revoke the licence"),
    "site_record": _("Record of the site"),
    "notice_of_findings": _("Notice of findings"),
    "order_to_suspend_works": _("Order to suspend the works"),
    "letter_of_referral": _("Letter of referral"),
}

VERBS = {
    "visit.opened": (_("Visits opened"), "running"),
    "visit.planned": (_("The day of visits was planned"), "todo"),
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
    "case.party_named": (_("Party named"), "running"),
    "case.party_served": (_("Notice served on another party"), "running"),
    "case.party_accepted": (_("A party accepted the result"), "running"),
    "case.party_time_over": (_("Time of one party to object over"), "running"),
    "case.producer_released": (_("Producer released: not its product"), "done"),
    "case.sale_stopped": (_("Stop of production and sale ordered"), "stopped"),
    "case.test_recorded": (_("Result of a re-test or re-check recorded"), "running"),
    "case.publication_held": (_("Publication held back"), "stopped"),
    "case.publication_released": (_("Hold on publication released"), "done"),
    "case.transfer_offered": (_("Case offered to another region"), "running"),
    "case.transfer_accepted": (_("Case taken over by another region"), "done"),
    "case.transfer_returned": (_("Case returned by the other region"), "stopped"),
    "visit.reassigned": (_("Visit given to other inspectors"), "running"),
    "visit.list_told": (_("Said in which other lists the firm stands"), "running"),
    "visit.files_added": (_("Files added to a visit"), "running"),
    "sample.described": (_("Label of the sample noted"), "running"),
    "sample.bought": (_("Purchase of the sample recorded"), "running"),
    "sample.part_added": (_("Part of the sample sealed"), "running"),
    "sample.sent_on": (_("Sample sent on to another laboratory"), "running"),
    "sample.taken_again": (_("Sample taken again"), "running"),
    "result.cleared": (_("Result replaced by the re-test"), "done"),
    "result.annulled": (_("Result annulled"), "done"),
    "paper.issued": (_("Paper issued"), "done"),
    "paper.print_asked": (_("Papers asked for as one file"), "running"),
    "paper.printed": (_("Papers set as one file"), "done"),
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
HELD = State(_("Publication held back by the office"), "todo")
