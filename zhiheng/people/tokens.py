"""Keys of machines: made from 32 random bytes, kept as their digest, and read back to whom they act for."""

from __future__ import annotations

import hashlib
import secrets
from datetime import date, timedelta

from django.utils.translation import gettext as _

from zhiheng.errors import BadInput, NotAllowed, RuleRefused
from zhiheng.people import clock, roles
from zhiheng.people.models import ApiToken, Appointment, Person

MARK = "zh1_"
LONGEST = timedelta(days=366)
MOST = 10


def new_secret() -> str:
    """Return a new key; its mark lets a scanner of leaked secrets know it."""
    return MARK + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is kept of a key: 256 random bits need no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def holder(secret: str) -> ApiToken | None:
    """Return the open token of a key, its person narrowed to its one appointment; None for any other text."""
    if not secret.startswith(MARK) or len(secret) > 100:
        return None
    rows = ApiToken.objects.select_related("person", "appointment")
    token = rows.filter(digest=digest(secret)).first()
    today = clock.today()
    if token is None or not token.person.is_active or not token.is_open(today):
        return None
    token.person.narrowed_to = token.appointment_id
    if token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token


def appointments(person: Person) -> list[Appointment]:
    """Return the appointments for which this person may make a key: the own ones for an organisation."""
    held = person.held_on(clock.today())
    return [one for one in held if roles.get(one.role).scope == "organisation" and one.organisation]


def check_new(person: Person, appointment: Appointment, label: str, expires_on: date, today: date) -> None:
    """Refuse a key for somebody else's appointment, without a name, or for too long."""
    if appointment.pk not in {one.pk for one in appointments(person)}:
        raise NotAllowed(
            _("A key is made for an appointment of your own at an organisation."),
            _("Choose one of your appointments in force."),
        )
    if not label.strip():
        raise BadInput(_("The key has no name."), _("Name the program that will use it."), field="label")
    if not today <= expires_on <= today + LONGEST:
        raise BadInput(
            _("A key holds from today for at most a year."),
            _("Choose an earlier last day."),
            field="expires_on",
        )
    held = ApiToken.objects.filter(person=person, revoked_at__isnull=True, expires_on__gte=today).count()
    if held >= MOST:
        raise RuleRefused(
            _("You have %(count)s open keys, which is the most.") % {"count": held},
            _("Revoke one that is no longer used."),
        )
