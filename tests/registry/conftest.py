"""People of a county and the smallest valid rows of the register."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import timezone

from zhiheng.formats import identifiers
from zhiheng.people import clock
from zhiheng.people.models import Appointment, Person
from zhiheng.people.scope import System
from zhiheng.stages.registry import actions

COUNTY, CITY, PROVINCE, OTHER = "330106", "330100", "330000", "440103"


@pytest.fixture(autouse=True)
def a_demo_site_with_its_own_files(settings, tmp_path):
    settings.DEMO = True
    settings.VAR = tmp_path
    with clock.at("2026-03-02T09:00:00+08:00"):
        yield


def person(role: str, region: str, *, organisation: str = "") -> Person:
    made = Person.objects.create(
        login=f"{role}-{region}-{Person.objects.count()}", display_name="某人", created_at=timezone.now()
    )
    Appointment.objects.create(
        person=made, role=role, region=region, organisation=organisation, valid_from=dt.date(2020, 1, 1)
    )
    return made


def code(n: int, region: str = COUNTY) -> str:
    return identifiers.demo_uscc(n, region)


def subject_row(n: int = 1, **changes) -> dict:
    region = changes.get("region", COUNTY)
    return {
        "code": code(n, region),
        "name": f"甬江机械厂{n}",
        "region": region,
        "division": "34",
        "size": "small",
        "channel": "factory",
        "output_value": Decimal("120.50"),
    } | changes


def product_row(n: int = 1, **changes) -> dict:
    return {
        "subject": code(n),
        "name": "轴承",
        "division": "34",
        "model": "6204",
        "standard": "GB/T 276",
        "gtin": identifiers.demo_gtin(n),
    } | changes


def inspector_row(n: int = 1, **changes) -> dict:
    return {
        "code": f"ZJ-{n:04d}",
        "name": f"检查员{n}",
        "region": COUNTY,
        "unit": "西湖区市场监督管理局",
        "fields": ["34"],
        "conflicts": [],
    } | changes


@pytest.fixture
def officer(db):
    return person("officer", COUNTY)


@pytest.fixture
def city_officer(db):
    return person("officer", CITY)


@pytest.fixture
def stranger(db):
    """An officer of a county in another province."""
    return person("officer", OTHER)


@pytest.fixture
def system():
    return System("test")


@pytest.fixture
def subject(system, db):
    return actions.register_subject(by=system, row=subject_row())
