"""The forms of the shares: name a custodian, take a share, give one back."""

from __future__ import annotations

from typing import Any

from django import forms as fields
from django.utils.translation import gettext_lazy as _

from zhiheng.people import clock
from zhiheng.people.models import Person
from zhiheng.people.permissions import P
from zhiheng.people.roles import carrying
from zhiheng.reference import regions
from zhiheng.web import forms

from .labels import OFFICES


class Persons(fields.ModelChoiceField):
    """A choice among persons who are appointed as custodians."""

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.display_name)


class CustodianForm(forms.Form):
    """Which body holds the share of an office, and how it gets it."""

    form_id = "draw.custodian"
    submit_label = _("Name this custodian")

    office = fields.ChoiceField(label=_("Office"), choices=OFFICES)
    body = fields.CharField(
        label=_("Name of the body"), max_length=120, help_text=_("It is published with every draw.")
    )
    public_key = fields.CharField(
        label=_("Public key (X25519)"),
        required=False,
        max_length=64,
        help_text=_(
            "64 hexadecimal digits. The shares are then sealed to it. Without a key and without an account "
            "the share is printed as a sheet that is shown once."
        ),
    )


def custodian_form(region: str) -> type[CustodianForm]:
    """Return the form with the persons who are appointed as custodians of a region."""
    above = [one.code for one in regions.path(region)]
    roles = [role.id for role in carrying(P.DRAW_CUSTODY)]
    today = clock.today()
    held = Person.objects.filter(
        appointments__role__in=roles,
        appointments__region__in=[*above, regions.NATION],
        appointments__valid_from__lte=today,
    ).distinct()

    class Bound(CustodianForm):
        person = Persons(queryset=held, required=False, label=_("Person with an account here"))

    return Bound


class HandOutForm(forms.Form):
    """One button: the share is shown when it is pressed."""

    form_id = "draw.share"
    submit_label = _("Show the share")


class GiveForm(forms.Form):
    """The share as it stands on its sheet."""

    form_id = "draw.share_give"
    keeps_draft = False
    submit_label = _("Give this share")

    share = fields.CharField(
        label=_("Share"),
        max_length=400,
        widget=fields.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        help_text=_("Blanks and small letters do no harm; a wrong sign is found at once."),
    )
