"""What is refused of cases: notices, objections, re-tests, transfers; one sentence and one remedy each."""

from __future__ import annotations

from zhiheng.errors import BadInput, Conflict, RuleRefused
from zhiheng.stages.draw import refusals as shared


def _(text: str) -> str:
    """Mark a text for translation; a rule itself knows no language."""
    return text


CASES: dict[str, shared.Refusal] = {
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
    "no-such-objection": (
        BadInput,
        _("“%(kind)s” is no ground for an objection."),
        _("Object to the sampling, to the test, or say that the product is not yours."),
    ),
    "not-the-producer": (
        RuleRefused,
        _("Only the producer on the label can say that the product is not its own."),
        _("Object to the sampling or to the test; the producer has a notice of its own."),
    ),
    "not-about-authenticity": (
        RuleRefused,
        _("The objection does not say that the product comes from somebody else."),
        _("Uphold or reject the objection, or offer a re-test."),
    ),
    "release-instead": (
        RuleRefused,
        _("The producer says that the product is not its own; the seller's product still fails."),
        _("Release the producer: the case goes on against the firm where the sample was taken."),
    ),
    "not-about-the-test": (
        RuleRefused,
        _("The objection is not about the test, so a re-test cannot answer it."),
        _("Decide it with a reason: uphold it or reject it."),
    ),
    "parties-waiting": (
        RuleRefused,
        _("Other parties have still to be served or are within their time: %(parties)s."),
        _("Serve them, or wait until their time is over; one re-test decides for all."),
    ),
    "no-such-party": (
        BadInput,
        _("This case has no such party."),
        _("Name the producer on the label or the platform, with its name."),
    ),
    "party-served": (
        Conflict,
        _("The notice of this party was served on another day."),
        _("A service is recorded once. Note an error in the case file."),
    ),
    "no-lab": (BadInput, _("No laboratory is named."), _("Write the code of the laboratory.")),
    "lab-not-qualified": (
        RuleRefused,
        _("The scope of the laboratory %(lab)s does not cover what is to be tested again."),
        _("Name one whose scope covers every failing item by its method."),
    ),
    "first-lab": (
        RuleRefused,
        _("The laboratory %(lab)s made the first test; others of the province are qualified: %(others)s."),
        _("Name one of them."),
    ),
    "first-lab-reason": (
        RuleRefused,
        _("The laboratory %(lab)s made the first test."),
        _("Say why no other laboratory of the province can do it."),
    ),
    "items-missing": (
        RuleRefused,
        _("These failing items were not tested again: %(items)s."),
        _("Report them first; the last one ends the re-test."),
    ),
    "not-contested": (
        BadInput,
        _("The item “%(item)s” did not fail, so it is not tested again."),
        _("Report one of these: %(items)s."),
    ),
    "recheck-says-otherwise": (
        RuleRefused,
        _("The results of this re-check say otherwise."),
        _("Take the step that they lead to, or ask the laboratory whether they are right."),
    ),
    "no-test-now": (
        Conflict,
        _("This case waits for no test now."),
        _("Its time line says what was decided and when."),
    ),
    "not-held": (
        Conflict,
        _("The publication of this case is not held back."),
        _("There is no hold to release."),
    ),
    "transfer-open": (
        Conflict,
        _("This case is already offered to %(region)s."),
        _("Wait for the answer of that office."),
    ),
    "no-transfer": (
        Conflict,
        _("This case is not offered to another region now."),
        _("Look at its time line for the answer."),
    ),
    "same-region": (
        BadInput,
        _("The case belongs to this region already."),
        _("Choose the region that is to take it over."),
    ),
}
