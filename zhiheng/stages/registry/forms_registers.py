"""Forms of the dated registers: licences, qualifications, laboratories, inspectors' papers."""

from __future__ import annotations

from typing import Any

from django import forms as fields
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from zhiheng.web import forms

from . import labels, reading, rules
from .forms import Read, day_field, division_choices
from .models import LICENCE_KINDS, QUALIFICATION_KINDS


def text_field(label: Any, most: int, *, rows: int = 0, **kwargs: Any) -> fields.CharField:
    """Return a field for a text, in several rows where it is long."""
    if rows:
        kwargs["widget"] = fields.Textarea(attrs={"rows": rows})
    return fields.CharField(label=label, max_length=most, **kwargs)


def until_field() -> fields.DateField:
    """Return the field of a last day that may be unknown."""
    return day_field(_("Valid until"), required=False, help_text=_("Leave it empty when it is not known."))


class LicenceForm(forms.Form):
    """A licence or certificate of a subject."""

    form_id = "registry.licence"
    keeps_draft = True
    submit_label = _("Enter the licence")
    groups = (
        (_("The licence"), ("kind", "number", "issuer")),
        (_("What it covers"), ("product", "scope")),
        (_("How long"), ("valid_from", "valid_until")),
    )

    kind = fields.ChoiceField(label=_("Kind"), choices=LICENCE_KINDS)
    number = text_field(_("Number of the document"), 64, help_text=_("As printed on it."))
    issuer = text_field(_("Issued by"), 120, required=False)
    product = fields.ChoiceField(
        label=_("Product"),
        required=False,
        help_text=_("Choose one when it names a single product; else describe the range below."),
    )
    scope = text_field(
        _("Scope of the licence"),
        400,
        rows=3,
        required=False,
        help_text=_("Products of the annex, between semicolons; an empty scope leaves the check open."),
    )
    valid_from = day_field(_("Valid from"))
    valid_until = until_field()

    def __init__(self, *args: Any, products: list[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["product"].choices = [("", "—"), *((name, name) for name in dict.fromkeys(products))]

    def clean_scope(self) -> str:
        """Return the scope on one line."""
        return "；".join(line.strip() for line in self.cleaned_data["scope"].splitlines() if line.strip())


class LicenceCorrection(LicenceForm):
    """A correction of a licence: kind and number stay, and the reason is kept."""

    form_id = "registry.licence_correction"
    submit_label = _("Store the correction")
    groups = (
        (_("What it covers"), ("issuer", "product", "scope")),
        (_("How long"), ("valid_from", "valid_until")),
        (_("Why it is corrected"), ("reason",)),
    )
    kind = None
    number = None
    reason = text_field(_("Reason"), 400)


class LicenceStateForm(forms.Form):
    """A change of the state of a licence."""

    form_id = "registry.licence_state"
    submit_label = _("Store the change")

    state = fields.ChoiceField(label=_("New state"), widget=fields.RadioSelect)
    reason = text_field(
        _("Reason"),
        400,
        rows=2,
        help_text=_("Decision or fact that it rests on. No names of private persons."),
    )

    def __init__(self, *args: Any, now: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        states = {name: one for name, one in labels.LICENCES.items() if name not in (now, "expired")}
        self.fields["state"].choices = labels.pairs(states)


class QualificationForm(forms.Form):
    """A qualification or an appointment of a person."""

    form_id = "registry.qualification"
    submit_label = _("Enter the qualification")
    groups = (
        (_("The person"), ("person",)),
        (_("The qualification"), ("kind", "title", "number", "issuer", "duties")),
        (_("How long"), ("valid_from", "valid_until")),
    )

    person = text_field(
        _("Name of the person"),
        64,
        help_text=_("Read by the office and the firm alone; never in the ledger."),
    )
    kind = fields.ChoiceField(label=_("Kind"), choices=QUALIFICATION_KINDS)
    title = text_field(_("Title or post"), 120, help_text=_("For example: chief quality officer."))
    number = text_field(_("Number of the document"), 64, required=False)
    issuer = text_field(_("Issued or appointed by"), 120, required=False)
    duties = text_field(
        _("Duties"), 400, rows=3, required=False, help_text=_("Required for a chief quality officer.")
    )
    valid_from = day_field(_("Valid from"))
    valid_until = until_field()

    def clean_duties(self) -> str:
        """Return the duties on one line."""
        return "；".join(line.strip() for line in self.cleaned_data["duties"].splitlines() if line.strip())


class EndForm(forms.Form):
    """The end of something that held: from which day, and why."""

    form_id = "registry.end"
    submit_label = _("End it")

    ended_on = day_field(_("No longer from"))
    reason = text_field(_("Reason"), 200)


class ReasonForm(forms.Form):
    """A step that needs nothing but its reason."""

    form_id = "registry.reason"
    submit_label = _("Do it")

    reason = text_field(_("Reason"), 200, rows=2, help_text=_("No names of private persons."))


class ConfirmForm(forms.Form):
    """A step that needs nothing but a yes."""

    form_id = "registry.confirm"
    submit_label = _("Yes, do it")


class LabForm(forms.Form):
    """A testing body."""

    form_id = "registry.lab"
    keeps_draft = True
    submit_label = _("Enter the laboratory")
    groups = (
        (_("Who it is"), ("code", "name", "region", "located_at", "uscc")),
        (_("What it may do"), ("approval_no", "approval_until", "samples_a_week")),
    )

    code = text_field(_("Code"), 40, help_text=_("The code used on samples and for its staff."))
    name = text_field(_("Name of the laboratory"), 120, help_text=_("As in the approval."))
    region = Read(
        label=_("Region"),
        max_length=60,
        read=reading.region,
        faults=lambda value: rules.region_faults(value, levels=rules.LEVELS),
        help_text=_("Six digits of GB/T 2260, or the full name of the region."),
    )
    located_at = text_field(_("Address"), 200, required=False)
    uscc = Read(
        label=_("Social credit code"),
        max_length=40,
        required=False,
        read=reading.code,
        faults=lambda value: rules.code_faults(value, demo=settings.DEMO, field="uscc"),
    )
    approval_no = text_field(_("Number of the approval"), 40, required=False)
    approval_until = day_field(
        _("Approval valid until"), required=False, help_text=_("Leave it empty when it is not known.")
    )
    samples_a_week = fields.IntegerField(
        label=_("Samples a week"), required=False, min_value=0, max_value=1_000_000
    )


class LabEdit(LabForm):
    """A change of what the register says of a laboratory; its code stays, and the reason is kept."""

    form_id = "registry.lab_edit"
    keeps_draft = False
    submit_label = _("Store the change")
    groups = (
        (_("Who it is"), ("name", "region", "located_at", "uscc")),
        (_("What it may do"), ("approval_no", "approval_until", "samples_a_week", "is_active")),
        (_("Why it is changed"), ("reason",)),
    )
    code = None
    is_active = fields.BooleanField(
        label=_("In use"),
        required=False,
        help_text=_("One that is not in use gets no sample and signs no report; its samples can be sent on."),
    )
    reason = text_field(_("Reason"), 400, rows=2, help_text=_("No names of private persons."))


class ScopeForm(forms.Form):
    """One line of a laboratory's recognised scope."""

    form_id = "registry.scope"
    submit_label = _("Enter the line")
    groups = (
        (_("What it may test"), ("item", "method", "product", "limits")),
        (_("How long"), ("valid_from", "valid_until")),
    )

    item = text_field(_("Test item"), 120, help_text=_("As in the annex."))
    method = text_field(_("Method"), 120, help_text=_("The number of the standard with its year."))
    product = text_field(_("Product"), 120, required=False, help_text=_("May stay empty."))
    limits = text_field(_("Limits of the scope"), 200, required=False, help_text=_("May stay empty."))
    valid_from = day_field(_("Valid from"))
    valid_until = until_field()


class CertificateForm(forms.Form):
    """A certificate of an inspector."""

    form_id = "registry.certificate"
    submit_label = _("Enter the certificate")

    number = text_field(_("Number of the document"), 40)
    issuer = text_field(_("Issued by"), 120, required=False)
    divisions = fields.MultipleChoiceField(
        label=_("Fields"),
        required=False,
        choices=lambda: division_choices()[1:],
        widget=fields.SelectMultiple(attrs={"size": 8}),
        help_text=_("None chosen means all."),
    )
    valid_from = day_field(_("Valid from"))
    valid_until = until_field()


class LeaveForm(forms.Form):
    """Days on which an inspector cannot be sent out."""

    form_id = "registry.leave"
    submit_label = _("Enter the leave")

    valid_from = day_field(_("First day"))
    valid_until = day_field(_("Last day"), help_text=_("Why is not asked and not kept."))


class ConflictsForm(forms.Form):
    """Whom an inspector must not check."""

    form_id = "registry.conflicts"
    submit_label = _("Store the list")

    codes = text_field(
        _("Must not check"),
        4_000,
        rows=6,
        required=False,
        help_text=_("Social credit codes, one a line; the list replaces the one that stands."),
    )

    def clean_codes(self) -> list[str]:
        """Return the codes, each once."""
        return reading.codes(self.cleaned_data["codes"])
