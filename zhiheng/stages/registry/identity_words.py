"""The sentences for faults in merges, splits, earlier states and dated things."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

FIELDS = {
    "is_active": _("In business"),
    "into": _("Survivor"),
    "day": _("Day"),
    "decision": _("Decision"),
    "address": _("Address"),
    "valid_until": _("Valid until"),
    "mark_no": _("Trade mark number"),
    "number": _("Number"),
    "made_on": _("Made on"),
    "expires_on": _("Expires on"),
    "quantity": _("Quantity"),
    "keep": _("Survivor"),
    "product": _("Product"),
    "at": _("As it held on"),
}

SENTENCES = {
    "before-entry": (
        _("The register speaks of this subject from %(since)s on, and this day is earlier."),
        _("Give %(since)s or a later day."),
    ),
    "before-last-word": (
        _(
            "Since %(since)s the register says something else of this subject: "
            "a merge was undone, or its state changed."
        ),
        _("Give %(since)s or a later day."),
    ),
    "before-known": (
        _("The register did not know this subject yet: it was entered on %(since)s."),
        _("Give %(since)s or a later day for both days."),
    ),
    "same-subject": (
        _("A subject cannot be merged with itself."),
        _("Give the code of the other subject."),
    ),
    "merged-already": (
        _("%(value)s was already merged into %(into)s."),
        _("Work on %(into)s, or undo that merge first."),
    ),
    "survivor-merged": (
        _("%(value)s was itself merged into %(into)s, so it cannot take in another subject."),
        _("Merge into %(into)s."),
    ),
    "holds-merged": (
        _("%(value)s holds subjects that were merged into it: %(held)s."),
        _("Undo those merges, and merge each of them into the same survivor, so that no chain arises."),
    ),
    "merged-stays-out": (
        _("This subject was merged into %(into)s and stays out of business."),
        _("Undo the merge if it was a mistake."),
    ),
    "split-into-itself": (
        _("A subject cannot be split into its own code."),
        _("Give the social credit code of the new subject."),
    ),
    "split-into-existing": (
        _("%(value)s is the code of a subject that is in the register already."),
        _("A split makes a new subject; if the two belong together otherwise, merge them."),
    ),
    "not-merged": (
        _("%(value)s is not merged into another subject."),
        _("Open the page of the merged subject and look at its time line."),
    ),
    "days-turned": (
        _("This day is before the first day, %(first)s."),
        _("Correct one of the two days."),
    ),
    "stands-already": (
        _("“%(value)s” stands in the register already from this day on."),
        _("Leave it, or correct what you typed."),
    ),
    "ended-already": (
        _("This was already ended, with %(value)s as its last day."),
        _("Add it again if it came back."),
    ),
    "decided-already": (
        _("This pair was decided already."),
        _("Merge the two by hand, or undo the merge, if the decision was wrong."),
    ),
    "quantity": (
        _("The quantity must be a number above zero."),
        _("Give for example 1200 or 0.5, or leave quantity and unit empty."),
    ),
    "quantity-with-unit": (
        _("A quantity and its unit belong together, and only one of them is given."),
        _("Fill in both, or leave both empty."),
    ),
    "batch-differs": (
        _("This product has a batch with this number already, with other values."),
        _("Compare the two; a batch keeps the number and the days on its label."),
    ),
    "product-unknown": (
        _("This subject has no such product, by name and model."),
        _("Enter the product first, or correct its name and model."),
    ),
    "day-unreadable": (
        _("“%(value)s” is not a day of the calendar."),
        _("Write it like 2026-01-05."),
    ),
    "repeated-row": (
        _("The same stands in row %(first)s already."),
        _("Keep one of the two rows."),
    ),
}
