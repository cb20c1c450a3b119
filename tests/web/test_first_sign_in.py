"""A password that somebody else has set opens nothing but the page on which it is changed."""

from __future__ import annotations

import pytest

from zhiheng.people import actions
from zhiheng.people.scope import System

pytestmark = pytest.mark.django_db
GIVEN, OWN = "given by the administrator", "a sentence of my own"


@pytest.fixture
def newcomer(client):
    by = System("test")
    person = actions.create_person(
        by=by, login="newcomer", display_name="新同志", password=GIVEN, must_change=True
    )
    actions.appoint(by=by, person=person, role="officer", region="330106")
    client.post("/sign-in/", {"login": "newcomer", "password": GIVEN})
    return person


def change(client, new, old=GIVEN):
    return client.post("/office/account/", {"old": old, "new": new, "again": new})


def test_every_page_leads_to_the_change_of_the_password(client, newcomer):
    for address in ("/office/", "/office/subjects/", "/office/imports/gallery-subjects/"):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, "/office/account/")
    assert client.post("/office/imports/gallery-subjects/", {}).status_code == 302
    assert client.get("/office/account/").status_code == 200
    assert client.get("/").status_code != 302


def test_after_the_change_everything_opens(client, newcomer):
    answer = change(client, OWN)

    assert answer["Location"] == "/office/"
    assert client.get("/office/").status_code == 200
    newcomer.refresh_from_db()
    assert not newcomer.must_change_password


def test_the_given_password_is_no_own_one(client, newcomer):
    assert change(client, GIVEN).status_code == 200

    newcomer.refresh_from_db()
    assert newcomer.must_change_password


def test_signing_out_is_always_possible(client, newcomer):
    assert client.post("/sign-out/").status_code == 302
    assert client.get("/office/")["Location"].startswith("/sign-in/")


def test_a_password_set_anew_by_an_administrator_is_to_be_changed_too(client, newcomer):
    change(client, OWN)

    actions.reset_password(by=System("test"), person=newcomer, password="set once more", must_change=True)

    client.post("/sign-in/", {"login": "newcomer", "password": "set once more"})
    assert client.get("/office/")["Location"] == "/office/account/"
