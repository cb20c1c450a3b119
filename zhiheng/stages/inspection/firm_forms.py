"""The forms of the firm's own page and of the field: short, plain, and made to be filled in on a phone."""

from __future__ import annotations

from typing import Any

from django import forms as fields
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from zhiheng.errors import ZhihengError
from zhiheng.stages.draw.words import translated
from zhiheng.web import forms

from . import handed_files, labels
from .firm_refusals import REFUSALS
from .forms import VisitForm


class FilesInput(fields.ClearableFileInput):
    """A file field that takes several files."""

    allow_multiple_selected = True


class PapersField(fields.FileField):
    """Several files, each bounded and of a kind that can be kept as evidence."""

    def __init__(self, *, accept: str = handed_files.ACCEPT, capture: str = "", **kwargs: Any) -> None:
        attrs = {"accept": accept, "multiple": True, **({"capture": capture} if capture else {})}
        super().__init__(widget=FilesInput(attrs=attrs), **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[handed_files.Paper]:
        """Return the files as handed_files."""
        uploads = [one for one in (data or []) if one]
        if not uploads and self.required:
            raise ValidationError(self.error_messages["required"], code="required")
        try:
            return handed_files.received(uploads)
        except ZhihengError as error:
            raise ValidationError(str(translated(error, REFUSALS))) from None


def papers_field(**kwargs: Any) -> PapersField:
    """Return a field for papers with the words that say what can be sent."""
    kwargs.setdefault("label", _("Files"))
    kwargs.setdefault("help_text", _("PDF, or photographs (JPEG, PNG). Up to 8 files of 12 MB each."))
    return PapersField(**kwargs)


class EnterForm(forms.Form):
    """The two codes of the notice."""

    form_id = "inspection.enter"
    submit_label = _("Open my page")

    organisation = fields.CharField(
        label=_("Social credit code of the firm"),
        max_length=24,
        help_text=_("18 signs; they stand on the business licence."),
        widget=fields.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )
    code = fields.CharField(
        label=_("Access code"),
        max_length=40,
        help_text=_("16 letters and digits; the office gave them to you on paper."),
        widget=fields.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
    )


class AcceptForm(forms.Form):
    """The firm accepts the result."""

    form_id = "inspection.firm.accept"
    submit_label = _("Accept the result")

    is_sure = fields.BooleanField(
        label=_("I have read the result and accept it. I know that I cannot object any more.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["is_sure"].error_messages["required"] = _("Tick the box when you are sure.")


class ObjectForm(forms.Form):
    """The firm objects, with grounds and files."""

    form_id = "inspection.firm.object"
    submit_label = _("Send the objection")

    objection_kind = fields.ChoiceField(
        label=_("What is wrong?"), choices=labels.FIRM_OBJECTIONS, widget=fields.RadioSelect
    )
    said = fields.CharField(
        label=_("Your grounds"),
        max_length=2000,
        widget=fields.Textarea(attrs={"rows": 6}),
        help_text=_("Say in your own words what is wrong and how it can be seen."),
    )
    files = papers_field(required=False)


class FormalitiesForm(forms.Form):
    """The firm declares that it has done the formalities of the re-test."""

    form_id = "inspection.firm.formalities"
    submit_label = _("Declare the formalities done")

    is_sure = fields.BooleanField(label=_("The formalities of the re-test are done."))
    said = fields.CharField(
        label=_("Note"), required=False, max_length=2000, widget=fields.Textarea(attrs={"rows": 3})
    )
    files = papers_field(required=False)


class CorrectionForm(forms.Form):
    """The firm proves what it corrected."""

    form_id = "inspection.firm.correction"
    submit_label = _("Send the proof")

    files = papers_field(label=_("Proof of correction"))
    said = fields.CharField(
        label=_("What was corrected?"),
        required=False,
        max_length=2000,
        widget=fields.Textarea(attrs={"rows": 4}),
    )
    is_complete = fields.BooleanField(
        label=_("The correction is complete; the office can check again."),
        required=False,
        help_text=_("Leave it empty when more proof follows."),
    )


class MaterialForm(forms.Form):
    """The firm sends further handed_files."""

    form_id = "inspection.firm.material"
    submit_label = _("Send the papers")

    files = papers_field(required=False)
    said = fields.CharField(
        label=_("What do the papers show?"),
        required=False,
        max_length=2000,
        widget=fields.Textarea(attrs={"rows": 4}),
    )


class PartyObjectForm(ObjectForm):
    """The producer on the label objects; it alone can say that the product is not its own."""

    form_id = "inspection.party.object"

    objection_kind = fields.ChoiceField(
        label=_("What is wrong?"), choices=labels.OBJECTION_KINDS, widget=fields.RadioSelect
    )


class PartyCorrectionForm(forms.Form):
    """The producer shows what it corrected; the order is answered by the firm to which it went."""

    form_id = "inspection.party.correction"
    submit_label = _("Send the proof")

    files = papers_field(label=_("Proof of correction"))
    said = CorrectionForm.base_fields["said"]


FIRM_FORMS = {
    "accept": AcceptForm,
    "object": ObjectForm,
    "formalities": FormalitiesForm,
    "correction": CorrectionForm,
    "material": MaterialForm,
}
PARTY_FORMS = {"object": PartyObjectForm, "correction": PartyCorrectionForm}


class FieldForm(VisitForm):
    """One visit on one screen, with its pictures; a phone keeps it until it was sent."""

    form_id = "inspection.field"
    keeps_draft = False
    groups = (
        (_("The visit"), ("outcome", "visited_on", "note")),
        (_("The sample, when one was taken"), ("product_name", "seal_no", "lab")),
        (_("What shows it"), ("photos", "online", "both_present")),
    )

    photos = PapersField(
        label=_("Photographs"),
        required=False,
        accept="image/jpeg,image/png",
        capture="environment",
        help_text=_("The gate, the goods, the seal. No faces. Up to 8 pictures of 12 MB each."),
    )
    online = papers_field(
        label=_("Evidence from afar"),
        required=False,
        help_text=_("For a check online or by video: saved pages and pictures (PDF, JPEG, PNG)."),
    )
    both_present = fields.BooleanField(
        label=_("Both inspectors were there"),
        help_text=_("The second inspector confirms the record from the own account afterwards."),
    )
    place = fields.CharField(required=False, max_length=40, widget=fields.HiddenInput)
    taken = fields.CharField(required=False, max_length=600, widget=fields.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        alone = _("Tick it when both were there. A visit by one inspector alone is not recorded.")
        self.fields["both_present"].error_messages["required"] = alone
        self.fields["outcome"].error_messages["required"] = _("Choose what became of the visit.")

    def clean(self) -> dict[str, Any]:
        """Take the laboratory that was filled in beforehand out of a visit that brought no sample."""
        said = super().clean()
        if said.get("outcome") != "sampled" and not said.get("product_name") and not said.get("seal_no"):
            said["lab"] = ""
        return said


class AddForm(forms.Form):
    """Pictures that are added to a visit after it was recorded."""

    form_id = "inspection.field.add"
    submit_label = _("Add the pictures")

    photos = FieldForm.base_fields["photos"]
    online = FieldForm.base_fields["online"]
    place = fields.CharField(required=False, max_length=40, widget=fields.HiddenInput)
    taken = fields.CharField(required=False, max_length=600, widget=fields.HiddenInput)
