"""The forms of the office: begin a notice, change its words, correct it, withdraw it, give a draft up."""

from __future__ import annotations

from typing import Any

from django import forms as fields
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhiheng.errors import ZhihengError
from zhiheng.reference import notices, regions
from zhiheng.stages.indicators import sentences
from zhiheng.stages.plan import said as plan_said
from zhiheng.web import forms, wording

from . import labels, queries, rules


def _title(label: Any, *, required: bool = True) -> fields.CharField:
    return fields.CharField(label=label, max_length=rules.MOST_TITLE, required=required)


def _text(label: Any, hint: Any = "", *, required: bool = True) -> fields.CharField:
    area = fields.Textarea(attrs={"rows": 8})
    return fields.CharField(
        label=label, max_length=rules.MOST_TEXT, required=required, widget=area, help_text=hint
    )


def _reason(hint: Any) -> fields.CharField:
    area = fields.Textarea(attrs={"rows": 3})
    return fields.CharField(label=_("Reason"), max_length=rules.MOST_REASON, widget=area, help_text=hint)


class DraftForm(forms.Form):
    """What a notice is about; its words may be left to the house and changed on the next page."""

    form_id = "disclosure.draft"
    submit_label = _("Fill in the draft")
    groups = (
        (_("What it is about"), ("kind", "source", "region", "event_on")),
        (_("Words"), ("title_zh", "text_zh")),
    )

    kind = fields.ChoiceField(label=_("Kind of notice"), choices=labels.KINDS)
    source = fields.ChoiceField(
        label=_("Draw or release"),
        required=False,
        help_text=_("Results, announcements and figures are filled from it; other kinds need none."),
    )
    region = fields.CharField(
        label=_("Region"),
        max_length=6,
        required=False,
        help_text=_("Six digits, such as 330000; a draw or release brings its own."),
    )
    event_on = fields.DateField(
        label=_("Day of the event"),
        required=False,
        widget=fields.DateInput(attrs={"type": "date"}),
        help_text=_("From this day the time limit of the publication runs, such as the day of a decision."),
    )
    title_zh = _title(_("Title in Chinese"), required=False)
    text_zh = _text(
        _("Text in Chinese"),
        _("One paragraph a line. Left empty, a draft about a draw or release is written by the house."),
        required=False,
    )

    def __init__(self, *args: Any, by: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["source"].choices = [("", "—"), *_sources(by)]

    def clean_region(self) -> str:
        """Return the code of a known region, or nothing."""
        code = self.cleaned_data["region"].strip()
        try:
            return regions.get(code).code if code else ""
        except ZhihengError as error:
            raise ValidationError(
                gettext("“%(code)s” is no region; give six digits, such as 330000."), params={"code": code}
            ) from error

    def clean(self) -> dict[str, Any]:
        """Demand what the kind needs: a source, or a region with words."""
        said = super().clean()
        if "kind" not in said or self.errors:
            return said
        kind = notices.kind(said["kind"])
        word, _found, key = said.get("source", "").partition(":")
        if kind.source == "none":
            for name in ("region", "title_zh", "text_zh"):
                if not said.get(name):
                    self.add_error(name, gettext("A notice of this kind is written by hand; fill this in."))
        elif not key or word != kind.source:
            self.add_error("source", gettext("Choose what a notice of this kind is filled from."))
        said["source_key"] = key if kind.source != "none" else ""
        return said


def _sources(person: Any) -> list[tuple[Any, Any]]:
    drawn = [
        (
            f"draw:{draw.serial}",
            f"{draw.serial} · {plan_said.about(draw.obligation)} · {draw.standing.zh}"
            if wording.is_chinese()
            else f"{draw.serial} · {plan_said.about(draw.obligation)} · {draw.standing.en}",
        )
        for draw in queries.drawn_sources(person)
    ]
    released = [
        (
            f"figure:{one.pk}",
            f"{sentences.name(one.series)} · {wording.region_name(one.region)} · {' '.join(one.periods)}",
        )
        for one in queries.released_sources(person)
    ]
    groups = ((gettext("Draws"), drawn), (gettext("Releases"), released))
    return [(label, found) for label, found in groups if found]


class WordsForm(forms.Form):
    """The words of a draft and what is masked in it."""

    form_id = "disclosure.redraft"
    submit_label = _("Keep and look at it")
    groups = (
        (_("Words"), ("title_zh", "text_zh")),
        (_("In English"), ("title_en", "text_en")),
        (_("Masking"), ("rule",)),
    )

    title_zh = _title(_("Title in Chinese"))
    text_zh = _text(
        _("Text in Chinese"), _("One paragraph a line. Numbers and lists come from the records below it.")
    )
    title_en = _title(_("Title in English"), required=False)
    text_en = _text(_("Text in English"), _("Paragraph by paragraph as in Chinese."), required=False)
    rule = fields.ChoiceField(
        label=_("What is masked"),
        choices=labels.rule_choices,
        help_text=_("Names of persons, telephone and identity numbers and house numbers are always masked."),
    )

    def words(self) -> dict[str, str]:
        """Return title and text in both languages."""
        return {name: self.cleaned_data.get(name, "") for name in rules.WORDS}


class PublishForm(forms.Form):
    """No field: the button says it, once."""

    form_id = "disclosure.publish"
    submit_label = _("Publish the notice")


class CorrectForm(WordsForm):
    """New words with a public reason; the version that was seen goes with them."""

    form_id = "disclosure.correct"
    submit_label = _("Publish the correction")
    groups = (
        (_("Why it is corrected"), ("reason",)),
        *WordsForm.groups,
    )

    reason = _reason(_("It is public and stays with the notice. Name no person in it."))
    version = fields.IntegerField(widget=fields.HiddenInput)


class WithdrawForm(forms.Form):
    """A public reason, and whether the words go out of sight."""

    form_id = "disclosure.withdraw"
    submit_label = _("Withdraw the notice")

    reason = _reason(_("It is public and stays at the address of the notice. Name no person in it."))
    hides = fields.BooleanField(
        label=_("Take the words out of sight: they name what may not be named"),
        required=False,
        help_text=_("Number, days, reasons and digests stay. Else the earlier versions can be read on."),
    )
    version = fields.IntegerField(widget=fields.HiddenInput)


class DiscardForm(forms.Form):
    """Why a draft is given up."""

    form_id = "disclosure.discard"
    submit_label = _("Give the draft up")

    reason = _reason(_("It is kept in the office's ledger."))
