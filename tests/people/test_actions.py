"""Accounts and appointments change by actions alone, and each change stands in the ledger without a name."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed, RuleRefused, UnknownCode
from zhiheng.ledger.models import Entry
from zhiheng.people import actions, clock
from zhiheng.people.models import Appointment, Person
from zhiheng.people.scope import System
from zhiheng.proof import canonical

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]
PASSWORD = "a long sentence to sign in with"


@pytest.fixture
def system_admin(person_with):
    return person_with("system_admin")


@pytest.fixture
def security_admin(person_with):
    return person_with("security_admin")


@pytest.fixture
def newcomer(system_admin):
    return actions.create_person(by=system_admin, login="newcomer", display_name="新同志", password=PASSWORD)


def verbs():
    return list(Entry.objects.order_by("seq").values_list("verb", flat=True))


def test_an_account_is_opened_and_recorded(system_admin):
    person = actions.create_person(
        by=system_admin, login=" newcomer ", display_name="新同志", password=PASSWORD
    )

    assert person.login == "newcomer"
    assert person.check_password(PASSWORD)
    entry = Entry.objects.get()
    assert (entry.verb, entry.visibility) == ("people.created", "restricted")
    assert entry.actor["role"] == "system_admin"
    assert [(s.kind, s.key) for s in entry.subjects.all()] == [("person", str(person.pk))]


def test_without_a_password_nobody_can_sign_in(system_admin):
    person = actions.create_person(by=system_admin, login="newcomer", display_name="新同志")

    assert not person.has_usable_password()


@pytest.mark.parametrize(
    "fields",
    [
        {"login": ""},
        {"login": "x"},
        {"login": "has space"},
        {"login": "名字"},
        {"login": "a" * 65},
        {"login": "ok\n\nno"},
        {"display_name": ""},
        {"display_name": "x" * 65},
        {"language": "fr"},
        {"password": "short"},
        {"password": "1234567890123456"},
        {"password": "password1234"},
        {"password": "newcomer12345"},
    ],
)
def test_an_account_with_bad_fields_is_refused(system_admin, fields):
    given = {"login": "newcomer", "display_name": "新同志", "password": PASSWORD, **fields}

    with pytest.raises(BadInput) as caught:
        actions.create_person(by=system_admin, **given)

    assert caught.value.remedy
    assert PASSWORD not in str(caught.value)
    assert not Person.objects.filter(display_name="新同志").exists()
    assert verbs() == []


def test_a_login_is_given_once(system_admin, newcomer):
    with pytest.raises(Conflict) as caught:
        actions.create_person(by=system_admin, login="newcomer", display_name="另一位", password=PASSWORD)

    assert caught.value.code == "login-taken"


@pytest.mark.parametrize("role", ["officer", "leader", "security_admin", "audit_admin"])
def test_only_the_system_administrator_opens_and_closes_accounts(person_with, newcomer, role):
    other = person_with(role)
    before = verbs()

    for act in (
        lambda: actions.create_person(by=other, login="another", display_name="x", password=PASSWORD),
        lambda: actions.lock_person(by=other, person=newcomer, reason="left"),
        lambda: actions.unlock_person(by=other, person=newcomer),
        lambda: actions.reset_password(by=other, person=newcomer, password=PASSWORD),
    ):
        with pytest.raises(NotAllowed):
            act()

    assert verbs() == before


def test_a_closed_account_can_be_opened_again(system_admin, newcomer):
    closed = actions.lock_person(by=system_admin, person=newcomer, reason="left")
    assert not closed.is_active
    with pytest.raises(Conflict):
        actions.lock_person(by=system_admin, person=newcomer, reason="left")

    assert actions.unlock_person(by=system_admin, person=newcomer).is_active
    assert verbs() == ["people.created", "people.closed", "people.opened"]


def test_opening_an_account_that_is_open_changes_nothing_and_is_not_recorded(system_admin, newcomer):
    actions.lock_person(by=system_admin, person=newcomer, reason="left")

    for _try in range(2):
        assert actions.unlock_person(by=system_admin, person=newcomer).is_active

    assert verbs() == ["people.created", "people.closed", "people.opened"]


def test_opening_an_account_forgets_its_failed_sign_ins(system_admin, newcomer):
    with pytest.raises(NotAllowed):
        actions.authenticate_person(login="newcomer", password="wrong")

    opened = actions.unlock_person(by=system_admin, person=newcomer)

    assert (opened.failed_sign_ins, opened.locked_until) == (0, None)
    assert verbs()[-1] == "people.opened"


def test_a_reason_is_a_choice_so_that_no_story_about_a_person_stays_for_ever(system_admin, newcomer):
    with pytest.raises(BadInput):
        actions.lock_person(by=system_admin, person=newcomer, reason="was rude to the director")


def test_nobody_closes_the_own_account(system_admin):
    with pytest.raises(RuleRefused):
        actions.lock_person(by=system_admin, person=system_admin, reason="left")


def test_an_administrator_does_not_reach_accounts_beyond_the_own_region(person_with):
    of_a_county = person_with("system_admin", region="330106")
    of_the_nation = person_with("officer", region="000000")
    of_the_county = person_with("officer", region="330106")
    before = verbs()

    for act in (
        lambda: actions.lock_person(by=of_a_county, person=of_the_nation, reason="left"),
        lambda: actions.unlock_person(by=of_a_county, person=of_the_nation),
        lambda: actions.reset_password(by=of_a_county, person=of_the_nation, password=PASSWORD),
    ):
        with pytest.raises(NotAllowed):
            act()

    assert verbs() == before
    assert not actions.lock_person(by=of_a_county, person=of_the_county, reason="left").is_active


def test_an_appointment_to_come_keeps_an_administrator_out_today(person_with, newcomer):
    of_a_county = person_with("system_admin", region="330106")
    security = person_with("security_admin")
    tomorrow = clock.today() + timedelta(days=1)
    actions.appoint(by=security, person=newcomer, role="officer", region="000000", valid_from=tomorrow)

    with pytest.raises(NotAllowed):
        actions.reset_password(by=of_a_county, person=newcomer, password=PASSWORD)


def test_a_reset_password_replaces_the_old_one(system_admin, newcomer):
    actions.reset_password(by=system_admin, person=newcomer, password="another long sentence")

    newcomer.refresh_from_db()
    assert newcomer.check_password("another long sentence")
    assert not newcomer.check_password(PASSWORD)


def test_one_changes_the_own_password_knowing_the_old_one(newcomer):
    actions.change_password(by=newcomer, old=PASSWORD, new="another long sentence")

    newcomer.refresh_from_db()
    assert newcomer.check_password("another long sentence")
    assert verbs()[-1] == "people.password_changed"
    with pytest.raises(NotAllowed):
        actions.change_password(by=newcomer, old=PASSWORD, new="yet another sentence")


def test_an_appointment_is_given_and_ended_at_once(security_admin, newcomer):
    held = actions.appoint(by=security_admin, person=newcomer, role="officer", region="330000")
    assert held.valid_from == date(2026, 3, 2)
    assert newcomer.held_on(date(2026, 3, 2)) == [held]

    ended = actions.end_appointment(by=security_admin, appointment=held)

    newcomer.refresh_from_db()
    assert newcomer.held_on(date(2026, 3, 2)) == []
    assert ended.valid_to == date(2026, 3, 2)
    assert verbs() == ["people.created", "people.appointed", "people.appointment_ended"]
    assert Entry.objects.get(verb="people.appointed").region == "330000"
    with pytest.raises(Conflict):
        actions.end_appointment(by=security_admin, appointment=held)


@pytest.mark.parametrize("role", ["officer", "system_admin", "audit_admin", "leader"])
def test_only_the_security_administrator_appoints(person_with, newcomer, role):
    with pytest.raises(NotAllowed):
        actions.appoint(by=person_with(role), person=newcomer, role="officer", region="330000")


def test_a_security_administrator_of_a_province_appoints_within_it(person_with, newcomer):
    provincial = person_with("security_admin", region="330000")

    assert actions.appoint(by=provincial, person=newcomer, role="officer", region="330100")
    with pytest.raises(NotAllowed):
        actions.appoint(by=provincial, person=newcomer, role="leader", region="320000")
    with pytest.raises(NotAllowed):
        actions.appoint(by=provincial, person=newcomer, role="leader", region="000000")


def test_nobody_appoints_himself(security_admin):
    with pytest.raises(RuleRefused) as caught:
        actions.appoint(by=security_admin, person=security_admin, role="officer", region="330000")

    assert caught.value.code == "self-appointment"


@pytest.mark.parametrize(
    ("fields", "refusal"),
    [
        ({"role": "king"}, UnknownCode),
        ({"region": "33"}, UnknownCode),
        ({"role": "lab"}, BadInput),
        ({"role": "firm", "organisation": "  "}, BadInput),
        ({"valid_to": date(2026, 3, 2)}, BadInput),
        ({"valid_to": date(2020, 1, 1)}, BadInput),
    ],
)
def test_a_malformed_appointment_is_refused(security_admin, newcomer, fields, refusal):
    before = verbs()

    with pytest.raises(refusal):
        actions.appoint(
            by=security_admin, person=newcomer, **{"role": "officer", "region": "330000", **fields}
        )

    assert not Appointment.objects.filter(person=newcomer).exists()
    assert verbs() == before


@pytest.mark.parametrize(
    ("starts", "ends", "overlaps"),
    [
        (date(2026, 1, 1), date(2026, 4, 1), False),
        (date(2026, 1, 1), date(2026, 4, 2), True),
        (date(2026, 5, 1), date(2026, 6, 1), True),
        (date(2026, 5, 1), None, True),
        (date(2026, 7, 1), None, False),
        (date(2026, 6, 30), None, True),
        (date(2026, 1, 1), None, True),
    ],
)
def test_one_role_in_one_place_is_held_once_at_a_time(security_admin, newcomer, starts, ends, overlaps):
    terms = {"by": security_admin, "person": newcomer, "role": "officer", "region": "330000"}
    actions.appoint(**terms, valid_from=date(2026, 4, 1), valid_to=date(2026, 7, 1))

    if overlaps:
        with pytest.raises(Conflict) as caught:
            actions.appoint(**terms, valid_from=starts, valid_to=ends)
        assert caught.value.code == "appointment-overlaps"
    else:
        assert actions.appoint(**terms, valid_from=starts, valid_to=ends)


def test_one_role_may_be_held_in_two_places(security_admin, newcomer):
    for region in ("330000", "320000"):
        actions.appoint(by=security_admin, person=newcomer, role="officer", region=region)

    assert Appointment.objects.filter(person=newcomer).count() == 2


@pytest.mark.parametrize("second", ["security_admin", "audit_admin", "officer", "firm"])
def test_an_administrator_takes_no_second_role_of_another_kind(security_admin, newcomer, second):
    actions.appoint(by=security_admin, person=newcomer, role="system_admin")

    with pytest.raises(RuleRefused) as caught:
        actions.appoint(by=security_admin, person=newcomer, role=second, organisation="firm-1")

    assert caught.value.code == "administrators-apart"
    assert caught.value.facts["rule"].startswith("GB/T 22239")


def test_an_administrator_who_has_left_may_become_an_officer(security_admin, newcomer):
    held = actions.appoint(by=security_admin, person=newcomer, role="system_admin")
    actions.end_appointment(by=security_admin, appointment=held)

    assert actions.appoint(by=security_admin, person=newcomer, role="officer", region="330000")


def test_the_database_too_refuses_two_administrators_in_one_person(person_with):
    person = person_with("system_admin")

    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(
            person=person, role="audit_admin", region="000000", valid_from=date(2026, 1, 1)
        )


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "king"},
        {"region": "33"},
        {"region": "33000x"},
        {"valid_to": date(2025, 12, 31)},
        {"role": "officer", "region": "330000"},
    ],
)
def test_the_database_refuses_wrong_rows_of_appointments(person_with, fields):
    person = person_with("officer", region="330000")
    terms = {"role": "leader", "region": "330000", "valid_from": date(2026, 1, 1), **fields}

    with pytest.raises(IntegrityError), transaction.atomic():
        Appointment.objects.create(person=person, **terms)


def test_an_appointment_cannot_end_before_it_began(security_admin, newcomer):
    held = actions.appoint(
        by=security_admin, person=newcomer, role="officer", region="330000", valid_from=date(2026, 5, 1)
    )

    with pytest.raises(BadInput):
        actions.end_appointment(by=security_admin, appointment=held)


def test_no_entry_about_people_says_who_they_are(system_admin, security_admin, newcomer):
    held = actions.appoint(by=security_admin, person=newcomer, role="officer", region="330000")
    actions.end_appointment(by=security_admin, appointment=held)
    actions.change_password(by=newcomer, old=PASSWORD, new="another long sentence")
    actions.lock_person(by=system_admin, person=newcomer, reason="left")
    actions.unlock_person(by=system_admin, person=newcomer)
    actions.reset_password(by=system_admin, person=newcomer, password=PASSWORD)
    with pytest.raises(NotAllowed):
        actions.authenticate_person(login="newcomer", password="wrong")

    said = [canonical.dumps(link["statement"]).decode() for link in ledger.links()]

    assert len(said) >= 8
    for person in Person.objects.all():
        for personal in (person.login, person.display_name, person.password):
            assert not [text for text in said if f'"{personal}"' in text or personal in text]


def test_the_installation_opens_the_first_accounts():
    first = actions.create_person(by=System("init"), login="first", display_name="首位", password=PASSWORD)
    actions.appoint(by=System("init"), person=first, role="security_admin")

    assert {entry.actor["key"] for entry in Entry.objects.all()} == {"system:init"}
    assert ledger.check() == 2


# --- erasure --------------------------------------------------------------------------------------


@pytest.fixture
def gone(system_admin, newcomer):
    """Return the newcomer after the account was closed."""
    return actions.lock_person(by=system_admin, person=newcomer, reason="left")


def test_erasing_destroys_what_says_who_it_was_and_keeps_the_key(security_admin, gone):
    erased = actions.erase_person(by=security_admin, person=gone)

    row = Person.objects.filter(pk=gone.pk).values().get()
    assert erased.pk == gone.pk
    assert not {"newcomer", "新同志"} & {str(value) for value in row.values()}
    assert not erased.has_usable_password() and erased.erased_at == clock.now()


def test_an_erasure_is_recorded_by_the_key_alone(security_admin, gone):
    actions.erase_person(by=security_admin, person=gone)

    entry = Entry.objects.latest("seq")
    assert (entry.verb, entry.visibility, entry.detail) == ("people.person_erased", "internal", {})
    assert [(s.kind, s.key) for s in entry.subjects.all()] == [("person", str(gone.pk))]
    assert ledger.check() == Entry.objects.count()


def test_an_open_account_is_not_erased(security_admin, newcomer):
    with pytest.raises(RuleRefused) as refusal:
        actions.erase_person(by=security_admin, person=newcomer)

    assert refusal.value.code == "person-in-use"


def test_nobody_who_is_appointed_or_will_be_is_erased(security_admin, gone):
    soon = clock.today() + timedelta(days=3)
    actions.appoint(by=security_admin, person=gone, role="officer", region="330000", valid_from=soon)

    with pytest.raises(RuleRefused):
        actions.erase_person(by=security_admin, person=gone)


def test_the_system_administrator_erases_nobody(system_admin, gone):
    with pytest.raises(NotAllowed):
        actions.erase_person(by=system_admin, person=gone)


def test_nothing_more_is_done_to_an_erased_account(system_admin, security_admin, gone):
    erased = actions.erase_person(by=security_admin, person=gone)

    for act in (
        lambda: actions.unlock_person(by=system_admin, person=erased),
        lambda: actions.reset_password(by=system_admin, person=erased, password=PASSWORD),
        lambda: actions.appoint(by=security_admin, person=erased, role="officer", region="330000"),
        lambda: actions.erase_person(by=security_admin, person=erased),
    ):
        with pytest.raises(Conflict) as refusal:
            act()
        assert refusal.value.code == "person-erased"


# --- words ----------------------------------------------------------------------------------------


@pytest.fixture
def wrote(actor):
    """Return an entry that binds what somebody wrote."""
    with transaction.atomic():
        detail = {"reason": ledger.bound("由当事人告知")}
        return ledger.record(by=actor, verb="sample.void", subjects=[], detail=detail, region="330106")


def test_words_are_erased_with_their_salt_and_an_entry_says_so(security_admin, wrote):
    said = actions.erase_words(by=security_admin, entry=wrote, reason="requested")

    assert ledger.words.of(wrote) == []
    assert (said.verb, said.detail) == (
        "ledger.words_erased",
        {"entry": str(wrote.pk), "texts": 1, "reason": "requested"},
    )
    assert ledger.check() == said.seq


def test_words_are_erased_once_on_a_known_ground_by_the_security_administrator(
    security_admin, system_admin, wrote
):
    with pytest.raises(NotAllowed):
        actions.erase_words(by=system_admin, entry=wrote, reason="requested")
    with pytest.raises(BadInput):
        actions.erase_words(by=security_admin, entry=wrote, reason="张三要求")
    actions.erase_words(by=security_admin, entry=wrote, reason="mistaken")
    with pytest.raises(Conflict) as refusal:
        actions.erase_words(by=security_admin, entry=wrote, reason="mistaken")

    assert refusal.value.code == "no-words"
