"""What is refused of visits, samples and results: one sentence and one remedy each."""

from __future__ import annotations

from zhiheng.errors import BadInput, Conflict, LimitExceeded, NotAllowed, NotFound, RuleRefused, UnknownCode
from zhiheng.stages.draw import refusals as shared


def _(text: str) -> str:
    """Mark a text for translation; a rule itself knows no language."""
    return text


VISITS: dict[str, shared.Refusal] = {
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
    "not-yours": (
        NotAllowed,
        _("This step is taken by another office, laboratory or inspector."),
        _("The page of the record says who has it now."),
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
    "empty-file": (
        BadInput,
        _("The file %(name)s is empty."),
        _("Choose the file again; one that was not saved yet holds nothing."),
    ),
    "bad-place": (
        BadInput,
        _("“%(place)s” is no place."),
        _("Leave it empty, or let the phone fill it in."),
    ),
    "many-files": (
        LimitExceeded,
        _("These are %(count)s files; %(most)s can be sent at a time."),
        _("Send the others afterwards."),
    ),
    "large-file": (
        LimitExceeded,
        _("The file %(name)s is larger than %(most)s MB."),
        _("Make it smaller, for instance by scanning in grey, or send it in parts."),
    ),
    "no-price": (
        BadInput,
        _("The price is not an amount in yuan."),
        _("Write what was paid, such as 128.00."),
    ),
    "no-order": (
        BadInput,
        _("The purchase on a platform has no order as evidence."),
        _("Hand in a picture of the order with the buyer's name covered."),
    ),
    "no-producer-name": (
        BadInput,
        _("The producer has a code or a region and no name."),
        _("Copy the name from the label."),
    ),
    "no-ground": (
        BadInput,
        _("The refusal has no ground."),
        _("Choose one of the grounds; with “other” say in a few words why."),
    ),
    "ground-not-the-seal": (
        BadInput,
        _("What was said of the seal does not fit the ground of the refusal."),
        _("Choose the broken seal as the ground when the seal is broken, and only then."),
    ),
    "seal-broken": (
        RuleRefused,
        _("The seal %(seal_no)s is not intact, so the sample cannot be taken in."),
        _("Refuse the sample with the reason; it is taken again, or declared void."),
    ),
    "no-files": (
        RuleRefused,
        _("A check from afar has no file that shows what was seen."),
        _("Hand in at least one picture, page or document, then record the finding."),
    ),
    "inspector-struck-off": (
        RuleRefused,
        _("The inspector %(inspector)s held no certificate in force on %(on)s, or is no longer active."),
        _("Ask the office to give the visit to another pair, with the reason; then record it."),
    ),
    "inspector-on-leave": (
        RuleRefused,
        _("The inspector %(inspector)s is on leave on %(on)s."),
        _("Correct the day or the leave, or ask the office to give the visit to another pair."),
    ),
    "conflict-of-interest": (
        RuleRefused,
        _("The inspector %(inspector)s has a conflict of interest with this firm on record."),
        _("Choose another inspector."),
    ),
    "no-such-inspector": (
        BadInput,
        _("There is no inspector %(inspector)s in the register of this region."),
        _("Copy the number of the certificate from the register."),
    ),
    "same-pair": (
        BadInput,
        _("The visit is with these two inspectors already."),
        _("Name at least one other inspector."),
    ),
    "visit-not-open": (
        Conflict,
        _("This visit was recorded already."),
        _("Only a visit that is still to be made can be given to others."),
    ),
    "below-zero": (
        BadInput,
        _("%(value)s %(unit)s is below zero, which this unit does not allow."),
        _("Report what the method can tell: <0.01 when less than its limit of quantification was found."),
    ),
    "doubtful-value": (
        BadInput,
        _("The value %(value)s is far from the limit %(limit)s, or its uncertainty is larger than itself."),
        _("Compare point and unit with the report. If it is right, say so in the box and send again."),
    ),
    "sample-decided": (
        Conflict,
        _("Nothing of this sample can be changed any more: its test has begun or has ended."),
        _("A correction of a result, or a re-test by its spare part, is the way from here."),
    ),
    "purchase-recorded": (
        Conflict,
        _("The purchase of this sample was recorded already, and it was another one."),
        _("A purchase is recorded once. Note an error in the case file."),
    ),
    "no-place": (
        BadInput,
        _("The part has no use or no place."),
        _("Say whether it is to be tested or spare, and where it is kept."),
    ),
    "no-such-part": (
        BadInput,
        _("The sample %(seal_no)s has no part with the seal %(part)s."),
        _("Copy the number of the seal from the part."),
    ),
    "spare-not-tested": (
        RuleRefused,
        _("The part %(part)s is the spare sample, which is kept for a re-test."),
        _("Test the other parts; the spare is tested only when a re-test was offered."),
    ),
    "no-such-paper": (
        NotFound,
        _("There is no such paper."),
        _("Choose one of the papers that the page of the visit or the case lists."),
    ),
    "paper-not-yet": (
        Conflict,
        _("This paper cannot be written yet: what it says is not on record."),
        _("Take the step on the page of the visit or the case first; then print again."),
    ),
    "no-rows-chosen": (
        BadInput,
        _("No row was chosen that you may print."),
        _("Tick the rows of the list, then press the button again."),
    ),
    "too-many-papers": (
        LimitExceeded,
        _("%(count)s papers are more than one file can hold; %(most)s are the most."),
        _("Narrow the choice and print it in parts, or take the workbook for a ledger."),
    ),
    "visit-day-past": (
        BadInput,
        _("The day %(day)s is past."),
        _("Plan the visits for today or a later day."),
    ),
    "no-erasing-reason": (
        BadInput,
        _("“%(reason)s” is no reason for erasing a step."),
        _("Choose one of: requested, mistaken, unlawful."),
    ),
    "steps-public": (
        RuleRefused,
        _("The draw %(draw)s is closed; its steps are public."),
        _("Steps can be erased before their draw is closed."),
    ),
    "step-erased": (Conflict, _("This step was erased already."), _("There is nothing to do.")),
    "no-reason": (BadInput, _("No reason is given."), _("Say in a few words why.")),
    "no-joint": (
        RuleRefused,
        _("This visit belongs to no joint campaign, so there are no other lists to ask about."),
        _("Nothing needs to be recorded."),
    ),
    "joint-sealed": (
        Conflict,
        _("The record of the joint campaign %(joint)s is sealed; no answer is taken any more."),
        _("Note it in the case file; the weights stay as they were published."),
    ),
    "no-such-answer": (
        BadInput,
        _("“%(answer)s” is no answer about a list."),
        _("Choose: under another code, not there, or unknown."),
    ),
    "no-such-list": (
        BadInput,
        _("The campaign has no other list “%(channel)s” that was drawn from."),
        _("Choose one of the other lists of the campaign."),
    ),
    "list-known": (
        Conflict,
        _("The frozen list of %(draw)s holds this firm by its code; nothing needs to be asked."),
        _("Ask about another list, or leave it."),
    ),
    "code-with-listed": (
        BadInput,
        _("A code belongs to the answer “under another code”, and to it alone."),
        _("Enter the social credit code under which it stands there, or choose another answer."),
    ),
    "code-not-listed": (
        BadInput,
        _("The code %(unit)s does not stand in that list as another firm that could be drawn."),
        _("Check the code; if it stands there under none, choose “not there”."),
    ),
}
