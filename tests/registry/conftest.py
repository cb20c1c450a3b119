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


def licence_row(n: int = 1, **changes) -> dict:
    return {
        "subject": code(n),
        "kind": "production",
        "number": f"DEMO-XK-{n:04d}",
        "product": "",
        "scope": "轴承；水泥",
        "issuer": "演示发证机关",
        "valid_from": dt.date(2024, 1, 1),
        "valid_until": dt.date(2028, 12, 31),
    } | changes


def qualification_row(n: int = 1, **changes) -> dict:
    return {
        "subject": code(n),
        "person": "甄检之",
        "kind": "chief_quality_officer",
        "title": "首席质量官",
        "number": "",
        "issuer": "",
        "duties": "批准放行和停产",
        "valid_from": dt.date(2025, 1, 1),
        "valid_until": None,
    } | changes


def lab_row(n: int = 1, **changes) -> dict:
    return {
        "code": f"DEMO-LAB-{n}",
        "name": f"演示检验所{n}",
        "region": COUNTY,
        "approval_no": "DEMO-CMA-1",
        "approval_until": dt.date(2028, 12, 31),
        "samples_a_week": 40,
    } | changes


def scope_row(n: int = 1, **changes) -> dict:
    return {
        "lab": f"DEMO-LAB-{n}",
        "product": "水泥",
        "item": "抗压强度",
        "method": "DEMO-T 1-2023",
        "limits": "10 MPa～90 MPa",
        "valid_from": dt.date(2024, 1, 1),
        "valid_until": dt.date(2027, 12, 31),
    } | changes


def item_row(n: int = 1, **changes) -> dict:
    return {
        "region": PROVINCE,
        "year": 2026,
        "code": f"K-{n:02d}",
        "name": f"产品{n}",
        "vertical": "industrial",
        "divisions": ["30"],
        "keywords": ["水泥"],
        "reason": "上年抽查不合格较多",
        "hazards": ["强度不足"],
        "test_items": [
            {
                "item": "抗压强度",
                "method": "DEMO-T 1-2023",
                "unit": "MPa",
                "limit": "42.5",
                "limit_kind": "lower",
                "source": "演示",
                "confidence": "memory",
            }
        ],
        "is_full_coverage": False,
        "source": "演示",
    } | changes
