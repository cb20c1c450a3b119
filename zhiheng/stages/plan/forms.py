"""Forms of the plan: an obligation, a move of one, and the binding of a target."""

from __future__ import annotations

import re
from typing import Any

from django import forms as django_forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhiheng.formats import periods
from zhiheng.people import clock
from zhiheng.reference import outline, parameters
from zhiheng.stages.registry import reading
from zhiheng.web import forms, wording

from . import queries, said
from .models import CHANNELS, OBLIGATION_STATES, PURPOSES
from .rules import obligations

_WEIGHT = re.compile(r"([A-DX])\s*[:：=]?\s*([0-9]{1,6})")


def article_choices() -> list[tuple[int, str]]:
    """Return the articles of the Outline."""
    return [(found.number, said.article_name(found)) for found in outline.articles()]


def series_choices() -> list[tuple[str, str]]:
    """Return the series that a target may be bound to."""
    rows = queries.all_series()
    named = [(row.id, f"{wording.bilingual(row)} · {said.purpose(row)} · {row.id}") for row in rows]
    return [("", "—"), *named]


def item_choices() -> list[tuple[str, str]]:
    """Return the issued items of the catalogues of this year and its neighbours, by their code."""
    year = clock.today().year
    found = {item.code: f"{item.code} {item.name}" for item in queries.items(year - 1, year + 1)}
    return [("", _("All goods")), *sorted(found.items())]


class RegionField(django_forms.CharField):
    """A region by its six digits or its full name."""

    def to_python(self, value: Any) -> Any:
        """Return the six digits where the name is known."""
        text = super().to_python(value)
        return reading.region(text) if text else text


class PeriodField(django_forms.CharField):
    """A period in its notation or as people write it, such as 2026年3月."""

    def to_python(self, value: Any) -> Any:
        """Return the notation where the text can be read."""
        text = super().to_python(value)
        return periods.read(text) if text else text


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


class WeightsField(django_forms.CharField):
    """A weight for each class, written such as A 1, B 2, C 4, D 8."""

    def to_python(self, value: Any) -> Any:
        """Return the table of weights; nothing where nothing is written."""
        text = super().to_python(value)
        if not text:
            return {}
        pairs = _WEIGHT.findall(text.upper())
        left = _WEIGHT.sub("", text.upper()).strip(" ,，、;；")
        if left or not pairs or len({name for name, _weight in pairs}) != len(pairs):
            raise ValidationError(gettext("Write a weight for each class, such as A 1, B 2, C 4, D 8."))
        return {name.replace("X", obligations.UNCLASSED): int(weight) for name, weight in pairs}


class ObligationForm(forms.Form):
    """The duty to inspect in a region and period."""

    form_id = "plan.obligation"
    keeps_draft = True
    submit_label = _("Set the obligation")
    groups = (
        (_("Where, when, by which clause"), ("region", "period", "article", "basis")),
        (_("What is inspected, and for what"), ("purpose", "item", "channel")),
        (_("How many in all"), ("quota", "weights_risk", "weights_credit", "weights_reason")),
        (_("How much of each class"), ("share_A", "share_B", "share_C", "share_D", "minimum_per_stratum")),
        (
            _("Over several periods"),
            ("cycle_from", "cycle_to", "burden_periods", "recent"),
        ),
        (_("In force"), ("as_draft",)),
    )

    region = RegionField(
        label=_("Region"),
        max_length=60,
        help_text=_("Six digits of GB/T 2260, or the full name of the region."),
    )
    period = PeriodField(
        label=_("Period"),
        max_length=40,
        help_text=_("Such as 2026, 2026H1, 2026Q1, 2026-03, or a campaign 20260301-20260531."),
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
    purpose = django_forms.ChoiceField(label=_("Purpose"), choices=PURPOSES, required=False)
    item = django_forms.ChoiceField(
        label=_("Item of the catalogue"),
        choices=item_choices,
        required=False,
        help_text=_("Empty: all goods. An issued item of the year’s catalogue narrows who can be drawn."),
    )
    channel = django_forms.ChoiceField(
        label=_("Channel"), choices=[("", _("All channels")), *CHANNELS], required=False
    )
    quota = django_forms.IntegerField(
        label=_("Quota"),
        required=False,
        min_value=1,
        max_value=obligations.MOST_QUOTA,
        help_text=_("How many firms are drawn in all; the default shares below then play no part."),
    )
    weights_risk = WeightsField(
        label=_("Weights by risk class"),
        max_length=80,
        required=False,
        help_text=_(
            "Such as A 1, B 2, C 4, D 8: a firm of class D is drawn eight times as often as one of A."
        ),
    )
    weights_credit = WeightsField(
        label=_("Weights by credit class"),
        max_length=80,
        required=False,
        help_text=_("Such as A 1, B 1, C 2, D 4, X 1; X stands for firms without a credit class."),
    )
    weights_reason = django_forms.CharField(
        label=_("Reason of the weights"),
        max_length=400,
        required=False,
        help_text=_("It is published with the duty."),
    )
    share_A = ShareField(label=_("Share of class A"), max_length=20, required=False)
    share_B = ShareField(label=_("Share of class B"), max_length=20, required=False)
    share_C = ShareField(label=_("Share of class C"), max_length=20, required=False)
    share_D = ShareField(
        label=_("Share of class D"),
        max_length=20,
        required=False,
        help_text=_(
            "Above zero in every class, such as 1/3; beside a quota they are the least of each class."
        ),
    )
    minimum_per_stratum = django_forms.IntegerField(
        label=_("Least number in a class"),
        min_value=obligations.LEAST_FOR_A_VARIANCE,
        max_value=obligations.MOST_PER_STRATUM,
        help_text=_("From fewer than two no uncertainty can be told."),
    )
    cycle_from = PeriodField(
        label=_("Cycle from"),
        max_length=40,
        required=False,
        help_text=_("For full coverage: the first period of the range in which every firm is drawn once."),
    )
    cycle_to = PeriodField(label=_("Cycle until"), max_length=40, required=False)
    burden_periods = django_forms.IntegerField(
        label=_("Periods that count as drawn lately"),
        required=False,
        min_value=0,
        max_value=obligations.MOST_BURDEN_PERIODS,
        help_text=_("Firms drawn in so many periods before form classes of their own; needs a reason above."),
    )
    recent = ShareField(
        label=_("Weight of those drawn lately"),
        max_length=20,
        required=False,
        help_text=_("Such as 1/2: they are drawn half as often as the others."),
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
        shares = {name: data.pop(f"share_{name}") for name in obligations.CLASSES}
        risk, credit, recent = (data.pop(name) for name in ("weights_risk", "weights_credit", "recent"))
        weights = {"risk": risk, "credit": credit, "recent": recent}
        code = data.pop("item")
        is_default = shares == {name: self.defaults()[f"share_{name}"] for name in obligations.CLASSES}
        if data["quota"] and is_default:
            shares = {}
        return data | {
            "item": queries.chosen_item(data["region"], data["period"], code) if code else None,
            "purpose": data["purpose"] or "evaluation",
            "burden_periods": data["burden_periods"] or 0,
            "fractions": {name: share for name, share in shares.items() if share},
            "weights": {name: value for name, value in weights.items() if value},
        }


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
