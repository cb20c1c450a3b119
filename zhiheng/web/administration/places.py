"""Puts the pages of administration into the menu, and the words of people into the time lines."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from zhiheng.people.permissions import P
from zhiheng.web import slots, timeline
from zhiheng.web.administration import words


def fill() -> None:
    """Fill the slots; safe to run twice."""
    entries = (
        slots.MenuItem("people", _("Persons"), "web:people", P.PEOPLE_MANAGE, order=800),
        # The security administrator opens the same list, and nobody holds both appointments.
        slots.MenuItem("appointments", _("Appointments"), "web:people", P.SECURITY_MANAGE, order=800),
        slots.MenuItem("ledger", _("Ledger"), "web:ledger", P.AUDIT_VIEW, order=820),
        slots.MenuItem("words", _("Erase words"), "web:words_erase", P.SECURITY_MANAGE, order=830),
        slots.MenuItem("matrix", _("Who may do what"), "web:matrix", order=890),
    )
    for entry in entries:
        slots.menu.add(entry)
    for verb, (label, tone) in words.VERBS.items():
        timeline.labels.add(verb, label, tone)
    timeline.labels.add(*words.OF_THE_LEDGER)
    timeline.labels.add(*words.OF_THE_LOG)
