"""Five wrong passwords close the door for a quarter of an hour, and no answer tells which names exist."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import hashers

from zhiheng.errors import NotAllowed
from zhiheng.ledger.models import Entry
from zhiheng.people import clock, sign_in
from zhiheng.people.sign_in import authenticate_person

pytestmark = pytest.mark.django_db
PASSWORD = "a long sentence to sign in with"


@pytest.fixture
def officer(person_with):
    return person_with("officer", login="officer", password=PASSWORD)


def attempt(password=PASSWORD, login="officer"):
    try:
        return authenticate_person(login=login, password=password)
    except NotAllowed as error:
        assert error.code == "sign-in-refused"
        return None


def fail(times):
    for _ in range(times):
        assert attempt("wrong") is None


def test_the_right_password_signs_in(officer, frozen_now):
    assert attempt() == officer

    entry = Entry.objects.get()
    assert (entry.verb, entry.visibility, entry.at) == ("people.signed_in", "restricted", frozen_now)


def test_failures_are_counted_and_forgotten_at_success(officer, frozen_now):
    fail(4)
    officer.refresh_from_db()
    assert officer.failed_sign_ins == 4

    assert attempt() == officer

    officer.refresh_from_db()
    assert officer.failed_sign_ins == 0


def test_five_failures_lock_even_the_right_password_out(officer, frozen_now):
    fail(5)

    assert attempt() is None

    officer.refresh_from_db()
    assert officer.locked_until == frozen_now + timedelta(minutes=15)
    assert list(Entry.objects.order_by("seq").values_list("verb", flat=True)) == [
        *["people.sign_in_refused"] * 5,
        "people.locked_out",
    ]


def test_the_door_opens_after_a_quarter_of_an_hour(officer, frozen_now):
    fail(5)

    with clock.at(frozen_now + timedelta(minutes=14, seconds=59)):
        assert attempt() is None
    with clock.at(frozen_now + timedelta(minutes=15)):
        assert attempt() == officer


def test_knocking_at_a_locked_door_neither_counts_nor_prolongs(officer, frozen_now):
    fail(5)
    before = Entry.objects.count()

    with clock.at(frozen_now + timedelta(minutes=10)):
        fail(20)

    officer.refresh_from_db()
    assert officer.locked_until == frozen_now + timedelta(minutes=15)
    assert Entry.objects.count() == before


def test_after_a_lock_five_more_tries_are_given(officer, frozen_now):
    fail(5)

    with clock.at(frozen_now + timedelta(minutes=16)):
        fail(4)
        assert attempt() == officer


def test_a_guess_that_was_already_under_way_meets_the_lock(officer, frozen_now, monkeypatch):
    check = sign_in.Person.check_password

    def others_fail_meanwhile(person, password):
        is_right = check(person, password)
        sign_in.Person.objects.filter(pk=person.pk).update(locked_until=frozen_now + timedelta(minutes=15))
        return is_right

    monkeypatch.setattr(sign_in.Person, "check_password", others_fail_meanwhile)

    assert attempt() is None


def test_a_password_changed_meanwhile_counts_as_wrong(officer, frozen_now, monkeypatch):
    check = sign_in.Person.check_password

    def changed_meanwhile(person, password):
        is_right = check(person, password)
        sign_in.Person.objects.filter(pk=person.pk).update(password=hashers.make_password("the new one"))
        return is_right

    monkeypatch.setattr(sign_in.Person, "check_password", changed_meanwhile)

    assert attempt() is None


def test_every_refusal_reads_the_same(officer, person_with, frozen_now):
    person_with("officer", login="closed", password=PASSWORD, is_active=False)
    answers = set()
    for login, password in (
        ("officer", "wrong"),
        ("nobody", PASSWORD),
        ("closed", PASSWORD),
        ("", ""),
        ("a\0b", "x"),
    ):
        with pytest.raises(NotAllowed) as caught:
            authenticate_person(login=login, password=password)
        answers.add((str(caught.value), caught.value.code, tuple(caught.value.facts)))

    assert len(answers) == 1


def test_every_refusal_hashes_a_password_once(officer, person_with, frozen_now, monkeypatch):
    person_with("officer", login="unset")
    counted = []
    encode = hashers.MD5PasswordHasher.encode
    monkeypatch.setattr(
        hashers.MD5PasswordHasher, "encode", lambda *args, **kw: counted.append(1) or encode(*args, **kw)
    )
    work = {}

    for login in ("officer", "nobody", "unset"):
        counted.clear()
        assert attempt("wrong", login=login) is None
        work[login] = len(counted)

    assert set(work.values()) == {1}, work


def test_an_unknown_login_leaves_no_trace_of_what_was_typed(caplog, frozen_now):
    caplog.set_level("DEBUG")

    assert attempt("my password by mistake", login="my-name") is None

    assert not Entry.objects.exists()
    assert "my-name" not in caplog.text
    assert "my password" not in caplog.text


def test_passwords_are_kept_with_argon2(person_with, settings, frozen_now):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    person = person_with("officer", login="officer", password=PASSWORD)

    assert person.password.startswith("argon2$argon2id$")
    assert attempt() == person


def test_the_site_prefers_argon2():
    from zhiheng.site import settings as site_settings

    assert site_settings.PASSWORD_HASHERS[0].endswith("Argon2PasswordHasher")
    assert (django_settings.SIGN_IN_FAILURES, django_settings.SIGN_IN_LOCK_MINUTES) == (5, 15)


def test_an_old_hash_is_renewed_at_sign_in(officer, settings, frozen_now):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]

    assert attempt() == officer

    officer.refresh_from_db()
    assert officer.password.startswith("argon2$")


def test_the_session_of_a_closed_account_finds_nobody(officer):
    backend = sign_in.Backend()
    assert backend.get_user(officer.pk) == officer

    type(officer).objects.update(is_active=False)

    assert backend.get_user(officer.pk) is None


def test_djangos_own_way_to_sign_in_meets_the_same_lock(officer, frozen_now, client):
    fail(5)

    assert not client.login(login="officer", password=PASSWORD)
