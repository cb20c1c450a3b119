"""What the rules of inspection refuse: one sentence and one remedy each, later said in the reader's words."""

from __future__ import annotations

from typing import Any

from zhiheng.errors import BadInput, Conflict, NotAllowed, RuleRefused, UnknownCode, ZhihengError
from zhiheng.stages.draw import refusals as shared

from .report_refusals import REPORT_REFUSALS


def _(text: str) -> str:
    """Mark a text for translation; a rule itself knows no language."""
    return text


REFUSALS: dict[str, shared.Refusal] = {
    "no-outcome": (
        BadInput,
        _("“%(outcome)s” is no outcome of a visit."),
        _("Choose sampled, refused, closed, not found or no stock."),
    ),
    "no-product": (BadInput, _("The sample has no product name."), _("Write what was sampled.")),
    "sample-without-sampling": (
        BadInput,
        _("A visit that ended without a sample names a sample."),
        _("Leave product, seal and laboratory empty, or choose the outcome “Sample taken”."),
    ),
    "no-seal-number": (
        BadInput,
        _("“%(seal_no)s” is no seal number."),
        _("Copy it from the seal: 3 to 40 letters, digits, dots, hyphens or slashes."),
    ),
    "seal-taken": (
        Conflict,
        _("The seal %(seal_no)s is on another sample already."),
        _("Compare the number with the seal; each seal is used once."),
    ),
    "already-sealed": (
        Conflict,
        _("This sample already carries the seal %(seal_no)s."),
        _("A seal is never exchanged; note a broken seal in the case file."),
    ),
    "visit-day": (
        BadInput,
        _("A visit on %(visited_on)s cannot be: the draw was revealed on %(drawn_on)s, today is %(today)s."),
        _("Enter the day of the visit."),
    ),
    "visit-recorded": (
        Conflict,
        _("The outcome of this visit was recorded already, and it was another one."),
        _("An outcome is recorded once. Ask the office to note the error in the case file."),
    ),
    "not-assigned": (
        NotAllowed,
        _("You are not one of the two inspectors to whom this visit was drawn."),
        _("Ask one of them, or the office of the region, to record it."),
    ),
    "draw-not-revealed": (
        RuleRefused,
        _("The draw %(draw)s was not revealed."),
        _("Reveal it first; then its visits can be opened."),
    ),
    "visits-open": (
        RuleRefused,
        _("%(count)s visits of the draw %(draw)s have not ended."),
        _("Record the outcome of every visit and the result of every sample first."),
    ),
    "no-such-visit": (
        BadInput,
        _("The draw %(draw)s holds no visit for the firm %(unit)s."),
        _("Correct the code, or open the visits of this draw first."),
    ),
    "no-such-sample": (
        RuleRefused,
        _("There is no sample with the seal %(seal_no)s."),
        _("Compare the number with the seal; a result needs a sealed sample that was assigned."),
    ),
    "unit-twice": (
        BadInput,
        _("The firm %(unit)s stands twice in this list."),
        _("Keep one row for each visit."),
    ),
    "item-twice": (
        BadInput,
        _("The sample %(seal_no)s has the item “%(item)s” twice in this list."),
        _("Keep one row for each item."),
    ),
    "unsealed": (
        RuleRefused,
        _("This sample carries no seal."),
        _("Seal it and record the number of the seal before it goes to a laboratory."),
    ),
    "unassigned": (
        RuleRefused,
        _("The sample %(seal_no)s was not assigned to a laboratory."),
        _("Assign it first; then the laboratory can report."),
    ),
    "other-lab": (
        RuleRefused,
        _("The sample %(seal_no)s was assigned to another laboratory than %(lab)s."),
        _("Check the seal number, or ask the office to assign the sample to you."),
    ),
    "assigned-elsewhere": (
        Conflict,
        _("The sample %(seal_no)s is with the laboratory %(lab)s already."),
        _("A sample stays with its laboratory; a re-test uses the spare sample."),
    ),
    "result-recorded": (
        Conflict,
        _("The item “%(item)s” of the sample %(seal_no)s has another result already."),
        _("Record a correction that names the result it replaces."),
    ),
    "result-replaced": (
        Conflict,
        _("This result was corrected already."),
        _("Correct the newest result of the item."),
    ),
    "other-item": (
        BadInput,
        _("The correction is about another item or sample than the result it replaces."),
        _("Correct each result by one of the same item and sample."),
    ),
    "report-day": (
        BadInput,
        _("A report of %(reported_on)s cannot be: the visit was on %(visited_on)s, today is %(today)s."),
        _("Enter the day of the report."),
    ),
    "bad-shape": (
        BadInput,
        _("The field “%(field)s” does not hold what belongs there."),
        _("Write numbers as digits with a point, such as 0.085, and give every value its unit."),
    ),
    "cannot-tell": (
        BadInput,
        _("Less than %(value)s says nothing about the limit %(limit)s."),
        _("Test again with a method whose limit of quantification lies below the limit."),
    ),
    "unknown-unit": (
        UnknownCode,
        _("The unit “%(unit)s” is not known."),
        _("Use a unit of the list, such as mg/kg, %% or MPa."),
    ),
    "no-grounds": (
        BadInput,
        _("The objection gives no grounds."),
        _("Say in a few sentences what is wrong."),
    ),
    "early-objection": (
        BadInput,
        _("An objection of %(filed_on)s is older than the notice of %(served_on)s."),
        _("Enter the day on which it was filed."),
    ),
    "late-objection": (
        RuleRefused,
        _("The time for an objection ended on %(due_on)s; this one came %(late)s days later."),
        _("The proof of the date stands beside the clock. The way to a higher office or a court stays open."),
    ),
    "case-moved-on": (
        Conflict,
        _("This case no longer waits for this step."),
        _("Its time line says what was decided and when."),
    ),
    "step-day": (
        BadInput,
        _("A step on %(on)s cannot be: the case last moved on %(not_before)s, today is %(today)s."),
        _("Enter the day on which it happened."),
    ),
    "late-step": (
        RuleRefused,
        _("The time for this step ended on %(due_on)s; it would come %(late)s days later."),
        _("The proof of the date stands beside the clock; take the step for the time that has passed."),
    ),
    "time-not-over": (
        RuleRefused,
        _("The time that this step ends has not passed; its last day is %(due_on)s."),
        _("Wait until that day is over."),
    ),
    "own-form": (
        BadInput,
        _("This step needs more than a day and a reason."),
        _("Take it by the button on the page of the case."),
    ),
    "by-itself": (
        RuleRefused,
        _("Nobody takes this step: it happens by itself when the clock ends."),
        _("Wait for the clock; its last day stands on the page of the case."),
    ),
    "no-pair": (
        RuleRefused,
        _("Two different inspectors were not drawn for this visit."),
        _("Ask the office to compare the visit with the certificate of its draw."),
    ),
    "no-sample": (
        Conflict,
        _("No sample was taken at this visit yet."),
        _("Record the visit with its sample first; a visit without a sample has nothing to seal or send."),
    ),
    "case-is-over": (
        Conflict,
        _("The case of this sample ended when an earlier correction found it conforming."),
        _("A failing result now needs a new sample and a new notice, so that the firm may object."),
    ),
    "notice-altered": (
        Conflict,
        _("The stored notice does not have the hash of this case."),
        _("Restore the evidence from its last good copy."),
    ),
    **REPORT_REFUSALS,
    "no-reason": (BadInput, _("No reason is given."), _("Say in a few words why.")),
}


def refuse(code: str, **facts: Any) -> ZhihengError:
    """Return the refusal of this code with its facts filled in, to be raised."""
    return shared.refuse(code, REFUSALS, **facts)
