"""Forms for what a subject has for a time, and for the batches of a product."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from zhiheng.web import forms

from . import reading, rules
from .forms import Read, day_field
from .models import ROLE_KINDS, SITE_KINDS


def _from_field() -> django_forms.DateField:
    return day_field(_("Valid from"))


class SiteForm(forms.Form):
    """One site."""

    form_id = "registry.site"
    submit_label = _("Add the site")

    kind = django_forms.ChoiceField(label=_("Kind of site"), choices=SITE_KINDS)
    name = django_forms.CharField(label=_("Name of the site"), max_length=120, required=False)
    address = django_forms.CharField(
        label=_("Address"),
        max_length=200,
        help_text=_("Street and number; of an online shop, its web address."),
    )
    region = Read(
        label=_("Region"),
        max_length=60,
        read=reading.region,
        faults=lambda value: rules.region_faults(value, levels=("city", "county")),
        help_text=_("Six digits of GB/T 2260, or the full name such as 浙江省杭州市西湖区."),
    )
    valid_from = _from_field()


class RoleForm(forms.Form):
    """One role."""

    form_id = "registry.role"
    submit_label = _("Add the role")

    kind = django_forms.ChoiceField(label=_("Role"), choices=ROLE_KINDS)
    valid_from = _from_field()


class BrandForm(forms.Form):
    """One brand."""

    form_id = "registry.brand"
    submit_label = _("Add the brand")

    name = django_forms.CharField(label=_("Brand"), max_length=120, help_text=_("As on the label."))
    mark_no = django_forms.CharField(label=_("Trade mark number"), max_length=40, required=False)
    valid_from = _from_field()


class EndForm(forms.Form):
    """The last day of a site, a role or a brand."""

    form_id = "registry.end"
    submit_label = _("Store the last day")

    valid_until = day_field(
        _("Last day"), help_text=_("The last day on which it held. It is told once and stays on record.")
    )


class BatchForm(forms.Form):
    """One batch of a product."""

    form_id = "registry.batch"
    submit_label = _("Add the batch")
    groups = (
        (_("The batch"), ("number", "made_on", "expires_on")),
        (_("How much"), ("quantity", "unit")),
    )

    number = django_forms.CharField(
        label=_("Batch number"), max_length=60, help_text=_("The number on the label.")
    )
    made_on = day_field(_("Made on"), required=False)
    expires_on = day_field(_("Expires on"), required=False)
    quantity = django_forms.DecimalField(label=_("Quantity"), max_digits=16, decimal_places=3, required=False)
    unit = django_forms.CharField(
        label=_("Unit of quantity"),
        max_length=16,
        required=False,
        help_text=_("Such as 件, 套, kg; together with a quantity."),
    )


OWN: dict[str, tuple[Any, type[forms.Form]]] = {
    "sites": (_("Add a site"), SiteForm),
    "roles": (_("Add a role"), RoleForm),
    "brands": (_("Add a brand"), BrandForm),
}
