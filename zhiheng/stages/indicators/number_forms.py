"""The forms by which a statistician defines a formula, records a published number and declares a break."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext_lazy as _

from zhiheng.errors import ZhihengError
from zhiheng.formats import periods
from zhiheng.formats.shapes import observation as shape
from zhiheng.people import clock
from zhiheng.proof import canonical
from zhiheng.reference import dimensions
from zhiheng.stages.plan import models as plan
from zhiheng.stages.plan import words as plan_words
from zhiheng.stages.plan.models import Series
from zhiheng.web import forms, wording

from . import sentences, writing
from .forms import OfRegion

VOICES = (("others", _("Published by others")), ("own", _("Our own numbers")))
EVIDENCE = (
    ("A", _("A: the page of the office itself")),
    ("B", _("B: a repost")),
    ("C", _("C: reworded")),
)
STATUSES = (("final", _("final")), ("preliminary", _("preliminary")))
MOST_CHARACTERS = 60_000


class FormulaForm(forms.Form):
    """The formula in its JSON form, and the words of its series where that is new."""

    form_id = "indicators.formula"
    groups = (
        (_("The formula"), ("body", "voice", "reason")),
        (
            _("The series, where it is new"),
            ("zh", "en", "direction", "definition", "definition_en", "frequency", "owner"),
        ),
        (_("Its scale, where the unit does not give it"), ("lower", "upper")),
    )
    submit_label = _("Define the formula")
    keeps_draft = True

    body = django_forms.CharField(
        label=_("Formula (JSON)"),
        max_length=MOST_CHARACTERS,
        widget=django_forms.Textarea(attrs={"rows": 16, "spellcheck": "false"}),
        help_text=_("Series, constants and the named operations; numbers are written as text."),
    )
    voice = django_forms.ChoiceField(label=_("Whose numbers it reads"), choices=VOICES)
    reason = django_forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=400,
        help_text=_("Needed only when the series has a formula already; it is published."),
    )
    zh = django_forms.CharField(label=_("Name in Chinese"), required=False, max_length=120)
    en = django_forms.CharField(label=_("Name in English"), required=False, max_length=160)
    direction = django_forms.ChoiceField(label=_("Direction"), choices=plan.DIRECTIONS, required=False)
    definition = django_forms.CharField(
        label=_("Definition in Chinese"), required=False, widget=django_forms.Textarea(attrs={"rows": 3})
    )
    definition_en = django_forms.CharField(
        label=_("Definition in English"), required=False, widget=django_forms.Textarea(attrs={"rows": 3})
    )
    frequency = django_forms.ChoiceField(
        label=_("Frequency"), choices=(("", _("not known")), *plan.FREQUENCIES), required=False
    )
    owner = django_forms.CharField(label=_("Owner"), required=False, max_length=120)

    lower = django_forms.DecimalField(
        label=_("Least possible value"),
        required=False,
        help_text=_("Only where the scale is not that of the unit: a growth rate in % may be negative."),
    )
    upper = django_forms.DecimalField(label=_("Greatest possible value"), required=False)

    def clean_body(self) -> Any:
        """Return the formula as plain values."""
        try:
            found = canonical.loads(self.cleaned_data["body"])
        except ZhihengError as error:
            raise django_forms.ValidationError(
                _("This is no JSON: check brackets, quotation marks and commas; numbers stand as text.")
            ) from error
        if not isinstance(found, dict):
            raise django_forms.ValidationError(_("A formula is an object in curly brackets."))
        return found

    @property
    def words(self) -> dict[str, str]:
        """What the form says of a new series; nothing where it leaves that out."""
        names = ("zh", "en", "direction", "definition", "definition_en", "frequency", "owner")
        said = {name: self.cleaned_data.get(name, "") for name in names}
        said |= {end: shape.number(self.cleaned_data.get(end)) or "" for end in ("lower", "upper")}
        body = self.cleaned_data["body"]
        kind = {name: str(body.get(name, "")) for name in ("unit", "basis", "purpose")}
        return {**said, **kind} if said["zh"] or said["en"] else {}


class NumberForm(OfRegion):
    """One number that somebody published, with its source; a reason where it restates a standing one."""

    form_id = "indicators.number"
    groups = (
        (_("What it is about"), ("series", "region", "period", "breakdown")),
        (_("The number"), ("said", "n", "status")),
        (_("Where it comes from"), ("source", "evidence", "note", "reason")),
    )
    submit_label = _("Record the number")
    keeps_draft = True

    series = django_forms.ModelChoiceField(label=_("Series"), queryset=Series.objects.all())
    region = django_forms.CharField(
        label=_("Region"), max_length=6, help_text=_("Six digits, such as 330000; 000000 for the nation.")
    )
    period = django_forms.CharField(
        label=_("Period"), max_length=40, help_text=_("Such as 2025, 2025H1, 2025Q4 or 2025-03.")
    )
    breakdown = django_forms.CharField(
        label=_("Breakdown"),
        required=False,
        max_length=400,
        help_text=_("Empty for the whole; else such as channel=shop;division=13."),
    )
    said = django_forms.DecimalField(label=_("Value as published"), max_digits=20)
    n = django_forms.IntegerField(label=_("Number tested"), required=False, min_value=0)
    status = django_forms.ChoiceField(label=_("State"), choices=STATUSES)
    source = django_forms.CharField(label=_("Source"), max_length=400)
    evidence = django_forms.ChoiceField(label=_("Grade of evidence"), choices=EVIDENCE)
    note = django_forms.CharField(label=_("Note"), required=False, max_length=400)
    reason = django_forms.CharField(
        label=_("Reason for a correction"),
        required=False,
        max_length=400,
        help_text=_("Needed only when the number was recorded before; the old one stays readable."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"].label_from_instance = sentences.name

    def clean_period(self) -> str:
        """Return the period in its one notation."""
        found = periods.read(self.cleaned_data["period"])
        if not periods.known(found):
            raise django_forms.ValidationError(_("Write the period as 2025, 2025H1, 2025Q4 or 2025-03."))
        return found

    def clean_breakdown(self) -> str:
        """Return the breakdown in its one form."""
        try:
            shape.members(self.cleaned_data["breakdown"].strip())
        except ZhihengError as error:
            raise django_forms.ValidationError(
                _("Write dimensions in order of the alphabet, such as channel=shop;division=13.")
            ) from error
        return self.cleaned_data["breakdown"].strip()

    def row(self) -> shape.Observation:
        """Return what was filled in as an observation."""
        held = self.cleaned_data
        series = held["series"]
        return shape.Observation(
            series=series.pk,
            unit=series.unit,
            basis=series.basis,
            purpose=series.purpose,
            origin="published",
            value=Decimal(held["said"]),
            said=f"{held['said']:f}",
            standard_error=writing.sampling_error(series.pk),
            flags=writing.flags(),
            recorded_at=clock.now(),
            **{name: held[name] for name in ("region", "period", "breakdown", "n", "status")},
            **{name: held[name] for name in ("source", "evidence", "note")},
        )


class BreakForm(forms.Form):
    """Where a series, or a breakdown of it, does not go on as it was, with its bridge if one was measured."""

    form_id = "indicators.break"
    groups = (
        (_("What breaks, and from when"), ("series", "dimension", "at", "old", "new")),
        (_("The bridge"), ("bridge", "error", "scale")),
        (_("Why, and who says so"), ("reason", "reason_en", "source", "confidence")),
    )
    submit_label = _("Declare the break")
    keeps_draft = True

    series = django_forms.ModelChoiceField(label=_("Series"), queryset=Series.objects.all())
    dimension = django_forms.ChoiceField(
        label=plan_words.BREAK_FIELDS["dimension"],
        required=False,
        help_text=_("Empty where the whole series breaks, and all of its parts with it."),
    )
    at = django_forms.CharField(
        label=plan_words.BREAK_FIELDS["at"],
        max_length=40,
        help_text=_("Such as 2025, 2025Q1, 2025-03 or the assessment year 20250701-20260630."),
    )
    old = django_forms.CharField(label=plan_words.BREAK_FIELDS["old"], max_length=80)
    new = django_forms.CharField(label=plan_words.BREAK_FIELDS["new"], max_length=80)
    bridge = django_forms.CharField(
        label=plan_words.BREAK_FIELDS["bridge"],
        required=False,
        max_length=44,
        help_text=_(
            "What the new footing adds to the old in the unit of the series, where one period was measured "
            "on both; without it numbers before and after are not compared."
        ),
    )
    error = django_forms.CharField(
        label=plan_words.BREAK_FIELDS["error"],
        required=False,
        max_length=44,
        help_text=_("Empty where it is not known; then the linked difference has no interval and no word."),
    )
    scale = django_forms.ChoiceField(label=plan_words.BREAK_FIELDS["scale"], choices=plan.SCALES)
    reason = django_forms.CharField(
        label=plan_words.BREAK_FIELDS["reason"],
        max_length=400,
        widget=django_forms.Textarea(attrs={"rows": 3}),
    )
    reason_en = django_forms.CharField(
        label=plan_words.BREAK_FIELDS["reason_en"],
        max_length=400,
        widget=django_forms.Textarea(attrs={"rows": 3}),
    )
    source = django_forms.CharField(label=plan_words.BREAK_FIELDS["source"], max_length=400)
    confidence = django_forms.ChoiceField(
        label=plan_words.BREAK_FIELDS["confidence"],
        choices=(
            ("text", _("the text of the source was read")),
            ("secondary", _("read in a report of the source")),
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"].label_from_instance = sentences.name
        named = [(one.id, wording.bilingual(one)) for one in dimensions.all().values()]
        self.fields["dimension"].choices = [("", _("the whole series")), *named]

    def clean_at(self) -> str:
        """Return the period in its one notation; what is none is refused by the rule, with a remedy."""
        return periods.read(self.cleaned_data["at"])
