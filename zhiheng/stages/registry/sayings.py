"""The sentences for faults in licences, qualifications, laboratories, inspectors' papers and catalogues."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

FIELDS = {
    "number": _("Number of the document"),
    "scope": _("Scope of the licence"),
    "issuer": _("Issued by"),
    "state": _("State"),
    "product": _("Product"),
    "valid_until": _("Valid until"),
    "ended_on": _("Ended on"),
    "person": _("Name of the person"),
    "title": _("Title or post"),
    "duties": _("Duties"),
    "lab": _("Code of the laboratory"),
    "located_at": _("Address"),
    "is_active": _("In use"),
    "approval_until": _("Approval valid until"),
    "uscc": _("Social credit code"),
    "approval_no": _("Number of the approval"),
    "samples_a_week": _("Samples a week"),
    "item": _("Test item"),
    "method": _("Method"),
    "limits": _("Limits of the scope"),
    "inspector": _("Certificate number"),
    "item_code": _("Code of the category"),
    "year": _("Year"),
    "vertical": _("Field of goods"),
    "divisions": _("Divisions"),
    "keywords": _("Words of product names"),
    "hazards": _("Hazards"),
    "test_items": _("Test items"),
    "source": _("Source"),
}

SENTENCES = {
    "days-not-in-order": (_("The last day stands before the first."), _("Correct one of the two days.")),
    "not-a-day": (_("“%(value)s” is not a date."), _("Write it as 2026-11-22.")),
    "not-a-count": (_("“%(value)s” is not a whole number of samples."), _("Give a number such as 120.")),
    "licence-withdrawn": (
        _("This number was withdrawn; a withdrawn licence does not come back."),
        _("Register the new number that was issued."),
    ),
    "state-unchanged": (_("It stands in this state already."), _("Choose another state.")),
    "number-taken": (
        _("A licence of this kind with this number is in the register already."),
        _("Open it and correct it there."),
    ),
    "number-of-another": (
        _("This number belongs to another subject."),
        _("Compare the number with the licence."),
    ),
    "product-unknown": (
        _("The subject has no product named “%(value)s” in the register."),
        _("Enter the product first, or describe it in the scope."),
    ),
    "ended-already": (_("It ended on %(value)s already."), _("Register a new one if it begins again.")),
    "ended-before-it-began": (
        _("It would end before it began."),
        _("Give the day of its beginning or a later one."),
    ),
    "duties-required": (
        _("The duties of a chief quality officer are not filled in."),
        _("Say what the officer answers for, as in the appointment."),
    ),
    "qualification-stands": (
        _("The same qualification of this person is in the register already."),
        _("Open the list and end it there, or give another number."),
    ),
    "lab-unknown": (
        _("No laboratory with the code “%(value)s” is in the register."),
        _("Import the list of laboratories first, or correct the code."),
    ),
    "lab-taken": (
        _("A laboratory with this code is in the register already."),
        _("Import the list of laboratories to correct it."),
    ),
    "inspector-unknown": (
        _("No inspector with the number “%(value)s” is in the part of the register that you may see."),
        _("Import the list of inspectors first, or correct the number."),
    ),
    "struck-off-already": (_("This inspector is not on duty."), _("Put the inspector on duty again first.")),
    "on-duty-already": (_("This inspector is on duty."), _("There is nothing to do.")),
    "no-certificate-holds": (
        _("None of the certificates on record holds today."),
        _("Register the new certificate first."),
    ),
    "certificate-taken": (
        _("A certificate with this number is on record already and has not ended."),
        _("Give the number of the new certificate."),
    ),
    "leave-cancelled": (_("This leave was cancelled already."), _("There is nothing to do.")),
    "leave-taken": (
        _("This leave is on record already."),
        _("There is nothing to do."),
    ),
    "not-a-year": (_("“%(value)s” is not a year between 2000 and 2100."), _("Give four digits.")),
    "too-many-lines": (_("There are more than %(most)s lines."), _("Split the category in two.")),
    "test-item-unnamed": (
        _("A line of the test items lacks its item or its method: “%(value)s”."),
        _("Write: item | method | unit | limit | not above or not below | source | confidence."),
    ),
    "test-item-twice": (_("The test item “%(value)s” stands twice."), _("Keep one line for each method.")),
    "limit-without-side": (
        _("The limit of “%(value)s” does not say whether it is a highest or a lowest value."),
        _("Write “not above” or “not below” behind the limit, or leave both empty."),
    ),
    "confidence-unknown": (
        _("“%(value)s” is no degree of confidence."),
        _("Write text, secondary or memory."),
    ),
    "nothing-to-issue": (
        _("There is no candidate for this region and year."),
        _("Propose items, copy those of the year before, or import a list."),
    ),
    "nothing-to-supplement": (
        _("The catalogue of this region and year is issued, and no candidate waits for a supplement."),
        _("Propose the items that are to be added or changed."),
    ),
    "item-not-issued": (
        _("This item does not hold in its catalogue."),
        _("Open the catalogue and choose an item that holds."),
    ),
    "candidate-waits": (
        _("A candidate with this code waits for a supplement."),
        _("Drop that candidate first, or issue it."),
    ),
    "no-year-before": (
        _("No catalogue of the year before is issued for this region."),
        _("Propose items or import a list."),
    ),
}
