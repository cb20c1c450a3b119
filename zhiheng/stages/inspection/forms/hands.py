"""The forms of a sample on its way: label, purchase, parts, files, receipt, refusal, another pair."""

from __future__ import annotations

from typing import Any

from django import forms as fields
from django.core.validators import FileExtensionValidator
from django.utils.translation import gettext_lazy as _

from zhiheng.stages.plan.models import CHANNELS
from zhiheng.web import forms

from .. import labels
from ..rules import sampling
from . import day_field

FILES = ("png", "jpg", "jpeg", "pdf", "webp", "mp4", "txt", "docx", "xlsx")
WHOLE = (("yes", _("Intact")), ("no", _("Broken or missing")))


def check_size(upload: Any) -> None:
    """Refuse a file that is too large to be handed in by a page."""
    if upload.size > sampling.MOST_MB << 20:
        raise fields.ValidationError(
            _("The file is larger than 20 MB. Hand in a smaller picture or a part of it.")
        )


def file_field(label: Any, *, required: bool = False, help_text: Any = "") -> fields.FileField:
    """Return a field for one file of evidence."""
    return fields.FileField(
        label=label,
        required=required,
        help_text=help_text,
        validators=[FileExtensionValidator(FILES), check_size],
    )


def reason_field(help_text: Any = "", *, required: bool = True) -> fields.CharField:
    """Return a field for a reason."""
    return fields.CharField(
        label=_("Reason"),
        max_length=400,
        required=required,
        widget=fields.Textarea(attrs={"rows": 2}),
        help_text=help_text,
    )


def paper(upload: Any, kind: str = "document", said: str = "") -> sampling.Paper | None:
    """Return an uploaded file as the actions take it."""
    return sampling.Paper(upload.name, upload.read(), kind, said) if upload else None


class FileForm(forms.Form):
    """A file that shows what was seen."""

    form_id = "inspection.file"
    submit_label = _("Add the file")

    kind = fields.ChoiceField(label=_("Kind of file"), choices=labels.FILE_KINDS)
    file = file_field(_("File"), required=True, help_text=_("A picture, page or document, at most 20 MB."))
    said = fields.CharField(label=_("What it shows"), required=False, max_length=200)


class ListForm(forms.Form):
    """In which other list of a joint campaign the firm stands."""

    form_id = "inspection.list"
    submit_label = _("Record the answer")

    channel = fields.ChoiceField(label=_("Which list"), choices=CHANNELS)
    answer = fields.ChoiceField(label=_("Does the firm stand there?"), choices=labels.LIST_ANSWERS)
    code = fields.CharField(
        label=_("Social credit code under which it stands there"),
        required=False,
        max_length=18,
        help_text=_("Only for “under another code”: such as the company that runs its online shop."),
    )


class LabelForm(forms.Form):
    """What the label says of a sample."""

    form_id = "inspection.label"
    keeps_draft = True
    submit_label = _("Note the label")
    groups = (
        (
            _("The product"),
            ("brand", "model", "batch_no", "made_on", "quantity", "standard"),
        ),
        (_("The producer on the label"), ("producer_name", "producer_code", "producer_region")),
    )

    brand = fields.CharField(label=_("Brand"), required=False, max_length=80)
    model = fields.CharField(label=_("Model or grade"), required=False, max_length=80)
    batch_no = fields.CharField(label=_("Batch number"), required=False, max_length=80)
    made_on = fields.CharField(label=_("Date of manufacture"), required=False, max_length=40)
    quantity = fields.CharField(
        label=_("Quantity"), required=False, max_length=40, help_text=_("With its unit, such as 3 pieces.")
    )
    standard = fields.CharField(label=_("Standard on the label"), required=False, max_length=80)
    producer_name = fields.CharField(
        label=_("Name of the producer"),
        required=False,
        max_length=120,
        help_text=_("A producer other than this firm gets a notice of its own and may object."),
    )
    producer_code = fields.CharField(label=_("Social credit code"), required=False, max_length=18)
    producer_region = fields.CharField(
        label=_("Region code"), required=False, max_length=6, help_text=_("Six digits, such as 320500.")
    )


class PurchaseForm(forms.Form):
    """What was paid for a sample and where."""

    form_id = "inspection.purchase"
    submit_label = _("Record the purchase")
    groups = (
        (_("The price"), ("price_paid", "bought_on")),
        (_("Bought on a platform"), ("platform", "platform_code", "shop", "order")),
    )

    price_paid = fields.DecimalField(
        label=_("Price paid in yuan"), min_value=0, max_digits=12, decimal_places=2
    )
    bought_on = day_field(_("Bought on"))
    platform = fields.CharField(label=_("Platform"), required=False, max_length=120)
    platform_code = fields.CharField(label=_("Code of the platform"), required=False, max_length=18)
    shop = fields.CharField(label=_("Shop on the platform"), required=False, max_length=120)
    order = file_field(
        _("Order or receipt"),
        help_text=_("Cover the buyer's name, address and telephone before you hand it in."),
    )

    def bought(self) -> sampling.Bought:
        """Return what was entered, as the action takes it."""
        said = dict(self.cleaned_data)
        return sampling.Bought(order=paper(said.pop("order"), "order"), **said)


class PartForm(forms.Form):
    """A sealed part of a sample."""

    form_id = "inspection.part"
    submit_label = _("Add the part")

    role = fields.ChoiceField(label=_("Use"), choices=labels.PARTS, widget=fields.RadioSelect)
    seal_no = fields.CharField(label=_("Seal number"), max_length=40, help_text=_("Copy it from the seal."))
    kept_at = fields.CharField(
        label=_("Where it is kept"), max_length=120, help_text=_("A spare sample often stays with the firm.")
    )
    model = fields.CharField(label=_("Model or grade"), required=False, max_length=80)
    batch_no = fields.CharField(label=_("Batch number"), required=False, max_length=80)
    quantity = fields.CharField(label=_("Quantity"), required=False, max_length=40)


class ReceiptForm(forms.Form):
    """How a sample arrived at the laboratory."""

    form_id = "inspection.receipt"
    submit_label = _("Take the sample in")

    is_seal_intact = fields.ChoiceField(label=_("Seal"), choices=WHOLE, widget=fields.RadioSelect)
    condition = fields.CharField(
        label=_("Condition"), required=False, max_length=200, help_text=_("Packing, quantity, damage.")
    )
    temperature = fields.CharField(
        label=_("Temperature in ℃"),
        required=False,
        max_length=12,
        help_text=_("Only where it matters, such as 4 or -18."),
    )
    place = fields.CharField(label=_("Place"), required=False, max_length=120)

    def receipt(self) -> sampling.Receipt:
        """Return what was entered, as the action takes it."""
        said = self.cleaned_data
        return sampling.Receipt(
            said["is_seal_intact"] == "yes", said["condition"], said["temperature"], said["place"]
        )


class RefusalForm(ReceiptForm):
    """Why a laboratory does not take a sample in."""

    form_id = "inspection.refusal"
    submit_label = _("Refuse the sample")

    ground = fields.ChoiceField(label=_("Ground"), choices=labels.GROUNDS, widget=fields.RadioSelect)
    reason = reason_field(_("The office takes the sample again, or declares it void."), required=False)


class SendForm(forms.Form):
    """Where a sample goes on to."""

    form_id = "inspection.send"
    submit_label = _("Send the sample on")

    lab = fields.CharField(label=_("Laboratory"), max_length=40, help_text=_("The code of the laboratory."))
    place = fields.CharField(label=_("Place of the hand-over"), required=False, max_length=120)
    reason = reason_field()


class AgainForm(forms.Form):
    """A sample that is taken again."""

    form_id = "inspection.again"
    submit_label = _("Record the new sample")

    seal_no = fields.CharField(
        label=_("Seal number"), max_length=40, help_text=_("A new seal; none is used twice.")
    )
    lab = fields.CharField(
        label=_("Laboratory"), max_length=40, required=False, help_text=_("The code of the laboratory.")
    )
    taken_on = day_field(_("Taken on"))
    reason = reason_field()


class VoidForm(forms.Form):
    """Why nothing can be tested."""

    form_id = "inspection.void"
    submit_label = _("Declare the sample void")

    reason = reason_field(_("A void sample counts as not answered, never as conforming."))


class PairForm(forms.Form):
    """The two inspectors who make a visit instead of those drawn for it."""

    form_id = "inspection.pair"
    submit_label = _("Give the visit to them")

    first = fields.CharField(
        label=_("First inspector"), max_length=32, help_text=_("Number of the certificate.")
    )
    second = fields.CharField(
        label=_("Second inspector"), max_length=32, help_text=_("Number of the certificate.")
    )
    reason = reason_field(_("It stands in the ledger beside the pair that was drawn."))
