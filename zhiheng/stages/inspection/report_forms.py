"""The forms of the laboratory: taking a sample in, one item of a draft, the reason of a correction."""

from __future__ import annotations

from typing import Any

from django import forms as fields
from django.utils.translation import gettext_lazy as _

from zhiheng.web import forms

from .forms import ResultForm, day_field
from .reporting import Line


class ReceiptForm(forms.Form):
    """What a laboratory sees when a sample arrives."""

    form_id = "inspection.receipt"
    submit_label = _("Take the sample in")

    seal_no = fields.CharField(
        label=_("Seal number"),
        max_length=40,
        help_text=_("Read it from the seal on the sample, not from a list."),
    )
    received_on = day_field(_("Day of arrival"))
    seal_is_whole = fields.TypedChoiceField(
        label=_("State of the seal"),
        choices=(("yes", _("Whole")), ("no", _("Broken or missing"))),
        coerce=lambda said: said == "yes",
        widget=fields.RadioSelect,
        help_text=_("A sample with a broken seal is void and is not tested."),
    )
    note = fields.CharField(
        label=_("Note"),
        required=False,
        max_length=400,
        widget=fields.Textarea(attrs={"rows": 2}),
        help_text=_("Needed when the seal is broken: what is broken, and how it was found."),
    )


class ItemForm(ResultForm):
    """One item of a draft; nothing is decided before the draft is signed."""

    form_id = "inspection.draft_item"
    submit_label = _("Save in the draft")
    is_complete = None
    groups = (
        (_("The test"), ("item", "method", "reported_on", "number")),
        (_("The value"), ("value", "unit", "uncertainty")),
        (_("The requirement"), ("limit_kind", "limit", "decision_rule")),
    )

    number = fields.CharField(
        label=_("Report number"),
        required=False,
        max_length=60,
        help_text=_("Your own number; left empty, one is made from the seal."),
    )

    def line(self) -> Line:
        """Return the item as a draft keeps it."""
        said = {name: str(self.cleaned_data[name]).strip() for name in Line.__dataclass_fields__}
        return Line(**{**said, "uncertainty": said["uncertainty"] or None})


class ReasonForm(forms.Form):
    """Why a signed report is corrected."""

    form_id = "inspection.report_correction"
    submit_label = _("Begin the correction")

    reason = fields.CharField(
        label=_("Reason"),
        max_length=400,
        widget=fields.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the new version. The version that is corrected stays as it was signed."),
    )


def initial(line: Line | None, **more: Any) -> dict[str, Any]:
    """Return what the form of an item starts from."""
    return {**(line.to_dict() if line else {}), **more}
