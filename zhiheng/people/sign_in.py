"""Signing in: right name and password, not locked out; five failures close the door for a quarter of an hour.

One answer covers every refusal and takes the same time, so that nobody learns which names exist.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from zhiheng import ledger
from zhiheng.errors import NotAllowed
from zhiheng.people import clock
from zhiheng.people.models import Person

logger = logging.getLogger(__name__)

SELF = "self"
"""The role that an entry names when a person acts on the own account."""


class Backend(BaseBackend):
    """Lets Django's sessions find the person again; signing in goes through ``authenticate_person``."""

    def authenticate(
        self, request: Any, login: str = "", password: str = "", **_others: Any
    ) -> Person | None:
        """Return the person, or nobody when the sign-in is refused."""
        try:
            return authenticate_person(login=login, password=password)
        except NotAllowed:
            return None

    def get_user(self, user_id: Any) -> Person | None:
        """Return the person of a session, as long as the account is open."""
        return Person.objects.filter(pk=user_id, is_active=True).first()


def authenticate_person(*, login: str, password: str, now: datetime | None = None) -> Person:
    """Return the person whose login and password these are, or refuse; counts failures and locks."""
    moment = now or clock.now()
    # A NUL is refused by PostgreSQL with an error of its own; no login has one.
    person = None if "\0" in login else Person.objects.filter(login=login).first()
    if person is None:
        make_password(password)
        logger.info("sign-in refused: unknown login")
        raise _refused()
    is_right = person.check_password(password)
    with transaction.atomic():
        current = Person.objects.select_for_update().get(pk=person.pk)
        unchanged = current.password == person.password
        outcome = _settle(current, is_right and unchanged, moment)
    logger.info("sign-in of %s: %s", current.pk, outcome)
    if outcome != "signed_in":
        raise _refused()
    return current


def _settle(person: Person, is_right: bool, moment: datetime) -> str:
    """Count, lock and record inside the transaction; a locked door stays locked for the right one too."""
    if person.is_locked(moment) or not person.is_active:
        return "closed"
    if is_right:
        person.failed_sign_ins, person.locked_until = 0, None
        person.save(update_fields=["failed_sign_ins", "locked_until"])
        _record(person, "people.signed_in", {}, moment)
        return "signed_in"
    failures = 1 if person.locked_until is not None else person.failed_sign_ins + 1
    person.failed_sign_ins, person.locked_until = failures, None
    if failures >= settings.SIGN_IN_FAILURES:
        person.locked_until = moment + timedelta(minutes=settings.SIGN_IN_LOCK_MINUTES)
    person.save(update_fields=["failed_sign_ins", "locked_until"])
    _record(person, "people.sign_in_refused", {"failures": failures}, moment)
    if person.locked_until is None:
        return "refused"
    _record(person, "people.locked_out", {"minutes": settings.SIGN_IN_LOCK_MINUTES}, moment)
    return "locked"


def _record(person: Person, verb: str, detail: dict[str, Any], moment: datetime) -> None:
    ledger.record(
        by=ledger.Actor(str(person.pk), SELF, "000000"),
        verb=verb,
        subjects=[("person", str(person.pk))],
        detail=detail,
        visibility="restricted",
        at=moment,
    )


def _refused() -> NotAllowed:
    return NotAllowed(
        _("The name or the password is not right, or the account is closed for now."),
        _(
            "Check both. After %(failures)s failures an account stays closed for %(minutes)s minutes; "
            "the system administrator can open it sooner."
        )
        % {"failures": settings.SIGN_IN_FAILURES, "minutes": settings.SIGN_IN_LOCK_MINUTES},
        code="sign-in-refused",
    )
