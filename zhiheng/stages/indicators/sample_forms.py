"""The forms by which a statistician releases an uploaded sample, and the checks of construction sites."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from zhiheng.errors import ZhihengError
from zhiheng.reference import questionnaires
from zhiheng.stages.draw.words import translated
from zhiheng.stages.plan.models import Series

from . import rules, sampling, sentences
from .forms import OfRegion
from .rules import families, sample_files
from .sample_refusals import TABLE, refuse

MOST_BYTES = 20_000_000


class _Named(django_forms.ModelChoiceField):
    def label_from_instance(self, obj: models.Model) -> str:
        """Return the name of a series in the language of the reader."""
        return sentences.name(obj)


def _questionnaires() -> list[tuple[str, Any]]:
    is_chinese = (get_language() or "").startswith("zh")
    named = [(found.id, found.zh if is_chinese else found.en) for found in questionnaires.all()]
    return [("", _("none: the series is a share")), *named]


class OfPeriod(OfRegion):
    """A form with a region, a period and a reason that is needed for a revision."""

    region = django_forms.CharField(
        label=_("Region"), max_length=6, help_text=_("Six digits, such as 330000; 000000 for the nation.")
    )
    period = django_forms.CharField(
        label=_("Period"), max_length=24, help_text=_("Such as 2025, 2025Q1, or a round 20250301-20250430.")
    )
    reason = django_forms.CharField(
        label=_("Reason for a revision"),
        required=False,
        max_length=400,
        help_text=_("Needed only when the period was released before; it is published."),
    )

    def __init__(self, *args: Any, by: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by = by
        self._found: sampling.Prepared | ZhihengError | None = None

    @property
    def prepared(self) -> sampling.Prepared:
        """The computed numbers; raises what refused them."""
        if not isinstance(self._found, sampling.Prepared):
            raise self._found or refuse("sample-empty")
        return self._found

    def clean_period(self) -> str:
        """Return a known period."""
        try:
            return rules.check_period(self.cleaned_data["period"].strip())
        except ZhihengError as error:
            raise django_forms.ValidationError(
                _("Write a period as 2025, 2025H1, 2025Q4, 2025-03 or 20250301-20250430.")
            ) from error


class SampleForm(OfPeriod):
    """Which series, where and when, the file of the sample, and what is known to calibrate it."""

    form_id = "indicators.sample"
    groups = (
        (_("What is released"), ("series", "form", "region", "period")),
        (_("The sample"), ("file", "totals")),
        (_("Revision"), ("reason",)),
    )
    submit_label = _("Release the numbers")

    series = _Named(
        label=_("Series"),
        queryset=Series.objects.filter(
            pk__in=[one.series for one in families.FAMILIES.values() if one.is_uploaded]
        ),
    )
    form = django_forms.ChoiceField(label=_("Questionnaire"), choices=_questionnaires, required=False)
    file = django_forms.FileField(
        label=_("File of the sample (CSV)"),
        help_text=_(
            "One row for each unit that answered. It becomes public evidence: no names, telephones or "
            "identity numbers. The columns are named on the page of the questionnaire."
        ),
    )
    totals = django_forms.CharField(
        label=_("Known totals of groups"),
        required=False,
        max_length=4000,
        widget=django_forms.Textarea(attrs={"rows": 4}),
        help_text=_("One group a line with its number of people, such as 18-39 1200000; empty for none."),
    )

    def clean_file(self) -> bytes:
        """Return the bytes of the file, of a size that a form may carry."""
        sent = self.cleaned_data["file"]
        if sent.size > MOST_BYTES:
            raise django_forms.ValidationError(_("The file is larger than 20 MB."))
        return sent.read()

    def clean_totals(self) -> dict[str, int]:
        """Return the known totals by group."""
        try:
            return sample_files.totals(self.cleaned_data["totals"])
        except ZhihengError as error:
            said = translated(error, TABLE)
            raise django_forms.ValidationError(f"{said.cause} {said.remedy}") from error

    def clean(self) -> dict[str, Any]:
        """Compute the numbers once every field is right."""
        said = super().clean()
        if self._by is not None and not self.errors:
            try:
                self._found = sampling.prepare(by=self._by, **said)
            except ZhihengError as error:
                self._found = error
        return said


class SitesForm(OfPeriod):
    """Where and when the checks of construction sites are added up."""

    form_id = "indicators.sites"
    submit_label = _("Release the numbers")

    def clean(self) -> dict[str, Any]:
        """Compute the numbers once every field is right."""
        said = super().clean()
        if self._by is not None and not self.errors:
            try:
                self._found = sampling.prepare_sites(by=self._by, **said)
            except ZhihengError as error:
                self._found = error
        return said
