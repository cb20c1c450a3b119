"""Forms of identity: an earlier state, a merge and its undoing, a split, alike records to judge."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from zhiheng.web import forms

from . import reading, rules
from .forms import Read, SubjectForm, day_field

_DECISIONS = (
    ("same", _("The same firm: merge the two records")),
    ("different", _("Different firms: never ask again")),
    ("later", _("I cannot say yet: keep it on the list")),
)


def _code_field(label: Any, help_text: Any) -> Read:
    return Read(
        label=label,
        max_length=40,
        read=reading.code,
        faults=lambda value: rules.code_faults(value, demo=settings.DEMO),
        help_text=help_text,
    )


def _reason_field(help_text: Any) -> django_forms.CharField:
    return django_forms.CharField(label=_("Reason"), max_length=400, help_text=help_text)


class AsOfForm(forms.Form):
    """Two days: the one on which it held, and the one until which the register was told."""

    at = day_field(_("As it held on"))
    known = day_field(_("As known at the end of"))


class MergeForm(forms.Form):
    """Which record survives, from which day, and why."""

    form_id = "registry.merge"
    submit_label = _("Merge")

    into = _code_field(
        _("Social credit code of the survivor"),
        _("The record that stays. This one goes out of business and points there."),
    )
    day = day_field(_("Day from which they are one"))
    reason = _reason_field(_("For example: new licence with a new code, number of the document."))


class UndoForm(forms.Form):
    """Why a merge is undone."""

    form_id = "registry.undo_merge"
    submit_label = _("Undo the merge")

    reason = _reason_field(_("The record stands for itself again, as it stood before the merge."))


class SplitForm(SubjectForm):
    """The part that becomes a subject of its own, from which day, and why."""

    form_id = "registry.split"
    keeps_draft = False
    submit_label = _("Split off")
    groups = (
        (_("The new subject"), ("code", "name")),
        (_("Where and what"), ("region", "division", "channel")),
        (_("How large"), ("size", "output_value", "risk_class")),
        (_("The split"), ("day", "reason")),
    )
    day = day_field(_("Day of the split"))
    reason = _reason_field(_("For example: a division of the company, number of the document."))


class DecisionForm(forms.Form):
    """What a person says of two alike records."""

    form_id = "registry.duplicate"
    submit_label = _("Store the decision")

    decision = django_forms.ChoiceField(
        label=_("Decision"), choices=_DECISIONS, widget=django_forms.RadioSelect
    )
    keep = django_forms.ChoiceField(
        label=_("Survivor"),
        required=False,
        help_text=_("Only when they are the same: the record that stays."),
    )
    reason = _reason_field(_("What the decision rests on, such as the licence or a call."))

    def __init__(self, *args: Any, parties: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["keep"].choices = [("", "—"), *parties]


class SearchForm(forms.Form):
    """Where to search for alike records."""

    form_id = "registry.search_duplicates"
    submit_label = _("Search")

    region = Read(
        label=_("Region"),
        max_length=60,
        read=reading.region,
        faults=lambda value: rules.region_faults(value, levels=rules.LEVELS),
        help_text=_("Six digits of GB/T 2260, or the full name of the region. Up to 200,000 subjects."),
    )
