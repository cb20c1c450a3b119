"""Signing in and out, the gate before every view, the language, the demonstration's start page."""

from __future__ import annotations

import pytest

from zhiheng import web
from zhiheng.people import P
from zhiheng.people.models import Person
from zhiheng.web import slots

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough sentence"


def sign_in(client, password=PASSWORD, **more):
    return client.post("/sign-in/", {"login": "officer", "password": password, **more})


def test_a_stranger_is_sent_to_sign_in_and_back(client, officer):
    turned = client.get("/gallery/list/?region=330000")

    assert turned.status_code == 302
    assert turned["Location"] == "/sign-in/?next=%2Fgallery%2Flist%2F%3Fregion%3D330000"
    assert sign_in(client, next="/gallery/list/?region=330000")["Location"] == "/gallery/list/?region=330000"


@pytest.mark.parametrize(
    "target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", "\\\\x"]
)
def test_sign_in_never_leads_off_the_site(client, officer, target):
    assert sign_in(client, next=target)["Location"] == "/office/"


def test_signing_in_gives_the_session_a_new_key(client, officer):
    client.get("/sign-in/")
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["zhiheng"] = before = session.session_key

    sign_in(client)

    assert client.cookies["zhiheng"].value != before


def test_a_wrong_password_is_refused_with_one_answer(client, officer):
    wrong = sign_in(client, "not this one")
    unknown = client.post("/sign-in/", {"login": "nobody", "password": "not this one"})

    assert wrong.status_code == unknown.status_code == 403
    assert wrong.context["form"].non_field_errors() == unknown.context["form"].non_field_errors()
    assert "_auth_user_id" not in client.session


def test_a_locked_account_stays_closed_for_the_right_password(client, officer, settings):
    for _attempt in range(settings.SIGN_IN_FAILURES):
        sign_in(client, "not this one")

    response = sign_in(client)

    assert response.status_code == 403
    assert str(settings.SIGN_IN_LOCK_MINUTES) in response.content.decode()


def test_an_empty_sign_in_says_what_to_fill_in(client):
    response = client.post("/sign-in/", {})

    assert len(response.context["form"].summary()) == 2


def test_signing_out_needs_a_post(office):
    assert office.get("/sign-out/").status_code == 405
    assert office.post("/sign-out/").status_code == 302
    assert "_auth_user_id" not in office.session


def test_who_lacks_the_permission_gets_a_page_that_says_what_to_do(client, person_with):
    client.force_login(person_with("audit_admin"), backend="zhiheng.people.sign_in.Backend")

    response = client.get("/gallery/list/")

    assert response.status_code == 403
    assert "not-allowed" in response.content.decode()


def test_a_staff_page_is_not_kept_by_caches(office):
    assert "private" in office.get("/office/")["Cache-Control"]


def test_a_public_page_asks_for_no_permission():
    with pytest.raises(TypeError):
        web.page(permission=P.PLAN_VIEW, public=True)


def test_the_language_is_kept_in_cookie_and_account(office, officer):
    response = office.post("/language/", {"language": "en", "next": "/office/account/"})

    assert response["Location"] == "/office/account/"
    assert Person.objects.get(pk=officer.pk).language == "en"
    assert 'lang="en"' in office.get("/office/").content.decode()


def test_a_language_without_pages_is_refused(client):
    assert client.post("/language/", {"language": "tlh"}).status_code == 400


def test_a_browser_is_not_asked_for_its_language(client):
    assert 'lang="zh-CN"' in client.get("/sign-in/", headers={"Accept-Language": "en"}).content.decode()


def test_the_account_page_changes_the_password_and_keeps_the_session(office, officer):
    new = "a quite different sentence"

    response = office.post("/office/account/", {"old": PASSWORD, "new": new, "again": new})

    assert response.status_code == 302
    assert Person.objects.get(pk=officer.pk).check_password(new)
    assert office.get("/office/account/").status_code == 200


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"old": "wrong", "new": "a quite different sentence", "again": "a quite different sentence"}, "old"),
        ({"old": PASSWORD, "new": "short", "again": "short"}, "new"),
        ({"old": PASSWORD, "new": "a quite different sentence", "again": "another sentence"}, "again"),
    ],
)
def test_a_password_is_not_changed_on_bad_input(office, officer, sent, field):
    response = office.post("/office/account/", sent)

    assert field in response.context["form"].errors
    assert Person.objects.get(pk=officer.pk).check_password(PASSWORD)


def test_the_own_appointments_are_listed(office):
    assert "杭州市" in office.get("/office/account/").content.decode()


def test_demo_accounts_are_shown_in_the_demo_alone(client, settings, monkeypatch):
    provider = slots.Providers()
    provider.add(lambda: [slots.DemoAccount("officer", "demo words", "某", "监管人员", "330100")])
    monkeypatch.setattr(slots, "demo_accounts", provider)

    settings.DEMO = False
    hidden = client.get("/demo/")
    settings.DEMO = True
    shown = client.get("/demo/")

    assert hidden.status_code == 404
    assert "demo words" in shown.content.decode()
    assert "demo words" not in client.get("/sign-in/").content.decode()
