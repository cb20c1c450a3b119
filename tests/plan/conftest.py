"""People of a province and of the nation, and the Outline as adopted."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from zhiheng.people import clock
from zhiheng.people.models import Appointment, Person
from zhiheng.people.scope import System
from zhiheng.stages.plan import actions


@pytest.fixture(autouse=True)
def a_site_with_its_own_files(settings, tmp_path):
    settings.VAR = tmp_path
    with clock.at("2026-03-02T09:00:00+08:00"):
        yield


def person(role: str, region: str) -> Person:
    made = Person.objects.create(
        login=f"{role}-{region}-{Person.objects.count()}", display_name="某人", created_at=timezone.now()
    )
    Appointment.objects.create(person=made, role=role, region=region, valid_from=dt.date(2020, 1, 1))
    return made


@pytest.fixture
def officer(db):
    return person("officer", "330000")


@pytest.fixture
def stranger(db):
    return person("officer", "440000")


@pytest.fixture
def statistician(db):
    return person("statistician", "000000")


@pytest.fixture
def system():
    return System("test")


@pytest.fixture
def targets(system, db):
    return {target.id: target for target in actions.adopt_outline(by=system)}
