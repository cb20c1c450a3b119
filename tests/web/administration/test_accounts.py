"""The system administrator opens and closes accounts and can do no more than that."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction
from django.urls import reverse

from zhiheng import ledger
from zhiheng.people import actions, clock
from zhiheng.people.models import Appointment, Person
from zhiheng.web import drafts
from zhiheng.web.models import Draft, Upload

LIST = "/office/people/"
pytestmark = pytest.mark.django_db


def of(name, person):
    return reverse(f"web:{name}", args=[person.pk])


def test_a_stranger_is_sent_to_the_sign_in_page(client):
    answer = client.get(LIST)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("who", ["officer", "audit"])
def test_only_two_administrators_see_persons(three, signed_in, who):
    client = signed_in(getattr(three, who))

    assert client.get(LIST).status_code == 403
    assert client.get(of("person", three.system)).status_code == 403
    assert client.get("/office/people/new/").status_code == 403


def test_the_list_shows_login_roles_regions_and_state(three, signed_in):
    Person.objects.filter(pk=three.audit.pk).update(is_active=False)

    page = signed_in(three.system).get(LIST).content.decode()

    assert "officer" in page and "Regulatory officer" in page and "Zhejiang" in page
    assert page.count('<span class="state stopped">Not in use</span>') == 1
    assert page.count('<span class="state done">In use</span>') == 3


def test_the_list_has_a_bounded_number_of_statements(
    three, signed_in, person_with, django_assert_max_num_queries
):
    for _ in range(30):
        person_with("inspector", "330106")
    client = signed_in(three.system)

    with django_assert_max_num_queries(10):
        assert client.get(LIST).status_code == 200


def test_a_person_with_one_role_in_two_regions_is_listed_once(three, signed_in):

    Appointment.objects.create(
        person=three.officer, role="officer", region="440000", valid_from=date(2020, 1, 1)
    )

    page = signed_in(three.system).get(LIST, {"role": "officer"}).content.decode()

    assert page.count(f'href="{of("person", three.officer)}"') == 1
    assert of("person", three.audit) not in page


def test_an_administrator_of_a_province_sees_its_persons_and_the_new_ones(three, signed_in, person_with):
    person_with("system_admin", "440000", login="guangdong")
    away = person_with("officer", "440100", login="away")
    fresh = person_with("officer", "440100", login="fresh")
    fresh.appointments.all().delete()
    local = person_with("system_admin", "330000", login="zhejiang")
    client = signed_in(local)

    page = client.get(LIST).content.decode()

    assert of("person", three.officer) in page and of("person", fresh) in page
    assert of("person", away) not in page
    assert client.get(of("person", away)).status_code == 404


def test_an_account_is_opened_once_however_often_the_form_is_sent(three, signed_in):
    client = signed_in(three.system)
    form = {
        "zh-token": "018f0000-0000-7000-8000-00000000000a",
        "login": "new.person",
        "display_name": "新同事",
        "language": "zh-hans",
        "password": "",
    }

    first = client.post("/office/people/new/", form)
    second = client.post("/office/people/new/", form)

    person = Person.objects.get(login="new.person")
    assert first["Location"] == second["Location"] == of("person", person)
    assert not person.has_usable_password()
    assert ledger.timeline("person", str(person.pk)).count() == 1


def test_a_taken_login_is_refused_on_the_form(three, signed_in, send):
    answer = send(
        signed_in(three.system), "/office/people/new/", login="officer", display_name="另一人", language="en"
    )

    assert "This login is taken." in answer.content.decode()
    assert Person.objects.filter(login="officer").count() == 1


def test_a_weak_password_opens_no_account(three, signed_in, send):
    fields = {"login": "weak", "display_name": "弱", "language": "en", "password": "12345678901234"}

    answer = send(signed_in(three.system), "/office/people/new/", **fields)

    assert 'id="error-summary"' in answer.content.decode()
    assert not Person.objects.filter(login="weak").exists()
    assert "12345678901234" not in answer.content.decode()


def test_an_account_is_closed_with_a_reason_and_opened_again(three, signed_in, send):
    client = signed_in(three.system)

    refused = send(client, of("person_close", three.officer), reason="")
    three.officer.refresh_from_db()
    assert three.officer.is_active and 'id="error-summary"' in refused.content.decode()

    send(client, of("person_close", three.officer), reason="left")
    three.officer.refresh_from_db()
    assert not three.officer.is_active

    send(client, of("person_open", three.officer))
    three.officer.refresh_from_db()
    assert three.officer.is_active
    verbs = [entry.verb for entry in ledger.timeline("person", str(three.officer.pk))]
    assert verbs == ["people.opened", "people.closed"]


def test_a_locked_account_is_unlocked(three, signed_in, send, frozen_now):
    Person.objects.filter(pk=three.officer.pk).update(
        failed_sign_ins=5, locked_until=frozen_now + timedelta(minutes=15)
    )
    client = signed_in(three.system)
    before = client.get(of("person", three.officer)).content.decode()

    send(client, of("person_open", three.officer))

    three.officer.refresh_from_db()
    assert "Locked" in before and of("person_open", three.officer) in before
    assert three.officer.failed_sign_ins == 0 and three.officer.locked_until is None


def test_nobody_closes_the_own_account(three, signed_in, send):
    client = signed_in(three.system)

    page = client.get(of("person", three.system)).content.decode()
    answer = send(client, of("person_close", three.system), reason="unused")

    three.system.refresh_from_db()
    assert of("person_close", three.system) not in page
    assert "You cannot close your own account." in answer.content.decode()
    assert three.system.is_active


def test_a_new_password_must_be_typed_twice_alike(three, signed_in, send):
    client = signed_in(three.system)
    url = of("person_password", three.officer)

    send(client, url, password="a long sentence of words", again="another sentence of words")
    three.officer.refresh_from_db()
    assert not three.officer.has_usable_password()

    send(client, url, password="a long sentence of words", again="a long sentence of words")
    three.officer.refresh_from_db()
    assert three.officer.check_password("a long sentence of words")


def test_the_record_shows_what_the_ledger_says_about_the_account(three, signed_in, send):
    client = signed_in(three.system)
    send(client, of("person_close", three.officer), reason="left")

    page = client.get(of("person", three.officer)).content.decode()

    assert "Account closed" in page and "Recorded by: System administrator" in page


def test_the_record_has_a_bounded_number_of_statements(three, signed_in, django_assert_max_num_queries):
    client = signed_in(three.system)

    with django_assert_max_num_queries(10):
        assert client.get(of("person", three.officer)).status_code == 200


def test_the_export_is_a_file_of_the_same_rows(three, signed_in):
    answer = signed_in(three.system).get(LIST, {"format": "csv"})

    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 1 + 4
    assert "security" in text


def test_the_security_administrator_erases_a_closed_account(three, signed_in, send, person_with):
    gone = person_with("inspector", "330106")
    Appointment.objects.filter(person=gone).update(valid_to=gone.appointments.get().valid_from)
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    client = signed_in(three.security)
    assert of("person_erase", gone) in client.get(of("person", gone)).content.decode()

    send(client, of("person_erase", gone))
    assert Person.objects.get(pk=gone.pk).erased_at is None
    send(client, of("person_erase", gone), is_meant="on")

    page = client.get(of("person", gone)).content.decode()
    assert Person.objects.get(pk=gone.pk).login == f"erased-{gone.pk.hex}"
    assert "Erased" in page and gone.login not in page


def test_the_security_administrator_erases_the_words_of_an_entry(three, signed_in, send, actor):
    with transaction.atomic():
        detail = {"reason": ledger.bound("由当事人告知")}
        entry = ledger.record(by=actor, verb="sample.void", subjects=[], detail=detail)
    client, address = signed_in(three.security), reverse("web:words_erase")

    send(client, address, seq=str(entry.seq), reason="requested")
    assert ledger.words.of(entry)
    send(client, address, seq=str(entry.seq), reason="requested", is_meant="on")

    assert ledger.words.of(entry) == []
    assert signed_in(three.officer).get(address).status_code == 403


def test_drafts_and_uploads_go_with_the_account(
    three, person_with, settings, tmp_path, django_capture_on_commit_callbacks
):
    settings.VAR = tmp_path
    gone = person_with("officer", "330106")
    Appointment.objects.filter(person=gone).update(valid_to=gone.appointments.get().valid_from)
    Person.objects.filter(pk=gone.pk).update(is_active=False)
    drafts.keep(person=gone, form_id="a", data={"words": "张三"})
    upload = Upload.objects.create(
        person=gone, spec="a", name="张三.csv", sha256="0" * 64, uploaded_at=clock.now()
    )
    file = tmp_path / "uploads" / f"{upload.pk}.bin"
    file.parent.mkdir()
    file.write_bytes("张三".encode())

    with django_capture_on_commit_callbacks(execute=True):
        actions.erase_person(by=three.security, person=gone)

    assert not Draft.objects.exists() and not Upload.objects.exists() and not file.exists()
