"""The security administrator appoints; three administrations stay apart whatever is tried."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

pytestmark = pytest.mark.django_db


def appoint_url(person):
    return reverse("web:appoint", args=[person.pk])


def terms(**changes):
    return {"role": "inspector", "region": "330106", "valid_from": "2026-03-02"} | changes


def test_the_security_administrator_appoints_by_the_name_of_a_region(three, signed_in, send, person_with):
    newcomer = person_with("leader", "330000")

    send(signed_in(three.security), appoint_url(newcomer), **terms(region="浙江"))

    held = newcomer.appointments.get(role="inspector")
    assert (held.region, held.valid_from, held.valid_to) == ("330000", date(2026, 3, 2), None)


def test_the_system_administrator_cannot_appoint(three, signed_in, send):
    answer = send(signed_in(three.system), appoint_url(three.officer), **terms())

    assert answer.status_code == 403
    assert not three.officer.appointments.filter(role="inspector").exists()


def test_the_security_administrator_cannot_open_or_close_accounts(three, signed_in, send):
    client = signed_in(three.security)

    closed = send(client, reverse("web:person_close", args=[three.officer.pk]), reason="left")
    opened = send(client, "/office/people/new/", login="x1", display_name="x", language="en")

    three.officer.refresh_from_db()
    assert (closed.status_code, opened.status_code) == (403, 403)
    assert three.officer.is_active


@pytest.mark.parametrize("second", ["security_admin", "audit_admin", "officer", "statistician"])
def test_a_system_administrator_gets_no_second_administration_and_no_business(three, signed_in, send, second):
    answer = send(signed_in(three.security), appoint_url(three.system), **terms(role=second, region="000000"))

    page = answer.content.decode()
    assert 'id="error-summary"' in page
    assert "System, security and audit administrators are three persons, and do no business work." in page
    assert [held.role for held in three.system.appointments.all()] == ["system_admin"]


def test_the_form_says_beforehand_that_the_three_stay_apart(three, signed_in):
    page = signed_in(three.security).get(appoint_url(three.system)).content.decode()

    assert "Nobody may hold two of the three administrations" in page
    assert "GB/T 22239-2019 8.1.4" in page
    assert "This person holds" in page and "System administrator" in page


def test_nobody_appoints_himself(three, signed_in, send):
    answer = send(signed_in(three.security), appoint_url(three.security), **terms(role="leader"))

    assert "Nobody appoints himself or herself." in answer.content.decode()
    assert three.security.appointments.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"region": "Atlantis"}, "No region is called"),
        ({"region": "999999"}, "No region is called"),
        ({"role": "emperor"}, "Select a valid choice"),
        ({"role": "lab"}, "This role is held for one organisation, and none is named."),
        ({"valid_to": "2026-03-01"}, "The appointment ends before it begins."),
        ({"valid_from": "yesterday"}, "Enter a valid date"),
    ],
)
def test_a_faulty_appointment_is_refused_with_what_to_mend(three, signed_in, send, changes, words):
    answer = send(signed_in(three.security), appoint_url(three.officer), **terms(**changes))

    assert words in answer.content.decode()
    assert three.officer.appointments.count() == 1


def test_an_appointment_ends_today(three, signed_in, send):
    held = three.officer.appointments.get()
    url = reverse("web:appointment_end", args=[three.officer.pk, held.pk])

    answer = send(signed_in(three.security), url, on="2026-03-02")

    held.refresh_from_db()
    assert held.valid_to == date(2026, 3, 2)
    assert "Ended" in answer.content.decode()


def test_an_appointment_outside_the_own_reach_cannot_be_ended(three, signed_in, send, person_with):
    local = person_with("security_admin", "440000")
    held = three.officer.appointments.get()

    answer = send(
        signed_in(local),
        reverse("web:appointment_end", args=[three.officer.pk, held.pk]),
        on="2026-03-02",
    )

    held.refresh_from_db()
    assert answer.status_code == 404
    assert held.valid_to is None


def test_an_appointment_of_somebody_else_is_not_ended_through_this_person(three, signed_in, send):
    held = three.officer.appointments.get()

    answer = send(
        signed_in(three.security),
        reverse("web:appointment_end", args=[three.audit.pk, held.pk]),
        on="2026-03-02",
    )

    held.refresh_from_db()
    assert answer.status_code == 404
    assert held.valid_to is None
