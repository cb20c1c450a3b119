"""The forms of a joint campaign: open it over two lists or more, and seal its record."""

from __future__ import annotations

from typing import Any

from django import forms as fields
from django.utils.translation import gettext_lazy as _

from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.forms import PeriodField, RegionField, article_choices, item_choices
from zhiheng.stages.plan.models import CHANNELS, PURPOSES
from zhiheng.stages.plan.rules import obligations
from zhiheng.web import forms


def _number(label: Any) -> fields.IntegerField:
    return fields.IntegerField(
        label=label, required=False, min_value=1, max_value=obligations.MOST_QUOTA, help_text=_HELP
    )


_HELP = _("How many firms are drawn from this list; empty: not part of the campaign.")


class JointForm(forms.Form):
    """One item, one period, one ground, and how many firms of each list."""

    form_id = "draw.joint"
    submit_label = _("Open the joint campaign")
    keeps_draft = True
    groups = (
        (
            _("What, where, when, by which clause"),
            ("item", "region", "period", "purpose", "article", "basis"),
        ),
        (_("How many firms of each list"), ("factory", "shop", "platform")),
    )

    item = fields.ChoiceField(
        label=_("Item of the catalogue"), choices=lambda: [one for one in item_choices() if one[0]]
    )
    region = RegionField(label=_("Region"), max_length=60, help_text=_("Six digits, or the full name."))
    period = PeriodField(
        label=_("Period"),
        max_length=40,
        help_text=_("Such as 2026, 2026H1, 2026Q1, 2026-03, or a campaign 20260301-20260531."),
    )
    purpose = fields.ChoiceField(
        label=_("Purpose"),
        choices=PURPOSES,
        help_text=_("Only an evaluation feeds a pass rate; purposes are never mixed in one series."),
    )
    article = fields.TypedChoiceField(label=_("Article"), choices=article_choices, coerce=int, initial=27)
    basis = fields.CharField(label=_("Ground of the duty"), max_length=400)
    factory = _number(_("Factories"))
    shop = _number(_("Shops"))
    platform = _number(_("Online platforms"))

    def said(self) -> dict[str, Any]:
        """Return what the action takes."""
        data = dict(self.cleaned_data)
        numbers = {name: data.pop(name) for name, _label in CHANNELS}
        code = data.pop("item")
        return data | {
            "item": plan.chosen_item(data["region"], data["period"], code),
            "quotas": {name: number for name, number in numbers.items() if number},
        }


class SealForm(forms.Form):
    """Nothing to fill in: chances and weights are written down as they stand."""

    form_id = "draw.joint_seal"
    submit_label = _("Seal the record")
