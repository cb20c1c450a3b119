"""The gallery stands in for the stages: one page of each kind, one kind of list."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.conf import settings as django_settings

from tests.web import gallery
from zhiheng.web import slots, started
from zhiheng.web.imports import spec as specs


@pytest.fixture(autouse=True)
def gallery_site(monkeypatch: Any) -> Any:
    """Serve the gallery beside the shell and register its import."""
    # Not by the fixture ``settings``, whose signal lets every test resolve all addresses anew.
    monkeypatch.setattr(django_settings, "ROOT_URLCONF", "tests.web.gallery_urls")
    todo = slots.Providers()
    todo.add(started.provider)
    monkeypatch.setattr(slots, "todo", todo)
    before = dict(specs._SPECS)
    specs.register(gallery.SPEC)
    gallery.STORED.clear()
    gallery.SENT.clear()
    yield
    specs._SPECS.clear()
    specs._SPECS.update(before)


@pytest.fixture
def officer(person_with: Any) -> Any:
    """An officer of Hangzhou."""
    return person_with("officer", region="330100", login="officer", password="a long enough sentence")


@pytest.fixture
def office(client: Any, officer: Any) -> Any:
    """A client in which the officer is signed in."""
    client.force_login(officer, backend="zhiheng.people.sign_in.Backend")
    return client


@pytest.fixture
def appointments(person_with: Any) -> list[Any]:
    """Sixty appointments in three provinces, for lists."""
    places = ("330106", "330200", "440300")
    roles = ("inspector", "leader", "statistician")
    return [
        person_with(
            roles[number % 3],
            region=places[number % 3],
            organisation=f"ORG{number:03d}",
            display_name=f"人员{number:03d}",
        )
        for number in range(60)
    ]


@pytest.fixture
def later(appointments: list[Any]) -> None:
    """Half of them begin in 2025."""
    from zhiheng.people.models import Appointment

    for appointment in Appointment.objects.filter(region="440300"):
        Appointment.objects.filter(pk=appointment.pk).update(valid_from=date(2025, 5, 1))
