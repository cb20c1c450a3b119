"""The three forms of a draw: commit, reveal, abort."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any, ClassVar

from django import forms as fields
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhiheng.stages.plan.forms import ShareField
from zhiheng.stages.registry.forms_frames import Frames, NamesForm
from zhiheng.stages.registry.queries import inspectors_for
from zhiheng.web import forms, wording

from . import beacon_forms, queries
from .labels import METHODS, REASONS
from .rules import design


class Obligations(fields.ModelChoiceField):
    """A choice among duties that wait for their draw."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{wording.region_name(obj.region)} {wording.period(obj.period)} · {obj.basis}"


def _objection_reason() -> fields.CharField:
    return fields.CharField(
        label=_("Why it cannot wait until firms may no longer object"),
        required=False,
        max_length=400,
        help_text=_("Needed only where the day above lies within the days for objections; it is published."),
    )


class CommitForm(beacon_forms.BeaconForm):
    """What is fixed before anybody can know the outcome."""

    form_id = "draw.commit"
    submit_label = _("Commit and announce")
    groups = (
        (_("Who can be drawn"), ("obligation", "frame")),
        beacon_forms.GROUP,
        (_("Inspectors on leave"), ("away",)),
    )

    objection_reason = _objection_reason()


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


class Firms(fields.CharField):
    """Firms left out one by one: a line each, with its code, one of two reasons and a word."""

    REASONS: ClassVar[dict[str, str]] = {
        "回避": design.CONFLICT,
        "conflict": design.CONFLICT,
        "合并": design.MERGED,
        "分立": design.MERGED,
        "merged": design.MERGED,
    }

    def to_python(self, value: Any) -> Any:
        """Return (code, reason, word) of each line."""
        found = []
        for line in (super().to_python(value) or "").splitlines():
            if not line.strip():
                continue
            code, reason, word = [*line.split(None, 2), "", ""][:3]
            if reason.lower() not in self.REASONS or not word.strip():
                raise ValidationError(
                    gettext("Write a line as code, reason (conflict or merged) and a word: %(line)s")
                    % {"line": line[:60]}
                )
            found.append((code.upper(), self.REASONS[reason.lower()], word.strip()))
        return found


class PrepareForm(beacon_forms.BeaconForm):
    """What is fixed for a duty whose frame and exclusions stand on the page above."""

    form_id = "draw.prepare"
    submit_label = _("Commit and announce")
    groups = (
        (_("How is it drawn"), ("method",)),
        (_("Who is left out"), ("exclude", "singles")),
        (_("Who goes"), ("away", "match_fields")),
        beacon_forms.GROUP,
    )

    method = fields.ChoiceField(
        label=_("Method"),
        choices=METHODS,
        required=False,
        widget=fields.RadioSelect,
        help_text=_(
            "By weight the classes are drawn from together, and a firm of a heavier class is likelier to be "
            "drawn; figures of pass rates cannot use such a draw yet."
        ),
    )
    exclude = fields.MultipleChoiceField(
        label=_("Left out by earlier draws"),
        required=False,
        widget=fields.CheckboxSelectMultiple,
        choices=[(name, REASONS[name]) for name in design.BY_RULE],
        help_text=_("Firms left out have probability 0 in this draw; each is published with its reason."),
    )
    singles = Firms(
        label=_("Single firms left out"),
        required=False,
        max_length=20_000,
        widget=fields.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One line each: social credit code, reason (conflict or merged), a word that is published."
        ),
    )
    match_fields = fields.BooleanField(
        label=_("Send inspectors to the divisions of their fields alone"), required=False
    )
    objection_reason = _objection_reason()


def prepare_form(region: str, away: Collection[str]) -> type[PrepareForm]:
    """Return the form with the inspectors of a region who are not away by their leave or certificate."""
    able = [(one.code, f"{one.name} · {one.unit}") for one in inspectors_for(region) if one.code not in away]

    class Bound(PrepareForm):
        away = fields.MultipleChoiceField(
            label=_("Inspectors who cannot go"),
            required=False,
            widget=fields.CheckboxSelectMultiple,
            choices=able,
            help_text=_("Those on leave or struck off until the reveal are left out already."),
        )

    if not able:
        del Bound.base_fields["away"]
    return Bound


class PlanYearForm(forms.Form):
    """Nothing to fill in: the days are those that the page above shows."""

    form_id = "draw.plan_year"
    submit_label = _("Plan these draws")


class PlanDrawForm(forms.Form):
    """On which day of its period the draw of a duty takes place."""

    form_id = "draw.plan_draw"
    submit_label = _("Plan this day")

    draw_on = fields.DateField(
        label=_("Day of the draw"),
        widget=fields.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        help_text=_("A day of the period, today or later."),
    )


class FreezeForm(NamesForm):
    """How the list of the duty names firms; what it holds follows from the duty and the register.

    The lists of a joint campaign, and those of a panel, leave no choice (``may_choose``).
    """

    form_id = "draw.freeze"
    submit_label = _("Freeze the list of this duty")

    def __init__(self, *args: Any, may_choose: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_choose:
            del self.fields["ids"], self.fields["ids_reason"]


class ReserveForm(forms.Form):
    """For which firm a reserve steps in, and why."""

    form_id = "draw.reserve"
    submit_label = _("Let the next reserve step in")

    selection = fields.ChoiceField(label=_("Drawn firm that could not be inspected"))
    reason = fields.CharField(
        label=_("Reason"),
        max_length=400,
        widget=fields.Textarea(attrs={"rows": 3}),
        help_text=_("What was tried, and why a reserve is needed."),
    )


def reserve_form(choices: Sequence[tuple[str, str]]) -> type[ReserveForm]:
    """Return the form with the firms whose visit failed."""

    class Bound(ReserveForm):
        selection = fields.ChoiceField(label=_("Drawn firm that could not be inspected"), choices=choices)

    return Bound


class PanelForm(forms.Form):
    """The announcement of a panel."""

    form_id = "draw.panel"
    submit_label = _("Announce the panel")

    name = fields.CharField(label=_("Name of the panel"), max_length=80)
    shift = ShareField(
        label=_("How far it turns each time"),
        max_length=20,
        help_text=_(
            "As a share of all firms of a stratum, and no more than is drawn of it: where 1/5 is drawn, 1/10 "
            "makes half of the firms new in each period."
        ),
    )
    reason = fields.CharField(
        label=_("Reason"),
        max_length=400,
        widget=fields.Textarea(attrs={"rows": 3}),
        help_text=_("It is published. The later draws of a panel can be foreseen by everybody."),
    )


class PanelEndForm(forms.Form):
    """The reason for which a panel ends; it is published."""

    form_id = "draw.panel_end"
    submit_label = _("End the panel")

    reason = fields.CharField(label=_("Reason"), max_length=400, widget=fields.Textarea(attrs={"rows": 3}))


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
