"""Opens, closes and erases accounts, appoints and ends appointments; each of these stands in the ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, RuleRefused
from zhiheng.ledger.models import Entry
from zhiheng.people import clock, erasing, roles, scope, tokens
from zhiheng.people.models import ApiToken, Appointment, Language, Person
from zhiheng.people.permissions import P
from zhiheng.people.sign_in import SELF, authenticate_person
from zhiheng.reference import regions

__all__ = [
    "appoint",
    "authenticate_person",
    "change_password",
    "create_person",
    "create_token",
    "end_appointment",
    "erase_person",
    "erase_words",
    "lock_person",
    "reset_password",
    "revoke_token",
    "unlock_person",
]

NO_NAME = "—"  # stands where the name of an erased person stood
CLOSING_REASONS = ("left", "compromised", "unused", "requested")
"""A choice and no free text: what is written about a person stays in the chain for ever."""


@transaction.atomic
def create_person(
    *,
    by: Any,
    login: str,
    display_name: str,
    password: str | None = None,
    language: str = Language.CHINESE,
    must_change: bool = False,
) -> Person:
    """Open an account; without a password nobody can sign in with it until one is set.

    ``must_change`` asks the person for a password of the own choice at the first sign-in.
    """
    actor = scope.require(by, P.PEOPLE_MANAGE)
    person = Person(
        login=login.strip(),
        display_name=display_name.strip(),
        language=language,
        must_change_password=must_change and password is not None,
        created_at=clock.now(),
    )
    _set_password(person, password)
    try:
        person.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise BadInput(" ".join(error.messages), _("Correct it and send the form again.")) from None
    if Person.objects.filter(login=person.login).exists():
        raise Conflict(_("This login is taken."), _("Choose another one."), code="login-taken")
    person.save(force_insert=True)
    _record(actor, "people.created", person, {"language": person.language})
    return person


@transaction.atomic
def lock_person(*, by: Any, person: Person, reason: str) -> Person:
    """Close an account: open sessions end, signing in is refused until it is opened again."""
    actor = _over(by, person)
    if isinstance(by, Person) and by.pk == person.pk:
        raise RuleRefused(_("You cannot close your own account."), _("Ask another system administrator."))
    if reason not in CLOSING_REASONS:
        raise BadInput(
            _("This is not one of the reasons for closing an account."),
            _("Choose one of: %(reasons)s.") % {"reasons": ", ".join(CLOSING_REASONS)},
        )
    person = _locked(person)
    if not person.is_active:
        raise Conflict(_("This account is already closed."), _("There is nothing to do."))
    person.is_active = False
    person.save(update_fields=["is_active"])
    _record(actor, "people.closed", person, {"reason": reason})
    return person


@transaction.atomic
def unlock_person(*, by: Any, person: Person) -> Person:
    """Open an account again, and forget its failed sign-ins; one that is open already is left as it is."""
    actor = _over(by, person)
    person = _locked(person)
    if person.is_active and not person.failed_sign_ins and person.locked_until is None:
        return person
    person.is_active, person.failed_sign_ins, person.locked_until = True, 0, None
    person.save(update_fields=["is_active", "failed_sign_ins", "locked_until"])
    _record(actor, "people.opened", person, {})
    return person


@transaction.atomic
def erase_person(*, by: Any, person: Person) -> Person:
    """Destroy what says who a closed account was: login, name, password, labels of keys; its key stays.

    With it goes what other rooms keep of the person (``personal``): drafts, uploads, the name in the list of
    inspectors. The ledger knew the person by that key alone, so that from now on nobody can say whose it was.
    """
    actor = scope.require(by, P.SECURITY_MANAGE)
    for region in person.appointments.values_list("region", flat=True):
        actor = scope.require(by, P.SECURITY_MANAGE, region=region)
    person = _locked(person)
    if person.is_active or _overlapping(person, clock.today(), None).exists():
        raise RuleRefused(
            _("This account is still in use, or the person is appointed."),
            _("Close the account and end every appointment first; then it can be erased."),
            code="person-in-use",
        )
    erasing.everywhere(person)
    person.login, person.display_name, person.last_login = f"erased-{person.pk.hex}", NO_NAME, None
    person.failed_sign_ins, person.locked_until, person.erased_at = 0, None, clock.now()
    person.password = UNUSABLE_PASSWORD_PREFIX  # nothing random: to erase twice leaves the same row
    person.save()
    person.api_tokens.update(label=NO_NAME)
    ledger.record(by=actor, verb="people.person_erased", subjects=[("person", str(person.pk))], detail={})
    return person


@transaction.atomic
def erase_words(*, by: Any, entry: Entry, reason: str) -> Entry:
    """Destroy the words that an entry binds, with their salts, and blank them where a record shows them.

    The entry stays as it was: its numbers tell nothing any more. Returns the entry that says so.
    """
    actor = scope.require(by, P.SECURITY_MANAGE, region=entry.region)
    if reason not in erasing.REASONS:
        raise BadInput(
            _("This is not one of the grounds for erasing words."),
            _("Choose one of: %(reasons)s.") % {"reasons": ", ".join(erasing.REASONS)},
        )
    rows = ledger.words.of(entry)
    if not rows:
        raise Conflict(
            _("The entry %(number)s binds no words, or they were erased already.") % {"number": entry.seq},
            _("There is nothing to do."),
            code="no-words",
        )
    count = ledger.words.erase(rows)
    return ledger.record(
        by=actor,
        verb="ledger.words_erased",
        subjects=[("entry", str(entry.pk))],
        detail={"entry": str(entry.pk), "texts": count, "reason": reason},
        visibility=entry.visibility,
        region=entry.region,
    )


@transaction.atomic
def reset_password(*, by: Any, person: Person, password: str, must_change: bool = False) -> Person:
    """Set a password for somebody else, for instance a forgotten one; sessions of the old one end."""
    actor = _over(by, person)
    person = _locked(person)
    _set_password(person, password)
    person.must_change_password = must_change
    person.save(update_fields=["password", "must_change_password"])
    _record(actor, "people.password_reset", person, {})
    return person


def change_password(*, by: Person, old: str, new: str) -> Person:
    """Change one's own password; the old one is asked for and failures count as failed sign-ins."""
    person = authenticate_person(login=by.login, password=old)
    with transaction.atomic():
        person = _locked(person)
        if person.must_change_password and new == old:
            raise BadInput(
                _("This is the password that was given to you."),
                _("Choose one that nobody else has seen."),
                code="weak-password",
            )
        _set_password(person, new)
        person.must_change_password = False
        person.save(update_fields=["password", "must_change_password"])
        _record(_self(person), "people.password_changed", person, {})
    return person


@transaction.atomic
def appoint(
    *,
    by: Any,
    person: Person,
    role: str,
    region: str = regions.NATION,
    organisation: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Appointment:
    """Give a person a role in a region or for an organisation; ``valid_to`` is the first day without it."""
    regions.get(region)
    actor = scope.require(by, P.SECURITY_MANAGE, region=region)
    kind = roles.get(role)
    starts = valid_from or clock.today()
    person = _for_update(person)
    _check_appointment(by, person, kind, organisation.strip(), starts, valid_to)
    overlapping = _overlapping(person, starts, valid_to)
    if overlapping.filter(role=role, region=region, organisation=organisation.strip()).exists():
        raise Conflict(
            _("This person already holds this role there in that time."),
            _("End the other appointment first, or choose other days."),
            code="appointment-overlaps",
        )
    if not roles.are_apart({role, *overlapping.values_list("role", flat=True)}):
        raise RuleRefused(
            _("System, security and audit administrators are three persons, and do no business work."),
            _("Choose another person, or end the other appointment first."),
            code="administrators-apart",
            rule="GB/T 22239-2019 8.1.4",
        )
    appointment = Appointment.objects.create(
        person=person,
        role=role,
        region=region,
        organisation=organisation.strip(),
        valid_from=starts,
        valid_to=valid_to,
    )
    _record(actor, "people.appointed", person, _terms(appointment), region=region)
    return appointment


@transaction.atomic
def end_appointment(*, by: Any, appointment: Appointment, on: date | None = None) -> Appointment:
    """End an appointment: from this day on (today by default) it no longer holds."""
    actor = scope.require(by, P.SECURITY_MANAGE, region=appointment.region)
    person = _for_update(appointment.person)
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    ends = on or clock.today()
    if appointment.valid_to is not None and appointment.valid_to <= ends:
        raise Conflict(_("This appointment has already ended."), _("There is nothing to do."))
    if ends < appointment.valid_from:
        raise BadInput(
            _("The appointment cannot end before it began."), _("Choose its first day or a later day.")
        )
    appointment.valid_to = ends
    appointment.save(update_fields=["valid_to"])
    _record(actor, "people.appointment_ended", person, _terms(appointment), region=appointment.region)
    return appointment


@transaction.atomic
def create_token(
    *, by: Person, appointment: Appointment, label: str, expires_on: date
) -> tuple[ApiToken, str]:
    """Make a key with which a machine acts for one's own appointment; the key itself is returned once.

    The ledger names the token and its last day, never the key or its digest.
    """
    person = _for_update(by)
    today = clock.today()
    tokens.check_new(person, appointment, label, expires_on, today)
    secret = tokens.new_secret()
    token = ApiToken.objects.create(
        person=person,
        appointment=appointment,
        label=label.strip()[:60],
        digest=tokens.digest(secret),
        created_at=clock.now(),
        expires_on=expires_on,
    )
    detail = {
        "token": str(token.pk),
        "appointment": str(appointment.pk),
        "expires_on": expires_on.isoformat(),
    }
    _record(_self(person), "people.token_created", person, detail, region=appointment.region)
    return token, secret


@transaction.atomic
def revoke_token(*, by: Person, token: ApiToken) -> ApiToken:
    """End a key at once: one's own, or as the security administrator of its region; twice does no harm."""
    is_own = token.person_id == by.pk
    region = token.appointment.region
    actor = _self(by) if is_own else scope.require(by, P.SECURITY_MANAGE, region=region)
    token = ApiToken.objects.select_for_update().select_related("person", "appointment").get(pk=token.pk)
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        _record(actor, "people.token_revoked", token.person, {"token": str(token.pk)}, region=region)
    return token


def _self(person: Person) -> ledger.Actor:
    return ledger.Actor(str(person.pk), SELF, regions.NATION)


def _check_appointment(
    by: Any, person: Person, kind: roles.Role, organisation: str, starts: date, ends: date | None
) -> None:
    if isinstance(by, Person) and by.pk == person.pk:
        raise RuleRefused(
            _("Nobody appoints himself or herself."),
            _("Ask another security administrator."),
            code="self-appointment",
        )
    if ends is not None and ends <= starts:
        raise BadInput(_("The appointment ends before it begins."), _("Choose a later last day."))
    if kind.scope == "organisation" and not organisation:
        raise BadInput(
            _("This role is held for one organisation, and none is named."),
            _("Give the code of the firm or the laboratory."),
        )


def _overlapping(person: Person, starts: date, ends: date | None) -> Any:
    found = Appointment.objects.filter(person=person).filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=starts)
    )
    return found if ends is None else found.filter(valid_from__lt=ends)


def _terms(appointment: Appointment) -> dict[str, Any]:
    return {
        "appointment": str(appointment.pk),
        "role": appointment.role,
        "organisation": appointment.organisation,
        "valid_from": appointment.valid_from.isoformat(),
        "valid_to": appointment.valid_to.isoformat() if appointment.valid_to else None,
    }


def _set_password(person: Person, password: str | None) -> None:
    if password is None:
        person.set_unusable_password()
        return
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise BadInput(
            " ".join(error.messages), _("Choose another password."), code="weak-password"
        ) from None
    person.set_password(password)


def _over(by: Any, person: Person) -> ledger.Actor:
    """Return who acts on the account, once every appointment held or to come lies within the own regions.

    Without this a county's administrator could set the password of a national one and sign in with it.
    """
    actor = scope.require(by, P.PEOPLE_MANAGE)
    for region in _overlapping(person, clock.today(), None).values_list("region", flat=True):
        actor = scope.require(by, P.PEOPLE_MANAGE, region=region)
    return actor


def _locked(person: Person) -> Person:
    """Lock the row; nothing more is done to an account that was erased."""
    found = Person.objects.select_for_update().get(pk=person.pk)
    if found.erased_at is not None:
        raise Conflict(
            _("This account was erased; nobody knows whose it was."),
            _("Open a new account if the person needs one."),
            code="person-erased",
        )
    return found


def _for_update(person: Person) -> Person:
    """Lock the row, so that two appointments of one person are checked one after the other."""
    _locked(person)
    person.forget_appointments()
    return person


def _record(
    actor: ledger.Actor, verb: str, person: Person, detail: dict[str, Any], *, region: str = regions.NATION
) -> None:
    ledger.record(
        by=actor,
        verb=verb,
        subjects=[("person", str(person.pk))],
        detail=detail,
        visibility="restricted",
        region=region,
    )
