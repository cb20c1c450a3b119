"""The forms of inspection, short enough to be filled in on a phone at the gate of a factory."""

from __future__ import annotations

from typing import Any

from django import forms as fields
from django.utils.translation import gettext_lazy as _

from zhiheng.formats import units
from zhiheng.web import forms, wording

from .. import labels


class Day(fields.DateInput):
    """A date as every browser can enter it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: Any, **kwargs: Any) -> fields.DateField:
    """Return a field for a date."""
    return fields.DateField(label=label, widget=Day(), input_formats=["%Y-%m-%d"], **kwargs)


def unit_choices() -> list[tuple[str, str]]:
    """Return the known units with their names."""
    return [(code, f"{code} · {wording.bilingual(unit)}") for code, unit in units.all().items()]


class VisitForm(forms.Form):
    """What became of a visit."""

    form_id = "inspection.visit"
    keeps_draft = True
    submit_label = _("Record the visit")
    groups = (
        (_("The visit"), ("outcome", "visited_on", "kind", "file", "note")),
        (_("The sample, when one was taken"), ("product_name", "seal_no", "lab")),
    )

    outcome = fields.ChoiceField(
        label=_("Outcome of the visit"), choices=labels.OUTCOMES, widget=fields.RadioSelect
    )
    visited_on = day_field(_("Day of the visit"))
    kind = fields.ChoiceField(
        label=_("Kind of check"),
        choices=labels.KINDS,
        required=False,
        help_text=_("A check from afar and a purchase online need a file that shows what was seen."),
    )
    file = fields.FileField(
        label=_("File"), required=False, help_text=_("A picture, page or document; more can be added later.")
    )
    note = fields.CharField(
        label=_("Note"),
        required=False,
        max_length=400,
        widget=fields.Textarea(attrs={"rows": 2}),
        help_text=_("What the next person must know. No names of private persons."),
    )
    product_name = fields.CharField(label=_("Product"), required=False, max_length=120)
    seal_no = fields.CharField(
        label=_("Seal number"),
        required=False,
        max_length=40,
        help_text=_("Copy it from the seal; a sample without a seal cannot be tested."),
    )
    lab = fields.CharField(
        label=_("Laboratory"), required=False, max_length=40, help_text=_("The code of the laboratory.")
    )


class SealForm(forms.Form):
    """The seal of a sample that was taken without one."""

    form_id = "inspection.seal"
    submit_label = _("Record the seal")

    seal_no = fields.CharField(label=_("Seal number"), max_length=40, help_text=_("Copy it from the seal."))


class LabForm(forms.Form):
    """The laboratory that gets a sealed sample."""

    form_id = "inspection.lab"
    submit_label = _("Assign")

    lab = fields.CharField(label=_("Laboratory"), max_length=40, help_text=_("The code of the laboratory."))


class ResultForm(forms.Form):
    """What a laboratory reports of one item; the verdict follows from it and is not entered."""

    form_id = "inspection.result"
    keeps_draft = True
    submit_label = _("Report the result")
    groups = (
        (_("The test"), ("item", "method", "reported_on", "part")),
        (_("The value"), ("value", "unit", "uncertainty", "is_confirmed")),
        (_("The requirement"), ("limit_kind", "limit", "decision_rule")),
        (_("The report"), ("is_complete",)),
    )

    item = fields.CharField(label=_("Item"), max_length=120, help_text=_("For example: lead."))
    method = fields.CharField(
        label=_("Method"), max_length=120, help_text=_("Standard and clause, with its year.")
    )
    reported_on = day_field(_("Day of the report"))
    part = fields.CharField(
        label=_("Part of the sample"),
        required=False,
        max_length=40,
        help_text=_("The seal of the part that was tested, when the sample has several."),
    )
    is_confirmed = fields.BooleanField(
        label=_("The size of this value was compared with the report"),
        required=False,
        help_text=_("Only asked for when a value is far from its limit."),
    )
    value = fields.CharField(
        label=_("Measured value"),
        max_length=24,
        help_text=_("Digits with a point, such as 0.085; <0.01 when less than that was found."),
    )
    unit = fields.ChoiceField(label=_("Unit"), choices=unit_choices)
    uncertainty = fields.CharField(
        label=_("Expanded uncertainty (k = 2)"),
        required=False,
        max_length=24,
        help_text=_("In the same unit. Needed by the guarded decision rules."),
    )
    limit_kind = fields.ChoiceField(label=_("The value must be"), choices=labels.LIMIT_KINDS)
    limit = fields.CharField(label=_("Limit"), max_length=24, help_text=_("In the same unit."))
    decision_rule = fields.ChoiceField(label=_("Decision rule"), choices=labels.DECISION_RULES)
    is_complete = fields.BooleanField(
        label=_("No more items of this sample follow"),
        required=False,
        initial=True,
        help_text=_("The verdict is given once all items are in."),
    )

    def reported(self) -> dict[str, Any]:
        """Return what was entered, as the action takes it."""
        said = dict(self.cleaned_data)
        said["uncertainty"] = said.get("uncertainty") or None
        return said


class CorrectionForm(ResultForm):
    """A correction of a result: the same fields and the reason."""

    form_id = "inspection.correction"
    submit_label = _("Record the correction")
    keeps_draft = False
    groups = (
        (_("The correction"), ("reason",)),
        (_("The value"), ("value", "unit", "uncertainty")),
        (_("The requirement"), ("limit_kind", "limit", "decision_rule")),
        (_("The test"), ("method", "reported_on")),
    )
    item = None
    part = None
    is_confirmed = None
    is_complete = None
    reason = fields.CharField(
        label=_("Reason"),
        max_length=400,
        widget=fields.Textarea(attrs={"rows": 2}),
        help_text=_("The first result stays in the record, with this reason beside it."),
    )


class ObjectionForm(forms.Form):
    """What a firm says against a result."""

    form_id = "inspection.objection"
    keeps_draft = True
    submit_label = _("File the objection")

    kind = fields.ChoiceField(
        label=_("Against what"), choices=labels.OBJECTION_KINDS, widget=fields.RadioSelect
    )
    grounds = fields.CharField(
        label=_("Grounds"),
        max_length=2000,
        widget=fields.Textarea(attrs={"rows": 6}),
        help_text=_("Say what is wrong and how it can be shown. Evidence can be handed in later."),
    )


class StepForm(forms.Form):
    """One step of a case: the day, and a reason where the procedure asks for it.

    A decision names the objection that stood open when the form was shown.
    """

    form_id = "inspection.step"
    submit_label = _("Do this step")

    on = day_field(_("Day"))
    reason = fields.CharField(
        label=_("Reason"), required=False, max_length=400, widget=fields.Textarea(attrs={"rows": 3})
    )
    objection = fields.UUIDField(required=False, widget=fields.HiddenInput)
