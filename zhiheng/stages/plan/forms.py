"""Forms of the plan: an obligation, a move of one, and the binding of a target."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhiheng.reference import outline, parameters
from zhiheng.stages.registry import reading
from zhiheng.web import forms, wording

from . import queries, said
from .models import OBLIGATION_STATES
from .rules import obligations


def article_choices() -> list[tuple[int, str]]:
    """Return the articles of the Outline."""
    return [(found.number, said.article_name(found)) for found in outline.articles()]


def series_choices() -> list[tuple[str, str]]:
    """Return the series that a target may be bound to."""
    rows = queries.all_series()
    named = [(row.id, f"{wording.bilingual(row)} · {said.purpose(row)} · {row.id}") for row in rows]
    return [("", "—"), *named]


class RegionField(django_forms.CharField):
    """A region by its six digits or its full name."""

    def to_python(self, value: Any) -> Any:
        """Return the six digits where the name is known."""
        text = super().to_python(value)
        return reading.region(text) if text else text


class ShareField(django_forms.CharField):
    """A share written as two whole numbers, such as 1/12."""

    def to_python(self, value: Any) -> Any:
        """Return the pair of numbers."""
        text = super().to_python(value)
        if not text:
            return text
        top, mark, bottom = text.replace("／", "/").partition("/")
        if not (mark and top.strip().isdecimal() and bottom.strip().isdecimal()):
            raise ValidationError(gettext("Write the share as two whole numbers, such as 1/12."))
        return [int(top), int(bottom)]

    def prepare_value(self, value: Any) -> Any:
        """Show a pair as 1/12."""
        return f"{value[0]}/{value[1]}" if isinstance(value, (list, tuple)) else value


class ObligationForm(forms.Form):
    """The duty to inspect in a region and quarter."""

    form_id = "plan.obligation"
    keeps_draft = True
    submit_label = _("Set the obligation")
    groups = (
        (_("Where, when, by which clause"), ("region", "period", "article", "basis")),
        (_("How much of each class"), ("share_A", "share_B", "share_C", "share_D", "minimum_per_stratum")),
        (_("In force"), ("as_draft",)),
    )

    region = RegionField(
        label=_("Region"),
        max_length=60,
        help_text=_("Six digits of GB/T 2260, or the full name of the region."),
    )
    period = django_forms.CharField(
        label=_("Period"), max_length=6, help_text=_("A quarter, such as 2026Q1.")
    )
    article = django_forms.TypedChoiceField(
        label=_("Article"), choices=article_choices, coerce=int, initial=27
    )
    basis = django_forms.CharField(
        label=_("Ground of the duty"),
        max_length=400,
        required=False,
        help_text=_("The document that sets the duty; empty names the article itself."),
    )
    share_A = ShareField(label=_("Share of class A"), max_length=20)
    share_B = ShareField(label=_("Share of class B"), max_length=20)
    share_C = ShareField(label=_("Share of class C"), max_length=20)
    share_D = ShareField(
        label=_("Share of class D"), max_length=20, help_text=_("Above zero in every class, such as 1/3.")
    )
    minimum_per_stratum = django_forms.IntegerField(
        label=_("Least number in a class"),
        min_value=obligations.LEAST_FOR_A_VARIANCE,
        max_value=obligations.MOST_PER_STRATUM,
        help_text=_("From fewer than two no uncertainty can be told."),
    )
    as_draft = django_forms.BooleanField(
        label=_("Keep it internal for now"),
        required=False,
        help_text=_("It becomes public when it is issued; nothing can be drawn for it before."),
    )

    @staticmethod
    def defaults() -> dict[str, Any]:
        """Return the shares and the floor of the house rule."""
        shares = parameters.value("sampling_fraction")
        return {
            **{f"share_{name}": list(pair) for name, pair in shares.items()},
            "minimum_per_stratum": parameters.value("minimum_per_stratum"),
        }

    def said(self) -> dict[str, Any]:
        """Return what the action takes."""
        data = dict(self.cleaned_data)
        return data | {"fractions": {name: data.pop(f"share_{name}") for name in obligations.CLASSES}}


class MoveForm(forms.Form):
    """What becomes of an obligation, and why."""

    form_id = "plan.obligation_move"
    submit_label = _("Confirm")

    to = django_forms.ChoiceField(label=_("New state"))
    reason = django_forms.CharField(
        label=_("Reason"), max_length=400, required=False, help_text=_("Needed for a withdrawal.")
    )


def move_form(state: str) -> type[MoveForm]:
    """Return the form that offers what an obligation in this state may become."""
    names = dict(OBLIGATION_STATES)
    choices = [(to, names[to]) for to in obligations.MOVES.get(state, ())]

    class Offered(MoveForm):
        to = django_forms.ChoiceField(label=_("New state"), choices=choices)

    return Offered


class BindingForm(forms.Form):
    """Which series measures a target."""

    form_id = "plan.binding"
    submit_label = _("Bind")

    series = django_forms.ChoiceField(
        label=_("Series"),
        choices=series_choices,
        help_text=_("Name, unit and direction must be those of the target; an ambiguous name is refused."),
    )


class AdoptForm(forms.Form):
    """Nothing to fill in: the Outline is taken over as it stands."""

    form_id = "plan.adopt"
    submit_label = _("Adopt the Outline")
