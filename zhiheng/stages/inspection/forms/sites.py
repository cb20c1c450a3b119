"""The forms of checks of construction works: the site, its check, a point with its items, a step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms as fields
from django.utils.translation import gettext_lazy as _

from zhiheng.reference import checks
from zhiheng.web import forms, wording

from .. import site_labels
from . import day_field
from .hands import reason_field

CONFORMS = (("yes", _("As required")), ("no", _("Not as required")))
POINTS = 3


class SiteForm(forms.Form):
    """A construction project and the two who check it first."""

    form_id = "inspection.site"
    submit_label = _("Plan the check")
    groups = (
        (_("The project"), ("code", "name", "project_type", "region", "builder", "builder_code")),
        (_("The check"), ("period", "first", "second")),
    )

    code = fields.CharField(label=_("Code of the project"), max_length=40)
    name = fields.CharField(label=_("Project"), max_length=120)
    project_type = fields.ChoiceField(label=_("Type of project"), choices=site_labels.project_types)
    region = fields.CharField(
        label=_("Region code"), max_length=6, help_text=_("Six digits, such as 320500.")
    )
    builder = fields.CharField(label=_("Builder"), max_length=120)
    builder_code = fields.CharField(label=_("Code of the builder"), required=False, max_length=18)
    period = fields.RegexField(
        r"20[0-9]{2}Q[1-4]", label=_("Period"), help_text=_("Year and quarter, such as 2026Q4.")
    )
    first = fields.CharField(
        label=_("First inspector"), max_length=32, help_text=_("Number of the certificate.")
    )
    second = fields.CharField(
        label=_("Second inspector"), max_length=32, help_text=_("Number of the certificate.")
    )


class PointsForm(forms.Form):
    """Up to three points of a site with an answer to every item; a point without a place is left out."""

    form_id = "inspection.points"
    keeps_draft = True
    submit_label = _("Record the check")

    checked_on = day_field(_("Checked on"))

    def __init__(self, *args: Any, items: Sequence[checks.CheckItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.items = items
        self.groups = [("", ("checked_on",))]
        for number in range(1, POINTS + 1):
            names = (f"place-{number}", *(f"{item.code}-{number}" for item in items))
            self.groups.append((_("Point %(number)s") % {"number": number}, names))
            self.fields[f"place-{number}"] = fields.CharField(
                label=_("Place of point %(number)s") % {"number": number},
                required=number == 1,
                max_length=120,
                help_text=_("Such as a storey and an axis."),
            )
            for item in items:
                self.fields[f"{item.code}-{number}"] = _answer(item, is_needed=number == 1)

    def points(self) -> list[tuple[str, dict[str, str]]]:
        """Return the points whose place was named, each with its answers."""
        said, found = self.cleaned_data, []
        for number in range(1, POINTS + 1):
            if place := said.get(f"place-{number}", "").strip():
                given = {item.code: said.get(f"{item.code}-{number}", "") for item in self.items}
                found.append((place, given))
        return found


def _answer(item: checks.CheckItem, *, is_needed: bool) -> fields.Field:
    name = wording.bilingual(item)
    if item.answer == "yes_no":
        return fields.ChoiceField(label=name, required=is_needed, choices=(("", "—"), *CONFORMS))
    word = _("not below") if item.limit_kind == "lower" else _("not above")
    hint = f"{word} {item.limit} {item.unit} · {item.method}"
    return fields.CharField(label=f"{name} ({item.unit})", required=is_needed, max_length=24, help_text=hint)


class SiteStepForm(forms.Form):
    """One step of a check of a site."""

    form_id = "inspection.site_step"
    submit_label = _("Do this step")

    on = day_field(_("Day"))
    correct_by = day_field(
        _("To be corrected by"), required=False, help_text=_("Only needed for the order to correct.")
    )
    reason = reason_field(required=False)
