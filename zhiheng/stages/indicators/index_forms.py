"""The form by which a statistician chooses period, weights and goalposts of the index."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms as django_forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from zhiheng.reference import quality_index
from zhiheng.web import forms, wording

from . import indexing

FIELDS = ("period", "weights", "own_weights", "goalposts", "base", "own_posts")
MOST_LINES = 4000


def weights_choices() -> list[tuple[str, str]]:
    """Return the sets of weights with their names."""
    return [(one.id, _named(one)) for one in quality_index.weights().values()]


def goalposts_choices() -> list[tuple[str, str]]:
    """Return the sets of goalposts; that of the demonstration is offered in a demonstration alone."""
    found = [one for one in quality_index.goalposts().values() if settings.DEMO or not one.demonstration]
    return [("", str(_("none of these"))), *((one.id, _named(one)) for one in found)]


def _named(one: Any) -> str:
    return str(one.zh if wording.is_chinese() else one.en)


class IndexForm(forms.Form):
    """Which period, by which weights and between which goalposts; lines of one's own go before the sets."""

    form_id = "indicators.index"
    groups = (
        (_("The period"), ("period",)),
        (_("Weights, chosen by the office and not official"), ("weights", "own_weights")),
        (_("Goalposts, chosen by the office and not official"), ("goalposts", "base", "own_posts")),
    )
    submit_label = _("Show what would come out")
    keeps_draft = True

    period = django_forms.CharField(
        label=_("Period"), max_length=40, help_text=_("Such as 2025, 2025H1, 2025Q4 or 2025-03.")
    )
    weights = django_forms.ChoiceField(label=_("Set of weights"), choices=weights_choices)
    own_weights = django_forms.CharField(
        label=_("Own weights, line by line"),
        required=False,
        max_length=MOST_LINES,
        widget=django_forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("Name and weight, such as: level 1/2. All 20 names; below each node they add up to 1."),
    )
    goalposts = django_forms.ChoiceField(
        label=_("Set of goalposts"), choices=goalposts_choices, required=False
    )
    base = django_forms.CharField(
        label=_("Or the extremes of a period"),
        required=False,
        max_length=40,
        help_text=_("The lowest and highest recorded number of each statistic in that period."),
    )
    own_posts = django_forms.CharField(
        label=_("Own goalposts, line by line"),
        required=False,
        max_length=MOST_LINES,
        widget=django_forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("Name, lower and upper end in the unit of the statistic, such as: loss 0 3."),
    )

    @property
    def asked(self) -> dict[str, str]:
        """What was chosen, as the address of the preview says it."""
        held = self.cleaned_data
        return {name: held[name] for name in FIELDS if held.get(name)}

    @property
    def address(self) -> str:
        """The words of an address that say the choice."""
        return urlencode(self.asked)


def choice_of(said: Any) -> indexing.Choice:
    """Return the choice that an address or a sent form says, checked."""
    return indexing.choose(**{name: str(said.get(name, ""))[:MOST_LINES] for name in FIELDS})
