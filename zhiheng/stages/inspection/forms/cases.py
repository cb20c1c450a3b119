"""The forms of a case: service, parties, objection on paper, re-test, measures, transfer."""

from __future__ import annotations

from django import forms as fields
from django.utils.translation import gettext_lazy as _

from zhiheng.web import forms

from .. import labels, rules
from . import ResultForm, day_field
from .hands import file_field, reason_field

SIDES = (("firm", _("Firm where the sample was taken")), ("producer", _("Producer on the label")))
FIRM_STEPS = tuple(
    (event, labels.STEPS[event]) for event in ("accept", "complete_formalities", "report_corrected")
)


class ServiceForm(forms.Form):
    """How and when a notice was received."""

    form_id = "inspection.service"
    submit_label = _("Record the service")

    on = day_field(_("Received on"), help_text=_("The time to object starts on this day."))
    served_by = fields.ChoiceField(label=_("Way of service"), choices=labels.SERVICES)
    proof = file_field(
        _("Proof of service"), help_text=_("The signed receipt, the postal slip or a picture of it.")
    )


class PartyForm(forms.Form):
    """Who else must be told."""

    form_id = "inspection.party"
    submit_label = _("Name the party")

    role = fields.ChoiceField(label=_("Role"), choices=labels.PARTIES, widget=fields.RadioSelect)
    name = fields.CharField(
        label=_("Name of the party"), max_length=120, help_text=_("An organisation, no private person.")
    )
    code = fields.CharField(label=_("Social credit code"), required=False, max_length=18)
    region = fields.CharField(label=_("Region code"), required=False, max_length=6)


class PaperObjectionForm(forms.Form):
    """An objection that came on paper."""

    form_id = "inspection.paper_objection"
    submit_label = _("File the objection")

    side = fields.ChoiceField(label=_("Whose objection"), choices=SIDES, widget=fields.RadioSelect)
    kind = fields.ChoiceField(
        label=_("Against what"), choices=labels.OBJECTION_KINDS, widget=fields.RadioSelect
    )
    grounds = fields.CharField(label=_("Grounds"), max_length=2000, widget=fields.Textarea(attrs={"rows": 4}))
    filed_on = day_field(_("Filed on"), help_text=_("The day of the postmark or of the hand-over."))
    paper = file_field(_("The objection on paper"), required=True)


class FirmPaperForm(forms.Form):
    """A step of the firm that came on paper."""

    form_id = "inspection.firm_paper"
    submit_label = _("Record it")

    event = fields.ChoiceField(label=_("What the firm says"), choices=FIRM_STEPS, widget=fields.RadioSelect)
    on = day_field(_("Day"), help_text=_("The day of the postmark or of the hand-over."))
    paper = file_field(_("The paper of the firm"), required=True)


class NamingForm(forms.Form):
    """The laboratory of the re-test."""

    form_id = "inspection.naming"
    submit_label = _("Name the laboratory")

    lab = fields.CharField(
        label=_("Laboratory"),
        max_length=40,
        help_text=_("Its scope must cover every failing item; not the first laboratory unless no other can."),
    )
    on = day_field(_("Day"))
    reason = reason_field(_("Only needed for the first laboratory."), required=False)


class CaseTestForm(ResultForm):
    """One item of a re-test or a re-check."""

    form_id = "inspection.case_test"
    groups = (
        (_("The test"), ("item", "method", "reported_on", "lab")),
        (_("The value"), ("value", "unit", "uncertainty", "is_confirmed")),
        (_("The requirement"), ("limit_kind", "limit", "decision_rule")),
        (_("The report"), ("report", "is_complete")),
    )
    part = None
    lab = fields.CharField(label=_("Laboratory"), max_length=40, help_text=_("The code of the laboratory."))
    report = file_field(_("Signed report"))

    def measurement(self) -> rules.Measurement:
        """Return what was entered, as the action takes it."""
        said = self.reported()
        names = rules.Measurement.__dataclass_fields__
        return rules.Measurement(seal_no="", **{name: said[name] for name in names if name in said})


class MeasureForm(forms.Form):
    """A measure that needs a reason."""

    form_id = "inspection.measure"

    reason = reason_field()


class StopForm(MeasureForm):
    """The order to stop production and sale."""

    form_id = "inspection.stop"
    submit_label = _("Order the stop")

    on = day_field(_("Day"))


class TransferForm(forms.Form):
    """The region that is to take a case over."""

    form_id = "inspection.transfer"
    submit_label = _("Offer the case")

    to_region = fields.CharField(
        label=_("Region code"),
        max_length=6,
        help_text=_("Six digits, such as 320500. Its office accepts or returns."),
    )
    reason = reason_field()


class AnswerForm(forms.Form):
    """The answer to a case that is offered."""

    form_id = "inspection.answer"
    submit_label = _("Answer")

    answer = fields.ChoiceField(label=_("Answer"), choices=labels.ANSWERS, widget=fields.RadioSelect)
    reason = reason_field(_("Needed to return the case."), required=False)
