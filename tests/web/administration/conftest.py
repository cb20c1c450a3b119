"""Three administrators, an officer, and what a form of the house is sent with."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from zhiheng.ledger.ids import uuid7


@pytest.fixture(autouse=True)
def morning(frozen_now):
    """The clock stands still, so that an appointment of today is in force."""
    return frozen_now


@pytest.fixture
def three(person_with):
    """Return the system, the security and the audit administrator, and an officer of Zhejiang."""
    return SimpleNamespace(
        system=person_with("system_admin", login="system"),
        security=person_with("security_admin", login="security"),
        audit=person_with("audit_admin", login="audit"),
        officer=person_with("officer", "330000", login="officer"),
    )


@pytest.fixture
def signed_in(client):
    """Return a client in which this person has signed in, reading English."""

    def enter(person):
        client.force_login(person, backend="zhiheng.people.sign_in.Backend")
        client.cookies["language"] = "en"
        return client

    return enter


@pytest.fixture
def send():
    """Post a form with a fresh mark against double sending."""

    def post(client, url, **fields):
        return client.post(url, {"zh-token": str(uuid7()), "do": "submit", **fields}, follow=True)

    return post
