"""The forms of a laboratory's report: one item of a draft, and the reason of a correction."""

from __future__ import annotations

from typing import Any

from django import forms as fields
from django.utils.translation import gettext_lazy as _

from zhiheng.web import forms

from ..reporting import Line
from . import ResultForm


class ItemForm(ResultForm):
    """One item of a draft; nothing is decided before the draft is signed."""

    form_id = "inspection.draft_item"
    submit_label = _("Add to the draft report")
    is_complete = None
    groups = (
        (_("The test"), ("item", "method", "reported_on", "number", "part")),
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
