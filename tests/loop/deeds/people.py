"""What administrators do with accounts and appointments, and a person with the own password."""

from __future__ import annotations

from .cast import CITY, person

# Accounts that stand before.
CLOSED, OWN, FORGETFUL, GONE = "kill-closed", "kill-own", "kill-forgetful", "kill-gone"
OLD, NEW = "kettle-harbour-3104", "meadow-lantern-7725"


def prepare() -> None:
    """Open the four accounts, and close two."""
    from zhiheng.people import actions

    for login in (CLOSED, OWN, FORGETFUL, GONE):
        actions.create_person(by=person("system"), login=login, display_name="演示人员", password=OLD)
    for login in (CLOSED, GONE):
        actions.lock_person(by=person("system"), person=person(login), reason="unused")


def create_person() -> None:
    """Open an account."""
    from zhiheng.people import actions

    actions.create_person(by=person("system"), login="kill-new", display_name="演示新人", password=OLD)


def lock_person() -> None:
    """Close an account."""
    from zhiheng.people import actions

    actions.lock_person(by=person("system"), person=person(OWN), reason="left")


def unlock_person() -> None:
    """Open the account that was closed."""
    from zhiheng.people import actions

    actions.unlock_person(by=person("system"), person=person(CLOSED))


def erase_person() -> None:
    """Erase the account of somebody who has gone, found by its login unless that is erased already."""
    from zhiheng.people import actions
    from zhiheng.people.models import Person

    gone = Person.objects.filter(login=GONE).first() or Person.objects.get(erased_at__isnull=False)
    actions.erase_person(by=person("security"), person=gone)


def erase_words() -> None:
    """Erase where somebody said that the first list of firms came from, unless it is erased already."""
    from zhiheng import ledger
    from zhiheng.ledger.models import Entry
    from zhiheng.people import actions

    entry = Entry.objects.filter(verb="registry.subjects_imported").earliest("seq")
    if ledger.words.of(entry):
        actions.erase_words(by=person("security"), entry=entry, reason="requested")


def reset_password() -> None:
    """Set a forgotten password, unless the new one opens the account already."""
    from zhiheng.people import actions

    if not person(FORGETFUL).check_password(NEW):
        actions.reset_password(by=person("system"), person=person(FORGETFUL), password=NEW)


def change_password() -> None:
    """Change the own password, unless the new one opens the account already."""
    from zhiheng.people import actions

    if not person(OWN).check_password(NEW):
        actions.change_password(by=person(OWN), old=OLD, new=NEW)


def appoint() -> None:
    """Give a person a role in a city."""
    from zhiheng.people import actions

    actions.appoint(by=person("security"), person=person(OWN), role="officer", region=CITY)


def end_appointment() -> None:
    """End the appointment of the officer of the county."""
    from zhiheng.people import actions

    actions.end_appointment(by=person("security"), appointment=person("county").appointments.get())
