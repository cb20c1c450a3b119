"""What the rules of a laboratory's report refuse: one sentence and one remedy each."""

from __future__ import annotations

from zhiheng.errors import BadInput, Conflict, NotAllowed, RuleRefused, UnknownCode
from zhiheng.stages.draw.refusals import Refusal


def _(text: str) -> str:
    """Mark a text for translation; a rule itself knows no language."""
    return text


REPORTS: dict[str, Refusal] = {
    "not-the-laboratory": (
        NotAllowed,
        _("A report is drafted and signed by staff of the laboratory that has the sample."),
        _("An office enters what it has on paper from the page of the sample."),
    ),
    "in-a-report": (
        Conflict,
        _("This result stands in a signed report."),
        _("Open the report and correct it; that makes a new version."),
    ),
    "comma": (
        BadInput,
        _("“%(text)s” is written with a comma."),
        _("Write the decimal point, without thousands marks: 0.085 or 1250.5."),
    ),
    "no-number": (
        BadInput,
        _("“%(text)s” is no number."),
        _("Write digits with a point, such as 0.085; write <0.01 when less than that was found."),
    ),
    "not-detected": (
        BadInput,
        _("“%(text)s” does not say what the method could have found."),
        _("Write < and the limit of the method in the same unit, such as <0.01."),
    ),
    "unit-letters": (
        UnknownCode,
        _("The unit “%(unit)s” is not known; written with other letters it is %(near)s."),
        _("Capital and small letters differ in units; write it as the list does."),
    ),
    "other-unit": (
        BadInput,
        _("“%(item)s” is reported in %(unit)s; the catalogue asks for %(expected)s."),
        _("Convert value, uncertainty and limit to %(expected)s."),
    ),
    "lab-inactive": (
        RuleRefused,
        _("The laboratory %(lab)s is not in use in the register."),
        _("Its samples are sent on to another laboratory, or the office puts it in use again."),
    ),
    "lab-approval_over": (
        RuleRefused,
        _("The approval of the laboratory %(lab)s in the register had ended on %(on)s."),
        _("The office enters the newer approval, or the sample is sent on to another laboratory."),
    ),
    "out-of-scope": (
        RuleRefused,
        _("The recognised scope of %(lab)s on %(on)s does not hold “%(item)s” by %(method)s."),
        _("Use a method of the scope, or ask the office to enter the newer scope."),
    ),
    "sample-void": (
        Conflict,
        _("The sample %(seal_no)s was declared void."),
        _("Nothing can be reported of it; see the note on its visit."),
    ),
    "sample-returned": (
        Conflict,
        _("The laboratory refused the sample %(seal_no)s, so nothing can be reported of it."),
        _("Report under the seal of the sample that is taken again, or ask the office to declare it void."),
    ),
    "sample-complete": (
        Conflict,
        _("The report of the sample %(seal_no)s is complete; it takes no “%(item)s” any more."),
        _("A value that it holds is corrected with a reason; a further item needs a sample taken anew."),
    ),
    "sample-reported": (
        Conflict,
        _("The sample %(seal_no)s was reported already, with another value for “%(item)s”."),
        _("Open its report and correct it with a reason."),
    ),
    "two-days": (
        BadInput,
        _("The sample %(seal_no)s stands in this list with two days of the report."),
        _("A report has one day; write the same day in each of its rows."),
    ),
    "no-lines": (
        BadInput,
        _("The report of the sample %(seal_no)s holds no item."),
        _("Add at least one item with its value."),
    ),
    "too-many-lines": (
        BadInput,
        _("%(count)s rows are more than the %(limit)s that are taken at once."),
        _("Hand them in in several parts."),
    ),
    "number-taken": (
        Conflict,
        _("The report number %(number)s is on another report of this laboratory."),
        _("Give each report a number of its own."),
    ),
    "no-report": (
        Conflict,
        _("No report of the sample %(seal_no)s was signed yet, so there is nothing to correct."),
        _("Change the draft and sign it, or ask the office to correct what it entered."),
    ),
    "report-corrected": (
        Conflict,
        _("This version of the report was corrected already."),
        _("Correct the newest version."),
    ),
    "correction-open": (
        Conflict,
        _("A correction of this report is being prepared already."),
        _("Go on with that draft, or discard it first."),
    ),
    "nothing-changed": (
        BadInput,
        _("The correction changes nothing."),
        _("Change what was wrong, or discard the draft."),
    ),
    "draft-gone": (
        Conflict,
        _("The draft is no longer here: it was signed or discarded."),
        _("Look for the report in the list of reports."),
    ),
}
