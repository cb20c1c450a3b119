"""On the phone: an inspector begins a visit, proves the own assignment, and sees none before its time."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.urls import reverse

from zhiheng.people import clock
from zhiheng.stages.inspection import queries
from zhiheng.stages.inspection.models import Access, Deed, Visit
from zhiheng.verification import assignment

from .test_execution import inspector  # noqa: F401


def text(response) -> str:
    return response.content.decode()


def token(response) -> str:
    return re.search(r'name="zh-token" value="([^"]+)"', text(response))[1]


@pytest.fixture
def phone(client, inspector):  # noqa: F811
    client.force_login(inspector)
    return client


def test_opening_the_day_is_noted_once(phone, revealed):
    for _ in range(2):
        assert phone.get(reverse("inspection:field")).status_code == 200

    assert Access.objects.filter(draw=revealed).count() == 1


def test_the_receipt_of_the_own_assignment_proves_itself_and_that_of_others_is_not_found(
    phone,
    inspector,  # noqa: F811
    visits,
):
    own = queries.own_visits(inspector).first()
    other = Visit.objects.exclude(pk__in=queries.own_visits(inspector).values("pk")).first()

    answer = phone.get(reverse("inspection:assignment", args=[own.pk]))

    assert assignment.check(json.loads(answer.content)).ok
    assert phone.get(reverse("inspection:assignment", args=[other.pk])).status_code == 404


def test_a_visit_is_begun_by_one_button(phone, inspector):  # noqa: F811
    own = queries.own_visits(inspector).first()
    page = reverse("inspection:field_visit", args=[own.pk])

    assert reverse("inspection:field_start", args=[own.pk]) in text(phone.get(page))
    phone.post(reverse("inspection:field_start", args=[own.pk]))

    assert Deed.objects.get().kind == "started"
    assert reverse("inspection:field_start", args=[own.pk]) not in text(phone.get(page))


def test_the_office_plans_the_day_and_the_phone_shows_nothing_before_it(
    client,
    province,
    revealed,
    visits,
    inspector,  # noqa: F811
):
    client.force_login(province.officer)
    here = reverse("inspection:plan_visits", args=[revealed.serial])
    day = clock.today() + timedelta(days=9)

    client.post(here, {"zh-token": token(client.get(here)), "on": day.isoformat(), "units": ""})
    client.force_login(inspector)

    assert set(Visit.objects.values_list("planned_on", flat=True)) == {day}
    assert visits[0].subject.name not in text(client.get(reverse("inspection:field")))
    assert not Access.objects.exists()
