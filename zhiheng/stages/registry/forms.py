"""Forms of the register: enter or correct a subject."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms as django_forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from zhiheng.errors import BadInput
from zhiheng.reference import industries
from zhiheng.web import forms, wording

from . import reading, rules, words
from .models import CHANNELS, CLASSES, SIZES


def division_choices() -> list[tuple[str, str]]:
    """Return the manufacturing divisions with their names."""
    return [("", "—"), *((d.code, f"{d.code} {wording.bilingual(d)}") for d in industries.divisions())]


class Day(django_forms.DateInput):
    """A day as browsers offer it."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def day_field(label: Any, **kwargs: Any) -> django_forms.DateField:
    """Return a field for a day."""
    return django_forms.DateField(label=label, widget=Day(), input_formats=["%Y-%m-%d"], **kwargs)


class Read(django_forms.CharField):
    """A text that is read as an office types it, then checked by the rules."""

    def __init__(self, *, read: Callable[[str], Any], faults: Callable[[Any], list], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._read, self._faults = read, faults

    def clean(self, value: Any) -> Any:
        """Return what the text means, or tell the sentence of the rule that refuses it."""
        text = super().clean(value)
        try:
            found = self._read(text) if text else text
        except BadInput as error:
            raise ValidationError(str(error)) from None
        faults = self._faults(found) if text else []
        if faults:
            raise ValidationError([f"{words.cause(fault)} {words.remedy(fault)}" for fault in faults])
        return found


class SubjectForm(forms.Form):
    """One subject: who it is, where it is, what it does."""

    form_id = "registry.subject"
    keeps_draft = True
    submit_label = _("Enter into the register")
    groups = (
        (_("Who it is"), ("code", "name")),
        (_("Where and what"), ("region", "division", "channel")),
        (_("How large"), ("size", "output_value", "risk_class")),
    )

    code = Read(
        label=_("Social credit code"),
        max_length=40,
        read=reading.code,
        faults=lambda value: rules.code_faults(value, demo=settings.DEMO),
        help_text=_("18 characters, as on the licence."),
    )
    name = django_forms.CharField(
        label=_("Name of the subject"), max_length=120, help_text=_("As on the licence.")
    )
    region = Read(
        label=_("Region"),
        max_length=60,
        read=reading.region,
        faults=lambda value: rules.region_faults(value, levels=("city", "county")),
        help_text=_("Six digits of GB/T 2260, or the full name such as 浙江省杭州市西湖区."),
    )
    division = django_forms.ChoiceField(label=_("Division"), choices=division_choices)
    channel = django_forms.ChoiceField(label=_("Channel"), choices=CHANNELS)
    size = django_forms.ChoiceField(label=_("Size"), choices=SIZES)
    output_value = django_forms.DecimalField(
        label=_("Output value"),
        min_value=0,
        max_digits=16,
        decimal_places=2,
        help_text=_("In 10,000 yuan a year."),
    )
    risk_class = django_forms.ChoiceField(
        label=_("Risk class at entry"),
        choices=CLASSES,
        initial=rules.DEFAULT_RISK_CLASS,
        help_text=_("Later changes are made by decisions, each with its reason."),
    )


class SubjectChange(SubjectForm):
    """A correction: the code and the class are left out, since neither is corrected by hand."""

    form_id = "registry.subject_change"
    submit_label = _("Store the correction")
    groups = (
        (_("Who it is"), ("name",)),
        (_("Where and what"), ("region", "division", "channel")),
        (_("How large"), ("size", "output_value", "is_active")),
        (_("Since when"), ("valid_from",)),
    )
    code = None
    risk_class = None
    is_active = django_forms.BooleanField(
        label=_("In business"),
        required=False,
        help_text=_("A subject that is not in business is left out of frames."),
    )
    valid_from = day_field(
        _("Holds from"),
        required=False,
        help_text=_("Empty means today. What was said before stays on record."),
    )
