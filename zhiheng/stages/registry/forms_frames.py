"""Forms about frozen frames: freeze one, ask whether a firm is on it, hand a firm its own proof."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from zhiheng.web import forms, wording

from . import reading, rules
from .forms import Read
from .models import Frame
from .models.frames import IDS
from .rules_frames import DEFAULT_IDS


def _code() -> Read:
    return Read(
        label=_("Unified social credit code"),
        max_length=40,
        read=lambda text: "".join(text.split()).upper(),
        faults=lambda value: rules.code_faults(value, demo=settings.DEMO),
        help_text=_("18 characters, as on the business licence."),
    )


class Frames(django_forms.ModelChoiceField):
    """A choice among frozen lists, each with its day and size."""

    def label_from_instance(self, obj: Any) -> str:
        place, size = wording.region_name(obj.region), wording.number(obj.unit_count)
        return f"{place} {obj.as_of} · {obj.purpose} · {size}"


class NamesForm(forms.Form):
    """How a list names its firms, and why the legal owner opens it where he does."""

    ids = django_forms.ChoiceField(
        label=_("Names"),
        choices=IDS,
        initial=DEFAULT_IDS,
        required=False,
        help_text=_(
            "By salted names, which say nothing: the class of a firm stays unknown unless it is drawn. By "
            "their codes: once the draw is closed anybody reads the whole list, classes included."
        ),
    )
    ids_reason = django_forms.CharField(
        label=_("Reason of the legal owner"),
        required=False,
        max_length=400,
        help_text=_("Needed where firms stand under their codes; it is published."),
    )

    def clean_ids(self) -> str:
        """Take the usual way where nothing was chosen."""
        return self.cleaned_data["ids"] or DEFAULT_IDS


class FrameForm(NamesForm):
    """A frame of the register as it stands: which region, for what, and how it names the firms."""

    form_id = "registry.frame"
    submit_label = _("Freeze the frame")
    groups = (
        (_("What is frozen"), ("region", "purpose")),
        (_("How firms are named in public"), ("ids", "ids_reason", "names_from")),
    )

    region = Read(
        label=_("Region"),
        max_length=60,
        read=reading.region,
        faults=lambda value: rules.region_faults(value, levels=rules.LEVELS),
        help_text=_("Six digits of GB/T 2260, or the full name of the region."),
    )
    purpose = django_forms.CharField(
        label=_("Purpose"),
        max_length=80,
        help_text=_("For example: spot checks of the first quarter of 2026."),
    )
    names_from = Frames(
        queryset=Frame.objects.none(),
        label=_("Go on with the names of"),
        required=False,
        help_text=_("Only for a panel whose draws follow the same firms; otherwise leave it empty."),
    )

    def __init__(self, *args: Any, earlier: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if earlier is not None:
            self.fields["names_from"].queryset = earlier


class AskForm(forms.Form):
    """Which firm is looked for; with salted names its salt brings the proof."""

    submit_label = _("Look it up")

    code = _code()
    salt = django_forms.CharField(
        label=_("Salt of the firm"),
        required=False,
        max_length=80,
        help_text=_(
            "64 characters from the file that the office gives to the firm. With it you get its class and "
            "the proof; without it only yes or no."
        ),
    )

    def __init__(self, *args: Any, is_salted: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_salted:
            del self.fields["salt"]


class OpenForm(forms.Form):
    """The firm that is handed its own proof."""

    submit_label = _("Make the file for this firm")

    code = _code()
