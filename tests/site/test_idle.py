"""A person at work stays signed in; a session that nobody uses ends."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session

from zhiheng.site import idle

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, person_with, monkeypatch):
    clock = [1_000_000_000.0]
    monkeypatch.setattr(idle.time, "time", lambda: clock[0])
    client.force_login(person_with("officer"))
    client.get("/no-such-page/")
    return client, clock


def seen():
    return Session.objects.get().get_decoded()[idle.SEEN]


def test_a_page_within_five_minutes_writes_nothing(signed_in):
    client, clock = signed_in
    before = seen()
    clock[0] += idle.RENEW_AFTER_SECONDS - 1

    client.get("/no-such-page/")

    assert seen() == before


def test_a_page_after_five_minutes_renews_the_session(signed_in):
    client, clock = signed_in
    clock[0] += idle.RENEW_AFTER_SECONDS

    answer = client.get("/no-such-page/")

    assert seen() == int(clock[0])
    assert answer.cookies["zhiheng"]["max-age"] == "" or int(answer.cookies["zhiheng"]["max-age"]) == 1800


def test_a_visitor_gets_no_session(client):
    answer = client.get("/no-such-page/")

    assert "zhiheng" not in answer.cookies
    assert not Session.objects.exists()
