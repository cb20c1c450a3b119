"""The fields in which a public random text is announced and, once it exists, entered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms as fields
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from zhiheng.people import clock
from zhiheng.proof.beacons import drand, reading
from zhiheng.web import forms

from . import rules
from .labels import BEACONS
from .models import Draw

GROUP = (_("The public random text"), ("beacon_kind", "beacon_reference", "objection_reason", "fallbacks"))
CHAIN, HOUR, AHEAD = "quicknet", 10, timedelta(days=7)

FORMS = _(
    "In the form of its kind: drand “quicknet 12345678”; lottery “2026031 2026032 2026033 2026034 after "
    "2026-03-05”; dice “38d6 on 2026-03-10 at PLACE”; several offices “CONTEXT 3 DIGEST on 2026-03-10”; "
    "another text in words, with its day. It must not exist yet."
)


class Fallbacks(fields.CharField):
    """Random texts that replace the first, a line each: its kind, then which one exactly."""

    def to_python(self, value: Any) -> Any:
        """Return (kind, reference) of each line."""
        found = []
        for line in (super().to_python(value) or "").splitlines():
            kind, _blank, reference = line.strip().partition(" ")
            if kind and (kind not in dict(BEACONS[:5]) or not reference.strip()):
                raise ValidationError(
                    gettext("Write a line as one of %(kinds)s, a blank, and which one exactly: %(line)s")
                    % {"kinds": ", ".join(dict(BEACONS[:5])), "line": line[:60]}
                )
            if kind:
                found.append((kind, reference.strip()))
        return found


class BeaconForm(forms.Form):
    """Which public random text is used, and what replaces it where it cannot be had."""

    beacon_kind = fields.ChoiceField(label=_("Kind"), choices=BEACONS[:5])
    beacon_reference = fields.CharField(label=_("Which one exactly"), max_length=300, help_text=FORMS)
    fallbacks = Fallbacks(
        label=_("Where it cannot be had"),
        required=False,
        max_length=2_000,
        widget=fields.Textarea(attrs={"rows": 2}),
        help_text=_(
            "A line each, in the order in which they replace it: drand, lottery-ssq, dice, commit-reveal or "
            "text, a blank, which one exactly. Passing over one needs a reason that is published."
        ),
    )


def announced(said: Mapping[str, Any]) -> dict[str, str]:
    """Return the random text of a form as an announcement names it."""
    return {"kind": said["beacon_kind"], "ref": said["beacon_reference"]}


def suggested(until: date | None = None) -> dict[str, str]:
    """Return the round of the public network on the morning after a day: a text nobody has to arrange.

    Without a day, the list and its days for objections are not known yet, and it is a week from now.
    """
    day = clock.today() + AHEAD if until is None else max(until, clock.today()) + timedelta(days=1)
    number = drand.round_at(CHAIN, reading.start(day) + HOUR * 3600)
    return {"beacon_kind": "drand", "beacon_reference": f"{CHAIN} {number}"}


class Reasons(fields.CharField):
    """Why announced random texts could not be had, a line each in their order."""

    def to_python(self, value: Any) -> Any:
        """Return the reasons."""
        return [line.strip() for line in (super().to_python(value) or "").splitlines() if line.strip()]


class RevealForm(forms.Form):
    """The public random text, once it exists."""

    form_id = "draw.reveal"
    submit_label = _("Reveal and draw")

    beacon = fields.CharField(
        label=_("The public random text, exactly as published"),
        strip=True,
        max_length=20_000,
        min_length=rules.BEACON_BYTES,
        widget=fields.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Every character counts. What you enter is published with the draw and cannot be changed. For "
            "drand enter the signature of the round, or the whole answer of a server."
        ),
    )


def reveal_form(draw: Draw, order: int) -> type[RevealForm]:
    """Return the form, with a field for the texts that could not be had where others were announced."""
    if order < 2:
        return RevealForm

    class Bound(RevealForm):
        skipped = Reasons(
            label=_("Announced before it and not to be had"),
            required=False,
            max_length=2_000,
            widget=fields.Textarea(attrs={"rows": 2}),
            help_text=_(
                "Leave it empty where the first one exists. Else a line for each that is passed over: why. "
                "The text above is then the next of the announced order."
            ),
        )

    return Bound
