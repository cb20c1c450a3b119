"""The form by which a statistician releases figures."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.errors import ZhihengError
from zhiheng.reference import regions
from zhiheng.stages.plan.models import Series
from zhiheng.web import forms

from . import preparing, rules, scopes
from .refusals import refuse


class OfRegion(forms.Form):
    """A form with a region, which is known."""

    def clean_region(self) -> str:
        """Return the code of a known region."""
        try:
            return regions.get(self.cleaned_data["region"].strip()).code
        except ZhihengError as error:
            raise django_forms.ValidationError(
                _("“%(code)s” is no region; give six digits, such as 330000."),
                params={"code": self.cleaned_data["region"]},
            ) from error


class ReleaseForm(OfRegion):
    """Which series, where, for which periods, and why when it revises an earlier release.

    A valid form computes the figures while it is checked: the shell acts inside a transaction, and on
    SQLite that holds back every other writer. What the computation refuses is raised when it is acted upon.
    """

    form_id = "indicators.release"
    groups = ((_("What is released"), ("series", "region", "periods")), (_("Revision"), ("reason",)))
    submit_label = _("Release the figures")
    keeps_draft = True

    series = django_forms.ModelChoiceField(
        label=_("Series"),
        queryset=Series.objects.filter(
            Q(targets__binding="bound") | Q(pk__in=scopes.measured(), basis="probability")
        ).distinct(),
        help_text=_("Series to which a target is bound, and those of a vertical, such as food."),
    )
    region = django_forms.CharField(
        label=_("Region"), max_length=6, help_text=_("Six digits, such as 330000; 000000 for the nation.")
    )
    periods = django_forms.CharField(
        label=_("Periods"),
        max_length=200,
        help_text=_("Such as 2025Q4 2025, with a space between; also half-years 2025H1 and months 2025-03."),
    )
    reason = django_forms.CharField(
        label=_("Reason for a revision"),
        required=False,
        max_length=400,
        widget=django_forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed only when one of the periods was released before; it is published."),
    )

    def __init__(self, *args: Any, by: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._by = by
        self._found: preparing.Prepared | ZhihengError | None = None

    @property
    def prepared(self) -> preparing.Prepared:
        """The computed figures; raises what refused them."""
        if not isinstance(self._found, preparing.Prepared):
            raise self._found or refuse("no-periods")
        return self._found

    def clean(self) -> dict[str, Any]:
        """Compute the figures once every field is right."""
        said = super().clean()
        if self._by is not None and not self.errors:
            try:
                self._found = preparing.prepare(by=self._by, **said)
            except ZhihengError as error:
                self._found = error
        return said

    def clean_periods(self) -> list[str]:
        """Return the periods in order."""
        words = self.cleaned_data["periods"].replace(",", " ").replace("、", " ").split()
        try:
            return rules.in_order(words)
        except ZhihengError as error:
            raise django_forms.ValidationError(
                _("Write periods as 2025, 2025H1, 2025Q4 or 2025-03, with a space between them.")
            ) from error
