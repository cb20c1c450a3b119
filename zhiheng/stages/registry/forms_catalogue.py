"""Forms of the catalogue of key products: an item, an issue, a year to copy."""

from __future__ import annotations

from typing import Any

from django import forms as fields
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from zhiheng.web import forms

from . import reading, rules, rules_catalogue, words
from . import reading_registers as cells
from .forms import Read, division_choices
from .forms_registers import text_field
from .models import VERTICALS


def region_field() -> Read:
    """Return the field of the region of a catalogue."""
    return Read(
        label=_("Region"),
        max_length=60,
        read=reading.region,
        faults=lambda value: rules.region_faults(value, levels=rules.LEVELS),
        help_text=_("Six digits of GB/T 2260, or the full name of the region."),
    )


def year_field() -> fields.IntegerField:
    """Return the field of the year of a catalogue."""
    return fields.IntegerField(
        label=_("Year"), min_value=rules_catalogue.FIRST_YEAR, max_value=rules_catalogue.LAST_YEAR
    )


class ItemForm(forms.Form):
    """A category proposed for a year's catalogue."""

    form_id = "registry.catalogue_item"
    keeps_draft = True
    submit_label = _("Propose it")
    groups = (
        (_("Which catalogue"), ("region", "year")),
        (_("The category"), ("code", "name", "vertical", "divisions", "keywords")),
        (_("Why it is watched"), ("reason", "hazards", "source", "is_full_coverage")),
        (_("What is tested"), ("test_items",)),
    )

    region = region_field()
    year = year_field()
    code = text_field(_("Code of the category"), 32, help_text=_("Stays the same over the years."))
    name = text_field(_("Category"), 120)
    vertical = fields.ChoiceField(label=_("Field of goods"), choices=VERTICALS)
    divisions = fields.MultipleChoiceField(
        label=_("Divisions"),
        required=False,
        choices=lambda: division_choices()[1:],
        widget=fields.SelectMultiple(attrs={"size": 6}),
    )
    keywords = text_field(
        _("Words of product names"),
        1_000,
        rows=2,
        required=False,
        help_text=_("Words by which a product belongs to the category, one a line."),
    )
    reason = text_field(
        _("Reason"), 400, rows=2, help_text=_("Risk, failures, complaints or law it rests on.")
    )
    hazards = text_field(_("Hazards"), 2_000, rows=3, help_text=_("What can go wrong, one a line."))
    source = text_field(_("Source"), 400, required=False)
    is_full_coverage = fields.BooleanField(
        label=_("Every producer in turn"),
        required=False,
        help_text=_("Every producer of the category is drawn in the course of the cycle."),
    )
    test_items = text_field(
        _("Test items"),
        8_000,
        rows=6,
        required=False,
        help_text=_(
            "One a line: item | method | unit | limit | not above or not below | source | confidence."
        ),
    )

    def clean_keywords(self) -> list[str]:
        """Return the words, each once."""
        return cells.phrases(self.cleaned_data["keywords"])

    def clean_hazards(self) -> list[str]:
        """Return the hazards, each once."""
        return cells.phrases(self.cleaned_data["hazards"])

    def clean_reason(self) -> str:
        """Return the reason on one line."""
        return " ".join(self.cleaned_data["reason"].split())

    def clean_test_items(self) -> list[dict[str, Any]]:
        """Return the test items, or say which line is wrong."""
        found = cells.items_to_test(self.cleaned_data["test_items"])
        faults = rules_catalogue.tested_faults(found)
        if faults:
            raise ValidationError([f"{words.cause(fault)} {words.remedy(fault)}" for fault in faults])
        return found


class ItemChange(ItemForm):
    """A change of a candidate: region, year and code stay."""

    form_id = "registry.catalogue_change"
    submit_label = _("Store the change")
    groups = ItemForm.groups[1:]
    region = None
    year = None
    code = None


class IssueForm(forms.Form):
    """The issue of all candidates of a region and year."""

    form_id = "registry.catalogue_issue"
    submit_label = _("Issue all candidates together")

    region = region_field()
    year = year_field()
    reason = text_field(
        _("Basis of the issue"),
        400,
        rows=2,
        help_text=_("For a first issue the document it rests on; for a supplement why it is needed now."),
    )


class YearForm(forms.Form):
    """A region and a year to fill with candidates."""

    form_id = "registry.catalogue_year"
    submit_label = _("Make them candidates")

    region = region_field()
    year = year_field()
