"""The three forms of a draw: commit, reveal, abort."""

from __future__ import annotations

from typing import Any

from django import forms as fields
from django.utils.translation import gettext_lazy as _

from zhiheng.stages.registry.queries import inspectors_for
from zhiheng.web import forms, wording

from . import queries, rules
from .labels import BEACONS


class Frames(fields.ModelChoiceField):
    """A choice among frozen frames, each with its day and size."""

    def label_from_instance(self, obj: Any) -> str:
        place, size = wording.region_name(obj.region), wording.number(obj.unit_count)
        return f"{place} {obj.as_of} · {obj.purpose} · {size}"


class Obligations(fields.ModelChoiceField):
    """A choice among duties that wait for their draw."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{wording.region_name(obj.region)} {wording.period(obj.period)} · {obj.basis}"


class CommitForm(forms.Form):
    """What is fixed before anybody can know the outcome."""

    form_id = "draw.commit"
    submit_label = _("Commit and announce")
    groups = (
        (_("Who can be drawn"), ("obligation", "frame")),
        (_("The public random text"), ("beacon_kind", "beacon_reference")),
        (_("Inspectors on leave"), ("away",)),
    )

    beacon_kind = fields.ChoiceField(label=_("Kind"), choices=BEACONS[:3])
    beacon_reference = fields.CharField(
        label=_("Which one exactly"),
        max_length=120,
        help_text=_("It must not exist yet. For example: the first 4 draws published after today."),
    )


def commit_form(person: Any, *, is_sent: bool) -> type[CommitForm]:
    """Return the form with the choices of one person.

    A form that is sent is read against all duties, so that one sent twice gets the answer of the first.
    """
    duties = queries.issued_obligations(person) if is_sent else queries.waiting_obligations(person)
    places = sorted(set(duties.values_list("region", flat=True)))
    able = {one.code: one for place in places for one in inspectors_for(place)}

    class Bound(CommitForm):
        obligation = Obligations(queryset=duties, label=_("Inspection duty"))
        frame = Frames(
            queryset=queries.frames_of(person),
            label=_("Frozen frame"),
            help_text=_("The frame must be of the region of the duty."),
        )
        away = fields.MultipleChoiceField(
            label=_("Inspectors who cannot go"),
            required=False,
            widget=fields.CheckboxSelectMultiple,
            choices=[(code, f"{one.name} · {one.unit}") for code, one in sorted(able.items())],
        )

    if not able:
        del Bound.base_fields["away"]
    return Bound


class RevealForm(forms.Form):
    """The public random text, once it exists."""

    form_id = "draw.reveal"
    submit_label = _("Reveal and draw")

    beacon = fields.CharField(
        label=_("The public random text, exactly as published"),
        strip=True,
        max_length=2000,
        min_length=rules.BEACON_BYTES,
        widget=fields.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Every character counts. What you enter is published with the draw and cannot be changed."
        ),
    )


class AbortForm(forms.Form):
    """The reason for which a draw is given up; it is published."""

    form_id = "draw.abort"
    submit_label = _("Abort this draw")

    reason = fields.CharField(
        label=_("Reason"),
        max_length=400,
        widget=fields.Textarea(attrs={"rows": 3}),
        help_text=_("The reason and the secret are published, so that everybody sees what was given up."),
    )
